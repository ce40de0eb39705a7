"""Any data as tables: the sheets of a workbook, a CSV, a list in JSON or YAML; which sheet fits a template best.

Headers, rows of sums, remarks and merged cells are read by what reads intake workbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.batch.fill.names import fold, format_name
from docgen.diagnostics import Diagnostic, Location, error, info
from docgen.errors import SourceError
from docgen.ooxml.cells import name_cell
from docgen.sources.intake.reading.source import open_workbook
from docgen.sources.intake.reading.tables import FoundTable, find_tables
from docgen.sources.intake.workbook.data_rows import DataTable, choose_rows
from docgen.sources.intake.workbook.grid import GridValue, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.headers import fill_down, report_hidden_rows, report_merged_cells
from docgen.sources.intake.workbook.layout import ISSUE_SHEET, MARK_HEADER, Anchor, Column, SheetLayout
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.trees import RawPath, RawTree, read_tree
from docgen.trees.collector import pause_collector

if TYPE_CHECKING:
    from docgen.trees import RawValue

_ANSWERS = {"true": "是", "false": "否"}
TREE_SUFFIXES = (".json", ".yaml", ".yml")
LINK = "所属行"
"""The column of a nested list, in JSON and YAML, with the number of the row that each of its rows belongs to."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row: its number in the sheet, and its cells by the names of their columns; what is empty isn't there."""

    number: int
    cells: Mapping[str, GridValue]


@dataclass(frozen=True, slots=True)
class DataSheet:
    """A sheet that is a table: its headers by their names, their columns, its rows; ``lower`` has the lower
    texts of headers of two levels.
    """

    name: str
    headers: dict[str, str]
    columns: dict[str, int]
    rows: tuple[DataRow, ...]
    heading: int = 1
    lower: tuple[str, ...] = ()

    def fits(self, asked: Iterable[str]) -> int:
        """How many of the names that are asked for it has."""
        return len(self.headers.keys() & set(asked))


@dataclass(frozen=True, slots=True)
class DataFile:
    """The data: its tables, and what was reported while they were read."""

    path: Path
    book: SourceBook
    sheets: tuple[DataSheet, ...]
    diagnostics: tuple[Diagnostic, ...]
    tree: RawTree | None = field(default=None, repr=False)

    def locate(self, sheet: DataSheet, row: int, name: str | None = None) -> Location:
        """The place of a value, by its cell; in JSON and YAML by its line."""
        if self.tree is None:
            return self.book.locate(sheet.name, row, sheet.columns.get(name or "", 1))
        return self.tree.locate(_find_path(self.tree.data, sheet, row - sheet.heading - 1, name))

    def choose(self, asked: Iterable[str], wanted: str | None) -> tuple[DataSheet, list[Diagnostic]]:
        """The sheet to make documents of: the one that is named, or that fits best (W202); SourceError without one."""
        place, names = Location(file=str(self.path)), "、".join(sheet.name for sheet in self.sheets)
        if wanted is not None:
            named = next((sheet for sheet in self.sheets if fold(sheet.name) == fold(wanted)), None)
            if named is None:
                raise SourceError(error("W201", place, sheet=wanted, names=names or "—"))
            return named, []
        best = max(self.sheets, key=lambda sheet: sheet.fits(asked), default=None)
        if best is None:
            raise SourceError(*self.diagnostics, error("W200", place, path=str(self.path)))
        chosen = info("W202", self.book.locate(best.name), sheet=best.name, fits=best.fits(asked), names=names)
        return best, [chosen] if len(self.sheets) > 1 else []


def read_data(path: Path, asked: Iterable[str]) -> DataFile:
    """The tables in a file; ``asked`` are names that a template asks for. SourceError when it can't be read."""
    asked_names = frozenset(asked)
    tree = read_tree(path) if path.suffix.lower() in TREE_SUFFIXES else None
    book = open_workbook(path, keeps_formats=True) if tree is None else _lay_out(tree)
    notes = DiagnosticGatherer(book)
    with pause_collector():
        tables_of = [(grid, find_tables(grid, lambda text: format_name(text) in asked_names)) for grid in book.sheets]
        sheets = [
            _read_sheet(grid, tables, notes)
            for grid, tables in tables_of
            if grid.name != ISSUE_SHEET and tables and tables[0].heading.parts
        ]
    diagnostics = (*book.diagnostics, *notes.finish())
    return DataFile(path, book, tuple(sheet for sheet in sheets if sheet.headers), diagnostics, tree)


def _read_sheet(grid: SheetGrid, tables: tuple[FoundTable, ...], notes: DiagnosticGatherer) -> DataSheet:
    """A sheet's table, the blocks that stand side by side on it one below the other."""
    headers: dict[str, str] = {}
    columns: dict[str, int] = {}
    heading = tables[0].heading
    lowest: dict[str, list[int]] = {}
    for at, parts in heading.parts.items():
        header = heading.name(at)
        name = format_name(header)
        lowest.setdefault(format_name(parts[-1]), []).append(at)
        if name in headers:
            first = name_cell(heading.last, columns[name])
            notes.error("W203", grid.name, heading.last, at, header=header, other=headers[name], first=first)
            continue
        headers[name], columns[name] = header, at
    names = {at: [name] for name, at in columns.items()}
    # 联系人/姓名 is 姓名, too, where there is no other
    lower = {short: at for short, (at, *others) in lowest.items() if not others and short not in headers}
    for short, at in lower.items():
        headers[short], columns[short] = heading.name(at), at
        names[at].append(short)
    rows = tuple(row for table in tables for row in _read_rows(table, notes, names))
    report_hidden_rows(grid, tuple(row for row in grid.rows if row.number > heading.last), notes)
    shown = tuple(heading.parts[at][-1] for at in lower.values())
    return DataSheet(grid.name, headers, columns, rows, heading.last, shown)


def _read_rows(table: FoundTable, notes: DiagnosticGatherer, columns: Mapping[int, Sequence[str]]) -> Iterator[DataRow]:
    """The rows of a table; ``columns`` has the names of each column of the sheet's first table."""
    shift = min(table.heading.parts) - min(columns)
    names = {at + shift: column_names for at, column_names in columns.items()}
    places = {at: Column(name, name, (name,), "text") for at, (name, *_) in names.items()}
    mark = next((at for at, column_names in names.items() if MARK_HEADER in column_names), None)
    layout = SheetLayout(table.grid.name, "", Anchor("list"), tuple(places.values()), "item")
    grid = fill_down(table.grid, table.heading.last, places)
    data = DataTable(grid, table.heading.make_row(), layout, places, mark, heads=table.heading.rows)
    chosen = choose_rows(data, notes)
    report_merged_cells(grid, table.heading.last, tuple(chosen), places, notes)
    for row in chosen:
        cells = [(at, cell) for at, cell in row.cells.items() if at in names and _is_filled(cell)]
        yield DataRow(row.number, {name: cell for at, cell in cells for name in names[at]})


def _is_filled(cell: GridValue) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


# lists in JSON and YAML


def _lay_out(tree: RawTree) -> SourceBook:
    """A list of mappings as a sheet, its keys as headers; lists inside, and several lists, are further sheets."""
    data = tree.data
    lists = {"数据": data} if isinstance(data, list) else dict(data) if isinstance(data, Mapping) else {}
    grids: dict[str, list[dict[str, RawValue]]] = {}
    for name, items in lists.items():
        _gather(name, items, grids)
    if not any(grids.values()):
        raise SourceError(error("W200", Location(file=tree.file), path=tree.file))
    return SourceBook(tree.file, tuple(_make_grid(name, rows) for name, rows in grids.items()), source="other")


def _gather(name: str, items: RawValue, grids: dict[str, list[dict[str, RawValue]]], owner: int | None = None) -> None:
    rows = grids.setdefault(name, [])
    for number, item in enumerate(map(_flatten, items if isinstance(items, list) else [items]), 2):
        if not isinstance(item, Mapping):
            continue
        row: dict[str, RawValue] = {} if owner is None else {LINK: str(owner)}
        rows.append(row)
        for key, value in item.items():
            if isinstance(value, list) and any(isinstance(inner, Mapping) for inner in value):
                row[LINK] = str(number)
                _gather(key, value, grids, number)
            else:
                row[key] = "、".join(map(str, value)) if isinstance(value, list) else value


def _format(value: RawValue) -> str:
    return "" if value is None else str(value).rstrip("\n")


def _flatten(item: RawValue) -> RawValue:
    """A mapping whose mappings inside are headers of two levels: 地址/省."""
    if not isinstance(item, Mapping):
        return item
    flat: dict[str, RawValue] = {}
    for key, value in item.items():
        inner = _flatten(value)
        flat |= {f"{key}/{name}": one for name, one in inner.items()} if isinstance(inner, Mapping) else {key: inner}
    return flat


def _make_grid(name: str, rows: list[dict[str, RawValue]]) -> SheetGrid:
    headers = list(dict.fromkeys(key for row in rows for key in row))
    head = SheetRow(1, dict(enumerate(headers, 1)))
    body = (
        {at: _ANSWERS.get(text, text) for at, key in enumerate(headers, 1) if (text := _format(row.get(key)))}
        for row in rows
    )
    return SheetGrid(
        name, (head, *(SheetRow(number, cells) for number, cells in zip(count(2), body, strict=False) if cells))
    )


def _find_path(data: RawValue, sheet: DataSheet, at: int, name: str | None) -> RawPath:
    above: RawPath = () if isinstance(data, list) else (sheet.name,)
    header = sheet.headers.get(name or "")
    return (*above, at, *(header.split("/") if header is not None else ())) if at >= 0 else above
