"""Reading a workbook: what stands in its cells, whoever wrote it, and what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter

from docgen.errors import SourceError
from docgen.ooxml.cells import name_column, number_column, split_range
from docgen.sources.intake.reading import xlsx_reader
from docgen.sources.intake.reading.foreign import make_cell, read_foreign
from docgen.sources.intake.reading.xlsx_reader import read_xlsx
from docgen.sources.intake.workbook.grid import SheetCell, SourceBook

SHEET = "xl/worksheets/sheet1.xml"


def write_book(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("数据")
    sheet.write_string(0, 0, "企业 & <名称>")
    sheet.write_number(0, 1, 98.5)
    sheet.write_number(0, 2, 45541, book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_number(0, 3, 45541.4375, book.add_format({"num_format": "yyyy/m/d h:mm"}))
    sheet.write_number(0, 4, 45536, book.add_format({"num_format": 'yyyy"年"m"月"'}))
    sheet.write_number(0, 5, 0.85, book.add_format({"num_format": "0.0%"}))
    sheet.write_number(0, 6, 321, book.add_format({"num_format": "000000"}))
    sheet.write_boolean(0, 7, True)
    sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
    sheet.write_formula(1, 1, "=1+1", None, 2)
    sheet.write_formula(1, 2, '="甲"&"乙"', None, "甲乙")
    sheet.write_number(1, 27, 1)
    sheet.merge_range(3, 0, 4, 1, "合并")
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.write_string(6, 0, "隐藏\n的行")
    book.add_worksheet("藏着").hide()
    book.close()
    return path


EXPECTED = {
    (1, 1): "企业 & <名称>",
    (1, 2): SheetCell("number", "98.5"),
    (1, 3): SheetCell("date", "45541"),
    (1, 4): SheetCell("moment", "45541.4375"),
    (1, 5): SheetCell("month", "45536"),
    (1, 6): SheetCell("percent", "0.85"),
    (1, 7): SheetCell("number", "321", 6),
    (1, 8): SheetCell("bool", "1"),
    (2, 1): SheetCell("error", "#DIV/0!"),
    (2, 2): SheetCell("number", "2"),
    (2, 3): "甲乙",
    (2, 28): SheetCell("number", "1"),
    (4, 1): "合并",
    (7, 1): "隐藏\n的行",
}


def list_cells(book: SourceBook) -> dict[tuple[int, int], object]:
    return {(row.number, at): value for row in book.sheets[0].rows for at, value in row.cells.items()}


def change_member(path: Path, name: str, change: tuple[str, str]) -> Path:
    """The workbook with a text in one of its parts replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(buffer, "w") as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename == name:
                assert change[0].encode() in data
                data = data.replace(change[0].encode(), change[1].encode())
            target.writestr(item, data)
    path.write_bytes(buffer.getvalue())
    return path


def test_cells_are_what_they_show(tmp_path: Path) -> None:
    book = read_xlsx(write_book(tmp_path / "a.xlsx"))
    assert [sheet.name for sheet in book.sheets] == ["数据", "藏着"]
    assert list_cells(book) == EXPECTED
    assert book.sheets[0].merged == ((4, 1, 5, 2),)
    assert [row.number for row in book.sheets[0].rows if row.hidden] == [7]
    assert book.by_name["藏着"].hidden


@pytest.mark.parametrize(
    "change",
    [
        ("<sheetData>", "<!-- noted --><sheetData>"),
        ('<c r="A1" t="s">', '<c\nr="A1"\nt="s">'),
        ('<c r="A1" t="s">', '<c t="s" r="A1">'),
        ('<c r="A1" t="s">', '<c r="A1" t="s" cm="1">'),
        ("<v>98.5</v>", "<v><![CDATA[98.5]]></v>"),
    ],
)
def test_cells_may_be_written_in_other_ways(tmp_path: Path, change: tuple[str, str]) -> None:
    path = change_member(write_book(tmp_path / "a.xlsx"), SHEET, change)
    assert list_cells(read_xlsx(path)) == EXPECTED


def test_a_formula_that_nobody_calculated(tmp_path: Path) -> None:
    path = change_member(write_book(tmp_path / "a.xlsx"), SHEET, ("<f>1+1</f><v>2</v>", "<f>1+1</f><v></v>"))
    assert list_cells(read_xlsx(path))[(2, 2)] == SheetCell("uncalculated", "")


def test_strings_in_their_cells_and_prefixed_names(tmp_path: Path) -> None:
    sheet = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:sheetData><x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:r><x:t>甲</x:t></x:r><x:rPh sb="0" eb="1">'
        "<x:t>jia</x:t></x:rPh><x:r><x:t>乙</x:t></x:r></x:is></x:c><x:c><x:v>7</x:v></x:c></x:row></x:sheetData>"
        "</x:worksheet>"
    )
    path = write_book(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        old = archive.read(SHEET).decode()
    change_member(path, SHEET, (old, sheet))
    assert list_cells(read_xlsx(path)) == {(2, 2): "甲乙", (2, 3): SheetCell("number", "7")}


def put_rows(path: Path, rows: str) -> Path:
    """Give a workbook's first sheet these rows."""
    with zipfile.ZipFile(write_book(path)) as archive:
        old = archive.read(SHEET).decode()
    return change_member(path, SHEET, (old[old.index("<sheetData>") : old.index("</sheetData>")], f"<sheetData>{rows}"))


@pytest.mark.parametrize("empty", ['<c r="B1" t="inlineStr"></c>', '<c r="B1" t="inlineStr"><is/></c>'])
def test_an_empty_cell_holds_no_other_cells_text(tmp_path: Path, empty: str) -> None:
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>某市二路2号</t></is></c>{empty}</row>'
    path = put_rows(tmp_path / "a.xlsx", row)
    assert list_cells(read_xlsx(path)) == {(1, 1): "某市二路2号"}


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ('<row r="4"><c r="B4"><v>1</v></c></row><row r="4"><c r="C4"><v>2</v></c></row>', "A4"),
        ('<row r="4"><c r="B4"><v>1</v></c></row><row r="5"/><row r="4"><c r="C4"><v>2</v></c></row>', "A4"),
        ('<row r="4"><c r="B4"><v>1</v></c><c r="B4"><v>2</v></c></row>', "B4"),
    ],
)
def test_a_row_or_a_cell_that_is_there_twice_is_refused(tmp_path: Path, rows: str, cell: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_xlsx(put_rows(tmp_path / "a.xlsx", rows))
    assert [(item.code, item.location.cell, item.location.line) for item in caught.value.diagnostics] == [
        ("W168", cell, 4)
    ]


def test_an_empty_row_or_cell_that_is_there_twice_loses_nothing(tmp_path: Path) -> None:
    rows = '<row r="4"><c r="B4"/><c r="B4"><v>1</v></c></row><row r="4"><c r="C4"/></row>'
    assert list_cells(read_xlsx(put_rows(tmp_path / "a.xlsx", rows))) == {(4, 2): SheetCell("number", "1")}


@pytest.mark.parametrize(
    ("attributes", "is_hidden"),
    [
        ('hidden="1"', True),
        ('hidden="true"', True),
        ('ht="0" customHeight="1"', True),
        ('ht="0.0"', True),
        ('ht="0.5"', False),
        ('ht="10"', False),
        ('hidden="0"', False),
    ],
)
def test_a_row_that_nobody_sees_is_hidden(tmp_path: Path, attributes: str, is_hidden: bool) -> None:
    rows = f'<row r="4" {attributes}><c r="B4"><v>1</v></c></row>'
    (row,) = read_xlsx(put_rows(tmp_path / "a.xlsx", rows)).sheets[0].rows
    assert row.hidden is is_hidden


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("<sheetData>", "<sheetData><row"), "W101"),
        (('<?xml version="1.0"', '<!DOCTYPE a [<!ENTITY b "c">]><?xml version="1.0"'), "W101"),
        (("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "W101"),
    ],
)
def test_broken_sheets_are_refused(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    path = change_member(write_book(tmp_path / "a.xlsx"), SHEET, change)
    with pytest.raises(SourceError) as caught:
        read_xlsx(path)
    assert [item.code for item in caught.value.diagnostics] == [code]


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for content in (b"", b"PK\x03\x04 broken", "企业,代码\n".encode()):
        path.write_bytes(content)
        with pytest.raises(SourceError) as caught:
            read_xlsx(path)
        assert [item.code for item in caught.value.diagnostics] == ["W101"]
    with pytest.raises(SourceError) as caught:
        read_xlsx(tmp_path / "absent.xlsx")
    assert [item.code for item in caught.value.diagnostics] == ["S101"]  # nothing is open in another program


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_book(tmp_path / "a.xlsx")
    for limit, code in (("MAX_FILE_BYTES", "W102"), ("MAX_MEMBER_BYTES", "W102"), ("MAX_CELLS", "W104")):
        with monkeypatch.context() as patched:
            patched.setattr(xlsx_reader, limit, 10)
            with pytest.raises(SourceError) as caught:
                read_xlsx(path)
        assert [item.code for item in caught.value.diagnostics] == [code]


def test_columns_are_counted_as_excel_does() -> None:
    assert [name_column(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(number_column(name_column(number)) == number for number in range(1, 2000))
    assert split_range("$B$3:AA10") == (3, 2, 10, 27)
    assert split_range("C5") == (5, 3, 5, 3)


class PanicException(BaseException):
    """What python-calamine raises when it fails in a damaged file."""


def test_a_workbook_of_another_kind_that_makes_the_library_panic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panic(stream: object) -> None:
        raise PanicException(stream)

    path = tmp_path / "a.xls"
    path.write_bytes(b"damaged")
    monkeypatch.setattr("python_calamine.CalamineWorkbook", SimpleNamespace(from_filelike=panic))
    with pytest.raises(SourceError) as caught:
        read_foreign(path)
    assert [item.code for item in caught.value.diagnostics] == ["W107"]


def test_numbers_of_other_kinds_of_workbooks_that_are_none() -> None:
    assert [make_cell(value) for value in (1.0, 2.5, float("nan"), float("inf"))] == [
        SheetCell("number", "1"),
        SheetCell("number", "2.5"),
        SheetCell("error", "nan"),
        SheetCell("error", "inf"),
    ]
