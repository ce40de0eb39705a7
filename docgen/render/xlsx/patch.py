"""The parts of a workbook's XML that name rows: found at compile time, filled in for each rendering.

A part is parsed once; each place that names rows is replaced by a token, and the part's text is split at the tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.xlsx.formulas import Formula, UnreadableFormulaError, parse_formula
from docgen.render.xlsx.package import write_inner
from docgen.render.xlsx.placing import list_areas
from docgen.render.xlsx.refs import Area, Piece, Placement, fill_pieces, parse_areas, place_formula
from docgen.render.xlsx.values import escape_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.render.xlsx.bands import Body, SheetBands

Fill = Callable[[Placement], str]
_TOKEN = re.compile("\ue000(\\d+)\ue001")


@dataclass(slots=True)
class Slots:
    """The places of a part that a rendering fills, by their tokens."""

    fills: list[Fill] = field(default_factory=list)

    def put(self, fill: Fill) -> str:
        """Register what fills a place; returns the token to put there."""
        self.fills.append(fill)
        return f"\ue000{len(self.fills) - 1}\ue001"

    def split(self, text: str) -> list[Piece]:
        """A part's text in pieces."""
        return [self.fills[int(part)] if at % 2 else part for at, part in enumerate(_TOKEN.split(text))]

    def lift(self, element: _Element, make: Callable[[list[Piece]], Fill]) -> None:
        """Replace a whole element by what ``make`` does with its pieces."""
        pieces = self.split(write_inner(element))
        token = self.put(make(pieces)) + (element.tail or "")
        parent, before = element.getparent(), element.getprevious()
        assert parent is not None
        if before is not None:
            before.tail = (before.tail or "") + token
        else:
            parent.text = (parent.text or "") + token
        element.tail = None
        parent.remove(element)


def drop_when_empty(pieces: list[Piece]) -> Fill:
    """Leave an element out when nothing that was lifted out of it is there."""

    def fill(placement: Placement) -> str:
        filled = [piece if isinstance(piece, str) else piece(placement) for piece in pieces]
        held = any(text for piece, text in zip(pieces, filled, strict=True) if not isinstance(piece, str))
        return "".join(filled) if held else ""

    return fill


@dataclass(slots=True)
class Book:
    """The sheets of a template while it is compiled: their numbers by lower-case name, and their bands."""

    numbers: Mapping[str, int]
    bands: Sequence[SheetBands]

    def moves(self, sheet: int) -> bool:
        """Whether a sheet's rows can come to stand elsewhere."""
        return bool(self.bands[sheet].bands)

    @property
    def any_moves(self) -> bool:
        """Whether any sheet's can."""
        return any(item.bands for item in self.bands)

    def keep(self, formula: Formula, sheet: int | None, standing: Body | None) -> None:
        """Keep the bands that a formula's references need; ``standing`` is its body, on ``sheet``."""
        for reference in formula.references:
            at_home = sheet == reference.sheet
            self.bands[reference.sheet].keep_bands(reference.first, reference.last, standing if at_home else None)

    def parse(self, text: str, sheet: int) -> Formula | None:
        """Take a formula apart; None when it can't be, or names no row that moves."""
        try:
            formula = parse_formula(text, sheet, self.numbers)
        except UnreadableFormulaError:
            return None
        return formula if any(self.moves(item.sheet) for item in formula.references) else None

    def follow_formula(self, slots: Slots, text: str, sheet: int, row: int = 0) -> str:
        """A formula outside of a cell, as text or token; ``row`` of ``sheet`` is the one it is relative to."""
        formula = self.parse(text, sheet)
        if formula is None:
            return text
        self.keep(formula, sheet, self.bands[sheet].find_body(row) if row else None)

        def fill(placement: Placement) -> str:
            turn = placement.layouts[sheet].find_turn(row) if row else None
            return escape_text(place_formula(formula, placement.layouts, turn))

        return slots.put(fill)

    def follow_range(self, slots: Slots, text: str, sheet: int) -> str:
        """One area that stays one: from its first row to its last."""
        area = parse_areas(text)[0]
        self.bands[sheet].keep_bands(area.first, area.last, None)
        return slots.put(lambda placement: area.stretch(placement.layouts[sheet]) or text)

    def follow_areas(self, slots: Slots, text: str, sheet: int) -> str:
        """Areas that become all the rows that come from theirs; as they were when there are none."""
        areas = parse_areas(text)
        return slots.put(lambda placement: " ".join(spell_areas(areas, placement, sheet)) or text)

    def repeat_areas(self, slots: Slots, element: _Element, attribute: str, sheet: int) -> None:
        """An element that stands for one area: it is repeated for each, and left out when there is none."""
        areas = parse_areas(element.get(attribute, ""))
        _repeat(slots, element, attribute, lambda placement: spell_areas(areas, placement, sheet, filled=True))

    def repeat_rows(self, slots: Slots, element: _Element, attribute: str, sheet: int) -> None:
        """An element that stands below a row: it is repeated for each row that comes from it."""
        row = int(element.get(attribute, "0"))

        def list_rows(placement: Placement) -> list[str]:
            layout = placement.layouts[sheet]
            if not layout.bands.rendered_rows_in(row, row):
                return [str(layout.find_position(row + 1) - 1)]
            return [str(at) for low, high in list_areas(layout.root, row, row) for at in range(low, high + 1)]

        _repeat(slots, element, attribute, list_rows)

    def keep_while_rendered(self, slots: Slots, element: _Element, areas: list[Area], sheet: int) -> None:
        """An element that is left out when none of its areas' rows was rendered."""

        def make(pieces: list[Piece]) -> Fill:
            def fill(placement: Placement) -> str:
                return fill_pieces(pieces, placement) if spell_areas(areas, placement, sheet) else ""

            return fill

        slots.lift(element, make)

    def follow_position(self, slots: Slots, row: int, sheet: int, shift: int = 0) -> str:
        """Where a row begins, plus ``shift`` (drawings count from 0)."""
        return slots.put(lambda placement: str(placement.layouts[sheet].find_position(row) + shift))


def _repeat(slots: Slots, element: _Element, attribute: str, list_values: Callable[[Placement], list[str]]) -> None:
    key = object()
    element.set(attribute, slots.put(lambda placement: placement.current[key]))

    def make(pieces: list[Piece]) -> Fill:
        def fill(placement: Placement) -> str:
            texts = []
            for value in list_values(placement):
                placement.current[key] = value
                texts.append(fill_pieces(pieces, placement))
            return "".join(texts)

        return fill

    slots.lift(element, make)


def spell_areas(areas: list[Area], placement: Placement, sheet: int, *, filled: bool = False) -> list[str]:
    """Spell all the rows that come from the areas' rows, as areas."""
    return [text for area in areas for text in area.split(placement.layouts[sheet], filled=filled)]
