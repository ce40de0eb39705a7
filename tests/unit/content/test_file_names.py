"""What the names say that people give to files and folders."""

from __future__ import annotations

import datetime as dt

import pytest

from docgen.content.blocks import Paragraph, Run, Table
from docgen.content.closing_date import find_labelled_date, parse_closing_date
from docgen.content.file_names import read_name
from docgen.content.model import DocumentContent
from docgen.content.title_likeness import find_part_names, liken_titles, list_title_forms


@pytest.mark.parametrize(
    ("stem", "text"),
    [
        ("现场调研记录", "现场调研记录"),
        ("3-1 现场调研记录", "现场调研记录"),
        ("（2）诊断报告", "诊断报告"),
        ("(12)诊断报告", "诊断报告"),
        ("01_工作计划", "工作计划"),
        ("１．管理办法", "管理办法"),
        ("０４现场调研", "现场调研"),
        ("附件3：提升方案", "提升方案"),
        ("附件2 提升方案", "提升方案"),
        ("一、前期准备", "前期准备"),
        ("第三部分 提升方案", "提升方案"),
        ("0012_现场调研记录", "现场调研记录"),
        ("提升方案终稿", "提升方案"),
        ("提升方案（最终版）", "提升方案"),
        ("提升方案-最终版(1)", "提升方案"),
        ("提升方案v2", "提升方案"),
        ("提升方案 V2.1", "提升方案"),
        ("提升方案（第三稿）", "提升方案"),
        ("提升方案 - 副本", "提升方案"),
        ("提升方案final", "提升方案"),
        ("2024年9月6日诊断报告", "诊断报告"),
        ("诊断报告20240906", "诊断报告"),
        ("诊断报告 2024.9.6", "诊断报告"),
        ("2024年工作总结", "工作总结"),
        ("诊断报告（签字版）", "诊断报告"),
        ("满意度调查表（已盖章）", "满意度调查表"),
        ("诊断报告_扫描件", "诊断报告"),
        ("ＡＢＣ说明书", "abc说明书"),
        ("5S管理办法", "5s管理办法"),
        ("GB19001宣贯材料", "gb19001宣贯材料"),
        ("20240906", ""),
    ],
)
def test_numbers_dates_versions_and_signatures_are_no_part_of_a_title(stem: str, text: str) -> None:
    assert read_name(stem).text == text


@pytest.mark.parametrize(
    ("stem", "date"),
    [
        ("诊断报告20240906", dt.date(2024, 9, 6)),
        ("2024-09-06 诊断报告", dt.date(2024, 9, 6)),
        ("2024年9月6日启动会", dt.date(2024, 9, 6)),
        ("启动会2024.9.6", dt.date(2024, 9, 6)),
        ("20241399 诊断报告", None),
        ("2024年9月工作总结", None),
        ("诊断报告", None),
        ("91320312 营业执照", None),
    ],
)
def test_a_name_gives_a_day_or_none(stem: str, date: dt.date | None) -> None:
    assert read_name(stem).date == date


@pytest.mark.parametrize(
    ("stem", "signed"),
    [
        ("诊断报告签字版", True),
        ("诊断报告（盖章）", True),
        ("诊断报告-扫描", True),
        ("诊断报告 signed", True),
        ("scan_诊断报告", True),
        ("诊断报告", False),
        ("签到表", False),
        ("designed", False),
    ],
)
def test_a_name_says_whether_the_paper_was_signed(stem: str, signed: bool) -> None:
    assert read_name(stem).signed is signed


def test_pages_of_one_paper_have_one_bare_name() -> None:
    assert {read_name(stem).bare for stem in ("签到表_1", "签到表_2", "签到表（3）", "签到表 第4页")} == {"签到表"}


def test_versions_are_told() -> None:
    assert read_name("方案v2").versions == ("v2",)
    assert read_name("方案-最终版(1)").versions == ("最终版", "(1)")
    assert read_name("方案").versions == ()


@pytest.mark.parametrize(
    ("typed", "wanted", "likelier_than"),
    [
        ("诊断报告", "认证提升企业质量诊断报告", "企业质量诊断意见确认表"),
        ("工作总结", "认证提升工作总结", "认证提升工作计划"),
        ("方案可行性研讨记录", "方案可行性研讨记录", "认证提升方案"),
        ("认证提升方案可行性研讨记录", "方案可行性研讨记录", "认证提升方案"),
        ("内审和管理评审记录", "内部审核与管理评审记录", "验收评审记录"),
        ("启动会记录", "认证提升项目启动（动员部署）记录", "宣传活动记录"),
    ],
)
def test_the_end_of_a_title_weighs_most(typed: str, wanted: str, likelier_than: str) -> None:
    words = list_title_forms(typed)
    assert liken_titles(words, list_title_forms(wanted)) > liken_titles(words, list_title_forms(likelier_than))


def test_the_numbers_of_tables_are_names() -> None:
    assert find_part_names("表C.1 认证提升成效评价表") == find_part_names("附：表 Ｃ．1")
    assert find_part_names("评价表") == ()


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2024年9月6日", dt.date(2024, 9, 6)),
        ("日期：二〇二四年九月六日", dt.date(2024, 9, 6)),
        ("二○二四年十二月二十一日", dt.date(2024, 12, 21)),
        ("2024 年 10 月 06 日", dt.date(2024, 10, 6)),
        ("2024年13月1日", None),
        ("2024年9月", None),
        ("日期：    年  月  日", None),
        ("2024年9月6日召开会议", None),
    ],
)
def test_a_line_that_holds_nothing_but_a_date_closes_a_text(line: str, date: dt.date | None) -> None:
    assert parse_closing_date(line) == date


def test_a_date_stands_behind_its_label_in_a_line_or_in_the_next_cell() -> None:
    table = Table((((Run("选定日期"),), (Run("2024-09-06"),)), ((Run("说明"),), ())))
    content = DocumentContent(None, (Paragraph((Run("日期：2024年9月5日"),)), table), ())
    assert find_labelled_date(content, "日期") == dt.date(2024, 9, 5)
    assert find_labelled_date(content, "选定日期") == dt.date(2024, 9, 6)
    assert find_labelled_date(content, "评价日期") is None
