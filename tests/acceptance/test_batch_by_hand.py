"""``docgen batch --blanks-by-hand``: what lacks is left free for the pen and told; what is wrong is refused as ever."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from support.command_line import ROOT, CommandLine, Ran

CASE = ROOT / "samples" / "db4201-t665-2022" / "single-enterprise"
TITLE = "质量提升服务满意度评价表"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


class Case:
    """The sample with some of its lines changed, and the batch that makes one form of it."""

    def __init__(self, folder: Path, docgen: CommandLine) -> None:
        self.docgen, self.out = docgen, folder / "输出"
        shutil.copytree(CASE, folder / "项目")
        self.record = folder / "项目" / "record.yaml"

    def change(self, *pairs: tuple[str, str]) -> None:
        text = self.record.read_text("utf-8")
        head, form = text.split("  satisfaction:\n")
        for old, new in pairs:
            assert old in form
            form = form.replace(old, new, 1)
        self.record.write_text(head + "  satisfaction:\n" + form, "utf-8")

    def run(self, *more: str) -> Ran:
        return self.docgen.json("batch", self.record, "-o", self.out, "--jobs", 1, *more)

    def read_result(self) -> dict[str, Any]:
        results: list[dict[str, Any]] = json.loads((self.out / "批次结果.json").read_text("utf-8"))["results"]
        return results[0]

    def read_form(self) -> str:
        (path,) = self.out.glob(f"{TITLE}_*.docx")
        with ZipFile(path) as file:
            return re.sub("<[^>]+>", "", file.read("word/document.xml").decode())


@pytest.fixture
def case(tmp_path: Path, docgen: CommandLine) -> Case:
    return Case(tmp_path, docgen)


def test_gaps_are_left_free_and_told(case: Case) -> None:
    case.change(("      consultants: 卓远之、梅若青、简牧野\n", ""))
    assert case.run("--only", TITLE).code == 1
    assert not list(case.out.glob("*.docx"))
    ran = case.run("--only", TITLE, "--blanks-by-hand")
    result = case.read_result()
    assert (ran.code, result["state"], result["by_hand"]) == (0, "made", ["技术服务人员"])
    assert [item["severity"] for item in result["diagnostics"] if item["code"] == "R207"] == ["info"]
    text = case.read_form()
    assert "【缺" not in text
    assert "铸造工序质量控制点设置" in text, "what is there is printed"
    sheet = load_workbook(case.out / "批次结果.xlsx").worksheets[0]
    assert [sheet.cell(3, 12).value, sheet.cell(4, 12).value] == ["留空待手填", "技术服务人员"]


def test_a_wrong_value_is_no_gap(case: Case) -> None:
    case.change(
        ("      consultants: 卓远之、梅若青、简牧野\n", ""), ("      attitude: 满意\n", "      attitude: 尚可\n")
    )
    ran = case.run("--only", TITLE, "--blanks-by-hand")
    result = case.read_result()
    assert (ran.code, result["state"], result["by_hand"]) == (1, "faulty", [])
    assert not list(case.out.glob("*.docx"))


def test_nothing_lacks_nothing_is_told(case: Case) -> None:
    assert case.run("--only", TITLE, "--blanks-by-hand").code == 0
    assert case.read_result()["by_hand"] == []


def test_a_form_of_which_nothing_is_given_is_free_altogether(case: Case) -> None:
    text = case.record.read_text("utf-8")
    start, end = text.index("  satisfaction:\n"), text.index("  satisfaction-analysis:\n")
    case.record.write_text(text[:start] + text[end:], "utf-8")
    assert case.run("--only", TITLE, "--blanks-by-hand").code == 0
    assert "【缺" not in case.read_form()
    assert "武汉凌渡阀业有限公司" in case.read_form()
    assert case.read_result()["by_hand"]


def test_packages_have_no_gaps(case: Case) -> None:
    ran = case.run("--blanks-by-hand")
    assert (ran.code, ran.codes) == (2, ["B133"])
