"""The room that a template leaves: the text area of its pages, the inside of its cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.names import WORD

if TYPE_CHECKING:
    from lxml.etree import _Element

W = f"{{{WORD}}}"
EMU_PER_TWIP = 635
A4_TEXT = (8845, 12757)
"""Twips: 156 x 225 mm, where a template has no section."""
_CELL_MARGIN = 108  # twips a side, where neither table nor cell says otherwise


def measure_page(root: _Element) -> tuple[int, int]:
    """Measure the text area of a document's last section, in EMU."""
    width, height = A4_TEXT
    for section in root.iter(f"{W}sectPr"):
        size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        if size is not None and margin is not None:
            width = _number(size, "w") - _number(margin, "left") - _number(margin, "right")
            height = _number(size, "h") - abs(_number(margin, "top")) - abs(_number(margin, "bottom"))
    return width * EMU_PER_TWIP, height * EMU_PER_TWIP


def _number(element: _Element | None, name: str) -> int:
    text = "" if element is None else element.get(W + name, "")
    return int(float(text)) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else 0


def measure_cell(cell: _Element) -> int:
    """Measure the room inside a cell, in twips; 0 where the template doesn't say."""
    table = next(cell.iterancestors(f"{W}tbl"))
    given = cell.find(f"{W}tcPr/{W}tcW")
    width = _number(given, "w") if given is not None and given.get(f"{W}type", "dxa") == "dxa" else 0
    if not width:
        row = next(cell.iterancestors(f"{W}tr"))
        at = 0
        for other in row.iterfind(f"{W}tc"):
            span = _number(other.find(f"{W}tcPr/{W}gridSpan"), "val") or 1
            if other is cell:
                columns = [_number(column, "w") for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
                width = sum(columns[at : at + span])
                break
            at += span
    margins = 0
    for side in ("left", "right"):
        own = cell.find(f"{W}tcPr/{W}tcMar/{W}{side}")
        of_table = table.find(f"{W}tblPr/{W}tblCellMar/{W}{side}")
        found = own if own is not None else of_table
        margins += _CELL_MARGIN if found is None else _number(found, "w")
    return max(width - margins, 0)


def measure_row(cell: _Element) -> int:
    """Measure the height inside a cell whose row is exactly so high, in twips; 0 for a row that grows."""
    row = next(cell.iterancestors(f"{W}tr"))
    given = row.find(f"{W}trPr/{W}trHeight")
    if given is None or given.get(f"{W}hRule") != "exact":
        return 0
    margins = 0
    for side in ("top", "bottom"):
        own = cell.find(f"{W}tcPr/{W}tcMar/{W}{side}")
        of_table = next(cell.iterancestors(f"{W}tbl")).find(f"{W}tblPr/{W}tblCellMar/{W}{side}")
        margins += _number(own if own is not None else of_table, "w")
    return max(_number(given, "val") - margins, 0)
