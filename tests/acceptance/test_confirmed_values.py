"""A doubted value on its way: told, confirmed by the clerk, silent, listed in the package, not in a redacted one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.command_line import CommandLine
from support.intake_support import load_profile, open_empty
from support.negative_samples import copy_base_files, read_base

from docgen.sources.intake.reading.source import open_workbook, read_intake
from docgen.sources.intake.reading.split import select_enterprises

LOADED = load_profile()
NAMES = ("徐州甲有限公司", "徐州乙有限公司", "徐州丙有限公司")
CODE = "91320312MAYC2L059Q"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def list_doubts(command: CommandLine, *args: object) -> list[tuple[str, str | None, str | None]]:
    document = command.json("check", *args).document
    return [
        (item["code"], item["location"].get("sheet"), item["location"].get("cell"))
        for item in document["diagnostics"]
        if item["code"].startswith("C4")
    ]


def fill(folder: Path) -> Path:
    book = open_empty(LOADED)
    sheet = book["企业"]
    at = {str(cell.value).removesuffix("*"): cell.column for cell in sheet[3]}
    for row, name in enumerate(NAMES, 5):
        values: dict[str, Any] = {
            "企业名称": name,
            "行政区划代码": "320312",
            "从业人数": 46,
            "营业收入（万元）": 2386.4,
        }
        for header, value in values.items():
            sheet.cell(row, at[header]).value = value
    sheet.cell(6, at["统一社会信用代码"]).value = CODE
    sheet.cell(7, at["统一社会信用代码"]).value = CODE
    sheet.cell(7, at["营业收入（万元）"]).value = 23864000
    path = folder / "填报.xlsx"
    book.save(path)
    return path


def test_what_the_clerk_confirms_in_the_returned_workbook_is_silent(command: CommandLine, tmp_path: Path) -> None:
    path, returned = fill(tmp_path), tmp_path / "退回.xlsx"
    told = list_doubts(command, path, "--return", returned)
    assert told == [("C401", "企业", "D7"), ("C405", "企业", "S7")]
    book = openpyxl.load_workbook(returned)
    assert book.sheetnames[0] == "问题清单"
    sheet = book["已核实"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["企业", "D7", None, None, CODE, None],
        ["企业", "S7", None, None, "23864000", None],
    ]
    # without a reason nothing is confirmed
    assert list_doubts(command, returned) == told
    sheet["F3"] = "分公司与总公司共用代码"
    sheet["B4"], sheet["C4"], sheet["D4"], sheet["F4"] = None, NAMES[2], "营业收入（万元）", "按合并报表填报"
    book.save(returned)
    assert list_doubts(command, returned) == []
    # the row may stand elsewhere, named by its name and header; the cell alone then is another
    book["企业"].insert_rows(5)
    book["企业"]["B5"] = "徐州丁有限公司"
    book.save(returned)
    assert list_doubts(command, returned) == [("C401", "企业", "D8"), ("C415", "已核实", "B3")]
    again = tmp_path / "再退回.xlsx"
    book["已核实"]["B3"], book["企业"]["S8"] = "D8", 23864001
    book.save(returned)
    assert list_doubts(command, returned, "--return", again) == [("C405", "企业", "S8"), ("C413", "已核实", "E4")]
    last = openpyxl.load_workbook(again)["已核实"]
    assert [cell.value for cell in last[3]][-1] == "分公司与总公司共用代码"
    assert [cell.value for cell in last[5]][:2] == ["企业", "S8"]


def test_a_line_that_names_no_cell_is_told(command: CommandLine, tmp_path: Path) -> None:
    path = fill(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("已核实")
    for row in (
        ("工作表", "单元格", "行名", "栏目", "值", "理由"),
        ("企业", "S700", None, None, "1", "核对过"),
        ("没有的表", "A1", None, None, "1", "核对过"),
        ("企业", None, "没有的企业", "营业收入（万元）", "1", "核对过"),
    ):
        sheet.append(row)
    book.save(path)
    codes = [item for item in list_doubts(command, path) if item[1] == "已核实"]
    assert codes == [("C416", "已核实", f"B{row}") for row in (2, 3, 4)]


def test_a_part_of_a_workbook_keeps_its_own_confirmations(tmp_path: Path) -> None:
    path = fill(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("已核实")
    sheet.append(("工作表", "单元格", "值", "理由"))
    sheet.append(("企业", "D7", CODE, "共用代码"))
    sheet.append(("企业", "S7", 23864000, "合并报表"))
    book.save(path)
    source = read_intake(open_workbook(path), LOADED)
    data: Any = source.data
    assert [item["path"] for item in data["confirmed"]] == ["enterprises[2].uscc", "enterprises[2].revenue"]
    keys = [item["key"] for item in data["enterprises"]]
    part: Any = select_enterprises(source, LOADED, (keys[2],)).data
    assert [item["path"] for item in part["confirmed"]] == ["enterprises[0].uscc", "enterprises[0].revenue"]
    other: Any = select_enterprises(source, LOADED, (keys[0],)).data
    assert other["confirmed"] == []


def test_the_package_lists_what_was_confirmed_and_a_redacted_one_does_not(command: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    said = 'confirmed: [{path: "enterprises[0].revenue", value: "23864000", reason: 按合并报表填报}]\n'
    record.write_text(read_base("db3203-t1023-2023").replace("2386.40", "23864000") + said, "utf-8")
    copy_base_files(tmp_path, "db3203-t1023-2023")
    assert list_doubts(command, record) == []
    ran = command("build", record, "-o", tmp_path / "out", "--redact")
    assert ran.code == 0, ran.err
    listed = {}
    for path in sorted((tmp_path / "out").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/package.json"))
            index = json.loads(archive.read(name))
        listed[index["kind"]] = [item for item in index["settings"] if item["id"].startswith("HS")]
        assert command("verify", path).code == 0
    assert [(item["setting"], item["value"]) for item in listed["main"]] == [("enterprises[0].revenue", "23864000")]
    assert "按合并报表填报" in listed["main"][0]["text"]
    assert listed["redacted"] == []
