"""Matches the sheets and columns of a returned workbook with the layout."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from docgen.content.shown_names import format_first_few
from docgen.ooxml.cells import name_cell, name_column
from docgen.record.numerals import INVISIBLE
from docgen.sources.intake.workbook.data_rows import DataTable, choose_rows
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook, format_cell
from docgen.sources.intake.workbook.layout import (
    ABOUT_SHEET,
    CONFIRMED_SHEET,
    ISSUE_SHEET,
    LIST_SHEET,
    MARK_HEADER,
    SHEETS_WORD,
    Column,
    Layout,
    SheetLayout,
)
from docgen.sources.intake.workbook.notes import DiagnosticGatherer

_SEARCHED_ROWS = 20
_FEWEST_HEADERS, _ALIKE = 3, 0.7
"""The least number and share of a sheet's headers that identify a renamed sheet."""
_SHOWN = 8
_WIDEST = 1000
"""The most columns to look at: no layout has so many, but a merged range may be as wide as a sheet."""
_UNIT = re.compile(r"[（(]([^（）()]*)[）)]$")
_NOISE = re.compile(f"[\\s{INVISIBLE}*＊:：]+")
RECORD_LABEL, RECORD_VALUE, RECORD_GROUP = "项目", "填写", "文书"
COUNT_HEADERS = ("字数（约）", "占比（约）", "合计字数（约）")
"""The headers of columns with formulas, which aren't read."""


@dataclass(frozen=True, slots=True)
class MatchedSheet:
    """A sheet of the workbook matched with its layout: the header row, the position of each column, the data rows.

    On a record sheet ``cells`` has the row of each column, and ``value_column`` is the column of the values.
    ``covered`` are the cells, by row, under a merged one, which can't hold values.
    """

    layout: SheetLayout
    grid: SheetGrid
    header_row: int
    places: Mapping[int, Column]
    rows: tuple[SheetRow, ...] = ()
    mark: int | None = None
    cells: Mapping[int, Column] = field(default_factory=dict)
    value_column: int = 0
    covered: Mapping[int, frozenset[int]] = field(default_factory=dict)


def match_book(
    book: SourceBook, layout: Layout, guide: str, notes: DiagnosticGatherer
) -> tuple[list[MatchedSheet], list[SheetLayout]]:
    """The sheets of a workbook with the record's data, and those that exist under another name.

    Faults of sheets and headers go to ``notes``.
    """
    own = {guide, ABOUT_SHEET, LIST_SHEET, ISSUE_SHEET, CONFIRMED_SHEET}
    grids = {simplify_header(grid.name): grid for grid in book.sheets if grid.name not in own}
    matched: list[MatchedSheet] = []
    absent: list[SheetLayout] = []
    for sheet in layout.sheets:
        grid = grids.pop(simplify_header(sheet.name), None)
        if grid is None:
            absent.append(sheet)
            continue
        match = match_sheet(grid, sheet, notes, blind=book.blind)
        if match is not None:
            matched.append(match)
    return matched, _report_unmatched_sheets(absent, grids, notes, read_about(book, SHEETS_WORD))


def read_about(book: SourceBook, name: str) -> str | None:
    """The value of a name in a workbook's hidden sheet; None without one."""
    about = book.by_name.get(ABOUT_SHEET)
    for row in about.rows if about is not None else ():
        value = row.cells.get(2)
        if row.cells.get(1) == name and isinstance(value, str):
            return value
    return None


def _report_unmatched_sheets(
    absent: list[SheetLayout], grids: dict[str, SheetGrid], notes: DiagnosticGatherer, made: str | None
) -> list[SheetLayout]:
    """Report sheets of no layout, and layouts without a sheet; those that have one under another name are returned.

    ``made`` are the names of the sheets of a workbook that was made with only some.
    """
    misnamed: list[SheetLayout] = []
    for grid in grids.values():
        alike = _find_alike(grid, absent)
        nearest = _find_nearest(grid.name, [sheet.name for sheet in absent]) if alike is None else alike.name
        if nearest:
            notes.error("W111", grid.name, name=grid.name, nearest=nearest)
            misnamed += [sheet for sheet in absent if sheet.name == nearest]
            absent = [sheet for sheet in absent if sheet.name != nearest]
        elif grid.rows:
            notes.info("W112", grid.name)
    missing = [sheet.name for sheet in absent if sheet.needed]
    for name in missing:
        notes.error("W110", name, name=name)
    others = [sheet.name for sheet in absent if not sheet.needed and (made is None or sheet.name in made.split("\n"))]
    if others:
        notes.info("W119", others[0], names="、".join(others), count=len(others))
    return misnamed


def _find_alike(grid: SheetGrid, sheets: list[SheetLayout]) -> SheetLayout | None:
    """The layout of a renamed sheet, recognised by its headers."""
    header_texts = {
        simplify_header(cell)
        for row in grid.rows
        if row.number <= _SEARCHED_ROWS
        for cell in row.cells.values()
        if isinstance(cell, str)
    }
    best: tuple[int, SheetLayout | None] = (_FEWEST_HEADERS - 1, None)
    for sheet in sheets:
        wanted = {simplify_header(column.header) for column in sheet.iterate_columns()}
        hits = len(wanted & header_texts)
        if hits > best[0] and hits >= _ALIKE * len(wanted):
            best = hits, sheet
    return best[1]


def match_sheet(
    grid: SheetGrid, sheet: SheetLayout, notes: DiagnosticGatherer, *, blind: bool = False
) -> MatchedSheet | None:
    """A sheet with its headers matched; None without recognisable headers."""
    if not sheet.is_table:
        return _match_record(grid, sheet, notes)
    columns = {simplify_header(column.header): column for column in sheet.iterate_columns()}
    labels = {simplify_header(column.label): column for column in sheet.iterate_columns() if column.unit}
    header = _find_header(grid, {*columns, *labels, simplify_header(MARK_HEADER)})
    if header is None:
        if grid.rows or sheet.needed:
            notes.error("W113", grid.name, 1, 1, headers="、".join(column.header for column in sheet.iterate_columns()))
        return None
    if sheet.former is not None and _is_former(header, sheet.former):
        return match_sheet(grid, sheet.former, notes, blind=blind)
    table = _TableHeaders(grid, sheet, header.number, notes)
    mark = None
    unknown: dict[int, str] = {}
    for at, cell in sorted(header.cells.items()):
        text = format_cell(cell)
        asked = simplify_header(text)
        if asked == simplify_header(MARK_HEADER):
            mark = at
        elif any(asked.startswith(simplify_header(word)) for word in COUNT_HEADERS):
            continue
        elif (column := columns.get(asked)) is not None:
            table.take(at, column)
        else:
            unknown[at] = text
    for at, text in unknown.items():
        table.match_unknown(at, text, labels)
    table.report_absent_columns()
    rows = tuple(choose_rows(DataTable(grid, header, sheet, table.places, mark, shipped=True), notes))
    report_hidden_and_merged(grid, header.number, rows, table.places, notes, blind=blind)
    report_nameless_values(grid, header, rows, notes)
    covered = find_covered(grid, rows)
    return MatchedSheet(sheet, grid, header.number, table.places, rows, mark, covered=covered)


def _is_former(header: SheetRow, former: SheetLayout) -> bool:
    """Whether a sheet has its former layout: a row for each line, and a column that names the line."""
    header_texts = {simplify_header(cell) for cell in header.cells.values() if isinstance(cell, str)}
    return simplify_header(former.columns[0].header) in header_texts


class _TableHeaders:
    """Matches the headers of a table one by one; ``places`` holds the matched columns."""

    def __init__(self, grid: SheetGrid, sheet: SheetLayout, row: int, notes: DiagnosticGatherer) -> None:
        self.places: dict[int, Column] = {}
        self._grid = grid
        self._sheet = sheet
        self._row = row
        self._notes = notes

    def take(self, at: int, column: Column) -> None:
        """Match a header of the layout; W116 if it is repeated."""
        first = next((place for place, item in self.places.items() if item is column), None)
        if first is None:
            self.places[at] = column
            return
        params = {"header": _flatten(column.header), "first": name_column(first)}
        self._notes.error("W116", self._grid.name, self._row, at, **params)

    def match_unknown(self, at: int, text: str, labels: Mapping[str, Column]) -> None:
        """Match an unknown header: it has another unit, a new wording, or is the clerk's own column."""
        bare = simplify_header(_UNIT.sub("", text.strip()))
        column = labels.get(bare)
        if column is not None and column not in self.places.values():
            self.places[at] = column
            if bare != simplify_header(text):
                params = {"header": _flatten(text), "wanted": _flatten(column.header)}
                self._notes.error("W117", self._grid.name, self._row, at, **params)
            return
        absent = [_flatten(item.header) for item in self._sheet.iterate_columns() if item not in self.places.values()]
        nearest = _find_nearest(_flatten(text), absent)
        if nearest:
            self._notes.error("W114", self._grid.name, self._row, at, header=_flatten(text), nearest=nearest)
        elif any(at in row.cells for row in self._grid.rows if row.number > self._row):
            self._notes.warning("W115", self._grid.name, self._row, at, header=_flatten(text))

    def report_absent_columns(self) -> None:
        """W118 for a missing required column."""
        for column in self._sheet.iterate_columns():
            if column.need == "required" and column not in self.places.values():
                self._notes.error("W118", self._grid.name, self._row, None, header=_flatten(column.header))


def _find_header(grid: SheetGrid, names: set[str]) -> SheetRow | None:
    """The row among the first that holds most of the headers; None where none holds any."""
    best: tuple[int, SheetRow | None] = (0, None)
    for row in grid.rows:
        if row.number > _SEARCHED_ROWS:
            break
        hits = len({simplify_header(cell) for cell in row.cells.values() if isinstance(cell, str)} & names)
        if hits > best[0]:
            best = hits, row
    return best[1]


def report_hidden_and_merged(
    grid: SheetGrid,
    header: int,
    rows: tuple[SheetRow, ...],
    places: Mapping[int, Column],
    notes: DiagnosticGatherer,
    *,
    blind: bool,
) -> None:
    """Report hidden rows and merged cells of a table; no hidden rows if the reader is ``blind``."""
    if not blind:
        report_hidden_rows(grid, rows, notes)
    report_merged_cells(grid, header, rows, places, notes)


def report_nameless_values(
    grid: SheetGrid, header: SheetRow, rows: tuple[SheetRow, ...], notes: DiagnosticGatherer
) -> None:
    """W125 for values without a header, in data rows and in rows with no other values."""
    if not header.cells:
        return
    read_rows = {row.number for row in rows}
    nameless_cells: list[tuple[int, int]] = []
    for row in grid.rows:
        nameless = [at for at, cell in row.cells.items() if at not in header.cells and not _is_blank(cell)]
        if row.number > header.number and nameless and (row.number in read_rows or len(nameless) == len(row.cells)):
            nameless_cells += [(row.number, at) for at in nameless]
    if nameless_cells:
        cells = format_first_few((name_cell(number, at) for number, at in nameless_cells), _SHOWN)
        notes.warning("W125", grid.name, *nameless_cells[0], cells=cells, count=len(nameless_cells))


def _is_blank(cell: GridValue) -> bool:
    return isinstance(cell, str) and not cell.strip()


def fill_down(grid: SheetGrid, header: int, places: Mapping[int, Column]) -> SheetGrid:
    """A foreign table in which a cell merged over rows is repeated in each of them.

    A cell merged over columns is filled down only if its first column alone is mapped: it then covers no other value.
    """
    plain = [
        area
        for area in grid.merged
        if area[0] > header and not any(at in places for at in range(area[1] + 1, min(area[3], area[1] + _WIDEST) + 1))
    ]
    by_number = {row.number: dict(row.cells) for row in grid.rows}
    numbers = [row.number for row in grid.rows]
    for top, at, bottom, _ in plain:
        value = by_number.get(top, {}).get(at)
        if value is not None and at in places:
            for number in numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]:
                by_number[number][at] = value
    rows = tuple(replace(row, cells=by_number[row.number]) for row in grid.rows) if plain else grid.rows
    return replace(
        grid, rows=rows, merged=tuple(area for area in grid.merged if area not in plain and area[2] > header)
    )


def find_covered(grid: SheetGrid, rows: tuple[SheetRow, ...]) -> Mapping[int, frozenset[int]]:
    """The columns of each data row that merged cells cover."""
    if not grid.merged:
        return {}
    covered: dict[int, frozenset[int]] = {}
    for row in rows:
        columns = {
            at
            for top, left, bottom, right in grid.merged
            if top <= row.number <= bottom
            for at in range(left, min(right, _WIDEST) + 1)
            if (row.number, at) != (top, left)
        }
        if columns:
            covered[row.number] = frozenset(columns)
    return covered


def report_hidden_rows(grid: SheetGrid, rows: tuple[SheetRow, ...], notes: DiagnosticGatherer) -> None:
    """W120, W121 for a hidden sheet, and for hidden data rows."""
    hidden = [row.number for row in rows if row.hidden]
    if hidden:
        notes.warning(
            "W121", grid.name, hidden[0], 1, count=len(hidden), rows=format_first_few(map(str, hidden), _SHOWN)
        )
    if grid.hidden and rows:
        notes.warning("W120", grid.name, rows[0].number, 1, count=len(rows))


def report_merged_cells(
    grid: SheetGrid, header: int, rows: tuple[SheetRow, ...], places: Mapping[int, Column], notes: DiagnosticGatherer
) -> None:
    """Report merged cells among the data: only the first cell of them has a value."""
    if not grid.merged or not rows:
        return
    numbers = [row.number for row in rows]
    for top, left, bottom, right in grid.merged:
        columns = [places[at] for at in range(left, right + 1) if at in places]
        is_about_data = bisect_left(numbers, max(top, header + 1)) < bisect_right(numbers, bottom)
        if is_about_data and columns:
            # a copy with fewer rows changes the range but not its size
            size = {"rows": bottom - top + 1, "columns": right - left + 1}
            notes.error("W123", grid.name, max(top, header + 1), left, **size)


def _match_record(grid: SheetGrid, sheet: SheetLayout, notes: DiagnosticGatherer) -> MatchedSheet | None:
    """A record sheet: labels in one column, values in another, for forms the form's title in a third."""
    required = {simplify_header(RECORD_LABEL), simplify_header(RECORD_VALUE)}
    header = _find_header(grid, required)
    named = {
        simplify_header(cell): at
        for at, cell in (header.cells.items() if header is not None else ())
        if isinstance(cell, str)
    }
    if header is None or not required <= named.keys():
        notes.error("W113", grid.name, 1, 1, headers=f"{RECORD_LABEL}、{RECORD_VALUE}")
        return None
    label_at, value_at = named[simplify_header(RECORD_LABEL)], named[simplify_header(RECORD_VALUE)]
    group_at = named.get(simplify_header(RECORD_GROUP))
    columns = {(simplify_header(column.group), simplify_header(column.header)): column for column in sheet.columns}
    cells: dict[int, Column] = {}
    group = ""
    for row in grid.rows:
        if row.number <= header.number:
            continue
        title = row.cells.get(group_at) if group_at is not None else None
        group = simplify_header(title) if isinstance(title, str) and title.strip() else group
        text = row.cells.get(label_at)
        if not isinstance(text, str) or not text.strip():
            if value_at in row.cells and not isinstance(text, SheetCell):
                notes.warning("W124", grid.name, row.number, value_at)
            continue
        column = columns.get((group, simplify_header(text))) or columns.get(("", simplify_header(text)))
        if column is None:
            near = _find_near_label(text, group, columns)
            if near is not None:
                params = {"header": _flatten(text), "nearest": _flatten(near.header)}
                notes.error("W114", grid.name, row.number, label_at, **params)
            elif value_at in row.cells:
                notes.warning("W115", grid.name, row.number, label_at, header=_flatten(text))
        elif column in cells.values():
            first = next(number for number, item in cells.items() if item is column)
            place = name_cell(first, label_at)
            notes.error("W116", grid.name, row.number, label_at, header=_flatten(text), first=place)
        else:
            cells[row.number] = column
    rows = tuple(row for row in grid.rows if row.number in cells)
    report_hidden_rows(grid, tuple(row for row in rows if value_at in row.cells), notes)
    return MatchedSheet(sheet, grid, header.number, {}, rows, None, cells, value_at)


def _find_near_label(text: str, group: str, columns: Mapping[tuple[str, str], Column]) -> Column | None:
    """The line of a record sheet, in a group or outside of all, whose label is most like a text."""
    near = _find_nearest(simplify_header(text), [label for of, label in columns if of in ("", group)])
    return columns.get((group, near)) or columns.get(("", near)) if near else None


def simplify_header(text: str) -> str:
    """A header normalised for comparison: ASCII forms, no spaces, no mark of a required column."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _find_nearest(word: str, candidates: Iterable[str]) -> str:
    from docgen.profile.faults import find_nearest  # imported here, since loading it takes time

    return find_nearest(word, candidates)


def _flatten(text: str) -> str:
    return text.replace("\n", " ")
