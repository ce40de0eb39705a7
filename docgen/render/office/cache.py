"""Caches PDFs in the user's cache folder, so that an unchanged document isn't converted again.

An entry's name is a digest of everything that determines the PDF's bytes, and its content starts with a checksum. It is
written to a temporary file and moved into place, so that parallel runs see complete entries only; a damaged entry is
deleted and counts as missing. A folder that can't be written or read is an empty cache: the cache only saves time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_MARK = b"docgen-pdf-2\n"
_DIGEST = 32
_TIDY_SHARE = 0.8
"""The share of the capacity that is kept when the cache is tidied."""
_MIB = 1 << 20


def find_cache_folder() -> Path:
    """Find the folder for docgen's PDFs among the user's cache folders of this system."""
    if sys.platform == "win32":
        above = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return above / "docgen" / "Cache" / "pdf"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "docgen" / "pdf"
    above = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    # XDG Base Directory Specification: a relative path is ignored
    return (above if above.is_absolute() else Path.home() / ".cache") / "docgen" / "pdf"


class PdfCache:
    """A cache of up to ``megabytes`` of PDFs in a folder that only the user can read; the oldest unused go first."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._capacity = megabytes * _MIB
        self._added = False

    def read(self, key: str) -> bytes | None:
        """Read the PDF of a key; None where there is none or it is damaged."""
        path = self._locate(key)
        try:
            entry = path.read_bytes()
        except OSError:
            return None
        data = entry[len(_MARK) + _DIGEST :]
        if entry[: len(_MARK) + _DIGEST] != _MARK + _digest_entry(key, data):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def write(self, key: str, data: bytes) -> None:
        """Write a PDF into the cache, if the folder can be written."""
        path = self._locate(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MARK + _digest_entry(key, data) + data)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink()
                raise
            self._added = True

    def tidy(self) -> None:
        """Delete the least recently used PDFs, if something was added and the cache is too large now."""
        if not self._added:
            return
        self._added = False
        entries = sorted(self._list_files(), reverse=True)
        if sum(size for _, size, _ in entries) <= self._capacity:
            return
        kept = 0
        for _, size, path in entries:
            kept += size
            if kept > self._capacity * _TIDY_SHARE:
                with contextlib.suppress(OSError):  # another run has deleted it or is reading it
                    path.unlink()

    def _locate(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:]

    def _list_files(self) -> Iterator[tuple[int, int, Path]]:
        """List the files with the time of last use and the size; includes temporary files of runs that were stopped."""
        for above, _, names in os.walk(self._folder):
            for name in names:
                with contextlib.suppress(OSError):
                    status = Path(above, name).stat()
                    yield status.st_mtime_ns, status.st_size, Path(above, name)


def _digest_entry(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()
