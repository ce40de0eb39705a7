"""Filling in an intake workbook as a clerk would: through openpyxl, names for keys, real dates and numbers."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from docgen.profile.load import LoadedProfile, find_profile
from docgen.resources import Resources
from docgen.sources.intake.reading.xlsx_reader import read_xlsx
from docgen.sources.intake.workbook.grid import GridValue, SheetGrid, SheetRow, SourceBook
from docgen.sources.intake.workbook.layout import MARK_HEADER, Anchor, Column, Layout, SheetLayout
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.intake.workbook.write import FIRST_DATA, HEADER_ROW, write_workbook
from docgen.trees import read_tree

ROOT = Path(__file__).resolve().parents[2]
PROFILE = "db3203-t1023-2023"
COMPLETE = ROOT / "samples" / PROFILE / "complete" / "record.yaml"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


def load_profile() -> LoadedProfile:
    return find_profile(Resources(), PROFILE)


def load_sample() -> dict[str, Any]:
    """The complete sample's raw data."""
    data = read_tree(COMPLETE).data
    assert isinstance(data, dict)
    return data


def open_empty(loaded: LoadedProfile) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(build_layout(loaded))))


class Filling:
    """An empty workbook in memory, to be filled in cell by cell; cells are what the reader makes of them."""

    def __init__(self, loaded: LoadedProfile) -> None:
        self._book = read_empty(loaded)
        self.cells = {
            sheet.name: {(row.number, at): value for row in sheet.rows for at, value in row.cells.items()}
            for sheet in self._book.sheets
        }
        self.hidden: set[tuple[str, int]] = set()
        self.merged: dict[str, tuple[tuple[int, int, int, int], ...]] = {}

    def find(self, sheet: str, header: str) -> int:
        """The column of a header."""
        return next(
            at
            for (row, at), value in self.cells[sheet].items()
            if row == HEADER_ROW + 1 and str(value).removesuffix("*") == header
        )

    def put(self, sheet: str, row: int = FIRST_DATA + 1, **values: GridValue) -> Filling:
        """Fill in cells of a row by their headers; row 5 is the first below the example."""
        for header, value in values.items():
            self.cells[sheet][(row, self.find(sheet, header))] = value
        return self

    def rename(self, sheet: str, new: str) -> None:
        self.cells = {new if name == sheet else name: cells for name, cells in self.cells.items()}

    def make_book(self, file: str = "填报.xlsx") -> SourceBook:
        """The workbook as it stands now."""
        return SourceBook(file, tuple(self._make_grid(name) for name in self.cells))

    def _make_grid(self, name: str) -> SheetGrid:
        rows: dict[int, dict[int, GridValue]] = {}
        for (row, at), value in sorted(self.cells[name].items()):
            rows.setdefault(row, {})[at] = value
        made = tuple(SheetRow(number, cells, (name, number) in self.hidden) for number, cells in rows.items())
        return SheetGrid(name, made, self.merged.get(name, ()))


@cache
def read_empty(loaded: LoadedProfile) -> SourceBook:
    """The workbook as docgen writes it, read once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "空.xlsx"
        path.write_bytes(write_workbook(build_layout(loaded)))
        return read_xlsx(path)


def fill_workbook(book: Workbook, layout: Layout, data: Mapping[str, Any]) -> None:
    """Write a record's raw data into the sheets of an intake workbook."""
    names = _Names(data)
    rubrics = next((sheet for sheet in layout.sheets if sheet.anchor == Anchor("list", "rubrics")), None)
    for word, key in rubrics.columns[0].words.items() if rubrics is not None else ():
        names.call("rubrics[]", key, word)
    for sheet in layout.sheets:
        drawn = book[sheet.name]
        if not sheet.is_table:
            for row in drawn.iter_rows(min_row=HEADER_ROW + 2):
                column = next(
                    (
                        item
                        for item in sheet.columns
                        if (item.group, item.header) == (row[0].value or "", str(row[1].value).removesuffix("*"))
                    ),
                    None,
                )
                if column is not None:
                    row[2].value = format(column, find_root(data, column), names)
            continue
        headers = {str(cell.value).removesuffix("*"): cell.column for cell in drawn[HEADER_ROW + 1]}
        for number, (owner, item) in enumerate(list_rows(sheet, data), FIRST_DATA + 1):
            if sheet.owner is not None:
                drawn.cell(number, headers[sheet.owner.header]).value = names.find(sheet.owner.target, owner)
            if sheet.anchor.name == "rubrics" and sheet.anchor.field == "lines":
                drawn.cell(number, headers[MARK_HEADER]).value = item["key"]
            for column in sheet.columns:
                value = find_path(item.get(column.document) if "\0forms" in item else item, column.path)
                if value is not None:
                    drawn.cell(number, headers[column.header]).value = format(column, value, names, owner)


def find_root(data: Mapping[str, Any], column: Column) -> Any:
    if column.document is None:
        return find_path(data, column.path)
    entries = data.get("forms", {}).get(column.document, [])
    return find_path(entries[0], column.path) if entries else None


def find_path(item: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        item = item.get(step) if isinstance(item, dict) else None
    return item


def list_rows(sheet: SheetLayout, data: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a table: whose each is, and its values."""
    anchor = sheet.anchor
    forms = data.get("forms", {})
    if anchor.kind == "list":
        yield from (("", item) for item in data.get(anchor.name, ()))
    elif anchor.kind == "child":
        for owner in data.get(anchor.name, ()):
            yield from ((owner["key"], item) for item in owner.get(anchor.field, ()))
    elif anchor.kind == "attendance":
        for owner in data.get(anchor.name, ()):
            for key, count in owner.get(anchor.field, {}).items():
                yield owner["key"], {"enterprise": key, "count": count}
    elif anchor.kind == "form":
        documents = {column.document for column in sheet.columns}
        owners = dict.fromkeys(entry["of"] for name in documents for entry in forms.get(name, ()))
        for owner in owners:
            found = {
                name: next((entry for entry in forms.get(name, ()) if entry["of"] == owner), {}) for name in documents
            }
            yield owner, {"\0forms": True, **found}
    elif anchor.kind == "entries":
        yield from (("", entry) for entry in forms.get(anchor.document, ()))
    elif anchor.kind == "form_rows":
        for entry in forms.get(anchor.document, ()):
            yield from ((entry.get("of", ""), item) for item in entry.get(anchor.field, ()))
    elif anchor.kind == "lines":
        for entry in forms.get(anchor.document, ()):
            for key, line in entry.get("lines", {}).items():
                yield entry.get("of", ""), {"line": key, **line}
    elif anchor.kind == "marks":
        wide = all(column.path != ("line",) for column in sheet.columns)
        for entry in forms.get(anchor.document, ()):
            for given in entry.get("marks", ()):
                if wide:
                    yield entry.get("of", ""), given
                    continue
                for key, mark in given["marks"].items():
                    yield entry.get("of", ""), {"expert": given["expert"], "line": key, "mark": mark}


class _Names:
    """What a clerk calls the things that a record knows by their keys."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._names: dict[str, dict[str, str]] = {}
        for name in ("parties", "enterprises", "activities", "trainings"):
            self._names[f"{name}[]"] = {
                item["key"]: str(item.get("name") or item.get("title")) for item in data.get(name, ())
            }
        indicators = self._names["enterprises[].indicators[]"] = {}
        for enterprise in data.get("enterprises", ()):
            for item in enterprise.get("indicators", ()):
                indicators[f"{enterprise['key']}/{item['key']}"] = item["name"]

    def call(self, target: str, key: str, name: str) -> None:
        self._names.setdefault(target, {}).setdefault(key, name)

    def find(self, target: str | None, key: str, owner: str = "") -> str:
        names = self._names.get(target or "", {})
        return names.get(f"{owner}/{key}") or names.get(key, key)

    def find_anybody(self, key: str) -> str:
        return next((names[key] for names in self._names.values() if key in names), key)


def format(column: Column, value: Any, names: _Names, owner: str = "") -> Any:
    """A value as a clerk types it."""
    if value is None:
        return None
    if column.kind == "references":
        return "、".join(names.find(column.target, key) for key in value)
    if column.kind == "reference":
        return names.find(column.target, value, owner)
    if column.kind == "texts":
        return "、".join(value)
    if column.kind == "choices":
        return "、".join(value if isinstance(value, list) else [value])
    if column.kind == "yes_no":
        return {"true": "是", "false": "否"}.get(str(value), value)
    if column.words:
        if column.key == "NotApplicable.item" and value in column.words:
            return value  # a title may hold a stroke
        exact = next((word for word, held in column.words.items() if held == str(value)), None)
        if exact is not None:
            return exact
        value, _, whose = str(value).partition("/")
        word = next((word for word, held in column.words.items() if held == value), value)
        return f"{word}（{names.find_anybody(whose)}）" if whose else word
    if column.kind == "date" and _DATE.fullmatch(str(value)):
        return dt.date.fromisoformat(str(value))
    if column.kind in ("int", "decimal", "money", "percent", "figure") and _NUMBER.fullmatch(str(value)):
        number = Decimal(str(value))
        return int(number) if number == number.to_integral_value() else float(number)
    return value
