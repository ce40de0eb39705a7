"""Marks of received packages: is one as it was when it was verified?"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from docgen.batch.fingerprint import FileMark, digest_data, format_stamp, is_young
from docgen.content.files import hash_file


@dataclass(frozen=True, slots=True)
class Look:
    """How a package lies there: its bytes, the stamp of its file or of all files of its folder.

    ``is_settled``: no save can come that would leave size and stamp as they are.
    """

    size: int
    stamp: str
    is_settled: bool


def look_at(package: Path) -> Look:
    """How a package lies there now, without reading it. Raises OSError."""
    if not package.is_dir():
        found = package.stat()
        return Look(found.st_size, format_stamp(found), not is_young(found))
    size, settled, stamps, waiting = 0, True, [], [package]
    while waiting:
        folder = waiting.pop()
        for path in sorted(folder.iterdir()):
            found = path.lstat()
            if stat.S_ISDIR(found.st_mode):
                waiting.append(path)
                continue
            size += found.st_size
            settled = settled and not is_young(found)
            stamps.append([path.relative_to(package).as_posix(), found.st_size, format_stamp(found)])
    return Look(size, digest_data(stamps), settled)


def mark_package(package: Path, before: Look) -> FileMark:
    """The mark of a package that was just read, which lay there like ``before``; one that changed equals nothing.

    Only what was saved a moment ago is marked by its content: verifying anew takes no longer than comparing that.
    """
    name, now = package.name, look_at(package)
    if now != before and (now.size, now.stamp) != (before.size, before.stamp):
        return FileMark(name, now.size, "", "")
    if before.is_settled:
        return FileMark(name, now.size, now.stamp, "")
    return FileMark(name, now.size, "", hash_file(package) if package.is_file() else "")


def compare_package(mark: FileMark, package: Path) -> FileMark | None:
    """The mark with the present stamp if a package hasn't changed, else None."""
    try:
        now = look_at(package)
        if now.size != mark.size:
            return None
        if mark.stamp:
            return mark if mark.stamp == now.stamp else None
        if not mark.sha256 or package.is_dir() or hash_file(package) != mark.sha256:
            return None
    except OSError:
        return None  # verifying it says what is wrong
    return FileMark(mark.path, now.size, now.stamp if now.is_settled else "", "" if now.is_settled else mark.sha256)
