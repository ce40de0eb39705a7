"""Whichever way a program writes a template's text, engine and checks read the same tags at the same places."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from lxml import etree
from lxml.etree import _Element
from openpyxl import load_workbook
from support.render_xlsx_support import check_schema, make_book, read_part, render, save

from docgen.ooxml import names
from docgen.ooxml.members import pack_member, write_parts
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import read_parts
from docgen.render.scan.xlsx import list_xlsx_tags
from docgen.render.xlsx.template import XlsxTemplate

SHEET, STRINGS, STYLES, BOOK = (
    *("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"),
)
Parts = dict[str, bytes]
LINES = (
    ("{{ title }}（全）",),
    ("序号", "{{ columns[0].label }}"),
    ("{%tr for row in rows %}",),
    ("{{ row.number }}", "{{ row.cells[0].value|default('') }}"),
    ("{%tr endfor %}",),
)


def make_template() -> Parts:
    """A template whose texts are shared strings."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for at, line in enumerate(LINES):
            for column, text in enumerate(line):
                sheet.write_string(at, column, text)
    return read_parts(out.getvalue())


def change_cells(parts: Parts, change: Callable[[_Element, str], None]) -> None:
    texts = ["".join(str(text) for text in item.itertext()) for item in etree.fromstring(parts[STRINGS])]
    sheet = etree.fromstring(parts[SHEET])
    for cell in sheet.iter(name_tag("c")):
        assert cell.get("t") == "s"
        change(cell, texts[int(cell.findtext(name_tag("v")) or 0)])
    parts[SHEET] = etree.tostring(sheet)


def as_results(parts: Parts) -> None:
    def change(cell: _Element, text: str) -> None:
        cell.set("t", "str")
        cell[0].text = text

    change_cells(parts, change)


def as_inline(parts: Parts) -> None:
    def change(cell: _Element, text: str) -> None:
        cell.set("t", "inlineStr")
        cell[:] = [cell.makeelement(name_tag("is"))]
        etree.SubElement(cell[0], name_tag("t")).text = text

    change_cells(parts, change)


def as_runs(parts: Parts) -> None:
    strings = etree.fromstring(parts[STRINGS])
    for item in strings:
        text = "".join(item.itertext())
        for child in list(item):
            item.remove(child)
        for piece in (text[:2], text[2:9], text[9:]):
            run = etree.SubElement(item, name_tag("r"))
            etree.SubElement(etree.SubElement(run, name_tag("rPr")), name_tag("b"))
            etree.SubElement(run, name_tag("t")).text = piece
        etree.SubElement(etree.SubElement(item, name_tag("rPh"), sb="0", eb="1"), name_tag("t")).text = "ピン"
    parts[STRINGS] = etree.tostring(strings)


def without_places(parts: Parts) -> None:
    sheet = etree.fromstring(parts[SHEET])
    for element in sheet.iter(name_tag("row"), name_tag("c")):
        element.attrib.pop("r")
    parts[SHEET] = etree.tostring(sheet)


def with_prefix(parts: Parts) -> None:
    for name in (SHEET, STRINGS, STYLES, BOOK):
        root = etree.fromstring(parts[name])
        made = etree.Element(root.tag, nsmap={"x": names.SHEET})
        made.attrib.update(root.attrib)
        made.extend(list(root))
        parts[name] = etree.tostring(made)


def with_other_names(parts: Parts) -> None:
    parts["xl/tabs/one.xml"] = parts.pop(SHEET)
    parts["xl/sharedstrings.xml"] = parts.pop(STRINGS)
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = parts[name].replace(b"worksheets/sheet1.xml", b"tabs/one.xml")


def with_remarks(parts: Parts) -> None:
    parts[STRINGS] = parts[STRINGS].replace(b"<si>", b"<!-- one more --><si>")
    parts[SHEET] = parts[SHEET].replace(b"<row ", b"<!-- a row --><row ")


@pytest.mark.parametrize(
    "rewrite",
    [as_results, as_inline, as_runs, without_places, with_prefix, with_other_names, with_remarks, lambda _: None],
)
def test_the_same_tags_at_the_same_places(rewrite: Callable[[Parts], None]) -> None:
    parts = make_template()
    rewrite(parts)
    data = write_parts(pack_member(*item) for item in parts.items())
    assert [(tag.typed, tag.location.cell) for tag in list_xlsx_tags(data, "register.xlsx")] == [
        ("{{ title }}", "A1"),
        ("{{ columns[0].label }}", "B2"),
        ("{%tr for row in rows %}", "A3"),
        ("{{ row.number }}", "A4"),
        ("{{ row.cells[0].value|default('') }}", "B4"),
        ("{%tr endfor %}", "A5"),
    ]
    columns = tuple(SimpleNamespace(label=label, width=1, align="left") for label in ("名称", "周期", "日期"))
    rows = tuple(
        SimpleNamespace(number=at, cells=tuple(SimpleNamespace(value=f"{column.label}{at}") for column in columns))
        for at in (1, 2)
    )
    rendered = XlsxTemplate.compile(data, "register.xlsx").render({"title": "台账", "columns": columns, "rows": rows})
    assert rendered.diagnostics == ()
    check_schema(rendered.data)
    sheet = load_workbook(io.BytesIO(rendered.data)).active
    assert sheet is not None
    assert [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()] == [
        ["台账（全）"],
        ["序号", "名称", "周期", "日期"],
        [1, "名称1", "周期1", "日期1"],
        [2, "名称2", "周期2", "日期2"],
    ]


@pytest.mark.parametrize("kind", [b't="s"', b't="inlineStr"', b't="str"'])
def test_an_empty_cell_takes_no_text_from_elsewhere(kind: bytes) -> None:
    parts = read_parts(save(make_book(["{{ title }}", "乙"])))
    sheet = parts[SHEET]
    begin = sheet.index(b'<c r="B1"')
    parts[SHEET] = sheet[:begin] + b'<c r="B1" ' + kind + b"></c>" + sheet[sheet.index(b"</c>", begin) + 4 :]
    rendered = XlsxTemplate.compile(write_parts(pack_member(*item) for item in parts.items()), "a.xlsx").render(
        {"title": "台账"}
    )
    sheet_read = load_workbook(io.BytesIO(rendered.data)).active
    assert sheet_read is not None
    assert [cell.value for cell in sheet_read[1]] == ["台账", None]


def test_lines_that_give_a_blank_its_room_are_not_written() -> None:
    loop = "{% for line in lines %}{{ line }}\n{% endfor %}"
    rendered = render(make_book((loop, f"{loop}甲")), {"lines": ["", ""]})
    cells = etree.fromstring(read_part(rendered.data, "xl/worksheets/sheet1.xml").encode()).iter(name_tag("c"))
    assert ["".join(cell.itertext()) for cell in cells] == ["", "\n\n甲"]
