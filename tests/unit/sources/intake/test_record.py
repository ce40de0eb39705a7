"""From a workbook to a record: the same record as from YAML, and every fault at its cell."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.intake_support import ROOT, Filling, fill_workbook, load_profile, load_sample, open_empty

from docgen.diagnostics import Diagnostic, Severity, Term
from docgen.errors import SourceError
from docgen.messages import LANGUAGES, catalogue
from docgen.ooxml.cells import name_column
from docgen.profile.load import find_profile
from docgen.profile.validate import Validation, validate_record
from docgen.resources import Resources
from docgen.sources.intake.reading.owners import find_row_owners, find_table
from docgen.sources.intake.reading.prose import part_paragraphs
from docgen.sources.intake.reading.source import find_profile_id, open_workbook, read_intake
from docgen.sources.intake.reading.split import select_enterprises, split_enterprises
from docgen.sources.intake.reading.values import CellPlace, FaultyCell, ValueReader
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SourceBook
from docgen.sources.intake.workbook.layout import Column, Layout
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.intake.workbook.write import write_workbook
from docgen.sources.record_file import RawSource
from docgen.trees import read_tree

pytestmark = pytest.mark.heavy

LOADED = load_profile()
LAYOUT = build_layout(LOADED)
GOOD = "91320312MAYC2L059Q"
WIDE = "９１３２０３１２ ＭＡＹＣ２Ｌ０５９q"
NAME = "徐州甲有限公司"
REVENUE, ASSETS = "营业收入（万元）", "资产总额（万元）"
KEYS = ("key", "of", "activity", "training", "enterprise", "indicator", "document")


def read_book(opened: SourceBook) -> tuple[RawSource, Validation]:
    assert find_profile_id(opened) == LAYOUT.profile_id
    source = read_intake(opened, LOADED)
    return source, validate_record(LOADED, source.data, source.locate, failed=source.failed)


def read_filling(filling: Filling) -> tuple[RawSource, Validation]:
    return read_book(filling.make_book())


def fill(**values: GridValue) -> Filling:
    """A workbook with one enterprise."""
    return Filling(LOADED).put("企业", 企业名称=NAME, **values)


def list_codes(source: RawSource, validation: Validation) -> list[str]:
    return [item.code for item in (*source.diagnostics, *validation.diagnostics)]


def find(diagnostics: tuple[Diagnostic, ...], code: str) -> Diagnostic:
    matching = [item for item in diagnostics if item.code == code]
    assert len(matching) == 1, [(item.code, item.location.cell, dict(item.params)) for item in diagnostics]
    return matching[0]


FORMER = replace(LAYOUT, sheets=tuple(sheet.former or sheet for sheet in LAYOUT.sheets))
"""Check lists with a row for each line, as workbooks had them once."""


@pytest.mark.heavy
@pytest.mark.parametrize("layout", [LAYOUT, FORMER], ids=["now", "once"])
def test_the_sample_comes_back_as_it_was(tmp_path: Path, layout: Layout) -> None:
    data = load_sample()
    data["project"]["archive"].pop("document_numbers")  # has no column
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(layout)))
    fill_workbook(book, layout, data)
    book.save(tmp_path / "填报.xlsx")
    source, validation = read_book(open_workbook(tmp_path / "填报.xlsx"))
    assert list_codes(source, validation) == []
    data.pop("disclosure", None)  # who may see what is for the agency to say, in a record file
    expected = validate_record(LOADED, data, source.locate).record
    assert validation.record is not None
    assert expected is not None
    assert blank_keys(validation.record.model_dump()) == blank_keys(expected.model_dump())


def blank_keys(value: Any) -> Any:
    """A record without the keys that only refer: a workbook's are made from names."""
    if isinstance(value, dict):
        return {name: blank_key(name, item) for name, item in value.items()}
    return [blank_keys(item) for item in value] if isinstance(value, list | tuple) else value


def blank_key(name: str, value: Any) -> Any:
    if name in KEYS and value:
        return "·"
    if name == "source" and isinstance(value, str):
        return value.strip()  # a cell has no line end at its end
    if name in ("enterprises", "attendance") and value and not isinstance(next(iter(value)), dict):
        return len(value)
    return blank_keys(value)


def test_an_empty_workbook_has_no_faults_of_its_own() -> None:
    source, validation = read_filling(Filling(LOADED))
    assert list_codes(source, validation) == []
    assert source.failed == frozenset()


CASES: dict[str, tuple[dict[str, GridValue], str, Severity]] = {
    "text in a number": ({"从业人数": "46人"}, "R105", Severity.ERROR),
    "error value": ({"主要产品": SheetCell("error", "#DIV/0!")}, "W130", Severity.ERROR),
    "error value as text": ({"从业人数": "#REF!"}, "W130", Severity.ERROR),
    "formula without a result": ({"从业人数": SheetCell("uncalculated", "")}, "W131", Severity.ERROR),
    "digits lost": ({"统一社会信用代码": SheetCell("number", "9.13203123456789E17")}, "W132", Severity.ERROR),
    "scientific notation": ({"统一社会信用代码": "9.13203E+17"}, "W133", Severity.ERROR),
    "zeros lost": ({"行业代码": SheetCell("number", "111")}, "W134", Severity.WARNING),
    "wide digits in a code": ({"统一社会信用代码": WIDE}, "W135", Severity.INFO),
    "dots in a date": ({"报名日期": "2024.9.6"}, "W136", Severity.INFO),
    "month instead of a date": ({"报名日期": "2024年9月"}, "R106", Severity.ERROR),
    "unclear date": ({"报名日期": "9/6/24"}, "R106", Severity.ERROR),
    "no such day": ({"报名日期": "2024.2.30"}, "R106", Severity.ERROR),
    "serial number": ({"报名日期": SheetCell("number", "45541")}, "W136", Severity.INFO),
    "packed date": ({"报名日期": SheetCell("number", "20240906")}, "W136", Severity.INFO),
    "packed date in a cell of dates": ({"报名日期": SheetCell("date", "20240906")}, "W136", Severity.INFO),
    "unclear month": ({"成立时间": SheetCell("number", "2012.1")}, "W137", Severity.ERROR),
    "month with a dot": ({"成立时间": SheetCell("number", "2012.11")}, "W136", Severity.INFO),
    "not a choice": ({"企业规模": "特大型"}, "W140", Severity.ERROR),
    "wrong check digit": ({"统一社会信用代码": "91320312MAYC2L059A"}, "R129", Severity.ERROR),
    "thousands": ({REVENUE: "2,386.40"}, "W139", Severity.INFO),
    "became a date": ({"从业人数": SheetCell("date", "45352")}, "W147", Severity.ERROR),
    "cut off": ({"主要产品": "阀" * 32767}, "W146", Severity.WARNING),
}


def check_spelled(diagnostic: Diagnostic) -> None:
    for lang in LANGUAGES:
        assert not re.search(r"\{\w+\}", catalogue(lang).message(diagnostic) + catalogue(lang).mend(diagnostic))


@pytest.mark.parametrize("name", CASES)
def test_faults_have_their_cells(name: str) -> None:
    values, code, severity = CASES[name]
    filling = fill(**values)
    source, validation = read_filling(filling)
    diagnostic = find((*source.diagnostics, *validation.diagnostics), code)
    cell = f"{name_column(filling.find('企业', next(iter(values))))}5"
    assert (diagnostic.severity, diagnostic.location.sheet, diagnostic.location.cell) == (severity, "企业", cell)
    assert diagnostic.location.kind == "xlsx"
    check_spelled(diagnostic)


ROWS: dict[str, tuple[Callable[[], Filling], str, str, str]] = {
    "nobody of that name": (
        lambda: fill().put("评价指标", 企业="没有的企业", 评价指标="合格率"),
        "W141",
        "评价指标",
        "B5",
    ),
    "nobody named": (lambda: fill().put("评价指标", 评价指标="合格率"), "W143", "评价指标", "B5"),
    "enterprise twice": (lambda: fill().put("企业", 6, 企业名称=NAME), "W144", "企业", "B6"),
    "form twice": (
        lambda: (
            fill()
            .put("帮扶企业调查问卷", 企业=NAME, 填写日期="2024-09-06")
            .put("帮扶企业调查问卷", 6, 企业=NAME, 填写日期="2024-09-07")
        ),
        "W145",
        "帮扶企业调查问卷",
        "B6",
    ),
    "two activities of one name": (
        lambda: (
            fill()
            .put("活动", 名称="现场调研", 日期="2024-09-06")
            .put("活动", 6, 名称="现场调研", 日期="2024-09-07")
            .put("佐证材料", 文件="a.jpg", 类别="照片", 所属活动="现场调研")
        ),
        "W142",
        "佐证材料",
        "I5",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_belong_nowhere(name: str) -> None:
    make, code, sheet, cell = ROWS[name]
    source, _ = read_filling(make())
    diagnostic = find(source.diagnostics, code)
    assert (diagnostic.severity, diagnostic.location.sheet, diagnostic.location.cell) == (Severity.ERROR, sheet, cell)
    check_spelled(diagnostic)


def test_what_can_be_read_in_one_way_is_read() -> None:
    founded, region, phone = (
        SheetCell("month", "41030"),
        SheetCell("number", "320312"),
        SheetCell("number", "13900000301"),
    )
    filling = fill(
        统一社会信用代码=WIDE, 报名日期="2024.9.6", 成立时间=founded, 行政区划代码=region, 联系人联系电话=phone
    )
    _, validation = read_filling(
        filling.put("企业", **{REVENUE: "２，３８６.40", ASSETS: SheetCell("number", "1642.75")})
    )
    assert validation.record is not None
    enterprise = validation.record.enterprises[0]
    assert enterprise.uscc == GOOD
    assert enterprise.applied_on == dt.date(2024, 9, 6)
    assert str(enterprise.founded) == "2012-05"
    assert (str(enterprise.revenue), str(enterprise.assets)) == ("2386.40", "1642.75")
    assert enterprise.contact is not None
    assert enterprise.contact.phone == "13900000301"
    assert enterprise.region == "320312"


def test_a_number_shows_as_excel_shows_it() -> None:
    _, validation = read_filling(
        fill(**{ASSETS: SheetCell("number", "12.300000000000001"), "行业代码": SheetCell("number", "111", 4)})
    )
    assert validation.record is not None
    assert str(validation.record.enterprises[0].assets) == "12.3"
    assert validation.record.enterprises[0].industry_code == "0111"


@pytest.mark.parametrize("stored", ["2958465.99999", "99999999", "-700000"])
def test_a_moment_that_no_calendar_has_is_an_error_value(stored: str) -> None:
    book = SourceBook("填报.xlsx", ())
    notes = DiagnosticGatherer(book)
    with pytest.raises(FaultyCell):
        ValueReader(book, notes).read_text(
            SheetCell("moment", stored), Column("时间", "时间", (), "minute"), CellPlace("表", 5, 2)
        )
    assert [(item.code, item.location.cell) for item in notes.finish()] == [("W130", "B5")]


def test_a_percentage_is_read_as_it_shows() -> None:
    figures: dict[str, GridValue] = {"提升前": SheetCell("percent", "0.85"), "提升目标": SheetCell("number", "95")}
    filling = fill().put("评价指标", 企业=NAME, 评价项目="产品实现与服务提供", 评价指标="合格率", 单位="%", **figures)
    source, validation = read_filling(filling)
    assert find(source.diagnostics, "W138").severity is Severity.INFO
    assert validation.record is not None
    indicator = validation.record.enterprises[0].indicators[0]
    assert (str(indicator.before), str(indicator.target), indicator.family) == ("85", "95", "realisation")


def test_a_cell_at_fault_is_told_once() -> None:
    """What was refused at its cell isn't missed as well."""
    filling = fill().put("评价指标", 企业=NAME, 评价项目=SheetCell("uncalculated", ""), 评价指标="合格率")
    assert list_codes(*read_filling(filling)) == ["W131"]


def test_a_figure_in_full_width_digits_is_read_as_a_number_and_told() -> None:
    figures: dict[str, GridValue] = {"提升前": "８５．５", "提升目标": "－３"}
    filling = fill().put("评价指标", 企业=NAME, 评价项目="产品实现与服务提供", 评价指标="合格率", 单位="%", **figures)
    source, validation = read_filling(filling)
    tidied = [item for item in source.diagnostics if item.code == "W139"]
    assert [item.params["value"] for item in tidied] == ["85.5", "-3"]
    assert validation.record is not None
    indicator = validation.record.enterprises[0].indicators[0]
    assert (str(indicator.before), str(indicator.target)) == ("85.5", "-3")


@pytest.mark.parametrize("day", ["2024.13.1", "2024.2.30", "2024年2月30日", "20240230"])
def test_a_day_that_no_calendar_has_is_told_once(day: str) -> None:
    """It isn't said first to be read as another day."""
    assert list_codes(*read_filling(fill(报名日期=day))) == ["R106"]


def test_faults_of_one_kind_in_a_column_are_told_together() -> None:
    filling = Filling(LOADED)
    for row in range(5, 25):
        filling.put("企业", row, 企业名称=f"徐州{row}有限公司", 报名日期="2024.9.6")
    source, _ = read_filling(filling)
    diagnostic = find(source.diagnostics, "W136")
    at = name_column(filling.find("企业", "报名日期"))
    assert (diagnostic.params["count"], diagnostic.location.cell) == (20, f"{at}5")
    assert str(diagnostic.params["cells"]).startswith(f"{at}5、{at}6")


def drop_sheet(name: str) -> Filling:
    filling = fill() if name != "企业" else Filling(LOADED)
    del filling.cells[name]
    return filling


def rename_sheet() -> Filling:
    filling = fill()
    filling.rename("评价指标", "评价指标表")
    return filling


def change_header(header: str, new: str, at: int | None = None) -> Filling:
    filling = fill()
    filling.cells["企业"][(3, at or filling.find("企业", header))] = new
    return filling


def merge_cells() -> Filling:
    filling = fill()
    filling.merged["企业"] = ((5, 7, 8, 7), (1, 2, 1, 9))
    return filling


def hide_row() -> Filling:
    filling = fill()
    filling.hidden.add(("企业", 5))
    return filling


STRUCTURE: dict[str, tuple[Callable[[], Filling], dict[str, str]]] = {
    "sheet missing": (lambda: drop_sheet("企业"), {"W110": "error"}),
    "sheet left out": (lambda: drop_sheet("企业文书"), {"W119": "info"}),
    "sheet renamed": (rename_sheet, {"W111": "error"}),
    "header renamed": (lambda: change_header("法定代表人", "法人代表人"), {"W114": "error"}),
    "header doubled": (lambda: change_header("", "企业简称", 60), {"W116": "error"}),
    "required column renamed": (
        lambda: change_header("统一社会信用代码", "税号"),
        {"W115": "warning", "W118": "error"},
    ),
    "another unit": (lambda: change_header(REVENUE, "营业收入（元）"), {"W117": "error"}),
    "no unit": (lambda: change_header(REVENUE, "营业收入"), {}),
    "merged cells": (merge_cells, {"W123": "error"}),
    "hidden row": (hide_row, {"W121": "warning"}),
    "rows after a gap": (lambda: fill().put("企业", 20, 企业名称="徐州乙有限公司"), {"W122": "info"}),
}


@pytest.mark.parametrize("name", STRUCTURE)
def test_faults_of_sheets_and_headers(name: str) -> None:
    make, expected = STRUCTURE[name]
    filling = make()
    if name == "required column renamed":
        filling.cells["企业"][(5, 5)] = GOOD
    source, _ = read_filling(filling)
    assert {item.code: item.severity.value for item in source.diagnostics} == expected
    for item in source.diagnostics:
        check_spelled(item)


def test_no_headers_at_all() -> None:
    filling = fill()
    filling.cells["企业"] = {(5, 2): NAME}
    source, _ = read_filling(filling)
    assert find(source.diagnostics, "W113").location.sheet == "企业"


def test_a_column_and_a_sheet_of_the_clerks_own() -> None:
    filling = change_header("", "备注给自己", 60)
    filling.cells["企业"][(5, 60)] = "下周打电话"
    filling.cells["草稿"] = {(1, 1): "随便写"}
    source, validation = read_filling(filling)
    assert sorted(item.code for item in source.diagnostics) == ["W112", "W115"]
    assert validation.record is not None
    assert len(validation.record.enterprises) == 1


def test_columns_may_change_places() -> None:
    filling = fill(统一社会信用代码=GOOD)
    cells, first, second = (
        filling.cells["企业"],
        filling.find("企业", "企业名称"),
        filling.find("企业", "统一社会信用代码"),
    )
    for row in range(3, 6):
        cells[(row, first)], cells[(row, second)] = cells[(row, second)], cells[(row, first)]
    source, validation = read_filling(filling)
    assert source.diagnostics == ()
    assert validation.record is not None
    assert (validation.record.enterprises[0].name, validation.record.enterprises[0].uscc) == (NAME, GOOD)


def test_keys_stay_the_same_wherever_a_row_stands() -> None:
    keys = []
    for rows in ((5, 6, 7), (9, 12, 5)):
        filling = Filling(LOADED)
        numbers: tuple[GridValue | None, ...] = (None, "QY-02", SheetCell("number", "3"))
        for row, name, number in zip(rows, ("甲公司", "乙公司", "丙公司"), numbers, strict=True):
            filling.put("企业", row, 企业名称=name, **({"序号": number} if number is not None else {}))
        _, validation = read_filling(filling)
        assert validation.record is not None
        keys.append({item.name: item.key for item in validation.record.enterprises})
    assert keys[0] == keys[1]
    assert keys[0]["乙公司"] == "qy-02"
    assert keys[0]["丙公司"] == "3"


def test_others_are_named_by_name_number_or_short_name() -> None:
    filling = fill(企业简称="甲厂").put("企业", 6, 序号=SheetCell("number", "17"), 企业名称="徐州乙有限公司")
    called: tuple[GridValue, ...] = ("甲厂", SheetCell("number", "17"), "徐州 乙 有限公司", "甲厂、17", "全部企业")
    for row, who in enumerate(called, 5):
        filling.put("活动", row, 名称=f"活动{row}", 参加企业=who)
    source, validation = read_filling(filling)
    assert source.diagnostics == ()
    assert validation.record is not None
    first, second = (item.key for item in validation.record.enterprises)
    both = (first, second)
    assert [item.enterprises for item in validation.record.activities] == [(first,), (second,), (second,), both, both]


def test_several_words_in_a_cell_may_hold_the_mark_that_parts_them() -> None:
    chosen = "查阅档案、文件和记录、实地观察；询问人员"
    filling = fill().put("验收评审记录", 企业=NAME, 评审方式=chosen)
    source, validation = read_filling(filling)
    assert list_codes(source, validation) == []
    assert validation.record is not None
    entry = validation.record.forms.acceptance_review[0]  # type: ignore[attr-defined]
    assert entry.methods == ("查阅档案、文件和记录", "实地观察", "询问人员")


def test_faults_of_the_record_are_led_to_the_cell_that_should_hold_it() -> None:
    source, validation = read_filling(fill())
    missing = validation.locate(("enterprises", 0, "uscc"), False)
    at = name_column(Filling(LOADED).find("企业", "统一社会信用代码"))
    assert (missing.sheet, missing.cell) == ("企业", f"{at}5")
    assert validation.locate(("project", "number"), False).cell == "C4"
    assert validation.locate(("forms", "good-case"), False).sheet == "小微企业质量管理体系认证提升行动优良案例"
    named = source.name_place(("enterprises", 0, "indicators", 2, "target"))
    assert catalogue("zh").text(named.key, **named.params) == "工作表“评价指标”的“提升目标”"  # type: ignore[union-attr]


def test_a_workbook_of_something_else_is_refused() -> None:
    opened = SourceBook("别的.xlsx", ())
    assert find_profile_id(opened) is None
    with pytest.raises(SourceError) as caught:
        read_intake(opened, LOADED)
    assert caught.value.diagnostics[-1].code == "W105"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("过程能力分析\n检验规程修订", "过程能力分析\n\n检验规程修订"),
        ("一段\r\n又一段\n\n第三段", "一段\n\n又一段\n\n第三段"),
        ("## 标题\n正文", "## 标题\n\n正文"),
        ("如下：\n- 甲\n- 乙\n以上", "如下：\n\n- 甲\n- 乙\n\n以上"),
        ("1. 甲\n2. 乙", "1. 甲\n2. 乙"),
        ("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |", "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |"),
        ("```\na\nb\n```", "```\na\nb\n```"),
    ],
)
def test_a_line_break_in_a_cell_begins_a_paragraph(typed: str, read: str) -> None:
    assert part_paragraphs(typed) == read


def test_lines_of_a_cell_stay_apart_in_the_record() -> None:
    filling = fill().put("活动", 类别="动员部署", 内容="先讲标准\n再讲安排")
    _, validation = read_filling(filling)
    assert validation.record is not None
    content = validation.record.activities[0].content
    assert content is not None
    assert len(content.blocks) == 2


def test_rubrics_and_marks_come_back_as_they_were(tmp_path: Path) -> None:
    loaded = find_profile(Resources(), "t-hebqia-draft")
    data: Any = read_tree(ROOT / "samples" / "t-hebqia-draft" / "scored" / "record.yaml").data
    data["forms"] = {name: data["forms"][name] for name in ("element-evaluation", "overall-evaluation")}
    layout = build_layout(loaded)
    assert not any(
        sheet.anchor.document == "acceptance-plan" for sheet in layout.sheets if sheet.anchor.kind == "marks"
    )
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(layout)))
    fill_workbook(book, layout, data)
    book.save(tmp_path / "填报.xlsx")
    source = read_intake(open_workbook(tmp_path / "填报.xlsx"), loaded)
    assert [item.code for item in source.diagnostics] == []
    read: Any = source.data
    keys = [item["key"] for item in read["rubrics"]]
    assert keys == [item["key"] for item in data["rubrics"]]
    result = validate_record(loaded, read, source.locate, failed=source.failed)
    expected = validate_record(loaded, data, source.locate)
    assert [item.code for item in result.diagnostics] == []
    assert result.record is not None
    assert expected.record is not None
    assert result.record.rubrics == expected.record.rubrics
    for document in ("element-evaluation", "overall-evaluation"):
        marks = [[sheet_marks["marks"] for sheet_marks in entry["marks"]] for entry in data["forms"][document]]
        marks_read = [[sheet_marks["marks"] for sheet_marks in entry["marks"]] for entry in read["forms"][document]]
        assert [[{key: Decimal(mark) for key, mark in one.items()} for one in entry] for entry in marks_read] == [
            [{key: Decimal(mark) for key, mark in one.items()} for one in entry] for entry in marks
        ]


def test_a_check_list_of_enterprises_has_a_row_for_each_and_a_column_for_each_line(tmp_path: Path) -> None:
    sheet = next(sheet for sheet in LAYOUT.sheets if sheet.name == "现场调研记录·现场调研工作内容")
    document = next(item for item in LOADED.profile.documents if item.id == "survey-record")
    lines = list(document.iterate_lines())
    assert len(sheet.columns) == 3 * len(lines)
    assert [column.path for column in sheet.columns[: len(lines)]] == [("lines", line.key, "verdict") for line in lines]
    data = load_sample()
    book = open_empty(LOADED)
    fill_workbook(book, LAYOUT, data)
    drawn = book[sheet.name]
    firms = data["enterprises"]
    assert [row[1].value for row in drawn.iter_rows(min_row=5, max_row=9)][: len(firms)] == [it["name"] for it in firms]
    drawn["E6"].value = None
    book.save(tmp_path / "填报.xlsx")
    source, validation = read_book(open_workbook(tmp_path / "填报.xlsx"))
    assert list_codes(source, validation) == []
    read: Any = source.data
    # the lacking result is told at its cell, and in the words of the sheet
    entry = next(at for at, item in enumerate(read["forms"]["survey-record"]) if item["of"] == find_key(source, 1))
    assert source.locate(("forms", "survey-record", entry, "lines")).cell == "E6"
    assert source.name_place(("forms", "survey-record", entry, "lines")) == Term(
        "workbook.place.sheet", {"sheet": sheet.name}
    )


def find_key(source: RawSource, at: int) -> Any:
    data: Any = source.data
    return data["enterprises"][at]["key"]


def test_marks_given_twice_or_to_no_line_are_told(tmp_path: Path) -> None:
    loaded = find_profile(Resources(), "t-hebqia-draft")
    data: Any = read_tree(ROOT / "samples" / "t-hebqia-draft" / "scored" / "record.yaml").data
    data["forms"] = {"overall-evaluation": data["forms"]["overall-evaluation"]}
    layout = build_layout(loaded)
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(layout)))
    fill_workbook(book, layout, data)
    sheet = book[next(item.name for item in layout.sheets if item.anchor.kind == "marks")]
    sheet["C5"].value = sheet["C6"].value
    sheet["C7"].value = "没有的项目"
    book.save(tmp_path / "填报.xlsx")
    source = read_intake(open_workbook(tmp_path / "填报.xlsx"), loaded)
    assert [(item.code, item.location.sheet, item.location.line) for item in source.diagnostics] == [
        ("W145", sheet.title, 6),
        ("W141", sheet.title, 7),
    ]


def test_a_scan_of_one_enterprises_form_stays_with_that_enterprise() -> None:
    title = {document.id: document.title for document in LOADED.profile.documents}["diagnosis-confirmation"]
    filling = fill().put("企业", 6, 企业名称="徐州另一家有限公司")
    filling.put("佐证材料", 5, 文件="确认表.pdf", 类别="扫描件", 所属文书=f"{title}（{NAME}）")
    filling.put("佐证材料", 6, 文件="合同.pdf", 类别="合同")
    source = read_intake(filling.make_book(), LOADED)
    data: Any = source.data
    keys = [item["key"] for item in data["enterprises"]]
    parts: list[Any] = [select_enterprises(source, LOADED, [key]).data for key in keys]
    assert [[item["file"] for item in part["evidence"]] for part in parts] == [["确认表.pdf", "合同.pdf"], ["合同.pdf"]]
    assert find_row_owners(find_table(source.tree), LOADED)[("佐证材料", 5)] == {keys[0]}


def test_rows_that_give_nothing_are_their_enterprises_all_the_same() -> None:
    filling = fill().put("企业", 6, 企业名称="徐州另一家有限公司")
    for row, day in ((5, "2024-09-06"), (6, "2024-09-07")):
        filling.put("帮扶企业调查问卷", row, 企业=NAME, 填写日期=day)
    filling.put("帮扶企业调查问卷", 7, 企业="徐州另一家有限公司")
    filling.put("培训", 培训名称="首场培训", 日期="2024-09-08")
    for row in (5, 6):
        filling.put("培训人数", row, 培训="首场培训", 企业=NAME, 人数="3")
    source = read_intake(filling.make_book(), LOADED)
    data: Any = source.data
    first, second = (item["key"] for item in data["enterprises"])
    owners = find_row_owners(find_table(source.tree), LOADED)
    assert [owners["帮扶企业调查问卷", row] for row in (5, 6, 7)] == [{first}, {first}, {second}]
    assert [owners["培训人数", row] for row in (5, 6)] == [{first}, {first}]
    split = split_enterprises(source, LOADED, source.diagnostics)
    assert [item.code for item in split.enterprises[0].diagnostics] == ["W145", "W145"]
    assert [item.key for item in split.enterprises if item.sound] == [second]


def test_a_name_where_no_row_is_filled_in_says_so() -> None:
    source, _ = read_filling(fill().put("企业文书", 5, 企业=NAME).put("佐证材料", 5, 文件="甲.pdf", 所属培训="没有的"))
    diagnostic = find(source.diagnostics, "W141")
    assert "还一行都没有填" in catalogue("zh").mend(diagnostic)


@pytest.mark.parametrize("owner", [NAME, "徐州查无此名有限公司"], ids=["known", "unknown"])
def test_faults_of_a_row_come_in_the_order_of_its_columns(owner: str) -> None:
    sheet = LAYOUT.find_sheet("企业文书")
    assert sheet is not None
    assert sheet.owner is not None
    filling = fill().put("企业文书", **{sheet.owner.header: owner})
    headers = [column.header for column in sheet.columns if column.kind == "date"]
    assert len(headers) > 5
    filling.put("企业文书", **dict.fromkeys(headers, SheetCell("error", "#N/A")))
    source, _ = read_filling(filling)
    faulty = [item.location.column for item in source.diagnostics if item.code == "W130"]
    assert faulty == sorted(filling.find("企业文书", header) for header in headers)
