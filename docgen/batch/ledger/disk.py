"""Report a full disk or a lost network share as such, not as a defect of docgen."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from docgen.diagnostics import Diagnostic, Location, error

_ERRORS = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EROFS", "EIO", "ESTALE") if hasattr(errno, name)
)
_SQLITE_ERRORS = frozenset(
    (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
)
_PRIMARY = 0xFF  # of an extended code


def report_disk(fault: BaseException, folder: Path) -> Diagnostic | None:
    """B156 for a fault of the disk that a folder is on; None for any other fault."""
    if isinstance(fault, OSError) and fault.errno in _ERRORS:
        reason = fault.strerror or str(fault)
    elif isinstance(fault, sqlite3.Error) and getattr(fault, "sqlite_errorcode", 0) & _PRIMARY in _SQLITE_ERRORS:
        reason = str(fault)
    else:
        return None
    return error("B156", Location(file=str(folder)), path=str(folder), reason=reason)
