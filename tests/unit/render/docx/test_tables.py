"""Tables whose columns a loop makes: the grid, the cells' widths and the table's width agree afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Twips
from lxml import etree
from support.render_docx_support import W, add_table, build, check_schema, read_part, read_rows, render

from docgen.render.docx.template import DocxTemplate
from docgen.render.values.values import Missing


def read_widths(data: bytes, table: int = 0) -> tuple[list[int], list[list[int]]]:
    root = etree.fromstring(read_part(data).encode())
    found = list(root.iter(f"{W}tbl"))[table]
    grid = [int(column.get(f"{W}w")) for column in found.find(f"{W}tblGrid")]
    rows = [
        [int(cell.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for cell in row.iterfind(f"{W}tc")]
        for row in found.iterfind(f"{W}tr")
    ]
    return grid, rows


def set_widths(table: Any, *widths: int) -> None:
    for at, width in enumerate(widths):
        table.columns[at].width = Twips(width)
        for cell in table.columns[at].cells:
            cell.width = Twips(width)


def looped(document: Any) -> None:
    table = add_table(
        document,
        ("项目", "{%tc for item in items %}", "{{ item }}", "{%tc endfor %}"),
        ("值", "{%tc for item in items %}", "{{ loop.index }}", "{%tc endfor %}"),
    )
    set_widths(table, 2000, 2000, 2000, 2000)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_grid_follows_the_loop_and_the_width_is_kept(count: int) -> None:
    rendered = render(build(looped), items=[str(at) for at in range(count)])
    grid, rows = read_widths(rendered.data)
    assert len(grid) == count + 1
    assert sum(grid) == 8000
    assert rows == [grid, grid]
    check_schema(rendered.data)


def weighted(document: Any) -> None:
    table = add_table(
        document,
        ("序号", "{%tc for item in items %}", "{% colwidth item.weight %}{{ item.name }}", "{%tc endfor %}"),
        ("1", "{%tc for item in items %}", "{{ item.name }}", "{%tc endfor %}"),
    )
    set_widths(table, 1000, 3000, 3000, 3000)


def test_weights_share_what_the_other_columns_leave() -> None:
    items = [{"name": "甲", "weight": 1}, {"name": "乙", "weight": 3}, {"name": "丙", "weight": 2}]
    rendered = render(build(weighted), items=items)
    grid, rows = read_widths(rendered.data)
    assert grid == [1000, 1500, 4500, 3000]
    assert rows == [grid, grid]
    assert read_rows(rendered) == [["序号", "甲", "乙", "丙"], ["1", "甲", "乙", "丙"]]
    assert "docgen" not in read_part(rendered.data)
    check_schema(rendered.data)


def test_a_weight_that_is_missing_counts_as_one() -> None:
    items = [{"name": "甲", "weight": Missing("w", "宽", "blank")}, {"name": "乙", "weight": 2}]
    assert read_widths(render(build(weighted), items=items).data)[0] == [1000, 3000, 6000]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{% colwidth x %}甲", "宽"),
        ("{% colwidth x %}甲", 0),
        ("{% colspan x %}甲", "两列"),
        ("{% cellbg x %}甲", "red"),
    ],
)
def test_a_value_that_is_no_layout_is_reported(text: str, value: object) -> None:
    rendered = render(build(lambda document: add_table(document, (text, "乙"))), x=value)
    assert [item.code for item in rendered.diagnostics] == ["T128"]
    check_schema(rendered.data)


def test_only_tables_with_column_loops_are_touched() -> None:
    def make(document: Any) -> None:
        set_widths(add_table(document, ("{{ a }}", "乙")), 1111, 3333)
        looped(document)

    rendered = render(build(make), a="甲", items=["一"])
    assert read_widths(rendered.data, 0) == ([1111, 3333], [[1111, 3333]])


def test_a_table_inside_the_loop_of_another() -> None:
    def make(document: Any) -> None:
        outer = add_table(document, ("{%tc for item in items %}", "", "{%tc endfor %}"))
        set_widths(outer, 3000, 3000, 3000)
        cell = outer.cell(0, 1)
        cell.paragraphs[0].text = "{{ item }}"
        set_widths(add_table(cell, ("{%tc for one in items %}", "{{ one }}", "{%tc endfor %}")), 500, 500, 500)

    rendered = render(build(make), items=["甲", "乙"])
    assert read_widths(rendered.data, 0)[0] == [4500, 4500]
    assert read_widths(rendered.data, 1)[0] == [750, 750]
    assert read_widths(rendered.data, 2)[0] == [750, 750]
    check_schema(rendered.data)


def test_spans_and_merges_stand_in_the_order_of_the_schema() -> None:
    def make(document: Any) -> None:
        table = add_table(
            document,
            ("{% colspan 2 %}{% cellbg 'FFFF00' %}标题", "", ""),
            ("{%tr for a in items %}", "", ""),
            ("{% vm %}同", "{{ a }}", ""),
            ("{%tr endfor %}", "", ""),
        )
        for row in table.rows:
            for cell in row.cells:
                align = OxmlElement("w:vAlign")
                align.set(qn("w:val"), "center")
                cell._tc.get_or_add_tcPr().append(align)
        head = table.rows[0]._tr
        head.remove(head.tc_lst[-1])

    rendered = render(build(make), items=["一", "二"])
    assert rendered.diagnostics == ()
    check_schema(rendered.data)
    xml = read_part(rendered.data)
    assert '<w:gridSpan w:val="2"/><w:shd w:val="clear" w:color="auto" w:fill="FFFF00"/><w:vAlign' in xml
    assert xml.count('<w:vMerge w:val="continue"/><w:vAlign') == 1


def test_a_cell_without_properties_can_be_spanned() -> None:
    def make(document: Any) -> None:
        table = add_table(document, ("{% colspan 2 %}标题", ""))
        row = table.rows[0]._tr
        row.remove(row.tc_lst[-1])
        cell = row.tc_lst[0]
        cell.remove(cell.tcPr)

    assert '<w:gridSpan w:val="2"/>' in read_part(render(build(make)).data)


def test_compiled_templates_can_be_shared_by_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    template = DocxTemplate.compile(build(looped), "a.docx")
    contexts = [{"items": [f"{number}-{at}" for at in range(number % 4 + 1)]} for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda context: template.render(context).data, contexts))
    assert found == [template.render(context).data for context in contexts]


def changed(document: Any) -> None:
    """A looped table whose grid, rows and cells Word notes the former looks of, as it does with tracked changes."""
    looped(document)
    table = document.tables[0]._tbl
    grid = table.find(qn("w:tblGrid"))
    change = grid.makeelement(qn("w:tblGridChange"), {qn("w:id"): "1"})
    former = change.makeelement(qn("w:tblGrid"), {})
    former.append(former.makeelement(qn("w:gridCol"), {qn("w:w"): "777"}))
    change.append(former)
    grid.append(change)
    who = {qn("w:id"): "2", qn("w:author"): "某人", qn("w:date"): "2024-01-01T00:00:00Z"}
    for row in table.iter(qn("w:tr")):
        properties = row.makeelement(qn("w:trPr"), {})
        noted = properties.makeelement(qn("w:trPrChange"), who)
        before = noted.makeelement(qn("w:trPr"), {})
        before.append(before.makeelement(qn("w:gridBefore"), {qn("w:val"): "2"}))
        noted.append(before)
        properties.append(noted)
        row.insert(0, properties)
    for properties in list(table.iter(qn("w:tcPr"))):
        noted = properties.makeelement(qn("w:tcPrChange"), who)
        before = noted.makeelement(qn("w:tcPr"), {})
        before.append(before.makeelement(qn("w:tcW"), {qn("w:w"): "777", qn("w:type"): "dxa"}))
        noted.append(before)
        properties.append(noted)
    table.set("{urn:somebody}kept", "1")


def test_tracked_changes_of_looks_and_attributes_of_others_are_no_hindrance() -> None:
    rendered = render(build(changed), items=["甲", "乙"])
    grid, rows = read_widths(rendered.data)
    assert len(grid) == 3
    assert sum(grid) == 8000
    assert rows == [grid, grid]
    text = read_part(rendered.data)
    assert "某人" not in text
    assert 'docgen="' not in text
