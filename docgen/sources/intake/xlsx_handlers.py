"""What the XML parser calls for a sheet, where it isn't written as usual: rows, cells, merged ranges."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from docgen.sources.intake.grid import Cell, CellKind, GridValue, Row, count_column, split_range

_DIGITS = "0123456789"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellStyle(NamedTuple):
    """What a cell's number format shows a number as, and how many digits at least."""

    kind: CellKind
    zeros: int


PLAIN = CellStyle("number", 0)


def unescape(text: str) -> str:
    """A cell's text without the workbook's own escapes (``_x000D_``; ECMA-376-1, 22.9.2.19), line ends as LF."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class TooManyCellsError(Exception):
    """A sheet has more cells than a workbook that people fill."""


class SheetHandlers:
    """What expat calls for a sheet: once or more for each element of each cell, so every step here is counted."""

    def __init__(self, shared: list[str], styles: list[CellStyle], limit: int) -> None:
        self.rows: list[Row] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._limit = limit
        self._shared = shared
        self._styles = styles

    def attach(self, parser: Any) -> None:  # noqa: C901, PLR0915 - closures, because a method call per cell costs as much as the cell
        """Make a parser fill ``rows`` and ``merged``."""
        rows, merged, shared, styles = self.rows, self.merged, self._shared, self._styles
        columns: dict[str, int] = {}
        # cells of one style and one stored number are one object; half of a register is repeated
        numbers: dict[str | None, dict[str, Cell]] = {None: {}}
        cells: dict[int, GridValue] = {}
        cell: dict[str, str] = {}
        row: dict[str, str] = {}
        number = column = count = 0
        text, value = "", None
        calculated = in_phonetic = False
        pieces: list[str] = []

        def start(tag: str, given: dict[str, str]) -> None:
            nonlocal cell, text, value
            if tag == "c":
                cell, value = given, None
                pieces.clear()  # a cell without text must not take the text of the cell before
            elif tag == "v":
                text = ""
            else:
                start_other(tag, given)

        def start_other(tag: str, given: dict[str, str]) -> None:
            nonlocal calculated, row, cells, column, number, in_phonetic, text
            if tag == "row":
                row, cells, column = given, {}, 0
                number = int(given["r"]) if "r" in given else number + 1
            elif tag == "f":
                calculated = True
            elif tag == "t":
                text = ""
            elif tag == "rPh":
                in_phonetic = True
            elif tag == "mergeCell":
                merged.append(split_range(given["ref"]))

        def characters(data: str) -> None:
            nonlocal text
            text = text + data if text else data

        def end(tag: str) -> None:
            nonlocal column, value, count
            if tag == "v":
                value = text
            elif tag == "c":
                place = cell.get("r")
                if place is None:
                    column += 1
                else:
                    letters = place.rstrip(_DIGITS)
                    if letters in columns:
                        column = columns[letters]
                    else:
                        column = columns[letters] = count_column(letters)
                kind = cell.get("t")
                if kind == "s" and value:
                    found: GridValue | None = shared[int(value)]
                elif kind is None and value and not calculated:
                    style = cell.get("s")
                    known = numbers.get(style)
                    found = known.get(value) if known is not None else None
                    if found is None:
                        found = keep_number(style, value)
                else:
                    found = read_other(kind)
                if found:
                    cells[column] = found
            else:
                end_other(tag)

        def keep_number(style: str | None, digits: str) -> Cell:
            form = styles[int(style)] if style is not None and int(style) < len(styles) else PLAIN
            made = numbers.setdefault(style, {})[digits] = Cell(form.kind, digits, form.zeros)
            return made

        def read_other(kind: str | None) -> GridValue | None:  # noqa: PLR0911 - a way for each kind
            nonlocal calculated
            was_calculated, calculated = calculated, False
            if kind == "inlineStr":
                return unescape("".join(pieces))
            if value is None or (not value and kind != "str"):
                return Cell("uncalculated", "") if was_calculated else None
            if kind in (None, "n"):
                return keep_number(cell.get("s"), value)
            if kind == "s":
                return shared[int(value)]
            if kind == "str":
                return unescape(value)
            if kind in ("e", "b"):
                return Cell("error" if kind == "e" else "bool", value)
            return value  # "d": a date as ISO 8601 spells it

        def end_other(tag: str) -> None:
            nonlocal count, in_phonetic
            if tag == "row":
                if cells:
                    count += len(cells)
                    if count > self._limit:
                        raise TooManyCellsError
                    rows.append(Row(number, cells, row.get("hidden") in ("1", "true")))
            elif tag == "t":
                if not in_phonetic:
                    pieces.append(text)
            elif tag == "rPh":
                in_phonetic = False

        def start_root(tag: str, given: dict[str, str]) -> None:
            """The first element tells whether names have a prefix, which most workbooks do without."""
            del given
            prefix = tag.rpartition(":")[0]
            parser.StartElementHandler, parser.EndElementHandler = start, end
            if prefix:
                cut = len(prefix) + 1
                parser.StartElementHandler = lambda tag, given: start(tag[cut:], given)
                parser.EndElementHandler = lambda tag: end(tag[cut:])

        parser.StartElementHandler, parser.CharacterDataHandler = start_root, characters
