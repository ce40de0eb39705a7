"""Markdown of an author: what each construct becomes, where it stands, and that no text gets lost."""

from __future__ import annotations

import random
import re
from pathlib import Path, PurePosixPath

import pytest

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.markdown import parse_markdown
from docgen.content.markdown_flow import read_markdown
from docgen.diagnostics import NOWHERE, Location
from docgen.errors import SourceError


def parse(text: str) -> tuple[Block, ...]:
    return parse_markdown(text).blocks


def parse_one(text: str) -> Block:
    blocks = parse(text)
    assert len(blocks) == 1, blocks
    return blocks[0]


def format(blocks: tuple[Block, ...]) -> str:
    """Everything that is read in blocks, in order."""
    pieces: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            pieces.append(block.text)
        elif isinstance(block, ListBlock):
            pieces += [format(item) for item in block.items]
        elif isinstance(block, Table):
            pieces.append(block.caption or "")
            pieces += [run.text for row in block.rows for cell in row for run in cell]
        else:
            pieces += [str(block.path), block.caption or ""]
    return "".join(pieces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一行\n第二行", "第一行第二行"),
        ("first\nsecond", "first second"),
        ("按标准\nGB/T 19001", "按标准GB/T 19001"),
        ("GB/T 19001\n的要求", "GB/T 19001的要求"),
        ("结束。\nABC", "结束。ABC"),
        ("“引”\nABC", "“引”ABC"),
        ("断开  \n下一行", "断开\n下一行"),
        ("断开\\\n下一行", "断开\n下一行"),
        ("一 *\n二*", "一 *二*"),
        ("A*\nB*", "A* B*"),
    ],
)
def test_newline_inside_a_paragraph(text: str, expected: str) -> None:
    assert format(parse(text)) == expected


def test_empty_text_is_no_block() -> None:
    assert parse("") == parse("\n \n　　\n") == ()
    assert not parse_markdown("")


def test_source_is_kept() -> None:
    assert parse_markdown("**粗**\n").source == "**粗**\n"


def test_bold_and_italic() -> None:
    paragraph = parse_one("甲**乙**，*丙*，***丁***")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (
        Run("甲"),
        Run("乙", bold=True),
        Run("，"),
        Run("丙", italic=True),
        Run("，"),
        Run("丁", bold=True, italic=True),
    )


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**注意：**内容", "注意："),
        ("按照**“一企一策”**原则", "“一企一策”"),
        ("**（一）定规矩。**先定两条", "（一）定规矩。"),
        ("开头**中间**结尾", "中间"),
        ("ab**cd**ef", "cd"),
    ],
)
def test_bold_beside_chinese_punctuation(text: str, bold: str) -> None:
    paragraph = parse_one(text)
    assert isinstance(paragraph, Paragraph)
    assert [run.text for run in paragraph.runs if run.bold] == [bold]
    assert "*" not in paragraph.text


@pytest.mark.parametrize(
    "text",
    [
        "长*宽*高为5*3*2",
        "file_name_x",
        "3*4=12，5*6=30",
        "__",
        "**",
        "A ** B",
        "2~6℃，3~~5",
        ">95%为优",
        ">= 90 为良",
        "<b>粗</b><br>",
        "<!-- 注释 -->",
        "a < b & c > d",
        "见[1](附件)",
        "见[1]和[2]",
        "[注]: 说明",
        "![](http://a.b/c.png)",
        "![图]()",
        "***",
        "---",
        "- - -",
        "5. ",
        "2023. 年度",
        "#5 车间",
        "1.5倍",
        "-5℃",
        "+3%",
        "单价|数量",
        "标题\n===",
        "A|B\n-|-|-",
    ],
)
def test_plain_text_that_looks_like_markup_stays(text: str) -> None:
    text_read = re.sub(r"\s", "", format(parse(text)))
    assert text_read == re.sub(r"\s", "", text)


def test_indented_text_is_a_paragraph_and_no_code() -> None:
    assert parse("    四个空格\n\n\t制表符") == (Paragraph((Run("四个空格"),)), Paragraph((Run("制表符"),)))


def test_a_line_that_begins_with_a_full_width_space_begins_a_paragraph() -> None:
    blocks = parse_markdown("　　第一段。\n　　第二段，\n接着写。", Location("yaml", "a.md", 10, 1)).blocks
    assert [(block.text, block.location.line) for block in blocks if isinstance(block, Paragraph)] == [
        ("第一段。", 10),
        ("第二段，接着写。", 11),
    ]


def test_headings() -> None:
    assert parse("# 一\n正文\n### 三 **粗** #") == (Heading(1, "一"), Paragraph((Run("正文"),)), Heading(3, "三 粗"))


def test_nested_lists() -> None:
    listed = parse_one("1. 甲\n   - 子一\n   - 子二\n2. 乙\n\n   乙的第二段")
    assert isinstance(listed, ListBlock)
    assert listed.ordered
    first, second = listed.items
    assert first[0] == Paragraph((Run("甲"),))
    assert isinstance(first[1], ListBlock)
    assert not first[1].ordered
    assert [format(item) for item in first[1].items] == ["子一", "子二"]
    assert [format((block,)) for block in second] == ["乙", "乙的第二段"]


def test_a_list_of_ones_is_numbered() -> None:
    assert isinstance(parse_one("1. 甲\n1. 乙"), ListBlock)


@pytest.mark.parametrize("text", ["3. 丙\n4. 丁", "1. 甲\n3. 丙", "0. 零"])
def test_numbers_that_would_change_stay_text(text: str) -> None:
    assert format(parse(text)) == text.replace("\n", "")


def test_table_with_caption_and_cells_beyond_the_header() -> None:
    table = parse_one("表1 提升前后对比\n\n| 指标 | **前** |\n|---|:-:|\n| 合格率 | 85% | 备注 |\n| a\\|b |\n")
    assert isinstance(table, Table)
    assert table.caption == "提升前后对比"
    assert table.header_rows == 1
    assert [["".join(run.text for run in cell) for cell in row] for row in table.rows] == [
        ["指标", "前"],
        ["合格率", "85%", "备注"],
        ["a|b", ""],
    ]
    assert table.rows[0][1] == (Run("前", bold=True),)


def test_table_in_a_list_keeps_cells_beyond_the_header() -> None:
    assert "丙" in format(parse("- 项\n\n  | 甲 | 乙 |\n  |---|---|\n  | 1 | 2 | 丙 |"))


def test_table_without_header() -> None:
    table = parse_one("| | |\n|---|---|\n| 甲 | 乙 |")
    assert isinstance(table, Table)
    assert (table.header_rows, len(table.rows)) == (0, 1)


@pytest.mark.parametrize("caption", ["表1 说明如下。", "表示合格的批次", "表1", "表格如下：", "表1 " + "长" * 70])
def test_a_sentence_before_a_table_is_no_caption(caption: str) -> None:
    assert parse(f"{caption}\n\n| 甲 |\n|---|\n| 1 |")[0] == Paragraph((Run(caption),))


def test_pictures() -> None:
    assert parse_one("![车间](图/a%20b.jpg)") == Picture(PurePosixPath("图/a b.jpg"), "车间")
    assert parse_one('![](<图/a b.jpg> "改造后")') == Picture(PurePosixPath("图/a b.jpg"), "改造后")
    assert parse_one("![](图\\甲.jpg)\n\n图2：改造后的车间") == Picture(PurePosixPath("图/甲.jpg"), "改造后的车间")
    assert parse("前![](a.jpg)后") == (
        Paragraph((Run("前"),)),
        Picture(PurePosixPath("a.jpg")),
        Paragraph((Run("后"),)),
    )


def test_picture_where_only_text_may_stand_stays_text() -> None:
    assert format(parse("# ![标](a.jpg)")) == "![标](a.jpg)"
    assert "![标](a.jpg)" in format(parse("| ![标](a.jpg) |\n|---|\n| 1 |"))


def test_links_become_their_text() -> None:
    assert format(parse("见[标准](https://a.cn/b)、[说明](a/b.md)和<https://c.cn>")) == "见标准、说明和https://c.cn"


def test_quotes_and_code_become_paragraphs() -> None:
    assert parse("> 引文\n> 续") == (Paragraph((Run("引文续"),)),)
    assert parse("```\n甲\n  乙\n```\n") == (Paragraph((Run("甲\n  乙"),)),)
    assert format(parse("用`代码`说明")) == "用代码说明"


def test_every_block_has_its_line() -> None:
    text = "甲\n\n# 乙\n\n- 丙\n- 丁\n\n| 戊 |\n|---|\n| 1 |\n\n己\n![](a.jpg)"
    blocks = parse_markdown(text, Location("yaml", "r.yaml", 100, 9, "forms.x[0].y")).blocks
    assert [block.location.line for block in blocks] == [100, 102, 104, 107, 111, 112]
    assert {block.location.path for block in blocks} == {"forms.x[0].y"}
    listed = blocks[2]
    assert isinstance(listed, ListBlock)
    assert [item[0].location.line for item in listed.items] == [104, 105]
    assert {block.location for block in parse_markdown(text).blocks} == {NOWHERE}


MARKUP = re.compile(r"[\s*_#`\\|\-+.):(\[\]>~=!\"<1-9]")


def test_no_character_that_is_read_gets_lost() -> None:
    chance = random.Random(7)
    pieces = [
        "质量",
        "管理，",
        "“引”",
        "ABC",
        "。",
        "*",
        "**",
        "_",
        "\n",
        "\n\n",
        "# ",
        "- ",
        "1. ",
        "> ",
        "|",
        "\n|---|\n",
    ]
    pieces += [
        "| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 | 戊 |\n",
        "    ",
        "　　",
        "`",
        "```\n",
        "[己]",
        "(庚)",
        "![辛](壬.jpg)",
        "<br>",
    ]
    pieces += ["[子]: 丑", "~", "---\n", "\t", "  \n", "\\ ", "&", "%", "表1 寅\n\n", "图1 卯\n\n"]
    for _ in range(1500):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 14)))
        wanted = MARKUP.sub("", text).replace("表寅", "寅").replace("图卯", "卯")
        text_read = MARKUP.sub("", format(parse(text))).replace("表寅", "寅").replace("图卯", "卯")
        assert sorted(text_read) == sorted(wanted), repr(text)


def test_deep_nesting_ends() -> None:
    assert "底" in format(parse("> " * 50 + "底"))
    assert "底" in format(parse("".join("  " * depth + "- 层\n" for depth in range(25)) + "  " * 25 + "- 底"))


def write(folder: Path, data: bytes) -> Path:
    path = folder / "文稿.md"
    path.write_bytes(data)
    return path


def test_read_file_with_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff# 题目\n\n引子\n\n## 一、甲\n\n文\n\n### 小\n\n## 二、乙\n".encode())
    content = read_markdown(path)
    assert content.title == "题目"
    assert format(content.preamble) == "引子"
    assert [(section.title, section.level, section.location.line) for section in content.sections] == [
        ("一、甲", 1, 5),
        ("二、乙", 1, 11),
    ]
    assert [block.level for block in content.sections[0].blocks if isinstance(block, Heading)] == [1]
    assert content.location.file == str(path)


def test_headings_of_one_level_have_no_title_among_them(tmp_path: Path) -> None:
    content = read_markdown(write(tmp_path, "# 甲\n\n文\n\n# 乙\n".encode()))
    assert content.title is None
    assert [section.title for section in content.sections] == ["甲", "乙"]


def test_text_without_headings_is_a_preamble(tmp_path: Path) -> None:
    content = read_markdown(write(tmp_path, "只有一段".encode()))
    assert (content.title, content.sections, format(content.preamble)) == (None, (), "只有一段")


@pytest.mark.parametrize(("data", "code"), [("标题\n正文".encode("gb18030"), "C124"), (None, "C121")])
def test_unreadable_files_are_named(tmp_path: Path, data: bytes | None, code: str) -> None:
    path = tmp_path / "无.md" if data is None else write(tmp_path, data)
    with pytest.raises(SourceError) as caught:
        read_markdown(path)
    assert [item.code for item in caught.value.diagnostics] == [code]
    assert caught.value.diagnostics[0].params["path"] == str(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_markdown(tmp_path)
    assert caught.value.diagnostics[0].code == "C122"
