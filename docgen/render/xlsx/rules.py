"""Rewrites cell rules that have formulas: conditional formats, validations, links, sparklines.

In a loop the cells of each expansion get the rule of the template's cell: one element for all of them where its
relative formulas are equal, else one for each. Rows outside of the loop are the same for every expansion, as in a
cell's formula, so a relative formula gets a ``$`` there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from docgen.render.xlsx.expansion import list_areas
from docgen.render.xlsx.patch import Slots, TemplateBook, escape_value, format_areas, repeat
from docgen.render.xlsx.refs import REF_ERROR, Area, Placement, parse_areas, resolve_rows
from docgen.render.xlsx.spots import ReferenceSpot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

    from docgen.render.xlsx.bands import BandBody
    from docgen.render.xlsx.expansion import Expansion
    from docgen.render.xlsx.formulas import CellReference, Formula

Kind = Literal["relative", "fixed", "single"]
"""``relative``: formulas are relative to each cell of the element, which has several areas; ``fixed``: they aren't, and
it has one area; ``single``: it has a single cell."""
_ID = re.compile(r"\{[0-9A-Fa-f-]{23}-[0-9A-Fa-f]{12}\}")
_Rows = list[tuple[Area, int, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of cells: its element, the spot with the cells' areas, the spots with its formulas."""

    element: _Element
    where: ReferenceSpot
    formulas: Sequence[ReferenceSpot]
    kind: Kind
    sheet: int

    def follow(self, book: TemplateBook, slots: Slots) -> None:
        """Make the rule follow its cells, and its formulas their rows."""
        areas = parse_areas(self.where.text)
        cell = next((f"{area.col1}{area.first}" for area in areas if area.col1), self.where.text)
        body = _find_body(book, self.sheet, areas)
        repeated = any(item.band and item.band.is_loop for item in body.ancestors())
        moving: list[tuple[ReferenceSpot, Formula]] = []
        for spot in self.formulas:
            formula = book.parse(spot.text, self.sheet, cell) if repeated else None
            if formula is not None:
                book.keep(formula, self.sheet, body)
                moving.append((spot, formula))
            else:
                row = min((area.first for area in areas), default=0)
                spot.put(book.follow_formula(slots, spot.text, self.sheet, row, cell))
        if moving:
            formulas = [formula for _, formula in moving]
            ids = [ReferenceSpot(item, "id") for item in self.element.iter() if _ID.fullmatch(item.get("id", ""))]
            spots, names = [self.where, *(spot for spot, _ in moving), *ids], [spot.text for spot in ids]

            def list_texts(placement: Placement) -> list[tuple[str, ...]]:
                copies = self._list_copies(placement, areas, body, formulas)
                return [(*texts, *(_vary(name, at) for name in names)) for at, texts in enumerate(copies)]

            repeat(slots, self.element, spots, list_texts)
        elif book.moves(self.sheet):
            repeat(slots, self.element, [self.where], lambda placement: self._list_areas(placement, areas))

    def _list_areas(self, placement: Placement, areas: list[Area]) -> list[tuple[str, ...]]:
        texts = format_areas(areas, placement, self.sheet, filled=self.kind != "relative")
        return [(text,) for text in texts] if self.kind == "fixed" else [(" ".join(texts),)] if texts else []

    def _list_copies(
        self, placement: Placement, areas: list[Area], body: BandBody, formulas: Sequence[Formula]
    ) -> list[tuple[str, ...]]:
        """List the texts of each copy of the element: its areas, then its formulas."""
        groups: dict[object, tuple[tuple[str, ...], _Rows]] = {}
        for expansion in placement.layouts[self.sheet].list_expansions(body):
            rows = [(area, *ends) for area in areas for ends in list_areas(expansion, area.first, area.last)]
            if not rows:
                continue
            base = min(low for _, low, _ in rows)
            origin = base if self.kind == "relative" else 0
            placed = [self._place(formula, placement, expansion, origin) for formula in formulas]
            texts = tuple(escape_value(text) for text, _ in placed)
            key = (base if self.kind == "single" else 0, *(key for _, key in placed))
            groups.setdefault(key, (texts, []))[1].extend(rows)
        values: list[tuple[str, ...]] = []
        for texts, rows in groups.values():
            refs = _format_rows(areas, rows)
            values += [(ref, *texts) for ref in (refs if self.kind == "fixed" else [" ".join(refs)])]
        return values

    def _place(self, formula: Formula, placement: Placement, expansion: Expansion, base: int) -> tuple[str, str]:
        """Format a formula of an expansion, and a key: equal keys mean equal formulas relative to row ``base``."""
        texts, keys = [], []
        for piece in formula.pieces:
            if isinstance(piece, (str, int)):
                text = key = str(piece)
            else:
                text, key = self._place_reference(piece, placement, expansion, base)
            texts.append(text)
            keys.append(key)
        return "".join(texts), "".join(keys)

    def _place_reference(
        self, reference: CellReference, placement: Placement, expansion: Expansion, base: int
    ) -> tuple[str, str]:
        rows = resolve_rows(reference, placement.layouts, expansion)
        if rows is None:
            return REF_ERROR, REF_ERROR
        text = key = reference.prefix
        ends = [(reference.col1, reference.abs1, reference.row1, rows[0])]
        if reference.row2:
            ends.append((f":{reference.col2}", reference.abs2, reference.row2, rows[1]))
        for column, absolute, row, placed in ends:
            fixed = absolute or (base > 0 and (reference.foreign or not expansion.body.holds(row)))
            text += f"{column}{'$' if fixed else ''}{placed}"
            key += f"{column}{'$' if fixed else ''}{placed if fixed else placed - base}"
        return text, key


def _vary(name: str, copy: int) -> str:
    """Make the id of a copy, with the copy's number added to the last group."""
    return f"{name[:-13]}{(int(name[-13:-1], 16) + copy) % 16**12:012X}}}" if copy else name


def _find_body(book: TemplateBook, sheet: int, areas: Sequence[Area]) -> BandBody:
    """Find the innermost body that holds all of the areas' rows."""
    bands = book.bands[sheet]
    if any(area.verbatim for area in areas) or not areas:
        return bands.root
    bodies = bands.find_body(areas[0].first).ancestors()
    return next(
        (body for body in bodies if all(body.holds(area.first) and body.holds(area.last) for area in areas)), bands.root
    )


def _format_rows(areas: Sequence[Area], rows: _Rows) -> list[str]:
    """Format the areas over these rows, adjacent ones joined."""
    texts = []
    for area in areas:
        joined: list[tuple[int, int]] = []
        for low, high in sorted((low, high) for owner, low, high in rows if owner is area):
            if joined and joined[-1][1] + 1 >= low:
                joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
            else:
                joined.append((low, high))
        texts += [area.format(low, high) for low, high in joined]
    return texts
