"""What a loop copies: merges, ids, notes and lists, each right in every turn."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree
from support.render_docx_support import W, add_part, add_table, build, check_schema, read_part, render

from docgen.render.docx.merging.merge import MergedDocument

MAIN = W[1:-1]
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
VML = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
GROUPS = [{"name": "甲组", "lines": ["一", "二"]}, {"name": "乙组", "lines": ["三"]}]


def add_xml(paragraph: Any, xml: str) -> None:
    for element in parse_xml(f'<w:p xmlns:w="{MAIN}" {VML}>{xml}</w:p>'):
        paragraph._p.append(element)


def list_values(data: bytes, path: str, name: str = "val", part: str = "word/document.xml") -> list[str | None]:
    root = etree.fromstring(read_part(data, part).encode())
    return [found.get(f"{W}{name}") for found in root.iter(W + path)]


# Merges


def merge_down(table: Any, column: int, first: int, last: int) -> None:
    for row in range(first, last + 1):
        properties = table.cell(row, column)._tc.get_or_add_tcPr()
        value = ' w:val="restart"' if row == first else ""
        properties.append(parse_xml(f'<w:vMerge xmlns:w="{MAIN}"{value}/>'))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 3, ["restart", None, None]),  # over the rows of the tags: one merge of all turns
        (0, 3, ["restart", None, None, None]),  # begun above the loop
        (1, 4, ["restart", None, None, None]),  # going on below it
        (2, 3, ["restart", "restart", "restart"]),  # begun in the row that is repeated
    ],
)
def test_a_merge_begins_at_the_first_row_that_is_left(first: int, last: int, expected: list[str | None]) -> None:
    def make(document: Any) -> None:
        rows = (("头", ""), ("{%tr for x in items %}", ""), ("类", "{{ x }}"), ("{%tr endfor %}", ""), ("尾", ""))
        merge_down(add_table(document, *rows), 0, first, last)

    made = render(build(make), items=[1, 2, 3])
    assert list_values(made.data, "vMerge") == expected
    check_schema(made.data)
    assert list_values(render(build(make), items=[]).data, "vMerge") == (["restart"] if first == 0 or last == 4 else [])


def test_a_merge_inside_an_outer_loop_begins_with_each_turn() -> None:
    rows = ("{%tr for g in groups %}", "{%tr for x in g.lines %}", "{{ g.name }}", "{%tr endfor %}", "{%tr endfor %}")

    def make(document: Any) -> None:
        table = add_table(document, *((text, "{{ x }}" if at == 2 else "") for at, text in enumerate(rows)))
        merge_down(table, 0, 1, 3)

    assert list_values(render(build(make), groups=GROUPS).data, "vMerge") == ["restart", None, "restart"]


def test_merged_cells_that_span_columns_and_tables_in_cells_are_told_apart() -> None:
    def make(document: Any) -> None:
        rows = (("{%tr for x in items %}", "", ""), ("宽", "", "{{ x }}"), ("{%tr endfor %}", "", ""))
        table = add_table(document, *rows)
        for row in range(3):
            table.cell(row, 0).merge(table.cell(row, 1))
        merge_down(table, 0, 0, 2)
        merge_down(table, 2, 1, 2)
        inner = table.cell(1, 2).add_table(2, 1)
        merge_down(inner, 0, 0, 1)
        table.cell(1, 2).add_paragraph()

    made = render(build(make), items=[1, 2]).data
    assert list_values(made, "vMerge") == ["restart", "restart", "restart", None, None, "restart", "restart", None]


# Ids


def loop_over(*xml: str, kind: str = "p") -> bytes:
    def make(document: Any) -> None:
        document.add_paragraph(f"{{%{kind} for x in items %}}")
        for piece in xml:
            add_xml(document.add_paragraph("{{ x }}"), piece)
        document.add_paragraph(f"{{%{kind} endfor %}}")

    return build(make)


def list_ids(data: bytes, pattern: str) -> list[str]:
    return re.findall(pattern, read_part(data))


def test_places_that_may_be_edited_have_an_id_of_their_own() -> None:
    mark = '<w:permStart w:id="9" w:edGrp="everyone"/><w:r><w:t>填</w:t></w:r><w:permEnd w:id="9"/>'
    made = render(loop_over(mark), items=[1, 2, 3]).data
    begins, ends = (list_ids(made, rf'<w:perm{half} w:id="(\d+)"') for half in ("Start", "End"))
    assert begins == ends == ["9", "10", "11"]


def test_a_bookmark_has_an_id_and_a_name_of_its_own() -> None:
    mark = '<w:bookmarkStart w:id="4" w:name="表_甲"/><w:r><w:t>表</w:t></w:r><w:bookmarkEnd w:id="4"/>'
    made = render(loop_over(mark), items=[1, 2, 3]).data
    assert list_ids(made, r'<w:bookmarkStart w:id="(\d+)"') == list_ids(made, r'<w:bookmarkEnd w:id="(\d+)"')
    names = list_ids(made, r'<w:bookmarkStart [^>]*w:name="([^"]+)"')
    assert len(set(names)) == 3
    assert names[0] == "表_甲"
    check_schema(made)


def test_a_comment_stays_at_the_first_turn() -> None:
    mark = (
        '<w:commentRangeStart w:id="0"/><w:r><w:t>批</w:t></w:r><w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r>'
    )
    made = read_part(render(loop_over(mark), items=[1, 2]).data)
    assert [made.count(f"<w:comment{name}") for name in ("RangeStart", "RangeEnd", "Reference")] == [1, 1, 1]
    assert made.count("批") == 2


def test_controls_paragraphs_and_revisions_never_share_an_id() -> None:
    control = (
        '<w:sdt><w:sdtPr><w:id w:val="-7"/></w:sdtPr><w:sdtContent><w:r><w:t>控</w:t></w:r></w:sdtContent></w:sdt>'
        '<w:ins w:id="5" w:author="甲" w:date="2024-01-01T00:00:00Z"><w:r><w:t>改</w:t></w:r></w:ins>'
    )
    made = render(loop_over(control, control.replace("-7", "8")), items=[1, 2, 3]).data
    assert list_ids(made, r'<w:id w:val="(-?\d+)"') == ["-7", "8"]
    revisions = list_ids(made, r'<w:ins w:id="(\d+)"')
    assert len(revisions) == len(set(revisions))
    assert read_part(made).count("控") == 6


def test_drawn_shapes_have_ids_of_their_own_and_what_refers_to_them_follows() -> None:
    shape = (
        '<w:r><w:pict><v:shapetype id="_x0000_t202" o:spt="202" path="m0,0"><v:stroke/></v:shapetype>'
        '<v:shape id="框 1" o:spid="_x0000_s1026" type="#_x0000_t202"/></w:pict></w:r>'
        '<w:r><w:object><v:shape id="_x0000_i1025"/><o:OLEObject Type="Embed" ShapeID="_x0000_i1025"/></w:object></w:r>'
    )
    made = render(loop_over(shape), items=[1, 2]).data
    ids = list_ids(made, r'<v:shape id="([^"]+)"') + list_ids(made, r'o:spid="([^"]+)"')
    assert len(ids) == len(set(ids)) == 6
    assert list_ids(made, r'<v:shape id="([^"]+)"')[1::2] == list_ids(made, r'ShapeID="([^"]+)"')
    assert read_part(made).count("<v:shapetype ") == 1
    assert read_part(made).count('type="#_x0000_t202"') == 2


def test_what_stands_beside_a_loop_keeps_its_ids() -> None:
    def make(document: Any) -> None:
        mark = '<w:bookmarkStart w:id="{0}" w:name="m{0}"/><w:bookmarkEnd w:id="{0}"/>'
        add_xml(document.add_paragraph("前"), mark.format(1))
        document.add_paragraph("{%p for x in items %}")
        add_xml(document.add_paragraph("{{ x }}"), mark.format(2))
        document.add_paragraph("{%p endfor %}")
        add_xml(document.add_paragraph("后"), mark.format(3))

    made = render(build(make), items=[1, 2]).data
    assert list_ids(made, r'<w:bookmarkStart w:id="(\d+)"') == ["1", "2", "4", "3"]


# Notes


NOTES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{0}s xmlns:w="{1}"><w:{0} w:type="separator" w:id="-1">'
    '<w:p/></w:{0}><w:{0} w:id="2"><w:p><w:r><w:{0}Ref/></w:r><w:r><w:t>注：{2}</w:t></w:r></w:p></w:{0}>'
    '<w:{0} w:id="3"><w:p><w:r><w:t>另注 {{{{ name }}}}</w:t></w:r></w:p></w:{0}></w:{0}s>'
)


def with_notes(kind: str, make: Any, text: str) -> bytes:
    xml = NOTES.format(kind, MAIN, text)
    return add_part(build(make), f"word/{kind}s.xml", xml, f"{WML}.{kind}s+xml", f"{kind}s")


def read_notes(data: bytes, kind: str) -> list[tuple[str | None, str]]:
    root = etree.fromstring(read_part(data, f"word/{kind}s.xml").encode())
    return [(note.get(f"{W}id"), "".join(note.itertext())) for note in root]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
@pytest.mark.parametrize("text", ["{{ x.name }}", "固定"])
def test_each_turn_has_a_note_of_its_own(kind: str, text: str) -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in groups %}")
        add_xml(document.add_paragraph("{{ x.name }}"), f'<w:r><w:{kind}Reference w:id="2"/></w:r>')
        document.add_paragraph("{%p endfor %}")
        add_xml(document.add_paragraph("尾"), f'<w:r><w:{kind}Reference w:id="3"/></w:r>')

    made = render(with_notes(kind, make, text), groups=GROUPS, name="某企业")
    assert made.diagnostics == ()
    references = list_values(made.data, f"{kind}Reference", "id")
    assert references == ["2", "4", "3"]
    notes = dict(read_notes(made.data, kind))
    assert [notes[number] for number in references] == [
        *(f"注：{group['name'] if '{' in text else text}" for group in GROUPS),
        "另注 某企业",
    ]
    assert set(notes) == {"-1", "2", "3", "4"}
    check_schema(made.data)


def test_a_note_in_a_row_and_in_a_line_that_is_repeated() -> None:
    def make(document: Any) -> None:
        table = add_table(document, ("{%tr for x in items %}",), ("{{ x }}",), ("{%tr endfor %}",))
        add_xml(table.cell(1, 0).paragraphs[0], '<w:r><w:footnoteReference w:id="2"/></w:r>')
        line = document.add_paragraph("{% for y in items %}{{ y }}")
        add_xml(line, '<w:r><w:footnoteReference w:id="3"/></w:r><w:r><w:t>{% endfor %}</w:t></w:r>')

    made = render(with_notes("footnote", make, "第{{ x }}行"), items=["甲", "乙"], name="名").data
    references = list_values(made, "footnoteReference", "id")
    assert len(set(references)) == 4
    notes = dict(read_notes(made, "footnote"))
    assert [notes[number] for number in references] == ["注：第甲行", "注：第乙行", "另注 名", "另注 名"]


def test_a_note_of_a_loop_that_never_turns_goes_away() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        add_xml(document.add_paragraph("{{ x }}"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
        document.add_paragraph("{%p endfor %}")

    made = render(with_notes("footnote", make, "{{ x }}"), items=[], name="名")
    assert made.diagnostics == ()
    assert [number for number, _ in read_notes(made.data, "footnote")] == ["-1", "3"]


def test_a_fault_in_a_note_is_told_with_the_paragraph_of_its_reference() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        add_xml(document.add_paragraph("{{ x }}"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
        document.add_paragraph("{%p endfor %}")
        document.add_paragraph("{{ gone }}")

    made = render(with_notes("footnote", make, "{{ lost }}"), items=[1], name="名")
    assert [(it.code, it.location.paragraph) for it in made.diagnostics] == [("T120", 2), ("T120", 4)]


# Lists


def numbered(document: Any, text: str, number: int = 1, level: int = 0) -> Any:
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr xmlns:w="{MAIN}"><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


def count_items(data: bytes) -> list[str]:
    """Each numbered paragraph with its number, as Word counts: by list, begun anew by a start of its own."""
    document = docx.Document(io.BytesIO(data))
    numbering = document.part.numbering_part.element
    styles = {style.style_id: style.element for style in document.styles}
    counters: dict[str, int] = {}
    begun: set[str] = set()
    lines = []
    for paragraph in document.element.body.iter(qn("w:p")):
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if own is None and style is not None:
            own = styles[style.get(qn("w:val"))].find(f"{W}pPr/{W}numPr")
        if own is None:
            continue
        number = own.find(f"{W}numId").get(qn("w:val"))
        level = "0" if own.find(f"{W}ilvl") is None else own.find(f"{W}ilvl").get(qn("w:val"))
        if level != "0":
            continue
        (num,) = [num for num in numbering.iter(f"{W}num") if num.get(qn("w:numId")) == number]
        abstract = num.find(f"{W}abstractNumId").get(qn("w:val"))
        if number not in begun and num.find(f"{W}lvlOverride/{W}startOverride") is not None:
            counters[abstract] = 0
        begun.add(number)
        counters[abstract] = counters.get(abstract, 0) + 1
        text = "".join(found.text or "" for found in paragraph.iter(f"{W}t"))
        lines.append(f"{counters[abstract]}{text}")
    return lines


def test_a_list_in_a_loop_begins_anew_with_each_turn() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in groups %}")
        document.add_paragraph("{{ x.name }}")
        numbered(document, "子")
        numbered(document, "丑")
        document.add_paragraph("{%p endfor %}")

    made = render(build(make), groups=[*GROUPS, *GROUPS]).data
    assert count_items(made) == ["1子", "2丑"] * 4
    assert len(set(list_values(made, "numId"))) == 4
    check_schema(made)


def test_a_single_item_in_a_loop_goes_on_counting() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        numbered(document, "{{ x }}")
        numbered(document, "下级", level=1)
        document.add_paragraph("{%p endfor %}")

    made = render(build(make), items=["甲", "乙", "丙"]).data
    assert count_items(made) == ["1甲", "2乙", "3丙"]


def test_an_inner_loop_goes_on_and_the_outer_one_begins_anew() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in groups %}")
        table = add_table(document, ("{%tr for y in x.lines %}", ""), ("", "{{ y }}"), ("{%tr endfor %}", ""))
        properties = table.cell(1, 0).paragraphs[0]._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr xmlns:w="{MAIN}"><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'))
        document.add_paragraph("{%p endfor %}")

    made = render(build(make), groups=GROUPS).data
    assert count_items(made) == ["1", "2", "1"]


def test_a_list_that_goes_on_outside_of_the_loop_is_one_list() -> None:
    def make(document: Any) -> None:
        numbered(document, "前")
        document.add_paragraph("{%p for x in items %}")
        numbered(document, "{{ x }}")
        numbered(document, "又")
        document.add_paragraph("{%p endfor %}")

    assert count_items(render(build(make), items=["甲", "乙"]).data) == ["1前", "2甲", "3又", "4乙", "5又"]


def test_an_item_in_a_text_box_is_one_though_word_keeps_it_twice() -> None:
    number = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    inner = f"<w:p>{number}<w:r><w:t>{{{{ x }}}}</w:t></w:r></w:p>"
    box = f"<w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict>"
    both = f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'

    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        add_xml(document.add_paragraph("框"), f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>")
        document.add_paragraph("{%p endfor %}")

    assert set(list_values(render(build(make), items=[1, 2]).data, "numId")) == {"1"}


def test_branches_of_a_condition_are_one_item() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        document.add_paragraph("{%p if x == 1 %}")
        numbered(document, "一")
        document.add_paragraph("{%p else %}")
        numbered(document, "他")
        document.add_paragraph("{%p endif %}")
        document.add_paragraph("{%p endfor %}")

    assert count_items(render(build(make), items=[1, 2, 3]).data) == ["1一", "2他", "3他"]


def test_a_list_that_a_style_numbers_begins_anew_and_keeps_the_styles_indent() -> None:
    def make(document: Any) -> None:
        style = document.styles["List Number"].element.get_or_add_pPr()
        for old in style.findall(f"{W}ind"):
            style.remove(old)
        indent = parse_xml(f'<w:ind xmlns:w="{MAIN}" w:left="999" w:hanging="360"/>')
        style.find(f"{W}numPr").addnext(indent)
        document.add_paragraph("{%p for x in items %}")
        document.add_paragraph("{{ x }}", style="List Number")
        document.add_paragraph("又", style="List Number")
        document.add_paragraph("{%p endfor %}")

    made = render(build(make), items=["甲", "乙"]).data
    assert count_items(made) == ["1甲", "2又", "1乙", "2又"]
    assert set(list_values(made, "ind", "left")) == {"999"}
    check_schema(made)


def test_a_narrative_in_a_numbered_paragraph_stands_in_the_same_list() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        numbered(document, "{{p x }}")
        numbered(document, "又")
        document.add_paragraph("{%p endfor %}")

    assert count_items(render(build(make), items=["甲", "乙"]).data) == ["1甲", "2又", "1乙", "2又"]


def test_documents_with_different_lists_go_into_one_file() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{%p for x in items %}")
        numbered(document, "{{ x }}")
        numbered(document, "又")
        document.add_paragraph("{%p endfor %}")

    first, second = (render(build(make), items=items).data for items in (["甲"], ["乙", "丙", "丁"]))
    merged = MergedDocument(first)
    assert merged.fits(second)
    for data in (first, second):
        merged.add(data)
    assert count_items(merged.finish("合")) == ["1甲", "2又", "1乙", "2又", "1丙", "2又", "1丁", "2又"]
