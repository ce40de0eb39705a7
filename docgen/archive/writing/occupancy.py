"""One run at a time in an output folder: a lock that the system drops with the process, however that ends."""

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
"""How many seconds a run that has only to put its results there waits for another one."""

_STEP = 0.05
_LOCK = ".docgen.lock"


@contextlib.contextmanager
def occupy_folder(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Have a folder for this run alone; it is made if it isn't there.

    Raises OutputError B101 when another run has it for longer than ``patience`` seconds, OSError when the folder can't
    be made or opened. Where the file system knows no locks nobody is kept out.
    """
    until = time.monotonic() + patience
    while (handle := _try_occupy(folder)) is None:
        if time.monotonic() >= until:
            raise OutputError(error("B101", Location(file=str(folder)), folder=str(folder)))
        time.sleep(_STEP)
    try:
        yield
    finally:
        os.close(handle)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):  # another run has it open by now
                (folder / _LOCK).unlink()


def try_lock(handle: int) -> bool | None:
    """Whether the open file could be locked; None where the file system knows no locks."""
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
    """The open file that holds the folder, None while another run has it.

    It is the folder itself, so that nothing is left there; Windows can lock files only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if sys.platform == "win32":
            handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT)
        else:
            handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None  # another run found nothing to do and took the folder away
    if try_lock(handle) is not False and folder.exists():
        return handle
    os.close(handle)
    return None
