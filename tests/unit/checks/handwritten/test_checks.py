"""What is found in documents that people wrote, on contents in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from docgen.checks.handwritten import (
    NamedIdentity,
    NamedParty,
    WantedLabel,
    check_form,
    check_headings,
    check_names,
    check_placeholders,
)
from docgen.checks.shared.uncounted_text import check_unread
from docgen.content.blocks import Block, Paragraph, Run, Table
from docgen.content.flow import Outside
from docgen.content.model import DocumentContent, Section
from docgen.content.read_xlsx import read_xlsx
from docgen.content.spoken_texts import iterate_texts
from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.errors import SourceError
from docgen.ooxml.cells import name_cell
from docgen.profile.document import HeadingSpec

FILE = Location("docx", "报告.docx")
LI = NamedParty("青州市栗园纸鸢有限公司", "栗园纸鸢")
SONG = NamedParty("潍城松石风筝工坊")
AGENCY = NamedParty("鲁东衡度认证有限公司")
VALUES = {"企业名称": LI.name, "统一社会信用代码": "91370781MA3C2L059Q", "项目名称": "潍坊2030年风筝放飞项目（第二批）"}
IDENTITY = NamedIdentity(LI, (SONG,), (AGENCY, SONG), VALUES)


def para(text: str, number: int = 1) -> Paragraph:
    return Paragraph((Run(text),), Location("docx", "报告.docx", paragraph=number))


def table(*rows: Sequence[str], location: Location = FILE) -> Table:
    return Table(tuple(tuple((Run(cell),) if cell else () for cell in row) for row in rows), 0, None, location)


def content(*blocks: Block, sections: tuple[Section, ...] = ()) -> DocumentContent:
    return DocumentContent(None, blocks, sections, FILE)


def codes(diagnostics: Sequence[Diagnostic]) -> list[str]:
    return [item.code for item in diagnostics]


def heading(key: str, title: str, level: str = "应", sections: tuple[HeadingSpec, ...] = ()) -> HeadingSpec:
    return HeadingSpec.model_validate(
        {"key": key, "title": title, "level": level, "sections": sections, "clause": "4.1"}
    )


def section(title: str, *blocks: Block, level: int = 1, number: int = 3) -> Section:
    return Section(title, level, blocks, None, Location("docx", "报告.docx", paragraph=number))


def test_headings_are_missed_by_their_level_and_empty_ones_at_their_place() -> None:
    wanted = [
        heading("wind", "风力分析"),
        heading("line", "放线安排", "宜"),
        heading("prize", "奖项", "可"),
        heading("safety", "安全措施"),
    ]
    text = content(sections=(section("一、风力分析", para("东南风三级。")), section("四、安全措施", number=9)))
    diagnostics = list(check_headings(text, wanted, {}))
    assert [(item.code, item.severity) for item in diagnostics] == [
        ("F105", Severity.WARNING),
        ("F106", Severity.ERROR),
    ]
    assert diagnostics[0].params["title"] == "放线安排"
    assert diagnostics[1].location.paragraph == 9
    assert diagnostics[0].clause == "4.1"


def test_a_table_is_something_and_synonyms_count_and_what_a_rule_tells_is_not_told_again() -> None:
    wanted = [heading("wind", "风力分析"), heading("line", "放线安排"), heading("rest", "其他")]
    text = content(sections=(section("气象条件", table(["日期", "风力"], ["3月1日", "三级"])),))
    assert codes(list(check_headings(text, wanted, {"wind": ("气象条件",)}, {"line"}))) == ["F105"]


def test_a_heading_with_sections_needs_no_text_of_its_own() -> None:
    wanted = [heading("wind", "风力分析", sections=(heading("day", "白天风力"),))]
    text = content(sections=(section("风力分析"), section("白天风力", para("三级"), level=2)))
    assert list(check_headings(text, [wanted[0], *wanted[0].sections], {})) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("企业位于【缺：企业地址】。", "F110"),
        ("{{ enterprise.name }}成立于2012年", "F110"),
        ("{%p if x %}", "F110"),
        ("由XXX负责汇总", "F111"),
        ("××公司", "F111"),
        ("某某公司", "F111"),
        ("于XX年XX月验收", "F111"),
        ("合格率____%", "F111"),
        ("地址：＿＿＿＿", "F111"),
        ("（此处填写主要做法）", "F111"),
        ("【待补充】", "F111"),
        ("数据待补充", "F111"),
        ("TODO", "F111"),
    ],
)
def test_what_was_left_open_is_told(text: str, code: str) -> None:
    assert codes(list(check_placeholders(content(para(text, 7))))) == [code]
    assert next(check_placeholders(content(para(text, 7)))).location.paragraph == 7


def test_the_number_of_a_draft_standard_is_no_gap() -> None:
    text = content(para("依据 T/XX XXXX—XXXX 7.1"))
    assert codes(list(check_placeholders(text))) == ["F111"]
    assert list(check_placeholders(text, ("T/XX XXXX—XXXX",))) == []


@pytest.mark.parametrize(
    "text",
    [
        "企业代表（签字）：____________",
        "日期：____年__月__日",
        "盖章：＿＿＿＿＿＿",
        "XXL号和MAXX牌风筝",
        "尺寸 3×4 米",
        "符合 GB/T 19001 要求",
        "按要求填写完整",
        "【附件一】",
    ],
)
def test_a_line_to_sign_and_ordinary_words_are_not(text: str) -> None:
    assert list(check_placeholders(content(para(text)))) == []


def test_a_document_names_its_enterprise_and_no_other() -> None:
    assert codes(list(check_names(content(para("风筝检查报告")), IDENTITY))) == ["F107"]
    assert list(check_names(content(para("栗园纸鸢于3月受检")), IDENTITY)) == []
    diagnostics = list(check_names(content(para("栗园纸鸢", 1), para("潍城松石风筝工坊的骨架", 2)), IDENTITY))
    assert [(item.code, item.location.paragraph, item.severity) for item in diagnostics] == [
        ("F108", 2, Severity.WARNING)
    ]
    rare = content(para("栗园纸鸢", 1), para("栗园纸鸢", 2), para("潍城松石风筝工坊的骨架", 3))
    assert [item.severity for item in check_names(rare, IDENTITY)] == [Severity.INFO]
    together = content(para("栗园纸鸢"), table(["参加企业", "潍城松石风筝工坊"]))
    assert list(check_names(together, IDENTITY)) == []
    assert codes(list(check_names(content(table(["企业", "潍城松石风筝工坊"])), IDENTITY))) == ["F107", "F108"]
    assert list(check_names(content(para("鲁东衡度认证有限公司")), NamedIdentity(None, (), (AGENCY,)))) == []


def test_values_behind_their_labels_are_the_records() -> None:
    form = table(
        ["企业名称", "青州市栗圆纸鸢有限公司", "统一社会信用代码", "91370781MA3C2L0590"],
        ["项目名称", "潍坊2030年风筝放飞项目", "备注", "栗园纸鸢"],
    )
    diagnostics = [item for item in check_names(content(form), IDENTITY) if item.code == "F109"]
    assert [(item.params["label"], item.severity) for item in diagnostics] == [
        ("企业名称", Severity.ERROR),
        ("统一社会信用代码", Severity.ERROR),
        ("项目名称", Severity.WARNING),
    ]
    line = content(para("企业名称：青州市栗园纸鸢公司　　编号：3"))
    assert codes([item for item in check_names(line, IDENTITY) if item.code == "F109"]) == ["F109"]


@pytest.mark.parametrize(
    "rows",
    [
        [["企业名称", "青州市栗园纸鸢有限公司"]],
        [["企业名称", "青州市栗园纸鸢有限公司（盖章）"]],
        [["企业名称", "栗园纸鸢"]],
        [["企业名称", "", "统一社会信用代码", ""]],
        [["企业名称", "统一社会信用代码"], ["栗园纸鸢", "91370781MA3C2L059Q"]],
        [["企业名称", "负责人"], ["栗园纸鸢", "王"]],
    ],
)
def test_a_short_name_a_seal_and_a_row_of_headings_are_no_other_value(rows: list[list[str]]) -> None:
    assert [
        item for item in check_names(content(table(*rows), para("栗园纸鸢")), IDENTITY) if item.code == "F109"
    ] == []


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("青州市栗园纸莺有限公司", "青州市栗园纸莺有限公司"),
        ("由鲁东衡渡认证有限公司诊断", "鲁东衡渡认证有限公司"),
        ("青州栗园纸鸢有限公司和别家", "青州栗园纸鸢有限公司"),
        ("青州市栗园纸鸢有限公词承办", "青州市栗园纸鸢有限公词"),
        ("由青州市栗园纸鸢有限公司实施", None),
        ("青州市栗园路口", None),
        ("其他认证有限公司", None),
        ("青州市桃园食品有限公司", None),
    ],
)
def test_names_that_are_nearly_right_are_told(text: str, typed: str | None) -> None:
    diagnostics = [item for item in check_names(content(para(text)), IDENTITY) if item.code == "F124"]
    assert [item.params["typed"] for item in diagnostics] == ([typed] if typed else [])


FORM = (
    WantedLabel("检查部位", asks=True),
    WantedLabel("检查结论", asks=True),
    WantedLabel("检查人"),
    WantedLabel("骨架竹条无裂纹，绑扎牢固", asks=True),
)


def test_labels_that_are_missing_and_cells_that_are_empty_are_told_once() -> None:
    form = table(
        ["检查部位", "", "检查人", ""],
        ["1.骨架竹条无裂纹，绑扎牢固", "", ""],
        ["骨架竹条无裂纹，绑扎牢固", "", ""],
        ["备注", ""],
    )
    diagnostics = list(check_form(content(form), FORM, "4.2"))
    assert [(item.code, item.severity, item.params["labels"]) for item in diagnostics] == [
        ("F112", Severity.WARNING, "检查结论"),
        ("F113", Severity.WARNING, "检查部位、骨架竹条无裂纹，绑扎牢固"),
    ]


def test_what_is_filled_beside_or_below_a_label_is_no_gap() -> None:
    filled = table(["检查部位", "", "骨架"], ["检查结论", "好"], ["检查人", ""], ["骨架竹条无裂纹，绑扎牢固", "是"])
    assert list(check_form(content(filled), FORM, None)) == []
    below = table(["检查部位", "", "检查结论"], ["骨架", "", "好"], ["检查人：", "骨架竹条无裂纹，绑扎牢固 是"])
    assert list(check_form(content(below), FORM, None)) == []


def write_workbook(path: Path) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("检查")
        sheet.write("B2", "风筝检查表")
        sheet.write("B3", "检查部位")
        sheet.write("C3", "XXX")
        sheet.write("C4", 12.5)
        book.add_worksheet("隐藏").hide()
    return path


def test_a_workbook_is_read_with_the_place_of_each_cell(tmp_path: Path) -> None:
    read = read_xlsx(write_workbook(tmp_path / "表.xlsx"))
    assert read.title == "风筝检查表"
    assert [item.title for item in read.sections] == ["检查"]
    assert [item.text for item in iterate_texts(read)] == ["检查", "风筝检查表", "检查部位", "XXX", "12.5"]
    diagnostics = next(check_placeholders(read))
    assert (diagnostics.location.kind, diagnostics.location.sheet, diagnostics.location.cell) == ("xlsx", "检查", "C3")


def test_a_workbook_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK\3\4 no workbook")
    with pytest.raises(SourceError):
        read_xlsx(path)


@pytest.mark.parametrize(
    ("column", "cell"), [(0, "A1"), (25, "Z1"), (26, "AA1"), (27, "AB1"), (701, "ZZ1"), (702, "AAA1")]
)
def test_cells_are_named_as_excel_names_them(column: int, cell: str) -> None:
    assert name_cell(1, column + 1) == cell


def test_what_nobody_filled_in_and_what_isnt_read_is_told() -> None:
    place = Location("docx", "报告.docx", paragraph=3)
    aside = [Outside("unfilled", "选择一项。", place), Outside("chunk", "", place), Outside("footnote", "注", place)]
    diagnostics = list(check_unread([*aside, Outside("chunk", "", place)], FILE, None))
    assert [(item.code, item.location.paragraph) for item in diagnostics] == [("C146", 3), ("F110", 3)]
    assert (diagnostics[0].params["count"], diagnostics[1].params["placeholder"]) == (2, "选择一项。")
