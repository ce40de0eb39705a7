"""Write an output file: into a staging folder beside its place, then moved there; an older file stays until then."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from docgen.archive.writing.staging import open_staging
from docgen.diagnostics import Location, error
from docgen.errors import OutputError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextlib.contextmanager
def open_target(target: Path, *, force: bool, staging: Path | None = None, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a file for writing that becomes ``target`` when the block ends without an error, and else is removed.

    ``durable`` waits until the file is on the disk; a caller that writes many files syncs them together instead
    (``sync_files``). With ``staging`` (of ``open_staging``, beside the target) the file stays in that folder, unsynced,
    until the caller calls ``sync_staged`` and ``move_target``. Raises OutputError (A101–A107) when the target exists
    and ``force`` is off, is a folder, has no folder, may not be written, is open elsewhere, or the disk is full.
    """
    refuse_target(target, force=force)
    with contextlib.ExitStack() as stack:
        if staging is None:
            try:
                folder = stack.enter_context(open_staging(target.parent))
            except OSError as problem:
                raise _make_output_error(problem, target) from problem
        else:
            folder = staging
        part = folder / target.name
        try:
            with part.open("xb") as file:
                yield file
                file.flush()
                if durable and staging is None:
                    os.fsync(file.fileno())
        except OSError as problem:
            # an error of another file is the caller's
            if problem.filename not in {None, str(part)}:
                raise
            raise _make_output_error(problem, target) from problem
        if staging is None:
            refuse_target(target, force=force)  # another run may have put one there meanwhile
            move_target(folder, target, durable=durable)


def write_target(data: bytes, target: Path, *, force: bool, durable: bool = True) -> None:
    """Write a whole file; raises as ``open_target`` does."""
    with open_target(target, force=force, durable=durable) as file:
        file.write(data)


def sync_staged(staging: Path, targets: Sequence[Path]) -> None:
    """Wait until the files staged for ``targets`` are on the disk; raises OutputError (A104, A106, A107)."""
    for target in targets:
        try:
            sync_files([staging / target.name])
        except OSError as problem:
            raise _make_output_error(problem, target) from problem


def move_target(staging: Path, target: Path, *, durable: bool = True) -> None:
    """Move the file staged for ``target`` to its place; raises OutputError (A104–A107)."""
    try:
        (staging / target.name).replace(target)
    except PermissionError as problem:
        # Windows: another program has the old file open; elsewhere we may no longer write to the folder
        raise OutputError(error("A105", Location("archive", file=str(target)), path=str(target))) from problem
    except OSError as problem:
        raise _make_output_error(problem, target) from problem
    if durable:
        _sync_folder(target.parent)


def sync_files(paths: Sequence[Path]) -> None:
    """Wait until written files and their folders are on the disk; a file that is gone is skipped."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    for folder in dict.fromkeys(path.parent for path in paths):
        if folder.is_dir():
            _sync_folder(folder)


def refuse_target(target: Path, *, force: bool) -> None:
    """Check a target before there is anything to write; raises OutputError (A101–A103) as ``open_target`` does."""
    place = Location("archive", file=str(target))
    if target.is_dir():
        raise OutputError(error("A102", place, path=str(target)))
    if target.exists() and not force:
        raise OutputError(error("A101", place, path=str(target)))
    if not target.parent.is_dir():
        raise OutputError(error("A103", place, path=str(target), folder=str(target.parent)))


def _make_output_error(problem: OSError, target: Path) -> OutputError:
    place = Location("archive", file=str(target))
    if problem.errno in _FULL:
        return OutputError(error("A106", place, path=str(target)))
    if problem.errno in _FORBIDDEN:
        return OutputError(error("A104", place, path=str(target), folder=str(target.parent)))
    return OutputError(error("A107", place, path=str(target), reason=problem.strerror or str(problem)))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        # some network file systems can't sync a folder; the file itself is safe by now
        if problem.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)
