"""Templates for the tests of workbooks: built with openpyxl, as a person would build them in Excel."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from docgen.errors import TemplateError
from docgen.render.values.values import Rendered
from docgen.render.xlsx.template import XlsxTemplate
from support.office_schemas import check_bytes
from support.office_tools import Office


def save(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(sheet: Worksheet, rows: Iterable[Iterable[object]]) -> Worksheet:
    """Fill a sheet from A1; a pair is a formula and the expression of its note."""
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            if isinstance(value, tuple):
                cell.value = value[0]
                cell.comment = Comment(f"{{{{ {value[1]} }}}}", "作者")
            elif value is not None:
                cell.value = value
    return sheet


def make_book(*rows: Iterable[object]) -> Workbook:
    book = Workbook()
    assert book.active is not None
    book.active.title = "表"
    fill(book.active, rows)
    return book


def render(book: Workbook | bytes, context: Mapping[str, object], *, clean: bool = True) -> Rendered:
    data = book if isinstance(book, bytes) else save(book)
    rendered = XlsxTemplate.compile(data, "模板.xlsx").render(context)
    if clean:
        assert not rendered.diagnostics, rendered.diagnostics
        check_schema(rendered.data)
    return rendered


def faults(book: Workbook | bytes) -> list[tuple[str, str | None, str | None]]:
    """The code, sheet and cell of each fault that compiling finds."""
    data = book if isinstance(book, bytes) else save(book)
    with pytest.raises(TemplateError) as caught:
        XlsxTemplate.compile(data, "模板.xlsx")
    return [(item.code, item.location.sheet, item.location.cell) for item in caught.value.diagnostics]


def read(data: bytes, sheet: str = "表", *, values: bool = False) -> list[list[object]]:
    """The rows of a sheet; formulas, or with ``values`` what stands in their place."""
    book = load_workbook(io.BytesIO(data), data_only=values)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def read_part(data: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def change_part(data: bytes, name: str, *changes: tuple[str, str]) -> bytes:
    """A workbook with other text in one of its parts, as somebody edits it by hand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as changed:
        for item in package.namelist():
            text = package.read(item)
            for old, new in changes if item == name else ():
                assert old in text.decode(), (name, old)
                text = text.decode().replace(old, new).encode()
            changed.writestr(item, text)
    return stream.getvalue()


def list_merges(data: bytes, sheet: str = "表") -> list[str]:
    return sorted(str(item) for item in load_workbook(io.BytesIO(data))[sheet].merged_cells.ranges)


def check_schema(data: bytes) -> None:
    """The workbook keeps to the schemas."""
    found = check_bytes(data, ".xlsx")
    assert not found, "\n".join(found)


def recalculate(office: Office, folder: Path, data: bytes) -> bytes:
    """What LibreOffice saves when it has opened and calculated a workbook."""
    source = folder / "book.xlsx"
    source.write_bytes(data)
    return office.to_xlsx(source, folder / "saved").read_bytes()


def assert_recalculation_agrees(office: Office, folder: Path, data: bytes) -> int:
    """Compare every formula's value with what LibreOffice calculates; returns how many there were."""
    again = load_workbook(io.BytesIO(recalculate(office, folder, data)), data_only=True)
    formulas, ours = load_workbook(io.BytesIO(data)), load_workbook(io.BytesIO(data), data_only=True)
    count = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    known, calculated = (book[sheet.title][cell.coordinate].value for book in (ours, again))
                    if isinstance(known, float):
                        known, calculated = round(known, 9), round(calculated, 9)
                    assert (known or None) == (calculated or None), (sheet.title, cell.coordinate, cell.value)
                    count += 1
    return count
