"""Mark files, to tell later whether they have changed: by size and times, by the digest where these differ.

A program that changes a file but not its size changes its modification time, its entry's time, or its file number:
that is trusted. Two saves within one tick of the clock can leave the same times; therefore a file that was saved so
recently gets no stamp, and the next run reads it.
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
"""The coarsest clock of a file system, in nanoseconds: FAT's has two seconds."""
_SECOND = 1_000_000_000
ABSENT, FOLDER = -1, -2
_NAMES = "/."
"""The end of a mark's path that marks the names in a folder."""


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


def format_stamp(status: os.stat_result) -> str:
    """Format the stamp of a file: the times of its last change and of its entry's change, its file number.

    On Windows the second is the time of creation.
    """
    return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def mark_file(path: Path | str, since_ns: int | None = None, seen: tuple[int, int] | None = None) -> FileMark:
    """Mark a file that was just used by work that began at ``since_ns`` (time of the system's clock).

    ``seen`` are size and time of the last change as that work read them.
    """
    try:
        before = _read_status(path)
        if stat.S_ISDIR(before.st_mode):
            return FileMark(str(path), FOLDER, "", mark_folder(path).sha256)
        digest = hash_file(Path(path))
        after = _read_status(path)
    except (OSError, ValueError):
        return FileMark(str(path), ABSENT, "", "")
    moved = (before.st_size, format_stamp(before)) != (after.st_size, format_stamp(after))
    moved = moved or (seen is not None and seen != (after.st_size, after.st_mtime_ns))
    if moved or (since_ns is not None and _may_be_later(after, since_ns)):
        digest = ""
    return FileMark(str(path), after.st_size, "" if is_young(after) else format_stamp(after), digest)


def mark_folder(path: Path | str) -> FileMark:
    """Mark a folder by the names of everything below it; the files' contents have marks of their own."""
    names = sorted(_iterate_names(str(path), ""))
    return FileMark(f"{path}/", len(names) if Path(path).is_dir() else ABSENT, "", digest_data(names))


def mark_names(path: Path | str) -> FileMark:
    """Mark the names in a folder, without those in its folders; the path of the mark ends in ``/.``."""
    try:
        names = sorted(os.listdir(path))  # noqa: PTH208  # the names, not their paths
    except (OSError, ValueError):
        return FileMark(f"{path}{_NAMES}", ABSENT, "", "")
    return FileMark(f"{path}{_NAMES}", len(names), "", digest_data(names))


def mark_output(path: Path, data: bytes | None = None) -> FileMark:
    """Mark a finished output that isn't published yet; its time is set as by ``set_past_time``.

    ``data`` are its bytes, where they are at hand. Where a file's time can't be set (some network shares) the mark has
    no stamp.
    """
    digest = hash_file(path) if data is None else hashlib.sha256(data).hexdigest()
    try:
        set_past_time(path, digest)
    except OSError:
        return FileMark(str(path), path.stat().st_size, "", digest)
    status = path.stat()
    return FileMark(str(path), status.st_size, format_stamp(status), digest)


def set_past_time(path: Path, digest: str) -> None:
    """Set an output's time to one in the past, which no later change of it can have, however coarse the clock is.

    Where the clock is fine, outputs made in the same moment get different times from their digests.
    """
    past = (time.time_ns() - 2 * _TICK) // _TICK * _TICK + int(digest[:6], 16) * 100  # NTFS counts 100 ns
    os.utime(path, ns=(past, past))


def follow_output(mark: FileMark, path: Path | str) -> FileMark:
    """Renew the mark of an output after it was moved into place, which changes its entry's time.

    A file with another time of the last change, or another size, isn't the one that was moved: it gets no stamp.
    """
    try:
        status = _read_status(path)
    except OSError:
        return replace(mark, stamp="")
    same = mark.stamp.partition(":")[0] == str(status.st_mtime_ns) and mark.size == status.st_size
    return replace(mark, stamp=format_stamp(status) if same else "")


def compare_file(mark: FileMark, path: Path | str, *, trust_stamp: bool = True) -> FileMark | None:
    """Compare a file with its mark: returns the mark with the present stamp, None if the content has changed.

    The content is read only where size and stamp don't decide.
    """
    if mark.path.endswith(("/", _NAMES)):
        names = mark_names(path) if mark.path.endswith(_NAMES) else mark_folder(path)
        return mark if (names.size, names.sha256) == (mark.size, mark.sha256) else None
    try:
        now = _read_status(path)
    except (OSError, ValueError):
        return mark if mark.size == ABSENT else None
    if stat.S_ISDIR(now.st_mode):
        names = mark_file(path)
        return mark if (names.size, names.sha256) == (mark.size, mark.sha256) else None
    if mark.size != now.st_size or not mark.sha256:
        return None
    if trust_stamp and mark.stamp and mark.stamp == format_stamp(now):
        return mark
    content_mark = mark_file(path)
    return replace(content_mark, path=mark.path) if content_mark.sha256 == mark.sha256 else None


def digest_data(data: Any) -> str:
    """The sha256 of plain data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()  # a file's name need not be UTF-8


def list_settings() -> str:
    """The environment that decides what is made: SOURCE_DATE_EPOCH, the day of a record without one."""
    return os.environ.get("SOURCE_DATE_EPOCH", "")


def _read_status(path: Path | str) -> os.stat_result:
    return os.stat(path)  # noqa: PTH116  # for ten thousand files, making a Path takes longer than os.stat


def _iterate_names(folder: str, above: str) -> Iterator[str]:
    """The names of everything below a folder, by their paths from it; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            children = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError:
        return
    for name, is_folder in children:
        yield above + name
        if is_folder:
            yield from _iterate_names(f"{folder}/{name}", f"{above}{name}/")


def is_young(status: os.stat_result) -> bool:
    """Whether a file was saved so recently that another save could leave the same times."""
    return time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _TICK


def _may_be_later(status: os.stat_result, since: int) -> bool:
    """Whether a file may have been changed after a moment; a time of whole seconds may come from a coarse clock."""
    moments = (status.st_mtime_ns, status.st_ctime_ns)
    return any(at >= since or (not at % _SECOND and at >= since - _TICK) for at in moments)
