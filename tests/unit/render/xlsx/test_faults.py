"""What is wrong with a template is told at once, with sheet and cell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from support.render_xlsx_support import faults, fill, make_book, read_part, render, save

from docgen.errors import TemplateError
from docgen.messages import LANGUAGES, catalogue
from docgen.ooxml.members import pack_member, write_parts
from docgen.ooxml.package import read_parts
from docgen.render.xlsx.template import XlsxTemplate

LOOP = ["{%tr for x in xs %}"]
END = ["{%tr endfor %}"]
IF = ["{%tr if y %}"]

CASES: dict[str, tuple[list[list[object]], list[tuple[str, str]]]] = {
    "syntax": ([["{{ a b }}", "{{ x |", "{% if a %}"]], [("T203", "A1"), ("T203", "B1"), ("T203", "C1")]),
    "unknown filter": ([["{{ a | nosuch }}"]], [("T203", "A1")]),
    "loop without in": ([["{%tr for x %}"], ["{{ x }}"], END], [("T203", "A1")]),
    "statement ends in another cell": ([["{% if a %}x", "{% endif %}"]], [("T203", "A1"), ("T203", "B1")]),
    "refused statement": ([["{% macro m() %}{% endmacro %}"]], [("T204", "A1")]),
    "marker with text": ([["x {%tr for x in xs %}"], END], [("T205", "A1"), ("T208", "A2")]),
    "unknown marker": ([["{%tr repeat 3 %}"]], [("T205", "A1")]),
    "content beside a marker": ([[*LOOP, "内容"], END], [("T206", "B1")]),
    "two markers in a row": ([[*LOOP, *END], END], [("T207", "B1")]),
    "end without beginning": ([END], [("T208", "A1")]),
    "no end": ([LOOP, ["{{ x }}"]], [("T209", "A1")]),
    "wrong end": ([LOOP, ["{%tr endif %}"], END], [("T210", "A2")]),
    "elif in a loop": ([LOOP, ["{%tr elif x %}"], END], [("T210", "A2")]),
    "two elses": ([IF, ["{%tr else %}"], ["{%tr else %}"], ["{%tr endif %}"]], [("T210", "A3")]),
    "crossing": ([LOOP, IF, END, ["{%tr endif %}"]], [("T210", "A3"), ("T209", "A1")]),
    "vertical merge outside": ([["{% vm %}{{ x }}"]], [("T211", "A1")]),
    "formula without note": ([["=1+1"], ["=A1"]], [("T212", "A1"), ("T212", "A2")]),
    "formula on a marker's row": ([LOOP, ["{{ x }}"], END, [("=A1", "x")]], [("T216", "A4")]),
}


@pytest.mark.parametrize("name", CASES)
def test_fault(name: str) -> None:
    rows, expected = CASES[name]
    assert faults(make_book(*rows)) == [(code, "表", cell) for code, cell in expected]


def test_faults_of_all_sheets_come_at_once() -> None:
    book = make_book(["=1"])
    fill(book.create_sheet("二"), [["{{ a b }}"], ["=2"]])
    assert faults(book) == [("T212", "表", "A1"), ("T212", "二", "A2")]


def test_note_on_a_cell_without_formula() -> None:
    book = make_book(["x"])
    book["表"]["A1"].comment = Comment("{{ x }}", "甲")
    book["表"]["C7"].comment = Comment("{{ y }}", "甲")
    assert faults(book) == [("T213", "表", "A1"), ("T213", "表", "C7")]


def test_formulas_that_cant_follow() -> None:
    book = make_book(["x"])
    sheet = book["表"]
    sheet["A1"] = ArrayFormula("A1:A3", "=B1:B3*2")
    sheet["C1"] = DataTableFormula("C1:C2", r1="A1")
    assert faults(book) == [("T215", "表", "A1"), ("T215", "表", "C1")]
    spilled = make_book([("=B1", "x")])
    xml = read_part(save(spilled), "xl/worksheets/sheet1.xml").replace("<f>B1</f>", "<f>SUM(B1#)</f>")
    parts = {**read_parts(save(spilled)), "xl/worksheets/sheet1.xml": xml.encode()}
    assert faults(write_parts(pack_member(*item) for item in parts.items())) == [("T214", "表", "A1")]


def test_tags_where_none_are_read() -> None:
    book = make_book(["{{ x }}"])
    book["表"].oddHeader.left.text = "{{ header }}"
    book["表"]["A1"].comment = Comment("问 {{ x }} 的意思", "甲")
    book.create_sheet("{{ x }}")
    assert [code for code, _, _ in faults(book)] == ["T217", "T217", "T217"]


def test_a_tag_in_a_formula_is_told_with_its_cell() -> None:
    assert faults(make_book(["{{ x }}", ('="{{ y }}"&A1', "x")])) == [("T217", "表", "B1")]
    XlsxTemplate.compile(save(make_book(["{{ x }}", ("=SUM({1,2;3,4})", "x")])), "模板.xlsx")


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_no_workbook(data: bytes) -> None:
    assert faults(data) == [("T201", None, None)]


def test_zip_that_is_no_workbook() -> None:
    assert faults(write_parts([pack_member("a.txt", b"x")])) == [("T201", None, None)]
    broken = {**read_parts(save(make_book(["x"]))), "xl/worksheets/sheet1.xml": b"<worksheet"}
    assert faults(write_parts(pack_member(*item) for item in broken.items())) == [("T201", None, None)]


def test_other_kinds_of_workbook() -> None:
    parts = read_parts(save(make_book(["x"])))
    types = parts["[Content_Types].xml"]
    for kind in (b"template.main+xml", b"sheet.macroEnabled.main+xml"):
        other = {**parts, "[Content_Types].xml": types.replace(b"sheet.main+xml", kind)}
        assert faults(write_parts(pack_member(*item) for item in other.items())) == [("T201", None, None)]


def test_a_shared_string_that_is_not_there() -> None:
    parts = read_parts(save(make_book(["{{ x }}"])))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</row>", b'<c r="B1" t="s"><v>7</v></c></row>')
    broken = {**parts, "xl/worksheets/sheet1.xml": sheet}
    assert faults(write_parts(pack_member(*item) for item in broken.items())) == [("T201", None, None)]


def test_entities_are_not_expanded() -> None:
    parts = read_parts(save(make_book(["{{ x }}"])))
    doctype = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = doctype + sheet.replace(b"{{ x }}", b"&e;")
    assert faults(write_parts(pack_member(*item) for item in parts.items())) == [("T201", None, None)]


def test_refused_names_and_names_in_conditions() -> None:
    book = make_book(["{%tr for x in nobody %}"], ["{{ x }}"], END, ["{% if gone %}x{% endif %}", "{{ x.__class__ }}"])
    rendered = render(book, {"x": "a"}, clean=False)
    assert sorted((item.code, item.location.cell) for item in rendered.diagnostics) == [
        ("T221", "A1"),
        ("T221", "A4"),
        ("T223", "B4"),
    ]


def test_too_many_rows() -> None:
    book = make_book(LOOP, ["{{ x }}"], END)
    book["表"].cell(1_048_576, 1, "尾")
    rendered = render(book, {"xs": [1, 2, 3, 4]}, clean=False)
    assert [item.code for item in rendered.diagnostics] == ["T233"]
    assert rendered.data == b""


def test_messages_can_be_spoken() -> None:
    book = Workbook()
    fill(book.active, [["=1", "{{ a", "{% vm %}x"], [*LOOP, "x"], ["{%tr nothing %}"]])  # type: ignore[arg-type]
    with pytest.raises(TemplateError) as caught:
        XlsxTemplate.compile(save(book), "模板.xlsx")
    for language in LANGUAGES:
        speech = catalogue(language)
        for item in caught.value.diagnostics:
            assert speech.message(item)
            assert speech.mend(item)


@pytest.mark.parametrize("text", ["{{ n / 3 }}元", "{{ big }}元"])
def test_a_number_that_cannot_be_written_is_told_as_that(text: str) -> None:
    rendered = XlsxTemplate.compile(save(make_book([text])), "模板.xlsx").render({"n": 7, "big": Decimal("1E500")})
    assert [(item.code, item.location.cell) for item in rendered.diagnostics] == [("T423", "A1")]
    assert rendered.missing == ()
