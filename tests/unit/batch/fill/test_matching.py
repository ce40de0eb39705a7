"""``docgen fill --match``: tags whose columns are called something else; what a tag likely means; values to see."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlsxwriter
from support.command_line import CommandLine
from support.merge_letters import add_field, read_texts, save

from docgen.batch.fill.copies import Wishes
from docgen.batch.fill.fields import write_sheet
from docgen.batch.fill.matching import Offer, choose_matches, offer_match
from docgen.batch.fill.runner import FillRequest, plan_filling
from docgen.errors import TemplateError

HEADERS = ["单位全称", "开会时间", "产量", "企业名称"]
ROW = ["甲公司", "2024-09-06", 12.5, "不是它"]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write_table(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets or (("名单", [HEADERS, ROW]),):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def write_letter(path: Path, *lines: str, fields: Sequence[str] = (), rows: Sequence[str] = ()) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    for name in fields:
        add_field(document.add_paragraph(), f"MERGEFIELD {name}", f"«{name}»")
    if rows:
        table = document.add_table(len(rows), 1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    path.write_bytes(save(document))
    return path


def read_first(folder: Path) -> list[str]:
    return [text for text in read_texts(next(folder.glob("1_*.docx")).read_bytes()) if text]


def test_a_tag_is_led_to_the_column_that_is_meant(call: CommandLine, tmp_path: Path) -> None:
    """In every way in which a tag may be written, and although another column bears its name."""
    lines = (
        "{{ 企业名称 }}",
        "【企业名称】",
        "${企业名称}",
        '{% if 企业名称 == "甲公司" %}是{% endif %}',
        "{{ 日期|date }}",
    )
    letter = write_letter(tmp_path / "函.docx", *lines, fields=["企业名称"])
    table = write_table(tmp_path / "名单.xlsx")
    given = ("--match", "企业名称=单位全称", "--match", "日期＝开会时间")
    assert call("fill", letter, table, "-o", tmp_path / "出", *given).code == 0
    assert read_first(tmp_path / "出") == ["甲公司"] * 3 + ["是", "2024年9月6日", "甲公司"]


def test_two_tags_change_places(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 甲 }}-{{ 乙 }}")
    table = write_table(tmp_path / "名单.xlsx", ("名单", [["甲", "乙"], ["一", "二"]]))
    assert call("fill", letter, table, "-o", tmp_path / "出", "--match", "甲=乙", "--match", "乙=甲").code == 0
    assert read_first(tmp_path / "出") == ["二-一"]


def test_a_list_is_led_to_a_sheet_and_its_tags_to_columns(call: CommandLine, tmp_path: Path) -> None:
    rows = ("{%tr for 行 in 明细 %}", "{{ 行.项目 }}", "{%tr endfor %}")
    letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}", rows=rows)
    sheets = (("企业", [["名称"], ["甲"]]), ("检测", [["名称", "检测内容"], ["甲", "铅"], ["甲", "镉"]]))
    table = write_table(tmp_path / "表.xlsx", *sheets)
    given = ("--sheet", "企业", "--match", "明细=检测", "--match", "项目=检测内容")
    assert call("fill", letter, table, "-o", tmp_path / "出", *given).code == 0
    assert read_first(tmp_path / "出")[1:] == ["铅", "镉"]


def test_an_excel_template_is_matched_too(call: CommandLine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["B2"] = "{{ 名称 }}"
    book.save(tmp_path / "登记.xlsx")
    table = write_table(tmp_path / "名单.xlsx")
    assert call("fill", tmp_path / "登记.xlsx", table, "-o", tmp_path / "出", "--match", "名称=单位全称").code == 0
    made = openpyxl.load_workbook(next((tmp_path / "出").glob("1_*.xlsx")))
    assert made.active is not None
    assert made.active["B2"].value == "甲公司"


def test_another_match_makes_the_documents_anew(call: CommandLine, tmp_path: Path) -> None:
    letter, table = write_letter(tmp_path / "函.docx", "{{ 名称 }}"), write_table(tmp_path / "名单.xlsx")
    for header, wanted in (("单位全称", "甲公司"), ("企业名称", "不是它")):
        given = ("--match", f"名称={header}", "--name", "1_x")
        assert call("fill", letter, table, "-o", tmp_path / "出", *given).code == 0
        assert read_first(tmp_path / "出") == [wanted]


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (("企业名称=没有",), ["W211"]),
        (("没有=单位全称",), ["N230"]),
        (("企业名称",), ["N231"]),
        (("企业名称=单位全称", "企业名称=开会时间"), ["N231"]),
    ],
)
def test_what_matches_nothing_is_told(
    call: CommandLine, tmp_path: Path, given: tuple[str, ...], codes: list[str]
) -> None:
    letter, table = write_letter(tmp_path / "函.docx", "{{ 企业名称 }}"), write_table(tmp_path / "名单.xlsx")
    words = [word for pair in given for word in ("--match", pair)]
    ran = call.json("fill", letter, table, "--check", *words)
    assert ran.code in (1, 2)
    assert set(codes) <= set(ran.codes)
    assert not (tmp_path / "出").exists()


class TestOffer:
    def offer(self, folder: Path, *tags: str, headers: Sequence[str]) -> Offer:
        letter = write_letter(folder / "函.docx", *(f"{{{{ {tag} }}}}" for tag in tags))
        rows = [[f"{header}{number}" for header in headers] for number in range(5)]
        return offer_match(letter, write_table(folder / "表.xlsx", ("名单", [headers, *rows])))

    def test_the_same_comes_before_what_is_alike(self, tmp_path: Path) -> None:
        headers = ["单位名称", "企业名称（全称）", "通讯地址", "手机号", "备注"]
        found = self.offer(tmp_path, "企业名称", "地址", "联系电话", "法定代表人", headers=headers)
        assert {tag.name: tag.header for tag in found.tags} == {
            "企业名称": "企业名称（全称）",
            "地址": "通讯地址",
            "联系电话": "手机号",
            "法定代表人": "",
        }
        assert len(found.sheets[0].rows) == 3, "the first rows"
        assert found.sheets[0].rows[0][0] == "单位名称0"

    def test_the_sheet_of_a_list_is_not_that_of_the_documents(self, tmp_path: Path) -> None:
        rows = ("{%tr for 行 in 检测结果 %}", "{{ 行.项目 }}{{ 行.判定 }}", "{%tr endfor %}")
        letter = write_letter(tmp_path / "函.docx", "{{ 名称 }}", rows=rows)
        sheets = (
            ("检测结果", [["名称", "项目", "判定"], ["甲", "铅", "合格"]]),
            ("企业", [["名称", "地址"], ["甲", "乙"]]),
        )
        found = offer_match(letter, write_table(tmp_path / "表.xlsx", *sheets))
        assert found.sheet == "企业"
        assert [(tag.name, tag.header) for tag in found.tags if tag.is_list] == [("检测结果", "检测结果")]

    def test_no_column_is_suggested_twice(self, tmp_path: Path) -> None:
        found = self.offer(tmp_path, "联系人", "联系人电话", headers=["联系人姓名", "备注"])
        assert [tag.header for tag in found.tags].count("联系人姓名") == 1

    def test_only_what_says_more_is_kept(self) -> None:
        headers = ("名称", "通讯地址")
        assert choose_matches({"名称": "名称", "地址": "通讯地址"}, headers) == {"地址": "通讯地址"}
        assert choose_matches({"地址": "没有", "名称": ""}, headers) == {}

    def test_a_broken_template_is_told(self, tmp_path: Path) -> None:
        letter = write_letter(tmp_path / "函.docx", "{{ 甲|bogus }}")
        with pytest.raises(TemplateError):
            offer_match(letter, write_table(tmp_path / "名单.xlsx"))


def test_all_that_is_wrong_with_a_template_is_told_at_once(call: CommandLine, tmp_path: Path) -> None:
    letter = write_letter(tmp_path / "函.docx", "{{ 甲|bogus }}", "{{ 乙 }和{% if 丙 %}")
    ran = call.json("template", "check", letter)
    assert {"T104", "T106"} <= set(ran.codes)


def test_a_list_s_header_with_a_unit_needs_no_data(call: CommandLine, tmp_path: Path) -> None:
    rows = ("{%tr for 行 in 明细 %}", "{{ 行.结果（mg/kg） }}", "{%tr endfor %}")
    assert call.json("template", "check", write_letter(tmp_path / "函.docx", rows=rows)).codes == []


def test_sample_values_suit_what_is_asked(tmp_path: Path) -> None:
    lines = (
        "{{ 名称 }}",
        "{{ 日期|date }}",
        "{{ 达标|box }}",
        '{{ 等级|box("优") }}',
        "{% if 产量 > 5 %}多{% endif %}",
    )
    letter = write_letter(tmp_path / "函.docx", *lines)
    write_sheet(letter, tmp_path / "样.xlsx", force=True, is_sample=True)
    filling = plan_filling(FillRequest(letter, tmp_path / "样.xlsx", None, Wishes()))
    (made,) = filling.try_copies()
    assert [item.code for item in (*filling.whole, *filling.strays, *made.diagnostics)] == []
    document = docx.Document(io.BytesIO(made.data))
    assert [item.text for item in document.paragraphs] == ["示例名称", "2024年9月6日", "☑", "☑", "多"]
