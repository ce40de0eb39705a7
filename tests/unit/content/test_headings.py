"""Headings as people write them, matched to the wanted ones."""

from __future__ import annotations

import pytest

from docgen.content.blocks import Block, Heading, Paragraph, Run
from docgen.content.heading_text import compare_headings, has_number, is_generic, normalize_heading, strip_number
from docgen.content.headings import WantedHeading, divide_document, match_headings
from docgen.content.model import DocumentContent, Section
from docgen.content.name_lists import list_names, split_names, take_labelled_names
from docgen.content.outline import list_sections, outline_document

PARTS = (
    WantedHeading("profile", "企业简介", ("企业概况",)),
    WantedHeading("problems", "企业急需解决的质量管理问题", ("存在的问题",)),
    WantedHeading("actions", "提升行动主要做法", ("主要做法",)),
    WantedHeading("results", "企业质量管理体系认证提升成效", ("取得的成效",)),
    WantedHeading("insights", "启示", ("经验启示",)),
)


def text(words: str) -> Paragraph:
    return Paragraph((Run(words),))


def sections(*titles: str) -> list[Section]:
    return [Section(title, 1, ()) for title in titles]


def match(*titles: str) -> list[str | None]:
    return [item.section.title if item.section else None for item in match_headings(sections(*titles), PARTS).matches]


@pytest.mark.parametrize(
    "title",
    [
        "企业简介",
        "一、企业简介",
        "一. 企业简介",
        "（一）企业简介",
        "(1) 企业简介",
        "1. 企业简介",
        "1、企业简介",
        "1．企业简介",
        "1 企业简介",
        "1.1 企业简介",
        "2.1.企业简介",
        "a) 企业简介",
        "A）企业简介",
        "① 企业简介",
        "第一部分 企业简介",
        "第1章：企业简介",
        "Ⅰ. 企业简介",
        "企 业 简 介",
        "企业简介：",
        "【企业简介】",
        "一、企业简介（篇幅约占 5%）",
        "企业简介(约100字)",
        "第一部分 一、企业简介",
    ],
)
def test_numbers_brackets_and_spaces_make_no_difference(title: str) -> None:
    assert normalize_heading(title) == "企业简介"


@pytest.mark.parametrize(
    "title", ["5S管理", "2023年工作", "3个月", "98.5%", "一企一策", "A类设备", "（一）", "一、", "十分满意"]
)
def test_what_is_no_number_stays(title: str) -> None:
    assert normalize_heading(title)
    assert len(normalize_heading(title)) >= len(normalize_heading(title.strip("（）、")))
    if title not in ("（一）", "一、"):
        assert not has_number(title)


def test_a_heading_of_brackets_alone_keeps_what_they_hold() -> None:
    assert normalize_heading("（篇幅）") == "篇幅"
    assert strip_number("（一）（二）") == "(二)"


def test_likeness() -> None:
    assert compare_headings("启示", "启示") == 1.0
    assert compare_headings("", "启示") == 0.0
    assert 0.6 <= compare_headings("启示", "经验与启示") < 1.0
    assert compare_headings("企业简介", "主要做法") < 0.6


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (
            [
                "一、企业简介",
                "二、企业急需解决的质量管理问题",
                "三、提升行动主要做法",
                "四、企业质量管理体系认证提升成效",
                "五、启示",
            ],
        )
        * 2,
        (["企业概况", "存在的问题", "主要做法", "取得的成效", "经验启示"],) * 2,
        (["企业基本简介", "急需解决的质量问题", "提升行动的主要做法", "认证提升成效", "启示与展望"],) * 2,
        (["企业简介", "主要做法", "启示"], ["企业简介", None, "主要做法", None, "启示"]),
        (["前言", "企业简介", "附录", "启示"], ["企业简介", None, None, None, "启示"]),
        ([], [None] * 5),
        (["一", "二"], [None] * 5),
    ],
)
def test_matching(titles: list[str], expected: list[str | None]) -> None:
    assert match(*titles) == expected


def test_another_order_is_recognised() -> None:
    matched = match_headings(sections("企业简介", "提升成效", "主要做法", "启示"), PARTS)
    assert [item.index for item in matched.matches] == [0, None, 2, 1, 3]
    assert [item.in_order for item in matched.matches] == [True, True, True, False, True]


def test_each_heading_is_taken_once() -> None:
    matched = match_headings(sections("主要做法", "主要做法"), PARTS)
    assert [item.index for item in matched.matches] == [None, None, 0, None, None]
    assert [section.title for section in matched.others] == ["主要做法"]


def test_long_headings_that_share_words_are_told_apart() -> None:
    titles = ["企业质量管理体系认证提升行动做法", "企业质量管理体系认证提升取得的成效"]
    assert match(*titles)[2:4] == titles


def test_key_goes_before_wording() -> None:
    matched = match_headings([Section("别的说法", 1, (), "results"), Section("取得的成效", 1, ())], PARTS)
    assert matched.matches[3].index == 0


def make_blocks(*lines: str) -> list[Block]:
    """# and ## are headings."""
    made: list[Block] = []
    for line in lines:
        marks, _, words = line.rpartition("# ")
        made.append(Heading(len(marks) + 1, words) if line.startswith("#") else text(line))
    return made


def format(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Paragraph | Heading)]


def test_outline_and_list_of_sections() -> None:
    content = outline_document(
        make_blocks("前", "# 甲", "一", "## 甲一", "二", "### 深", "三", "## 甲二", "# 乙", "四")
    )
    assert content.title is None
    assert format(content.preamble) == ["前"]
    assert [format(section.blocks) for section in content.sections] == [
        ["一", "甲一", "二", "深", "三", "甲二"],
        ["四"],
    ]
    outline = [(section.title, section.level, format(section.blocks)) for section in list_sections(content)]
    assert outline == [
        ("甲", 1, ["一", "甲一", "二", "深", "三", "甲二"]),
        ("甲一", 2, ["二", "深", "三"]),
        ("深", 3, ["三"]),
        ("甲二", 2, []),
        ("乙", 1, ["四"]),
    ]


def test_a_numbered_heading_is_no_title() -> None:
    content = outline_document(make_blocks("# 一、甲", "文", "## 二、乙"))
    assert (content.title, [section.title for section in content.sections]) == (None, ["一、甲"])


def divide(content: DocumentContent) -> dict[str, list[str]]:
    division = divide_document(content, PARTS)
    return {item.wanted.key: format(item.section.blocks) for item in division.matches if item.section}


def test_parts_at_the_top() -> None:
    lines = ("# 题", "## 企业简介", "甲", "## 主要做法", "乙", "### 小节", "丙", "## 附件", "丁")
    content = outline_document(make_blocks(*lines))
    assert divide(content) == {"profile": ["甲"], "actions": ["乙", "小节", "丙"]}
    others = divide_document(content, PARTS).others
    assert [(section.title, format(section.blocks)) for section in others] == [("附件", ["丁"])]


def test_parts_below_another_heading() -> None:
    lines = ("# 正文", "前言", "## 企业简介", "甲", "## 主要做法", "乙", "### 小节", "丙", "# 附件", "丁")
    content = outline_document(make_blocks(*lines))
    assert divide(content) == {"profile": ["甲"], "actions": ["乙", "小节", "丙"]}
    others = divide_document(content, PARTS).others
    assert [(section.title, format(section.blocks)) for section in others] == [("正文", ["前言"]), ("附件", ["丁"])]


def test_parts_at_mixed_depth_share_no_text() -> None:
    lines = ("# 企业简介", "甲", "## 存在的问题", "乙", "## 主要做法", "丙", "# 启示", "丁")
    content = outline_document(make_blocks(*lines))
    assert divide(content) == {"profile": ["甲"], "problems": ["乙"], "actions": ["丙"], "insights": ["丁"]}


def test_a_document_without_headings_has_no_parts() -> None:
    division = divide_document(outline_document(make_blocks("只有一段")), PARTS)
    assert all(item.section is None for item in division.matches)
    assert format(division.preamble) == ["只有一段"]


GENERIC = ("优良案例", "质量管理体系", "认证", "提升", "行动", "案例", "小微企业")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("小微企业质量管理体系认证提升行动优良案例", True),
        ("优良案例", True),
        ("《案例》", True),
        ("某公司优良案例", True),
        ("某公司的优良案例", True),
        ("校准一台秤，记真一本账", False),
        ("一台测定仪的案例", False),
    ],
)
def test_titles_that_say_nothing(title: str, expected: bool) -> None:
    assert is_generic(title, GENERIC, ["某公司"]) is expected


def test_names_in_text() -> None:
    assert split_names("甲公司、乙公司；丙局。") == ("甲公司", "乙公司", "丙局")
    assert split_names("1. 甲公司") == ("甲公司",)
    assert split_names("") == ()
    assert list_names((text("甲公司\n乙公司"), text("3"))) == ("甲公司", "乙公司")


def test_names_behind_a_label() -> None:
    blocks = (text("正文：这里不是。"), text("（六）主要起草单位：甲公司、乙公司"))
    assert take_labelled_names(blocks, ["主要起草单位"]) == ((blocks[0],), ("甲公司", "乙公司"))
    assert take_labelled_names(blocks, []) == (blocks, ())
