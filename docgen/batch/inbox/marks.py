"""Mark received packages, to tell later whether one has changed since it was verified."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from docgen.batch.ledger.fingerprint import FileMark, digest_data, format_stamp, is_young
from docgen.content.files import hash_file


@dataclass(frozen=True, slots=True)
class PackageState:
    """The state of a package: its size in bytes, the stamp of its file or of all files of its folder.

    ``is_settled``: any later save will change size or stamp.
    """

    size: int
    stamp: str
    is_settled: bool


def read_state(package: Path) -> PackageState:
    """Read the present state of a package, without its contents. Raises OSError."""
    if not package.is_dir():
        status = package.stat()
        return PackageState(status.st_size, format_stamp(status), not is_young(status))
    size, settled, stamps, waiting = 0, True, [], [package]
    while waiting:
        folder = waiting.pop()
        for path in sorted(folder.iterdir()):
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                waiting.append(path)
                continue
            size += status.st_size
            settled = settled and not is_young(status)
            stamps.append([path.relative_to(package).as_posix(), status.st_size, format_stamp(status)])
    return PackageState(size, digest_data(stamps), settled)


def mark_package(package: Path, before: PackageState) -> FileMark:
    """Mark a package that was just read, in the state ``before``; the mark of one that changed equals nothing.

    Only a package that was saved a moment ago is marked by its content: comparing that takes as long as verifying.
    """
    name, now = package.name, read_state(package)
    if now != before and (now.size, now.stamp) != (before.size, before.stamp):
        return FileMark(name, now.size, "", "")
    if before.is_settled:
        return FileMark(name, now.size, now.stamp, "")
    return FileMark(name, now.size, "", hash_file(package) if package.is_file() else "")


def compare_package(mark: FileMark, package: Path) -> FileMark | None:
    """Compare a package with its mark: returns the mark with the present stamp, None if the package has changed."""
    try:
        now = read_state(package)
        if now.size != mark.size:
            return None
        if mark.stamp:
            return mark if mark.stamp == now.stamp else None
        if not mark.sha256 or package.is_dir() or hash_file(package) != mark.sha256:
            return None
    except OSError:
        return None  # verifying it reports the error
    return FileMark(mark.path, now.size, now.stamp if now.is_settled else "", "" if now.is_settled else mark.sha256)
