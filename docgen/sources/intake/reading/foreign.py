"""Reads the values of other workbooks (``.xls``, ``.et``, ``.ods``) into a Book by python-calamine.

calamine returns error values and formulas without a result as empty cells, and doesn't mark hidden rows (in an
``.ods`` also merged cells), so later checks can't report them. The Book is therefore ``blind``, and W108 says so.
Number formats are read separately.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from docgen.content.formats import OLE_MAGIC
from docgen.diagnostics import Location, error, info, warning
from docgen.errors import SourceError
from docgen.sources.intake.reading.number_formats import PLAIN, ShownFormat
from docgen.sources.intake.reading.ods_formats import read_ods_formats
from docgen.sources.intake.reading.xls_formats import CellStyles, read_xls_formats
from docgen.sources.intake.workbook.grid import (
    CellKind,
    GridValue,
    SheetCell,
    SheetGrid,
    SheetRow,
    SourceBook,
    make_number,
)
from docgen.trees.text_file import report_missing_file

_UNREAD_SUFFIX = ".xlsb"
"""calamine reads only a part of such a workbook's cells."""
MAX_FILE_BYTES = 128 * 1024 * 1024
_EPOCH = dt.datetime(1899, 12, 30)
_DAY = 86400


def read_foreign(path: Path, kind: str | None = None) -> SourceBook:
    """The workbook in a file of another format; SourceError W107 if it can't be read, S101 if it doesn't exist.

    ``kind`` is the suffix for the content, if the file's own is wrong.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    place, suffix = Location(file=str(path)), kind or path.suffix
    try:
        if suffix.lower() == _UNREAD_SUFFIX:
            raise SourceError(error("W107", place, path=str(path), suffix=suffix))
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError(error("W102", place, path=str(path), limit=MAX_FILE_BYTES >> 20))
        content = path.read_bytes()
        formats = read_xls_formats(content) if content.startswith(OLE_MAGIC) else read_ods_formats(path)
    except FileNotFoundError:
        raise SourceError(report_missing_file(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            names = book.sheet_names
            has_formats = formats is not None and len(formats) == len(names)
            styles = formats if formats is not None and has_formats else [{}] * len(names)
            sheets = (book.get_sheet_by_name(name) for name in names)
            grids = tuple(
                SheetGrid(name, _read_rows(sheet.to_python(skip_empty_area=False), shown), _read_merged(sheet))
                for name, sheet, shown in zip(names, sheets, styles, strict=True)
            )
    except BaseException as fault:
        # the library may panic on a damaged file; its PanicException is no Exception and can't be imported
        if not isinstance(fault, CalamineError | OSError | ValueError) and type(fault).__name__ != "PanicException":
            raise
        raise SourceError(error("W107", place, path=str(path), suffix=suffix)) from None
    params = {"path": str(path), "suffix": suffix}
    diagnostics = [info("W108", place, **params)]
    if not has_formats:
        diagnostics.append(warning("W109", place, **params))
    return SourceBook(str(path), grids, source="other", blind=True, diagnostics=tuple(diagnostics))


def _read_merged(sheet: Any) -> tuple[tuple[int, int, int, int], ...]:
    """The merged cells of a sheet, which calamine gives for an ``.xls``."""
    ranges = getattr(sheet, "merged_cell_ranges", None) or ()
    return tuple((top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges)


def _read_rows(values: list[list[Any]], styles: CellStyles) -> tuple[SheetRow, ...]:
    rows: list[SheetRow] = []
    for number, line in enumerate(values, 1):
        cells = {
            at: cell
            for at, value in enumerate(line, 1)
            if (cell := make_cell(value, styles.get((number, at), PLAIN))) is not None
        }
        if cells:
            rows.append(SheetRow(number, cells))
    return tuple(rows)


def make_cell(value: Any, style: ShownFormat = PLAIN) -> GridValue | None:
    """A cell from calamine's value and its number format; None for an empty one."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return SheetCell("bool", str(int(value)))
    if isinstance(value, int | float):
        return make_number(
            "percent" if style.kind == "percent" else "number", repr(value).removesuffix(".0"), style.zeros
        )
    if isinstance(value, dt.datetime):
        serial = (value - _EPOCH).total_seconds() / _DAY
        shown: CellKind = "month" if style.kind == "month" else "date" if serial.is_integer() else "moment"
        return SheetCell(shown, repr(serial).removesuffix(".0"))
    if isinstance(value, dt.date):
        return SheetCell("month" if style.kind == "month" else "date", str((value - _EPOCH.date()).days))
    return str(value) if value is not None else None  # a time of day or a duration, as text
