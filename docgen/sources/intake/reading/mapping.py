"""Somebody else's table: which of its columns is which of ours, written down in ``mapping.yaml``.

    profile: ID
    sheets:
      - sheet: Sheet1            # in the file; left out: its first sheet
        into: 企业                # a sheet of the profile's intake workbook
        header_row: 2            # 0: no headers, columns are named A, B, C
        columns: {单位名称: 企业名称, 税号: 统一社会信用代码}
        values: {企业规模: {小: 小型}}     # what it says there → what is meant
        defaults: {数据年度: "2023"}
    record:                      # what the file doesn't say, as in a record file
      project: {number: …}

Faults are still told at the cells of the file that was read, and those of the mapping at its own lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docgen.diagnostics import Diagnostic, Location, Param, error
from docgen.errors import SourceError
from docgen.ooxml.cells import number_column
from docgen.profile.faults import describe_errors, find_nearest
from docgen.profile.load import LoadedProfile
from docgen.record.types import Part, Text, Whole
from docgen.sources.intake.reading.assemble import assemble
from docgen.sources.intake.workbook.data_rows import Table, choose_rows
from docgen.sources.intake.workbook.grid import Book, Cell, Grid, GridValue, Row
from docgen.sources.intake.workbook.headers import (
    MatchedSheet,
    fill_down,
    find_covered,
    report_nameless,
    report_rows,
    simplify_header,
)
from docgen.sources.intake.workbook.layout import MARK_HEADER, Column, Layout
from docgen.sources.intake.workbook.notes import Notes
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.record_file import PlacedTree, RawSource
from docgen.trees import RawPath, RawTree, RawValue, read_tree
from docgen.trees.collector import pause_collector


class SheetMapping(Part):
    """How a sheet of the file becomes a sheet of the intake workbook."""

    into: Text
    sheet: Text | None = None
    header_row: Whole = 1
    columns: dict[str, Text]
    values: dict[str, dict[str, Text]] = {}
    defaults: dict[str, Text] = {}


class TableMapping(Part):
    """A whole mapping. ``record`` is raw data that the file doesn't hold."""

    profile: Text | None = None
    encoding: Text | None = None
    delimiter: Text | None = None
    sheets: tuple[SheetMapping, ...] = ()
    record: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """A mapping and where its words stand."""

    mapping: TableMapping
    tree: RawTree


def load_mapping(path: Path) -> LoadedMapping:
    """The mapping in a file; SourceError with every fault of it."""
    tree = read_tree(path)
    try:
        mapping = TableMapping.model_validate(tree.data)
    except ValidationError as fault:
        raise SourceError(*describe_errors(fault, TableMapping, tree.locate)) from None
    return LoadedMapping(mapping, tree)


def read_mapped(book: Book, loaded: LoadedProfile, mapped: LoadedMapping) -> RawSource:
    """The raw record of a foreign table; SourceError when the mapping doesn't fit the file or the profile."""
    layout, notes = build_layout(loaded), Notes(book)
    matcher = _Matcher(book, layout, mapped, notes)
    with pause_collector():
        sheets = [found for at, item in enumerate(mapped.mapping.sheets) if (found := matcher.match(at, item))]
        if matcher.faults:
            raise SourceError(*matcher.faults)
        assembled = assemble(book, sheets, layout, loaded, notes)
    data: Any = dict(assembled.tree.data)  # type: ignore[arg-type]
    extra = {name: value for name, value in _read_extra(mapped.tree).items() if name not in data or name == "project"}
    data.update(extra)
    tree = MappedTree(data, assembled.tree, mapped.tree, frozenset(extra))
    return RawSource(Path(book.file), tree, (*book.told, *notes.finish()), assembled.failed)


def _read_extra(tree: RawTree) -> Mapping[str, Any]:
    data: Any = tree.data
    record = data.get("record") if isinstance(data, dict) else None
    return record if isinstance(record, dict) else {}


@dataclass(frozen=True, slots=True)
class MappedTree:
    """The data of a table, with what the mapping added to it (``added``, by name)."""

    data: RawValue
    table: PlacedTree
    mapping: RawTree
    added: frozenset[str]

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The place of a value: a cell of the table, or a line of the mapping."""
        if path and path[0] in self.added:
            return self.mapping.locate(("record", *path), key)
        return self.table.locate(path, key)

    def name_place(self, path: RawPath) -> Param:
        """A place as its user would look for it."""
        if path and path[0] in self.added:
            return self.mapping.name_place(("record", *path))
        return self.table.name_place(path)


class _Matcher:
    """Finds what a mapping names, in the file and in the profile; what isn't there goes to ``faults``."""

    def __init__(self, book: Book, layout: Layout, mapped: LoadedMapping, notes: Notes) -> None:
        self.faults: list[Diagnostic] = []
        self._book = book
        self._layout = layout
        self._tree = mapped.tree
        self._notes = notes

    def match(self, at: int, item: SheetMapping) -> MatchedSheet | None:
        """The sheet that an entry of the mapping makes, or None when something in it isn't there."""
        place: RawPath = ("sheets", at)
        grid = self._find_grid(item, place)
        layout = self._layout.find_sheet(item.into)
        if layout is None or not layout.is_table:
            names = [sheet.name for sheet in self._layout.sheets if sheet.is_table]
            self._refuse("W152", (*place, "into"), item.into, names)
        if grid is None or layout is None or not layout.is_table:
            return None
        wanted = {simplify_header(column.header): column for column in layout.iterate_columns()}
        header = next((row for row in grid.rows if row.number == item.header_row), Row(item.header_row, {}))
        headers = _list_headers(header)
        before = len(self.faults)
        places, mark = self._find_columns(item, place, wanted, headers)
        tables = self._find_tables(item, place, wanted)
        virtual = self._find_defaults(item, place, wanted, max(headers.values(), default=0))
        if len(self.faults) > before:
            return None
        every = {**places, **{number: column for number, (column, _) in virtual.items()}}
        grid = fill_down(grid, item.header_row, every)
        chosen = choose_rows(Table(grid, header, layout, places, mark), self._notes)
        rows = tuple(_change_rows(chosen, every, tables, virtual))
        self._tell_unread(grid, item, headers)
        report_rows(grid, item.header_row, rows, every, self._notes, blind=self._book.blind)
        if item.header_row:
            report_nameless(grid, header, rows, self._notes)
        covered = find_covered(grid, rows)
        return MatchedSheet(layout, replace(grid, rows=rows), item.header_row, every, rows, mark, covered=covered)

    def _refuse(self, code: str, place: RawPath, value: str, known: list[str], *, key: bool = False) -> None:
        nearest = find_nearest(value, known) or "、".join(known[:12])
        self.faults.append(error(code, self._tree.locate(place, key), value=value, nearest=nearest))

    def _find_grid(self, item: SheetMapping, place: RawPath) -> Grid | None:
        if item.sheet is None:
            return self._book.sheets[0] if self._book.sheets else None
        grid = self._book.by_name.get(item.sheet)
        if grid is None and self._book.source == "csv":
            return self._book.sheets[0]
        if grid is None:
            self._refuse("W150", (*place, "sheet"), item.sheet, list(self._book.by_name))
        return grid

    def _find_columns(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column], headers: Mapping[str, int]
    ) -> tuple[dict[int, Column], int | None]:
        places: dict[int, Column] = {}
        mark = None
        for theirs, ours in item.columns.items():
            here = (*place, "columns", theirs)
            at = headers.get(simplify_header(theirs)) if item.header_row else number_column(theirs.upper())
            if not at:
                self._refuse("W151", here, theirs, list(headers), key=True)
            elif simplify_header(ours) == simplify_header(MARK_HEADER):
                mark = at
            elif simplify_header(ours) not in wanted:
                self._refuse("W153", here, ours, [column.header for column in wanted.values()])
            else:
                places[at] = wanted[simplify_header(ours)]
        return places, mark

    def _find_tables(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column]
    ) -> dict[int, Mapping[str, str]]:
        tables: dict[int, Mapping[str, str]] = {}
        for ours, table in item.values.items():
            column = wanted.get(simplify_header(ours))
            if column is None:
                self._refuse(
                    "W153", (*place, "values", ours), ours, [known.header for known in wanted.values()], key=True
                )
            else:
                tables[id(column)] = table
        return tables

    def _find_defaults(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column], last: int
    ) -> dict[int, tuple[Column, str]]:
        """Values for columns that the table doesn't have: as if they stood behind its last column."""
        virtual: dict[int, tuple[Column, str]] = {}
        for number, (ours, value) in enumerate(item.defaults.items(), last + 1):
            column = wanted.get(simplify_header(ours))
            if column is None:
                here = (*place, "defaults", ours)
                self._refuse("W153", here, ours, [known.header for known in wanted.values()], key=True)
            else:
                virtual[number] = column, value
        return virtual

    def _tell_unread(self, grid: Grid, item: SheetMapping, headers: Mapping[str, int]) -> None:
        known = {simplify_header(name) for name in item.columns}
        unread = [name for name in headers if name not in known]
        if unread and item.header_row:
            names = "、".join(unread[:12]) + ("…" if len(unread) > 12 else "")
            self._notes.info("W156", grid.name, item.header_row, None, names=names, count=len(unread))


def _list_headers(row: Row) -> dict[str, int]:
    headers: dict[str, int] = {}
    for at, cell in sorted(row.cells.items()):
        text = cell if isinstance(cell, str) else cell.text
        headers.setdefault(simplify_header(text), at)
    return headers


def _change_rows(
    rows: Iterable[Row],
    places: Mapping[int, Column],
    tables: Mapping[int, Mapping[str, str]],
    virtual: Mapping[int, tuple[Column, str]],
) -> Iterator[Row]:
    """Rows with words changed as the mapping says, what the table lacks added."""
    tabled = {at: tables[id(column)] for at, column in places.items() if id(column) in tables}
    for row in rows:
        cells: dict[int, GridValue] = dict(row.cells)
        for at, table in tabled.items():
            value = cells.get(at)
            text = value.strip() if isinstance(value, str) else value.text if isinstance(value, Cell) else ""
            if text in table:
                cells[at] = table[text]
        # a value that stands in the table goes before a default
        filled = {id(places[at]) for at in cells if at in places}
        cells.update({at: value for at, (column, value) in virtual.items() if id(column) not in filled})
        yield Row(row.number, cells, row.hidden)
