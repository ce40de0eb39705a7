"""The jobs of a batch: the records that were named and those found in folders, one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.content.foreign_names import format_foreign, list_foreign
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, error

RECORD_NAMES = ("record.yaml", "record.yml", "record.json")
"""What a record in a folder is called."""


@dataclass(frozen=True, slots=True)
class Job:
    """A record to make something of.

    ``key`` tells it from every other one of the batch, in this run and the next; ``root`` is the argument it was found
    under (its ``docgen.toml`` counts, too). Of a workbook, ``row`` is the key of an enterprise, ``label`` its name,
    ``content`` the digest of its rows and ``place`` that of where they stand; all are "" for a record in a file of its
    own.
    """

    key: str
    path: Path
    root: Path
    row: str = ""
    label: str = ""
    content: str = ""
    place: str = ""


def find_jobs(arguments: Iterable[Path], out: Path, refused: list[Diagnostic]) -> Iterator[Job]:
    """The records in the order of the arguments, those of a folder by name; ``out`` is not looked into.

    A record that is named twice comes twice, with the same key. Nothing is kept: a folder of ten thousand records is
    walked, not listed. A folder that can't be read is told in ``refused`` (X110), one whose name
    isn't UTF-8, too (B124).
    """
    out = make_absolute(out)
    for argument in arguments:
        if (spelled := format_foreign(str(make_absolute(argument)))) is not None:
            refused.append(error("B124", Location(file=spelled), names=spelled, count=1))
        elif argument.is_dir():
            name_key = _prepare_keys(argument, out)
            for name in _walk(argument, "", str(out), str(make_absolute(argument)), refused):
                yield Job(name_key(name), argument / name, argument)
        else:
            yield Job(make_key(argument, out), argument, argument.parent)


def make_absolute(path: Path) -> Path:
    """A path from the root; links stay as they are, since a record is known by the name the user gave it."""
    return Path(os.path.normpath(Path.cwd() / path))


def name_job(job: Job) -> str:
    """A job's name for people: the folder of a record that is called as all are, else its file; a row with it."""
    usual = job.path.stem == "record" and job.path.parent.name
    name = job.path.parent.name if usual else job.path.name
    return f"{name} {job.label}" if job.row else name


def make_key(path: Path, out: Path) -> str:
    """A record's key: its place relative to the output folder, so that both can be moved together."""
    absolute = make_absolute(path)
    try:
        return Path(os.path.relpath(absolute, make_absolute(out))).as_posix()
    except ValueError:  # another drive
        return absolute.as_posix()


def _prepare_keys(folder: Path, out: Path) -> Callable[[str], str]:
    """``make_key`` for what lies below a folder, by its path from there: what all have in common is found once."""
    above = make_absolute(folder)
    if out.is_relative_to(above):  # the way from there to a record may be shorter than by the folder
        return lambda name: make_key(folder / name, out)
    base = make_key(folder, out).rstrip("/")
    return lambda name: f"{base}/{name}"


def _walk(top: Path, at: str, out: str, absolute: str, refused: list[Diagnostic]) -> Iterator[str]:
    """The record of each folder below ``top``, from ``at`` on, as paths from ``top`` with ``/``.

    Hidden folders, links to folders and the output are passed by. ``absolute`` is the absolute path of ``at``.
    """
    folder = os.path.join(top, at)  # noqa: PTH118  # of ten thousand folders, a Path only for those that need one
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError as fault:
        told = str(Path(folder))
        place, reason = Location(file=told), fault.strerror or str(fault)
        refused.append(error("X110", place, path=told, reason=reason))
        return
    foreign = list_foreign(name for name, is_folder in found if is_folder)
    if foreign:
        refused.append(error("B124", Location(file=str(Path(folder))), names=show_some(foreign), count=len(foreign)))
        found = [(name, is_folder) for name, is_folder in found if format_foreign(name) is None]
    names = {name.lower() for name, _ in found}
    for name in RECORD_NAMES:  # a system that takes upper and lower case for the same finds Record.YAML, too
        if name in names and Path(folder, name).is_file():
            yield at + name
    for name in sorted(name for name, is_folder in found if is_folder and not name.startswith(".")):
        inner = f"{absolute.rstrip(os.sep)}{os.sep}{name}"
        if inner != out:
            yield from _walk(top, f"{at}{name}/", out, inner, refused)
