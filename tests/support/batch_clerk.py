"""A clerk's workbook of made-up enterprises, and the batch that is run over it."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.trees import parse_tree
from support.batch_support import write_profiles
from support.command_line import CommandLine, Ran
from support.intake_support import fill_workbook
from support.made_up import RECORD


def make_data(count: int) -> dict[str, Any]:
    """The made-up record's data with so many enterprises, each with forms of its own."""
    text = RECORD.format(id="kites").replace("=1+1", "完好")  # a cell would take it for a formula
    base: Any = parse_tree(text, "record.yaml").data
    data = {**base, "enterprises": [], "forms": {"flight-plan": base["forms"]["flight-plan"]}}
    for number in range(1, count + 1):
        key = f"e-{number}"
        data["enterprises"].append({"key": key, "name": f"燕子第{number}风筝社"})
        for document in ("kite-check", "flight-log", "kite-card"):
            (entry,) = copy.deepcopy(base["forms"][document])
            data["forms"].setdefault(document, []).append({**entry, "of": key})
    return data


class Clerk:
    """A workbook filled in, and the batch that is run over it."""

    def __init__(self, folder: Path, docgen: CommandLine, count: int) -> None:
        self.docgen = docgen
        self.profiles = write_profiles(folder)
        self.out = folder / "输出"
        assert docgen("new", folder / "填报", "--profile", "kites", "--profiles", self.profiles, "--workbook").code == 0
        self.path = folder / "填报" / "填报工作簿.xlsx"
        self.layout = build_layout(find_profile(Resources((self.profiles,)), "kites"))
        book = openpyxl.load_workbook(self.path)
        fill_workbook(book, self.layout, make_data(count))
        book.save(self.path)

    def run(self, *more: object, path: Path | None = None) -> Ran:
        words = ("batch", path or self.path, "-o", self.out, "--profiles", self.profiles, "--jobs", 1, *more)
        return self.docgen.json(*words)

    @property
    def returned(self) -> Path:
        return self.out / "填报工作簿_退回.xlsx"

    def change(self, path: Path, rows: tuple[int, ...], text: object) -> None:
        """Write a date into the check lists of some enterprises."""
        book = openpyxl.load_workbook(path)
        for sheet in book:
            headers = {str(cell.value).removesuffix("*"): cell.column for cell in sheet[3]}
            if "检查日期" not in headers:
                continue
            names = {f"燕子第{row}风筝社" for row in rows}
            for line in sheet.iter_rows(min_row=5):
                if any(cell.value in names for cell in line):
                    sheet.cell(line[0].row, headers["检查日期"]).value = text  # type: ignore[arg-type]
        book.save(path)

    def read_results(self) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = json.loads((self.out / "批次结果.json").read_text("utf-8"))["results"]
        return results


def count(ran: Ran) -> tuple[int, int, int, int]:
    counts = ran.document["batch"]
    return counts["made"], counts["kept"], counts["faulty"], counts["failed"]


def list_combined(path: Path) -> list[str]:
    """Whose forms a combined file holds, in their order."""
    with zipfile.ZipFile(path) as package:
        text = re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())
    return list(dict.fromkeys(re.findall(r"燕子第\d+风筝社", text)))


def number_rows(path: Path, numbers: list[object]) -> None:
    """Fill in the enterprises' numbers, in the order of their rows."""
    book = openpyxl.load_workbook(path)
    sheet = book["企业"]
    assert str(sheet.cell(3, 1).value) == "序号"
    rows = [line[1].row for line in sheet.iter_rows(min_row=5) if line[1].value]
    for row, number in zip(rows, numbers, strict=True):
        sheet.cell(row, 1).value = number  # type: ignore[arg-type]
    book.save(path)


def rename(path: Path, names: dict[str, str]) -> None:
    """Give enterprises of a workbook other names, wherever they stand; their numbers stay."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for line in sheet.iter_rows(min_row=5):
            for cell in line:
                if cell.value in names:
                    cell.value = names[str(cell.value)]
    book.save(path)


def call(number: int) -> str:
    return f"燕子第{number}风筝社"
