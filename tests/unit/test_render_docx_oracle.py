"""docxtpl is the oracle: the same template and values give the same parts, after canonicalisation.

A new case is one more entry of CASES: a function that builds the template, and the values.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import docxtpl
import pytest
from render_docx_support import (
    add_part,
    add_table,
    build,
    canonical,
    check_schema,
    drop_widths,
    read_part,
    render,
    set_grid_span,
)

FOOTNOTES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p><w:r>'
    "<w:t>注：{{ note }}</w:t></w:r></w:p></w:footnote></w:footnotes>"
)
FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


@dataclass(frozen=True)
class Case:
    make: Callable[[Any], None]
    values: dict[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ("word/document.xml",)
    ignore_widths: bool = False
    footnotes: bool = False


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
    for piece in ("{", "{ na", "me ", "}", "} 完"):
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
        ("甲", "{%tr for a in one %}", "", "", ""),
        ("甲", "{%tc for item in items %}", "{% hm %}{{ name }}", "{%tc endfor %}", "乙"),
        ("甲", "{%tr endfor %}", "", "", ""),
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


def merged_paragraphs(document: Any) -> None:
    document.add_paragraph("开头")
    document.add_paragraph("{%- if shown %}")
    document.add_paragraph("中间 {{ name }}")
    document.add_paragraph("{%- endif %}结尾")


def comments(document: Any) -> None:
    document.add_paragraph("甲{# 说明 #}乙")
    document.add_paragraph("{#p 整段说明 #}")
    document.add_paragraph("丙")


def run_tags(document: Any) -> None:
    document.add_paragraph("甲{%r if shown %}乙{%r endif %}丙 {{ name }}")


def curly_quotes(document: Any) -> None:
    document.add_paragraph("{% if name == “某某公司” %}是{% else %}否{% endif %}{% if total < 9 %}小{% endif %}")


VALUES: dict[str, Any] = {
    "name": "A&B <公司> 5<6 \"引\" '号'",
    "place": {"street": "解放大道1号"},
    "shown": True,
    "hidden": False,
    "items": ["一", "二&", "三"],
    "one": [1],
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
    "paragraphs merged": Case(merged_paragraphs),
    "comments": Case(comments),
    "run tags": Case(run_tags),
    "curly quotes": Case(curly_quotes),
    "footnotes": Case(plain, parts=("word/document.xml", "word/footnotes.xml"), footnotes=True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_agrees_with_docxtpl(case: Case) -> None:
    data = build(case.make)
    if case.footnotes:
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
        assert ours == theirs
    check_schema(rendered.data)


def test_the_comparison_sees_a_difference() -> None:
    one, other = (render(build(plain), **VALUES | {"name": name}).data for name in ("甲", "乙"))
    assert canonical(read_part(one)) != canonical(read_part(other))
