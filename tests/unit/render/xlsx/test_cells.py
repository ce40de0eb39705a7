"""What a value becomes in a cell."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from support.render_xlsx_support import list_merges, make_book, read, read_part, render, save

from docgen.record.masking import Masked
from docgen.record.month import Month
from docgen.render.values.values import Missing
from docgen.render.xlsx.template import XlsxTemplate

TEXTS = [
    "A&B <公司> 5<6",
    "{{ 7*7 }}",
    "{% if x %}",
    "=1+1",
    "+86 10",
    "-5",
    "@name",
    "一\t二",
    "一\n二",
    "𠮷野家",
    "👨‍👩‍👧 🙂",
    "  leading",
    "trailing ",
    "\n甲",
    "]]>",
    "'quoted' \"twice\"",
    "0012",
    "长" * 10_000,
    "TRUE",
    "#N/A",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text_comes_out_as_typed(text: str) -> None:
    rendered = render(make_book(["{{ x }}", "注：{{ x }}。"]), {"x": text})
    assert read(rendered.data) == [[text, f"注：{text}。"]]
    cell = load_workbook(io.BytesIO(rendered.data))["表"]["A1"]
    assert cell.data_type in ("s", "inlineStr")


def test_text_like_an_escape_is_escaped() -> None:
    xml = read_part(render(make_book(["{{ x }}", "{{ x }}!"]), {"x": "_x0041_"}).data, "xl/worksheets/sheet1.xml")
    assert xml.count("_x005F_x0041_") == 2


def test_line_ends_are_line_feeds() -> None:
    assert read(render(make_book(["{{ x }}"]), {"x": "a\r\nb\rc"}).data) == [["a\nb\nc"]]


def test_numbers_are_numbers_with_their_digits() -> None:
    context = {"a": 12, "b": Decimal("98.50"), "c": Decimal("1E+3"), "d": -3}
    rendered = render(make_book(["{{ a }}", " {{ b }} ", "{{ c }}", "{{ d }}", "共 {{ b }} 元"]), context)
    assert read(rendered.data) == [[12, 98.5, 1000, -3, "共 98.50 元"]]
    assert "<v>98.50</v>" in read_part(rendered.data, "xl/worksheets/sheet1.xml")


def test_number_beyond_15_digits_is_a_warning() -> None:
    rendered = render(make_book(["{{ a }}"]), {"a": 1234567890123456789}, clean=False)
    assert [item.code for item in rendered.diagnostics] == ["T232"]


@pytest.mark.parametrize("base_1904", [False, True])
def test_dates_are_serials_where_the_cell_shows_dates(base_1904: bool) -> None:
    book = make_book(["{{ d }}", "{{ t }}", "{{ d }}", "{{ m }}", "{{ d }}起"])
    book["表"]["A1"].number_format = "yyyy-mm-dd"
    book["表"]["B1"].number_format = 'yyyy"年"m"月"d"日" h:mm'
    if base_1904:
        book.epoch = CALENDAR_MAC_1904
    moment = dt.datetime(2024, 9, 6, 9, 5)
    rendered = render(book, {"d": dt.date(2024, 9, 6), "t": moment, "m": Month(2024, 9)})
    row = read(rendered.data)[0]
    assert row == [dt.datetime(2024, 9, 6), moment, "2024年9月6日", "2024年9月", "2024年9月6日起"]


def test_missing_values_by_mode() -> None:
    book = make_book(["{{ e }}", "{{ d }}", "{{ b }}", "电话：{{ e }}", "{{ e.more }}"])
    book["表"]["C1"].number_format = "0.00"
    absent = {mode[0]: Missing(f"a.{mode}", "电话", mode) for mode in ("error", "draft", "blank")}
    rendered = render(book, absent)
    assert read(rendered.data) == [["【缺：电话】", "【缺：电话】", None, "电话：【缺：电话】", "【缺：电话】"]]
    assert [item.path for item in rendered.missing] == ["a.error", "a.error.more"]
    assert load_workbook(io.BytesIO(rendered.data))["表"]["C1"].number_format == "0.00"


def test_what_no_cell_can_hold_is_reported_at_its_cell() -> None:
    book = make_book(["{{ a }}", "x{{ b }}"], ["{{ c }}", "{{ d }}"], ["{{ nobody }}", "{{ nobody.x }}!"])
    rendered = render(book, {"a": "x\x00y", "b": "\ud800", "c": "长" * 32_768, "d": [1]}, clean=False)
    found = [(item.code, item.location.cell) for item in rendered.diagnostics]
    assert sorted(found) == [
        ("T220", "B2"),
        ("T221", "A3"),
        ("T221", "B3"),
        ("T230", "A1"),
        ("T230", "B1"),
        ("T231", "A2"),
    ]
    assert read(rendered.data)[0] == ["x\ufffdy", "x\ufffd"]
    assert len(str(read(rendered.data)[1][0])) == 32_767


def test_length_is_counted_in_utf_16_and_after_unescaping() -> None:
    book = make_book(["{{ a }}", "{{ b }}!"])
    rendered = render(book, {"a": "𠮷" * 16_383, "b": "<" * 32_766})
    assert len(str(read(rendered.data)[0][1])) == 32_767
    again = render(book, {"a": "𠮷" * 16_384, "b": ""}, clean=False)
    assert [item.code for item in again.diagnostics] == ["T231"]
    assert again.diagnostics[0].params["length"] == 32_768


def test_a_tag_that_fails_names_its_cell() -> None:
    rendered = render(make_book(["ok"], ["", "{{ a | money }}"]), {"a": "abc"}, clean=False)
    assert [(item.code, item.location.cell) for item in rendered.diagnostics] == [("T222", "B2")]
    assert rendered.data == b""


def test_statements_inside_a_cell() -> None:
    book = make_book(["{% for x in xs %}{{ x }}；{% endfor %}{% if not xs %}无{% endif %}"])
    assert read(render(book, {"xs": ["甲", "乙<"]}).data) == [["甲；乙<；"]]
    assert read(render(book, {"xs": []}).data) == [["无"]]


def test_rich_text_keeps_its_runs_and_tags_split_between_them() -> None:
    bold = InlineFont(b=True)
    book = make_book([None])
    book["表"]["A1"] = CellRichText("名称：", TextBlock(bold, "{{ na"), "me }}", TextBlock(bold, " & {{ x }}"))
    rendered = render(book, {"name": "A<B", "x": "粗"})
    cell = load_workbook(io.BytesIO(rendered.data), rich_text=True)["表"]["A1"].value
    assert str(cell) == "名称：A<B & 粗"
    assert [part.font.b if isinstance(part, TextBlock) else None for part in cell] == [None, True, True]


def test_cell_styles_and_static_cells_stay() -> None:
    book = make_book(["标题", "{{ x }}", 3, True])
    book["表"]["B1"].number_format = "0.000"
    rendered = render(book, {"x": Decimal("1.5")})
    assert read(rendered.data) == [["标题", 1.5, 3, True]]
    assert load_workbook(io.BytesIO(rendered.data))["表"]["B1"].number_format == "0.000"


def test_no_tag_is_left_anywhere_and_the_same_values_give_the_same_bytes() -> None:
    book = save(make_book(["{{ x }}", ("=A1*2", "y")]))  # saved once: openpyxl writes the time
    first, second = render(book, {"x": 1, "y": 2}), render(book, {"x": 1, "y": 2})
    assert first.data == second.data
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"):
        assert "{{" not in read_part(first.data, part)
    assert list_merges(first.data) == []


def test_an_expression_may_be_any() -> None:
    assert read(render(make_book(["{{ 'a' ~ x ~ '<' }}", "{{ x if x else 0 }}"]), {"x": 1}).data) == [["a1<", 1]]


def test_row_height_that_was_fitted_is_fitted_anew() -> None:
    book = make_book(["{{ x }}"], ["固定"])
    data = render(book, {"x": "长"}).data
    assert ' ht="' not in read_part(data, "xl/worksheets/sheet1.xml")
    book["表"].row_dimensions[1].height = 40
    assert ' ht="40"' in read_part(render(book, {"x": "长"}).data, "xl/worksheets/sheet1.xml")


def test_row_grows_for_wrapped_text_unless_its_height_was_set() -> None:
    book = make_book(["{{ x }}", "第 {{ x }}"], ["{{ x }}"], ["{{ x }}"], ["{{ x }}", "{{ x }}"])
    sheet = book["表"]
    for cell in ("A1", "A2", "B4"):
        sheet[cell].alignment = Alignment(wrap_text=True)
    sheet.column_dimensions["A"].width = 21
    sheet.merge_cells("B4:H4")
    sheet.row_dimensions[2].height = 20

    def heights(text: str) -> list[float | None]:
        after = load_workbook(io.BytesIO(render(book, {"x": text}).data))["表"]
        return [after.row_dimensions[row].height for row in (1, 2, 3, 4)]

    assert heights("短") == [None, 20, None, None]
    assert heights("长" * 25) == [47.9, 20, None, None]
    assert heights("一\n二") == [32.9, 20, None, 32.9]
    assert heights("长" * 5000) == [409, 20, None, 409]


@pytest.mark.parametrize(("width", "shown"), [(12, "〔不公开〕"), (8, "不公开")])
def test_a_mark_is_short_where_a_cell_has_no_room(width: float, shown: str) -> None:
    book = make_book(["{{ x }}", ("=1+1", "x"), "{{ x }}万元"])
    sheet = book.active
    assert sheet is not None
    for column in "ABC":
        sheet.column_dimensions[column].width = width
    mark = Masked("〔不公开〕")
    rendered = XlsxTemplate.compile(save(book), "模板.xlsx").render({"x": mark}, freeze_masked=True)
    assert read(rendered.data) == [[shown, shown, "〔不公开〕万元"]]
    assert read(render(book, {"x": "〔不公开〕"}).data)[0][0] == "〔不公开〕"


def test_a_row_that_is_filled_in_by_hand_is_high_enough() -> None:
    book = make_book(["{{ x }}"], ["{{ x }}"], ["{{ x }}"], ["固定"])
    book["表"].row_dimensions[2].height = 20
    book["表"].row_dimensions[3].height = 60
    sheet = read_part(render(book, {"x": "", "blank": True}).data, "xl/worksheets/sheet1.xml")
    assert re.findall(r' ht="([^"]*)"', sheet) == ["32.0", "32", "60"]
    filled = read_part(render(book, {"x": "", "blank": False}).data, "xl/worksheets/sheet1.xml")
    assert re.findall(r' ht="([^"]*)"', filled) == ["20", "60"]


def test_a_form_that_is_filled_in_by_hand_shows_no_empty_chart() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book(["{{ x }}", 1])
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=1, max_row=1))
    book["表"].add_chart(chart, "A5")
    for blank, drawn in ((True, 0), (False, 1)):
        data = render(book, {"x": "", "blank": blank}).data
        assert read_part(data, "xl/worksheets/sheet1.xml").count("<drawing ") == drawn


def test_a_chart_without_a_figure_is_left_out() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book(["{%tr for x in xs %}"], ["{{ x.first }}", "{{ x.second }}"], ["{%tr endfor %}"])
    for column in (1, 2):
        chart = BarChart()
        chart.add_data(Reference(book["表"], min_col=column, min_row=2, max_row=2))
        book["表"].add_chart(chart, "D5")

    def count_charts(*rows: tuple[object, object]) -> int:
        xs = [{"first": first, "second": second} for first, second in rows]
        drawing = read_part(render(book, {"xs": xs}).data, "xl/drawings/drawing1.xml")
        return drawing.count("<graphicFrame>")

    assert count_charts(("", 3), ("", "")) == 1, "the second alone"
    assert count_charts(("", ""), (Decimal(0), 3)) == 2, "nought is a figure, in whatever row"
    assert count_charts(("无", "")) == 0


def test_a_chart_beside_rows_that_stay_is_left_out_as_well() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book(["{{ x }}"])
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=1, min_row=1, max_row=1))
    book["表"].add_chart(chart, "D5")
    for value, drawn in (("", 0), (Decimal("0.5"), 1)):
        drawing = read_part(render(book, {"x": value}).data, "xl/drawings/drawing1.xml")
        assert drawing.count("<graphicFrame>") == drawn


def test_a_chart_in_the_rows_of_a_condition_goes_with_them() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book([1], ["{%tr if wide %}"], ["宽"], ["{%tr else %}"], ["窄"], ["{%tr endif %}"])
    book["表"]["A1"].value = "{{ x }}"
    for place, title in (("B3", "甲"), ("B5", "乙"), ("D2", "丙")):
        chart = BarChart()
        chart.title = title
        chart.add_data(Reference(book["表"], min_col=1, min_row=1, max_row=1))
        book["表"].add_chart(chart, place)
    for wide, kept in ((True, ["1", "3"]), (False, ["2", "3"])):
        drawing = read_part(render(book, {"x": 5, "wide": wide}).data, "xl/drawings/drawing1.xml")
        assert re.findall(r'name="Chart (\d)"', drawing) == kept, "the third begins in a row that holds a tag alone"
        assert re.findall(r"<row>(\d+)</row>", drawing) == ["1", "1"]
