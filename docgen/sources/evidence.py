"""Inspects evidence files: whether they exist, their real format, their pages, and when they were taken.

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
_REPORTED_ELSEWHERE = ("encrypted",)
_OLD_OFFICE = (".doc", ".xls", ".wps", ".et")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """An evidence file that exists.

    ``size`` is in bytes; ``pages`` are counted, None if docgen can't count them; ``taken`` is the camera's time without
    a zone; ``width`` and ``height`` are in pixels of the upright picture, ``turned`` if a viewer must rotate or mirror
    it for that; ``made`` is the creation date of a PDF; ``printed`` is a copy of a picture for a page, if requested;
    ``format`` is the format's short name; ``stamp`` is the size and modification time (ns) at the inspection.
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
    """The result of inspecting a file: the file, if it exists and can be read, and the diagnostics."""

    file: EvidenceFile | None
    diagnostics: tuple[Diagnostic, ...] = ()


def is_leftover(name: str) -> bool:
    """Whether a file or folder of this name was left by a program or system (``~$…``, ``Thumbs.db``, ``._…``)."""
    return _LEFTOVER.fullmatch(name) is not None


def find_named(folder: Path, name: str) -> Path | None:
    """The path that a record in ``folder`` names; a backslash separates folders; None for an absolute name."""
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("\\"):
        return None
    path = folder / name
    return folder / name.replace("\\", "/") if "\\" in name and not path.exists() else path


def forbid_outside(path: Path, name: str, roots: Iterable[Path]) -> Diagnostic | None:
    """E150 for a file or folder called ``name`` that lies outside all of the folders after links are resolved."""
    try:
        real = Path(os.path.realpath(path))
        if any(real.is_relative_to(os.path.realpath(root)) for root in roots):
            return None
    except ValueError:  # the name is invalid on this file system
        return None
    return error("E150", Location(file=name), name=name, folder=str(real if real.is_dir() else real.parent))


def inspect_named_evidence(
    folder: Path, name: str, *, printing: bool = False, opening: bool = True, allowed: Iterable[Path] = ()
) -> Inspection:
    """Inspect the file that a record in ``folder`` names; an absolute name is refused.

    A file outside the folder is refused, too (E150), unless it lies in an ``allowed`` folder.
    """
    path = find_named(folder, name)
    if path is None:
        return Inspection(None, (error("E107", Location(file=name), name=name),))
    forbidden = forbid_outside(path, name, (folder, *allowed))
    if forbidden is not None:
        return Inspection(None, (forbidden,))
    return inspect_evidence(path, printing=printing, opening=opening)


def inspect_evidence(path: Path, *, printing: bool = False, opening: bool = True) -> Inspection:
    """Inspect one evidence file; faults of the file are diagnostics and raise no error.

    With ``printing`` the result holds a picture's copy for a page, decoded in the same pass. Without ``opening`` only
    pictures are opened, for the time at which they were taken.
    """
    place = Location(file=str(path))
    try:
        obstacle = _find_obstacle(path, place)
        if obstacle is not None:
            return Inspection(None, (obstacle,))
        status = path.stat()
        content_format = sniff_format(path)
        contents = Contents()
        if opening or content_format.kind == "picture":
            contents = open_contents(path, content_format, printing=printing)
    except PermissionError:
        return Inspection(None, (error("E106", place, file=path.name, reason=Term("sources.denied")),))
    except OSError as fault:
        return Inspection(None, (error("E106", place, file=path.name, reason=fault.strerror or str(fault)),))
    diagnostics = [
        *_judge_name(path, place),
        *_compare_suffix(path, place, content_format),
        *_judge_contents(path, place, contents),
    ]
    file = EvidenceFile(
        path,
        name_media_type(content_format, path.suffix),
        content_format.kind,
        status.st_size,
        contents.pages,
        contents.taken,
        contents.turned,
        contents.width,
        contents.height,
        content_format.name,
        contents.made,
        contents.printed,
        (status.st_size, status.st_mtime_ns),
    )
    return Inspection(file, tuple(diagnostics))


def _find_obstacle(path: Path, place: Location) -> Diagnostic | None:
    """The diagnostic why ``path`` can't be opened, or None."""
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
    """The diagnostic for a missing file: a name in other case or Unicode composition, a typo, or no file."""
    name, folder = path.name, path.parent
    try:
        # a broken link has the name but no file
        names = [entry.name for entry in folder.iterdir() if entry.name != name]
    except (OSError, ValueError):
        hint = Term("sources.no_folder", {"folder": folder.name or str(folder)})
        return error("E101", place, file=name, hint=hint)
    composed = unicodedata.normalize("NFC", name)
    for sibling in names:
        if unicodedata.normalize("NFC", sibling) == composed:
            return error("E103", place, file=name)
    for sibling in names:
        if unicodedata.normalize("NFC", sibling).casefold() == composed.casefold():
            return error("E102", place, file=name, found=sibling)
    near = get_close_matches(composed, names, n=1, cutoff=0.6)
    hint = Term("sources.near", {"name": near[0]}) if near else Term("sources.check_name")
    return error("E101", place, file=name, hint=hint)


def _judge_name(path: Path, place: Location) -> Iterator[Diagnostic]:
    if _UNFIT.search(path.name) or _RESERVED.fullmatch(path.name):
        yield warning("E112", place, file=path.name)
    if is_leftover(path.name):
        yield info("E113", place, file=path.name)


def _compare_suffix(path: Path, place: Location, content_format: Format) -> Iterator[Diagnostic]:
    """Compare a file's content with its suffix: E108 for another format of the same kind, E109 for another kind."""
    suffix = path.suffix.lower()
    expected = expect_formats(suffix)
    if not expected or content_format in expected or content_format.name in _REPORTED_ELSEWHERE:
        return
    if content_format.kind == "text" and expected[0].kind == "text":
        return  # the content doesn't show which kind of plain text it is
    if content_format.name == "unknown" and expected[0].media_type.startswith(("video/", "audio/")):
        return  # docgen doesn't know all containers of films and recordings
    # Word and Excel open a web page with their suffix, as many systems export it.
    opens = content_format.kind in {expected_format.kind for expected_format in expected} or (
        content_format.name == "html" and suffix in _OLD_OFFICE
    )
    report, code = (warning, "E108") if opens else (error, "E109")
    yield report(code, place, file=path.name, suffix=path.suffix, found=Term(f"format.{content_format.name}"))


def _judge_contents(path: Path, place: Location, contents: Contents) -> Iterator[Diagnostic]:
    if contents.fault is not None:
        code = contents.fault
        report = warning if code in ("E116", "E117") else error
        yield report(code, place, file=path.name)
    for action, place_in_file in sum_up_actions(contents.actions):
        yield warning("E119", place, file=path.name, what=action, where=place_in_file)
