"""Marks of files: has a file changed since it was used? Size and times answer it, the digest where these differ.

A program that changes a file but not its size leaves another time of the last change, another time of its entry, or
another file number: that is trusted. Two saves within one tick of the clock can leave the same times; therefore a file
that was saved so recently gets no stamp, and the next run reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docgen.content.files import hash_file

_TICK = 2_000_000_000
"""How coarse a file system's clock may be, in nanoseconds: FAT counts two seconds."""
_SECOND = 1_000_000_000
ABSENT, FOLDER = -1, -2
_NAMES = "/."
"""What the path of a mark ends in that is one of the names in a folder."""


@dataclass(frozen=True, slots=True)
class FileMark:
    """The state of a file: its size in bytes (``ABSENT``: there was none), its ``format_stamp``, sha256 of its bytes.

    With an empty ``stamp`` the content is compared. An empty ``sha256`` equals nothing: the file changed while it was
    used. For a folder (size ``FOLDER``, or a path that ends in ``/``) the digest is of all names below it; for a path
    that ends in ``/.`` it is of the names in the folder itself.
    """

    path: str
    size: int
    stamp: str
    sha256: str


def format_stamp(found: os.stat_result) -> str:
    """What tells a file from another of its size: the times of its last change and of its entry's, its number.

    On Windows the second is when the file was made.
    """
    return f"{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}"


def mark_file(path: Path | str, since_ns: int | None = None, seen: tuple[int, int] | None = None) -> FileMark:
    """The mark of a file that was just used by work which began at ``since_ns`` (time of the system's clock).

    ``seen`` are size and time of the last change as that work found them.
    """
    try:
        before = _look_at(path)
        if stat.S_ISDIR(before.st_mode):
            return FileMark(str(path), FOLDER, "", mark_folder(path).sha256)
        digest = hash_file(Path(path))
        after = _look_at(path)
    except (OSError, ValueError):
        return FileMark(str(path), ABSENT, "", "")
    moved = (before.st_size, format_stamp(before)) != (after.st_size, format_stamp(after))
    moved = moved or (seen is not None and seen != (after.st_size, after.st_mtime_ns))
    if moved or (since_ns is not None and _may_be_later(after, since_ns)):
        digest = ""
    return FileMark(str(path), after.st_size, "" if is_young(after) else format_stamp(after), digest)


def mark_folder(path: Path | str) -> FileMark:
    """The mark of a folder: the names of everything below it; what they hold is marked for itself."""
    names = sorted(_iterate_names(str(path), ""))
    return FileMark(f"{path}/", len(names) if Path(path).is_dir() else ABSENT, "", digest_data(names))


def mark_names(path: Path | str) -> FileMark:
    """The mark of the names in a folder, not of what is below them; its path ends in ``/.``."""
    try:
        names = sorted(os.listdir(path))  # noqa: PTH208  # the names, not their paths
    except (OSError, ValueError):
        return FileMark(f"{path}{_NAMES}", ABSENT, "", "")
    return FileMark(f"{path}{_NAMES}", len(names), "", digest_data(names))


def mark_output(path: Path, data: bytes | None = None) -> FileMark:
    """The mark of a finished output that nobody else knows of yet; its time becomes that of ``date_back``.

    ``data`` is what it holds, where that is at hand. Where a file's time can't be set (some network shares) it has no
    stamp.
    """
    digest = hash_file(path) if data is None else hashlib.sha256(data).hexdigest()
    try:
        date_back(path, digest)
    except OSError:
        return FileMark(str(path), path.stat().st_size, "", digest)
    found = path.stat()
    return FileMark(str(path), found.st_size, format_stamp(found), digest)


def date_back(path: Path, digest: str) -> None:
    """Give an output a time that no later change of it can have, however coarse the clock is.

    Where the clock is fine, other outputs made in the same moment have other times, since they have other digests.
    """
    past = (time.time_ns() - 2 * _TICK) // _TICK * _TICK + int(digest[:6], 16) * 100  # NTFS counts 100 ns
    os.utime(path, ns=(past, past))


def follow_output(mark: FileMark, path: Path | str) -> FileMark:
    """The mark of an output after it was moved to its place, which changes its entry's time.

    A file that has another time of its last change, or another size, isn't the one that was moved: it gets no stamp.
    """
    try:
        found = _look_at(path)
    except OSError:
        return replace(mark, stamp="")
    same = mark.stamp.partition(":")[0] == str(found.st_mtime_ns) and mark.size == found.st_size
    return replace(mark, stamp=format_stamp(found) if same else "")


def compare_file(mark: FileMark, path: Path | str, *, trust_stamp: bool = True) -> FileMark | None:
    """The mark with the file's present stamp if the content hasn't changed, else None.

    The content is read only where size and stamp don't settle it.
    """
    if mark.path.endswith(("/", _NAMES)):
        now_there = mark_names(path) if mark.path.endswith(_NAMES) else mark_folder(path)
        return mark if (now_there.size, now_there.sha256) == (mark.size, mark.sha256) else None
    try:
        now = _look_at(path)
    except (OSError, ValueError):
        return mark if mark.size == ABSENT else None
    if stat.S_ISDIR(now.st_mode):
        names = mark_file(path)
        return mark if (names.size, names.sha256) == (mark.size, mark.sha256) else None
    if mark.size != now.st_size or not mark.sha256:
        return None
    if trust_stamp and mark.stamp and mark.stamp == format_stamp(now):
        return mark
    found = mark_file(path)
    return replace(found, path=mark.path) if found.sha256 == mark.sha256 else None


def digest_data(data: Any) -> str:
    """The sha256 of plain data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()  # a file's name need not be UTF-8


def list_settings() -> str:
    """The environment that decides what is made: the day of a record that has none."""
    return os.environ.get("SOURCE_DATE_EPOCH", "")


def _look_at(path: Path | str) -> os.stat_result:
    return os.stat(path)  # noqa: PTH116  # a Path for each of ten thousand files costs more than looking at it


def _iterate_names(folder: str, above: str) -> Iterator[str]:
    """The names of everything below a folder, by their paths from it; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError:
        return
    for name, is_folder in found:
        yield above + name
        if is_folder:
            yield from _iterate_names(f"{folder}/{name}", f"{above}{name}/")


def is_young(found: os.stat_result) -> bool:
    """Whether a file may be saved once more and keep its times, as far as the clock can tell."""
    return time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) < _TICK


def _may_be_later(found: os.stat_result, since: int) -> bool:
    """Whether a file may have been changed after a moment. A time of whole seconds may be that of a coarse clock."""
    moments = (found.st_mtime_ns, found.st_ctime_ns)
    return any(at >= since or (not at % _SECOND and at >= since - _TICK) for at in moments)
