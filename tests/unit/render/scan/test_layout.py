"""What makes a Word template look different elsewhere is told, at the paragraph where it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.run import Run
from support.render_docx_support import add_table, build
from support.scan_support import NAME, read_message

from docgen.diagnostics import Diagnostic, Severity
from docgen.render.scan.docx import read_docx_source
from docgen.render.scan.layout import check_layout
from docgen.resources import shipped_folder

SHIPPED = sorted(shipped_folder("templates").rglob("*.docx"))


def look(make: Callable[[Document], None], *, is_report: bool = False, plain: bool = True) -> list[Diagnostic]:
    """The layout warnings of a template whose default fonts are named, unless ``plain`` is off."""

    def fill(document: Document) -> None:
        if plain:
            name_fonts(document)
        make(document)

    return check_layout(read_docx_source(build(fill), NAME), is_report)


def name_fonts(document: Document) -> None:
    for fonts in list(document.styles.element.iter(qn("w:rFonts"))):
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for kind in ("ascii", "hAnsi"):
            fonts.set(qn(f"w:{kind}"), "Times New Roman")
        fonts.set(qn("w:eastAsia"), "宋体")


def list_places(found: list[Diagnostic]) -> list[tuple[str, int | None]]:
    assert all(item.severity is Severity.WARNING for item in found)
    return [(item.code, item.location.paragraph) for item in found]


def set_fonts(run: Run, **fonts: str) -> None:
    element = run._r.get_or_add_rPr().get_or_add_rFonts()
    for kind, font in fonts.items():
        element.set(qn(f"w:{kind}"), font)


def test_named_fonts_are_left_alone() -> None:
    assert look(lambda document: document.add_paragraph("汉字 {{ dated }}") and None) == []


def test_latin_text_needs_no_chinese_font() -> None:
    assert look(lambda document: document.add_paragraph("plain text") and None, plain=False) == []


def test_theme_fonts_are_told_once_for_each_style() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("plain")
        document.add_paragraph("汉字")
        document.add_paragraph("汉字")

    found = look(make, plain=False)
    assert list_places(found) == [("T322", 2)]
    assert "文档默认格式" in read_message(found[0])
    assert found[0].location.excerpt == "汉字"


def test_theme_fonts_of_a_style_and_of_a_run() -> None:
    def make(document: Document) -> None:
        fonts = document.styles["Heading 1"].element.rPr.rFonts
        fonts.set(qn("w:eastAsiaTheme"), "majorEastAsia")
        document.add_paragraph("汉字")
        document.add_paragraph("题目", style="Heading 1")
        set_fonts(document.add_paragraph().add_run("汉字"), eastAsiaTheme="minorEastAsia")

    found = look(make)
    assert list_places(found) == [("T322", 2), ("T322", 3)]
    assert "样式“heading 1”" in read_message(found[0])
    assert "这里的文字" in read_message(found[1])


def test_a_chinese_font_set_for_latin_text_alone() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("汉字")
        document.add_paragraph().add_run("仿宋字").font.name = "仿宋_GB2312"
        document.add_paragraph().add_run("{{ dated }}").font.name = "SimSun"
        document.add_paragraph().add_run("汉字").font.name = "Arial"

    found = look(make)
    assert list_places(found) == [("T323", 2), ("T323", 3)]
    assert "仿宋_GB2312" in read_message(found[0])


def test_no_chinese_font_at_all() -> None:
    def make(document: Document) -> None:
        for fonts in list(document.styles.element.iter(qn("w:rFonts"))):
            del fonts.attrib[qn("w:eastAsia")]
        document.add_paragraph("plain")
        document.add_paragraph("汉字")
        set_fonts(document.add_paragraph().add_run("汉字"), eastAsia="宋体")

    found = look(make)
    assert list_places(found) == [("T328", 2)]
    assert found[0].params["font"] == ""


def test_margins_of_reports() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("一")
        document.add_paragraph("末段")
        section = document.sections[0]
        section.top_margin, section.left_margin = Mm(37), Mm(28)
        section.right_margin, section.bottom_margin = Mm(26), Mm(20)

    found = look(make, is_report=True)
    assert list_places(found) == [("T324", 2)]
    assert "下 20.0 毫米（应为 35）" in read_message(found[0])
    assert "上" not in read_message(found[0]).partition("。")[0]
    assert look(make) == []


def test_exact_spacing_in_tables() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("表外").paragraph_format.line_spacing = Pt(28)
        style = document.styles["Body Text"]
        style.paragraph_format.line_spacing = Pt(20)
        table = fix(add_table(document, ("甲", "乙"), ("丙", "丁")))
        table.cell(0, 1).paragraphs[0].paragraph_format.line_spacing = Pt(28)
        table.cell(1, 0).paragraphs[0].style = style

    found = look(make)
    assert list_places(found) == [("T325", 3)]
    assert found[0].params["count"] == 2


def fix(table: object) -> object:
    layout = OxmlElement("w:tblLayout")
    layout.set(qn("w:type"), "fixed")
    table._tbl.tblPr.append(layout)  # type: ignore[attr-defined]
    return table


def test_tables_without_widths() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("表外")
        fix(add_table(document, ("甲", "乙")))
        add_table(document, ("丙", "丁"))
        loose = fix(add_table(document, ("戊", "己")))
        loose._tbl.remove(loose._tbl.tblGrid)  # type: ignore[attr-defined]
        width = loose._tbl.findall(f".//{qn('w:tcW')}")[1]  # type: ignore[attr-defined]
        width.getparent().remove(width)

    found = look(make)
    assert list_places(found) == [("T326", 4), ("T326", 6)]
    assert "固定布局" in read_message(found[0])
    assert "栏宽（tblGrid）、单元格宽度（tcW）" in read_message(found[1])


def test_contents_fields() -> None:
    def make(document: Document) -> None:
        document.add_paragraph("目录")
        run = document.add_paragraph().add_run()
        instruction = OxmlElement("w:instrText")
        instruction.text = ' TOC \\o "1-3" \\h '
        run._r.append(instruction)
        page = document.add_paragraph().add_run()
        other = OxmlElement("w:instrText")
        other.text = " PAGE "
        page._r.append(other)

    assert list_places(look(make)) == [("T327", 2)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_templates_have_a_sound_layout(path: Path) -> None:
    source = read_docx_source(path.read_bytes(), path.name)
    assert check_layout(source, path.name == "report.docx") == []
