"""What different programs write of the same values reads the same; what can't be known of them is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from docgen.errors import SourceError
from docgen.sources.intake.reading.delimited import read_delimited
from docgen.sources.intake.reading.number_formats import judge_format
from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.reading.xls_formats import read_xls_formats
from docgen.sources.intake.reading.xlsx_handlers import read_moment
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SourceBook

FILES = Path(__file__).resolve().parents[3] / "producers"
EXPECTED = (
    *[("percent", "0.95")] * 3,
    *[("number", "0.95")] * 2,
    ("number", "95"),
    ("number", "420111"),
    ("number", "12.5"),
    *[("date", "42162")] * 2,
    ("month", "42162"),
    ("date", "42162"),
    ("moment", "42162.5"),
)
DAY_FOR_MONTH = ("libreoffice.ods", "openpyxl-iso-dates.xlsx")
"""What says a day in full needs no number format, which may have shown the month only."""


def read_column(book: SourceBook, column: int) -> list[GridValue]:
    return [row.cells[column] for row in book.sheets[0].rows if column in row.cells]


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_every_program_is_read_alike(path: Path) -> None:
    book = open_workbook(path)
    cells = [(cell.kind, cell.text) for cell in read_column(book, 1)[: len(EXPECTED)] if isinstance(cell, SheetCell)]
    if path.name in DAY_FOR_MONTH:
        cells = [("month", text) if at == 10 else (kind, text) for at, (kind, text) in enumerate(cells)]
    assert cells == list(EXPECTED)
    assert [item.code for item in book.diagnostics] == (["W108"] if book.blind else [])


@pytest.mark.parametrize("name", ["openpyxl.xlsx", "xlsxwriter.xlsx"])
def test_a_formula_that_nobody_calculated_has_no_result(name: str) -> None:
    cells = read_column(open_workbook(FILES / name), 2)
    assert cells[:3] == [SheetCell("uncalculated", "")] * 3
    assert cells[3:] in ([], [SheetCell("number", "2")]), "a result that was given is one"


def change_part(source: Path, target: Path, part: str, old: str, new: str) -> Path:
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w") as made:
        for name in given.namelist():
            text = given.read(name)
            made.writestr(name, text.replace(old.encode(), new.encode()) if name == part else text)
    return target


def test_zeros_are_results_where_nothing_speaks_against_it(tmp_path: Path) -> None:
    plain = change_part(FILES / "xlsxwriter.xlsx", tmp_path / "a.xlsx", "xl/workbook.xml", ' fullCalcOnLoad="1"', "")
    assert read_column(open_workbook(plain), 2)[0] == SheetCell("number", "0")
    application = "<Application>Microsoft Excel</Application>"
    poi = change_part(
        plain, tmp_path / "b.xlsx", "docProps/app.xml", application, "<Application>Apache POI</Application>"
    )
    assert read_column(open_workbook(poi), 2)[0] == SheetCell("uncalculated", "")


@pytest.mark.parametrize(
    ("code", "kind", "zeros"),
    [
        ("[Red]0%", "percent", 0),
        ("[红色][<1]0.0%;0%", "percent", 0),
        ('[=0]"-";0%', "percent", 0),
        ('"a;b"0%', "percent", 0),
        ("0\\%", "number", 1),
        ("[RED]0.00", "number", 0),
        ("[Color10]0000", "number", 4),
        ("[$¥-804]#,##0.00", "number", 0),
        ("[h]:mm", "moment", 0),
        ("[ss]", "moment", 0),
        ("[RED]yyyy-mm-dd", "date", 0),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "date", 0),
        ("e/m/d", "date", 0),
        ("aaaa", "date", 0),
        ('yyyy"年"m"月"', "month", 0),
        ("0.00E+00", "number", 0),
        ("G/通用格式", "number", 0),
        ("_ * #,##0.00_ ;_ * -#,##0.00_ ", "number", 0),
    ],
)
def test_number_formats(code: str, kind: str, zeros: int) -> None:
    assert judge_format(164, code)[0] == kind
    assert judge_format(164, code)[1] == zeros


def test_days_and_moments_as_iso_8601_spells_them() -> None:
    assert read_moment("2015-06-07T00:00:00.000Z", 1900) == SheetCell("date", "42162")
    assert read_moment("2015-06-07", 1904) == SheetCell("date", "40700")
    assert read_moment("2015-06-07T06:00:00", 1900) == SheetCell("moment", "42162.25")
    assert read_moment("2015-02-30", 1900) == "2015-02-30"
    assert read_moment("六月", 1900) == "六月"


def test_a_file_is_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes((FILES / "openpyxl.xlsx").read_bytes())
    (tmp_path / "b.xls").write_bytes("名称\t电话\n甲\t027\n".encode("gb18030"))
    assert open_workbook(tmp_path / "a.xls").sheets[0].name == "表"
    assert read_column(open_workbook(tmp_path / "b.xls"), 2) == ["电话", "027"]


def test_an_xlsb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsb").write_bytes((FILES / "openpyxl.xlsx").read_bytes())
    with pytest.raises(SourceError) as caught:
        open_workbook(tmp_path / "a.xlsb")
    assert [item.code for item in caught.value.diagnostics] == ["W107"]


@pytest.mark.parametrize("size", [0, 8, 600, 3000])
def test_a_compound_file_that_ends_early_has_no_formats(size: int) -> None:
    assert not any(read_xls_formats((FILES / "libreoffice.xls").read_bytes()[:size]) or ())


# tables in text files


def read_text(tmp_path: Path, text: str) -> tuple[list[dict[int, GridValue]], list[tuple[str, object]]]:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8", newline="")
    book = read_delimited(path)
    return [dict(row.cells) for row in book.sheets[0].rows], [
        (item.code, item.params.get("line", item.params.get("count"))) for item in book.diagnostics
    ]


def test_a_text_written_as_a_formula_is_that_text(tmp_path: Path) -> None:
    rows, diagnostics = read_text(tmp_path, 'a,b\n="00123","=""00""""4"""\n="",=1+1\n')
    assert rows[1:] == [{1: "00123", 2: '00"4'}, {2: "=1+1"}]
    assert diagnostics == [("W159", 3)]


def test_a_quote_without_its_other_hides_no_rows(tmp_path: Path) -> None:
    rows, diagnostics = read_text(tmp_path, 'a,b\n"甲\n乙",1\n"丙,2\n丁,3\n"戊",4\n己,"5\n')
    assert rows == [{1: "a", 2: "b"}, {1: "甲\n乙", 2: "1"}, {1: '"丙', 2: "2"}, {1: "丁", 2: "3"}, {1: "戊", 2: "4"},
                    {1: "己", 2: '"5'}]  # fmt: skip
    assert diagnostics == [("W158", 4), ("W158", 7)]


def test_a_quote_that_swallows_a_long_file_is_told(tmp_path: Path) -> None:
    rows, diagnostics = read_text(tmp_path, 'a,b\n"甲,1\n' + "乙,2\n" * 60_000)
    assert (len(rows), diagnostics) == (60_002, [("W158", 2)])
    assert len(read_text(tmp_path, "a,b\n" + '"甲,1\n' * 1_001)[1]) == 100
