"""Word files that people wrote: what is read of them, what is left aside, which lines are headings."""
# ruff: noqa: E501 - markup reads best in one line

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from support.content_support import NAMESPACES, bold, item, paragraph, run, table, write_docx

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.count import count_prose
from docgen.content.docx.read import read_docx
from docgen.content.model import DocumentContent
from docgen.errors import SourceError

LONG = "企业成立于二〇一二年，主要生产灭火器，员工四十六人，产品销往淮海经济区各地，以工程配套为主。"


def read(tmp_path: Path, body: str) -> DocumentContent:
    return read_docx(write_docx(tmp_path / "文稿.docx", body))


def read_blocks(tmp_path: Path, body: str) -> tuple[Block, ...]:
    content = read(tmp_path, body)
    assert content.sections == ()
    return content.preamble


def read_text(tmp_path: Path, inner: str) -> str:
    blocks = read_blocks(tmp_path, f"<w:p>{inner}</w:p>")
    return "|".join(block.text for block in blocks if isinstance(block, Paragraph))


def outline(content: DocumentContent) -> list[str]:
    lines = []
    for section in content.sections:
        lines.append(section.title)
        lines += [f"{'-' * block.level}{block.text}" for block in section.blocks if isinstance(block, Heading)]
    return lines


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (run("甲") + run("乙", "<w:b/>"), "甲乙"),
        (
            f"{run('甲')}<w:ins w:id='1'>{run('新')}</w:ins><w:del w:id='2'><w:r><w:delText>旧</w:delText></w:r></w:del>",
            "甲新",
        ),
        (f"<w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('新处')}</w:moveTo>", "新处"),
        (f"<w:hyperlink>{run('链接')}</w:hyperlink><w:smartTag>{run('标记')}</w:smartTag>", "链接标记"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('控件')}</w:sdtContent></w:sdt>", "控件"),
        (f"<w:fldSimple w:instr='PAGE'>{run('3')}</w:fldSimple>", "3"),
        (
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>"
            f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('表1')}<w:r><w:fldChar w:fldCharType='end'/></w:r>{run('后')}",
            "表1后",
        ),
        (run("见") + run("隐藏", "<w:vanish/>") + run("文"), "见文"),
        (run("甲") + run("乙", "<w:vanish w:val='0'/>"), "甲乙"),
        (
            "<w:r><w:t>甲</w:t><w:footnoteReference w:id='2'/><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>",
            "甲\t乙\n丙",
        ),
        ("<w:r><w:t>前</w:t><w:br w:type='page'/><w:t>后</w:t></w:r>", "前后"),
        ("<w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>6</w:t><w:softHyphen/></w:r>", "3-6"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0A8'/><w:t>是</w:t></w:r>", "\uf0a8是"),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "拼",
        ),
        (f"{run('式')}<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath>", "式x+1"),
        (
            f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{paragraph('框')}</w:txbxContent></w:drawing>"
            f"</mc:Choice><mc:Fallback><w:pict><w:txbxContent>{paragraph('框')}</w:txbxContent></w:pict></mc:Fallback>"
            "</mc:AlternateContent><w:t>正文</w:t></w:r>",
            "正文",
        ),
    ],
)
def test_text_of_a_paragraph(tmp_path: Path, inner: str, expected: str) -> None:
    assert read_text(tmp_path, inner) == expected


def test_a_deleted_paragraph_mark_joins_paragraphs(tmp_path: Path) -> None:
    gone = "<w:rPr><w:del w:id='1'/></w:rPr>"
    blocks = read_blocks(tmp_path, paragraph("前半", properties=gone) + paragraph("后半。") + paragraph("另一段。"))
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["前半后半。", "另一段。"]


def test_contents_are_left_aside(tmp_path: Path) -> None:
    gallery = "<w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
    body = paragraph("一、甲 1", "toc1") + f"<w:sdt>{gallery}<w:sdtContent>{paragraph('目录')}</w:sdtContent></w:sdt>"
    content = read(tmp_path, body + paragraph("一、甲", "1") + paragraph(LONG))
    assert (outline(content), content.preamble) == (["一、甲"], ())


def test_location_says_paragraph_and_how_it_begins(tmp_path: Path) -> None:
    content = read(tmp_path, paragraph() + paragraph("一、甲", "1") + paragraph(LONG))
    place = content.sections[0].blocks[0].location
    assert (place.kind, place.paragraph, place.excerpt) == ("docx", 3, LONG[:20])
    assert content.sections[0].location.paragraph == 2
    assert place.file == str(tmp_path / "文稿.docx")


@pytest.mark.parametrize("style", ["1", "2", "own", "outlined", "wps"])
def test_headings_by_style(tmp_path: Path, style: str) -> None:
    content = read(tmp_path, paragraph("甲", style) + paragraph(LONG) + paragraph("乙", style) + paragraph(LONG))
    assert outline(content) == ["甲", "乙"]


def test_heading_by_its_own_outline_level(tmp_path: Path) -> None:
    level, none = "<w:outlineLvl w:val='0'/>", "<w:outlineLvl w:val='9'/>"
    body = paragraph("甲", properties=level) + paragraph("乙", "1", none) + paragraph("丙", properties=level)
    assert outline(read(tmp_path, body)) == ["甲", "丙"]


def test_a_style_based_on_itself_ends(tmp_path: Path) -> None:
    assert read_blocks(tmp_path, paragraph(LONG, "loop"))


def test_styled_levels_nest_below_the_title(tmp_path: Path) -> None:
    body = (
        paragraph("题目", "1")
        + paragraph("甲", "2")
        + paragraph(LONG)
        + bold("小节")
        + paragraph(LONG)
        + paragraph("乙", "2")
    )
    content = read(tmp_path, body + paragraph(LONG))
    assert content.title == "题目"
    assert outline(content) == ["甲", "-小节", "乙"]


@pytest.mark.parametrize(
    "marks",
    [
        ("一、", "二、"),
        ("（一）", "（二）"),
        ("1. ", "2. "),
        ("1、", "2、"),
        ("（1）", "（2）"),
        ("a) ", "b) "),
        ("第一部分 ", "第二部分 "),
    ],
)
def test_headings_by_typed_numbers(tmp_path: Path, marks: tuple[str, str]) -> None:
    body = paragraph(marks[0] + "企业简介") + paragraph(LONG) + paragraph(marks[1] + "启示") + paragraph(LONG)
    assert outline(read(tmp_path, body)) == [marks[0] + "企业简介", marks[1] + "启示"]


def test_headings_by_bold_lines(tmp_path: Path) -> None:
    content = read(
        tmp_path, paragraph(LONG) + bold("企业简介") + paragraph(LONG) + paragraph("启示", "heavy") + paragraph(LONG)
    )
    assert outline(content) == ["企业简介", "启示"]


def test_headings_by_automatic_numbers(tmp_path: Path) -> None:
    body = (
        item("简介", 1)
        + paragraph(LONG)
        + item("做法", 1)
        + item("停虚事", 1, 1, "<w:b/>")
        + paragraph(LONG)
        + item("启示", 1)
    )
    assert outline(read(tmp_path, body + paragraph(LONG))) == ["简介", "做法", "-停虚事", "启示"]


def test_typed_levels_nest(tmp_path: Path) -> None:
    body = paragraph("一、做法") + paragraph("（一）定规矩") + paragraph(LONG) + bold("1. 第一条") + paragraph(LONG)
    assert outline(read(tmp_path, body + paragraph("二、启示") + paragraph(LONG))) == [
        "一、做法",
        "-（一）定规矩",
        "--1. 第一条",
        "二、启示",
    ]


def test_a_heading_that_nobody_styled_is_of_its_sisters_level(tmp_path: Path) -> None:
    body = paragraph("一、甲", "2") + paragraph(LONG) + paragraph("二、乙") + paragraph(LONG) + paragraph("三、丙", "2")
    assert outline(read(tmp_path, body + paragraph(LONG))) == ["一、甲", "二、乙", "三、丙"]


@pytest.mark.parametrize(
    "body",
    [
        paragraph("1. 灭火器") + paragraph("2. 阀门") + paragraph("3. 筒体"),
        paragraph("一、企业在近两年内未发生重大安全、质量事故。") + paragraph(LONG),
        paragraph("", inner=run("强调", "<w:b/>") + run("后面是正文，接着写。")) + paragraph(LONG),
        paragraph("2023年") + paragraph(LONG),
        paragraph("98.5%") + paragraph(LONG) + paragraph("99.5%") + paragraph(LONG),
        bold("这是一句加粗的话，用来强调。") + paragraph(LONG),
        paragraph("短句") + paragraph(LONG),
        paragraph("1. 只有一处") + paragraph(LONG),
    ],
)
def test_text_that_is_no_heading(tmp_path: Path, body: str) -> None:
    assert read(tmp_path, paragraph(LONG) + body).sections == ()


@pytest.mark.parametrize(
    "first",
    [
        paragraph("一把秤的故事", "t"),
        paragraph("一把秤的故事", properties="<w:jc w:val='center'/>"),
        bold("一把秤的故事"),
        paragraph("一把秤的故事", formats="<w:sz w:val='44'/>"),
    ],
)
def test_title(tmp_path: Path, first: str) -> None:
    body = first + paragraph("一、甲") + paragraph(LONG, formats="<w:sz w:val='32'/>")
    content = read(tmp_path, body)
    assert (content.title, outline(content), content.preamble) == ("一把秤的故事", ["一、甲"], ())


def test_a_first_line_like_the_others_is_no_title(tmp_path: Path) -> None:
    assert read(tmp_path, paragraph("开头一段") + paragraph("一、甲") + paragraph(LONG)).title is None


def test_automatic_lists_nest(tmp_path: Path) -> None:
    body = item("甲项。", 2) + item("子一。", 2, 1) + item("子二。", 2, 1) + item("乙项。", 2) + item("点。", 3)
    first, second = read_blocks(tmp_path, paragraph(LONG) + body)[1:]
    assert isinstance(first, ListBlock)
    assert isinstance(second, ListBlock)
    assert (first.ordered, second.ordered) == (True, False)
    nested = first.items[0][1]
    assert isinstance(nested, ListBlock)
    assert (len(first.items), len(nested.items), len(second.items)) == (2, 2, 1)


def test_table_with_caption(tmp_path: Path) -> None:
    body = paragraph(LONG) + paragraph("表1 对比", "cap") + table(("指标", "前"), ("合格率", "85%"), head=True)
    captioned = read_blocks(tmp_path, body)[-1]
    assert isinstance(captioned, Table)
    assert (captioned.caption, captioned.header_rows) == ("对比", 1)
    assert [["".join(run.text for run in cell) for cell in row] for row in captioned.rows] == [
        ["指标", "前"],
        ["合格率", "85%"],
    ]


def test_merged_cells_are_read_once(tmp_path: Path) -> None:
    def cell(text: str, merge: str) -> str:
        return f"<w:tr><w:tc><w:tcPr>{merge}</w:tcPr>{paragraph(text)}</w:tc><w:tc>{paragraph('右')}</w:tc></w:tr>"

    body = cell("上", "<w:vMerge w:val='restart'/>") + cell("残", "<w:vMerge/>")
    table = read_blocks(tmp_path, paragraph(LONG) + f"<w:tbl>{body}</w:tbl>")[-1]
    assert isinstance(table, Table)
    assert table.rows[1][0] == ()


def test_a_table_of_one_cell_is_a_frame(tmp_path: Path) -> None:
    framed = f"<w:tbl><w:tr><w:tc>{paragraph('一、甲')}{paragraph(LONG)}</w:tc></w:tr></w:tbl>"
    assert outline(read(tmp_path, framed)) == ["一、甲"]


def test_picture_with_caption(tmp_path: Path) -> None:
    drawing = "<w:r><w:drawing><a:blip r:embed='rId3'/></w:drawing></w:r>"
    blocks = read_blocks(tmp_path, paragraph(LONG) + paragraph(inner=drawing) + paragraph("图1 车间"))
    assert isinstance(blocks[1], Picture)
    assert (blocks[1].path, blocks[1].caption) == (PurePosixPath("word/media/image1.png"), "车间")
    assert len(blocks) == 2


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ("<w:rFonts w:hint='eastAsia'/>", True),
        ("<w:rStyle w:val='hinted'/>", True),
        ("", False),  # the document's own default is a Latin font
        ("<w:rFonts w:hAnsi='宋体'/>", None),
        ("<w:rFonts w:hAnsi='SimSun'/>", None),
        ("<w:rStyle w:val='song'/>", None),
        ("<w:rFonts w:hAnsiTheme='minorHAnsi'/>", None),
        ("<w:rFonts w:hAnsi='Arial'/>", False),
    ],
)
def test_font_of_marks(tmp_path: Path, formats: str, expected: bool | None) -> None:
    (paragraph_read,) = read_blocks(tmp_path, paragraph("——后面是正文。", formats=formats))
    assert isinstance(paragraph_read, Paragraph)
    assert [run.east_asian for run in paragraph_read.runs] == [expected]
    counted = count_prose((paragraph_read,))
    assert (counted.low, counted.high) == {True: (8, 8), False: (7, 7), None: (7, 8)}[expected]


def test_runs_in_one_format_are_one(tmp_path: Path) -> None:
    (paragraph_read,) = read_blocks(
        tmp_path, paragraph(inner=run("GB/T 190") + run("01", "<w:lang w:val='zh-CN'/>") + run("，甲。", "<w:b/>"))
    )
    assert isinstance(paragraph_read, Paragraph)
    assert [(run.text, run.bold) for run in paragraph_read.runs] == [("GB/T 19001", False), ("，甲。", True)]
    assert Run("x").east_asian is None


def test_strict_edition_is_read(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "严格.docx", paragraph("一、甲", "1") + paragraph(LONG))
    data = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(data, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            text = text.replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(
                name,
                text.replace(
                    "http://schemas.openxmlformats.org/officeDocument/2006/",
                    "http://purl.oclc.org/ooxml/officeDocument/",
                ),
            )
    path.write_bytes(data.getvalue())
    assert outline(read_docx(path)) == ["一、甲"]


def zipped(**members: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return data.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "C125"),
        (b"{\\rtf1 text}", "C125"),
        (b"PK\x03\x04 cut off", "C128"),
        (OLE + b"\0" * 600, "C126"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "C127"),
        (zipped(hello="<a/>"), "C125"),
        (zipped(word__document="<html/>"), "C125"),
        (zipped(word__document="<w:document"), "C128"),
        (
            zipped(word__document=f"<!DOCTYPE d [<!ENTITY e 'x'>]><w:document {NAMESPACES}><w:body/></w:document>"),
            "C128",
        ),
    ],
)
def test_what_is_no_word_file_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_docx(path)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.params["path"], diagnostic.location.file) == (code, str(path), str(path))


def test_every_cut_of_a_file_is_refused_and_no_other_error_escapes(tmp_path: Path) -> None:
    whole = write_docx(tmp_path / "文稿.docx", paragraph("一、甲", "1") + paragraph(LONG)).read_bytes()
    path = tmp_path / "截断.docx"
    for size in range(1, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(SourceError):
            read_docx(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_docx(tmp_path / "无.docx")
    assert caught.value.diagnostics[0].code == "C121"


RIGHT = "<w:jc w:val='right'/>"


@pytest.mark.parametrize(
    ("signature", "kept"),
    [
        (paragraph("甲公司", properties=RIGHT) + paragraph("2024年10月10日", properties=RIGHT) + paragraph(), []),
        (paragraph("　　　　　　甲公司") + paragraph("　　　　　　二〇二四年十月十日"), []),
        (paragraph("甲公司") + paragraph("2024 年 10 月 10 日"), ["甲公司"]),
        (paragraph("甲公司", properties=RIGHT) + paragraph("2024年10月以来，"), ["甲公司", "2024年10月以来，"]),
    ],
)
def test_signature_at_the_end(tmp_path: Path, signature: str, kept: list[str]) -> None:
    body = paragraph(LONG) * 3 + signature
    assert [block.text for block in read_blocks(tmp_path, body)[3:] if isinstance(block, Paragraph)] == kept


def test_units_above_a_date_in_plain_text_stay(tmp_path: Path) -> None:
    body = (
        paragraph("一、甲", "1")
        + paragraph(LONG)
        + paragraph("二、单位", "1")
        + paragraph("甲公司")
        + paragraph("2024年10月10日")
    )
    assert [block.text for block in read(tmp_path, body).sections[1].blocks if isinstance(block, Paragraph)] == [
        "甲公司"
    ]


def write_packed(path: Path, body: str) -> Path:
    """A Word file whose parts are packed, as every program writes it."""
    plain = write_docx(path.with_suffix(".plain"), body)
    with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in archive.namelist():
            packed.writestr(name, archive.read(name))
    return path


@pytest.mark.parametrize(
    "body",
    [
        "<w:p/>" * 1_200_000,
        "<w:p><w:r/></w:p>" * 60_000,
        '<w:p><w:pPr><w:jc w:val="left"/></w:pPr></w:p>' * 40_000,
        f"<w:p><w:r><w:t>{'一' * 8_000_000}</w:t></w:r></w:p>",
    ],
    ids=["empty paragraphs", "runs", "formats", "one word"],
)
def test_a_small_part_that_unfolds_to_a_silly_size_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_docx(write_packed(tmp_path / "a.docx", body))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["T453"]


def test_empty_paragraphs_and_long_tables_are_read(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr><w:tc>{paragraph(f'第{at}行')}</w:tc><w:tc>{paragraph('合格')}</w:tc></w:tr>" for at in range(9_000)
    )
    body = paragraph("前") + "<w:p/>" * 300_000 + f"<w:tbl>{rows}</w:tbl>" + paragraph("后")
    content = read_docx(write_packed(tmp_path / "a.docx", body))
    assert [block.text for block in content.preamble if isinstance(block, Paragraph)] == ["前", "后"]
