"""A table is read by what its file holds, whatever its suffix says."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from docgen.errors import SourceError
from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.workbook.grid import SheetCell, SourceBook

PRODUCERS = Path(__file__).resolve().parents[3] / "producers"
LINES = [["企业名称", "联系电话"], ["武汉甲乙机械有限公司", "027-87654321"], ["武汉丙丁电器有限公司", "13800000002"]]
PAGE = (
    "<html><head><meta http-equiv='Content-Type' content='text/html; charset={charset}'></head><body>"
    "<p>说明</p><table><tr><td><table><tr><td colspan=2>名单</td></tr>"
    "<tr><th>企业<br>名称</th><th>联系&nbsp;电话</th></tr>"
    "<tr><td rowspan='2'>武汉甲乙机械有限公司</td><td>027-87654321</td></tr><tr><td> 13800000002 </td></tr>"
    "</table></td></tr></table></body></html>"
)
SHEETS = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="名单"><Table>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">名单</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">企业名称</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="Number">12.5</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def list_texts(book: SourceBook) -> list[list[str]]:
    return [
        [cell if isinstance(cell, str) else cell.text for _, cell in sorted(row.cells.items())]
        for row in book.sheets[0].rows
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv", ".et", ".tsv", ".txt", ".ods"])
def test_a_workbook_under_any_name(suffix: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    path = (tmp_path / "a.xlsx").rename(tmp_path / f"名单{suffix}")
    assert list_texts(open_workbook(path)) == LINES


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv", ".et", ".txt"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_text_under_any_name(suffix: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / f"名单{suffix}"
    path.write_bytes("\r\n".join("\t".join(line) for line in LINES).encode(encoding))
    assert list_texts(open_workbook(path)) == LINES


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".et"])
def test_an_old_workbook_under_another_name(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"名单{suffix}"
    shutil.copy(PRODUCERS / "libreoffice.xls", path)
    book = open_workbook(path)
    assert book.source == "other"
    assert [item.params["suffix"] for item in book.diagnostics] == [".xls"]


def test_merged_cells_of_an_old_workbook_are_seen() -> None:
    assert open_workbook(PRODUCERS / "libreoffice.xls").sheets[0].merged == ()
    merged = [grid.merged for grid in open_workbook(PRODUCERS.parent / "foreign" / "merged-indicators.xls").sheets]
    assert merged == [((1, 1, 1, 10), (3, 2, 4, 2), (5, 2, 6, 2))]


@pytest.mark.parametrize("suffix", [".xls", ".csv", ".html"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_page_with_a_table(suffix: str, charset: str, tmp_path: Path) -> None:
    path = tmp_path / f"导出{suffix}"
    path.write_bytes(PAGE.format(charset=charset).encode(charset))
    book = open_workbook(path)
    assert list_texts(book) == [
        ["名单"], ["企业\n名称", "联系 电话"], ["武汉甲乙机械有限公司", "027-87654321"], ["13800000002"],
    ]  # fmt: skip
    assert book.sheets[0].rows[3].cells.keys() == {2}
    assert book.sheets[0].merged == ((1, 1, 1, 2), (3, 1, 4, 1))


def test_excels_xml_of_2003(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(SHEETS, "utf-8")
    (sheet,) = open_workbook(path).sheets
    assert (sheet.name, sheet.merged) == ("名单", ((1, 1, 1, 2),))
    assert [(row.number, dict(row.cells)) for row in sheet.rows] == [
        (1, {1: "名单"}), (3, {1: "企业名称", 3: SheetCell("number", "12.5")}),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [("<html><body>没有表</body></html>", "W155"), (SHEETS[:-30], "W101")])
def test_a_page_that_holds_no_table(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError) as caught:
        open_workbook(path)
    assert [item.code for item in caught.value.diagnostics] == [code]
