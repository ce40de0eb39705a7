"""No word gets lost: beside tags of paragraphs, rows and cells, before ``{%-``, in blocks that aren't at one level."""

from __future__ import annotations

import random
import re

import jinja2
import pytest
from support.render_docx_support import of_paragraphs, read_part, read_texts, render, replace_in

from docgen.errors import TemplateError
from docgen.render.docx.template import DocxTemplate
from docgen.render.scan.template import list_uses

DRAWING = "<w:r><w:drawing/></w:r>"


def of_body(xml: str) -> bytes:
    return replace_in(of_paragraphs("占位"), "word/document.xml", lambda text: re.sub(r"<w:p>.*?</w:p>", xml, text))


def p(*runs: str, inside: str = "") -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in runs) + inside + "</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    grid = '<w:tblPr/><w:tblGrid><w:gridCol w:w="1000"/></w:tblGrid>'
    return f"<w:tbl>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl><w:p/>"


def find_faults(body: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(of_body(body), "样表.docx")
    return [
        (item.code, item.location.paragraph, str(getattr(item.params.get("beside"), "key", item.params.get("beside"))))
        for item in caught.value.diagnostics
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (p("前{%p if x %}") + p("内") + p("{%p endif %}"), [(1, "前")]),
        (p("{%p if x ", "%}", "后") + p("内") + p("{%p endif %}"), [(1, "后")]),
        (p("{%p if x %}{%p endif %}"), [(1, "{%p endif %}")]),
        (p("前{%-p if x %}") + p("内") + p("{%p endif %}"), [(1, "前")]),
        (p("来历：{{p x }}"), [(1, "来历：")]),
        (p("{#p 说明 #}还有"), [(1, "还有")]),
        (p("{%p if x %}", inside=DRAWING) + p("{%p endif %}"), [(1, "render.beside.picture")]),
        (
            p("{%p if x %}", inside='<w:r><w:footnoteReference w:id="1"/></w:r>') + p("{%p endif %}"),
            [(1, "render.beside.note")],
        ),
        (
            table((p("{%tr for r in x %}"), p("表头")), (p("{{ r }}"), p("")), (p("{%tr endfor %}"), p("合计"))),
            [(1, "表头"), (5, "合计")],
        ),
        (
            table((p("{%tr for r in x %}"), p("{{ r }}"), p("{%tr endfor %}"))),
            [(1, "{{ r }}{%tr endfor %}"), (3, "{%tr for r in x %}{{ r }}")],
        ),
        (table((p("{%tc for r in x %}") + p("多"), p("{{ r }}"), p("{%tc endfor %}"))), [(1, "多")]),
        (table((p("{%tr if x %}"), table((p("内表"),))), (p("a"), p("b")), (p("{%tr endif %}"), p(""))), [(1, "内表")]),
    ],
)
def test_what_stands_beside_a_tag_is_told(body: str, found: list[tuple[int, str]]) -> None:
    assert find_faults(body) == [("T421", *item) for item in found]


@pytest.mark.parametrize(
    ("body", "paragraph"),
    [
        (p("{% for r in x %}") + p("{{ r }}") + p("{% endfor %}"), 3),
        (p("前{% if x %}甲") + p("乙{% endif %}后"), 2),
        (p("{% if x %}甲") + p("{% else %}乙{% endif %}"), 2),
        (p("甲{%- if x %}") + p("乙") + p("{%- endif %}丙"), 3),
        (table((p("{% for r in x %}{{ r }}"), p("{{ r }}{% endfor %}"))), 2),
        (table((p("{% if x %}甲"), p("乙{% endif %}"), p("丙"))), 2),
        (table((p("{% if x %}甲"),), (p("乙{% endif %}"),)), 2),
        (table((p("{%tr for r in x %}"),), (p("甲"),)) + table((p("乙"),), (p("{%tr endfor %}"),)), 5),
        (table((p("{%tc if x %}"), p("甲")), (p("乙"), p("{%tc endif %}"))), 4),
        (table((p("{%p if x %}") + p("甲"), p("{%p endif %}") + p("乙"))), 3),
        (p("{%p if x %}") + table((p("{%p endif %}") + p("甲"),)), 2),
    ],
)
def test_a_block_ends_where_it_begins(body: str, paragraph: int) -> None:
    codes = [item[:2] for item in find_faults(body)]
    assert codes[0][0] == "T108"
    assert (("T108", paragraph) in codes) or codes == [("T108", paragraph)]


def test_a_block_over_runs_and_a_link_stays_at_one_level() -> None:
    link = "<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink><w:r><w:t>{% endif %}后</w:t></w:r>"
    data = of_body(p("前{% if x %}", "甲", inside=link))
    shown = [re.sub(r"<[^>]*>", "", read_part(render(data, x=x).data)).strip() for x in (True, False)]
    assert shown == ["前甲链后", "前后"]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (p("企业", "名称{%- if x %}：{{ x }}{% endif %}"), ["企业名称：值"]),
        (p("甲  {%- if x -%} ", "  乙  {%- endif -%}  丙"), ["甲乙丙"]),
        (p("甲 {{- x -}} 乙"), ["甲值乙"]),
        (p("甲 {#- 说明 -#} 乙"), ["甲乙"]),
        (p("甲 {%- if x %} 乙{% endif %}"), ["甲 乙"]),
        (p("住在{% if y -%}") + p("城里") + p("{%- else -%}") + p("郊区") + p("{%- endif %}。"), ["住在郊区。"]),
        (p("甲") + p("乙{%- if x %}丙{% endif %}"), ["甲", "乙丙"]),
        (p("{%p if x %}") + p("{%- if x %}丙{%- endif -%}") + p("{%p endif %}"), ["丙"]),
        (table((p("甲"), p("{%- if x -%}", "乙{% endif %}"))), ["甲", "乙", ""]),
        (p("{{ '-' }}{{ -1 }}甲 - 乙{% if x %}-{% endif %}"), ["--1甲 - 乙-"]),
    ],
)
def test_a_dash_trims_white_space_and_nothing_else(body: str, texts: list[str]) -> None:
    rendered = render(of_body(body), x="值", y="")
    assert rendered.diagnostics == ()
    document = read_part(rendered.data)
    shown = [re.sub(r"<[^>]*>", "", found) for found in re.findall(r"<w:p(?:>.*?</w:p>|/>)", document)]
    assert shown == texts


def test_a_dash_takes_no_picture_along() -> None:
    body = p("甲") + f"<w:p>{DRAWING}</w:p>" + p("{%- if x %}乙{% endif %}")
    assert "<w:drawing/>" in read_part(render(of_body(body), x=True).data)


@pytest.mark.parametrize(
    "deleted",
    [
        "<w:r><w:delText>{{ gone }}</w:delText></w:r>",
        "<w:r><w:t>{{ gone }}</w:t></w:r>",
        "<w:r><w:delInstrText> QUOTE {{ gone </w:delInstrText></w:r>",
        '<w:r><w:delText>{%p if gone %}</w:delText></w:r><w:r><w:drawing><x d="{{ gone }}"/></w:drawing></w:r>',
        '<m:r xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:t>{{ gone }}</m:t></m:r>',
    ],
)
@pytest.mark.parametrize("kind", ["del", "moveFrom"])
def test_tags_in_deleted_text_are_not_read(kind: str, deleted: str) -> None:
    body = f'<w:p><w:{kind} w:id="1">{deleted}</w:{kind}><w:r><w:t>{{{{ x }}}}</w:t></w:r></w:p>'
    assert read_texts(render(of_body(body), x="值")) == ["值"]
    assert [use.name for use in list_uses(of_body(body), "样表.docx").uses] == ["x"]


def test_dashes_trim_as_jinja_does_over_how_many_runs_a_line_goes() -> None:
    chance = random.Random(7)
    tags = ("{%- if x -%}", "{%- endif -%}", "{{- x -}}", "{{ x -}}", "{{- x }}", "{#- 说明 -#}", "{%- set y = 1 %}")
    lines, wanted = [], []
    for _ in range(150):
        inner = [chance.choice(tags[2:]) for _ in range(chance.randint(0, 2))]
        pieces = ["甲", tags[0], *inner, tags[1], *inner, "乙"]
        text = "".join(piece + chance.choice(("", " ", "  丙  ", "-")) for piece in pieces)
        cuts = sorted(chance.sample(range(1, len(text)), 4))
        lines.append(p(*(text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))))
        wanted.append(jinja2.Environment().from_string(text).render(x="值"))
    assert read_texts(render(of_body("".join(lines)), x="值")) == wanted
