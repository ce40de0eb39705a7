"""Staging folders: outputs are written into a hidden folder beside their place, and moved from it when complete.

A run that is killed leaves its staging folder behind; the next run in the same place removes it. A run keeps its folder
locked, and the system drops the lock when the process ends: so a folder that can be locked belongs to no run. Windows
needs no lock, since an open file can't be deleted there.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from docgen.archive.writing.occupancy import try_lock

REPLACED = "replaced"
"""The folder in a staging folder for older outputs moved aside; they go back if no new ones take their place."""

_NAME = re.compile(r"\.docgen-[0-9a-f]{12}")
_LOCK = "lock"


@contextlib.contextmanager
def open_staging(parent: Path) -> Iterator[Path]:
    """Make an empty staging folder in ``parent``, removed when the block ends; those of killed runs are removed first.

    What was moved to its ``REPLACED`` goes back at the end if its place is free. Raises OSError when the folder can't
    be made.
    """
    sweep_stagings(parent)
    folder, lock = _make_staging(parent)
    try:
        yield folder
    finally:
        lock.close()
        with contextlib.suppress(OSError):  # what can't be restored or removed now the next run sweeps
            _restore(folder)
            _remove(folder)


def sweep_stagings(parent: Path) -> None:
    """Remove the staging folders of killed runs from a folder, and restore the outputs that they had moved aside."""
    try:
        stagings = [path for path in parent.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
    except OSError:
        return  # writing to the folder fails, too, and reports the fault
    for staging in stagings:
        with contextlib.suppress(OSError):  # another run has it open, or we may not remove it: it stays
            _sweep(staging)


def _make_staging(parent: Path) -> tuple[Path, BinaryIO]:
    while True:
        folder = parent / f".docgen-{secrets.token_hex(6)}"
        folder.mkdir()
        try:
            lock = (folder / _LOCK).open("xb")
        except FileNotFoundError:
            continue  # another run swept the folder before it was locked
        except OSError:
            folder.rmdir()
            raise
        if try_lock(lock.fileno()) is not False and folder.exists():
            return folder, lock
        lock.close()


def _sweep(folder: Path) -> None:
    lock = folder / _LOCK
    if not lock.exists():
        # its run was killed before it locked the folder, or is just about to, and then makes another one
        folder.rmdir()
    elif sys.platform == "win32":
        lock.unlink()
        _restore(folder)
        _remove(folder)
    else:
        with lock.open("r+b") as file:
            if try_lock(file.fileno()):
                _restore(folder)
                _remove(folder)


def _restore(folder: Path) -> None:
    replaced = folder / REPLACED
    for path in replaced.iterdir() if replaced.is_dir() else ():
        if not (folder.parent / path.name).exists():
            path.rename(folder.parent / path.name)


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()
    # last: a folder without a lock is taken for empty
    (folder / _LOCK).unlink(missing_ok=True)
    folder.rmdir()
