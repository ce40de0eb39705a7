"""Cells are changed in a copy: what stood there keeps its kind, everything else stays; other kinds become workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from support.foreign_tables import make_code

from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.returning.edit_cells import edit_cells, format_typed_value
from docgen.sources.intake.returning.plain_copy import write_plain
from docgen.sources.intake.workbook.grid import SheetCell, SheetGrid, SheetRow, SourceBook


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "企业"
    sheet.append(["名称", "人数", "日期", "代码", "合计"])
    sheet.append(["甲公司", 12, dt.date(2024, 3, 1), make_code(1), "=B2*2"])
    sheet.append(["乙公司", 13, None, make_code(2), "=B3*2"])
    sheet["G9"] = ArrayFormula("G9", "=SUM(B2:B3)")
    sheet["A2"].comment = openpyxl.comments.Comment("旧批注", "某人")
    sheet.column_dimensions["A"].width = 33
    target = tmp_path / "名单.xlsx"
    book.save(target)
    return target


def edit(path: Path, **texts: str) -> SourceBook:
    """The workbook after some of its cells were changed, as it is read then."""
    from docgen.ooxml.cells import split_cell

    changed = {split_cell(place): text for place, text in texts.items()}
    target = path.with_name("改过.xlsx")
    target.write_bytes(edit_cells(open_workbook(path), {"企业": changed}))
    return open_workbook(target)


def read(book: SourceBook, row: int, column: int) -> object:
    rows = {line.number: line.cells for line in book.sheets[0].rows}
    return rows.get(row, {}).get(column)


def test_a_value_keeps_its_kind(path: Path) -> None:
    before = path.read_bytes()
    book = edit(path, B2="15", C2="2024年4月2日", C3="2024-05-06", D2="０１23", A3="丙公司 <b>&", E2="")
    assert read(book, 2, 2) == SheetCell("number", "15", 1) or read(book, 2, 2) == SheetCell("number", "15")
    assert format_typed_value(read(book, 2, 3)) == "2024-04-02"  # type: ignore[arg-type]
    assert read(book, 2, 3).kind == "date"  # type: ignore[union-attr]
    assert read(book, 3, 3) == "2024-05-06"
    assert read(book, 2, 4) == "０１23", "a code stays the text that was typed"
    assert read(book, 3, 1) == "丙公司 <b>&"
    assert read(book, 2, 5) is None, "a formula gave way"
    assert path.read_bytes() == before


def test_what_is_no_number_stays_a_text(path: Path) -> None:
    book = edit(path, B2="十五", C2="去年底", B3="007")
    assert [read(book, 2, 2), read(book, 2, 3), read(book, 3, 2)] == ["十五", "去年底", "007"]


def test_a_cell_in_a_row_that_isn_t_there_is_made_in_its_place(path: Path) -> None:
    book = edit(path, B6="新")
    assert [row.number for row in book.sheets[0].rows if row.cells.get(2)] == [1, 2, 3, 6]


def test_everything_else_stays(path: Path) -> None:
    edit(path, A3="丙公司")
    book = openpyxl.load_workbook(path.with_name("改过.xlsx"))
    sheet = book["企业"]
    assert sheet.column_dimensions["A"].width == 33
    assert sheet["A2"].comment is not None
    assert sheet["E3"].value == "=B3*2"


def test_a_workbook_of_another_kind_is_read_as_it_was(tmp_path: Path) -> None:
    cells = {
        1: "甲", 2: SheetCell("percent", "0.25"), 3: SheetCell("date", "45000"), 4: SheetCell("month", "45000"),
        5: SheetCell("number", "7", 3), 6: SheetCell("bool", "1"), 7: SheetCell("number", "1.5"),
    }  # fmt: skip
    merged = ((1, 1, 1, 3), (1, 2, 1, 4), (5, 5, 5, 5))
    book = SourceBook(
        "x.xls", (SheetGrid("表", (SheetRow(1, {1: "标题"}), SheetRow(2, cells)), merged),), source="other", blind=True
    )
    target = tmp_path / "x.xlsx"
    target.write_bytes(write_plain(book))
    read_again = open_workbook(target)
    again = {row.number: row.cells for row in read_again.sheets[0].rows}[2]
    for at, value in cells.items():
        assert format_typed_value(again[at]) == format_typed_value(value), at  # type: ignore[arg-type]
        assert isinstance(value, str) or again[at].kind == value.kind, at  # type: ignore[union-attr]
    assert read_again.sheets[0].merged == ((1, 1, 1, 3),)
