"""Finds the cell of a path in an assembled record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.diagnostics import Location, Param, Term
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import Layout, SheetLayout
from docgen.trees import RawPath, RawValue, format_path


@dataclass(slots=True)
class RowPlaces:
    """Maps each item of the data to its rows, and single values to their cells.

    ``rows`` leads from an item's place to its rows (a form's entry may have one on several sheets); ``cells`` from the
    place of a single value to its line on a record sheet. ``spare`` are rows that name an item and give it nothing: the
    second row where there can be one, or a row in which nothing else was filled in. No value comes from them.
    """

    book: SourceBook
    layout: Layout
    rows: dict[RawPath, list[tuple[MatchedSheet, int]]] = field(default_factory=dict)
    cells: dict[RawPath, tuple[MatchedSheet, int]] = field(default_factory=dict)
    spare: dict[RawPath, list[tuple[MatchedSheet, int]]] = field(default_factory=dict)
    _columns: dict[int, Mapping[tuple[str | None, tuple[str, ...]], int]] = field(default_factory=dict)

    def note_spare(self, item: RawPath, sheet: MatchedSheet, row: int) -> None:
        """Note a row that belongs to an item but adds no value."""
        self.spare.setdefault(item, []).append((sheet, row))

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The cell of a value, else the row of its item, else the sheet of such items."""
        del key
        cell = self._find_cell(path) or self._find_row(path)
        if cell is not None:
            sheet, row, column = cell
            return self.book.locate(sheet.grid.name, row, column)
        layout = self._find_layout(path)
        if layout is not None:
            if layout.name in self.book.by_name:
                return self.book.locate(layout.name)
            return Location("xlsx", self.book.file, sheet=layout.name)
        return Location("xlsx", self.book.file, path=format_path(path) or None)

    def name_sheet(self, path: RawPath) -> tuple[str, str] | None:
        """The sheet and header for a value, in the words of the workbook; None if the workbook has no column for it."""
        layout = self._find_layout(path)
        if layout is None:
            return None
        plain = tuple(step for step in path if isinstance(step, str))
        for column in layout.columns:
            if column.path and plain[-len(column.path) :] == column.path:
                return layout.name, column.header.replace("\n", " ")
        return layout.name, ""

    def _find_cell(self, path: RawPath) -> tuple[MatchedSheet, int, int] | None:
        """The cell of a value, or of the nearest thing above it that has one."""
        for cut in range(len(path), 0, -1):
            head, below = path[:cut], path[cut:]
            single = self.cells.get(head)
            if single is not None:
                return single[0], single[1], single[0].value_column
            for sheet, row in self.rows.get(head, ()):
                at = self._find_column(sheet, head, below)
                if at is not None:
                    return sheet, row, at
            if cut == len(path) - 1 and isinstance(path[-1], str):
                for sheet, row in self.rows.get(head, ()):
                    at = _find_open(sheet, row, below)
                    if at is not None:
                        return sheet, row, at
        return None

    def _find_row(self, path: RawPath) -> tuple[MatchedSheet, int, int] | None:
        for cut in range(len(path), 0, -1):
            for sheet, row in self.rows.get(path[:cut], ()):
                return sheet, row, min(sheet.places, default=1)
        return None

    def _find_column(self, sheet: MatchedSheet, head: RawPath, below: RawPath) -> int | None:
        """The column of a value inside an item; for the key or the owner the naming column."""
        by_path = self._columns.get(id(sheet))
        if by_path is None:
            by_path = {(column.document, column.path): at for at, column in sheet.places.items()}
            self._columns[id(sheet)] = by_path
        document = str(head[1]) if head[0] == "forms" and len(head) > 1 else None
        steps = tuple(step for step in below if isinstance(step, str))
        while steps:
            if (document, steps) in by_path:
                return by_path[(document, steps)]
            steps = steps[:-1]
        names = [step for step in below if isinstance(step, str)][:1]
        if not below and head and sheet.layout.anchor.kind == "attendance":
            return by_path.get((None, ("count",)))
        if names in (["of"], ["key"]):
            return by_path.get((None, ("of",))) if names == ["of"] else sheet.mark
        return None

    def _find_layout(self, path: RawPath) -> SheetLayout | None:
        """The sheet that has, or would have, the value at a path."""
        if not path:
            return None
        names = [step for step in path if isinstance(step, str)]
        if names[0] == "forms":
            return self._find_form(names[1] if len(names) > 1 else "", names[2:])
        candidates = [sheet for sheet in self.layout.sheets if sheet.anchor.name == names[0]]
        for sheet in candidates:
            if sheet.anchor.field and sheet.anchor.field in names[1:]:
                return sheet
        if candidates:
            return candidates[0]
        return next((sheet for sheet in self.layout.sheets if sheet.anchor.kind == "root"), None)

    def _find_form(self, document: str, below: list[str]) -> SheetLayout | None:
        """The sheet of a form's value: that of its rows, lines or marks, else one that has a column for it."""
        first = below[:1]
        for sheet in self.layout.sheets:
            anchor = sheet.anchor
            part = anchor.field if anchor.kind == "form_rows" else anchor.kind
            if anchor.document == document and anchor.kind in ("form_rows", "lines", "marks") and first == [part]:
                return sheet
        for steps in (first, []):
            for sheet in self.layout.sheets:
                columns = (column for column in sheet.columns if column.document == document)
                if any([*column.path[: len(steps)]] == steps for column in columns):
                    return sheet
        return None


def _find_open(sheet: MatchedSheet, row: int, steps: RawPath) -> int | None:
    """The first empty column, or any, of a value that several columns form (the lines of a check list)."""
    inside = [at for at, column in sheet.places.items() if column.path[: len(steps)] == steps]
    filled = next((item.cells.keys() for item in sheet.rows if item.number == row), ())
    return next((at for at in inside if at not in filled), inside[0] if inside else None)


@dataclass(frozen=True, slots=True)
class IntakeTree:
    """A record's raw data from a workbook, with the cell of every value."""

    data: RawValue
    places: RowPlaces

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The location of the value at ``path``, else of its nearest parent."""
        return self.places.locate(path, key)

    def name_place(self, path: RawPath) -> Param:
        """A path in words that a clerk knows: a sheet and a header."""
        named = self.places.name_sheet(path)
        if named is None:
            return format_path(path)
        sheet, header = named
        if not header:
            return Term("workbook.place.sheet", {"sheet": sheet})
        return Term("workbook.place", {"sheet": sheet, "header": header})
