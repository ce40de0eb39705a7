"""Handlers of the XML parser for the parts of a workbook that hold cells: a sheet's rows, the shared strings.

Elements are recognised by namespace and name, whatever prefixes a program uses. Text counts only inside ``v`` and
``t``; white space between elements is ignored.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from docgen.ooxml.cells import number_column, split_range
from docgen.sources.intake.reading.number_formats import PLAIN, ShownFormat
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetRow, make_number

SEPARATOR = " "
"""The separator of namespace and name; no namespace contains it."""
_DIGITS = "0123456789"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?)?")
_DAY = 86400
_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")


def unescape(text: str) -> str:
    """A cell's text with the workbook's escapes decoded (``_x000D_``; ECMA-376-1, 22.9.2.19), line ends as LF."""
    if "_x" in text:
        text = _ESCAPED.sub(_decode_escapes, text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode_escapes(match: re.Match[str]) -> str:
    """The characters of escapes in a row, each a unit of UTF-16; half a character stays as it is written."""
    units = bytes.fromhex(match[0].replace("_x", "").replace("_", ""))
    try:
        return units.decode("utf-16-be")
    except UnicodeDecodeError:
        return match[0]


def read_moment(text: str, epoch: Literal[1900, 1904]) -> GridValue:
    """The serial number of a day or moment in ISO 8601; any other text unchanged."""
    match = _MOMENT.fullmatch(text)
    try:
        moment = dt.datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}") if match is not None else None
    except ValueError:
        moment = None
    if moment is None:
        return text
    past = moment - (dt.datetime(1904, 1, 1) if epoch == 1904 else dt.datetime(1899, 12, 30))
    if past.seconds == 0:
        return SheetCell("date", str(past.days))
    return SheetCell("moment", str(past.days + Decimal(past.seconds) / _DAY))


class TooManyCellsError(Exception):
    """Error: a sheet has too many cells."""


class RepeatedCellError(Exception):
    """Error: a sheet has a cell or a row twice; ``row`` and ``column`` (1 for a whole row) say where."""

    def __init__(self, row: int, column: int = 1) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


class StringHandlers:
    """The expat handlers for the shared strings; ``strings`` holds the text of each ``si`` in order."""

    def __init__(self) -> None:
        self.strings: list[str] = []

    def attach(self, parser: Any) -> None:
        """Attach the handlers to a parser, which then fills ``strings``."""
        strings = self.strings
        pieces: list[str] = []

        def start_root(tag: str, attributes: dict[str, str]) -> None:
            del attributes
            item_tag, text_tag, phonetic_tag = _name_tags(tag, ("si", "t", "rPh"))
            gathered: list[str] = []
            in_phonetic = False

            def start(tag: str, attributes: dict[str, str]) -> None:
                nonlocal in_phonetic
                del attributes
                if tag == text_tag:
                    pieces.clear()
                elif tag == phonetic_tag:
                    in_phonetic = True

            def end(tag: str) -> None:
                nonlocal in_phonetic
                if tag == text_tag:
                    if not in_phonetic:
                        gathered.extend(pieces)
                elif tag == item_tag:
                    strings.append(unescape("".join(gathered)))
                    gathered.clear()
                elif tag == phonetic_tag:
                    in_phonetic = False

            parser.StartElementHandler, parser.EndElementHandler = start, end

        parser.StartElementHandler, parser.CharacterDataHandler = start_root, pieces.append


class ValueSource(NamedTuple):
    """The workbook's data for decoding the cells of its sheets.

    ``doubts``: the formulas weren't calculated, by the workbook's flag (``fullCalcOnLoad``) or by a known habit of its
    program. A stored 0 or empty value is then no result; any other value was stored on purpose.
    """

    shared: list[str]
    styles: list[ShownFormat]
    epoch: Literal[1900, 1904] = 1900
    doubts: bool = False


class SheetHandlers:
    """The expat handlers for a sheet. They run for each element of each cell, so every step costs time."""

    def __init__(self, values: ValueSource, limit: int) -> None:
        self.rows: list[SheetRow] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._limit = limit
        self._values = values

    def attach(self, parser: Any) -> None:
        """Attach the handlers to a parser, which then fills ``rows`` and ``merged``."""

        def start_root(tag: str, attributes: dict[str, str]) -> None:
            del attributes
            self._attach_names(parser, tag)

        parser.StartElementHandler = start_root

    def _attach_names(self, parser: Any, root: str) -> None:  # noqa: C901, PLR0915 - closures, because a method call per cell costs as much as the cell
        rows, merged = self.rows, self.merged
        shared, styles, epoch, doubts = self._values
        cell_tag, value_tag, row_tag, formula_tag = _name_tags(root, ("c", "v", "row", "f"))
        inline_tag, text_tag, phonetic_tag, merged_tag = _name_tags(root, ("is", "t", "rPh", "mergeCell"))
        columns: dict[str, int] = {}
        # cells of one style and one stored number are one object; half of a register is repeated
        numbers: dict[str | None, dict[str, SheetCell]] = {None: {}}
        filled: set[int] = set()
        cells: dict[int, GridValue] = {}
        cell: dict[str, str] = {}
        row: dict[str, str] = {}
        number = column = count = 0
        text = ""
        value: str | None = None
        inline: list[str] | None = None
        place: str | None = None
        calculated = in_phonetic = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal cell, value, inline, calculated, text
            text = ""  # text between elements
            if tag == cell_tag:
                # reset the state of the previous cell
                cell, value, inline, calculated = attributes, None, None, False
            elif tag != value_tag:
                start_other(tag, attributes)

        def start_other(tag: str, attributes: dict[str, str]) -> None:
            nonlocal calculated, row, cells, column, number, in_phonetic, inline, place
            if tag == row_tag:
                row, cells, column, place = attributes, {}, 0, None
                number = _read_row_number(attributes["r"]) if "r" in attributes else number + 1
            elif tag == formula_tag:
                calculated = True
            elif tag == inline_tag:
                inline = []
            elif tag == phonetic_tag:
                in_phonetic = True
            elif tag == merged_tag:
                merged.append(split_range(attributes["ref"]))

        def characters(data: str) -> None:
            nonlocal text
            text = text + data if text else data

        def end(tag: str) -> None:  # noqa: PLR0912 - runs for each cell, and a call costs as much as the cell
            nonlocal column, value, place
            if tag == value_tag:
                value = text
            elif tag == cell_tag:
                if "r" in cell:
                    place = cell["r"]
                    letters = place.rstrip(_DIGITS)
                    if letters in columns:
                        column = columns[letters]
                    else:
                        column = columns[letters] = _read_column(letters)
                else:
                    column += 1
                kind = "f" if calculated and doubts and not (value or "").strip("0. ") else cell.get("t")
                if kind == "s" and value:
                    content: GridValue | None = find_shared(value)
                elif value and (kind is None or kind == "n"):
                    style = cell.get("s")
                    kept_numbers = numbers.get(style)
                    content = kept_numbers.get(value) if kept_numbers is not None else None
                    if content is None:
                        content = keep_number(style, value)
                else:
                    content = read_other(kind)
                if content:
                    if column in cells:
                        raise RepeatedCellError(number, column)
                    cells[column] = content
            else:
                end_other(tag)

        def find_shared(digits: str) -> str | None:
            if digits.isspace():
                return None
            at = int(digits)
            if at < 0:
                raise IndexError("a shared string before the first")
            return shared[at]

        def keep_number(style: str | None, digits: str) -> SheetCell | None:
            if digits.isspace():
                return None
            form = styles[int(style)] if style is not None and int(style) < len(styles) else PLAIN
            made = numbers.setdefault(style, {})[digits] = make_number(form.kind, digits.strip(), form.zeros, form.code)
            return made

        def read_other(kind: str | None) -> GridValue | None:
            if kind == "f":  # not a type of the format: a formula without a result
                return SheetCell("uncalculated", "")
            if kind == "inlineStr" or (inline and not value):
                # some programs write the text in the element of another type
                return unescape("".join(inline) if inline else value or "")
            if kind == "str" and value is not None:
                return unescape(value)  # a formula may result in an empty text
            if not value or value.isspace():
                return SheetCell("uncalculated", "") if calculated else None
            if kind in ("e", "b"):
                return SheetCell("error" if kind == "e" else "bool", value.strip())
            return read_moment(value.strip(), epoch) if kind == "d" else value

        def end_other(tag: str) -> None:
            nonlocal count, in_phonetic, number
            if tag == row_tag:
                if "r" not in row and place is not None:
                    # a row without a number takes that of its cells
                    number = _read_row_number(place[len(place.rstrip(_DIGITS)) :])
                if cells:
                    count += len(cells)
                    if count > self._limit:
                        raise TooManyCellsError
                    if number in filled:
                        raise RepeatedCellError(number)
                    filled.add(number)
                    rows.append(SheetRow(number, cells, _is_hidden(row)))
            elif tag == text_tag:
                if inline is not None and not in_phonetic:
                    inline.append(text)
            elif tag == phonetic_tag:
                in_phonetic = False

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = characters


def _name_tags(root: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names in the namespace of a part's root element, which is the transitional or the strict one."""
    space = root[: root.rfind(SEPARATOR) + 1]
    return tuple(space + name for name in names)


def _read_row_number(text: str) -> int:
    """A row's number; some programs write it as ``7.0``."""
    whole, _, fraction = text.partition(".")
    if fraction.strip("0"):
        raise ValueError(f"{text} is no row")
    return int(whole)


def _is_hidden(row: Mapping[str, str]) -> bool:
    """Whether nobody sees a row: it is marked as hidden, or has no height."""
    return row.get("hidden") in ("1", "true") or not row.get("ht", "1").strip("0.")


def _read_column(letters: str) -> int:
    number = number_column(letters.upper())
    if not number:
        raise ValueError(f"{letters} is no column")
    return number
