"""A place to prepare outputs: a hidden folder beside them, locked while its process lives.

What is complete is moved out of it. A run that is killed leaves its folder behind; the next run beside it takes it
away, which the lock makes safe: the system drops it with the process, so a folder that somebody can lock is nobody's.
Windows needs no lock, there a file that is open can't be deleted.
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
"""The folder in a staging folder for what was moved aside; it goes back when the run was killed in between."""

_NAME = re.compile(r"\.docgen-[0-9a-f]{12}")
_LOCK = "lock"


@contextlib.contextmanager
def open_staging(parent: Path) -> Iterator[Path]:
    """An empty folder in ``parent``, gone when the block ends; what killed runs left there is taken away first.

    What was moved to its ``REPLACED`` goes back when its place is free at the end. Raises OSError when the folder
    can't be made.
    """
    sweep_stagings(parent)
    folder, lock = _make_staging(parent)
    try:
        yield folder
    finally:
        lock.close()
        with contextlib.suppress(OSError):  # what can't be put back or removed now is swept by the next run
            _restore(folder)
            _remove(folder)


def sweep_stagings(parent: Path) -> None:
    """Take away what killed runs left in a folder; what they had moved aside and not replaced goes back."""
    try:
        left = [path for path in parent.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
    except OSError:
        return  # whoever writes to the folder says what is wrong with it
    for folder in left:
        with contextlib.suppress(OSError):  # another run's, or not ours to remove: it stays
            _sweep(folder)


def _make_staging(parent: Path) -> tuple[Path, BinaryIO]:
    while True:
        folder = parent / f".docgen-{secrets.token_hex(6)}"
        folder.mkdir()
        try:
            lock = (folder / _LOCK).open("xb")
        except FileNotFoundError:
            continue  # another run took the folder for a leftover before it was locked
        except OSError:
            folder.rmdir()
            raise
        if try_lock(lock.fileno()) is not False and folder.exists():
            return folder, lock
        lock.close()


def _sweep(folder: Path) -> None:
    lock = folder / _LOCK
    if not lock.exists():
        folder.rmdir()  # killed right after it was made, or just being made: then this is the loser
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
    aside = folder / REPLACED
    for path in aside.iterdir() if aside.is_dir() else ():
        if not (folder.parent / path.name).exists():
            path.rename(folder.parent / path.name)


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()
    # last, so that a folder without it is an empty one
    (folder / _LOCK).unlink(missing_ok=True)
    folder.rmdir()
