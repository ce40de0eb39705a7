"""Reads the values of a person's workbook into DocumentContent, with a section and a table for each sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from docgen.content.blocks import Run, Table
from docgen.content.files import read_bytes
from docgen.content.model import DocumentContent, Section
from docgen.diagnostics import Location, error
from docgen.errors import SourceError

_MAX_CELLS = 500_000


def read_xlsx(path: Path) -> DocumentContent:
    """Read the sheets that can be seen (``.xlsx``, ``.xls``); a table begins at A1, so that an index is a cell's place.

    The title is the first cell with text. A sheet of more than half a million cells is left out. SourceError
    (C121–C123, C128) when it can't be read.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

    data = read_bytes(path)
    place = Location("xlsx", str(path))
    try:
        # from bytes, so that the content tells the format, not the suffix
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            visible = [item.name for item in book.sheets_metadata if item.visible is SheetVisibleEnum.Visible]
            sheets = [(name, book.get_sheet_by_name(name)) for name in visible]
            read = [
                (name, sheet.to_python(skip_empty_area=False))
                for name, sheet in sheets
                if sheet.total_height * sheet.total_width <= _MAX_CELLS
            ]
    except PasswordError:
        raise SourceError(error("C127", place, path=str(path))) from None
    except Exception:
        # calamine raises what its libraries raise on damaged bytes: no closed set
        raise SourceError(error("C128", place, path=str(path))) from None
    sections = tuple(_make_section(path, name, rows) for name, rows in read)
    return DocumentContent(_find_title(sections), (), sections, place)


def _make_section(path: Path, name: str, rows: Sequence[Sequence[object]]) -> Section:
    here = Location("xlsx", str(path), sheet=name)
    cells = tuple(tuple((Run(_format_value(value)),) if _format_value(value) else () for value in row) for row in rows)
    return Section(name, 1, (Table(cells, 0, None, here),), None, here)


def _find_title(sections: tuple[Section, ...]) -> str | None:
    """The first cell with text."""
    tables = (block for section in sections for block in section.blocks if isinstance(block, Table))
    cells = (cell for table in tables for row in table.rows for cell in row if cell)
    return next((cell[0].text for cell in cells), None)


def _format_value(value: object) -> str:
    """A value as shown in the cell, as far as that is known without its format."""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value).strip() if value is not None else ""
