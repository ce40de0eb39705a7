"""Formats that a value brings along, lines that become paragraphs, and ends that stay with what follows."""

from __future__ import annotations

import io
from typing import Any

import docxtpl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from lxml import etree
from support.render_docx_support import (
    W,
    add_table,
    build,
    check_schema,
    make_picture,
    of_paragraphs,
    open_rendered,
    read_part,
    read_rows,
    read_texts,
    render,
    text_boxes,
)

from docgen.content.blocks import Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.model import Narrative
from docgen.render.values.values import Missing, RichRun, RichText

pytestmark = pytest.mark.heavy

RICH = RichText(
    (
        RichRun("平"),
        RichRun("<粗>&", bold=True),
        RichRun("斜", italic=True, underline=True),
        RichRun("红", colour="FF0000", size=16),
        RichRun("删", strike=True),
        RichRun("2", position="superscript"),
    )
)


def label(document: Any) -> None:
    paragraph = document.add_paragraph("甲")
    run = paragraph.add_run("{{r value }}")
    run.font.size, run.font.name = Pt(12), "黑体"
    paragraph.add_run("乙").bold = True


def describe(run: Any) -> tuple[Any, ...]:
    font = run.font
    colour = str(font.color.rgb) if font.color.rgb else None
    size = font.size.pt if font.size else None
    return run.text, font.bold, font.italic, font.underline, font.strike, colour, size, font.superscript


def test_rich_text_goes_on_top_of_the_format_of_the_tag() -> None:
    rendered = render(build(label), value=RICH)
    assert rendered.diagnostics == ()
    runs = [describe(run) for run in open_rendered(rendered).paragraphs[0].runs if run.text]
    assert runs == [
        ("甲", None, None, None, None, None, None, None),
        ("平", None, None, None, None, None, 12, None),
        ("<粗>&", True, None, None, None, None, 12, None),
        ("斜", None, True, True, None, None, 12, None),
        ("红", None, None, None, None, "FF0000", 16, None),
        ("删", None, None, None, True, None, 12, None),
        ("2", None, None, None, None, None, 12, True),
        ("乙", True, None, None, None, None, None, None),
    ]
    assert {run.font.name for run in open_rendered(rendered).paragraphs[0].runs[1:7]} == {"黑体"}
    check_schema(rendered.data)


def test_rich_text_says_what_docxtpls_says() -> None:
    theirs = docxtpl.RichText()
    ours: list[RichRun] = []
    for text, how in (
        ("甲&", {}),
        ("乙", {"bold": True}),
        ("丙", {"italic": True, "color": "00FF00"}),
        ("丁", {"size": 40}),
    ):
        theirs.add(text, **how)
        named = {"colour" if key == "color" else key: value for key, value in how.items()}
        named["size"] = named["size"] / 2 if "size" in named else None
        ours.append(RichRun(text, **named))

    def make(document: Any) -> None:
        document.add_paragraph("前").add_run("{{r value }}")

    oracle = docxtpl.DocxTemplate(io.BytesIO(build(make)))
    oracle.render({"value": theirs}, autoescape=True)
    out = io.BytesIO()
    oracle.save(out)
    expected = [describe(run) for run in oracle.docx.paragraphs[0].runs if run.text]
    rendered = render(build(make), value=RichText(tuple(ours)))
    assert [describe(run) for run in open_rendered(rendered).paragraphs[0].runs if run.text] == expected


@pytest.mark.parametrize("expression", ["value", "value ~ ''", "value if true", "[value]|first"])
def test_rich_text_is_never_lost(expression: str) -> None:
    assert read_texts(render(of_paragraphs(f"：{{{{ {expression} }}}}"), value=RICH)) == ["：平<粗>&斜红删2"]


def test_rich_text_where_no_format_can_be_is_its_text() -> None:
    def make(document: Any) -> None:
        document.core_properties.title = "{{ value }}"
        link = f'<w:hyperlink xmlns:w="{W[1:-1]}" w:tooltip="{{{{ value }}}}"><w:r><w:t>链</w:t></w:r></w:hyperlink>'
        document.add_paragraph("{{ value }}")._p.append(parse_xml(link))

    rendered = render(build(make), value=RICH)
    assert open_rendered(rendered).core_properties.title == RICH.text
    assert 'w:tooltip="平&lt;粗&gt;&amp;斜红删2"' in read_part(rendered.data).replace("<粗>", "&lt;粗&gt;")
    check_schema(rendered.data)


@pytest.mark.parametrize("how", [{"colour": "red"}, {"size": 0.3}, {"size": 12.3}, {"position": "middle"}])
def test_a_format_that_word_cannot_hold_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"colour|size|position"):
        RichRun("甲", **how)


def test_a_narrative_in_a_line_keeps_bold_and_its_marks() -> None:
    inner = ListBlock(True, ((Paragraph((Run("丙"),)),),))
    blocks = (
        Paragraph((Run("甲"), Run("重", bold=True))),
        Heading(1, "乙"),
        ListBlock(False, ((Paragraph((Run("丁"),)), inner),)),
    )
    rendered = render(of_paragraphs("说明：{{ body }}。"), body=Narrative(blocks))
    assert rendered.diagnostics == ()
    assert read_texts(rendered) == ["说明：甲重\n乙\n——丁\n（1）丙。"]
    assert [run.text for run in open_rendered(rendered).paragraphs[0].runs if run.bold] == ["重", "乙"]
    check_schema(rendered.data)


LINES = "第一行\n第二行\n\n第四行"


def alone(document: Any) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run("{{ value }}").font.size = Pt(14)
    paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.page_break_before = True


def test_lines_alone_in_a_paragraph_become_paragraphs() -> None:
    rendered = render(build(alone), value=LINES)
    document = open_rendered(rendered)
    assert [it.text for it in document.paragraphs] == LINES.split("\n")
    assert {it.alignment for it in document.paragraphs} == {WD_ALIGN_PARAGRAPH.RIGHT}
    assert {it.runs[0].font.size for it in document.paragraphs} == {Pt(14)}
    assert [it.paragraph_format.page_break_before for it in document.paragraphs] == [True, None, None, None]
    check_schema(rendered.data)


def indented(document: Any) -> None:
    style = document.styles.add_style("正文缩进", WD_STYLE_TYPE.PARAGRAPH)
    indent = OxmlElement("w:ind")
    indent.set(qn("w:firstLineChars"), "200")
    style.element.get_or_add_pPr().append(indent)
    child = document.styles.add_style("正文缩进二", WD_STYLE_TYPE.PARAGRAPH)
    child.base_style = style
    document.add_paragraph("说明：{{ value }}（完）", style=child)
    document.add_paragraph("说明：{{ value }}（完）", style=style).paragraph_format.first_line_indent = Pt(0)
    document.add_paragraph("说明：{{ value }}（完）", style=style).paragraph_format.first_line_indent = Pt(-20)
    document.add_paragraph("说明：{{ value }}（完）").paragraph_format.first_line_indent = Pt(20)
    document.add_paragraph("说明：{{ value }}（完）")


def test_in_an_indented_paragraph_each_line_is_one_too() -> None:
    rendered = render(build(indented), value="一\n二")
    assert read_texts(rendered) == [
        *("说明：一", "二（完）"),
        "说明：一\n二（完）",
        "说明：一\n二（完）",
        *("说明：一", "二（完）"),
        "说明：一\n二（完）",
    ]
    assert [it.style.name for it in open_rendered(rendered).paragraphs[:2]] == ["正文缩进二"] * 2
    check_schema(rendered.data)


def test_lines_stay_in_one_numbered_paragraph_heading_and_link() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{{ value }}", style="List Number")
        document.add_paragraph("{{ value }}", style="Heading 2")
        link = f'<w:hyperlink xmlns:w="{W[1:-1]}" w:anchor="a"><w:r><w:t>{{{{ value }}}}</w:t></w:r></w:hyperlink>'
        document.add_paragraph()._p.append(parse_xml(link))

    rendered = render(build(make), value="一\n二")
    assert read_texts(rendered) == ["一\n二"] * 3
    check_schema(rendered.data)


def test_the_same_tag_inside_and_outside_of_a_link() -> None:
    def make(document: Any) -> None:
        link = f'<w:hyperlink xmlns:w="{W[1:-1]}" w:anchor="a"><w:r><w:t>{{{{ value }}}}</w:t></w:r></w:hyperlink>'
        paragraph = document.add_paragraph()
        paragraph.add_run("{{ value }}")
        paragraph._p.append(parse_xml(link))
        paragraph.add_run("{{ value }}")

    rendered = render(build(make), value="一\n二")
    assert "".join(etree.fromstring(read_part(rendered.data).encode()).itertext()) == "一二一二一二"
    check_schema(rendered.data)


def test_lines_in_conditions_loops_cells_and_formats() -> None:
    def make(document: Any) -> None:
        document.add_paragraph("{% if value %}{{ value }}{% else %}{{ other }}{% endif %}")
        document.add_paragraph("{% for x in [value, other] %}{{ x }}{% endfor %}")
        add_table(document, ("{{ value }}", "{{ other }}"))
        paragraph = document.add_paragraph()
        paragraph.add_run("{{ value }}").bold = True
        paragraph.add_run("{{ other }}").italic = True

    rendered = render(build(make), value="一\n二", other="三")
    assert read_texts(rendered) == ["一", "二", "一", "二三", "一", "二三"]
    assert read_rows(rendered) == [["一\n二", "三"]]
    last = open_rendered(rendered).paragraphs[-1]
    assert [(run.bold, run.italic) for run in last.runs if run.text] == [(True, None), (None, True)]
    check_schema(rendered.data)


def test_a_text_box_of_lines_in_both_branches() -> None:
    rendered = render(build(text_boxes), name="一\n二", items=["甲\n乙"], place={"street": "丙"})
    assert rendered.diagnostics == ()
    root = etree.fromstring(read_part(rendered.data).encode())
    boxes = ["".join(box.itertext()) for box in root.iter(f"{W}txbxContent")]
    assert boxes == ["框内 甲乙 一二"] * 2
    check_schema(rendered.data)


TABLE = Table((((Run("指标"),), (Run("数值"),)), ((Run("甲"),), (Run("1"),))), 1, None)


def kept(data: bytes) -> list[str]:
    root = etree.fromstring(read_part(data).encode())
    found = [it for it in root.iter(f"{W}p") if it.find(f"{W}pPr/{W}keepNext") is not None]
    return ["".join(it.itertext()) for it in found]


@pytest.mark.parametrize(("lines", "stay"), [(1, 0), (2, 1), (5, 1)])
def test_the_first_two_lines_of_a_room_to_write_stay_together(lines: int, stay: int) -> None:
    blocks = (Heading(1, "甲"), *(Paragraph(()),) * lines, Heading(1, "乙"), *(Paragraph(()),) * lines)
    rendered = render(of_paragraphs("前", "{{p body }}", "后"), body=Narrative(blocks))
    assert kept(rendered.data) == [""] * stay * 2
    check_schema(rendered.data)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((Paragraph((Run("甲"),)), Paragraph((Run("乙"),))), ["甲", "乙"]),
        ((Paragraph((Run("乙" * 40),)),) * 2, ["乙" * 40]),
        ((Paragraph((Run("甲"),)), *(Paragraph((Run(""),)),) * 3), ["甲", "", "", ""]),
        ((Paragraph((Run("甲"),)), TABLE), ["指标", "数值", "甲", "1", ""]),
        ((Heading(1, "甲"),), ["（一）甲"]),
        ((ListBlock(True, ((Paragraph((Run("甲"),)),), (Paragraph((Run("乙"),)),))),), ["1.甲", "2.乙"]),
        ((), []),
    ],
    ids=("text", "long text", "room to write", "table", "heading", "list", "nothing"),
)
def test_the_end_stays_with_what_follows(blocks: Any, expected: list[str]) -> None:
    for tag in ("{{p body|keep }}", "{{p body|keep(1 == 1)|under(1) }}", "{{p body|under(1)|keep }}"):
        rendered = render(of_paragraphs("前", tag, "署名"), body=Narrative(blocks))
        assert kept(rendered.data) == expected
        check_schema(rendered.data)


def test_keep_with_next_on_the_tag_means_its_end() -> None:
    def make(document: Any) -> None:
        paragraph = document.add_paragraph("{{p body }}")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.page_break_before = True

    for value in (Narrative((Paragraph((Run("甲"),)), Paragraph((Run("乙" * 40),)))), "甲\n乙"):
        rendered = render(build(make), body=value)
        document = open_rendered(rendered)
        formats = [it.paragraph_format for it in document.paragraphs]
        assert [it.keep_with_next for it in formats] == [None, True]
        assert [it.page_break_before for it in formats] == [True, None]
        check_schema(rendered.data)


def test_what_is_not_wanted_is_not_kept() -> None:
    body = Narrative((Paragraph((Run("甲"),)),))
    assert kept(render(of_paragraphs("{{p body|keep(1 == 2) }}"), body=body).data) == []
    missing = Missing("a", "甲", "draft")
    assert read_texts(render(of_paragraphs("{{p body|keep }}"), body=missing)) == ["【缺：甲】"]


def test_a_caption_that_ends_a_narrative_is_kept() -> None:
    from pathlib import PurePosixPath

    body = Narrative((Picture(PurePosixPath("a.png"), "现场"),))
    rendered = render(of_paragraphs("{{p body|keep }}"), body=body, pictures={PurePosixPath("a.png"): make_picture()})
    assert kept(rendered.data) == ["", "图1　现场"]


def test_colours_are_those_of_word() -> None:
    rendered = render(build(label), value=RichText((RichRun("红", colour="ff0000"),)))
    assert open_rendered(rendered).paragraphs[0].runs[2].font.color.rgb == RGBColor(255, 0, 0)
