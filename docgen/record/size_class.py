"""The size class of an enterprise by the national rule of 2017 (统计上大中小微型企业划分办法); its table is data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Measure = Literal["staff", "revenue", "assets"]
MEASURES: tuple[Measure, ...] = ("staff", "revenue", "assets")
Doubt = Literal["no_industry", "unclear_industry", "unknown_industry", "by_hand", "no_figures"]

_CODE = re.compile(r"([A-T]?)(\d{2,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SizeRow:
    """A row of the rule: its industry, its codes of GB/T 4754, and the lower limits of each measure.

    Limits go from the largest class to the smallest that has one; money in 万元.
    """

    industry: str
    codes: tuple[str, ...]
    limits: Mapping[Measure, tuple[Decimal, ...]]


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The table of the rule: the classes from large to small, its rows, the first and last division of each section."""

    classes: tuple[str, ...]
    rows: tuple[SizeRow, ...]
    sections: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SizeVerdict:
    """The size class, or the reason why there is none (``doubt``); ``missing`` are the measures that the row needs.

    ``by_hand``: the rule sets no limits for the industry, so a person must decide. ``unclear_industry``: the code is
    too short and fits several rows.
    """

    size_class: str | None
    row: SizeRow | None = None
    doubt: Doubt | None = None
    missing: tuple[Measure, ...] = ()


@cache
def read_table() -> SizeTable:
    """Read the rule's table; the result is cached."""
    import yaml

    data = yaml.load(Path(__file__).with_name("size_classes.yaml").read_text("utf-8"), yaml.CSafeLoader)
    rows = tuple(
        SizeRow(
            row["industry"],
            tuple(row["codes"]),
            MappingProxyType({name: tuple(map(Decimal, row[name])) for name in MEASURES if name in row}),
        )
        for row in data["rows"]
    )
    sections = {letter: (first, last) for letter, (first, last) in data["sections"].items()}
    return SizeTable(tuple(data["classes"]), rows, MappingProxyType(sections))


def find_size_row(industry_code: str | None) -> SizeRow | Doubt:
    """The row for a code of GB/T 4754 (``C2669``, ``2669``, ``26``, ``C``), or the reason why there is none."""
    code = (industry_code or "").strip().upper()
    if not code:
        return "no_industry"
    table, match = read_table(), _CODE.fullmatch(code)
    letter, digits = (match[1], match[2] or "") if match is not None else ("", "")
    section = next((key for key, (low, high) in table.sections.items() if digits and low <= digits[:2] <= high), letter)
    if not section or (letter and letter != section):
        return "unknown_industry"
    best: tuple[int, SizeRow] | None = None
    for row in table.rows:
        for row_code in row.codes:
            if row_code == section or (digits and digits.startswith(row_code)):
                best = max(
                    best or (0, row), (len(row_code) if row_code != section else 1, row), key=lambda item: item[0]
                )
    if best is not None:
        return best[1]
    # A code shorter than those of the rows may fit several rows.
    inside = [row_code for row in table.rows for row_code in row.codes if _is_below(row_code, section, digits, table)]
    return "unclear_industry" if inside else "by_hand"


def _is_below(row_code: str, section: str, digits: str, table: SizeTable) -> bool:
    if not row_code.isdigit():
        return False
    low, high = table.sections[section]
    return low <= row_code[:2] <= high and row_code.startswith(digits)


def classify_size(
    industry_code: str | None, staff: int | None, revenue: Decimal | None, assets: Decimal | None
) -> SizeVerdict:
    """The class by the rule: all named limits must be met, else one class down. Money in 万元."""
    row = find_size_row(industry_code)
    if isinstance(row, str):
        return SizeVerdict(None, None, row)
    figures: dict[Measure, Decimal | int | None] = {"staff": staff, "revenue": revenue, "assets": assets}
    missing = tuple(name for name in row.limits if figures[name] is None)
    if missing:
        return SizeVerdict(None, row, "no_figures", missing)
    classes = read_table().classes
    for at, size_class in enumerate(classes[:-1]):
        if all((figures[name] or 0) >= limits[at] for name, limits in row.limits.items()):
            return SizeVerdict(size_class, row)
    return SizeVerdict(classes[-1], row)
