"""Resolves references to the template's rows: formats them with the output rows that those became."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docgen.render.xlsx.expansion import (
    Expansion,
    RenderedSheet,
    find_first_row,
    find_scope,
    list_areas,
    resolve_end,
    resolve_start,
)
from docgen.render.xlsx.formulas import CellReference, Formula

_AREA = re.compile(
    r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?|\$?(\d+):\$?(\d+)|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}", re.I
)
REF_ERROR = "#REF!"


def resolve_rows(
    reference: CellReference, layouts: Sequence[RenderedSheet], expansion: Expansion | None
) -> tuple[int, int] | None:
    """Resolve a reference in an expansion (None: from another sheet) to its first and last output row, or None.

    For a single cell both are the same.
    """
    root = layouts[reference.sheet].root
    scope = root if reference.foreign or expansion is None else expansion
    first, last = reference.first, reference.last
    start = resolve_start(find_scope(scope, first, reference.abs1), first, last)
    if start is None:
        return None
    end = resolve_end(find_scope(scope, last, reference.abs2), first, last) if reference.row2 else start
    return start, end or start


def place_reference(reference: CellReference, layouts: Sequence[RenderedSheet], expansion: Expansion | None) -> str:
    """Format a reference for a formula of this expansion (None: from another sheet)."""
    rows = resolve_rows(reference, layouts, expansion)
    if rows is None:
        return REF_ERROR
    text = f"{reference.prefix}{reference.col1}{'$' if reference.abs1 else ''}{rows[0]}"
    return f"{text}:{reference.col2}{'$' if reference.abs2 else ''}{rows[1]}" if reference.row2 else text


def place_formula(
    formula: Formula, layouts: Sequence[RenderedSheet], expansion: Expansion | None, shift: int = 0
) -> str:
    """Format a formula of this expansion, without ``=``; ``shift`` is how far its row moved."""
    texts = []
    for piece in formula.pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, int):
            texts.append(str(piece + shift))
        else:
            texts.append(place_reference(piece, layouts, expansion))
    return "".join(texts)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a sheet, as in the attributes ``ref`` and ``sqref``; ``col1`` is empty for whole rows.

    ``verbatim`` holds an area of whole columns, which never moves.
    """

    col1: str
    first: int
    col2: str
    last: int
    verbatim: str = ""

    def format(self, first: int, last: int) -> str:
        """Format the area with these rows."""
        start, end = f"{self.col1}{first}", f"{self.col2}{last}"
        return end if start == end and self.col1 else f"{start}:{end}"

    def span(self, layout: RenderedSheet) -> str | None:
        """Format the one area from its first output row to its last, or None when none was rendered."""
        if self.verbatim:
            return self.verbatim
        first = find_first_row(layout.root, self.first, self.last)
        last = resolve_end(layout.root, self.first, self.last)
        return None if first is None or last is None else self.format(first, last)

    def split(self, layout: RenderedSheet, *, filled: bool = False) -> list[str]:
        """Format the areas of all its output rows; with ``filled``, without the empty rows of bands without rows."""
        if self.verbatim:
            return [self.verbatim]
        return [
            self.format(first, last) for first, last in list_areas(layout.root, self.first, self.last, filled=filled)
        ]


def parse_areas(text: str) -> list[Area]:
    """Parse ``A1:B2 D4``; raises ValueError for anything else."""
    areas = []
    for word in text.split():
        match = _AREA.fullmatch(word)
        if match is None:
            raise ValueError(text)
        if match[1]:
            first, last = sorted((int(match[2]), int(match[4] or match[2])))
            areas.append(Area(match[1], first, match[3] or match[1], last))
        elif match[5]:
            areas.append(Area("", int(match[5]), "", int(match[6])))
        else:
            areas.append(Area("", 0, "", 0, word))
    return areas


Piece = str | Callable[["Placement"], str]
"""A piece of a part's XML: text, or a function that makes the text for a rendering."""


@dataclass(slots=True)
class Placement:
    """A rendering's sheets, and a function that looks up the value of a cell (for charts' cached points).

    ``current`` has, for each element that is being repeated, the texts of its next copy.
    """

    layouts: list[RenderedSheet]
    look_up: Callable[[int, int, int], object]
    current: dict[object, tuple[str, ...]] = field(default_factory=dict)


def fill_pieces(pieces: Sequence[Piece], placement: Placement) -> str:
    """Join the text of the pieces in this rendering."""
    return "".join([piece if isinstance(piece, str) else piece(placement) for piece in pieces])
