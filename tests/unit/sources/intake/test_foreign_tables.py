"""Tables that other people made: what a first mapping of them says, measured; and how they are read with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.foreign_tables import ADJUSTED, FOUND_LATER, HELD_OUT, WUHAN, XUZHOU, ForeignTable

from docgen.errors import SourceError
from docgen.ooxml.cells import name_column
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.validate import validate_record
from docgen.record.record import Record
from docgen.resources import Resources
from docgen.sources.intake.reading.heading import HeadingIndex, read_heading
from docgen.sources.intake.reading.mapping import load_mapping, read_mapped
from docgen.sources.intake.reading.mapping_text import format_mapping
from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.reading.suggest import Suggestion, recognise
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.record_file import RawSource

TABLES = (*ADJUSTED, *HELD_OUT, *FOUND_LATER)
ENOUGH = 0.9
PHONES = ("13800000001", "13800000002", "13800000003")
COMPANIES = ("武汉甲乙机械有限公司", "武汉丙丁电器有限公司", "武汉戊己木器厂")
PEOPLE = ("张三丰", "李四光", "王五常")


@cache
def find(profile: str) -> LoadedProfile:
    return find_profile(Resources(), profile)


def suggest(book: SourceBook, profile: str = WUHAN) -> tuple[Suggestion, str]:
    loaded = find(profile)
    suggestion = recognise(book, build_layout(loaded))
    return suggestion, format_mapping(book, loaded, suggestion) if suggestion.sheets else ""


def make_book(
    *lines: list[str | int], merged: tuple[tuple[int, int, int, int], ...] = (), first: int = 1
) -> SourceBook:
    rows = []
    for number, line in enumerate(lines, first):
        cells: dict[int, GridValue] = {
            at: value if isinstance(value, str) else SheetCell("number", str(value))
            for at, value in enumerate(line, 1)
            if value != ""
        }
        if cells:
            rows.append(SheetRow(number, cells))
    return SourceBook("外来.xlsx", (SheetGrid("Sheet1", tuple(rows), merged),))


def read_with(tmp_path: Path, book: SourceBook, text: str, profile: str = WUHAN) -> tuple[RawSource, Record]:
    path = tmp_path / "对照.yaml"
    path.write_text(text, "utf-8")
    loaded = find(profile)
    source = read_mapped(book, loaded, load_mapping(path))
    record = validate_record(loaded, source.data, source.locate, failed=source.failed).record
    assert record is not None
    return source, record


def list_active(book: SourceBook, text: str) -> Iterator[tuple[str, str, str, int, str]]:
    """What the lines of a mapping that count say: sheet, letter of the column, target sheet, header row, target."""
    for entry in yaml.safe_load(text)["sheets"]:
        names = entry["sheet"] if isinstance(entry["sheet"], list) else [entry["sheet"]]
        for name in names:
            grid = book.by_name.get(name, book.sheets[0])
            index = HeadingIndex(read_heading(grid, entry["header_row"], entry.get("header_rows", 1)), grid)
            left = entry.get("area", "A:ZZ").partition(":")[0]
            for theirs, ours in entry["columns"].items():
                at = index.find(str(theirs))
                if "area" in entry:
                    cut = [at for at, header in index.names.items() if header == theirs and name_column(at) >= left]
                    at = cut[0] if cut else at
                assert at, theirs
                yield name, name_column(at), entry["into"], entry["header_row"], ours


def measure(table: ForeignTable, folder: Path) -> tuple[int, list[object], list[object]]:
    """How many columns are right, which lines are wrong, which columns that should be mapped aren't."""
    book = open_workbook(table.make(folder / table.name))
    _, text = suggest(book, table.profile)
    wanted = {
        (item.sheet, letter): (item.into, item.header_row, target)
        for item in table.expected
        for letter, target in item.columns.items()
    }
    lines_by_column: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for sheet, letter, *rest in list_active(book, text) if text else ():
        lines_by_column.setdefault((sheet, letter), []).append((str(rest[0]), int(str(rest[1])), str(rest[2])))
    wrong: list[object] = [(place, lines) for place, lines in lines_by_column.items() if wanted.get(place) not in lines]
    missed: list[object] = [place for place in wanted if place not in lines_by_column]
    return table.columns - len(wrong) - len(missed), wrong, missed


@pytest.mark.parametrize("tables", [ADJUSTED, HELD_OUT, FOUND_LATER], ids=["adjusted", "held out", "later"])
def test_nine_columns_of_ten_are_right_and_none_is_wrong(tables: tuple[ForeignTable, ...], tmp_path: Path) -> None:
    right = columns = 0
    for table in tables:
        matched, wrong, missed = measure(table, tmp_path)
        assert wrong == [], (table.name, missed)
        right, columns = right + matched, columns + table.columns
    assert right >= ENOUGH * columns, (right, columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_docgen_takes_every_mapping_that_it_writes(table: ForeignTable, tmp_path: Path) -> None:
    book = open_workbook(table.make(tmp_path / table.name))
    suggestion, text = suggest(book, table.profile)
    if not table.expected:
        assert not suggestion.sheets
        return
    source, record = read_with(tmp_path, book, text, table.profile)
    assert {item.code for item in source.diagnostics if item.severity == "error"} <= {"W162"}
    if any(item.into == "企业" for item in table.expected):
        names = [item.name for item in record.enterprises]
        assert names
        assert all(name and name.endswith(("公司", "厂")) for name in names), names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_mapping_holds_nobodys_data_and_its_choices_are_lines(table: ForeignTable, tmp_path: Path) -> None:
    book = open_workbook(table.make(tmp_path / table.name))
    suggestion, text = suggest(book, table.profile)
    headers = {header for guess in suggestion.sheets for item in guess.guesses for header in item.name.split("/")}
    for grid in book.sheets:
        for row in grid.rows:
            for cell in row.cells.values():
                value = cell if isinstance(cell, str) else ""
                if (
                    len(value) > 1
                    and value not in headers
                    and re.search(r"公司|[周孙冯陈林吴何吕施蒋沈]\S$|\d{8}", value)
                ):
                    assert value not in text, value
    if text:
        taken = re.sub(r"^(\s*)#(?=[^\s#])", r"\1", text, flags=re.MULTILINE)
        assert isinstance(yaml.safe_load(re.sub(r"^( +)#(?=  )", r"\1", taken, flags=re.MULTILINE))["sheets"], list)


def test_headers_of_two_rows_are_joined(tmp_path: Path) -> None:
    book = make_book(
        ["某某区重点企业情况汇总表"],
        ["填报单位：某某局", "", "", "", "", "", "单位：万元"],
        ["序号", "企业名称", "地址", "联系人", "", "营业收入", ""],
        ["", "", "", "姓名", "电话", "2022年", "2023年"],
        [1, COMPANIES[0], "一路1号", PEOPLE[0], PHONES[0], 1200, 1300],
        [2, COMPANIES[1], "二路2号", PEOPLE[1], PHONES[1], 900, 950],
        ["", "合计", "", "", "", 2100, 2250],
        ["填表人：赵六合", "", "", "审核人：", "", "填表日期：2024年3月1日", ""],
        merged=((1, 1, 1, 7), (3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 3, 5), (3, 6, 3, 7)),
    )
    _, text = suggest(book)
    for line in (
        "header_row: 4", "header_rows: 2", "序号: 序号", "联系人/姓名: 联系人姓名", "联系人/电话: 联系人联系电话",
        "      #营业收入/2022年: 营业收入（万元）", "      #营业收入/2023年: 营业收入（万元）",
    ):  # fmt: skip
        assert line in text, line
    source, record = read_with(tmp_path, book, text.replace("      #营业收入/2023年", "      营业收入/2023年"))
    assert [(item.name, item.contact and item.contact.name, str(item.revenue)) for item in record.enterprises] == [
        (COMPANIES[0], PEOPLE[0], "1300"), (COMPANIES[1], PEOPLE[1], "950"),
    ]  # fmt: skip
    assert [item.code for item in source.diagnostics] == ["W126", "W156"]
    # a mapping by hand that names the upper row of a merged header, or the lower headers alone
    for row in (3, 4):
        by_hand = f"sheets:\n  - {{into: 企业, header_row: {row}, columns: {{企业名称: 企业名称, 姓名: 联系人姓名}}}}\n"
        _, record = read_with(tmp_path, book, by_hand)
        assert [item.contact and item.contact.name for item in record.enterprises] == list(PEOPLE[:2])


def test_headers_of_two_rows_without_merged_cells(tmp_path: Path) -> None:
    book = make_book(
        ["序号", "企业", "", "联系人", ""],
        ["", "名称", "地址", "姓名", "电话"],
        [1, COMPANIES[0], "一路1号", PEOPLE[0], PHONES[0]],
    )
    _, text = suggest(book)
    assert "header_rows: 2" in text
    assert "企业/名称: 企业名称" in text
    assert "联系人/电话: 联系人联系电话" in text
    _, record = read_with(tmp_path, book, text)
    assert [item.address for item in record.enterprises] == ["一路1号"]


def test_blocks_side_by_side_are_read_as_one_list(tmp_path: Path) -> None:
    book = make_book(
        ["某某培训班签到表"],
        ["培训机构：某某公司  日期：2024年5月1日"],
        ["序号", "单位名称", "姓名", "联系电话", "", "序号", "单位名称", "姓名", "联系电话"],
        [1, COMPANIES[0], PEOPLE[0], PHONES[0], "", 1, COMPANIES[1], PEOPLE[1], PHONES[1]],
        [2, COMPANIES[2], PEOPLE[2], PHONES[2], "", "", "", "", ""],
        merged=((1, 1, 1, 9), (2, 1, 2, 9)),
    )
    _, text = suggest(book)
    assert [line.split("#")[0].strip() for line in text.splitlines() if " area:" in line] == ["area: A:D", "area: F:I"]
    assert text.count("header_row: 3") == 2
    source, record = read_with(tmp_path, book, text)
    assert [(item.name, item.contact and item.contact.phone) for item in record.enterprises] == [
        (COMPANIES[0], PHONES[0]), (COMPANIES[2], PHONES[2]), (COMPANIES[1], PHONES[1]),
    ]  # fmt: skip
    assert len({item.key for item in record.enterprises}) == 3
    assert all(item.severity == "info" for item in source.diagnostics)


@pytest.mark.parametrize("titled", [False, True])
def test_a_sheet_without_headers(titled: bool, tmp_path: Path) -> None:
    lines: list[list[str | int]] = [
        [company, f"91420100MB0000{at}00X", PHONES[at], PEOPLE[at]] for at, company in enumerate(COMPANIES)
    ]
    book = make_book(*([["参会企业名单"]] if titled else []), *lines)
    _, text = suggest(book)
    assert f"header_row: {int(titled)} " in text
    for line in ("A: 企业名称", "B: 统一社会信用代码", "C: 联系人联系电话"):
        assert f"      {line}" in text
    assert not any(value in text for value in (*COMPANIES, *PHONES, *PEOPLE))
    _, record = read_with(tmp_path, book, text)
    assert [item.name for item in record.enterprises] == list(COMPANIES)


def test_forms_and_strange_tables_are_told() -> None:
    form = make_book(
        ["企业基本情况登记表"],
        ["企业名称", COMPANIES[0], "统一社会信用代码", ""],
        ["企业地址", "一路1号", "成立时间", "2015-06"],
        ["法定代表人", PEOPLE[0], "联系电话", PHONES[0]],
        ["从业人数", 50, "营业收入", 2000],
    )
    suggestion, _ = suggest(form)
    assert (suggestion.sheets, suggestion.forms) == ((), ("Sheet1",))
    marks = make_book(["学号", "成绩"], ["001", 88], ["002", 92])
    assert suggest(marks)[0].unknown == (("Sheet1", ("学号", "成绩")),)
    goods = make_book(["序号", "商品名称", "商品单位", "销售金额", "单位净值"], [1, "鼠标", "个", 30, 2])
    assert suggest(goods)[0].sheets == ()


def test_a_header_that_says_who_is_named_by_its_letter(tmp_path: Path) -> None:
    book = make_book(["企业名称", f"联系人：{PEOPLE[0]}", "联系电话", PHONES[0]], [COMPANIES[0], "", PHONES[1], ""])
    _, text = suggest(book)
    assert "      # B" in text
    assert not any(value in text for value in (*PEOPLE, *PHONES))
    by_hand = "sheets:\n  - {into: 企业, columns: {No: 序号, 企业名称: 企业名称}}\n"
    with pytest.raises(SourceError) as caught:  # no letters of a column beyond the table
        read_with(tmp_path, book, by_hand)
    assert [item.code for item in caught.value.diagnostics] == ["W151"]


def test_what_says_the_same_twice_is_left_to_a_person() -> None:
    book = make_book(["企业名称", "联系电话", "手机"], [COMPANIES[0], PHONES[0], PHONES[1]])
    _, text = suggest(book)
    assert "      #联系电话: 联系人联系电话" in text
    assert "      #手机: 联系人联系电话" in text
    yuan = make_book(["企业经营情况", "单位：元"], ["企业名称", "营业收入"], [COMPANIES[0], 23000000])
    _, text = suggest(yuan)
    assert "# B 营业收入: 单位不同" in text


def test_merged_rows_and_repeated_numbers(tmp_path: Path) -> None:
    book = make_book(
        ["序号", "企业名称", "评价项目", "指标名称", "提升前", "目标值"],
        [1, COMPANIES[0], "产品实现与服务提供", "合格率", 85, 95],
        [2, "", "改进与创新", "质量损失率", 3, 2],
        [1, COMPANIES[1], "产品实现与服务提供", "合格率", 80, 90],
        merged=((2, 2, 3, 2),),
    )
    _, text = suggest(book, XUZHOU)
    assert "# A 序号: 各行的编号有重复" in text
    source, record = read_with(tmp_path, book, text, XUZHOU)
    assert [(item.name, len(item.indicators)) for item in record.enterprises] == [(COMPANIES[0], 2), (COMPANIES[1], 1)]
    assert sorted(item.code for item in source.diagnostics) == ["W156", "W164"]


def test_one_wide_sheet_is_an_enterprise_and_a_form(tmp_path: Path) -> None:
    book = make_book(
        ["编号", "企业名称", "地址", "规模", "评价日期", "服务人员", "服务内容", "服务成果", "服务态度", "专业能力"],
        *(
            [f"0{at}", company, "一路1号", "小", "2024-10-01", PEOPLE[0], "诊断", "提高", "很满意", "一般"]
            for at, company in enumerate(COMPANIES, 1)
        ),
    )
    _, text = suggest(book)
    assert re.findall(r"into: (\S+)", text) == ["企业", "质量提升服务满意度评价表"]
    for line in ("        小: 小型", "        很满意: 满意", "      #  一般:"):
        assert line in text, line
    chosen = text.replace("      #对项目组的专业能力:", "      对项目组的专业能力:")
    source, record = read_with(tmp_path, book, chosen.replace("      #  一般:", "        一般: 基本满意"))
    data: Any = source.data
    forms = data["forms"]["satisfaction"]
    assert [item["of"] for item in forms] == [item.key for item in record.enterprises]
    assert {(item["attitude"], item["competence"]) for item in forms} == {("满意", "基本满意")}
    assert [item.code for item in source.diagnostics] == []


def test_enterprises_that_another_sheet_knows_better_are_listed_once(tmp_path: Path) -> None:
    (names,) = make_book(["企业名称", "地址", "联系人"], *([one, "一路", "某人"] for one in COMPANIES)).sheets
    (visits,) = make_book(
        ["企业名称", "联系电话", "评价日期", "服务人员", "服务内容", "服务成果", "服务态度"],
        [COMPANIES[0], PHONES[0], "2024-10-01", "某人", "诊断", "提高", "满意"],
    ).sheets
    (notes,) = make_book(["企业名称", "问题"], [COMPANIES[1], "无"]).sheets
    book = SourceBook("外来.xlsx", (names, replace(visits, name="回访"), replace(notes, name="问题")))
    suggestion, text = suggest(book)
    assert [(item.names, item.layout.name) for item in suggestion.sheets] == [
        (("Sheet1",), "企业"), (("回访",), "质量提升服务满意度评价表"),
    ]  # fmt: skip
    assert suggestion.repeated == ("问题",)
    source, record = read_with(tmp_path, book, text)
    assert len(record.enterprises) == 3
    assert all(item.severity == "info" for item in source.diagnostics)


def test_repeated_headers_below_are_no_rows(tmp_path: Path) -> None:
    head: list[list[str | int]] = [["序号", "企业情况", ""], ["", "企业名称", "地址"]]
    book = make_book(*head, [1, COMPANIES[0], "一路"], *head, [2, COMPANIES[1], "二路"], merged=((1, 2, 1, 3),))
    _, text = suggest(book)
    _, record = read_with(tmp_path, book, text)
    assert [item.name for item in record.enterprises] == list(COMPANIES[:2])


ONCE = {
    "W163": "{into: 质量提升服务满意度评价表, columns: {日期: 日期}}",
    "W162": "{into: 质量提升服务满意度评价表, columns: {日期: 日期}, defaults: {企业: }}",
    "W165": "{into: 企业, area: 右边, columns: {企业名称: 企业名称}}",
    "W166": "{into: 企业, columns: {企业名称: 企业名称, B: 企业名称}}",
}


@pytest.mark.parametrize("code", ONCE)
def test_a_fault_of_a_mapping_is_reported_once(code: str, tmp_path: Path) -> None:
    book = make_book(["企业名称", "日期"], *([company, "2024-10-01"] for company in COMPANIES))
    text = f"sheets:\n  - {ONCE[code].replace('{into', '{sheet: [Sheet1, Sheet1], into', 1)}\n"
    try:
        source, _ = read_with(tmp_path, book, text)
        diagnostics = source.diagnostics
    except SourceError as fault:
        diagnostics = tuple(fault.diagnostics)
    assert [(item.code, item.location.line) for item in diagnostics if item.location.kind == "yaml"] == [(code, 2)]
