"""Estimates the heights of rows with wrapped text: Excel fits rows when it opens a file, other programs don't.

A height is written only where text needs more than one line, and isn't marked as set by hand.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from docgen.ooxml.cells import number_column
from docgen.render.xlsx.refs import Area
from docgen.render.xlsx.rows import SPLIT_RUNS, TemplateCell, TemplateRow
from docgen.render.xlsx.styles import CellFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BASE_SIZE = 11.0
_LINE_HEIGHT = 1.36
_PADDING = 3.0
_MAX_HEIGHT = 409.0
HANDWRITING_HEIGHT = 32.0
"""Points that a row takes to be filled in by hand: 8 mm even where the sheet is printed at three quarters."""
_WIDE = 2.1
_NARROW = 1.1
_ASCII = re.compile(r"[\x20-\x7e]*")


def measure_rows(
    rows: Sequence[TemplateRow], styles: Sequence[CellFormat], widths: Mapping[int, float], merges: Sequence[Area]
) -> None:
    """Set how much text a line of each tagged cell holds, and which cells decide their row's height."""
    spans = {(area.first, area.col1): area for area in merges if area.col1}
    for row in rows:
        for cell in row.tagged:
            style = styles[cell.style_number] if cell.style_number < len(styles) else CellFormat()
            area = spans.get((cell.row, cell.column))
            last = number_column(area.col2) if area else cell.number
            width = sum(widths[number] for number in range(cell.number, last + 1)) - 1
            cell.capacity = max(1.0, width * _BASE_SIZE / style.size)
            higher = area is not None and area.last > area.first
            if style.wraps and not (row.has_own_height or cell.merged or cell.kind == "formula" or higher):
                cell.line_height = style.size * _LINE_HEIGHT
        fitted = ((at, cell) for at, cell in enumerate(row.tagged) if cell.line_height)
        row.fits = tuple((at, int(cell.capacity / _WIDE), cell) for at, cell in fitted)


def estimate_height(row: TemplateRow, values: Sequence[object], least: float = 0.0) -> str:
    """Estimate the height in points that a row needs for its values, ``least`` or more; '' where one line is enough."""
    height = least
    for at, short, cell in row.fits:
        value = values[at]
        if type(value) is str and (len(value) > short or "\n" in value):
            lines = _count_lines(value if cell.is_plain else _extract_text(cell, value), cell.capacity)
            if lines > 1:
                height = max(height, lines * cell.line_height + _PADDING)
    return f"{min(height, _MAX_HEIGHT):.1f}" if height else ""


def fits_line(cell: TemplateCell, text: str) -> bool:
    """Whether a text fits into one line of a cell."""
    return not cell.capacity or _measure_width(text) <= cell.capacity


def _extract_text(cell: TemplateCell, value: str) -> str:
    if cell.kind != "text":
        return value
    return str(Markup(SPLIT_RUNS.sub("", value)).unescape())


@lru_cache(512)
def _count_lines(text: str, capacity: float) -> int:
    return sum(max(1, math.ceil(_measure_width(line) / capacity)) for line in text.splitlines())


def _measure_width(line: str) -> float:
    if _ASCII.fullmatch(line):
        return len(line) * _NARROW
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in line)
    return wide * _WIDE + (len(line) - wide) * _NARROW
