"""Every form of a tag, scattered over runs in more than a thousand ways, prints what it prints whole."""

from __future__ import annotations

import io
import random
from typing import Any

import docxtpl
import pytest
from support.render_docx_support import add_table, build, read_part, render

from docgen.ooxml.xml import parse_xml
from docgen.render.docx.wordml.measure import W

SPLITS = 120
VALUES = {"name": "甲公司", "shown": True, "hidden": False, "items": ["一", "二"], "total": 7, "colour": "D9E2F3"}
LINES = (
    "前{{ name }}后",
    "前{{r name }}后",
    "前{{name|default('无')}}后",
    "前{% if shown %}是{% else %}否{% endif %}后",
    "前{%r if shown %}是{%r endif %}后",
    "前{% for x in items %}{{ x }}、{% endfor %}后",
    "前{# 说明 #}后{{ total * 2 }}",
    "前{% set y = total + 1 %}{{ y }}",
    "{{p name }}",
)
PARAGRAPHS = ("{%p if shown %}", "有{{ name }}", "{%p else %}", "无", "{%p endif %}")
ROWS = (("{%tr for x in items %}", ""), ("{{ x }}", "{{ name }}"), ("{%tr endfor %}", ""))
COLUMNS = (("甲", "{%tc for x in items %}", "{{ x }}", "{%tc endfor %}"),)
CELLS = (("{% colspan 1 %}{{ name }}", "{% cellbg colour %}乙"),)


def scatter(paragraph: Any, text: str, chance: random.Random) -> None:
    """The text in runs of unlike formats, cut anywhere."""
    cuts = sorted(chance.sample(range(1, len(text)), min(len(text) - 1, chance.randint(1, 6)))) if len(text) > 1 else []
    for number, (begin, end) in enumerate(zip([0, *cuts], [*cuts, len(text)], strict=True)):
        run = paragraph.add_run(text[begin:end])
        run.bold, run.italic = number % 2 == 1, number % 3 == 1


def make(texts: tuple[str, ...], seed: int) -> bytes:
    def fill(document: Any) -> None:
        chance = random.Random(seed)
        for _ in range(SPLITS):
            for text in texts:
                scatter(document.add_paragraph(), text, chance)

    return build(fill)


def make_tables(rows: tuple[tuple[str, ...], ...], seed: int) -> bytes:
    def fill(document: Any) -> None:
        chance = random.Random(seed)
        for _ in range(SPLITS):
            table = add_table(document, *(tuple("" for _ in row) for row in rows))
            for at, row in enumerate(rows):
                for column, text in enumerate(row):
                    if text:
                        scatter(table.cell(at, column).paragraphs[0], text, chance)
            document.add_paragraph("")

    return build(fill)


def read_lines(document: bytes) -> list[str]:
    root = parse_xml(read_part(document).encode())
    return ["".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p")]


def render_theirs(data: bytes, values: dict[str, Any]) -> bytes:
    theirs, out = docxtpl.DocxTemplate(io.BytesIO(data)), io.BytesIO()
    theirs.render(values, autoescape=True)
    theirs.save(out)
    return out.getvalue()


def check_alike(data: bytes, whole: list[str], **theirs: Any) -> None:
    rendered = render(data, **VALUES)
    assert rendered.diagnostics == ()
    assert read_lines(rendered.data) == whole * SPLITS
    assert read_lines(render_theirs(data, VALUES | theirs)) == whole * SPLITS


@pytest.mark.parametrize("seed", range(len(LINES)))
def test_a_line_scattered_over_runs(seed: int) -> None:
    text = LINES[seed]
    (whole,) = read_lines(render(build(lambda document: document.add_paragraph(text)), **VALUES).data)
    if text.startswith("{{p"):  # docxtpl prints the bare value, which is no XML where a paragraph stood
        assert read_lines(render(make((text,), seed), **VALUES).data) == [whole] * SPLITS
        return
    theirs = {"name": docxtpl.RichText("甲公司")} if "{{r" in text else {}
    check_alike(make((text,), seed), [whole], **theirs)


def test_paragraph_tags_scattered_over_runs() -> None:
    check_alike(make(PARAGRAPHS, 1), ["有甲公司"])


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (ROWS, ["一", "甲公司", "二", "甲公司", ""]),
        (COLUMNS, ["甲", "一", "二", ""]),
        (CELLS, ["甲公司", "乙", ""]),
    ],
)
def test_tags_of_tables_scattered_over_runs(rows: tuple[tuple[str, ...], ...], whole: list[str]) -> None:
    check_alike(make_tables(rows, 2), whole)
