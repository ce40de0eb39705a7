"""Updates charts: the ranges that they draw follow the rows, and their cached points are the rendered values."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from docgen.ooxml.cells import number_column
from docgen.ooxml.xml import local_name
from docgen.record.month import Month
from docgen.render.values.values import format_plain
from docgen.render.xlsx.formulas import CellReference, Formula, UnreadableFormulaError, parse_formula
from docgen.render.xlsx.refs import Piece, Placement, fill_pieces, place_formula, place_reference
from docgen.render.xlsx.spots import list_formulas
from docgen.render.xlsx.values import escape_cell_text, format_serial, replace_illegal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml.etree import _Element

    from docgen.render.xlsx.bands import BandBody
    from docgen.render.xlsx.patch import Fill, Slots, TemplateBook

# The elements with a chart's stored points: caches, or (in charts of newer types) levels.
_CACHES = ("numCache", "strCache", "dlblRangeCache", "multiLvlStrCache", "lvl")
_TITLES = frozenset(("tx", "txData"))


def follow_chart(root: _Element, book: TemplateBook, slots: Slots, epoch: dt.date, name: str) -> None:
    """Register the ranges and the cached points of a chart; ``name`` names it in faults."""
    for spot in list(list_formulas(root)):
        holder = spot.element.getparent()
        formula = _parse_references(spot.text, book)
        if holder is None or formula is None:
            continue
        book.check(formula, 0, name)
        parent = holder.getparent()
        if not _TITLES.intersection(local_name(item) for item in (holder, parent) if item is not None):
            # A chart writes a range of one cell as a single cell, which may become several.
            pieces = (_widen(piece) if isinstance(piece, CellReference) else piece for piece in formula.pieces)
            formula = replace(formula, pieces=tuple(pieces))
        book.keep(formula, None, None)
        spot.put(slots.put(_fill_formula(formula)))
        reference = formula.references[0]
        for cache in [child for child in holder if local_name(child) in _CACHES]:
            kind = local_name(cache)
            if len(formula.references) > 1 or not reference.col1 or kind in ("multiLvlStrCache", "lvl"):
                holder.remove(cache)
            else:
                format_point = _make_number_formatter(epoch) if kind == "numCache" else format_cell_text
                _replace_points(cache, slots, reference, format_point)


def list_figures(root: _Element, book: TemplateBook) -> list[CellReference]:
    """The cells whose figures a chart draws; none where one of its ranges can't be followed."""
    texts = [child.text or "" for holder in root.iter("{*}numRef") for child in holder if local_name(child) == "f"]
    formulas = [formula for text in texts if (formula := _parse_references(text, book))]
    references = [_widen(reference) for formula in formulas for reference in formula.references if reference.col1]
    return references if len(references) == len(texts) else []


def draw_figures(
    pieces: Sequence[Piece], references: Sequence[CellReference], epoch: dt.date, sheet: int, home: BandBody
) -> Fill:
    """Leave a chart out whose cells hold no figure, or that begins in the rows (``home``) of a condition not met."""
    format_figure = _make_number_formatter(epoch)
    is_conditional = home.band is not None and not home.band.is_loop

    def fill(placement: Placement) -> str:
        if is_conditional and not placement.layouts[sheet].list_expansions(home):
            return ""
        values = (value for reference in references for value in _list_values(reference, placement))
        return fill_pieces(pieces, placement) if any(format_figure(value) for value in values) else ""

    return fill


def _list_values(reference: CellReference, placement: Placement) -> Iterator[object]:
    """What the cells of a range hold, row by row."""
    ends = place_reference(reference, placement.layouts, None).removeprefix(reference.prefix).split(":")
    rows = [int("".join(filter(str.isdigit, end))) for end in ends if any(map(str.isdigit, end))]
    first = number_column(reference.col1.strip("$"))
    columns = range(first, number_column((reference.col2 or reference.col1).strip("$")) + 1)
    if rows and placement.layouts[reference.sheet] is not None:
        for row in range(rows[0], rows[-1] + 1):
            for column in columns:
                yield placement.look_up(reference.sheet, column, row)


def _parse_references(text: str, book: TemplateBook) -> Formula | None:
    try:
        formula = parse_formula(text, 0, book.numbers)
    except UnreadableFormulaError:
        return None
    return formula if formula.references else None


def _widen(cell: CellReference) -> CellReference:
    """A range of one cell, which a chart names as that cell."""
    return cell if cell.row2 else replace(cell, col2=cell.col1, row2=cell.row1, abs2=cell.abs1)


def _fill_formula(formula: Formula) -> Fill:
    return lambda placement: escape_cell_text(place_formula(formula, placement.layouts, None))


def _replace_points(
    cache: _Element, slots: Slots, reference: CellReference, format_point: Callable[[Any], str]
) -> None:
    format_code = next((child for child in cache if local_name(child) == "formatCode"), None)
    for child in list(cache):
        if child is not format_code:
            cache.remove(child)
    prefix = f"{cache.prefix}:" if cache.prefix else ""

    def fill(placement: Placement) -> str:
        values = [format_point(value) for value in _list_values(reference, placement)]
        points = [
            f'<{prefix}pt idx="{at}"><{prefix}v>{escape_cell_text(replace_illegal(value))}</{prefix}v></{prefix}pt>'
            for at, value in enumerate(values)
            if value
        ]
        return f'<{prefix}ptCount val="{len(values)}"/>{"".join(points)}'

    token = slots.put(fill)
    if format_code is None:
        cache.text = token
    else:
        format_code.tail = token


def _make_number_formatter(epoch: dt.date) -> Callable[[Any], str]:
    def format_number(value: Any) -> str:
        if isinstance(value, dt.date):
            return format_serial(value, epoch)
        if isinstance(value, (int, Decimal)):
            return f"{Decimal(value):f}"
        try:
            return value if isinstance(value, str) and Decimal(value).is_finite() else ""
        except InvalidOperation:
            return ""

    return format_number


def format_cell_text(value: Any) -> str:
    """Format a cell's value as text, for a chart or a text box that shows it; '' for a value without text."""
    if isinstance(value, Markup):
        return str(value.unescape())
    return format_plain(value) if isinstance(value, (str, int, Decimal, dt.date, Month)) else ""
