"""The files of a received bag, in a zip or a folder: what is known of each before it is read, and how it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from docgen.archive.zip.hashing import CHUNK
from docgen.archive.zip.headers import DEFLATED
from docgen.archive.zip.limits import Limits
from docgen.archive.zip.names import escape_name, inspect_member_name
from docgen.archive.zip.read import MemberError, ReceivedZip, stream_member
from docgen.diagnostics import Diagnostic, Location, Term, error, warning

_OPENING = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class BagFile:
    """A file of a bag: its size in bytes, the order in which it is best read, the CRC that a zip states of it.

    ``stream`` gives its bytes in chunks, and tells what packed data say beside them (``archive.remark.*``); it raises
    MemberError. ``inflates``: its bytes count as inflated.
    """

    size: int
    order: int
    crc: int | None
    inflates: bool
    stream: Callable[[list[str]], Iterator[bytes]]


def list_zipped(received: ReceivedZip, top: str) -> dict[str, BagFile]:
    """The files below the folder ``top`` of a zip, all of them when it is "", by their path in it."""
    prefix = f"{top}/" if top else ""
    found: dict[str, BagFile] = {}
    for member in received.members:
        raw = member.raw
        if not member.name.startswith(prefix) or raw.is_folder:
            continue

        stream = partial(stream_member, received.file, raw, received.limits)
        found[member.name.removeprefix(prefix)] = BagFile(raw.size, raw.offset, raw.crc, raw.method == DEFLATED, stream)
    return found


@dataclass(frozen=True, slots=True)
class ScannedFolder:
    """What lies in a folder: files and folders by their path in it, and what is wrong with their kinds and names.

    ``is_whole`` is false when it holds more than may be looked at.
    """

    files: Mapping[str, BagFile]
    folders: frozenset[str]
    kinds: tuple[Diagnostic, ...]
    names: tuple[Diagnostic, ...]
    is_whole: bool


def scan_folder(path: Path, limits: Limits, place: Location) -> ScannedFolder:
    """List a folder, following no link; V107 for what is neither file nor folder, V104 for a name, V120 for too many.

    A name that other systems can't hold is a warning: here it stands already. Raises OSError when it can't be listed.
    """
    files: dict[str, BagFile] = {}
    folders: set[str] = set()
    kinds: list[Diagnostic] = []
    names: list[Diagnostic] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(path / folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = f"{folder}/{entry.name}" if folder else entry.name
            where, shown = replace(place, member=escape_name(name)), escape_name(name)
            problem = _inspect_name(name, limits)
            if problem:
                report = error if problem in {"undecodable", "deep"} else warning
                names.append(report("V104", where, member=shown, reason=Term(f"archive.name.{problem}")))
            if entry.is_dir(follow_symlinks=False):
                folders.add(name)
                if problem != "deep":
                    waiting.append(name)
            elif entry.is_file(follow_symlinks=False):
                size = entry.stat(follow_symlinks=False).st_size
                files[name] = BagFile(size, len(files), None, False, _open_later(path / name, size))
            else:
                kinds.append(error("V107", where, member=shown))
            if len(files) + len(folders) + len(kinds) > limits.entries:
                names.append(error("V120", place, limit=limits.entries))
                return ScannedFolder(files, frozenset(folders), tuple(kinds), tuple(names), is_whole=False)
    return ScannedFolder(files, frozenset(folders), tuple(kinds), tuple(names), is_whole=True)


def _inspect_name(name: str, limits: Limits) -> str | None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return "undecodable"
    return inspect_member_name(name, limits.depth)


def _open_later(path: Path, size: int) -> Callable[[list[str]], Iterator[bytes]]:
    def stream(_remarks: list[str]) -> Iterator[bytes]:
        done = 0
        try:
            # what became a link or a pipe since the folder was listed is not followed, nor waited for
            with os.fdopen(os.open(path, _OPENING), "rb", buffering=0) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise MemberError("unreadable")
                while chunk := file.read(CHUNK):
                    done += len(chunk)
                    if done > size:
                        raise MemberError("changed")
                    yield chunk
        except OSError as problem:
            raise MemberError("unreadable") from problem
        if done != size:
            raise MemberError("changed")

    return stream
