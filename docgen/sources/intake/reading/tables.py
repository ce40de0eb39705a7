"""Finds the tables of a foreign sheet: their header rows, blocks side by side, and sheets that are forms.

Only the words of a foreign sheet help. A header is a usual name of a column and holds no telephone number, company or
day; titles, and lines such as 培训机构：… 日期：…, come above it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from docgen.ooxml.cells import name_column
from docgen.sources.intake.reading.heading import (
    DEEPEST,
    TableHeading,
    cut_area,
    drop_remarks,
    is_counting,
    read_heading,
    strip_remarks,
)
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow
from docgen.sources.intake.workbook.headers import simplify_header

_SEARCHED_ROWS = 25
_FORM_ROWS = 40
_FEWEST_LABELS = 3
_LONGEST_HEADER = 60
COMPANY = re.compile(
    r".{2,}(?:公司|集团|厂|商行|商店|经营部|合作社|工作室|门市部?|超市|饭店|酒店|药房|农场|研究院|研究所|事务所|个体户|店|部|坊|社)"
    r"(?:\(.*\))?"
)
ORGANISATION = re.compile(r".{2,}(?:公司|集团|厂|商行|经营部|合作社)(?:\(.*\))?")
PHONE = re.compile(r"(?:\+?86-?)?1[3-9]\d-?\d{4}-?\d{4}|\(?0\d{2,3}\)?-?\d{7,8}(?:[-转]\d+)?|400-?\d{3}-?\d{4}")
CODE = re.compile(r"(?=.*\d{6})[0-9A-HJ-NP-RTUWXY]{18}", re.IGNORECASE)
PERSON_ID = re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
DAY = re.compile(r"(?:19|20)\d{2}(?:[年./-]\d{1,2}(?:[月./-]\d{1,2}日?|月)?|\d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
FIGURE = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")
_SECRET = re.compile(r"\d{5,}|1[3-9]\d{9}|@")
_LINE = re.compile(r":.*\S")
_UNIT_ABOVE = re.compile(r"(?:^|[\s(,;]|金额|计量)单位[:：]?\s*(?:人民币|\S{1,3}[、,/])?(亿元|百万元|万元|千元|元)")
_SIGNED = re.compile(r"签名|签字|签到")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table on a sheet: its headers, and its first and last column if other tables stand beside it.

    A table without headers begins below the row that its heading names, which is then the title. ``money`` is the unit
    of amounts above the table. ``is_signed`` marks a sign-in sheet, in which the people's unit is the enterprise.
    """

    grid: SheetGrid
    heading: TableHeading
    area: tuple[int, int] | None = None
    money: str | None = None
    is_signed: bool = False

    @property
    def rows(self) -> Iterator[SheetRow]:
        """The rows below the headers."""
        return (row for row in self.grid.rows if row.number > self.heading.last)


def find_tables(grid: SheetGrid, is_known: Callable[[str], bool]) -> tuple[FoundTable, ...]:
    """The tables of a sheet, one for each block; ``is_known`` tells whether a header is in use for some column."""
    judged = [_JudgedRow(row, is_known) for row in grid.rows[:_SEARCHED_ROWS]]
    wide = [judged_row for judged_row in judged if len(judged_row.row.cells) > 1]
    anchor = _find_anchor(wide) if wide else next((judged_row for judged_row in judged if judged_row.usual), None)
    if anchor is None:
        if not wide:
            return ()
        above = max((row.number for row in grid.rows if row.number < wide[0].row.number), default=0)
        return (FoundTable(grid, TableHeading(above, above, {})),) if _is_headless(wide) else ()
    heading = _expand(grid, anchor.row.number, {judged_row.row.number: judged_row for judged_row in judged})
    money = next(
        (
            match[1]
            for row in grid.rows
            if row.number < heading.first
            for cell in row.cells.values()
            if isinstance(cell, str) and (match := _UNIT_ABOVE.search(unicodedata.normalize("NFKC", cell))) is not None
        ),
        None,
    )
    texts = (simplify_header(part) for parts in heading.parts.values() for part in parts)
    is_signed = any(_SIGNED.search(text) is not None for text in texts)
    blocks = _part_blocks(heading)
    return tuple(FoundTable(_cut(grid, area), block, area, money, is_signed) for block, area in blocks)


def _cut(grid: SheetGrid, area: tuple[int, int] | None) -> SheetGrid:
    return grid if area is None else cut_area(grid, ":".join(map(name_column, area)))


def is_form(grid: SheetGrid, is_known: Callable[[str], bool]) -> bool:
    """Whether a sheet is a form for a single item: labels below each other, each beside its value."""
    below: dict[int, set[str]] = {}
    most = 0
    for row in grid.rows[:_FORM_ROWS]:
        labels = {at: strip_remarks(cell) for at, cell in row.cells.items() if isinstance(cell, str) and is_known(cell)}
        most = max(most, len(set(labels.values())))
        for at, label in labels.items():
            below.setdefault(at, set()).add(label)
    deepest = max((len(labels) for labels in below.values()), default=0)
    return deepest >= _FEWEST_LABELS and deepest >= most


def is_secret(text: str) -> bool:
    """Whether a text may be personal data, which must not be written anywhere.

    Such are numbers, codes, addresses, and text after a header's colon, as in 联系人：….
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    ways = (_SECRET.search(plain), CODE.search(plain), _LINE.search(drop_remarks(text)))
    return any(way is not None for way in ways)


class _JudgedRow:
    """A row of a sheet with the number of its cells that are usual headers, possible headers, and data."""

    def __init__(self, row: SheetRow, is_known: Callable[[str], bool]) -> None:
        self.row = row
        self.usual, self.headers, self.data = set[str](), set[str](), 0
        self.plain = True
        for cell in row.cells.values():
            if isinstance(cell, str) and is_known(cell):
                self.usual.add(strip_remarks(cell))
                self.headers.add(strip_remarks(cell))
            elif _is_datum(cell):
                self.data += 1
            elif isinstance(cell, str) and _is_heading(cell):
                self.headers.add(strip_remarks(cell))
            else:
                self.plain = False

    @property
    def weight(self) -> float:
        """How much a row looks like headers."""
        return 3 * len(self.usual) + len(self.headers) - 3 * self.data


def _is_datum(cell: GridValue) -> bool:
    """Whether a cell holds data, which no header does: a number, a code, a day, a company."""
    if isinstance(cell, SheetCell):
        return not (cell.kind == "number" and re.fullmatch(r"(?:19|20)\d{2}|\d{1,2}", cell.text) is not None)
    text = unicodedata.normalize("NFKC", cell).strip()
    ways = (PHONE, CODE, PERSON_ID, DAY)
    is_year = re.fullmatch(r"(?:19|20)\d{2}年?度?", text) is not None
    return not is_year and (
        any(way.fullmatch(text.replace(" ", "")) for way in ways)
        or (FIGURE.fullmatch(text) is not None and len(text) > 2)
        or ORGANISATION.fullmatch(text) is not None
    )


def _is_heading(cell: str) -> bool:
    text = drop_remarks(cell)
    return 0 < len(text) <= _LONGEST_HEADER and not _LINE.search(text)


def _find_anchor(rows: list[_JudgedRow]) -> _JudgedRow | None:
    """The first row with the most headers; a row with more data than usual headers doesn't count."""
    best: _JudgedRow | None = None
    for judged_row in rows:
        if (
            len(judged_row.headers) < 2
            or judged_row.data * 2 > len(judged_row.usual)
            or not (judged_row.usual or judged_row.plain)
        ):
            continue
        if best is None or judged_row.weight > best.weight:
            best = judged_row
    if best is None or best.usual:
        return best
    # without any usual header only the first possible row can be the header
    first = rows[0]
    return best if first is best or first.data == 0 else None


def _is_headless(rows: list[_JudgedRow]) -> bool:
    return sum(judged_row.data > 0 for judged_row in rows) * 2 > len(rows)


def _expand(grid: SheetGrid, row: int, judged: dict[int, _JudgedRow]) -> TableHeading:
    """The headers around a header row: the rows that merged cells or groups connect with it, and a row of numbers."""
    first, last = row, row
    while last - first + 1 < DEEPEST and _is_tied(grid, last, last + 1, judged):
        last += 1
    while last - first + 1 < DEEPEST and _is_tied(grid, first - 1, first, judged):
        first -= 1
    below = next((item for item in grid.rows if item.number == last + 1), None)
    if below is not None and is_counting(below):
        last += 1
    return read_heading(grid, last, last - first + 1)


def _is_tied(grid: SheetGrid, upper: int, lower: int, judged: dict[int, _JudgedRow]) -> bool:
    """Whether two rows form one header: cells are merged over both, or the lower row divides a group of the upper."""
    tied = any(top <= upper and bottom >= lower and bottom - top < DEEPEST for top, _, bottom, _ in grid.merged)
    above, below = judged.get(upper), judged.get(lower)
    if below is None:
        return tied and above is not None
    if above is None or below.data or above.data or not above.plain or not below.plain:
        return tied and below.data == 0 and above is not None
    if tied:
        return True
    spans = {left: right for top, left, bottom, right in grid.merged if top == upper == bottom and right > left}
    own, under = sorted(above.row.cells), below.row.cells
    for at in under:
        start = max((left for left in own if left <= at), default=0)
        end = spans.get(start, min((left for left in own if left > start), default=max(under) + 1) - 1)
        if not start or at > end or sum(start <= column <= end for column in under) < 2:
            return False
    return len(own) > 1  # a single text over all columns is a title


def _part_blocks(heading: TableHeading) -> Iterator[tuple[TableHeading, tuple[int, int] | None]]:
    """The headers of each block, if a sheet repeats the same headers side by side."""
    columns = sorted(heading.parts)
    names = [simplify_header(heading.name(at)) for at in columns]
    for size in range(2, len(names) // 2 + 1):
        if len(names) % size == 0 and names == names[:size] * (len(names) // size):
            for start in range(0, len(names), size):
                block = columns[start : start + size]
                parts = {at: heading.parts[at] for at in block}
                yield replace(heading, parts=parts), (block[0], block[-1])
            return
    yield heading, None
