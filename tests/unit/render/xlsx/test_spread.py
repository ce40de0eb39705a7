"""A workbook whose last column stands for all of a document's: repeated, formatted, printed as far as it goes."""

from __future__ import annotations

import io
import re
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from support.office_schemas import OoxmlCheck
from support.render_xlsx_support import save

from docgen.render.xlsx.template import XlsxTemplate
from docgen.resources import shipped_folder


def make_template() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "表"
    lines = [
        ["{{ document.title }}", None],
        ["序号", "{{ columns[0].label }}"],
        ["{%tr for row in rows %}", None],
        ["{{ row.number }}", "{{ row.cells[0].value|default('') }}"],
        ["{%tr endfor %}", None],
        ["{{ document.basis }}", None],
    ]
    for line in lines:
        sheet.append(line)
    sheet["B4"].alignment = Alignment(horizontal="left", wrap_text=True)
    sheet["B2"].font = Font(name="黑体", size=11)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A6:B6")
    sheet.column_dimensions["A"].width = 6
    sheet.column_dimensions["B"].width = 100
    sheet.print_area = "A1:B6"
    return save(book)


def make_context(*columns: tuple[str, int, str], rows: int = 2) -> dict[str, Any]:
    specs = tuple(SimpleNamespace(label=label, width=width, align=align, unit="") for label, width, align in columns)
    return {
        "document": SimpleNamespace(title="台账", basis="依据", note=""),
        "columns": specs,
        "rows": tuple(
            SimpleNamespace(
                number=at, cells=tuple(SimpleNamespace(value=f"{column[0]}{at}", align="left") for column in columns)
            )
            for at in range(1, rows + 1)
        ),
    }


THREE = (("名称", 3, "left"), ("周期", 1, "center"), ("日期", 1, "center"))


def render(*columns: tuple[str, int, str], rows: int = 2) -> bytes:
    rendered = XlsxTemplate.compile(make_template(), "register.xlsx").render(make_context(*columns, rows=rows))
    assert not rendered.diagnostics
    return rendered.data


def test_each_column_of_the_document_has_its_own() -> None:
    sheet = load_workbook(io.BytesIO(render(*THREE))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)] == [
        ["序号", "名称", "周期", "日期"],
        [1, "名称1", "周期1", "日期1"],
        [2, "名称2", "周期2", "日期2"],
    ]
    assert [str(item) for item in sheet.merged_cells.ranges] == ["A1:D1", "A5:D5"]
    assert sheet.print_area == "'表'!$A$1:$D$5"


def test_room_and_alignment_are_as_the_columns_ask() -> None:
    sheet = load_workbook(io.BytesIO(render(*THREE))).active
    assert sheet is not None
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [6, 60, 20, 20]
    assert [sheet[f"{letter}3"].alignment.horizontal for letter in "BCD"] == ["left", "center", "center"]
    assert {sheet[f"{letter}2"].font.name for letter in "BCD"} == {"黑体"}


@pytest.mark.parametrize("count", [1, 2, 26, 40])
def test_any_number_of_columns_is_a_sound_workbook(count: int, ooxml_check: OoxmlCheck, tmp_path: Any) -> None:
    data = render(*((f"栏{at}", 1, "center") for at in range(count)))
    path = tmp_path / "made.xlsx"
    path.write_bytes(data)
    assert ooxml_check(path) == []
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet[f"{get_column_letter(count + 1)}2"].value == f"栏{count - 1}"


def test_one_template_serves_several_documents_and_gives_the_same_bytes() -> None:
    made = make_template()  # once: openpyxl writes the time into it
    template, again = (XlsxTemplate.compile(made, "register.xlsx") for _ in range(2))
    first = template.render(make_context(*THREE)).data
    other = template.render(make_context(("只有一栏", 1, "left"))).data
    assert first == template.render(make_context(*THREE)).data == again.render(make_context(*THREE)).data
    assert first != other


def test_what_stands_behind_the_column_moves_to_the_right() -> None:
    """Rows that were formatted to the end have cells there, and a width may stand for several columns."""
    book = load_workbook(io.BytesIO(make_template()))
    sheet = book.active
    assert sheet is not None
    for row in range(1, 7):
        sheet.cell(row, 3).font = Font(bold=True)
    sheet["C2"] = "备注"
    sheet["D3"].font = Font(bold=True)
    sheet.merge_cells("C2:D2")
    sheet.column_dimensions.group("B", "D", hidden=False)
    made = XlsxTemplate.compile(save(book), "register.xlsx").render(make_context(*THREE)).data
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").decode()
    for row in re.findall(r"<row\b.*?</row>", text):
        names = re.findall(r'<c r="([A-Z])\d+"', row)
        assert names == sorted(set(names))
    again = load_workbook(io.BytesIO(made)).active
    assert again is not None
    assert [cell.value for cell in again[2]] == ["序号", "名称", "周期", "日期", "备注", None]
    assert "E2:F2" in {str(merged) for merged in again.merged_cells.ranges}
    spans = [(int(first), int(last)) for first, last in re.findall(r'<col [^>]*min="(\d+)" max="(\d+)"', text)]
    assert spans == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6)]


def test_the_shipped_register_is_such_a_template() -> None:
    data = (shipped_folder("templates") / "xlsx" / "register.xlsx").read_bytes()
    more = {"enterprise": SimpleNamespace(name="甲公司"), "project": SimpleNamespace(name="某项目")}
    context = {
        **make_context(*THREE),
        **more,
        "blank": False,
        "labelled": (),
        "dated": "2024年9月6日",
        "notes": ("注：一",),
    }
    context["document"].number = "XX-0001"
    rendered = XlsxTemplate.compile(data, "register.xlsx").render(context)
    assert not rendered.diagnostics
    sheet = load_workbook(io.BytesIO(rendered.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]] == ["序号", "名称", "周期", "日期"]
    assert str(sheet["A2"].value).startswith("企业名称：甲公司　　项目名称：某项目")
