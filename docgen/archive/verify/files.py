"""Lists the files of a received bag, in a zip or a folder, each with its size and a stream of its bytes."""

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

_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class BagFile:
    """A file of a bag that can be read: its size in bytes, and the CRC that a zip states, None in a folder.

    Files are read fastest by ``order``. ``inflates``: its bytes count as inflated. ``stream`` gives its bytes in chunks
    and adds irregularities of the packed data to the list (``archive.remark.*``); it raises MemberError.
    """

    size: int
    order: int
    crc: int | None
    inflates: bool
    stream: Callable[[list[str]], Iterator[bytes]]


def list_zipped(received: ReceivedZip, top: str) -> dict[str, BagFile]:
    """The files below the folder ``top`` of a zip by their path in it; those of the whole zip when it is ""."""
    files: dict[str, BagFile] = {}
    for member in received.members:
        raw = member.raw
        if not raw.is_folder:
            stream = partial(stream_member, received.file, raw, received.limits)
            files[member.name] = BagFile(raw.size, raw.offset, raw.crc, raw.method == DEFLATED, stream)
    return list_below(files, top)


def list_below(files: Mapping[str, BagFile], folder: str) -> dict[str, BagFile]:
    """Of these files those below a folder, by their path in it; all of them when it is ""."""
    prefix = f"{folder}/" if folder else ""
    return {path.removeprefix(prefix): file for path, file in files.items() if path.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class ScannedFolder:
    """The content of a folder: files and folders by their path in it, and the faults of their kinds and names.

    ``is_whole`` is false when it holds more entries than the limit, and listing it ended there.
    """

    files: Mapping[str, BagFile]
    folders: frozenset[str]
    kinds: tuple[Diagnostic, ...]
    names: tuple[Diagnostic, ...]
    is_whole: bool


def scan_folder(path: Path, limits: Limits, place: Location) -> ScannedFolder:
    """List a folder with all below it, following no link; raises OSError when it can't be listed.

    V104: a name is invalid, or (a warning) other systems can't hold it; V107: an entry is neither file nor folder;
    V120: there are more entries than the limit.
    """
    files: dict[str, BagFile] = {}
    folders: set[str] = set()
    kinds: list[Diagnostic] = []
    names: list[Diagnostic] = []
    pending = [""]
    while pending:
        folder = pending.pop()
        for entry in _list_entries(path / folder):
            name = f"{folder}/{entry.name}" if folder else entry.name
            shown = escape_name(name)
            where = replace(place, member=shown)
            problem = _inspect_name(name, limits)
            if problem:
                report = error if problem in {"undecodable", "deep"} else warning
                names.append(report("V104", where, member=shown, reason=Term(f"archive.name.{problem}")))
            if entry.is_dir(follow_symlinks=False):
                folders.add(name)
                if problem != "deep":
                    pending.append(name)
            elif entry.is_file(follow_symlinks=False):
                size = entry.stat(follow_symlinks=False).st_size
                files[name] = BagFile(size, len(files), None, False, partial(_stream_file, path / name, size))
            else:
                kinds.append(error("V107", where, member=shown))
            if len(files) + len(folders) + len(kinds) > limits.entries:
                names.append(error("V120", place, limit=limits.entries))
                return ScannedFolder(files, frozenset(folders), tuple(kinds), tuple(names), is_whole=False)
    return ScannedFolder(files, frozenset(folders), tuple(kinds), tuple(names), is_whole=True)


def _list_entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _inspect_name(name: str, limits: Limits) -> str | None:
    """The reason why a name is invalid (``archive.name.*``), or None."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "undecodable"
    return inspect_member_name(name, limits.depth)


def _stream_file(path: Path, size: int, _remarks: list[str]) -> Iterator[bytes]:
    """The bytes of a file in chunks; raises MemberError when it can't be read or its size is another by now."""
    done = 0
    try:
        # a file that became a link or a pipe since the folder was listed is neither followed nor waited for
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb", buffering=0) as file:
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
