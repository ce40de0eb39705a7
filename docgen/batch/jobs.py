"""What a batch works through: the records it was given and those it finds in folders, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.diagnostics import Diagnostic, Location, error

RECORD_NAMES = ("record.yaml", "record.yml", "record.json")
"""What a record in a folder is called."""


@dataclass(frozen=True, slots=True)
class Job:
    """A record to make something of.

    ``key`` tells it from every other one of the batch, in this run and the next; ``root`` is the argument it was found
    under (its ``docgen.toml`` counts, too). Of a workbook, ``row`` is the key of an enterprise, ``label`` its name and
    ``content`` the digest of its rows; all are "" for a record in a file of its own.
    """

    key: str
    path: Path
    root: Path
    row: str = ""
    label: str = ""
    content: str = ""


def find_jobs(arguments: Iterable[Path], out: Path, refused: list[Diagnostic]) -> Iterator[Job]:
    """The records in the order of the arguments, those of a folder by name; ``out`` is not looked into.

    A record that is named twice comes twice, with the same key. Nothing is kept: a folder of ten thousand records is
    walked, not listed. A folder that can't be read is told in ``refused`` (X110).
    """
    out = make_absolute(out)
    for argument in arguments:
        if argument.is_dir():
            for path in _walk(argument, out, refused):
                yield Job(make_key(path, out), path, argument)
        else:
            yield Job(make_key(argument, out), argument, argument.parent)


def make_absolute(path: Path) -> Path:
    """A path from the root; links stay as they are, since a record is known by the name the user gave it."""
    return Path(os.path.normpath(Path.cwd() / path))


def make_key(path: Path, out: Path) -> str:
    """A record's key: its place relative to the output folder, so that both can be moved together."""
    absolute = make_absolute(path)
    try:
        return Path(os.path.relpath(absolute, make_absolute(out))).as_posix()
    except ValueError:  # another drive
        return absolute.as_posix()


def _walk(folder: Path, out: Path, refused: list[Diagnostic]) -> Iterator[Path]:
    """The record of each folder below; hidden folders, links to folders and the output are passed by."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
            )
    except OSError as fault:
        place, reason = Location(file=str(folder)), fault.strerror or str(fault)
        refused.append(error("X110", place, path=str(folder), reason=reason))
        return
    yield from (folder / name for name in RECORD_NAMES if (folder / name).is_file())
    for name in inside:
        inner = folder / name
        if make_absolute(inner) != out:
            yield from _walk(inner, out, refused)
