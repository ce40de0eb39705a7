"""What names columns follows when the last one of a template is repeated for all of a document's."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from support.office_tools import Office
from support.render_xlsx_support import assert_recalculation_agrees, change_part, check_schema, faults, read_part, save

from docgen.render.xlsx.template import XlsxTemplate

pytestmark = pytest.mark.heavy


def make_book() -> Workbook:
    """A register whose column B stands for all; C and D stand behind it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    lines = [
        ["序号", "{{ columns[0].label }}", "合计", "两倍"],
        ["{%tr for row in rows %}"],
        ["{{ row.number }}", "{{ row.cells[0].value }}", "=SUM(B3:B3)", "=C3*2"],
        ["{%tr endfor %}"],
        ["共", "=SUM(B3:B3)", "=SUM($B$3:$B3)", "=B5*SUM($B5:$B5)"],
        ["乘积", "=B5*SUM($B5:$B5)", "=SUM($A:$B)*0", "=COUNT(B3:D3)"],
    ]
    for line in lines:
        sheet.append(line)
    notes = {
        "C3": "row.total",
        "D3": "row.total * 2",
        "B5": "sums[0]",
        "C5": "total",
        "D5": "sums[0] * total",
        "B6": "sums[0] * total",
        "C6": "0",
        "D6": "rows|length * (columns|length + 2)",
    }
    for cell, text in notes.items():
        sheet[cell].comment = Comment(f"{{{{ {text} }}}}", "作者")
    return book


def make_context(*labels: str) -> dict[str, Any]:
    rows = []
    for number in range(1, 4):
        values = [Decimal(number * 10 + at) for at in range(len(labels))]
        cells = tuple(SimpleNamespace(value=value) for value in values)
        rows.append(SimpleNamespace(number=number, cells=cells, total=sum(values)))
    columns = tuple(SimpleNamespace(label=label, width=1, align="left", unit="") for label in labels)
    sums = [sum(row.cells[at].value for row in rows) for at in range(len(labels))]
    return {"columns": columns, "rows": rows, "sums": sums, "total": sum(sums)}


def render(book: Workbook | bytes, *labels: str) -> bytes:
    data = book if isinstance(book, bytes) else save(book)
    rendered = XlsxTemplate.compile(data, "register.xlsx").render(make_context(*labels))
    assert not rendered.diagnostics
    check_schema(rendered.data)
    return rendered.data


def test_formulas_behind_and_below_the_column_follow() -> None:
    sheet = load_workbook(io.BytesIO(render(make_book(), "甲", "乙", "丙")))["表"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [1, 10, 11, 12, "=SUM(B2:D2)", "=E2*2"],
        [2, 20, 21, 22, "=SUM(B3:D3)", "=E3*2"],
        [3, 30, 31, 32, "=SUM(B4:D4)", "=E4*2"],
        ["共", "=SUM(B2:B4)", "=SUM(C2:C4)", "=SUM(D2:D4)", "=SUM($B$2:$D4)", "=B5*SUM($B5:$D5)"],
        [
            *("乘积", "=B5*SUM($B5:$D5)", "=C5*SUM($B5:$D5)", "=D5*SUM($B5:$D5)"),
            *("=SUM($A:$D)*0", "=COUNT(B2:F4)"),
        ],
    ]


def test_libreoffice_calculates_the_same(office: Office, tmp_path: Any) -> None:
    book = make_book()
    sheet = book["表"]
    sheet["D6"] = None
    sheet["D6"].comment = None
    assert assert_recalculation_agrees(office, tmp_path, render(book, "甲", "乙", "丙")) == 15


def test_everything_else_that_names_columns_follows() -> None:
    book = make_book()
    sheet = book["表"]
    other = book.create_sheet("别处")
    other["A1"] = "=表!C5+SUM(表!B5:C5)"
    other["A1"].comment = Comment("{{ total }}", "作者")
    book.defined_names["各栏"] = DefinedName("各栏", attr_text="表!$B$3:$B$3")
    book.defined_names["后面"] = DefinedName("后面", attr_text="表!$C$3:$D$3")
    sheet.print_area = "A1:D6"
    sheet.print_title_cols = "A:B"
    sheet.auto_filter.ref = "A1:D3"
    sheet.conditional_formatting.add("B3", FormulaRule(formula=["B3>C3"]))
    sheet.conditional_formatting.add("C3", FormulaRule(formula=["C3>$B3"]))
    validation = DataValidation("list", formula1="$C$3:$C$3")
    validation.add("D3")
    sheet.add_data_validation(validation)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, max_col=4, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "F2")
    sheet["D1"].comment = Comment("只是备注", "作者")
    sheet.freeze_panes = "C2"
    template = change_part(save(book), "xl/workbook.xml", ("'表'!$A$1:$D$6", "'表'!$A:$D"))
    data = render(template, "甲", "乙", "丙")
    text = read_part(data, "xl/workbook.xml")
    assert "'表'!$A:$F" in text
    assert "'表'!$A:$D" in text
    # openpyxl reads no print area of whole columns
    made = load_workbook(io.BytesIO(change_part(data, "xl/workbook.xml", ("'表'!$A:$F", "'表'!$A$1:$F$6"))))
    assert made["别处"]["A1"].value == "=表!E5+SUM(表!B5:E5)"
    assert made.defined_names["各栏"].attr_text == "表!$B$2:$D$4"
    assert made.defined_names["后面"].attr_text == "表!$E$2:$F$4"
    sheet = made["表"]
    assert sheet.auto_filter.ref == "A1:F4"
    rules = {str(area.sqref): [rule.formula for rule in area.rules] for area in sheet.conditional_formatting}
    assert rules == {"B2:D4": [["B2>$E2"]], "E2:E4": [["E2>$B2"]]}
    (found,) = sheet.data_validations.dataValidation
    assert (str(found.sqref), found.formula1) == ("F2:F4", "$E$2:$E$4")
    assert sheet["F1"].comment is not None
    assert sheet.freeze_panes == "E2"
    drawn = read_part(data, "xl/drawings/drawing1.xml")
    assert re.findall(r"<(?:\w+:)?col>(\d+)<", drawn)[0] == "7"
    formulas = re.findall(r"<(?:c:)?f>([^<]+)</", read_part(data, "xl/charts/chart1.xml"))
    assert "'表'!$E$2:$E$4" in formulas
    assert "'表'!$F$2:$F$4" in formulas


def test_a_table_over_the_column_is_refused() -> None:
    book = make_book()
    sheet = book["表"]
    for cell, text in {"A1": "序号", "B1": "{{ columns[0].label }}"}.items():
        sheet[cell] = text
    sheet.add_table(Table(displayName="台账", ref="A8:B9"))
    sheet["A8"], sheet["B8"] = "甲", "乙"
    assert faults(book) == [("T473", "表", None)]


def test_sparklines_and_text_boxes_follow() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        sheet = made.add_worksheet("表")
        lines = (("序号", "{{ columns[0].label }}", "合计"), ("{%tr for row in rows %}",))
        lines += (("{{ row.number }}", "{{ row.cells[0].value }}", "{{ row.total }}"), ("{%tr endfor %}",))
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
        sheet.write("C5", "{{ total }}")
        sheet.add_sparkline("B5", {"range": "表!B3:B3"})
        sheet.add_sparkline("C6", {"range": "表!A3:C3"})
        sheet.insert_textbox("E2", "合计", {"textlink": "=$C$5"})
        sheet.insert_button("C7", {"caption": "统计"})
        sheet.write_comment("C5", "只是备注")
    data = render(stream.getvalue(), "甲", "乙", "丙")
    text = read_part(data, "xl/worksheets/sheet1.xml")
    assert re.findall(r"<xm:f>([^<]+)</xm:f><xm:sqref>(\w+)<", text) == [
        *(("表!A2:E4", "E6"), ("表!B2:B4", "B5"), ("表!C2:C4", "C5"), ("表!D2:D4", "D5")),
    ]
    drawn = read_part(data, "xl/drawings/drawing1.xml")
    assert 'textlink="$E$5"' in drawn
    assert re.findall(r"<xdr:col>(\d+)", drawn)[0] == "6"
    assert "<a:t>189</a:t>" in drawn
    shapes = read_part(data, "xl/drawings/vmlDrawing1.vml")
    assert "<x:Column>4</x:Column>" in shapes
    assert "<x:Anchor>4, 0, 6, 0, 5, 0, 7, 0</x:Anchor>" in shapes
