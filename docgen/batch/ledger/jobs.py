"""List the jobs of a batch: the records that were named, and those found in folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.content.foreign_names import guess_foreign_name, list_foreign
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, error

RECORD_NAMES = ("record.yaml", "record.yml", "record.json")
"""The names of a record in a folder of its own."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a batch: one record.

    ``key`` identifies it in the batch, in this run and the next; ``root`` is the argument it was found under (whose
    ``docgen.toml`` applies, too). In a workbook, ``row`` is the key of an enterprise, ``label`` its name, ``content``
    the digest of its rows and ``place`` that of their positions; all are "" for a record in a file of its own.
    """

    key: str
    path: Path
    root: Path
    row: str = ""
    label: str = ""
    content: str = ""
    place: str = ""


def find_jobs(arguments: Iterable[Path], out: Path, refused: list[Diagnostic]) -> Iterator[Job]:
    """Find the records in the order of the arguments, those of a folder by name; ``out`` is skipped.

    A record that is named twice comes twice, with the same key. A folder is walked without holding a list, so ten
    thousand records take no memory. A folder that can't be read is reported in ``refused`` (X110), as is one whose name
    isn't UTF-8 (B124).
    """
    out = make_absolute(out)
    for argument in arguments:
        if (shown := guess_foreign_name(str(make_absolute(argument)))) is not None:
            refused.append(error("B124", Location(file=shown), names=shown, count=1))
        elif argument.is_dir():
            name_key = _prepare_keys(argument, out)
            for name in _walk(argument, "", str(out), str(make_absolute(argument)), refused):
                yield Job(name_key(name), argument / name, argument)
        else:
            yield Job(make_key(argument, out), argument, argument.parent)


def make_absolute(path: Path) -> Path:
    """Make a path absolute without resolving links: a record is identified by the name that the user gave it."""
    return Path(os.path.normpath(Path.cwd() / path))


def name_job(job: Job) -> str:
    """The name of a job for people: of a ``record.yaml`` its folder, else its file; with the label of a row."""
    usual = job.path.stem == "record" and job.path.parent.name
    name = job.path.parent.name if usual else job.path.name
    return f"{name} {job.label}" if job.row else name


def make_key(path: Path, out: Path) -> str:
    """Make a record's key: its path relative to the output folder, so that both can be moved together."""
    absolute = make_absolute(path)
    try:
        return Path(os.path.relpath(absolute, make_absolute(out))).as_posix()
    except ValueError:  # another drive
        return absolute.as_posix()


def _prepare_keys(folder: Path, out: Path) -> Callable[[str], str]:
    """Prepare ``make_key`` for paths below a folder: the common part is computed once."""
    above = make_absolute(folder)
    if out.is_relative_to(above):  # then a key needn't begin with the folder's own
        return lambda name: make_key(folder / name, out)
    base = make_key(folder, out).rstrip("/")
    return lambda name: f"{base}/{name}"


def _walk(top: Path, at: str, out: str, absolute: str, refused: list[Diagnostic]) -> Iterator[str]:
    """Walk the folders below ``top``, from ``at`` on; gives the record of each as a path from ``top`` with ``/``.

    Hidden folders, links to folders and the output are skipped. ``absolute`` is the absolute path of ``at``.
    """
    folder = os.path.join(top, at)  # noqa: PTH118  # among ten thousand folders a Path for each is slow
    try:
        with os.scandir(folder) as entries:
            children = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError as fault:
        shown = str(Path(folder))
        place, reason = Location(file=shown), fault.strerror or str(fault)
        refused.append(error("X110", place, path=shown, reason=reason))
        return
    foreign = list_foreign(name for name, is_folder in children if is_folder)
    if foreign:
        refused.append(
            error("B124", Location(file=str(Path(folder))), names=format_first_few(foreign), count=len(foreign))
        )
        children = [(name, is_folder) for name, is_folder in children if guess_foreign_name(name) is None]
    names = {name.lower() for name, _ in children}
    for name in RECORD_NAMES:  # where file names ignore case, Record.YAML is one, too
        if name in names and Path(folder, name).is_file():
            yield at + name
    for name in sorted(name for name, is_folder in children if is_folder and not name.startswith(".")):
        inner = f"{absolute.rstrip(os.sep)}{os.sep}{name}"
        if inner != out:
            yield from _walk(top, f"{at}{name}/", out, inner, refused)
