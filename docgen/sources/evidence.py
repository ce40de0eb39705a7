"""The files that prove something: whether they are there, what they really are, their pages, when they were taken.

A record names its evidence by paths relative to its own folder, so that the folder can be moved and handed on as a
whole. A path that leads out of the folder (``..``, a symbolic link) is followed only into folders that the user has
allowed. An absolute path is refused, because it is wrong on every other computer.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from docgen.content.formats import FileKind, Format, expect_formats, name_media_type, sniff_format
from docgen.content.pdf import sum_up_actions
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning
from docgen.sources.openers import Contents, open_contents

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

_UNFIT = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_LEFTOVERS = (
    *(r"~\$.*", r"\._.*", r"\.~.*", r"~.*\.tmp", r".*\.tmp", r".*~", r".*\.(?:crdownload|part|download)"),
    *(
        r"Thumbs\.db(?:-.*)?",
        r"ehthumbs.*\.db",
        r"desktop\.ini",
        r"folder\.jpg:.*",
        r"\.picasa\.ini",
        r"\$RECYCLE\.BIN",
    ),
    *(r"\.DS_Store", r"__MACOSX", r"\.(?:Spotlight-V100|Trashes|fseventsd|directory|git|svn|idea|vscode)", r"@eaDir"),
    "System Volume Information",
)
_LEFTOVER = re.compile("|".join(_LEFTOVERS), re.IGNORECASE)
_TOLD_ELSEWHERE = ("encrypted",)
_OLD_OFFICE = (".doc", ".xls", ".wps", ".et")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of evidence that is there.

    ``size`` in bytes; ``pages`` counted, None where docgen can't count them; ``taken`` is the camera's time, without
    a zone; ``width`` and ``height`` in pixels as people see the picture, ``turned`` when a viewer has to turn or
    mirror it for that; ``made`` is the day that a PDF says it was made; ``printed`` is a copy of a picture for a page,
    where it was asked for; ``format`` is the format's short name; ``stamp`` are size and time of the last change (ns)
    when it was looked at.
    """

    path: Path
    media_type: str
    kind: FileKind
    size: int
    pages: int | None = None
    taken: dt.datetime | None = None
    turned: bool = False
    width: int | None = None
    height: int | None = None
    format: str = "unknown"
    made: dt.date | None = None
    printed: bytes | None = None
    stamp: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What looking at a file gave: the file if it is there and can be read, and what is to be told of it."""

    file: EvidenceFile | None
    diagnostics: tuple[Diagnostic, ...] = ()


def is_leftover(name: str) -> bool:
    """Whether a file or folder of this name was left by a program or system (``~$…``, ``Thumbs.db``, ``._…``)."""
    return _LEFTOVER.fullmatch(name) is not None


def find_named(folder: Path, name: str) -> Path | None:
    """The path that a record in ``folder`` names; a backslash parts folders; None where the name is absolute."""
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("\\"):
        return None
    path = folder / name
    return folder / name.replace("\\", "/") if "\\" in name and not path.exists() else path


def forbid_outside(path: Path, name: str, roots: Iterable[Path]) -> Diagnostic | None:
    """E150 for a file or folder called ``name`` that really lies in none of the folders, whatever links lead there."""
    try:
        real = Path(os.path.realpath(path))
        if any(real.is_relative_to(os.path.realpath(root)) for root in roots):
            return None
    except ValueError:  # no file system has such a name
        return None
    return error("E150", Location(file=name), name=name, folder=str(real if real.is_dir() else real.parent))


def inspect_named_evidence(
    folder: Path, name: str, *, printing: bool = False, opening: bool = True, allowed: Iterable[Path] = ()
) -> Inspection:
    """Look at the file that a record in ``folder`` names; an absolute name is refused.

    So is a file outside of the folder (E150), unless it lies in one that is ``allowed``.
    """
    path = find_named(folder, name)
    if path is None:
        return Inspection(None, (error("E107", Location(file=name), name=name),))
    forbidden = forbid_outside(path, name, (folder, *allowed))
    if forbidden is not None:
        return Inspection(None, (forbidden,))
    return inspect_evidence(path, printing=printing, opening=opening)


def inspect_evidence(path: Path, *, printing: bool = False, opening: bool = True) -> Inspection:
    """Look at one file of evidence; never raises for what a user can have put there.

    With ``printing`` a picture's copy for a page comes along; the picture is decoded once all the same. Without
    ``opening`` only pictures are opened, which say when they were taken.
    """
    place = Location(file=str(path))
    try:
        obstacle = _find_obstacle(path, place)
        if obstacle is not None:
            return Inspection(None, (obstacle,))
        status = path.stat()
        found = sniff_format(path)
        contents = Contents()
        if opening or found.kind == "picture":
            contents = open_contents(path, found, printing=printing)
    except PermissionError:
        return Inspection(None, (error("E106", place, file=path.name, reason=Term("sources.denied")),))
    except OSError as fault:
        return Inspection(None, (error("E106", place, file=path.name, reason=fault.strerror or str(fault)),))
    said = [*_judge_name(path, place), *_compare_suffix(path, place, found), *_judge_contents(path, place, contents)]
    file = EvidenceFile(
        path,
        name_media_type(found, path.suffix),
        found.kind,
        status.st_size,
        contents.pages,
        contents.taken,
        contents.turned,
        contents.width,
        contents.height,
        found.name,
        contents.made,
        contents.printed,
        (status.st_size, status.st_mtime_ns),
    )
    return Inspection(file, tuple(said))


def _find_obstacle(path: Path, place: Location) -> Diagnostic | None:
    """Why there is nothing to open at ``path``, if so."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return _describe_missing(path, place)
    if stat.S_ISDIR(status.st_mode):
        return error("E104", place, file=path.name)
    if not stat.S_ISREG(status.st_mode):
        return error("E106", place, file=path.name, reason=Term("sources.no_regular_file"))
    return error("E105", place, file=path.name) if status.st_size == 0 else None


def _describe_missing(path: Path, place: Location) -> Diagnostic:
    """Why a file isn't found: another letter case, another way to compose the same characters, a slip, or not there."""
    name, folder = path.name, path.parent
    try:
        # a link that leads nowhere has the name and isn't there all the same
        names = [entry.name for entry in folder.iterdir() if entry.name != name]
    except (OSError, ValueError):
        hint = Term("sources.no_folder", {"folder": folder.name or str(folder)})
        return error("E101", place, file=name, hint=hint)
    composed = unicodedata.normalize("NFC", name)
    for other in names:
        if unicodedata.normalize("NFC", other) == composed:
            return error("E103", place, file=name)
    for other in names:
        if unicodedata.normalize("NFC", other).casefold() == composed.casefold():
            return error("E102", place, file=name, found=other)
    near = get_close_matches(composed, names, n=1, cutoff=0.6)
    hint = Term("sources.near", {"name": near[0]}) if near else Term("sources.check_name")
    return error("E101", place, file=name, hint=hint)


def _judge_name(path: Path, place: Location) -> Iterator[Diagnostic]:
    if _UNFIT.search(path.name) or _RESERVED.fullmatch(path.name):
        yield warning("E112", place, file=path.name)
    if is_leftover(path.name):
        yield info("E113", place, file=path.name)


def _compare_suffix(path: Path, place: Location, found: Format) -> Iterator[Diagnostic]:
    """Compare a file's content with its suffix: another format of the same kind opens still, another kind doesn't."""
    suffix = path.suffix.lower()
    expected = expect_formats(suffix)
    if not expected or found in expected or found.name in _TOLD_ELSEWHERE:
        return
    if found.kind == "text" and expected[0].kind == "text":
        return  # what kind of plain text it is, nobody can tell from its content
    if found.name == "unknown" and expected[0].media_type.startswith(("video/", "audio/")):
        return  # films and recordings come in more containers than docgen knows
    # Word and Excel open a web page that a system exported under their suffix.
    opens = found.kind in {item.kind for item in expected} or (found.name == "html" and suffix in _OLD_OFFICE)
    said, code = (warning, "E108") if opens else (error, "E109")
    yield said(code, place, file=path.name, suffix=path.suffix, found=Term(f"format.{found.name}"))


def _judge_contents(path: Path, place: Location, contents: Contents) -> Iterator[Diagnostic]:
    if contents.fault is not None:
        code = contents.fault
        said = warning if code in ("E116", "E117") else error
        yield said(code, place, file=path.name)
    for what, where in sum_up_actions(contents.actions):
        yield warning("E119", place, file=path.name, what=what, where=where)
