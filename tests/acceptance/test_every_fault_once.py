"""Many faults in one record or workbook: each is told, once; none hides another, none has an echo."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from support.command_line import CommandLine
from support.intake_support import COMPLETE, fill_workbook, load_profile, load_sample, open_empty

from docgen.sources.intake.workbook.sheets import build_layout

# what is typed in place of what, and the code that tells it
FAULTS = (
    ("end: 2024-10", "end: 2022-10", "R113"),
    ("2024-10-25", "2024.10.25", "R106"),
    ("work-plan", "work-plann", "R158"),
    ("market_regulator", "regulator", "R109"),
    ("key: gu,", "key: min,", "R114"),
    ("91320312MAYC2L059Q", "91320312MAYC2L059", "R111"),
    ("legal_representative", "legal_reprsentative", "R101"),
    ("13900000301", "139000003", "R112"),
    ('"3595"', '"9999"', "C220"),
    ("staff: 46", "staff: 四十六", "R105"),
    ("revenue: 2386.40", "revenue: ≤2386.40", "R145"),
    ("size_class: 小型", "size_class: 中小型", "R109"),
    ("direction: down", "direction: dwn", "R109"),
    ("before:", "befor:", "R101"),
    ("key: survey-chengli", "key: launch", "R114"),
    ("\n  work-summary:", "\n  work-sumary:", "R142"),
)


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    shutil.copytree(COMPLETE.parent, tmp_path / "record")
    return tmp_path / "record" / "record.yaml"


def test_each_fault_of_a_record_is_told_once(docgen: CommandLine, record: Path) -> None:
    text = record.read_text("utf-8")
    for old, new, _ in FAULTS:
        assert old in text, old
        text = text.replace(old, new, 1)
    # a key that stands twice stops nothing
    text = text.replace("  number: ", "  number: 一号\n  number: ", 1)
    record.write_text(text, "utf-8")
    ran = docgen.json("check", record)
    found = Counter(item["code"] for item in ran.document["diagnostics"])
    assert found == Counter([*(code for *_, code in FAULTS), "S112"])
    assert ran.code == 1


def make_workbook(path: Path) -> Path:
    book = open_empty(load_profile())
    data = load_sample()
    fill_workbook(book, build_layout(load_profile()), data)
    book.save(path)
    return path


def find_column(sheet: object, header: str) -> int:
    return next(
        cell.column for row in sheet.iter_rows(max_row=4) for cell in row if str(cell.value or "").rstrip("*") == header
    )


def test_a_row_of_nobody_hides_nothing(docgen: CommandLine, tmp_path: Path) -> None:
    path = make_workbook(tmp_path / "填报.xlsx")
    whole = docgen.json("check", path).document["diagnostics"]
    book = openpyxl.load_workbook(path)
    sheet = book["评价指标"]
    name = find_column(sheet, "企业")
    sheet.cell(5, name).value = "没有这家"
    sheet.cell(5, find_column(sheet, "评价项目")).value = "没有这项"
    sheet.cell(6, find_column(sheet, "提升后")).value = "≥90"
    sheet.cell(7, sheet.max_column + 2).value = "旁边的话"
    book.save(path)
    ran = docgen.json("check", path).document["diagnostics"]
    new = [(item["code"], item["location"]["cell"]) for item in ran if item not in whole and item["code"][0] in "RW"]
    assert sorted(code for code, _ in new) == ["R145", "W125", "W140", "W141"]


def test_a_sheet_of_another_name_is_known_by_its_headers(docgen: CommandLine, tmp_path: Path) -> None:
    path = make_workbook(tmp_path / "填报.xlsx")
    whole = docgen.json("check", path).document["diagnostics"]
    book = openpyxl.load_workbook(path)
    book["帮扶企业调查问卷"].title = "问卷"
    book.save(path)
    ran = docgen.json("check", path).document["diagnostics"]
    new = [item for item in ran if item not in whole and item["severity"] == "error"]
    assert [(item["code"], item["location"]["sheet"]) for item in new] == [("W111", "问卷")]
    assert "问卷" in new[0]["message"]
    assert "帮扶企业调查问卷" in new[0]["message"]


@pytest.mark.parametrize("number", [None, 95])
def test_a_row_without_a_name_is_called_by_sheet_and_row(
    docgen: CommandLine, tmp_path: Path, number: int | None
) -> None:
    path = make_workbook(tmp_path / "填报.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["企业"]
    row = sheet.max_row + 1
    sheet.cell(row, find_column(sheet, "企业地址")).value = "徐州市某路1号"
    sheet.cell(row, 1).value = number
    book.save(path)
    told = docgen.json("check", path).document["diagnostics"]
    shown = [item["message"] + item["mend"] for item in told]
    assert [text for text in shown if re.search(r"row-|（95）|“95”|、95", text)] == []
    assert [item["code"] for item in told if f"企业表第{row}行" in item["message"]] != []
    ran = docgen.json("batch", path, "-o", tmp_path / "输出", "--only", "survey-record", "--jobs", 1)
    assert "row-" not in json.dumps([item["message"] for item in ran.document["diagnostics"]])
    results = json.loads((tmp_path / "输出" / "批次结果.json").read_text("utf-8"))["results"]
    assert results[-1]["label"] == f"企业表第{row}行"
