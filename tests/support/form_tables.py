"""A clerk's workbook of one form for many enterprises, of a standard that docgen comes with; faults are planted."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from docgen.pipeline.services.projects import draft_workbook
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.trees import parse_tree
from support.foreign_tables import make_code
from support.intake_support import fill_workbook

STANDARD, FORM, TITLE = "db4201-t665-2022", "satisfaction", "质量提升服务满意度评价表"
_SAMPLE = Path(__file__).resolve().parents[2] / "samples" / STANDARD / "park" / "record.yaml"


def call(number: int) -> str:
    """The name of an enterprise."""
    return f"武汉第{number}机械有限公司"


def make_table(path: Path, count: int) -> Path:
    """The workbook, filled in without a fault."""
    book = openpyxl.load_workbook(io.BytesIO(draft_workbook(STANDARD, Resources(), (FORM,))))
    layout = build_layout(find_profile(Resources(), STANDARD))
    layout = replace(layout, sheets=tuple(sheet for sheet in layout.sheets if sheet.name in book.sheetnames))
    data: Any = parse_tree(_SAMPLE.read_text("utf-8"), str(_SAMPLE)).data
    enterprise, entry = data["enterprises"][0], data["forms"][FORM][0]
    keys = range(1, count + 1)
    data["enterprises"] = [
        {**copy.deepcopy(enterprise), "key": f"e-{at}", "name": call(at), "uscc": make_code(at)} for at in keys
    ]
    data["forms"][FORM] = [{**copy.deepcopy(entry), "of": f"e-{at}"} for at in keys]
    fill_workbook(book, layout, data)
    book.save(path)
    return path


def plant(path: Path, *faults: tuple[int, str, object]) -> Path:
    """Write values into the forms of enterprises, by their numbers and the headers."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        heads = {str(cell.value).removesuffix("*"): cell.column for cell in sheet[3]}
        for number, header, value in faults:
            if header in heads and "企业简称" not in heads:
                rows = [line[0].row for line in sheet.iter_rows(min_row=5) if call(number) in [c.value for c in line]]
                for row in rows:
                    sheet.cell(row, heads[header]).value = value  # type: ignore[arg-type]
    book.save(path)
    return path
