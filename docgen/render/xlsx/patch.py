"""Finds the references to rows in a part's XML once, at compile time, and fills them in for each rendering.

A part is parsed once; each reference is replaced by a token, and the part's text is split at the tokens. A reference
*follows* its rows: each rendering writes the rows that they became.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from docgen.render.xlsx.expansion import list_areas
from docgen.render.xlsx.formulas import Formula, UnreadableFormulaError, parse_formula
from docgen.render.xlsx.package import write_inner
from docgen.render.xlsx.refs import Area, Piece, Placement, fill_pieces, parse_areas, place_formula
from docgen.render.xlsx.spots import ReferenceSpot
from docgen.render.xlsx.values import escape_cell_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.diagnostics import Param
    from docgen.render.xlsx.bands import BandBody, SheetBands

Fill = Callable[[Placement], str]
_TOKEN = re.compile("\ue000(\\d+)\ue001")
# The id of one element's revision, which copies must not share; Excel doesn't need it.
_UNIQUE = "{http://schemas.microsoft.com/office/spreadsheetml/2014/revision}uid"
_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d*", re.I)


class PlaceReport(Protocol):
    """Reports a fault at a place of the template."""

    def __call__(self, code: str, sheet: str, cell: str | None = None, **params: Param) -> None: ...


@dataclass(frozen=True, slots=True)
class LiftedElement:
    """An element that was replaced by a token: the function that fills its place, and the element's pieces."""

    fill: Fill
    pieces: Sequence[Piece]

    def __call__(self, placement: Placement) -> str:
        return self.fill(placement)


def format_fixed(pieces: Sequence[Piece]) -> str:
    """Join the text of pieces, without what a rendering fills in."""
    parts = (format_fixed(piece.pieces) if isinstance(piece, LiftedElement) else piece for piece in pieces)
    return "\n".join(part for part in parts if isinstance(part, str))


@dataclass(slots=True)
class Slots:
    """The places of a part that a rendering fills, by their tokens."""

    fills: list[Fill] = field(default_factory=list)

    def put(self, fill: Fill) -> str:
        """Register the function that fills a place; returns the token to put there."""
        self.fills.append(fill)
        return f"\ue000{len(self.fills) - 1}\ue001"

    def split(self, text: str) -> list[Piece]:
        """Split a part's text into pieces."""
        return [self.fills[int(part)] if at % 2 else part for at, part in enumerate(_TOKEN.split(text))]

    def lift(self, element: _Element, make: Callable[[list[Piece]], Fill]) -> None:
        """Replace an element by a token; ``make`` makes the function that fills its place, of the element's pieces."""
        pieces = self.split(write_inner(element, element.getparent()))
        token = self.put(LiftedElement(make(pieces), pieces)) + (element.tail or "")
        parent, before = element.getparent(), element.getprevious()
        assert parent is not None
        if before is not None:
            before.tail = (before.tail or "") + token
        else:
            parent.text = (parent.text or "") + token
        element.tail = None
        parent.remove(element)


def drop_when_empty(pieces: list[Piece]) -> Fill:
    """Make a function that leaves an element out when all that it fills in is empty."""

    def fill(placement: Placement) -> str:
        filled = [piece if isinstance(piece, str) else piece(placement) for piece in pieces]
        is_filled = any(text for piece, text in zip(pieces, filled, strict=True) if not isinstance(piece, str))
        return "".join(filled) if is_filled else ""

    return fill


@dataclass(slots=True)
class TemplateBook:
    """The sheets of a template while it is compiled: their names, their numbers by lower-case name, and their bands.

    ``report`` takes the references that can't follow. A ``place`` is the name of a cell, or that of another element.
    Where it ``knows_values``, what a formula gives is known before the workbook is opened.
    """

    names: Sequence[str]
    numbers: Mapping[str, int]
    bands: Sequence[SheetBands]
    report: PlaceReport
    knows_values: bool = True

    def moves(self, sheet: int) -> bool:
        """Whether a sheet's rows can move."""
        return bool(self.bands[sheet].bands)

    @property
    def any_moves(self) -> bool:
        """Whether the rows of any sheet can move."""
        return any(item.bands for item in self.bands)

    def keep(self, formula: Formula, sheet: int | None, home: BandBody | None) -> None:
        """Keep the bands that a formula's references need; ``home`` is the formula's body, on ``sheet``."""
        for reference in formula.references:
            at_home = sheet == reference.sheet
            self.bands[reference.sheet].keep_bands(reference.first, reference.last, home if at_home else None)

    def parse(self, text: str, sheet: int, place: str) -> Formula | None:
        """Parse a formula; None where it can't be parsed, or refers to no row that moves."""
        head = text[:1] if text[:1] in ("=", "#") else ""
        try:
            formula = parse_formula(text[len(head) :], sheet, self.numbers)
        except UnreadableFormulaError:
            if self.any_moves:
                self.report("T214", self.names[sheet], place if _CELL.fullmatch(place) else None, formula=text)
            return None
        self.check(formula, sheet, place)
        moves = any(self.moves(item.sheet) for item in formula.references)
        return replace(formula, pieces=(head, *formula.pieces)) if moves else None

    def check(self, formula: Formula, sheet: int, place: str) -> None:
        """Report references that can't follow: to rows that only hold a row tag, and to several sheets at once."""
        cell = place if _CELL.fullmatch(place) else None
        if any(self.moves(number) for number in formula.across):
            self.report("T471", self.names[sheet], cell, place=place, formula=formula.format())
        for item in formula.references:
            if self.bands[item.sheet].rendered_rows_in(item.first, item.last):
                continue
            if cell is not None:
                self.report("T216", self.names[sheet], cell, formula=formula.format(), row=item.first)
            else:
                self.report("T470", self.names[sheet], place=place, formula=formula.format(), row=item.first)

    def check_whole(self, first: int, last: int, sheet: int, place: str, *, growing: bool) -> None:
        """Report an area that must stay one area (a table, say) where its rows are repeated.

        Its first row must be outside of all bands; with ``growing``, the rows below may be repeated.
        """
        bands = self.bands[sheet]
        inside = bands.find_body(first) is not bands.root or any(band.first == first for band in bands.bands)
        if inside or (not growing and any(band.first <= last and first <= band.last for band in bands.bands)):
            self.report("T472", self.names[sheet], place=place, row=first)

    def follow_formula(self, slots: Slots, text: str, sheet: int, row: int = 0, place: str = "") -> str:
        """Replace a formula outside of a cell by a token; ``row`` of ``sheet`` is the one that it is relative to.

        A formula that doesn't follow any row stays as it is.
        """
        formula = self.parse(text, sheet, place)
        if formula is None:
            return text
        self.keep(formula, sheet, self.bands[sheet].find_body(row) if row else None)

        def fill(placement: Placement) -> str:
            expansion = placement.layouts[sheet].find_expansion(row) if row else None
            return escape_value(place_formula(formula, placement.layouts, expansion))

        return slots.put(fill)

    def follow_range(self, slots: Slots, text: str, sheet: int, head: int = 0, foot: int = 0) -> str:
        """Replace one area that stays one by a token; at least one row stays between its head and its foot."""
        area = parse_areas(text)[0]
        if area.first + head <= area.last - foot:
            self.bands[sheet].keep_bands(area.first + head, area.last - foot, None)
        return slots.put(lambda placement: area.span(placement.layouts[sheet]) or text)

    def follow_source(self, slots: Slots, source: _Element, place: str, head: int = 0) -> bool:
        """Update a source of figures (an area and its sheet); returns whether it follows the rows."""
        sheet, ref = self.numbers.get(source.get("sheet", "").lower()), source.get("ref")
        if sheet is None or not ref or not self.moves(sheet):
            return False
        if head:
            area = parse_areas(ref)[0]
            self.check_whole(area.first, area.last, sheet, place, growing=True)
        source.set("ref", self.follow_range(slots, ref, sheet, head))
        return True

    def follow_areas(self, slots: Slots, text: str, sheet: int) -> str:
        """Replace areas by a token; without any rendered rows they stay as they were."""
        areas = parse_areas(text)
        return slots.put(lambda placement: " ".join(format_areas(areas, placement, sheet)) or text)

    def repeat_areas(self, slots: Slots, element: _Element, attribute: str, sheet: int) -> None:
        """Repeat an element with one area for each of the areas that it becomes; without any it is left out."""
        areas = parse_areas(element.get(attribute, ""))

        def list_areas_of(placement: Placement) -> list[tuple[str, ...]]:
            return [(text,) for text in format_areas(areas, placement, sheet, filled=True)]

        repeat(slots, element, [ReferenceSpot(element, attribute)], list_areas_of)

    def repeat_rows(self, slots: Slots, element: _Element, attribute: str, sheet: int) -> None:
        """Repeat an element below a row (a page break) for each output row that comes from the row."""
        row = int(element.get(attribute, "0"))

        def list_rows(placement: Placement) -> list[tuple[str, ...]]:
            layout = placement.layouts[sheet]
            if not layout.bands.rendered_rows_in(row, row):
                return [(str(layout.find_position(row + 1) - 1),)]
            return [(str(at),) for low, high in list_areas(layout.root, row, row) for at in range(low, high + 1)]

        repeat(slots, element, [ReferenceSpot(element, attribute)], list_rows)

    def keep_while_rendered(self, slots: Slots, element: _Element, areas: list[Area], sheet: int) -> None:
        """Leave an element out when none of its areas' rows was rendered."""

        def make(pieces: list[Piece]) -> Fill:
            def fill(placement: Placement) -> str:
                return fill_pieces(pieces, placement) if format_areas(areas, placement, sheet) else ""

            return fill

        slots.lift(element, make)

    def follow_position(self, slots: Slots, row: int, sheet: int, shift: int = 0) -> str:
        """Replace the number of a row by a token; ``shift`` is added to it (drawings count from 0)."""
        return slots.put(lambda placement: str(placement.layouts[sheet].find_position(row) + shift))


def repeat(
    slots: Slots,
    element: _Element,
    spots: Sequence[ReferenceSpot],
    list_texts: Callable[[Placement], list[tuple[str, ...]]],
) -> None:
    """Repeat an element for each tuple of texts that a rendering has for its spots; without any it is left out."""
    key = object()
    for item in element.iter():
        item.attrib.pop(_UNIQUE, "")
    for at, spot in enumerate(spots):
        spot.put(slots.put(_take_current(key, at)))

    def make(pieces: list[Piece]) -> Fill:
        def fill(placement: Placement) -> str:
            copies = []
            for texts in list_texts(placement):
                placement.current[key] = texts
                copies.append(fill_pieces(pieces, placement))
            return "".join(copies)

        return fill

    slots.lift(element, make)


def _take_current(key: object, at: int) -> Fill:
    return lambda placement: placement.current[key][at]


def escape_value(text: str) -> str:
    """Escape a text for an element or an attribute."""
    return escape_cell_text(text).replace('"', "&quot;")


def format_areas(areas: list[Area], placement: Placement, sheet: int, *, filled: bool = False) -> list[str]:
    """Format the areas of all the output rows that come from the areas' rows."""
    return [text for area in areas for text in area.split(placement.layouts[sheet], filled=filled)]
