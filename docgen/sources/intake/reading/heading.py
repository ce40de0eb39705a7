"""The headers of a foreign table: one to four rows, merged or not, read as one text for each column.

A header above several others belongs to each of them: 联系人 over 姓名 and 电话 gives 联系人/姓名 and 联系人/电话.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from docgen.ooxml.cells import number_column
from docgen.sources.intake.workbook.grid import SheetGrid, SheetRow, format_cell
from docgen.sources.intake.workbook.headers import simplify_header

JOINT = "/"
DEEPEST = 4
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_COUNTED = re.compile(r"[(（]?(?:\d{1,2}|[甲乙丙丁戊己庚辛壬癸])[)）]?")
_NUMBER = re.compile(r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}[、.]|\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\))")
_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_ASKED = re.compile(r"^(?:必填项?|选填项?)|(?:必填项?|选填项?)$")
_AROUND = " \t*:#"
_STATED_UNIT = re.compile(r"[,;]?(?:计量)?单位:(?:[百千万亿]*元|人次?|个|家|天|月|年|%|平方米|㎡|吨)$")


@dataclass(frozen=True, slots=True)
class TableHeading:
    """The headers of a table in the rows ``first`` to ``last``: by column their texts from top to bottom.

    Both rows are 0 where a table has no headers. ``rows`` are the rows themselves.
    """

    first: int
    last: int
    parts: Mapping[int, tuple[str, ...]]
    rows: tuple[SheetRow, ...] = ()

    @property
    def depth(self) -> int:
        """The number of header rows."""
        return self.last - self.first + 1 if self.last else 0

    def name(self, at: int) -> str:
        """The name of a column, on one line."""
        return JOINT.join(self.parts[at])

    def make_row(self) -> SheetRow:
        """The headers as one row of each column's lowest text."""
        return SheetRow(self.last, {at: parts[-1] for at, parts in self.parts.items()})


def read_heading(grid: SheetGrid, row: int, depth: int = 1) -> TableHeading:
    """The headers of ``depth`` rows whose lowest row is ``row``; if cells are merged, ``row`` is any of their rows."""
    if not row:
        return TableHeading(0, 0, {})
    first, last = _reach(grid, max(1, row - depth + 1), row)
    rows = tuple(item for item in grid.rows if first <= item.number <= last)
    merged = {
        (number, at): (top, left)
        for top, left, bottom, right in grid.merged
        if top <= last and bottom >= first
        for number in range(max(top, first), min(bottom, last) + 1)
        for at in range(left, right + 1)
    }
    texts = {(item.number, at): flatten(format_cell(cell)) for item in rows for at, cell in item.cells.items()}
    columns = sorted({at for _, at in texts} | {at for _, at in merged})
    parts: dict[int, tuple[str, ...]] = {}
    for at in columns:
        stacked = [_find_text(texts, merged, number, at, last) for number in range(first, last + 1)]
        kept = [text for before, text in zip(("", *stacked), stacked, strict=False) if text and text != before]
        named = [text for text in kept if not _COUNTED.fullmatch(text)] or kept[:1]
        if named:
            parts[at] = tuple(named)
    return TableHeading(first, last, parts, rows)


def _reach(grid: SheetGrid, first: int, last: int) -> tuple[int, int]:
    """The rows of a header, extended over cells that are merged into or out of it."""
    for _ in range(DEEPEST):
        tied = [
            (top, bottom)
            for top, _, bottom, _ in grid.merged
            if top <= last and bottom >= first and top < bottom < top + DEEPEST + 1
        ]
        reached = min([first, *(top for top, _ in tied)]), max([last, *(bottom for _, bottom in tied)])
        if reached == (first, last):
            break
        first, last = reached
    return first, last


def _find_text(
    texts: Mapping[tuple[int, int], str],
    merged: Mapping[tuple[int, int], tuple[int, int]],
    row: int,
    at: int,
    last: int,
) -> str:
    """The text of a header row above a column: its own cell, a merged cell, or the group's cell to the left."""
    if (row, at) in merged:
        return texts.get(merged[row, at], "")
    own = texts.get((row, at), "")
    if own or row == last or not any((lower, at) in texts for lower in range(row + 1, last + 1)):
        return own
    for left in range(at - 1, 0, -1):
        if (row, left) in merged:
            return ""
        if (row, left) in texts:
            is_group = any((lower, left) in texts for lower in range(row + 1, last + 1))
            return texts[row, left] if is_group else ""
    return ""


def cut_area(grid: SheetGrid, area: str | None) -> SheetGrid:
    """The columns of a sheet between two letters (``D:F``); all columns without an area."""
    bounds = read_area(area)
    if bounds is None:
        return grid
    left, right = bounds
    rows = (
        replace(row, cells={at: cell for at, cell in row.cells.items() if left <= at <= right}) for row in grid.rows
    )
    merged = (
        (top, max(a, left), bottom, min(b, right)) for top, a, bottom, b in grid.merged if a <= right and b >= left
    )
    return replace(grid, rows=tuple(row for row in rows if row.cells), merged=tuple(merged))


def read_area(area: str | None) -> tuple[int, int] | None:
    """The first and last column of an area; None without an area."""
    ends = [number_column(end.strip().upper()) for end in (area or "").split(":") if _LETTERS.fullmatch(end.strip())]
    return (min(ends), max(ends)) if len(ends) == 2 and all(ends) else None


class HeadingIndex:
    """Finds the column that a mapping names: by the full header, its lowest text, without remarks, or by letter."""

    def __init__(self, heading: TableHeading, grid: SheetGrid) -> None:
        self._width = max((at for row in grid.rows for at in row.cells), default=0)
        self.names = {at: heading.name(at) for at in heading.parts}
        ways: tuple[Callable[[int], str], ...] = (
            lambda at: simplify_header(self.names[at]),
            lambda at: simplify_header(heading.parts[at][-1]),
            lambda at: strip_remarks(self.names[at]),
        )
        self._ways = [_index(self.names, way) for way in ways]

    def find(self, named: str) -> int | None:
        """The column of this name; None if no column or several have it."""
        asked = simplify_header(named)
        first = self._ways[0].get(asked)
        if first:
            return first[0]
        for way in self._ways[1:]:
            if len(way.get(asked, ())) == 1:
                return way[asked][0]
        at = number_column(named.upper()) if _LETTERS.fullmatch(named) else 0
        return at if 0 < at <= self._width else None


def _index(columns: Iterable[int], find_text: Callable[[int], str]) -> dict[str, list[int]]:
    by_text: dict[str, list[int]] = {}
    for at in columns:
        by_text.setdefault(find_text(at), []).append(at)
    return by_text


def flatten(text: str) -> str:
    """A header on one line; line breaks between Chinese characters are removed without a space."""
    return re.sub(r"(?<=[ -~])\s*\n\s*(?=[ -~])", " ", text.strip()).replace("\r", "").replace("\n", "")


@lru_cache(maxsize=1 << 14)
def strip_remarks(text: str) -> str:
    """A header for comparison, without its number, units and remarks in brackets, and marks of required columns."""
    return simplify_header(drop_remarks(text)) or simplify_header(text)


def drop_remarks(text: str) -> str:
    """A header without remarks in its own spelling; "" if it is only remarks."""
    plain = unicodedata.normalize("NFKC", flatten(text)).strip(_AROUND)
    plain = _STATED_UNIT.sub("", _NUMBER.sub("", plain))
    for _ in range(3):
        plain = _BRACKETS.sub("", plain)
    return _ASKED.sub("", plain.strip(_AROUND)).strip(_AROUND)


def is_counting(row: SheetRow) -> bool:
    """Whether a row numbers the columns: 甲 乙 1 2 3."""
    texts = [format_cell(cell).strip() for _, cell in sorted(row.cells.items())]
    digits = [int(text.strip("()（）")) for text in texts if text.strip("()（）").isdigit() and len(text) <= 4]
    letters = [text for text in texts if _COUNTED.fullmatch(text)]
    return (
        len(texts) >= 3
        and len(letters) == len(texts)
        and digits == list(range(1, len(digits) + 1))
        and (len(digits) >= 4 or len(digits) < len(texts))
    )
