"""Formulas: live, with the value of their note, their references following the rows."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace as Item

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula
from support.office_tools import Office
from support.render_xlsx_support import (
    assert_recalculation_agrees,
    fill,
    make_book,
    read,
    read_part,
    recalculate,
    render,
    save,
)

from docgen.render.values.values import Missing
from docgen.render.xlsx.formulas import parse_formula
from docgen.render.xlsx.template import XlsxTemplate

pytestmark = pytest.mark.heavy

LOOP = ["{%tr for x in xs %}"]
END = ["{%tr endfor %}"]


def figures(*values: int) -> dict[str, object]:
    total, running, items = sum(values), 0, []
    for value in values:
        running += value
        share = Decimal(value) / total if total else 0
        items.append(Item(n=value, double=value * 2, running=running, share=share))
    return {"xs": items, "total": total, "double": total * 2, "count": len(values)}


def register() -> list[list[object]]:
    return [
        ["数", "倍", "累计", "份额"],
        LOOP,
        ["{{ x.n }}", ("=A3*2", "x.double"), ("=SUM(A$3:A3)", "x.running"), ("=A3/SUM(A$3:A$3)", "x.share")],
        END,
        [
            ("=SUM(A3:A3)", "total"),
            ("=SUM(B2:B4)", "double"),
            ("=COUNT($A$3:$A$3)", "count"),
            ("=A5+$B$5", "total + double"),
        ],
    ]


def test_references_follow() -> None:
    data = render(make_book(*register()), figures(5, 7, 8)).data
    assert read(data)[1:] == [
        [5, "=A2*2", "=SUM(A$2:A2)", "=A2/SUM(A$2:A$4)"],
        [7, "=A3*2", "=SUM(A$2:A3)", "=A3/SUM(A$2:A$4)"],
        [8, "=A4*2", "=SUM(A$2:A4)", "=A4/SUM(A$2:A$4)"],
        ["=SUM(A2:A4)", "=SUM(B2:B4)", "=COUNT($A$2:$A$4)", "=A5+$B$5"],
    ]
    assert read(data, values=True)[1:] == [[5, 10, 5, 0.25], [7, 14, 12, 0.35], [8, 16, 20, 0.4], [20, 40, 3, 60]]


def test_empty_loop_leaves_an_empty_row_when_something_refers_to_it() -> None:
    data = render(make_book(*register()), figures()).data
    assert read(data)[1:] == [[None] * 4, ["=SUM(A2:A2)", "=SUM(B2:B2)", "=COUNT($A$2:$A$2)", "=A3+$B$3"]]
    assert "#REF!" not in read_part(data, "xl/worksheets/sheet1.xml")


def test_range_over_more_than_the_band_needs_no_row() -> None:
    book = make_book(["数"], LOOP, ["{{ x.n }}"], END, [("=SUM(A1:A4)", "total")])
    assert read(render(book, figures()).data) == [["数"], ["=SUM(A1:A1)"]]


def test_if_band_that_is_referred_to_hides_its_row() -> None:
    book = make_book(["{%tr if yes %}"], [5], ["{%tr endif %}"], [("=N(A2)", "5 if yes else 0")])
    sheet = load_workbook(io.BytesIO(render(book, {"yes": False}).data))["表"]
    assert sheet["A2"].value == "=N(A1)"
    assert sheet.row_dimensions[1].hidden


def nested() -> list[list[object]]:
    return [
        ["{%tr for g in gs %}"],
        ["{{ g.name }}", ("=SUM(B4:B4)", "g.total"), ("=B2/B$8", "g.share")],
        ["{%tr for x in g.xs %}"],
        [None, "{{ x }}", ("=B4/B2", "x / g.total")],
        ["{%tr endfor %}"],
        ["小计", ("=B2", "g.total")],
        ["{%tr endfor %}"],
        ["合计", ("=SUM(B4:B4)", "total - head"), ("=SUM(B2:B6)", "0")],
    ]


def groups() -> dict[str, object]:
    lists = [[1, 3], [], [4]]
    items = [Item(name=str(n), xs=xs, total=sum(xs), share=sum(xs) / Decimal(8)) for n, xs in enumerate(lists)]
    return {"gs": items, "total": 8, "head": 0}


def test_inner_range_covers_the_turns_of_its_own_outer_turn() -> None:
    book = make_book(*nested())
    for cell in ("C4", "C8"):
        book["表"][cell].comment = None
        book["表"][cell].value = None
    data = render(book, groups()).data
    rows = read(data)
    assert rows[0][1] == "=SUM(B2:B3)"
    assert rows[4][1] == "=SUM(B6:B6)"
    assert rows[7][1] == "=SUM(B9:B9)"
    assert rows[6][1] == "=B5"
    assert {row[2] for row in rows if row[2]} == {"=B1/B$11", "=B5/B$11", "=B8/B$11"}
    assert rows[10][1] == "=SUM(B2:B9)"


def test_references_between_sheets_names_and_whole_columns() -> None:
    book = make_book(["数"], LOOP, ["{{ x.n }}"], END, ["尾"])
    rows = [
        [
            ("=SUM(表!A3:A3)", "total"),
            ("=COUNTA('表'!$A$5)", "1"),
            ("=SUM(表!A:A)", "total"),
            ("=SUM(表!2:4)", "total"),
        ],
        [("=表!A3", "first"), ('="A5"&A1', "word"), ("=LOG10(A5+10)", "1")],
    ]
    fill(book.create_sheet("汇总"), rows)
    data = render(book, {**figures(2, 3), "first": 2, "word": "A55"}).data
    assert read(data, "汇总") == [
        ["=SUM(表!A2:A3)", "=COUNTA('表'!$A$4)", "=SUM(表!A:A)", "=SUM(表!2:3)"],
        ["=表!A2", '="A5"&A1', "=LOG10(A5+10)", None],
    ]


def test_values_of_every_kind() -> None:
    book = make_book(
        [
            ("=1=1", "yes"),
            ('="a"&"<"', "text"),
            ("=DATE(2024,9,6)", "day"),
            ('=""', "nothing"),
            ("=NA()", "gone"),
            ("=1", "hand"),
        ]
    )
    context = {
        "yes": True,
        "text": "a<",
        "day": dt.date(2024, 9, 6),
        "nothing": "",
        "gone": Missing("a.b", "甲", "draft"),
    }
    rendered = render(book, {**context, "hand": Missing("a.c", "乙", "blank")})
    xml = read_part(rendered.data, "xl/worksheets/sheet1.xml")
    assert '<c r="A1" t="b"><f>1=1</f><v>1</v></c>' in xml
    assert '<c r="B1" t="str"><f>"a"&amp;"&lt;"</f><v>a&lt;</v></c>' in xml
    assert "<v>45541</v>" in xml
    assert '<f>""</f><v></v>' in xml
    assert "<v>【缺：甲】</v>" in xml
    assert '<c r="F1"><f>1</f></c>' in xml


def test_shared_and_array_formulas() -> None:
    book = make_book([1, None], [2, None], [3, None])
    sheet = book["表"]
    for row in (1, 2, 3):
        sheet[f"B{row}"].comment = Comment("{{ v }}", "x")
        sheet[f"B{row}"] = "=A1*2"
    sheet["C1"] = ArrayFormula("C1", "=SUM(A1:A3*1)")
    sheet["C1"].comment = Comment("{{ v }}", "x")
    xml = read_part(save(book), "xl/worksheets/sheet1.xml")
    shared = (
        xml.replace('<c r="B1"><f>A1*2</f>', '<c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f>')
        .replace('<c r="B2"><f>A1*2</f>', '<c r="B2"><f t="shared" si="0"/>')
        .replace('<c r="B3"><f>A1*2</f>', '<c r="B3"><f t="shared" si="0"/>')
    )
    assert shared.count('t="shared"') == 3
    data = render(_replace_part(save(book), "xl/worksheets/sheet1.xml", shared), {"v": 6}).data
    rows = read(data)
    assert [row[1] for row in rows] == ["=A1*2", "=A2*2", "=A3*2"]
    assert '<f t="array" ref="C1">SUM(A1:A3*1)</f><v>6</v>' in read_part(data, "xl/worksheets/sheet1.xml")


def _replace_part(data: bytes, name: str, text: str) -> bytes:
    from docgen.ooxml.members import pack_member, write_parts
    from docgen.ooxml.package import read_parts

    parts = {**read_parts(data), name: text.encode()}
    return write_parts(pack_member(part, content) for part, content in parts.items())


def test_notes_are_taken_out_and_other_notes_stay_and_follow() -> None:
    book = make_book(LOOP, ["{{ x.n }}"], END, [("=SUM(A2:A2)", "total"), "尾"])
    book["表"]["B4"].comment = Comment("给填表人的话", "甲")
    book["表"]["A4"].comment = Comment("作者:\n{{ total }}", "作者")
    sheet = load_workbook(io.BytesIO(render(book, figures(1, 2)).data))["表"]
    notes = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert notes == {"B3": "给填表人的话"}

    book["表"]["B4"].comment = None
    data = render(book, figures(1, 2)).data
    assert "comments" not in read_part(data, "[Content_Types].xml")
    assert "legacyDrawing" not in read_part(data, "xl/worksheets/sheet1.xml")


def test_everything_is_calculated_anew_on_opening() -> None:
    book = make_book([("=1+1", "two")])
    book.calculation.fullCalcOnLoad = False
    assert 'fullCalcOnLoad="1"' in read_part(render(book, {"two": 2}).data, "xl/workbook.xml")


def test_chart_points_are_the_rendered_values() -> None:
    from openpyxl.chart import BarChart, Reference

    book = make_book(["数"], LOOP, ["{{ x.n }}", ("=A3*2", "x.double")], END)
    chart = BarChart()
    chart.add_data(Reference(book["表"], min_col=2, min_row=3, max_row=3))
    chart.set_categories(Reference(book["表"], min_col=1, min_row=3, max_row=3))
    book["表"].add_chart(chart, "E5")
    cached = (
        '<numCache><formatCode>General</formatCode><ptCount val="1"/><pt idx="0"><v>99</v></pt></numCache></numRef>'
    )
    template = save(book)
    xml = read_part(template, "xl/charts/chart1.xml").replace("</numRef>", cached)
    data = render(_replace_part(template, "xl/charts/chart1.xml", xml), figures(4, 5)).data
    drawn = read_part(data, "xl/charts/chart1.xml")
    assert '<ptCount val="2"/><pt idx="0"><v>8</v></pt><pt idx="1"><v>10</v></pt>' in drawn
    assert '<ptCount val="2"/><pt idx="0"><v>4</v></pt><pt idx="1"><v>5</v></pt>' in drawn
    assert "99" not in drawn


@pytest.mark.office
@pytest.mark.parametrize("values", [(), (5,), (5, 7, 8)])
def test_recalculation_agrees(values: tuple[int, ...], office: Office, tmp_path: Path) -> None:
    rows = register()
    data = render(make_book(*rows), figures(*values)).data
    assert assert_recalculation_agrees(office, tmp_path, data) == 4 + 3 * len(values)


@pytest.mark.office
def test_template_saved_again_by_libreoffice_works(office: Office, tmp_path: Path) -> None:
    book = make_book(*register())
    book["表"].merge_cells("E1:F1")
    template = save(book)
    context = figures(5, 7, 8)
    again = recalculate(office, tmp_path, template)
    assert b"{{ x.n }}" in again or b"sharedStrings" in again
    ours = XlsxTemplate.compile(template, "a").render(context).data
    theirs = render(again, context).data
    assert read(theirs) == read(ours)
    assert read(theirs, values=True) == read(ours, values=True)
    folder = tmp_path / "recalculated"
    folder.mkdir()
    assert assert_recalculation_agrees(office, folder, theirs) == 13


@pytest.mark.parametrize("text", ["$A$1", "B2:$C7", "1:3", "'甲'!$1:$3", "Sheet2!C5", "其他!A1", "甲!A1:B2"])
def test_a_reference_alone_is_the_one_of_a_longer_formula(text: str) -> None:
    sheets = {"甲": 0, "sheet2": 1}
    alone, longer = (parse_formula(each, 1, sheets) for each in (text, f"{text}+0"))
    assert alone.references == longer.references
    assert len(alone.references) == ("其他" not in text)
