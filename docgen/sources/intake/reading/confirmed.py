"""Reads the sheet 已核实: the confirmations of doubted cells, as paths in the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docgen.ooxml.cells import split_cell
from docgen.profile.labels import simplify_word
from docgen.sources.intake.reading.values import CellPlace, ValueReader
from docgen.sources.intake.workbook.grid import SheetGrid, SheetRow
from docgen.sources.intake.workbook.headers import MatchedSheet, simplify_header
from docgen.sources.intake.workbook.layout import (
    CONFIRMED_HEADERS,
    CONFIRMED_SHEET,
    Anchor,
    Column,
    SheetLayout,
    find_naming,
)
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.places import RowPlaces
from docgen.trees import RawPath, format_path

_SHEET, _CELL, _ROW, _HEADER, _VALUE, _REASON = CONFIRMED_HEADERS
_FIELDS = {_CELL: "path", _VALUE: "value", _REASON: "reason"}


def read_confirmed(
    grid: SheetGrid, places: RowPlaces, values: ValueReader, notes: DiagnosticGatherer
) -> list[dict[str, Any]]:
    """The confirmations of a sheet; a row without a reason is ignored. C416 for a row that names no cell."""
    header = next((row for row in grid.rows if {_SHEET, _REASON} <= {*_list_headers(row)}), None)
    if header is None:
        return []
    at = {name: column for name, column in _list_headers(header).items() if name in CONFIRMED_HEADERS}
    sheet = _match(grid, header.number, at)
    finder = _CellFinder(places)
    confirmed: list[dict[str, Any]] = []
    for row in grid.rows:
        if row.number <= header.number:
            continue
        line = {name: _read(row, column, values, grid.name) for name, column in at.items()}
        if not line.get(_REASON):
            continue
        place = finder.find(line)
        if place is None:
            shown = " ".join(filter(None, (line.get(name) for name in (_SHEET, _CELL, _ROW, _HEADER))))
            notes.warning("C416", grid.name, row.number, at.get(_CELL, at[_SHEET]), place=shown or "—")
            continue
        places.rows["confirmed", len(confirmed)] = [(sheet, row.number)]
        confirmed.append({"path": format_path(place), "value": line.get(_VALUE), "reason": line[_REASON]})
    return confirmed


def _list_headers(row: SheetRow) -> dict[str, int]:
    return {simplify_header(cell): at for at, cell in row.cells.items() if isinstance(cell, str)}


def _read(row: SheetRow, at: int, values: ValueReader, sheet: str) -> str:
    cell = row.cells.get(at)
    column = Column("", "", (), "text")
    return (values.read_text(cell, column, CellPlace(sheet, row.number, at)) or "") if cell is not None else ""


def _match(grid: SheetGrid, header: int, at: Mapping[str, int]) -> MatchedSheet:
    columns = {at[name]: Column(name, name, (field,), "text") for name, field in _FIELDS.items() if name in at}
    layout = SheetLayout(CONFIRMED_SHEET, CONFIRMED_SHEET, Anchor("list", "confirmed"), (*columns.values(),), "basic")
    return MatchedSheet(layout, grid, header, columns)


class _CellFinder:
    """Finds the path of a cell's value in the record, the inverse of ``RowPlaces``."""

    def __init__(self, places: RowPlaces) -> None:
        self._rows: dict[tuple[str, int], list[tuple[RawPath, MatchedSheet]]] = {}
        self._singles: dict[tuple[str, int], RawPath] = {}
        self._sheets: dict[str, MatchedSheet] = {}
        for path, rows in places.rows.items():
            for sheet, row in rows:
                self._rows.setdefault((sheet.grid.name, row), []).append((path, sheet))
                self._sheets[sheet.grid.name] = sheet
        for path, (sheet, row) in places.cells.items():
            self._singles[sheet.grid.name, row] = path
            self._sheets[sheet.grid.name] = sheet

    def find(self, line: Mapping[str, str]) -> RawPath | None:
        """The path that a line of the sheet means: by the names of row and column, else by the cell."""
        name = line.get(_SHEET, "")
        row, column = split_cell(line.get(_CELL, "").replace("$", "").upper())
        sheet = self._sheets.get(name)
        if sheet is None:
            return None
        if line.get(_HEADER):
            named = [*self._find_named(sheet, line.get(_ROW, ""), line[_HEADER])]
            if (row, column) not in named and len(named) != 1:
                return None
            row, column = (row, column) if (row, column) in named else named[0]
        return self._find_place(name, row, column)

    def _find_named(self, sheet: MatchedSheet, name: str, header: str) -> Iterator[tuple[int, int]]:
        """The cells below a header in the rows of a name; on a record sheet the header alone identifies a cell."""
        asked = simplify_header(header)
        for row, column in sheet.cells.items():
            if asked in (simplify_header(column.header), simplify_header(column.label)):
                yield row, sheet.value_column
        at = next((at for at, column in sheet.places.items() if simplify_header(column.header) == asked), None)
        if at is None:
            return
        naming = find_naming({column.path: place for place, column in sheet.places.items()}, sheet.layout)
        naming += [place for place, column in sheet.places.items() if column is sheet.layout.owner]
        for line in sheet.rows:
            texts = (line.cells.get(place) for place in naming)
            if any(isinstance(text, str) and simplify_word(text) == simplify_word(name) for text in texts):
                yield line.number, at

    def _find_place(self, sheet: str, row: int, at: int) -> RawPath | None:
        if (sheet, row) in self._singles:
            return self._singles[sheet, row]
        candidates = sorted(self._rows.get((sheet, row), ()), key=lambda item: len(item[0]), reverse=True)
        for path, matched in candidates:
            column = matched.places.get(at)
            if column is None or column is matched.layout.owner:
                continue
            if matched.layout.anchor.kind == "attendance":
                return path
            document = path[1] if path[0] == "forms" else None
            if column.document == document:
                return (*path, *column.path)
        return None
