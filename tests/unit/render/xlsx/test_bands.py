"""Bands of rows: loops, conditions, merges, and what follows when rows move."""

from __future__ import annotations

import io
from types import SimpleNamespace as Item

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.pagebreak import Break
from support.render_xlsx_support import list_merges, make_book, read, read_part, render

LOOP = ["{%tr for x in xs %}"]
END = ["{%tr endfor %}"]


def names(count: int) -> dict[str, object]:
    return {"xs": [Item(name=f"名{n}", n=n) for n in range(1, count + 1)]}


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_loop_repeats_the_rows_between(count: int) -> None:
    book = make_book(["标题"], LOOP, ["{{ loop.index }}", "{{ x.name }}"], ["", "第 {{ x.n }} 次"], END, ["尾"])
    rows = read(render(book, names(count)).data)
    body = [row for n in range(1, count + 1) for row in ([n, f"名{n}"], [None, f"第 {n} 次"])]
    padding = [None] if count else []
    assert rows == [["标题", *padding], *body, ["尾", *padding]]


def test_rows_that_the_template_leaves_out_are_repeated_too() -> None:
    book = make_book(LOOP, ["{{ x.n }}"], [], END, [], ["尾"])
    assert read(render(book, names(2)).data) == [[1], [None], [2], [None], [None], ["尾"]]


def test_nested_bands_and_several_on_a_sheet() -> None:
    book = make_book(
        ["{%tr for g in gs %}"],
        ["组 {{ g.name }}"],
        ["{%tr for x in g.xs %}"],
        ["{{ g.name }}{{ x }}"],
        ["{%tr endfor %}"],
        ["小计"],
        ["{%tr endfor %}"],
        ["间"],
        ["{%tr for x in ys %}"],
        ["{{ x }}"],
        ["{%tr endfor %}"],
    )
    groups = [Item(name="甲", xs=[1, 2]), Item(name="乙", xs=[]), Item(name="丙", xs=[3])]
    rows = read(render(book, {"gs": groups, "ys": ["末"]}).data)
    assert [row[0] for row in rows] == [
        "组 甲",
        "甲1",
        "甲2",
        "小计",
        "组 乙",
        "小计",
        "组 丙",
        "丙3",
        "小计",
        "间",
        "末",
    ]


@pytest.mark.parametrize(("kind", "shown"), [(1, "一"), (2, "二"), (3, "其他")])
def test_if_bands(kind: int, shown: str) -> None:
    book = make_book(
        ["{%tr if kind == 1 %}"],
        ["一"],
        ["{%tr elif kind == 2 %}"],
        ["二"],
        ["{%tr else %}"],
        ["其他"],
        ["{%tr endif %}"],
    )
    assert read(render(book, {"kind": kind}).data) == [[shown]]


def test_else_of_a_loop() -> None:
    book = make_book(LOOP, ["{{ x.n }}"], ["{%tr else %}"], ["无"], END)
    assert read(render(book, names(0)).data) == [["无"]]
    assert read(render(book, names(1)).data) == [[1]]


def test_if_inside_a_loop_and_the_marker_in_any_cell() -> None:
    book = make_book(
        [None, None, "{%tr for x in xs %}"], ["{{ x.n }}"], [None, "{%tr if x.n > 1 %}"], ["大"], ["{%tr endif %}"], END
    )
    assert [row[0] for row in read(render(book, names(2)).data)] == [1, 2, "大"]


def test_vertical_merge_over_the_innermost_loop() -> None:
    book = make_book(
        ["{%tr for g in gs %}"],
        ["{%tr for x in g.xs %}"],
        ["{% vm %}{{ g.name }}", "{{ x }}", "{% vm %}共 {{ g.xs | length }} 项"],
        ["{%tr endfor %}"],
        ["{%tr endfor %}"],
    )
    book["表"]["A3"].font = Font(bold=True)
    data = render(
        book, {"gs": [Item(name="甲", xs=[1, 2, 3]), Item(name="乙", xs=[4]), Item(name="丙", xs=[5, 6])]}
    ).data
    assert list_merges(data) == ["A1:A3", "A5:A6", "C1:C3", "C5:C6"]
    assert [row[0] for row in read(data)] == ["甲", None, None, "乙", "丙", None]
    sheet = load_workbook(io.BytesIO(data))["表"]
    assert sheet["A1"].font.b
    assert sheet["A5"].font.b


def test_vertical_merge_of_a_merged_cell() -> None:
    book = make_book(LOOP, ["{% vm %}甲", None, "{{ x.n }}"], END)
    book["表"].merge_cells("A2:B2")
    assert list_merges(render(book, names(3)).data) == ["A1:B3"]
    assert list_merges(render(book, names(1)).data) == ["A1:B1"]


def test_merges_are_repeated_and_grow() -> None:
    marks = [[*[None] * 4, mark] for mark in (*LOOP, *END)]
    book = make_book(["标签", None, "头"], marks[0], [None, "{{ x.n }}"], marks[1], [None, "尾"], ["签名"])
    for area in ("A1:A5", "B3:D3", "A6:D6"):
        book["表"].merge_cells(area)
    assert list_merges(render(book, names(3)).data) == ["A1:A5", "A6:D6", "B2:D2", "B3:D3", "B4:D4"]


def test_styles_and_row_heights_follow() -> None:
    book = make_book(LOOP, ["{{ x.n }}"], END, ["尾"])
    book["表"].row_dimensions[2].height = 33
    book["表"].row_dimensions[4].height = 44
    book["表"]["A2"].fill = PatternFill("solid", "FFFF00")
    sheet = load_workbook(io.BytesIO(render(book, names(2)).data))["表"]
    assert [sheet.row_dimensions[n].height for n in (1, 2, 3)] == [33, 33, 44]
    assert [sheet[f"A{n}"].fill.fgColor.rgb for n in (1, 2, 3)] == ["00FFFF00", "00FFFF00", "00000000"]


def test_what_names_rows_follows() -> None:
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.hyperlink import Hyperlink

    book = make_book(["名", "数"], LOOP, ["{{ x.name }}", "{{ x.n }}"], END, ["尾", "{{ xs | length }}"])
    sheet = book["表"]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = "A1:B4"
    sheet.print_area = "A1:B5"
    sheet.print_title_rows = "1:1"
    rule = FormulaRule(formula=["$B3>$B$5"], fill=PatternFill("solid", "FF0000"))
    sheet.conditional_formatting.add("A3:B3", rule)
    validation = DataValidation(type="list", formula1="$A$5:$A$5")
    validation.add("B3")
    validation.add("B5")
    sheet.add_data_validation(validation)
    sheet["A3"].hyperlink = Hyperlink(ref="A3", location="表!A5")
    sheet["A5"].hyperlink = "https://example.org/"
    sheet.row_breaks.append(Break(4))
    book.defined_names["total"] = DefinedName("total", attr_text="表!$B$5")
    book.defined_names["all"] = DefinedName("all", attr_text="表!$B$3:$B$3")

    after = load_workbook(io.BytesIO(render(book, names(4)).data))
    sheet = after["表"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B5"
    assert sheet.print_area == "'表'!$A$1:$B$6"
    assert sheet.print_title_rows == "$1:$1"
    ((areas, (found,)),) = ((item.sqref, item.rules) for item in sheet.conditional_formatting)
    assert (str(areas), found.formula) == ("A2:B5", ["$B2>$B$6"])
    (checked,) = sheet.data_validations.dataValidation
    assert (str(checked.sqref), checked.formula1) == ("B2:B5 B6", "$A$6:$A$6")
    links = {cell.coordinate: cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert sorted(links) == ["A2", "A3", "A4", "A5", "A6"]
    assert links["A2"].location == "表!A6"
    assert [item.id for item in sheet.row_breaks.brk] == [5]
    assert after.defined_names["total"].attr_text == "表!$B$6"
    assert after.defined_names["all"].attr_text == "表!$B$2:$B$5"

    empty = load_workbook(io.BytesIO(render(book, names(0)).data))
    # The name "all" covers nothing but the band, so one empty row of it stays.
    assert empty.defined_names["all"].attr_text == "表!$B$2:$B$2"
    assert [row[0].value for row in empty["表"].iter_rows()] == ["名", None, "尾"]


def test_tables_follow() -> None:
    from openpyxl.worksheet.table import Table

    book = make_book(["名", "数"], LOOP, ["{{ x.name }}", "{{ x.n }}"], END)
    book["表"].add_table(Table(displayName="T1", ref="A1:B4"))
    assert 'ref="A1:B6"' in read_part(render(book, names(5)).data, "xl/tables/table1.xml")


def test_pictures_and_charts_follow() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book(["名", "数"], LOOP, ["{{ x.name }}", "{{ x.n }}"], END, ["尾"])
    sheet = book["表"]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=3, max_row=3))
    sheet.add_chart(chart, "A5")
    data = render(book, names(3)).data
    assert "<xdr:row>4</xdr:row>" in read_part(data, "xl/drawings/drawing1.xml").replace("<row>", "<xdr:row>").replace(
        "</row>", "</xdr:row>"
    )
    xml = read_part(data, "xl/charts/chart1.xml")
    assert "<f>'表'!$B$2:$B$4</f>" in xml
    assert "<f>'表'!$A$2:$A$4</f>" in xml


def test_sheet_that_nothing_moves_stays_as_it_is() -> None:
    book: Workbook = make_book(LOOP, ["{{ x.n }}"], END)
    other = book.create_sheet("别")
    other["A1"], other["A9"] = "静", "态"
    other.freeze_panes = "B2"
    data = render(book, names(9)).data
    assert [row[0] for row in read(data, "别")] == ["静", *[None] * 7, "态"]
    assert load_workbook(io.BytesIO(data))["别"].freeze_panes == "B2"
