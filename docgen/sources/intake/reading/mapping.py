"""Reads a foreign table by ``mapping.yaml``, which maps its columns to those of the intake workbook.

    profile: ID
    sheets:
      - sheet: Sheet1            # in the file; left out: its first sheet; [甲区, 乙区]: several that are laid out alike
        into: 企业                # a sheet of the profile's intake workbook
        header_row: 2            # the lowest row of the headers; 0: no headers, columns are named A, B, C
        header_rows: 1           # how many rows of headers; merged cells tell it, too
        area: A:D                # the columns of one of several tables that stand side by side
        columns: {单位名称: 企业名称, 联系人/姓名: 联系人姓名, E: 统一社会信用代码}
        values: {企业规模: {小: 小型}}     # what it says there → what is meant
        defaults: {数据年度: "2023"}
    record:                      # what the file doesn't say, as in a record file
      project: {number: …}

Faults of data are reported at the cells of the file, faults of the mapping at its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Param, Severity, error
from docgen.errors import SourceError
from docgen.ooxml.cells import number_column
from docgen.profile.faults import find_nearest, report_validation_errors
from docgen.profile.load import LoadedProfile
from docgen.record.types import Part, Text, Whole
from docgen.sources.intake.reading.assemble import assemble
from docgen.sources.intake.reading.heading import HeadingIndex, TableHeading, cut_area, read_area, read_heading
from docgen.sources.intake.workbook.data_rows import DataTable, choose_rows
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.headers import (
    MatchedSheet,
    fill_down,
    find_covered,
    report_hidden_and_merged,
    report_nameless_values,
    simplify_header,
)
from docgen.sources.intake.workbook.layout import MARK_HEADER, Anchor, Column, Layout, SheetLayout
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.record_file import PlacedTree, RawSource
from docgen.trees import RawPath, RawTree, RawValue, read_tree
from docgen.trees.collector import pause_collector

_SHOWN = 12


def _read_several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class SheetMapping(Part):
    """The mapping of a file's sheet, or of several with the same layout, to a sheet of the intake workbook.

    A default without a value is a blank that the user hasn't filled in.
    """

    into: Text
    sheet: Annotated[tuple[Text, ...], BeforeValidator(_read_several)] = ()
    header_row: Whole = 1
    header_rows: Whole = 1
    area: Text | None = None
    columns: dict[str, Text]
    values: dict[str, dict[str, Text]] = {}
    defaults: dict[str, Text | None] = {}


class TableMapping(Part):
    """A whole mapping. ``record`` is raw data that the file doesn't hold."""

    profile: Text | None = None
    encoding: Text | None = None
    delimiter: Text | None = None
    sheets: tuple[SheetMapping, ...] = ()
    record: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """A mapping, and the lines of its keys and values."""

    mapping: TableMapping
    tree: RawTree


def load_mapping(path: Path) -> LoadedMapping:
    """The mapping in a file; SourceError with all of its faults."""
    tree = read_tree(path)
    try:
        mapping = TableMapping.model_validate(tree.data)
    except ValidationError as fault:
        raise SourceError(*report_validation_errors(fault, TableMapping, tree.locate)) from None
    return LoadedMapping(mapping, tree)


def read_mapped(book: SourceBook, loaded: LoadedProfile, mapped: LoadedMapping) -> RawSource:
    """The raw record of a foreign table; SourceError if the mapping doesn't fit the file or the profile."""
    layout, notes = build_layout(loaded), DiagnosticGatherer(book)
    matcher = _Matcher(book, layout, mapped, notes)
    with pause_collector():
        sheets = [matched for at, item in enumerate(mapped.mapping.sheets) for matched in matcher.match(at, item)]
        if matcher.faults:
            raise SourceError(*matcher.faults)
        matcher.report_unread_columns()
        assembled = assemble(book, sheets, layout, loaded, notes)
    data: Any = dict(assembled.tree.data)  # type: ignore[arg-type]
    extra = {name: value for name, value in _read_extra(mapped.tree).items() if name not in data or name == "project"}
    data.update(extra)
    tree = MappedTree(data, assembled.tree, mapped.tree, frozenset(extra))
    return RawSource(Path(book.file), tree, (*book.diagnostics, *notes.finish(), *matcher.unfilled), assembled.failed)


def _read_extra(tree: RawTree) -> Mapping[str, Any]:
    data: Any = tree.data
    record = data.get("record") if isinstance(data, dict) else None
    return record if isinstance(record, dict) else {}


@dataclass(frozen=True, slots=True)
class MappedTree:
    """The data of a table and the data that the mapping adds (``added``, by name)."""

    data: RawValue
    table: PlacedTree
    mapping: RawTree
    added: frozenset[str]

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The location of a value: a cell of the table, or a line of the mapping."""
        if path and path[0] in self.added:
            return self.mapping.locate(("record", *path), key)
        return self.table.locate(path, key)

    def name_place(self, path: RawPath) -> Param:
        """A path in words that the file's user knows."""
        if path and path[0] in self.added:
            return self.mapping.name_place(("record", *path))
        return self.table.name_place(path)


class _Matcher:
    """Finds the sheets and columns that a mapping names; missing ones go to ``faults``.

    Blanks of the mapping go to ``unfilled``; the rest can still be read.
    """

    def __init__(self, book: SourceBook, layout: Layout, mapped: LoadedMapping, notes: DiagnosticGatherer) -> None:
        self.faults: list[Diagnostic] = []
        self.unfilled: list[Diagnostic] = []
        self._book = book
        self._layout = layout
        self._tree = mapped.tree
        self._notes = notes
        self._headings: dict[tuple[str, str | None], tuple[TableHeading, set[int]]] = {}

    def match(self, at: int, item: SheetMapping) -> Iterator[MatchedSheet]:
        """The matched sheets of a mapping's entry; none if the file or the profile lacks a part of it."""
        place: RawPath = ("sheets", at)
        grids = list(self._find_grids(item, place))
        layout = self._layout.find_sheet(item.into)
        if layout is None or not layout.is_table:
            names = [sheet.name for sheet in self._layout.sheets if sheet.is_table]
            self._refuse("W152", (*place, "into"), item.into, names)
            return
        if item.area is not None and read_area(item.area) is None:
            self._add("W165", (*place, "area"), value=item.area)
            return
        for grid in grids:
            matched = self._match_grid(cut_area(grid, item.area), layout, item, place)
            if matched is not None:
                yield matched

    def _match_grid(
        self, grid: SheetGrid, layout: SheetLayout, item: SheetMapping, place: RawPath
    ) -> MatchedSheet | None:
        """A sheet as the layout wants it, defaults added; None where the mapping's entry has a fault."""
        wanted = {simplify_header(column.header): column for column in layout.iterate_columns()}
        heading = read_heading(grid, item.header_row, item.header_rows)
        before = len(self.faults)
        places, mark = self._find_columns(item, place, wanted, HeadingIndex(heading, grid))
        tables = self._find_tables(item, place, wanted)
        virtual = self._find_defaults(item, place, wanted, max((*heading.parts, *places), default=0))
        every = {**places, **{number: column for number, (column, _) in virtual.items()}}
        owner = layout.owner
        is_owned = owner is None or owner in every.values()
        if (
            owner is not None
            and not is_owned
            and simplify_header(owner.header) not in map(simplify_header, item.defaults)
        ):
            self._add("W163", (*place, "columns"), key=True, label=owner.header)
        if len(self.faults) > before or not is_owned:
            return None
        grid = fill_down(grid, heading.last, every)
        header = heading.make_row()
        chosen = choose_rows(DataTable(grid, header, layout, places, mark, heads=heading.rows), self._notes)
        rows = tuple(_change_rows(chosen, every, tables, virtual))
        if layout.anchor == Anchor("list", "enterprises"):
            rows = self._join_repeated(grid, rows, every)
        _, read_columns = self._headings.setdefault((grid.name, item.area), (heading, set()))
        read_columns.update(places, () if mark is None else (mark,))
        report_hidden_and_merged(grid, heading.last, rows, every, self._notes, blind=self._book.blind)
        if heading.last:
            report_nameless_values(grid, header, rows, self._notes)
        covered = find_covered(grid, rows)
        return MatchedSheet(layout, replace(grid, rows=rows), heading.last, every, rows, mark, covered=covered)

    def _join_repeated(
        self, grid: SheetGrid, rows: tuple[SheetRow, ...], places: Mapping[int, Column]
    ) -> tuple[SheetRow, ...]:
        """Drop rows whose mapped cells are all the same as in an earlier row: they repeat that enterprise."""
        kept: dict[object, SheetRow] = {}
        repeated: list[int] = []
        for row in rows:
            content = frozenset((at, cell) for at, cell in row.cells.items() if at in places)
            if content in kept:
                repeated.append(row.number)
            else:
                kept[content] = row
        if repeated:
            numbers = format_first_few(map(str, repeated), _SHOWN)
            self._notes.info("W164", grid.name, repeated[0], 1, count=len(repeated), rows=numbers)
        return tuple(kept.values())

    def _refuse(self, code: str, place: RawPath, value: str, names: list[str], *, key: bool = False) -> None:
        nearest = find_nearest(value, names) or "、".join(names[:_SHOWN])
        self._add(code, place, key=key, value=value, nearest=nearest)

    def _refuse_header(self, place: RawPath, header: str, wanted: Mapping[str, Column], *, key: bool = False) -> None:
        """W153 for a header that the sheet of the intake workbook doesn't have."""
        self._refuse("W153", place, header, [column.header for column in wanted.values()], key=key)

    def _add(self, code: str, place: RawPath, *, key: bool = False, **params: Param) -> None:
        """Add a fault of the mapping once, though several sheets are read by one entry."""
        fault = Diagnostic(code, Severity.ERROR, params, self._tree.locate(place, key))
        if all((earlier.code, earlier.location) != (code, fault.location) for earlier in self.faults):
            self.faults.append(fault)

    def _find_grids(self, item: SheetMapping, place: RawPath) -> Iterator[SheetGrid]:
        if not item.sheet:
            yield from self._book.sheets[:1]
        for name in item.sheet:
            grid = self._book.by_name.get(name)
            if grid is None and len(self._book.sheets) == 1 and self._book.source != "xlsx":
                grid = self._book.sheets[0]  # the sheet of a text or page has the file's name
            if grid is None:
                self._refuse("W150", (*place, "sheet"), name, list(self._book.by_name))
            else:
                yield grid

    def _find_columns(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column], headers: HeadingIndex
    ) -> tuple[dict[int, Column], int | None]:
        places: dict[int, Column] = {}
        mark = None
        for theirs, ours in item.columns.items():
            here = (*place, "columns", theirs)
            at = headers.find(theirs) if item.header_row else number_column(theirs.upper())
            column = wanted.get(simplify_header(ours))
            if not at:
                self._refuse("W151", here, theirs, list(headers.names.values()), key=True)
            elif simplify_header(ours) == simplify_header(MARK_HEADER):
                mark = at
            elif column is None:
                self._refuse_header(here, ours, wanted)
            elif column in places.values() or at in places:
                self._add("W166", here, key=True, value=theirs, header=column.header)
            else:
                places[at] = column
        return places, mark

    def _find_tables(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column]
    ) -> dict[int, Mapping[str, str]]:
        tables: dict[int, Mapping[str, str]] = {}
        for ours, table in item.values.items():
            column = wanted.get(simplify_header(ours))
            if column is None:
                self._refuse_header((*place, "values", ours), ours, wanted, key=True)
            else:
                tables[id(column)] = table
        return tables

    def _find_defaults(
        self, item: SheetMapping, place: RawPath, wanted: Mapping[str, Column], last: int
    ) -> dict[int, tuple[Column, str]]:
        """Default values for columns missing from the table, as virtual columns after its last one."""
        virtual: dict[int, tuple[Column, str]] = {}
        for number, (ours, value) in enumerate(item.defaults.items(), last + 1):
            column = wanted.get(simplify_header(ours))
            here = (*place, "defaults", ours)
            if column is None:
                self._refuse_header(here, ours, wanted, key=True)
            elif not (value or "").strip():
                if all(earlier.location != self._tree.locate(here, True) for earlier in self.unfilled):
                    self.unfilled.append(error("W162", self._tree.locate(here, True), label=ours))
            else:
                virtual[number] = column, value or ""
        return virtual

    def report_unread_columns(self) -> None:
        """W156 for the columns of a table that no entry of the mapping reads."""
        for (name, _), (heading, read_columns) in self._headings.items():
            unread = [heading.name(at) for at in sorted(heading.parts) if at not in read_columns]
            if unread:
                names = format_first_few(unread, _SHOWN)
                self._notes.info("W156", name, heading.last, None, names=names, count=len(unread))


def _change_rows(
    rows: Iterable[SheetRow],
    places: Mapping[int, Column],
    tables: Mapping[int, Mapping[str, str]],
    virtual: Mapping[int, tuple[Column, str]],
) -> Iterator[SheetRow]:
    """Rows with words replaced by the mapping's tables, and with defaults added."""
    tabled = {at: tables[id(column)] for at, column in places.items() if id(column) in tables}
    for row in rows:
        cells: dict[int, GridValue] = dict(row.cells)
        for at, table in tabled.items():
            value = cells.get(at)
            text = value.strip() if isinstance(value, str) else value.text if isinstance(value, SheetCell) else ""
            if text in table:
                cells[at] = table[text]
        # a value in the table goes before a default
        filled = {id(places[at]) for at in cells if at in places}
        cells.update({at: value for at, (column, value) in virtual.items() if id(column) not in filled})
        yield SheetRow(row.number, cells, row.hidden)
