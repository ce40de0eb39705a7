"""Workbooks of other kinds (``.xls``, ``.et``, ``.ods``) → a Book, by python-calamine: their values and no more.

What calamine can't see nobody is told of later: error values and formulas without a result come as nothing, merged
cells and hidden rows as any other. So the Book is ``blind``, and W108 says so.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.sources.intake.workbook.grid import Book, Cell, Grid, GridValue, Row, make_number
from docgen.trees.text_file import report_missing

FOREIGN_SUFFIXES = (".xls", ".et", ".ods", ".xlsb")
_EPOCH = dt.datetime(1899, 12, 30)
_DAY = 86400


def read_foreign(path: Path) -> Book:
    """The workbook in a file of another kind; SourceError W107 when it can't be read, S101 when it isn't there."""
    from python_calamine import CalamineError, CalamineWorkbook

    place = Location(file=str(path))
    try:
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise SourceError(report_missing(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            grids = tuple(
                Grid(name, _read_rows(book.get_sheet_by_name(name).to_python(skip_empty_area=False)))
                for name in book.sheet_names
            )
    except BaseException as fault:
        # a damaged file may make the library panic, which is no Exception and whose type has no importable name
        if not isinstance(fault, CalamineError | OSError | ValueError) and type(fault).__name__ != "PanicException":
            raise
        raise SourceError(error("W107", place, path=str(path), suffix=path.suffix)) from None
    return Book(str(path), grids, source="other", blind=True)


def _read_rows(values: list[list[Any]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for number, line in enumerate(values, 1):
        cells = {at: cell for at, value in enumerate(line, 1) if (cell := make_cell(value)) is not None}
        if cells:
            rows.append(Row(number, cells))
    return tuple(rows)


def make_cell(value: Any) -> GridValue | None:
    """A value as calamine gives it, as a cell; None for an empty one."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return Cell("bool", str(int(value)))
    if isinstance(value, int | float):
        return make_number("number", repr(value).removesuffix(".0"))
    if isinstance(value, dt.datetime):
        serial = (value - _EPOCH).total_seconds() / _DAY
        return Cell("date" if serial.is_integer() else "moment", repr(serial).removesuffix(".0"))
    if isinstance(value, dt.date):
        return Cell("date", str((value - _EPOCH.date()).days))
    return str(value) if value is not None else None  # a time of day or a span: as it is spelled
