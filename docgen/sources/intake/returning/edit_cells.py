"""Changes cells of a person's workbook, or confirms a doubted value; everything else stays unchanged.

The functions return the bytes of a copy and write to no file.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from docgen.diagnostics import Diagnostic
from docgen.errors import SourceError
from docgen.messages import Catalogue
from docgen.ooxml.package import OfficePackage
from docgen.ooxml.xml import PackageError
from docgen.record.types import parse_date
from docgen.sources.intake.reading.xlsx_reader import report_broken_package
from docgen.sources.intake.returning.confirmable import write_confirmable
from docgen.sources.intake.returning.drop_rows import StoredNumber, set_texts
from docgen.sources.intake.returning.return_copy import find_sheets
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SourceBook

_FIGURE = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?")
_EPOCHS = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}


def edit_cells(book: SourceBook, texts: Mapping[str, Mapping[tuple[int, int], str]]) -> bytes:
    """The workbook with new texts in cells, by sheet, row and column.

    A number or date typed into a cell that held one is stored as such. SourceError if the workbook can't be read.
    """
    parts, workbook = _open(book)
    sheets = find_sheets(parts, workbook)
    for name, cells in texts.items():
        if name in sheets:
            rows = {row.number: row.cells for row in book.by_name[name].rows}
            contents = {
                (row, column): _store(text, rows.get(row, {}).get(column), book.epoch)
                for (row, column), text in cells.items()
            }
            set_texts(parts, sheets[name], contents)
    parts.unrelate(workbook, "calcChain")  # a formula may have been replaced
    return parts.save()


def confirm_value(book: SourceBook, doubt: Diagnostic, reason: str, words: Catalogue) -> bytes:
    """The workbook with a line in the sheet 已核实 that confirms a doubted value with a reason."""
    parts, _ = _open(book)
    write_confirmable(parts, book, (doubt,), gone={}, words=words, reason=reason)
    return parts.save()


def format_typed_value(value: GridValue | None, epoch: int = 1900) -> str:
    """A cell's value as a person would type it."""
    if value is None or isinstance(value, str):
        return value or ""
    if value.kind in ("date", "month", "moment"):
        day = _EPOCHS[epoch] + dt.timedelta(days=int(float(value.text)))
        return f"{day:%Y-%m}" if value.kind == "month" else day.isoformat()
    if value.kind == "percent":
        return f"{float(value.text) * 100:.10g}%"
    return value.text.rjust(value.zeros, "0") if value.kind == "number" else value.text


def _open(book: SourceBook) -> tuple[OfficePackage, str]:
    try:
        parts = OfficePackage(Path(book.file))
        return parts, parts.find_related("", "officeDocument") or ""
    except PackageError as fault:
        raise SourceError(report_broken_package(book.file, fault)) from None


def _store(text: str, former: GridValue | None, epoch: int) -> str | StoredNumber:
    """What a cell stores for a typed text: a number or a day where the cell held one."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if isinstance(former, SheetCell) and former.kind == "number" and former.zeros < 2 and _FIGURE.fullmatch(typed):
        return StoredNumber(typed)
    if isinstance(former, SheetCell) and former.kind == "date":
        try:
            return StoredNumber(str((parse_date(typed) - _EPOCHS[epoch]).days))
        except ValueError:
            return text
    return text
