"""Where we differ from docxtpl on purpose: what it does, and what we do. docs/templates.md gives the reasons."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import docxtpl
import pytest
from docx.oxml import parse_xml
from lxml import etree
from support.render_docx_support import W, add_part, add_table, build, of_paragraphs, read_part, read_texts, render

from docgen.errors import TemplateError

MAIN = W[1:-1]
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NOTE = '<w:{0}s xmlns:w="{1}"><w:{0} w:id="1"><w:p><w:r><w:t>{{{{ x }}}}</w:t></w:r></w:p></w:{0}></w:{0}s>'


def render_theirs(data: bytes, *, autoescape: bool = True, **values: Any) -> bytes:
    oracle = docxtpl.DocxTemplate(io.BytesIO(data))
    oracle.render(values, autoescape=autoescape)
    out = io.BytesIO()
    oracle.save(out)
    return out.getvalue()


def read_all(data: bytes, part: str = "word/document.xml") -> str:
    return "".join(etree.fromstring(read_part(data, part).encode()).itertext()).strip()


def of_two_sections(document: Any) -> None:
    document.add_paragraph("正文 {{ x }}")
    document.add_section()
    document.add_paragraph("第二节")


def with_notes(kind: str) -> bytes:
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + NOTE.format(kind, MAIN)
    return add_part(build(of_two_sections), f"word/{kind}s.xml", xml, f"{WML}.{kind}s+xml", f"{kind}s")


def test_values_are_always_escaped() -> None:
    data = of_paragraphs("{{ x }}乙")
    assert read_all(render(data, x="A&B<甲>").data) == "A&B<甲>乙"
    assert read_all(render_theirs(data, x="A&B<甲>", autoescape=False)) != "A&B<甲>乙"


def test_data_in_a_footnote_is_never_a_template() -> None:
    """docxtpl renders the notes once for each section: what came from a value is a template the second time."""
    data = with_notes("footnote")
    assert read_all(render(data, x="{{ 7*7 }}").data, "word/footnotes.xml") == "{{ 7*7 }}"
    assert read_all(render_theirs(data, x="{{ 7*7 }}"), "word/footnotes.xml") == "49"


def test_endnotes_are_rendered() -> None:
    data = with_notes("endnote")
    assert read_all(render(data, x="甲").data, "word/endnotes.xml") == "甲"
    assert read_all(render_theirs(data, x="甲"), "word/endnotes.xml") == "{{ x }}"


def test_a_name_that_is_not_there_is_an_error() -> None:
    data = of_paragraphs("甲{{ gone }}乙")
    assert [it.code for it in render(data).diagnostics] == ["T120"]
    assert read_all(render_theirs(data)) == "甲乙"


def test_control_characters_are_reported() -> None:
    data = of_paragraphs("{{ x }}")
    rendered = render(data, x="甲\x07乙")
    assert [it.code for it in rendered.diagnostics] == ["T123"]
    assert read_all(rendered.data) == "甲\ufffd乙"
    assert read_all(render_theirs(data, x="甲\x07乙")) == "甲乙"


def test_a_newline_alone_in_a_paragraph_begins_another() -> None:
    data = of_paragraphs("{{ x }}")
    assert read_texts(render(data, x="一\n二")) == ["一", "二"]
    assert read_part(render_theirs(data, x="一\n二")).count("<w:p>") == 1


def test_a_run_tag_keeps_the_format_of_its_run() -> None:
    def make(document: Any) -> None:
        document.add_paragraph().add_run("{{r x }}").bold = True

    theirs = docxtpl.RichText("甲")
    assert "<w:b/>" in read_part(render(build(make), x="甲").data)
    root = etree.fromstring(read_part(render_theirs(build(make), x=theirs)).encode())
    (run,) = [it for it in root.iter(f"{W}r") if "".join(it.itertext())]
    assert run.find(f"{W}rPr/{W}b") is None


OWN_IN_EACH_TURN = ("bookmark", "perm")
RANGES = ("bookmark", "perm", "commentRange")


@pytest.mark.parametrize("kind", RANGES)
@pytest.mark.parametrize(
    ("opening", "closing", "inside", "kept"),
    [
        ("{%p for x in items %}", "{%p endfor %}", ("Start", "End"), 2),
        ("{%p for x in items %}", "{%p endfor %}", ("Start",), 0),
        ("{%p if items %}", "{%p endif %}", ("Start",), 0),
        ("{%p if items %}", "{%p endif %}", ("End",), 0),
        ("{%p if items %}", "{%p endif %}", ("Start", "End"), 2),
    ],
)
def test_a_range_never_stands_by_half_nor_twice(
    kind: str, opening: str, closing: str, inside: tuple[str, ...], kept: int
) -> None:
    def make(document: Any) -> None:
        paragraphs = {at: document.add_paragraph(text) for at, text in enumerate(["前", opening, "中", closing, "后"])}
        for half, outside in (("Start", 0), ("End", 4)):
            mark = f'<w:{kind}{half} xmlns:w="{MAIN}" w:id="3" w:name="a"/>'
            paragraphs[2 if half in inside else outside]._p.append(parse_xml(mark))

    made = read_part(render(build(make), items=[1, 2]).data)
    if opening == "{%p for x in items %}" and kept:
        kept *= 1 + (kind in OWN_IN_EACH_TURN)
    assert made.count(f"<w:{kind}") == kept
    assert "中" in made


def test_a_bookmark_in_a_loop_has_an_id_and_a_name_of_its_own() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        marks = '<w:bookmarkStart w:id="3" w:name="a"/><w:bookmarkEnd w:id="3"/>'
        document.add_paragraph("{{ x }}")._p.extend(list(parse_xml(f'<w:p xmlns:w="{MAIN}">{marks}</w:p>')))
        document.add_paragraph("{%p endfor %}")

    def list_marks(data: bytes) -> list[str]:
        return re.findall(r"<w:bookmarkStart[^>]*>", read_part(data))

    ours, theirs = (
        list_marks(render(build(make), items=[1, 2]).data),
        list_marks(render_theirs(build(make), items=[1, 2])),
    )
    assert [len(ours), len(set(ours))] == [2, 2]
    assert [len(theirs), len(set(theirs))] == [2, 1]


def test_cell_properties_stand_in_the_order_of_the_schema() -> None:
    def make(document: Any) -> None:
        add_table(document, ("{% cellbg 'FFFF00' %}{% colspan 2 %}甲", "乙"))

    ours, theirs = (read_part(it) for it in (render(build(make)).data, render_theirs(build(make))))
    assert ours.index("<w:gridSpan") < ours.index("<w:shd")
    assert theirs.index("<w:gridSpan") > theirs.index("<w:shd") or theirs.index("<w:tcW") > theirs.index("<w:gridSpan")


def test_the_grid_follows_a_column_loop() -> None:
    def make(document: Any) -> None:
        add_table(document, ("{%tc for x in items %}", "{{ x }}", "{%tc endfor %}"))

    def total(data: bytes) -> int:
        root = etree.fromstring(read_part(data).encode())
        return sum(int(it.get(f"{W}w")) for it in root.iter(f"{W}gridCol"))

    data = build(make)
    widths = [total(it(data)) for it in (lambda it: render(it, items="一二三四五六").data, lambda it: it)]
    assert abs(widths[0] - widths[1]) <= 1
    theirs = etree.fromstring(read_part(render_theirs(data, items=list("一二三四五六"))).encode())
    assert sum(int(it.get(f"{W}w")) for it in theirs.iter(f"{W}tcW")) > widths[1]


def test_file_times_stay_those_of_the_template() -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(render(of_paragraphs("{{ x }}"), x="甲").data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


REFUSED = (
    "{{ x|upper }}",
    "{{ x.upper() }}",
    "{% set n = namespace(a=1) %}{{ n.a }}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}",
    "{% macro m() %}甲{% endmacro %}{{ m() }}",
    "{{ pairs.items()|list|length }}",
    "{% for a in tree recursive %}{{ a.name }}{{ loop(a.below) }}{% endfor %}",
    "{% set b %}甲{% endset %}{{ b }}",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_template_may_not_use(text: str) -> None:
    values = {"x": "甲", "pairs": {"a": 1}, "tree": [{"name": "甲", "below": []}]}
    data = of_paragraphs(text)
    assert read_all(render_theirs(data, **values))
    assert find_faults(lambda: render(data, **values).diagnostics)


def find_faults(make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
    try:
        return make()
    except TemplateError as refused:
        return refused.diagnostics


def test_text_behind_a_scattered_tag_keeps_its_format() -> None:
    def make(document: Any) -> None:
        paragraph = document.add_paragraph("{{ ")
        paragraph.add_run("x }}后").bold = True

    def list_bold(data: bytes) -> list[str]:
        root = etree.fromstring(read_part(data).encode())
        return ["".join(run.itertext()) for run in root.iter(f"{W}r") if run.find(f"{W}rPr/{W}b") is not None]

    assert list_bold(render(build(make), x="甲").data) == ["后"]
    assert list_bold(render_theirs(build(make), x="甲")) == []


def test_a_link_around_one_end_of_a_tag_harms_nothing() -> None:
    """docxtpl leaves the link's end out and lets the parser guess: the paragraphs behind it land in this one."""
    link = f'<w:hyperlink xmlns:w="{MAIN}" w:anchor="a"><w:r><w:t>{{{{ x</w:t></w:r></w:hyperlink>'

    def make(document: Any) -> None:
        document.add_paragraph("")._p.append(parse_xml(link))
        document.paragraphs[-1].add_run(" }}")
        document.add_paragraph("第二段")

    ours = etree.fromstring(read_part(render(build(make), x="甲").data).encode())
    assert ["".join(found.itertext()) for found in ours.iter(f"{W}p")] == ["甲", "第二段"]
    assert ours.find(f".//{W}hyperlink") is None  # it is opened
    theirs = etree.fromstring(read_part(render_theirs(build(make), x="甲")).encode())
    assert [root.find(f".//{W}p//{W}p") is None for root in (ours, theirs)] == [True, False]
