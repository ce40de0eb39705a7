"""Tables whose columns a loop made: their grid and their cells' widths are mended after rendering.

A template marks such a table when it is compiled; no other is looked at. The table keeps the width it was drawn with.
Columns with a ``{% colwidth %}`` share, by their weights, what the columns without one leave; without any, the drawn
widths are scaled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.render.docx_measure import W
from docgen.render.docx_prepare import parse_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

MARK = ' docgen="columns"'
_TABLE_TAG = re.compile(r"<(/?)w:tbl(?=[ >])")
_PROPERTIES, _WIDTH = f"{W}tcPr", f"{W}tcW"
_MIN_COLUMN = 200  # twips: a column that is squeezed further can't be seen


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: how many columns it leaves free at its start, and its cells, each with how many columns it takes."""

    before: int
    cells: list[tuple[_Element, int]]


def mend_columns(text: str, head: str) -> str:
    """Mend the marked tables of a rendered part; ``head`` is the start tag of its root, for the namespaces."""
    while (start := text.rfind(MARK)) >= 0:
        # From the last to the first: a table inside another is mended before the one around it.
        begin = text.rindex("<w:tbl", 0, start)
        end = _find_end(text, begin)
        text = text[:begin] + _mend(text[begin:end].replace(MARK, "", 1), head) + text[end:]
    return text


def _find_end(text: str, begin: int) -> int:
    depth = 0
    for tag in _TABLE_TAG.finditer(text, begin):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return text.index(">", tag.end()) + 1
    raise ValueError("table without end")


def _mend(text: str, head: str) -> str:
    from lxml import etree

    name = re.match(r"<([\w:]+)", head)
    assert name is not None
    root = parse_part(f"{head}{text}</{name[1]}>".encode())
    _mend_table(root[0])
    whole = etree.tostring(root, encoding="unicode")
    return whole[whole.index("<w:tbl") : whole.rindex("</")]


def _mend_table(table: _Element) -> None:
    grid = table.find(f"{W}tblGrid")
    if grid is None:
        return
    total = sum(_read(column, "w") for column in grid)
    rows = [row for row in table.iterfind(f"{W}tr")]
    for row in rows:
        if row.find(f"{W}tc") is None:
            table.remove(row)
    rows = [row for row in rows if row.getparent() is table]
    lines = [_Line(_before(row), [(cell, _span(cell)) for cell in row.iterfind(f"{W}tc")]) for row in rows]
    count = max((sum(span for _, span in line.cells) + line.before for line in lines), default=0)
    if not count or not total:
        return
    widths = _share(lines, [_read(column, "w") for column in grid], count, total)
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        column = grid.makeelement(f"{W}gridCol", {f"{W}w": str(width)})
        grid.append(column)
    for line in lines:
        at = line.before
        for cell, span in line.cells:
            _set_width(cell, sum(widths[at : at + span]))
            at += span


def _share(lines: Sequence[_Line], drawn: list[int], count: int, total: int) -> list[int]:
    """Choose the width of each column: from the cells that stand in it alone; else as the grid drew it."""
    widths: list[float] = [0.0] * count
    weights: list[float] = [0.0] * count
    for line in lines:
        at = line.before
        for cell, span in line.cells:
            given = _find(cell, _PROPERTIES, _WIDTH) if span == 1 else None
            if given is not None:
                if given.get(f"{W}type") == "docgen":
                    weights[at] = weights[at] or float(given.get(f"{W}w", "0"))
                elif given.get(f"{W}type", "dxa") == "dxa":
                    widths[at] = widths[at] or _read(given, "w")
            at += span
    average = total / count
    for at in range(count):
        if not weights[at] and not widths[at]:
            widths[at] = drawn[at] if at < len(drawn) and count == len(drawn) else average
    fixed = sum(width for width, weight in zip(widths, weights, strict=True) if not weight)
    weighted = sum(weights)
    if weighted:
        rest = max(total - fixed, _MIN_COLUMN * sum(1 for weight in weights if weight))
        widths = [weight / weighted * rest if weight else width for width, weight in zip(widths, weights, strict=True)]
    scale = total / sum(widths)
    rounded = [int(width * scale) for width in widths]
    rounded[-1] += total - sum(rounded)
    return rounded


def _read(element: _Element, name: str) -> int:
    text = element.get(W + name, "0")
    if text.isdecimal():
        return int(text)
    return int(float(text)) if re.fullmatch(r"\d+(?:\.\d+)?", text) else 0


def _span(cell: _Element) -> int:
    span = _find(cell, _PROPERTIES, f"{W}gridSpan")
    return 1 if span is None else max(1, _read(span, "val"))


def _find(element: _Element, properties: str, name: str) -> _Element | None:
    """A property of a cell or row; they stand first, and looking there is far faster than searching a path."""
    for holder in element:
        if holder.tag == properties:
            return next((item for item in holder if item.tag == name), None)
    return None


def _before(row: _Element) -> int:
    before = _find(row, f"{W}trPr", f"{W}gridBefore")
    return 0 if before is None else _read(before, "val")


def _set_width(cell: _Element, width: int) -> None:
    given = _find(cell, _PROPERTIES, _WIDTH)
    if given is not None:
        given.set(f"{W}w", str(width))
        given.set(f"{W}type", "dxa")
        return
    properties = cell.find(_PROPERTIES)
    if properties is None:
        properties = cell.makeelement(f"{W}tcPr", {})
        cell.insert(0, properties)
    given = properties.makeelement(_WIDTH, {})
    properties.insert(1 if properties.find(f"{W}cnfStyle") is not None else 0, given)
    given.set(f"{W}w", str(width))
    given.set(f"{W}type", "dxa")


def fill_cells(text: str) -> str:
    """Give a paragraph to each cell that conditions emptied, and to one that ends with a table: Word insists."""
    for bare in ("</w:tcPr></w:tc>", "</w:tbl></w:tc>", "<w:tc></w:tc>"):
        text = text.replace(bare, bare[: -len("</w:tc>")] + "<w:p/></w:tc>")
    return text


_NO_ROWS = re.compile(r"</w:tblGrid>\s*</w:tbl>")


def drop_empty_tables(text: str) -> str:
    """Leave out a table whose loop made no row, and a row without a cell: Word refuses both."""
    text = re.sub(r"<w:tr(?: [^>]*)?>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>)?\s*</w:tr>", "", text, flags=re.DOTALL)
    while (found := _NO_ROWS.search(text)) is not None:
        begin = max(text.rfind(opening, 0, found.start()) for opening in ("<w:tbl>", "<w:tbl "))
        text = text[:begin] + text[found.end() :]
    return text
