"""A batch over a workbook doubts what a check of the workbook doubts, with each row what is about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.command_line import CommandLine, Ran
from support.intake_support import load_profile, open_empty

ROWS = 8
SAME_CODE = "91320312MAYC2L059Q"
OTHER_CODE = "91320300MAYH5R2328"


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


class Clerk:
    """A workbook of enterprises whose revenues are alike, and what is said of it."""

    def __init__(self, folder: Path, docgen: CommandLine) -> None:
        self.docgen = docgen
        self.path, self.out = folder / "填报.xlsx", folder / "输出"
        book = open_empty(load_profile())
        self.at = {str(cell.value).removesuffix("*"): cell.column for cell in book["企业"][3]}
        for row in range(ROWS):
            book["企业"].cell(row + 5, self.at["企业名称"]).value = f"徐州第{row + 1}有限公司"
            book["企业"].cell(row + 5, self.at["营业收入（万元）"]).value = 2300 + row
        book.save(self.path)

    def write(self, row: int, **values: object) -> None:
        book = openpyxl.load_workbook(self.path)
        for header, value in values.items():
            book["企业"].cell(row + 5, self.at[header]).value = value  # type: ignore[arg-type]
        book.save(self.path)

    def run(self, *more: object) -> Ran:
        words = ("batch", self.path, "-o", self.out, "--only", "survey-record", "--draft", "--jobs", 1, *more)
        return self.docgen.json(*words)

    def list_checked(self) -> set[tuple[str, str, str]]:
        found = self.docgen.json("check", self.path, "--only", "survey-record").document["diagnostics"]
        return {(item["code"], item["location"]["cell"], item["message"]) for item in found if item["code"][:2] == "C4"}

    def list_told(self) -> dict[str, set[tuple[str, str, str]]]:
        results: list[dict[str, Any]] = json.loads((self.out / "批次结果.json").read_text("utf-8"))["results"]
        return {
            item["label"]: {
                (found["code"], found["cell"], found["message"])
                for found in item["diagnostics"]
                if found["code"][:2] == "C4"
            }
            for item in results
        }

    def list_rows(self) -> list[int]:
        """The rows that are told of a doubt; together the batch doubts what the check does."""
        told = self.list_told()
        assert set().union(*told.values()) == self.list_checked()
        return [number for number, found in enumerate(told.values()) if found]


def count(ran: Ran) -> tuple[int, int]:
    counts = ran.document["batch"]
    return counts["made"], counts["kept"]


def test_a_row_is_told_what_the_others_make_doubtful(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen)
    clerk.write(2, **{"统一社会信用代码": SAME_CODE})
    clerk.write(5, **{"统一社会信用代码": SAME_CODE, "营业收入（万元）": 23050000})
    ran = clerk.run()
    assert count(ran) == (ROWS, 0)
    assert clerk.list_rows() == [5]
    assert sorted(code for code, _, _ in clerk.list_told()["徐州第6有限公司"]) == ["C401", "C405"]
    # the same again: nothing is made, everything is told
    assert count(clerk.run()) == (0, ROWS)
    assert clerk.list_rows() == [5]


def test_what_another_row_makes_doubtful_is_told_without_being_made_anew(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen)
    clerk.write(5, **{"统一社会信用代码": SAME_CODE})
    clerk.run()
    before = {path.name: path.read_bytes() for path in clerk.out.glob("*.docx")}
    assert clerk.list_rows() == []
    clerk.write(2, **{"统一社会信用代码": SAME_CODE})
    assert count(clerk.run()) == (1, ROWS - 1)
    assert clerk.list_rows() == [5]
    warned = json.loads((clerk.out / "批次结果.json").read_text("utf-8"))["counts"]["warnings"]
    book = openpyxl.load_workbook(clerk.out / "批次结果.xlsx")
    assert "C401" in [cell.value for cell in book["问题"]["D"]]
    clerk.write(2, **{"统一社会信用代码": OTHER_CODE})
    assert count(clerk.run()) == (1, ROWS - 1)
    assert clerk.list_rows() == []
    assert json.loads((clerk.out / "批次结果.json").read_text("utf-8"))["counts"]["warnings"] == warned - 1
    assert {path.name: path.read_bytes() for path in clerk.out.glob("*.docx")}.keys() == before.keys()


def test_a_row_that_goes_takes_the_doubts_that_it_made_with_it(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen)
    for row in (2, ROWS - 1):
        clerk.write(row, **{"统一社会信用代码": SAME_CODE})
    clerk.run()
    assert clerk.list_rows() == [ROWS - 1]
    book = openpyxl.load_workbook(clerk.path)
    for cell in book["企业"][2 + 5]:
        cell.value = None
    book.save(clerk.path)
    assert count(clerk.run()) == (0, ROWS - 1)
    assert clerk.list_rows() == []


def test_where_warnings_count_a_new_one_is_a_fault(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen)
    clerk.write(5, **{"统一社会信用代码": SAME_CODE})
    clerk.run("--strict")
    clerk.write(2, **{"统一社会信用代码": SAME_CODE})
    assert count(clerk.run("--strict")) == (2, ROWS - 2)
    assert clerk.list_rows() == [5]


def test_the_last_line_says_how_many_should_be_looked_at(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen)
    words = (
        "batch",
        clerk.path,
        "-o",
        clerk.out,
        "--only",
        "survey-record",
        "--blanks-by-hand",
        "--jobs",
        1,
        "--force",
    )
    before = docgen(*words).err
    clerk.write(5, **{"统一社会信用代码": SAME_CODE})
    clerk.write(2, **{"统一社会信用代码": SAME_CODE})
    assert "份里有要核对的内容" not in before
    assert "1 份里有要核对的内容" in docgen(*words).err
