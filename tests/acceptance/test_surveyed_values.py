"""What the survey measured is printed in its record and in table C.1, and typed once."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from docx import Document
from support.command_line import CommandLine
from support.negative_samples import change_text, copy_base_files, read_base

CHANGE = {
    "change": [
        {
            "old": "f5: {verdict: 基本符合}",
            "new": 'f5: {verdict: 基本符合, value: "85.0", indicator: first-pass, remark: 查六个月台账}',
        },
        {"old": "direction: up, before: 85.0, target: 94.0", "new": "direction: up, target: 94.0"},
    ]
}


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def write(folder: Path, change: dict[str, object]) -> Path:
    record = folder / "record.yaml"
    record.write_text(change_text(read_base(), change), "utf-8")
    copy_base_files(folder)
    return record


def read_cells(path: Path) -> list[str]:
    return [cell.text for table in Document(str(path)).tables for row in table.rows for cell in row.cells]


def test_the_value_before_comes_from_the_survey(command: CommandLine, tmp_path: Path) -> None:
    chosen = ("--only", "survey-record", "--only", "evaluation")
    ran = command.json("build", write(tmp_path, CHANGE), "-o", tmp_path / "out", *chosen)
    assert (ran.code, ran.codes) == (0, [])
    survey = next((tmp_path / "out").rglob("*现场调研记录*.docx"))
    assert "一次交验合格率85.0%；查六个月台账" in read_cells(survey)
    assert "85.0%" in read_cells(next((tmp_path / "out").rglob("*成效评价表*.docx")))
    sheet = openpyxl.load_workbook(next((tmp_path / "out").rglob("*成效评价表*.xlsx"))).worksheets[0]
    assert 85 in [cell.value for row in sheet.iter_rows() for cell in row]


def test_a_fault_in_the_survey_is_one_of_the_table(command: CommandLine, tmp_path: Path) -> None:
    """The table reads it: an indicator that isn't there is an error even where the table alone is made."""
    wrong = {"change": [{**CHANGE["change"][0]}, CHANGE["change"][1]]}
    wrong["change"][0]["new"] = str(wrong["change"][0]["new"]).replace("first-pass", "first-pas")
    record = write(tmp_path, wrong)
    found = command.json("check", record, "--only", "evaluation").document["diagnostics"]
    assert {"R115"} <= {item["code"] for item in found if item["severity"] == "error"}
