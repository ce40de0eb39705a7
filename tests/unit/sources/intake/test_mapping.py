"""Somebody else's table: read as it is, its columns guessed, its faults at its own cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from stdnum.cn.uscc import calc_check_digit
from support.intake_support import load_profile

from docgen.errors import SourceError
from docgen.messages import catalogue
from docgen.profile.validate import Validation, validate_record
from docgen.sources.intake.reading.delimited import find_delimiter, read_delimited
from docgen.sources.intake.reading.mapping import load_mapping, read_mapped
from docgen.sources.intake.reading.mapping_text import format_mapping
from docgen.sources.intake.reading.split import select_enterprises, split_enterprises
from docgen.sources.intake.reading.suggest import recognise
from docgen.sources.intake.returning.return_copy import return_faulty
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.record_file import RawSource

LOADED = load_profile()
HEAD = [
    "编号",
    "单位全称",
    "税号",
    "法人代表",
    "手机号码",
    "规模",
    "职工人数(人)",
    "报名时间",
    "年营业收入（元）",
    "备注",
]


def suggest(book: SourceBook) -> str:
    return format_mapping(book, LOADED, recognise(book, build_layout(LOADED)))


def make_code(number: int) -> str:
    body = f"91320300MB{number:07d}"
    return body + str(calc_check_digit(body))


def make_lines(count: int = 6) -> list[list[str]]:
    return [
        [f"QY{at}", f"徐州外来{at:02d}食品有限公司", make_code(at), "李明", f"139000{at:05d}", "小" if at % 2 else "微",
         str(10 + at), f"2024.9.{at + 1}", f"1,00{at}.5", "随便写的"]
        for at in range(count)
    ]  # fmt: skip


def format_csv(lines: list[list[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([HEAD, *lines])
    return buffer.getvalue()


def write_csv(path: Path, lines: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes(format_csv(lines, delimiter).encode(encoding))
    return path


def read_with(tmp_path: Path, book: SourceBook, text: str) -> tuple[RawSource, Validation]:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, "utf-8")
    source = read_mapped(book, LOADED, load_mapping(path))
    return source, validate_record(LOADED, source.data, source.locate, failed=source.failed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    book = read_delimited(write_csv(tmp_path / "a.csv", make_lines(), encoding, delimiter))
    rows = book.sheets[0].rows
    assert list(rows[0].cells.values()) == HEAD
    assert rows[1].cells[2] == "徐州外来00食品有限公司"
    assert len(rows) == 7


def test_commas_and_line_ends_inside_quotes() -> None:
    assert find_delimiter('名称;地址\n"甲;乙";"一,二,三"\n丙;"丁\n戊"\n') == ";"
    assert find_delimiter("只有一列\n甲\n乙\n") == ","


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x00\x01\xff\xfe\x80")
    with pytest.raises(SourceError) as caught:
        read_delimited(path)
    assert [item.code for item in caught.value.diagnostics] == ["W155"]


def test_a_mapping_is_guessed_from_names_and_values(tmp_path: Path) -> None:
    book = read_delimited(write_csv(tmp_path / "名单.csv", make_lines()))
    text = suggest(book)
    for line in (
        "profile: db3203-t1023-2023", "    into: 企业", "      编号: 序号  #", "      单位全称: 企业名称  # 0.9",
        "      税号: 统一社会信用代码  # 0.9", "      法人代表: 法定代表人  # 0.9",
        "      手机号码: 联系人联系电话  # 0.9",
        "      规模: 企业规模  # 0.9", "      职工人数(人): 从业人数  # 0.9", "      报名时间: 报名日期  # 0.9",
        "      # J 备注:", "        小: 小型", "        微: 微型",
    ):  # fmt: skip
        assert line in text, line
    assert "年营业收入（元）: 营业收入" not in text, "yuan are no ten thousands of yuan"


def test_the_guess_can_be_used_as_it_is(tmp_path: Path) -> None:
    lines = make_lines()
    lines[3][2], lines[4][6] = "9.13203E+17", "约20"
    book = read_delimited(write_csv(tmp_path / "名单.csv", lines, "gbk"))
    source, validation = read_with(tmp_path, book, suggest(book))
    record = validation.record
    assert record is not None
    assert [(item.key, item.name) for item in record.enterprises][:2] == [
        ("qy0", "徐州外来00食品有限公司"), ("qy1", "徐州外来01食品有限公司"),
    ]  # fmt: skip
    assert [item.size_class for item in record.enterprises][:2] == ["微型", "小型"]
    assert str(record.enterprises[0].applied_on) == "2024-09-01"
    faults = [(item.code, item.location.cell) for item in (*source.diagnostics, *validation.diagnostics)]
    assert ("W133", "C5") in faults
    assert ("R105", "G6") in faults
    assert ("W156", "A1") in faults


def test_the_rows_of_a_foreign_table_are_parted_and_returned(tmp_path: Path) -> None:
    lines = make_lines()
    lines[4][6] = "约20"
    book = read_delimited(write_csv(tmp_path / "名单.csv", lines, "gbk"))
    source, validation = read_with(tmp_path, book, suggest(book).replace("    number:", "    number: XZ-1"))
    split = split_enterprises(source, LOADED, (*source.diagnostics, *validation.diagnostics))
    faulty = [item.key for item in split.enterprises if not item.sound]
    assert faulty == ["qy4"]
    sound = select_enterprises(source, LOADED, [item.key for item in split.enterprises if item.sound])
    record = validate_record(LOADED, sound.data, sound.locate, failed=sound.failed).record
    assert record is not None
    assert (record.project.number, len(record.enterprises)) == ("XZ-1", 5)
    assert sound.locate(("enterprises", 4, "name")).cell == "B7"
    data = return_faulty(source, LOADED, faulty, validation.diagnostics, catalogue("zh"))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["名单"]
    assert [[cell.value for cell in row][:2] for row in sheet.iter_rows(max_row=3)] == [
        HEAD[:2], ["qy4", "徐州外来04食品有限公司"], [None, None],
    ]  # fmt: skip
    assert sheet["G2"].comment is not None


def test_a_title_above_the_headers_and_several_sheets(tmp_path: Path) -> None:
    def make_grid(name: str, lines: list[list[GridValue]], first: int) -> SheetGrid:
        rows = (SheetRow(number, dict(enumerate(line, 1))) for number, line in enumerate(lines, first))
        return SheetGrid(name, (SheetRow(1, {1: "2024年汇总表"}), *rows))

    names: list[list[GridValue]] = [["企业名称", "法人"], ["甲公司", "张三"], ["乙公司", "李四"]]
    figures: list[list[GridValue]] = [
        ["企业名称", "指标名称", "改进前", "目标值"],
        ["甲公司", "合格率", SheetCell("number", "85"), SheetCell("number", "95")],
    ]
    book = SourceBook("外来.xlsx", (make_grid("名册", names, 3), make_grid("成效", figures, 2)))
    text = suggest(book)
    assert text.count("header_row: 3") == text.count("header_row: 2") == 1
    assert "into: 评价指标" in text
    text = text.replace("    header_row: 2", "    defaults: {评价项目: 产品实现与服务提供}\n    header_row: 2")
    _, validation = read_with(tmp_path, book, text)
    assert validation.diagnostics == ()
    assert validation.record is not None
    indicator = validation.record.enterprises[0].indicators[0]
    assert (indicator.name, str(indicator.target), indicator.family) == ("合格率", "95", "realisation")


def test_what_the_table_lacks_stands_in_the_mapping(tmp_path: Path) -> None:
    book = read_delimited(write_csv(tmp_path / "名单.csv", make_lines(2)))
    text = """\
profile: db3203-t1023-2023
sheets:
  - into: 企业
    columns: {单位全称: 企业名称}
    defaults: {数据年度: "2023", 企业规模: 小型}
record:
  project: {number: XZ-1, dated: 2024-13-01}
"""
    source, validation = read_with(tmp_path, book, text)
    assert validation.record is not None
    assert validation.record.project.number == "XZ-1"
    assert {item.data_year for item in validation.record.enterprises} == {"2023"}
    (fault,) = validation.diagnostics
    assert (fault.code, fault.location.kind, fault.location.line) == ("R106", "yaml", 7)
    assert str(fault.location.file).endswith("mapping.yaml")
    assert source.name_place(("project", "name")) == "record.project.name"


def test_columns_without_headers_are_named_by_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲公司,30\n乙公司,40\n", "utf-8")
    text = "profile: db3203-t1023-2023\nsheets:\n  - {into: 企业, header_row: 0, columns: {A: 企业名称, b: 从业人数}}\n"
    _, validation = read_with(tmp_path, read_delimited(path), text)
    assert validation.record is not None
    assert [(item.name, item.staff) for item in validation.record.enterprises] == [("甲公司", 30), ("乙公司", 40)]


FAULTS = {
    "sheet": ("{sheet: 没有, into: 企业, columns: {单位全称: 企业名称}}", "W150", 3),
    "into": ("{into: 企业们, columns: {单位全称: 企业名称}}", "W152", 3),
    "column": ("{into: 企业, columns: {单位全成: 企业名称}}", "W151", 3),
    "header": ("{into: 企业, columns: {单位全称: 企业名字}}", "W153", 3),
    "values": ("{into: 企业, columns: {单位全称: 企业名称}, values: {规模大小: {小: 小型}}}", "W153", 3),
    "defaults": ("{into: 企业, columns: {单位全称: 企业名称}, defaults: {没有: 小型}}", "W153", 3),
    "key": ("{into: 企业, columns: {单位全称: 企业名称}, header: 1}", "R101", 3),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_a_mapping_have_their_lines(name: str, tmp_path: Path) -> None:
    entry, code, line = FAULTS[name]
    grid = SheetGrid("名单", (SheetRow(1, {1: "单位全称"}), SheetRow(2, {1: "甲公司"})))
    with pytest.raises(SourceError) as caught:
        read_with(tmp_path, SourceBook("外来.xlsx", (grid,)), f"profile: db3203-t1023-2023\nsheets:\n  - {entry}\n")
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.location.line) == (code, line)
