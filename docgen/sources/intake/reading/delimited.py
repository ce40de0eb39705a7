"""Reads a CSV file into a Book with one sheet; detects encoding and delimiter, and reports unpaired quotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Literal

from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.ooxml.cells import name_cell
from docgen.sources.intake.reading.encodings import USUAL, find_encoding, find_mark
from docgen.sources.intake.workbook.grid import GridValue, SheetGrid, SheetRow, SourceBook, WatchTable
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.trees.text_file import report_missing_file

MAX_BYTES = 128 * 1024 * 1024
_DELIMITERS = ",\t;|，"
_LOOKED_AT = 20
_SHOWN = 5
_MOST_UNPAIRED = 100
_SEEN = 1000
"""How many rows are read before progress is reported again."""
_TEXT_FORMULA = re.compile(r'=\s*"((?:[^"]|"")*)"\s*')
"""A formula that is only a text, by which programs stop Excel from reading a code as a number."""


def read_delimited(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, watch: WatchTable | None = None
) -> SourceBook:
    """The table in a text file; SourceError if it can't be read or is no text.

    Without ``encoding`` the byte order mark decides, else UTF-8 is tried, then GB 18030, as Excel in China saves it.
    """
    place = Location(file=str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(error("W102", place, path=str(path), limit=MAX_BYTES >> 20))
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(report_missing_file(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None
    text = _decode(raw, encoding)
    if text is None or "\0" in text:
        raise SourceError(error("W155", place, path=str(path)))
    table = _DelimitedReader(text, delimiter or find_delimiter(text), watch)
    rows = tuple(SheetRow(number, cells) for number, cells in table.read() if cells)
    book = SourceBook(str(path), (SheetGrid(path.stem, rows),), source="csv")
    notes = DiagnosticGatherer(book)
    for number, line in table.unpaired:
        notes.error("W158", path.stem, number, None, line=line)
    if table.unwrapped:
        number, at, value = table.unwrapped[0]
        cells = format_first_few((name_cell(row, column) for row, column, _ in table.unwrapped), _SHOWN)
        notes.info("W159", path.stem, number, at, value=value, count=len(table.unwrapped), cells=cells)
    return replace(book, diagnostics=tuple(notes.finish()))


class _DelimitedReader:
    """Reads the lines of a table; ``unpaired`` are the rows (with their lines) that hold an unpaired quote."""

    def __init__(self, text: str, delimiter: str, watch: WatchTable | None = None) -> None:
        self.unpaired: list[tuple[int, int]] = []
        self.unwrapped: list[tuple[int, int, str]] = []
        self._lines = list(io.StringIO(text, newline=""))
        self._delimiter = delimiter
        self._watch = watch

    def read(self) -> Iterator[tuple[int, dict[int, GridValue]]]:
        """The rows by Excel's row numbers, with their cells by column."""
        for number, values in enumerate(self._split(), 1):
            cells: dict[int, GridValue] = {}
            for at, value in enumerate(values, 1):
                formula = _TEXT_FORMULA.fullmatch(value) if value.startswith("=") else None
                if formula is not None:
                    self.unwrapped.append((number, at, formula[1]))
                text = value if formula is None else formula[1].replace('""', '"')
                if text:
                    cells[at] = text
            if self._watch is not None and number % _SEEN == 0:
                self._watch(number, len(self._lines))
            yield number, cells

    def _split(self) -> Iterator[list[str]]:
        """The values of each row; an unpaired quote counts as a plain character, and its row ends with the line."""
        lines, first, count = self._lines, 0, 0
        while first < len(lines):
            start = first
            quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if len(self.unpaired) < _MOST_UNPAIRED else csv.QUOTE_NONE
            reader = csv.reader(islice(lines, start, None), delimiter=self._delimiter, quoting=quoting)
            while first < len(lines):
                count += 1
                try:
                    values = next(reader)
                except csv.Error:  # a value over the limit: its quote isn't closed
                    values = None
                after = start + reader.line_num
                if values is None or (quoting == csv.QUOTE_MINIMAL and not self._is_paired(first, after)):
                    self.unpaired.append((count, first + 1))
                    yield lines[first].rstrip("\r\n").split(self._delimiter)
                    first += 1
                    break
                yield values
                first = after

    def _is_paired(self, first: int, after: int) -> bool:
        """Whether the quotes are paired in the lines that were read as one row."""
        if after == first + 1 and after < len(self._lines):
            return True
        try:
            list(csv.reader(self._lines[first:after], delimiter=self._delimiter, strict=True))
        except csv.Error as fault:
            return after == first + 1 and "end of data" not in str(fault)
        return True


def _decode(raw: bytes, encoding: str | None) -> str | None:
    stated = encoding or find_mark(raw)
    name = find_encoding(raw, (stated,) if stated else USUAL)
    return raw.decode(name) if name is not None else None


def find_delimiter(text: str) -> str:
    """The delimiter: the one that splits most of the first lines into the same number of values."""
    best, most = ",", 0
    for mark in _DELIMITERS:
        counts = []
        for line in csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark):
            if line:
                counts.append(len(line))
            if len(counts) == _LOOKED_AT:
                break
        same = min(counts, default=0) if counts and len(set(counts)) == 1 else max(counts, default=0) // 2
        if same > max(most, 1):
            best, most = mark, same
    return best
