"""Writes the sheet 已核实 of a returned workbook: a line for each doubted value, in which the clerk gives a reason.

Earlier confirmations keep their lines; a line without a reason whose value is no longer doubted is cleared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from docgen.diagnostics import CONFIRM, Diagnostic
from docgen.messages import Catalogue
from docgen.ooxml.cells import name_column, split_cell
from docgen.ooxml.package import OfficePackage
from docgen.sources.intake.returning.elements import make_element
from docgen.sources.intake.returning.own_sheets import add_link, add_looks, add_row, draw_sheet, fit_paper, place_sheet
from docgen.sources.intake.workbook.grid import SourceBook, format_cell
from docgen.sources.intake.workbook.headers import simplify_header
from docgen.sources.intake.workbook.layout import CONFIRMED_HEADERS, CONFIRMED_SHEET

if TYPE_CHECKING:
    from lxml.etree import _Element

_WIDTHS = (26, 10, 26, 22, 24, 50)
_FIRST = 3
_SHEET, _CELL, _REASON = (CONFIRMED_HEADERS.index(name) for name in ("工作表", "单元格", "理由"))
Line = tuple[str, ...]


def write_confirmable(
    parts: OfficePackage,
    book: SourceBook,
    diagnostics: Iterable[Diagnostic],
    *,
    gone: Mapping[str, Collection[int]],
    words: Catalogue,
    reason: str = "",
) -> None:
    """Write the sheet if there are doubts or confirmations; ``gone`` are rows that the copy lacks.

    With a ``reason`` the doubts are confirmed by it.
    """
    workbook = parts.find_related("", "officeDocument") or ""
    doubted = {
        (item.location.sheet or "", item.location.cell or ""): str(item.params["value"])
        for item in diagnostics
        if CONFIRM in item.params and item.location.cell is not None
    }
    lines = _read_lines(book, gone)
    for number, line in list(lines.items()):
        place = (line[_SHEET], line[_CELL])
        if (line[_REASON] and not (reason and place in doubted)) or (place in doubted and not reason):
            doubted.pop(place, None)
        else:
            del lines[number]
    last = max((*lines, _FIRST - 1))
    for number, ((sheet, cell), value) in enumerate(doubted.items(), last + 1):
        lines[number] = (sheet, cell, "", "", value, reason)
    if lines or CONFIRMED_SHEET in book.by_name:
        place_sheet(parts, workbook, CONFIRMED_SHEET, _draw(lines, add_looks(parts, workbook), words), 1)


def _read_lines(book: SourceBook, gone: Mapping[str, Collection[int]]) -> dict[int, Line]:
    """The lines of the sheet by row, without those about removed rows; cells of the others are moved."""
    grid = book.by_name.get(CONFIRMED_SHEET)
    lines: dict[int, Line] = {}
    at: dict[str, int] = {}
    for row in grid.rows if grid is not None else ():
        texts = {column: format_cell(cell) for column, cell in row.cells.items()}
        if not at:
            heads = {simplify_header(text): column for column, text in texts.items()}
            at = heads if {CONFIRMED_HEADERS[_SHEET], CONFIRMED_HEADERS[_REASON]} <= heads.keys() else {}
            continue
        line = tuple(texts.get(at.get(name, 0), "").strip() for name in CONFIRMED_HEADERS)
        rows = sorted(gone.get(line[_SHEET], ()))
        number, column = split_cell(line[_CELL].replace("$", "").upper())
        if number in rows or not any(line):
            continue
        moved = f"{name_column(column)}{number - bisect_left(rows, number)}" if number and column else line[_CELL]
        lines[max(row.number, _FIRST)] = (*line[:_CELL], moved, *line[_CELL + 1 :])
    return lines


def _draw(lines: Mapping[int, Line], looks: Mapping[str, int], words: Catalogue) -> _Element:
    root, data = draw_sheet(_WIDTHS)
    add_row(data, 1, [(words.text("workbook.confirmed.title"), looks["title"])], 26)
    add_row(data, 2, [(head, looks["head"]) for head in CONFIRMED_HEADERS], 20)
    links = make_element("hyperlinks")
    for number, line in sorted(lines.items()):
        add_row(data, number, [(text, looks["cell"]) for text in line], 18)
        if split_cell(line[_CELL]) > (0, 0):
            add_link(links, f"B{number}", line[_SHEET], line[_CELL])
    if len(links):
        root.append(links)
    fit_paper(root)
    return root
