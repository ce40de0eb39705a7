"""Prose in the template's styles, or in the format of the paragraph that the tag stood in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt
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
)

from docgen.content.blocks import Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.model import Narrative
from docgen.render.docx.output.narrative import list_lines, number_heading, share_width
from docgen.render.docx.wordml.text import measure_width
from docgen.render.values.values import Missing

PARAGRAPH_STYLES = (
    *("DocgenBody", "DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4", "DocgenListItem"),
    *("DocgenTableText", "DocgenTableHeader", "DocgenCaption", "DocgenPicture"),
)


def text(content: str, **how: bool) -> tuple[Run, ...]:
    return (Run(content, **how),)


def paragraph(content: str) -> Paragraph:
    return Paragraph(text(content))


def item(*blocks: Any) -> tuple[Any, ...]:
    return blocks


TABLE = Table(((text("指标"), text("数值")), (text("合格率"), text("98.5%"))), 1, "指标对比")
BLOCKS = (
    Paragraph((Run("正文"), Run("重点", bold=True), Run("第二行\n换行"))),
    Heading(1, "现状"),
    Heading(2, "设备"),
    Heading(3, "检测"),
    Heading(2, "人员"),
    Heading(1, "问题"),
    Heading(2, "制度"),
    TABLE,
    ListBlock(True, (item(paragraph("甲")), item(paragraph("乙"), ListBlock(True, (item(paragraph("丙")),))))),
    ListBlock(False, (item(paragraph("丁")), item(paragraph("戊"), ListBlock(False, (item(paragraph("己")),))))),
    Picture(PurePosixPath("照片/a.png"), "现场"),
    Picture(PurePosixPath("照片/a.png")),
)
NARRATIVE = Narrative(BLOCKS)
NUMBERED = ["（一）现状", "1.设备", "（1）检测", "2.人员", "（二）问题", "1.制度"]


PICTURES = {PurePosixPath("照片/a.png"): make_picture()}


def styled(document: Any) -> None:
    for name in PARAGRAPH_STYLES:
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    document.styles.add_style("DocgenTable", WD_STYLE_TYPE.TABLE).base_style = document.styles["Table Grid"]


def make_styled(document: Any) -> None:
    styled(document)
    document.add_paragraph("{{p body }}")


def make_bare(document: Any) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run("{{p body }}").font.size = Pt(14)
    paragraph.paragraph_format.first_line_indent = Pt(28)


def test_blocks_take_the_styles_of_the_template() -> None:
    rendered = render(build(make_styled), body=NARRATIVE, pictures=PICTURES)
    assert rendered.diagnostics == ()
    check_schema(rendered.data)
    document = open_rendered(rendered)
    found = [(it.style.name, it.text) for it in document.paragraphs]
    assert found == [
        ("DocgenBody", "正文重点第二行\n换行"),
        ("DocgenHeading2", "（一）现状"),
        ("DocgenHeading3", "1.设备"),
        ("DocgenHeading4", "（1）检测"),
        ("DocgenHeading3", "2.人员"),
        ("DocgenHeading2", "（二）问题"),
        ("DocgenHeading3", "1.制度"),
        ("DocgenCaption", "表1　指标对比"),
        ("DocgenListItem", "1.甲"),
        ("DocgenListItem", "2.乙"),
        ("DocgenListItem", "（1）丙"),
        ("DocgenListItem", "——丁"),
        ("DocgenListItem", "——戊"),
        ("DocgenListItem", "·己"),
        ("DocgenPicture", ""),
        ("DocgenCaption", "图1　现场"),
        ("DocgenPicture", ""),
    ]
    assert [run.bold for run in document.paragraphs[0].runs] == [None, True, None]
    table = document.tables[0]
    assert table.style.name == "DocgenTable"
    assert [cell.paragraphs[0].style.name for cell in table.columns[0].cells] == [
        "DocgenTableHeader",
        "DocgenTableText",
    ]
    assert table.rows[0]._tr.find(f"{W}trPr/{W}tblHeader") is not None
    assert table.rows[1]._tr.find(f"{W}trPr/{W}tblHeader") is None


def test_without_styles_the_paragraph_of_the_tag_sets_the_format() -> None:
    rendered = render(build(make_bare), body=NARRATIVE, pictures=PICTURES)
    assert rendered.diagnostics == ()
    check_schema(rendered.data)
    document = open_rendered(rendered)
    assert [it.text for it in document.paragraphs][1:7] == NUMBERED
    first, heading = document.paragraphs[:2]
    assert first.paragraph_format.first_line_indent == Pt(28)
    assert {run.font.size for run in first.runs} == {Pt(14)}
    assert heading.runs[0].bold
    assert document.tables[0].rows[1].cells[0].paragraphs[0].runs[0].font.size == Pt(10.5)


@pytest.mark.parametrize(("level", "expected"), [(0, "一、现状"), (1, "（一）现状"), (2, "1.现状"), (3, "（1）现状")])
def test_the_tag_says_under_which_level_the_narrative_stands(level: int, expected: str) -> None:
    body = Narrative((Heading(1, "现状"),))
    assert read_texts(render(of_paragraphs(f"{{{{p body|under({level}) }}}}"), body=body)) == [expected]


@pytest.mark.parametrize(
    "typed", ["一、现状", "（一）现状", "(一)现状", "1.现状", "1、现状", "（1） 现状", "1. 现状", "①现状", "十二、现状"]
)
def test_a_number_that_the_author_typed_gives_way(typed: str) -> None:
    assert read_texts(render(of_paragraphs("{{p body }}"), body=Narrative((Heading(1, typed),)))) == ["（一）现状"]


@pytest.mark.parametrize("title", ["5S管理", "1.5倍的提升", "一批产品", "2024年计划"])
def test_a_title_that_begins_like_a_number_is_kept(title: str) -> None:
    assert read_texts(render(of_paragraphs("{{p body }}"), body=Narrative((Heading(1, title),)))) == [f"（一）{title}"]


def test_captions_are_counted_through_the_document() -> None:
    data = of_paragraphs("{%p for body in bodies %}", "{{p body }}", "{%p endfor %}")
    rendered = render(data, bodies=[NARRATIVE, NARRATIVE], pictures=PICTURES)
    assert [it for it in read_texts(rendered) if it.startswith(("表", "图"))] == [
        "表1　指标对比",
        "图1　现场",
        "表2　指标对比",
        "图2　现场",
    ]
    check_schema(rendered.data)


def test_in_a_cell_everything_takes_the_format_of_the_cell() -> None:
    def make(document: Any) -> None:
        styled(document)
        add_table(document, ("说明", "{{p body }}"))

    rendered = render(build(make), body=NARRATIVE, pictures=PICTURES)
    check_schema(rendered.data)
    cell = open_rendered(rendered).tables[0].cell(0, 1)
    assert cell.paragraphs[0].style.name == "Normal"
    assert cell.paragraphs[1].text == "（一）现状"
    assert len(cell.tables) == 1


def test_a_cell_does_not_end_with_a_table() -> None:
    rendered = render(build(lambda it: add_table(it, ("{{p body }}", "乙"))), body=Narrative((TABLE, TABLE)))
    check_schema(rendered.data)
    assert "</w:tbl></w:tc>" not in read_part(rendered.data)


def test_tables_without_captions_do_not_touch() -> None:
    bare = Table(TABLE.rows)
    xml = read_part(render(of_paragraphs("{{p body }}"), body=Narrative((bare, bare))).data)
    assert "</w:tbl><w:tbl>" not in xml


def test_text_in_place_of_a_paragraph_keeps_its_format() -> None:
    rendered = render(build(make_bare), body="第一段 <1>\n第二段")
    assert read_texts(rendered) == ["第一段 <1>", "第二段"]
    assert {it.paragraph_format.first_line_indent for it in open_rendered(rendered).paragraphs} == {Pt(28)}


def test_a_missing_narrative() -> None:
    missing = Missing("report.body", "现状", "error")
    rendered = render(of_paragraphs("前", "{{p body }}", "后"), body=missing)
    assert rendered.missing == (missing,)
    assert read_texts(rendered) == ["前", "【缺：现状】", "后"]
    blank = Missing("report.body", "现状", "blank")
    assert read_texts(render(of_paragraphs("前", "{{p body }}", "后"), body=blank)) == ["前", "后"]
    in_cell = render(build(lambda it: add_table(it, ("{{p body }}", "乙"))), body=blank)
    assert read_rows(in_cell) == [["", "乙"]]
    check_schema(in_cell.data)


def test_a_narrative_in_a_line_of_text_is_its_prose() -> None:
    body = Narrative((paragraph("甲"), paragraph("乙")))
    assert read_texts(render(of_paragraphs("说明：{{ body }}"), body=body)) == ["说明：甲\n乙"]
    rendered = render(of_paragraphs("说明：{{ body }}"), body=NARRATIVE)
    assert [it.code for it in rendered.diagnostics] == ["T127"]


def test_chinese_runs_ask_for_the_chinese_font() -> None:
    body = Narrative((paragraph("“引号”"), paragraph("plain")))
    xml = read_part(render(of_paragraphs("{{p body }}"), body=body).data)
    assert xml.count('w:hint="eastAsia"') == 1


def test_values_in_a_narrative_are_text_alone() -> None:
    body = Narrative((paragraph("{{ 7*7 }} <w:br/> &"), Heading(1, "<b>")))
    assert read_texts(render(of_paragraphs("{{p body }}"), body=body)) == ["{{ 7*7 }} <w:br/> &", "（一）<b>"]


def test_a_picture_that_is_not_there_is_reported() -> None:
    rendered = render(of_paragraphs("{{p body }}"), body=NARRATIVE)
    assert [(it.code, it.params["path"]) for it in rendered.diagnostics] == [("T126", "照片/a.png")]
    assert "【缺：照片/a.png】" in read_texts(rendered)
    check_schema(rendered.data)


def test_pictures_can_be_asked_for_one_by_one() -> None:
    asked: list[Picture] = []

    def load(wanted: Picture) -> bytes:
        asked.append(wanted)
        return make_picture()

    rendered = render(of_paragraphs("{{p body }}"), body=NARRATIVE, pictures=load)
    assert rendered.diagnostics == ()
    assert [it.caption for it in asked] == ["现场", None]


def test_widths_follow_the_content_and_add_up() -> None:
    table = Table(((text("序号"), text("很长很长的一栏内容")), (text("1"), text("x"))))
    narrow, wide = share_width(table, 2, 8845)
    assert narrow < wide
    assert narrow + wide == 8845


def test_a_column_of_dates_holds_from_when_to_when_in_one_line() -> None:
    when, words = "2024年11月—2025年1月", "内部审核、管理评审、整改，编写案例"
    needed = measure_width(when) * 105

    def share(*row: str) -> list[int]:
        return share_width(Table((tuple(map(text, row)),)), len(row), 8845)

    assert share(words, words, when)[2] >= needed
    assert share(words[:8], words, when, words[:6])[2] >= needed
    assert sum(share(when, when)) == 8845


def test_a_figure_that_begins_an_item_stands_apart_from_its_number() -> None:
    items = ListBlock(True, (item(paragraph("3月完成")), item(paragraph("完成")), item(paragraph("2家"))))
    assert ["".join(run.text for run in line) for line in list_lines((items,))] == ["1. 3月完成", "2.完成", "3. 2家"]
    assert number_heading("2024年", 3, 1) == "1. 2024年"
    assert number_heading("2024年", 1, 1) == "一、2024年"
