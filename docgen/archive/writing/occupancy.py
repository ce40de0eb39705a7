"""One run at a time in an output folder: the run locks it, and the system drops the lock when the process ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import OutputError

PATIENCE = 30.0
"""The seconds that a run waits for another one when it only has to put its results into the folder."""

_STEP = 0.05
_LOCK = ".docgen.lock"


@contextlib.contextmanager
def occupy_folder(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other runs out of a folder while the block runs; the folder is made if it isn't there.

    Raises OutputError B101 when another run keeps it for longer than ``patience`` seconds, OSError when the folder
    can't be made or opened. On a file system without locks nobody is kept out.
    """
    deadline = time.monotonic() + patience
    while (handle := _try_occupy(folder)) is None:
        if time.monotonic() >= deadline:
            raise OutputError(error("B101", Location(file=str(folder)), folder=str(folder)))
        time.sleep(_STEP)
    try:
        yield
    finally:
        os.close(handle)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # another run has opened it meanwhile
                (folder / _LOCK).unlink()


def try_lock(handle: int) -> bool | None:
    """Lock an open file; False when another process holds the lock, None when the file system has no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None
    return True


def _try_occupy(folder: Path) -> int | None:
    """Open and lock the folder; None while another run has it locked.

    The folder itself is locked, so that no file is left in it; Windows can lock files only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if sys.platform == "win32":
            handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)
        else:
            handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None  # another run removed the empty folder meanwhile
    if try_lock(handle) is not False and folder.exists():
        return handle
    os.close(handle)
    return None
