"""The model of a workbook of any file format: sheets, rows and cells, not yet interpreted.

A text cell is a plain ``str``; other values are a ``SheetCell`` with a kind. Empty rows are left out. Rows and columns
count from 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from docgen.diagnostics import Diagnostic, Location
from docgen.ooxml.cells import name_cell

WatchTable = Callable[[int, int], None]
"""Is given how much of a table was read or written, and how much there is; only the share counts."""
CellKind = Literal["number", "percent", "date", "month", "moment", "bool", "error", "uncalculated"]


class SheetCell(NamedTuple):
    """A cell with a value other than plain text.

    ``number`` and ``percent`` (shown with a percent sign): the digits as stored; ``date``, ``moment`` (with a time of
    day) and ``month`` (shown without a day): the serial number as stored; ``error``: ``#DIV/0!`` and its like;
    ``uncalculated``: a formula that has no result. ``zeros`` is how many digits the cell shows at least, ``code`` its
    number format where the reader was asked to keep it.
    """

    kind: CellKind
    text: str
    zeros: int = 0
    code: str = ""


GridValue = str | SheetCell


def format_cell(value: GridValue) -> str:
    """A text as it was typed, any other value as it is stored."""
    return value if isinstance(value, str) else value.text


def make_number(kind: CellKind, digits: str, zeros: int = 0, code: str = "") -> SheetCell:
    """A cell with a number; an error value if the digits are no number (``NaN``, ``INF``)."""
    try:
        # Python alone takes underscores and digits of other scripts
        is_number = math.isfinite(float(digits)) and digits.isascii() and "_" not in digits
    except ValueError:
        is_number = False
    return SheetCell(kind, digits, zeros, code) if is_number else SheetCell("error", digits)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that isn't empty: its number and its cells by column."""

    number: int
    cells: Mapping[int, GridValue]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """A sheet. ``merged`` are ranges (first row, first column, last row, last column); ``part`` is its part's name."""

    name: str
    rows: tuple[SheetRow, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class SourceBook:
    """A workbook: its file and its sheets in order. ``epoch`` 1904 is an old Mac's; ``source`` says what was read.

    ``blind``: the file's reader can't see errors, formulas, hidden rows, and perhaps merged cells. ``diagnostics``
    are those of reading the file.
    """

    file: str
    sheets: tuple[SheetGrid, ...]
    epoch: Literal[1900, 1904] = 1900
    source: Literal["xlsx", "csv", "other"] = "xlsx"
    blind: bool = False
    diagnostics: tuple[Diagnostic, ...] = ()
    by_name: Mapping[str, SheetGrid] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {sheet.name: sheet for sheet in self.sheets})

    def locate(self, sheet: str, row: int | None = None, column: int | None = None) -> Location:
        """The location of a cell, of a row (its first column), or of a sheet."""
        cell = None if row is None else name_cell(row, column or 1)
        return Location("xlsx", self.file, line=row, column=column, sheet=sheet, cell=cell)
