"""docxtpl is the oracle: the same template and values give the same parts, after canonicalisation.

A new case is one more entry of CASES: a function that builds the template, and the values.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import docx
import docxtpl
import pytest
from docx.oxml import parse_xml
from docx.shared import Mm
from support.render_docx_support import (
    add_part,
    add_table,
    build,
    canonical,
    check_schema,
    drop_widths,
    read_part,
    render,
    set_grid_span,
    text_boxes,
)

pytestmark = pytest.mark.heavy

FOOTNOTES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p><w:r>'
    "<w:t>注：{{ note }}</w:t></w:r></w:p></w:footnote></w:footnotes>"
)
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


@dataclass(frozen=True)
class Case:
    make: Callable[[Any], None]
    values: dict[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ("word/document.xml",)
    ignore_widths: bool = False
    notes: bool = False
    joins_runs: bool = False  # text that docxtpl moves into a run that stands before it


def plain(document: Any) -> None:
    document.add_paragraph("企业：{{ name }}，地址：{{ place.street }}。")
    document.add_paragraph("没有标签")


def conditions(document: Any) -> None:
    document.add_paragraph("{%p if shown %}")
    document.add_paragraph("显示 {{ name }}")
    document.add_paragraph("{%p else %}")
    document.add_paragraph("不显示")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("前{% if hidden %}中{% elif shown %}间{% endif %}后")


def paragraph_loop(document: Any) -> None:
    document.add_paragraph("{%p for item in items %}")
    document.add_paragraph("{{ loop.index }}. {{ item }}", style="List Bullet")
    document.add_paragraph("{%p endfor %}")


def scattered(document: Any) -> None:
    paragraph = document.add_paragraph("名称：")
    for piece in ("{", "{ na", "me ", "}", "}"):
        paragraph.add_run(piece).bold = True


def formatted(document: Any) -> None:
    paragraph = document.add_paragraph("甲 ")
    paragraph.add_run("{{ name }}").bold = True
    paragraph.add_run(" 乙 {% if shown %}是")
    paragraph.add_run("很").italic = True
    paragraph.add_run("好{% endif %}。")


def row_loop(document: Any) -> None:
    add_table(
        document,
        ("序号", "名称", "数量"),
        ("{%tr for row in rows %}", "", ""),
        ("{{ loop.index }}", "{{ row.name }}", "{{ row.count }}"),
        ("{%tr endfor %}", "", ""),
        ("合计", "", "{{ total }}"),
    )


def nested_loop(document: Any) -> None:
    add_table(
        document,
        ("{%tr for group in groups %}", ""),
        ("{{ group.name }}", ""),
        ("{%tr for line in group.lines %}", ""),
        ("{{ loop.index }}", "{{ line }}"),
        ("{%tr endfor %}", ""),
        ("{%tr endfor %}", ""),
    )


def row_condition(document: Any) -> None:
    add_table(
        document, ("甲", "乙"), ("{%tr if hidden %}", ""), ("{{ name }}", ""), ("{%tr endif %}", ""), ("丙", "丁")
    )


def vertical_merge(document: Any) -> None:
    add_table(
        document,
        ("{%tr for line in items %}", ""),
        ("{% vm %}{{ name }}", "{{ line }}"),
        ("{%tr endfor %}", ""),
    )


def column_span(document: Any) -> None:
    table = add_table(document, ("{% colspan items|length %}{{ name }}", "", ""), ("1", "2", "3"))
    row = table.rows[0]._tr
    for cell in list(row.tc_lst)[1:]:
        row.remove(cell)


def cell_background(document: Any) -> None:
    add_table(document, ("{% cellbg colour %}{{ name }}", "乙"))


def column_loop(document: Any) -> None:
    add_table(
        document,
        ("{%tc for item in items %}", "{{ item }}", "{%tc endfor %}"),
        ("{%tc for item in items %}", "{{ loop.index }}", "{%tc endfor %}"),
    )


def column_condition(document: Any) -> None:
    add_table(document, ("甲", "{%tc if hidden %}", "{{ name }}", "{%tc endif %}"))


def horizontal_merge(document: Any) -> None:
    table = add_table(
        document,
        ("", "{%tr for a in one %}", "", "", ""),
        ("甲", "{%tc for item in items %}", "{% hm %}{{ name }}", "{%tc endfor %}", "乙"),
        ("", "{%tr endfor %}", "", "", ""),
    )
    set_grid_span(table.cell(1, 2), 1)


def spanned_loop(document: Any) -> None:
    rows = (("{%tr for item in items %}", "", ""), ("{{ item }}", "", "x"), ("{%tr endfor %}", "", ""))
    table = add_table(document, *rows)
    table.cell(1, 0).merge(table.cell(1, 1))


def header_footer(document: Any) -> None:
    document.add_paragraph("正文 {{ name }}")
    document.sections[0].header.paragraphs[0].text = "页眉 {{ name }}"
    document.sections[0].footer.paragraphs[0].text = "{% if shown %}页脚 {{ place.street }}{% endif %}"


def comments(document: Any) -> None:
    document.add_paragraph("甲{# 说明 #}乙")
    document.add_paragraph("{#p 整段说明 #}")
    document.add_paragraph("丙")


def run_tags(document: Any) -> None:
    document.add_paragraph("甲{%r if shown %}乙{%r endif %}丙 {{ name }}")


def curly_quotes(document: Any) -> None:
    document.add_paragraph("{% if name == “某某公司” %}是{% else %}否{% endif %}{% if total < 9 %}小{% endif %}")


def remarks_and_variables(document: Any) -> None:
    document.add_paragraph("{% set short = name ~ '（简称）' %}甲{{ short }}{# 行内说明 #}")
    document.add_paragraph("{%p set count = items|length %}")
    document.add_paragraph("共{{ count }}项{{ count + 1 }}")


def raw(document: Any) -> None:
    document.add_paragraph("写法：{% raw %}{{ name }} 和 {% if x %}{% endraw %}，值：{{ name }}")


def delimiters(document: Any) -> None:
    document.add_paragraph("写法：{_{ name }_} 和 {_% if x %_}，值：{{ name }}")


def white_space(document: Any) -> None:
    document.add_paragraph("  前  {% if shown %}  中  {% endif %}  {{ name }}  后  ")


def merged_both_ways(document: Any) -> None:
    for text in ("住在", "{%- if hidden -%}", "城里", "{%- elif shown -%}", "郊区", "{%- endif -%}", "很好。"):
        document.add_paragraph(text)


def loop_variables(document: Any) -> None:
    text = "{% for x in items %}{{ loop.index0 }}/{{ loop.length }}{{ x }}{% if not loop.last %}、{% endif %}"
    document.add_paragraph(text + "{% else %}无{% endfor %}")
    document.add_paragraph(
        "{% for a, b in pairs %}{{ a }}{{ b }}{{ loop.revindex }}{% if loop.first %}！{% endif %}{% endfor %}"
    )
    document.add_paragraph("{% for x in items if x != '一' %}{{ x }}{% endfor %}{{ place['street'] }}{{ items[0] }}")
    document.add_paragraph(
        "{{ '有' if shown else '无' }}{{ name if hidden }}{% with y = total %}{{ y * 2 - 1 }}{% endwith %}"
    )


def table_in_a_paragraph_loop(document: Any) -> None:
    document.add_paragraph("{%p for group in groups %}")
    document.add_paragraph("{{ group.name }}", style="Heading 2")
    add_table(
        document, ("{%tr for line in group.lines %}", ""), ("{{ loop.index }}", "{{ line }}"), ("{%tr endfor %}", "")
    )
    document.add_paragraph("{%p if group.lines %}")
    document.add_paragraph("共{{ group.lines|length }}行")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")


def table_in_a_cell(document: Any) -> None:
    outer = add_table(document, ("{%tr for row in rows %}", ""), ("{{ row.name }}", ""), ("{%tr endfor %}", ""))
    inner = outer.cell(1, 1)
    inner.paragraphs[0].text = "{%p if row.count %}"
    table = inner.add_table(3, 1)
    for at, text in enumerate(("{%tr for x in items %}", "{{ x }}{{ row.count }}", "{%tr endfor %}")):
        table.cell(at, 0).text = text
    inner.add_paragraph("{%p endif %}")
    inner.add_paragraph("完")


def rows_and_columns(document: Any) -> None:
    add_table(
        document,
        ("名称", "{%tc for x in items %}", "{{ x }}", "{%tc endfor %}"),
        ("{%tr for row in rows %}", "", "", ""),
        ("{{ row.name }}", "{%tc for x in items %}", "{{ x }}{{ row.count }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", "", ""),
    )


def all_cell_tags(document: Any) -> None:
    table = add_table(
        document,
        ("{% colspan 2 %}{% cellbg colour %}{{ name }}", "", "乙"),
        ("{%tr for group in groups %}", "", ""),
        ("{%tr for line in group.lines %}", "", ""),
        ("{% vm %}{{ group.name }}", "{% cellbg 'D9E2F3' %}{{ line }}", "{% if loop.first %}首{% endif %}"),
        ("{%tr endfor %}", "", ""),
        ("{%tr endfor %}", "", ""),
    )
    head = table.rows[0]._tr
    head.remove(head.tc_lst[1])


def several_sections(document: Any) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    document.add_paragraph("第一节 {{ name }}")
    document.add_section()
    document.add_paragraph("第二节 {{ place.street }}")
    for at, section in enumerate(document.sections):
        section.different_first_page_header_footer = True
        for kind in (
            "header",
            "footer",
            "first_page_header",
            "first_page_footer",
            "even_page_header",
            "even_page_footer",
        ):
            part = getattr(section, kind)
            part.is_linked_to_previous = False
            part.paragraphs[0].text = f"{kind}{at} {{{{ name }}}}{{% for x in items %}}{{{{ x }}}}{{% endfor %}}"
        add_header_table(section.header)


def add_header_table(header: Any) -> None:
    table = header.add_table(3, 2, Mm(100))
    table.cell(0, 0).text, table.cell(2, 0).text = "{%tr for row in rows %}", "{%tr endfor %}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ row.name }}", "{{ row.count }}"


def core_properties(document: Any) -> None:
    properties = document.core_properties
    properties.title, properties.subject = "{{ name }} 的报告", "{% if shown %}{{ place.street }}{% endif %}"
    properties.keywords, properties.comments = "{% for x in items %}{{ x }};{% endfor %}", "{{ total + 1 }}"
    document.add_paragraph("{{ name }}")


def hyperlinks(document: Any) -> None:
    paragraph = document.add_paragraph("见 ")
    paragraph._p.append(
        parse_xml(f'<w:hyperlink xmlns:w="{MAIN}" w:anchor="here"><w:r><w:t>{{{{ name }}}}</w:t></w:r></w:hyperlink>')
    )
    paragraph.add_run(" 完 {{ total }}")


def controls(document: Any) -> None:
    block = (
        f'<w:sdt xmlns:w="{MAIN}"><w:sdtPr><w:alias w:val="名称"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>{{{{ name }}}}'
        "</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, parse_xml(block))
    document.add_paragraph("{{ total }}")


def everything(document: Any) -> None:
    for make in (
        conditions,
        row_loop,
        all_cell_tags,
        table_in_a_paragraph_loop,
        text_boxes,
        loop_variables,
        hyperlinks,
    ):
        make(document)
    header_footer(document)
    core_properties(document)


VALUES: dict[str, Any] = {
    "name": "A&B <公司> 5<6 \"引\" '号'",
    "place": {"street": "解放大道1号"},
    "shown": True,
    "hidden": False,
    "items": ["一", "二&", "三"],
    "one": [1],
    "pairs": [("甲", 1), ("乙", 2)],
    "rows": [{"name": f"产品{at}", "count": at} for at in range(4)],
    "total": 6,
    "groups": [
        {"name": "组一", "lines": ["甲", "乙"]},
        {"name": "组二", "lines": []},
        {"name": "组三", "lines": ["丙"]},
    ],
    "note": "脚注 <1> 𠮷😀",
    "colour": "FF0000",
}
HEADERS = ("word/document.xml", "word/header1.xml", "word/footer1.xml")
ALL_HEADERS = ["word/document.xml", *(f"word/{kind}{at}.xml" for kind in ("header", "footer") for at in range(1, 7))]
CASES: dict[str, Case] = {
    "plain": Case(plain),
    "conditions": Case(conditions),
    "conditions, the other way": Case(conditions, {"shown": False}),
    "paragraph loop": Case(paragraph_loop),
    "paragraph loop, empty": Case(paragraph_loop, {"items": []}),
    "a tag scattered over runs": Case(scattered),
    "a condition across runs": Case(formatted),
    "a condition across runs, false": Case(formatted, {"shown": False}),
    "row loop": Case(row_loop),
    "row loop, empty": Case(row_loop, {"rows": []}),
    "nested loop": Case(nested_loop),
    "row condition": Case(row_condition),
    "vertical merge": Case(vertical_merge),
    "column span": Case(column_span),
    "cell background": Case(cell_background),
    "column loop": Case(column_loop, ignore_widths=True),
    "column loop, one": Case(column_loop, {"items": ["一"]}, ignore_widths=True),
    "column loop, many": Case(column_loop, {"items": list("一二三四五六七八")}, ignore_widths=True),
    "column condition": Case(column_condition, ignore_widths=True),
    "horizontal merge": Case(horizontal_merge, ignore_widths=True),
    "spanned cells in a loop": Case(spanned_loop),
    "header and footer": Case(header_footer, parts=HEADERS),
    "comments": Case(comments),
    "run tags": Case(run_tags),
    "curly quotes": Case(curly_quotes),
    "notes": Case(plain, parts=("word/document.xml", "word/footnotes.xml"), notes=True),
    "remarks and variables": Case(remarks_and_variables),
    "raw": Case(raw),
    "delimiters": Case(delimiters),
    "white space": Case(white_space),
    "paragraphs merged both ways": Case(merged_both_ways, joins_runs=True),
    "loop variables": Case(loop_variables),
    "loop variables, empty": Case(loop_variables, {"items": ["一"], "pairs": []}),
    "a table in a paragraph loop": Case(table_in_a_paragraph_loop, {"groups": VALUES["groups"][::2]}),
    "a table in a cell": Case(table_in_a_cell),
    "rows and columns": Case(rows_and_columns, ignore_widths=True),
    "all cell tags": Case(all_cell_tags),
    "several sections": Case(several_sections, parts=tuple(ALL_HEADERS)),
    "text boxes": Case(text_boxes),
    "hyperlinks": Case(hyperlinks),
    "content controls": Case(controls),
    "everything": Case(
        everything, {"groups": VALUES["groups"][::2]}, parts=(*HEADERS, "word/footnotes.xml"), notes=True
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_agrees_with_docxtpl(case: Case) -> None:
    data = build(case.make)
    if case.notes:
        data = add_part(data, "word/footnotes.xml", FOOTNOTES, FOOTNOTES_TYPE, "footnotes")
    values = VALUES | case.values
    oracle = docxtpl.DocxTemplate(io.BytesIO(data))
    oracle.render(values, autoescape=True)
    expected = io.BytesIO()
    oracle.save(expected)
    rendered = render(data, **values)
    assert rendered.diagnostics == ()
    assert rendered.missing == ()
    for part in case.parts:
        ours, theirs = canonical(read_part(rendered.data, part)), canonical(read_part(expected.getvalue(), part))
        if case.ignore_widths:
            ours, theirs = drop_widths(ours), drop_widths(theirs)
        if case.joins_runs:
            ours = ours.replace("</w:t></w:r><w:r><w:t>", "")
        assert ours == theirs
    check_schema(rendered.data)


def test_core_properties_hold_what_was_typed() -> None:
    """Different on purpose: docxtpl escapes properties twice, and renders some of them only."""
    data = build(core_properties)
    oracle = docxtpl.DocxTemplate(io.BytesIO(data))
    oracle.render(VALUES, autoescape=True)
    theirs, ours = oracle.docx.core_properties, docx.Document(io.BytesIO(render(data, **VALUES).data)).core_properties
    assert ours.title == f"{VALUES['name']} 的报告"
    assert theirs.title.startswith("A&amp;B")
    assert ours.keywords == "一;二&;三;"
    assert theirs.keywords == "{% for x in items %}{{ x }};{% endfor %}"
    assert (ours.subject, ours.comments) == (theirs.subject, theirs.comments) == ("解放大道1号", "7")


def test_the_comparison_sees_a_difference() -> None:
    one, other = (render(build(plain), **VALUES | {"name": name}).data for name in ("甲", "乙"))
    assert canonical(read_part(one)) != canonical(read_part(other))
