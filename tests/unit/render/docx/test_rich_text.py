"""Rich text typed in a value, read where the tag is ``{{r }}`` alone."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from lxml import etree
from support.render_docx_support import W, build, check_schema, of_paragraphs, read_part, read_texts, render

from docgen.render.guard import check_rendered
from docgen.render.values.rich import parse_rich_text
from docgen.render.values.values import Missing, RichRun

MARKS = "普通**粗**与*斜*、[红]{颜色=红 字号=小四}、==亮==，见[官网](https://example.com/a?b=1&c=2)\n\\newpage\n完"


def list_runs(data: bytes, part: str = "word/document.xml") -> list[tuple[str, dict[str, str | None]]]:
    root = etree.fromstring(read_part(data, part).encode())
    runs = []
    for run in root.iter(f"{W}r"):
        text = "".join(found.text or "" for found in run.iter(f"{W}t"))
        if text:
            properties = run.find(f"{W}rPr")
            children = () if properties is None else properties
            runs.append((text, {child.tag.removeprefix(W): child.get(f"{W}val") for child in children}))
    return runs


def test_marks_are_formats_on_top_of_the_tags_own() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("前 ").add_run("{{r x }}").font.size = docx.shared.Pt(9)

    made = render(build(make), x=MARKS)
    assert made.diagnostics == ()
    formats = dict(list_runs(made.data))
    assert formats["粗"]["b"] is None
    assert "b" not in formats["普通"]
    assert "i" in formats["斜"]
    assert formats["红"]["color"] == "FF0000"
    assert (formats["红"]["sz"], formats["粗"]["sz"]) == ("24", "18")
    assert formats["亮"]["highlight"] == "yellow"
    assert formats["官网"]["u"] == "single"
    check_schema(made.data)
    assert check_rendered(made.data) == ()


def test_a_link_leads_to_its_address_and_a_mark_begins_a_page() -> None:
    made = render(of_paragraphs("{{r x }}"), x=MARKS).data
    root = etree.fromstring(read_part(made).encode())
    (link,) = root.iter(f"{W}hyperlink")
    (rid,) = link.attrib.values()
    assert f'Id="{rid}"' in read_part(made, "word/_rels/document.xml.rels")
    assert 'Target="https://example.com/a?b=1&amp;c=2" TargetMode="External"' in read_part(
        made, "word/_rels/document.xml.rels"
    )
    assert [found.get(f"{W}type") for found in root.iter(f"{W}br")] == ["page"]


def test_a_plain_tag_prints_the_marks_as_typed() -> None:
    made = render(of_paragraphs("{{ x }}"), x=MARKS.partition("\n")[0])
    assert read_texts(made) == [MARKS.partition("\n")[0]]
    assert made.diagnostics == ()


@pytest.mark.parametrize("part", ["header", "footer"])
def test_marks_are_read_in_headers_and_footers(part: str) -> None:
    def make(document: Any) -> None:
        getattr(document.sections[0], part).paragraphs[0].text = "{{r x }}"

    made = render(build(make), x="**甲**[乙](https://example.com/)")
    assert "b" in dict(list_runs(made.data, f"word/{part}1.xml"))["甲"]
    assert "https://example.com/" in read_part(made.data, f"word/_rels/{part}1.xml.rels")
    check_schema(made.data)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("甲*乙*丙", [RichRun("甲"), RichRun("乙", italic=True), RichRun("丙")]),
        ("3*4*5 与 a_b_c", [RichRun("3*4*5 与 a_b_c")]),
        ("***甲***", [RichRun("甲", bold=True, italic=True)]),
        ("[甲**乙**]{color=#c00000,size=16pt}", None),
        ("[甲]{颜色：蓝色；底色：绿}", [RichRun("甲", colour="0000FF", highlight="green")]),
        ("[注1]{见下}与[2]", [RichRun("[注1]{见下}与[2]")]),
        ("a == b", [RichRun("a == b")]),
        ("<https://example.com/>", [RichRun("https://example.com/", link="https://example.com/")]),
        ("一\n二", [RichRun("一\n二")]),
        ("**一\n二**", [RichRun("一\n二", bold=True)]),
        ("一\\分页二", [RichRun("一"), RichRun("", breaks_page=True), RichRun("二")]),
        ("A&B <甲> “乙”", [RichRun("A&B <甲> “乙”")]),
    ],
)
def test_what_is_a_mark_and_what_is_text(typed: str, expected: list[RichRun] | None) -> None:
    rich, faults = parse_rich_text(typed)
    assert not faults
    if expected is None:
        expected = [RichRun("甲", colour="C00000", size=16), RichRun("乙", bold=True, colour="C00000", size=16)]
    assert list(rich.runs) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("[甲]{颜色=彩虹}", "T450"),
        ("[甲]{字号=0}", "T450"),
        ("[甲]{颜色=红 闪烁=是}", "T450"),
        ("[甲](file:///c:/a.exe)", "T451"),
        ("[甲](javascript:alert)", "T451"),
        ("[甲](附表1)", "T451"),
    ],
)
def test_what_cannot_be_had_is_told_and_stays_as_typed(typed: str, code: str) -> None:
    made = render(of_paragraphs("{{r x }}"), x=f"前{typed}后")
    assert [found.code for found in made.diagnostics] == [code]
    assert read_texts(made) == [f"前{typed}后"]
    assert "<w:hyperlink" not in read_part(made.data)


def test_a_data_value_is_never_markup_nor_template() -> None:
    typed = "**{{ 7*7 }}</w:t>**[<b>]{颜色=红}"
    made = render(of_paragraphs("{{r x }}"), x=typed)
    assert read_texts(made) == ["{{ 7*7 }}</w:t><b>"]


def test_lines_split_as_those_of_a_plain_tag() -> None:
    assert read_texts(render(of_paragraphs("{{r x }}"), x="**一**\n二")) == ["一", "二"]


def test_a_link_of_two_lines_and_a_link_in_a_link_harm_nothing() -> None:
    made = render(of_paragraphs("{{r x }}"), x="[一\n二](https://example.com/)")
    check_schema(made.data)
    link = f'<w:hyperlink xmlns:w="{W[1:-1]}" w:anchor="a"><w:r><w:t>{{{{r x }}}}</w:t></w:r></w:hyperlink>'

    def make(document: Any) -> None:
        document.add_paragraph("")._p.append(parse_xml(link))

    inner = read_part(render(build(make), x="[一](https://example.com/)").data)
    assert inner.count("<w:hyperlink") == 1


def test_numbers_missing_values_and_expressions_are_printed_as_ever() -> None:
    data = of_paragraphs("{{r n }}{{r x|default('—') }}{{r a ~ b }}{{r '是' if n else '否' }}")
    made = render(data, n=5, x=Missing("x", "甲", "blank"), a="**甲**", b="乙")
    assert read_texts(made) == ["5—甲乙是"]
    assert made.diagnostics == ()
