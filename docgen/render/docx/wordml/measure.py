"""Measures the space for a value in a template: the text area of its pages, the inside of its cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.names import WORD

if TYPE_CHECKING:
    from lxml.etree import _Element

W = f"{{{WORD}}}"
"""The namespace of WordprocessingML, as lxml writes it before a name."""
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
"""The namespace of formulas."""
EMU_PER_TWIP = 635
A4_TEXT = (8845, 12757)
"""The text area in twips (156 x 225 mm) of a template without a section."""
_CELL_MARGIN = 108  # twips a side, where neither table nor cell says otherwise


def measure_page(root: _Element) -> tuple[int, int]:
    """Measure the text area of a document's last section, in EMU."""
    width, height = A4_TEXT
    for section in root.iter(f"{W}sectPr"):
        size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        if size is not None and margin is not None:
            width = _read_number(size, "w") - _read_number(margin, "left") - _read_number(margin, "right")
            height = _read_number(size, "h") - abs(_read_number(margin, "top")) - abs(_read_number(margin, "bottom"))
    return width * EMU_PER_TWIP, height * EMU_PER_TWIP


def find_below(element: _Element | None, *names: str) -> _Element | None:
    """Find the first element at a path of ``w:`` names below another, or None. Called for every paragraph."""
    for name in names:
        element = None if element is None else next(element.iterchildren(W + name), None)
    return element


def _read_number(element: _Element | None, name: str) -> int:
    text = "" if element is None else element.get(W + name, "")
    if text.isdecimal():
        return int(text)
    return int(float(text)) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else 0


def measure_cell(cell: _Element) -> int:
    """Measure the width inside a cell, in twips; 0 where the template doesn't state it."""
    stated = find_below(cell, "tcPr", "tcW")
    width = _read_number(stated, "w") if stated is not None and stated.get(f"{W}type", "dxa") == "dxa" else 0
    if not width:
        row, table = next(cell.iterancestors(f"{W}tr")), next(cell.iterancestors(f"{W}tbl"))
        at = 0
        for other in row.iterchildren(f"{W}tc"):
            span = _read_number(find_below(other, "tcPr", "gridSpan"), "val") or 1
            if other is cell:
                columns = [_read_number(column, "w") for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
                width = sum(columns[at : at + span])
                break
            at += span
    return max(width - sum(_measure_margins(cell, ("left", "right"), _CELL_MARGIN)), 0)


def _measure_margins(cell: _Element, sides: tuple[str, str], default: int) -> list[int]:
    """Measure the margins of a cell at two sides, its own or its table's, in twips."""
    table = next(cell.iterancestors(f"{W}tbl"))
    stated = (find_below(cell, "tcPr", "tcMar"), find_below(table, "tblPr", "tblCellMar"))
    measured: list[int] = []
    for side in sides:
        margin = next((margin for margins in stated if (margin := find_below(margins, side)) is not None), None)
        measured.append(default if margin is None else _read_number(margin, "w"))
    return measured


def measure_row(cell: _Element) -> int:
    """Measure the height inside a cell whose row has an exact height, in twips; 0 for a row that grows."""
    height = find_below(next(cell.iterancestors(f"{W}tr")), "trPr", "trHeight")
    if height is None or height.get(f"{W}hRule") != "exact":
        return 0
    return max(_read_number(height, "val") - sum(_measure_margins(cell, ("top", "bottom"), 0)), 0)
