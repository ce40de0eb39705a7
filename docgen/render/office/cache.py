"""PDFs that were made once, in the user's cache folder: an unchanged document isn't converted again.

An entry is named by what decides its bytes and begins with a digest of itself. It is written aside and moved into
place, so that runs beside each other see whole entries only; one that isn't sound is taken away and counts as none.
A folder that can't be written or read is an empty cache: it saves time and decides nothing.
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
_KEPT = 0.8
"""How much of the room is filled after tidying up."""
_MIB = 1 << 20


def find_cache_folder() -> Path:
    """Where this system keeps what a user's programs can make again."""
    if sys.platform == "win32":
        above = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return above / "docgen" / "Cache" / "pdf"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "docgen" / "pdf"
    above = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    # the XDG rules: a path that isn't absolute counts as none
    return (above if above.is_absolute() else Path.home() / ".cache") / "docgen" / "pdf"


class PdfCache:
    """Up to ``megabytes`` of PDFs in a folder that only the user can read; those unused for longest go first."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder = folder
        self._room = megabytes * _MIB
        self._added = False

    def read(self, key: str) -> bytes | None:
        """The PDF of a key, None where there is none that is whole."""
        path = self._place(key)
        try:
            entry = path.read_bytes()
        except OSError:
            return None
        data = entry[len(_MARK) + _DIGEST :]
        if entry[: len(_MARK) + _DIGEST] != _MARK + _sign(key, data):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def write(self, key: str, data: bytes) -> None:
        """Keep a PDF, where that can be done."""
        path = self._place(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MARK + _sign(key, data) + data)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink()
                raise
            self._added = True

    def tidy(self) -> None:
        """Where something was added and there is too much now, take away what wasn't used for longest."""
        if not self._added:
            return
        self._added = False
        entries = sorted(self._list(), reverse=True)
        if sum(size for _, size, _ in entries) <= self._room:
            return
        kept = 0
        for _, size, path in entries:
            kept += size
            if kept > self._room * _KEPT:
                with contextlib.suppress(OSError):  # another run took it away, or reads it just now
                    path.unlink()

    def _place(self, key: str) -> Path:
        return self._folder / key[:2] / key[2:]

    def _list(self) -> Iterator[tuple[int, int, Path]]:
        """When each file was used last, its size, its place; what an ended run left half written is among them."""
        for above, _, names in os.walk(self._folder):
            for name in names:
                with contextlib.suppress(OSError):
                    found = Path(above, name).stat()
                    yield found.st_mtime_ns, found.st_size, Path(above, name)


def _sign(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()
