"""References that need more than a move: what can't follow is refused, what a loop holds is its turn's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace as Item

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from support.followed_rows import make_context
from support.render_xlsx_support import change_part, faults, make_book, read, read_part, render, save

from docgen.errors import TemplateError
from docgen.render.xlsx.template import XlsxTemplate

pytestmark = pytest.mark.heavy

BOOKS = Path(__file__).resolve().parents[3] / "books"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [
    ["名称", "数量"],
    ["{%tr for x in xs %}"],
    ["{{ x.name }}", "{{ x.n }}"],
    ["{%tr endfor %}"],
    ["共", "{{ all }}"],
]
CONTEXT = {"xs": [Item(name="甲", n=1, ok=True), Item(name="乙", n=2, ok=False)], "all": 3}


def add_name(book: Workbook) -> None:
    book.defined_names["头"] = DefinedName("头", attr_text="表!$A$2:$B$2")


def add_validation(book: Workbook) -> None:
    rule = DataValidation("list", formula1="$A$4")
    rule.add("B5")
    book["表"].add_data_validation(rule)


def add_format(book: Workbook) -> None:
    book["表"].conditional_formatting.add("B5", FormulaRule(formula=["B$2>0"]))


def add_link(book: Workbook) -> None:
    book["表"]["A5"].hyperlink = Hyperlink(ref="A5", location="表!B4")


def add_chart(book: Workbook) -> None:
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=2, max_row=2))
    book["表"].add_chart(chart, "D1")


def add_formula(book: Workbook) -> None:
    book["表"]["B5"] = "=B4"
    book["表"]["B5"].comment = Comment("{{ all }}", "作者")


@pytest.mark.parametrize(
    ("add", "told"),
    [
        (add_name, ("T470", "表", None)),
        (add_validation, ("T216", "表", "B5")),
        (add_format, ("T216", "表", "B5")),
        (add_link, ("T216", "表", "A5")),
        (add_chart, ("T470", "表", None)),
        (add_formula, ("T216", "表", "B5")),
    ],
)
def test_what_refers_to_a_tags_row_is_refused(add: Callable[[Workbook], None], told: tuple[str, str, str]) -> None:
    book = make_book(*ROWS)
    add(book)
    assert faults(book) == [told]


def test_references_to_several_sheets_at_once_are_refused() -> None:
    book = make_book(*ROWS)
    book.create_sheet("二")
    other = book.create_sheet("三")
    other["A1"] = "=SUM(表:二!B5)"
    other["A1"].comment = Comment("{{ all }}", "作者")
    book.defined_names["几张"] = DefinedName("几张", attr_text="SUM('表:三'!$B$5)")
    assert faults(book) == [("T471", "三", "A1"), ("T471", "表", None)]


def test_several_sheets_without_loops_stay() -> None:
    book = make_book(["一", 1])
    book.create_sheet("二")
    book["二"]["A1"] = "=SUM(表:二!B1)"
    book["二"]["A1"].comment = Comment("{{ all }}", "作者")
    assert read(render(book, {"all": 1}).data, "二") == [["=SUM(表:二!B1)"]]


def test_a_tables_header_may_not_be_repeated() -> None:
    book = make_book(["{%tr for x in xs %}"], ["名称", "数量"], ["甲", 1], ["{%tr endfor %}"])
    book["表"].add_table(Table(displayName="明细", ref="A2:B3"))
    assert faults(book) == [("T472", "表", None)]


def test_a_table_keeps_a_row_when_the_loop_is_empty() -> None:
    book = make_book(*ROWS)
    book["表"].add_table(Table(displayName="明细", ref="A1:B4"))
    data = render(book, {"xs": [], "all": 0}).data
    assert 'ref="A1:B2"' in read_part(data, "xl/tables/table1.xml")
    assert read(data) == [["名称", "数量"], [None, None], ["共", 0]]


def test_a_loops_link_and_rule_are_its_turns() -> None:
    book = make_book(*ROWS)
    sheet = book["表"]
    sheet["B3"].hyperlink = Hyperlink(ref="B3", location="表!A3")
    sheet.conditional_formatting.add("A3", FormulaRule(formula=["B3>B5/2"]))
    rule = DataValidation("list", formula1="A3:B3")
    rule.add("B3")
    sheet.add_data_validation(rule)
    text = read_part(render(book, CONTEXT).data, SHEET)
    assert re.findall(r'<hyperlink [^>]*?ref="(\w+)" location="([^"]+)"', text) == [("B2", "表!A2"), ("B3", "表!A3")]
    assert re.findall(r'<conditionalFormatting sqref="([^"]+)">.*?<formula>(.*?)<', text) == [("A2:A3", "B2&gt;B$4/2")]
    assert re.findall(r'sqref="([^"]+)"[^>]*><formula1>(.*?)<', text.partition("<dataValidations")[2]) == [
        ("B2:B3", "A2:B2")
    ]


def test_a_rule_in_a_loop_of_a_loop_is_each_outer_turns() -> None:
    book = make_book(
        *(["{%tr for g in gs %}"], ["限额", "{{ g.limit }}"], ["{%tr for x in g.xs %}"], ["{{ x }}", "{{ x }}"]),
        *(["{%tr endfor %}"], ["{%tr endfor %}"]),
    )
    book["表"].conditional_formatting.add("B4", FormulaRule(formula=["B4>B2"]))
    context = {"gs": [Item(limit=5, xs=[1, 2]), Item(limit=6, xs=[3])]}
    text = read_part(render(book, context).data, SHEET)
    found = re.findall(r'<conditionalFormatting sqref="([^"]+)">.*?<formula>(.*?)<', text)
    assert found == [("B2:B3", "B2&gt;B$1"), ("B5", "B5&gt;B$4")]


def test_tags_outside_of_cells_are_refused_wherever_they_are() -> None:
    template = save(make_book(*ROWS))
    title = change_part(template, "docProps/core.xml", ("</cp:coreProperties>", "<x>{{ all }}</x></cp:coreProperties>"))
    assert faults(title) == [("T217", None, None)]
    book = make_book(*ROWS)
    book["表"]["A5"].hyperlink = "https://example.org/%7B%7B%20all%20%7D%7D"
    assert faults(book) == [("T217", None, None)]


def test_a_tag_in_a_note_or_a_shape_is_told_with_its_cell() -> None:
    book = make_book(*ROWS)
    book["表"]["B5"].comment = Comment("共 {{ all }} 项", "作者")
    assert faults(book) == [("T217", "表", "B5")]
    name = "xl/drawings/drawing1.xml"
    boxes = (BOOKS / "xlsxwriter-boxes.xlsx").read_bytes()
    template = change_part(boxes, name, ("只是文字", "共 {{ total }} 元"))
    assert faults(template) == [("T217", "台账", "B10")]


def test_rows_and_cells_that_say_little_are_read_the_same() -> None:
    data = (
        '<sheetData><row r="5"><c t="str"><v>共</v></c><c t="str"><v>{{ all }}</v></c></row>'
        '<row><c r="a1" t="str"><v>名称_x000D_\n行</v></c></row>'
        '<row r=" 2 ">\n <c t="str"><v> {%tr for x in xs %} </v></c></row>'
        '<row><c r="B3" t="str"><v>{{ x.n }}</v></c><c/></row>'
        '<row><c r="A4" t="inlineStr"><is><r><t>{%tr end</t></r><r><t>for %}</t></r></is></c>'
        '<c r="B4" t="str"><v></v></c></row>'
        "</sheetData>"
    )
    template = save(make_book(["x"]))
    text = read_part(template, SHEET)
    template = change_part(template, SHEET, (re.findall(r"<sheetData>.*</sheetData>", text)[0], data))
    assert read(render(template, CONTEXT).data) == [
        ["名称_x000D_\n行", None, None],
        *[[None, n, None] for n in (1, 2)],
        ["共", 3, None],
    ]


def test_a_text_box_shows_what_its_cell_holds() -> None:
    book = make_book(*ROWS)
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=3, max_row=3))
    book["表"].add_chart(chart, "D7")
    box = (
        "<xdr:oneCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>4</xdr:row>"
        '<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="300000"/><xdr:sp macro="" textlink="表!$B$5">'
        '<xdr:nvSpPr><xdr:cNvPr id="9" name="框"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p>"
        '<a:fld id="{B8ADDEFE-BF52-4FD4-8C5D-6B85EF6FF707}" type="TxLink"><a:t>{{ all }}</a:t></a:fld>'
        "</a:p></xdr:txBody></xdr:sp>"
        "<xdr:clientData/></xdr:oneCellAnchor>"
    )
    space = (
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    name = "xl/drawings/drawing1.xml"
    box = box.replace("<xdr:oneCellAnchor>", f"<xdr:oneCellAnchor {space}>")
    end = re.findall(r"</[\w:]*wsDr>", read_part(save(book), name))[0]
    made = read_part(render(change_part(save(book), name, (end, box + end)), CONTEXT).data, name)
    assert 'textlink="表!$B$4"' in made
    assert "<a:t>3</a:t>" in made


def test_copies_of_a_rule_have_ids_of_their_own() -> None:
    main = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
    excel = "http://schemas.microsoft.com/office/excel/2006/main"
    rule = (
        f'<extLst><ext xmlns:x14="{main}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>'
        f'<x14:conditionalFormatting xmlns:xm="{excel}"><x14:cfRule type="expression" priority="1" '
        'id="{00000000-0000-4000-8000-0000000000FF}"><xm:f>A4&gt;A2</xm:f><x14:dxf/></x14:cfRule>'
        "<xm:sqref>A4</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
    )
    book = make_book(
        ["{%tr for g in gs %}"], ["{{ g }}"], ["{%tr for x in [1] %}"], ["{{ x }}"], *[["{%tr endfor %}"]] * 2
    )
    template = change_part(save(book), SHEET, ("</worksheet>", rule))
    text = read_part(render(template, {"gs": [5, 6]}).data, SHEET)
    assert re.findall(r'id="(\{[^}]+\})".*?f>(.*?)</.*?sqref>(.*?)<', text) == [
        ("{00000000-0000-4000-8000-0000000000FF}", "A2&gt;A$1", "A2"),
        ("{00000000-0000-4000-8000-000000000100}", "A4&gt;A$3", "A4"),
    ]


@pytest.mark.parametrize(
    ("part", "old", "new", "place"),
    [
        ("xl/pivotTables/pivotTable1.xml", "B10:C12", "I2:J7", "透视"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", "A2:C5", "A4:C4", "xl/pivotCache/pivotCacheDefinition1.xml"),
    ],
)
def test_a_pivot_table_among_rows_that_are_repeated_is_refused(part: str, old: str, new: str, place: str) -> None:
    template = change_part((BOOKS / "hand-pivot.xlsx").read_bytes(), part, (old, new))
    with pytest.raises(TemplateError) as caught:
        XlsxTemplate.compile(template, "模板.xlsx")
    assert [(item.code, item.params["place"]) for item in caught.value.diagnostics] == [("T472", place)]


def test_old_form_controls_are_linked_to_cells_that_follow() -> None:
    name = "xl/drawings/vmlDrawing1.vml"
    links = "<x:FmlaLink>$B$8</x:FmlaLink><x:FmlaRange>$B$4:$B$4</x:FmlaRange><br></x:ClientData>"
    template = change_part((BOOKS / "xlsxwriter-buttons.xlsx").read_bytes(), name, ("</x:ClientData>", links))
    rendered = XlsxTemplate.compile(template, "模板.xlsx").render(make_context(6))
    made = read_part(rendered.data, name)
    assert made.count("<x:FmlaLink>$B$11</x:FmlaLink><x:FmlaRange>$B$3:$B$8</x:FmlaRange>") == 2
    assert not made.startswith("<?xml")


def test_charts_of_newer_kinds_and_labels_from_cells_follow() -> None:
    book = make_book(*ROWS)
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=3, max_row=3))
    book["表"].add_chart(chart, "D7")
    labels = (
        '<{0}extLst><{0}ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}" '
        'xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart"><c15:datalabelsRange>'
        '<c15:f>表!$A$3:$A$3</c15:f><c15:dlblRangeCache><{0}ptCount val="1"/><{0}pt idx="0">'
        "<{0}v>{{{{ x.name }}}}</{0}v>"
        "</{0}pt></c15:dlblRangeCache></c15:datalabelsRange></{0}ext></{0}extLst></{0}ser>"
    )
    part = "xl/charts/chart1.xml"
    prefix = "c:" if "<c:ser>" in read_part(save(book), part) else ""
    template = change_part(save(book), part, (f"</{prefix}ser>", labels.format(prefix)))
    made = read_part(XlsxTemplate.compile(template, "模板.xlsx").render(CONTEXT).data, part)
    assert "<c15:f>表!$A$2:$A$3</c15:f>" in made
    assert re.findall(r"v>([^<]+)</", made.partition("dlblRangeCache")[2]) == ["甲", "乙"]


def test_a_waterfall_follows_and_forgets_what_it_stored() -> None:
    book = make_book(*ROWS)
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=3, max_row=3))
    book["表"].add_chart(chart, "D7")
    made = (
        '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData>'
        '<cx:data id="0">'
        '<cx:numDim type="val"><cx:f>表!$B$3:$B$3</cx:f><cx:lvl ptCount="1">'
        '<cx:pt idx="0">0</cx:pt></cx:lvl></cx:numDim>'
        "</cx:data></cx:chartData></cx:chartSpace>"
    )
    part = "xl/charts/chart1.xml"
    template = change_part(save(book), part, (read_part(save(book), part), made))
    text = read_part(XlsxTemplate.compile(template, "模板.xlsx").render(CONTEXT).data, part)
    assert "<cx:f>表!$B$2:$B$3</cx:f></cx:numDim>" in text


def test_a_box_to_tick_holds_yes_and_no_and_other_cells_say_them() -> None:
    rendered = XlsxTemplate.compile((BOOKS / "xlsxwriter-ticks.xlsx").read_bytes(), "模板.xlsx").render(make_context(3))
    text = read_part(rendered.data, SHEET)
    boxes = re.findall(r'<c r="(H\d)" s="\d+" t="b"><v>(\d)</v>', text)
    assert boxes == [("H3", "0"), ("H4", "1"), ("H5", "0"), ("H8", "1")]
    assert read(render(make_book(["{{ yes }}"]), {"yes": True}).data) == [["是"]]


def test_a_formula_that_spills_stays_one() -> None:
    book = make_book(*ROWS)
    book["表"]["B5"] = ArrayFormula("B5", "=SUM(B3:B3)")
    book["表"]["B5"].comment = Comment("{{ all }}", "作者")
    template = change_part(save(book), SHEET, ('<c r="B5"', '<c r="B5" cm="1"'))
    text = read_part(XlsxTemplate.compile(template, "模板.xlsx").render(CONTEXT).data, SHEET)
    assert '<c r="B4" cm="1"><f t="array" ref="B4">SUM(B2:B3)</f><v>3</v></c>' in text


def test_a_pivot_table_over_a_name_is_calculated_anew() -> None:
    part = "xl/pivotCache/pivotCacheDefinition1.xml"
    source = '<worksheetSource ref="A2:C5" sheet="台账"/>'
    template = change_part(
        *((BOOKS / "hand-pivot.xlsx").read_bytes(), part),
        *((source, '<worksheetSource name="明细"/>'), (' refreshOnLoad="1"', "")),
    )
    text = read_part(XlsxTemplate.compile(template, "模板.xlsx").render(make_context(2)).data, part)
    assert 'refreshOnLoad="1"' in text
    assert '<worksheetSource name="明细"/>' in text
