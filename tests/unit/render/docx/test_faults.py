"""What a template can have wrong: found when it is compiled, all at once, with the text around it."""

from __future__ import annotations

from typing import Any

import pytest
from support.render_docx_support import add_table, build, of_paragraphs, read_rows, read_texts, render, replace_in

from docgen.diagnostics import Diagnostic
from docgen.errors import TemplateError
from docgen.messages import LANGUAGES, catalogue
from docgen.render.docx.template import DocxTemplate


def find_faults(data: bytes) -> list[Diagnostic]:
    with pytest.raises(TemplateError) as caught:
        DocxTemplate.compile(data, "样表.docx")
    found = list(caught.value.diagnostics)
    for lang in LANGUAGES:
        for item in found:
            assert catalogue(lang).message(item)
            assert catalogue(lang).mend(item)
            assert item.location.file == "样表.docx"
    return found


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"\xd0\xcf\x11\xe0" * 100, of_paragraphs("甲")[:3000]])
def test_no_zip(data: bytes) -> None:
    assert [item.code for item in find_faults(data)] == ["T101"]


def test_zip_but_no_docx() -> None:
    data = replace_in(
        of_paragraphs("甲"),
        "[Content_Types].xml",
        lambda xml: xml.replace("wordprocessingml.document.main", "other.main"),
    )
    assert [item.code for item in find_faults(data)] == ["T102"]


def test_broken_xml() -> None:
    data = replace_in(of_paragraphs("甲"), "word/document.xml", lambda xml: xml[:-20])
    assert [item.code for item in find_faults(data)] == ["T103"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ name", "T104"),
        ("name }}", "T104"),
        ("{% if a", "T104"),
        ("{{ a {{ b }}", "T104"),
        ("{{ a b }}", "T105"),
        ("{% if a %}", "T105"),
        ("{% endfor %}", "T105"),
        ("{% nonsense %}", "T105"),
        ("{{ a|money|nonsense }}", "T106"),
        ("{{ a|safe }}", "T106"),
        ("{% include 'x' %}", "T107"),
        ("{% macro a() %}{% endmacro %}", "T107"),
        ("{% autoescape false %}{% endautoescape %}", "T107"),
        ("{% set a %}b{% endset %}", "T107"),
    ],
)
def test_faults_of_a_tag(text: str, code: str) -> None:
    (found,) = find_faults(of_paragraphs("好的段落 {{ a }}", text))
    assert found.code == code
    assert found.location.paragraph == 2
    assert found.location.excerpt == text


def test_all_faults_at_once() -> None:
    assert [item.code for item in find_faults(of_paragraphs("{{ a", "b }}", "{{ c"))] == ["T104"] * 3


def test_a_block_across_cells_is_refused() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{% if a %}")
        add_table(document, ("{% endif %}", "乙"))

    (found,) = find_faults(build(make))
    assert (found.code, found.params["opening"], found.params["ending"]) == ("T108", "{% if a %}", "{% endif %}")


def test_a_value_in_place_of_a_row_is_refused() -> None:
    assert [item.code for item in find_faults(build(lambda it: add_table(it, ("{{tr a }}", ""))))] == ["T109"]


def test_a_cell_that_a_condition_empties_keeps_a_paragraph() -> None:
    def make(document: Any) -> None:
        cell = add_table(document, ("", "乙")).cell(0, 0)
        cell.text = "{%p if a %}"
        cell.add_paragraph("甲")
        cell.add_paragraph("{%p endif %}")

    assert read_rows(render(build(make), a=False)) == [["", "乙"]]


def test_a_table_without_rows_is_left_out() -> None:
    def make(document: Any) -> None:
        add_table(document, ("{%tr for a in items %}", ""), ("{{ a }}", ""), ("{%tr endfor %}", ""))
        document.add_paragraph("后")

    assert read_texts(render(build(make), items=[])) == ["后"]
    assert "w:tbl>" not in str(render(build(make), items=[]).data)
