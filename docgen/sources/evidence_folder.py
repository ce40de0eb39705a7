"""Evidence given as a folder or a pattern: lists its files in natural order."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.content.foreign_names import guess_foreign_name, list_foreign
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, error, info
from docgen.sources.evidence import find_named, forbid_outside, is_leftover

_WILD = re.compile(r"[*?]")
_PARTS = re.compile(r"\d+|[^\W\d_]+|[\W_]+")
_SEPARATORS = ("/", "\\")


@dataclass(frozen=True, slots=True)
class EvidenceListing:
    """The files of a folder or pattern, as names relative to the record's folder, and the diagnostics."""

    names: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def names_folder(folder: Path, name: str) -> bool:
    """Whether a name in a record means a folder (it ends in ``/``) or a pattern (``*.jpg``)."""
    if name.endswith(_SEPARATORS):
        return True
    last = re.split(r"[/\\]", name)[-1]
    if _WILD.search(last) is None:
        return False
    path = find_named(folder, name)
    return path is not None and not path.exists()  # except on Windows, a file's name may hold * or ?


def find_top(folder: Path, name: str) -> Path | None:
    """The folder that holds the files of a folder name or pattern; None for the name of a single file."""
    base = find_named(folder, name) if names_folder(folder, name) else None
    return base if base is None or name.endswith(_SEPARATORS) else base.parent


def list_folder(
    folder: Path, name: str, listed: Collection[Path] = (), allowed: Collection[Path] = ()
) -> EvidenceListing:
    """The files below a folder, or matching a pattern, that a record in ``folder`` names.

    Leftovers of systems and programs are skipped and reported; ``listed`` are resolved paths of files that the record
    names one by one. E107 for an absolute name, E150 for an outside folder that isn't ``allowed``, E101 for a missing
    folder, E106 for an unreadable one, E125 for files whose names aren't UTF-8, E121 if no file is left.
    """
    place = Location(file=name)
    base = find_named(folder, name)
    if base is None:
        return EvidenceListing((), (error("E107", place, name=name),))
    pattern = None if name.endswith(_SEPARATORS) else base.name
    top = base if pattern is None else base.parent
    forbidden = forbid_outside(top, name, (folder, *allowed))
    if forbidden is not None:
        return EvidenceListing((), (forbidden,))
    if not top.is_dir():
        hint = Term("sources.no_folder", {"folder": top.name})
        return EvidenceListing((), (error("E101", place, file=name, hint=hint),))
    try:
        files = list(_walk(top) if pattern is None else _match(top, pattern))
    except OSError as fault:
        return EvidenceListing((), (error("E106", place, file=name, reason=fault.strerror or str(fault)),))
    diagnostics: list[Diagnostic] = []
    foreign = list_foreign(path.relative_to(top).as_posix() for path in files)
    if foreign:
        diagnostics.append(error("E125", place, folder=name, count=len(foreign), names=format_first_few(foreign)))
        files = [path for path in files if guess_foreign_name(path.relative_to(top).as_posix()) is None]
    kept = [path for path in files if not is_leftover(path.name)]
    leftovers = [path.relative_to(top).as_posix() for path in files if is_leftover(path.name)]
    if leftovers:
        diagnostics.append(info("E120", place, folder=name, count=len(leftovers), names=format_first_few(leftovers)))
    if not kept and not foreign:
        diagnostics.append(error("E121", place, folder=name))
    fresh = [path for path in kept if path.resolve() not in listed]
    fresh.sort(key=lambda path: sort_naturally(path.relative_to(top).as_posix()))
    shown_top = top.relative_to(folder) if top.is_relative_to(folder) else Path(os.path.relpath(top, folder))
    return EvidenceListing(tuple((shown_top / path.relative_to(top)).as_posix() for path in fresh), tuple(diagnostics))


def sort_naturally(name: str) -> tuple[tuple[int, int, str], ...]:
    """The sort key of a name by which 照片2 comes before 照片10: digits count as numbers, punctuation comes first."""
    parts = _PARTS.findall(unicodedata.normalize("NFKC", name).casefold())
    return (*(_rank(part) for part in parts), (-1, 0, name))


def _rank(part: str) -> tuple[int, int, str]:
    if part.isdecimal():
        return 1, int(part), part
    return (2 if part[0].isalnum() else 0), 0, part


def _walk(top: Path) -> Iterator[Path]:
    def stop(fault: OSError) -> None:
        raise fault

    for at, folders, files in os.walk(top, onerror=stop):
        folders[:] = sorted(name for name in folders if not is_leftover(name))
        yield from (Path(at) / name for name in sorted(files))


def _match(top: Path, pattern: str) -> Iterator[Path]:
    """The files of a folder that match a pattern of ``*`` and ``?``, ignoring case as Windows does."""
    expression = "".join(
        {"*": ".*", "?": "."}.get(char, re.escape(char)) for char in unicodedata.normalize("NFC", pattern)
    )
    wanted = re.compile(expression, re.IGNORECASE | re.DOTALL)
    for path in sorted(top.iterdir()):
        if wanted.fullmatch(unicodedata.normalize("NFC", path.name)) and path.is_file():
            yield path
