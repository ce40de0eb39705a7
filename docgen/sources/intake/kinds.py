"""Names of workbooks and tables, told apart from record files before anything of reading is loaded."""

from __future__ import annotations

from pathlib import Path

FOREIGN_SUFFIXES = (".xls", ".et", ".ods", ".xlsb")
DELIMITED_SUFFIXES = (".csv", ".tsv")
PAGE_SUFFIXES = (".htm", ".html")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".txt", *FOREIGN_SUFFIXES, *DELIMITED_SUFFIXES, *PAGE_SUFFIXES)


def is_workbook(path: Path) -> bool:
    """Whether a path names a workbook rather than a record file."""
    return path.suffix.lower() in _WORKBOOK_SUFFIXES
