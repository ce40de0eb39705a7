"""Rewrites references into the template's rows for each place where the rows came to stand."""

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
    reference: CellReference, layouts: Sequence[RenderedSheet], turn: Expansion | None
) -> tuple[int, int] | None:
    """The first and the last row that a reference means in a turn (None: outside of the sheet); None if there is none.

    They are the same for a single cell.
    """
    root = layouts[reference.sheet].root
    scope = root if reference.foreign or turn is None else turn
    first, last = reference.first, reference.last
    start = resolve_start(find_scope(scope, first, reference.abs1), first, last)
    if start is None:
        return None
    end = resolve_end(find_scope(scope, last, reference.abs2), first, last) if reference.row2 else start
    return start, end or start


def place_reference(reference: CellReference, layouts: Sequence[RenderedSheet], turn: Expansion | None) -> str:
    """The reference as it reads in a formula of this turn (None: from outside of the sheet)."""
    rows = resolve_rows(reference, layouts, turn)
    if rows is None:
        return REF_ERROR
    text = f"{reference.prefix}{reference.col1}{'$' if reference.abs1 else ''}{rows[0]}"
    return f"{text}:{reference.col2}{'$' if reference.abs2 else ''}{rows[1]}" if reference.row2 else text


def place_formula(formula: Formula, layouts: Sequence[RenderedSheet], turn: Expansion | None, shift: int = 0) -> str:
    """The formula as it reads in this turn, without ``=``; ``shift`` is how far its row moved."""
    texts = []
    for piece in formula.pieces:
        if isinstance(piece, str):
            texts.append(piece)
        elif isinstance(piece, int):
            texts.append(str(piece + shift))
        else:
            texts.append(place_reference(piece, layouts, turn))
    return "".join(texts)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a sheet as attributes name it (``ref``, ``sqref``); ``col1`` is empty for whole rows.

    ``verbatim`` holds an area of whole columns, which never moves.
    """

    col1: str
    first: int
    col2: str
    last: int
    verbatim: str = ""

    def format(self, first: int, last: int) -> str:
        """The area over these rows."""
        start, end = f"{self.col1}{first}", f"{self.col2}{last}"
        return end if start == end and self.col1 else f"{start}:{end}"

    def stretch(self, layout: RenderedSheet, turn: Expansion | None = None) -> str | None:
        """The one area from its first row to its last, or None when none of its rows was rendered."""
        if self.verbatim:
            return self.verbatim
        scope = turn or layout.root
        first = find_first_row(scope, self.first, self.last)
        last = resolve_end(scope, self.first, self.last)
        return None if first is None or last is None else self.format(first, last)

    def split(self, layout: RenderedSheet, *, filled: bool = False) -> list[str]:
        """The areas of all the rows that come from its rows; with ``filled``, without the empty ones bands left."""
        if self.verbatim:
            return [self.verbatim]
        return [
            self.format(first, last) for first, last in list_areas(layout.root, self.first, self.last, filled=filled)
        ]


def parse_areas(text: str) -> list[Area]:
    """Read ``A1:B2 D4``; anything else in it is a ValueError."""
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
"""A piece of a part's XML: text, or what a rendering puts there."""


@dataclass(slots=True)
class Placement:
    """A rendering's layouts, one per sheet, and how to look up a rendered cell (for charts' cached points).

    ``current`` has, for each element that is being repeated, the texts that its next copy takes.
    """

    layouts: list[RenderedSheet]
    look_up: Callable[[int, int, int], object]
    current: dict[object, tuple[str, ...]] = field(default_factory=dict)


def fill_pieces(pieces: Sequence[Piece], placement: Placement) -> str:
    """The text of the pieces in this rendering."""
    return "".join([piece if isinstance(piece, str) else piece(placement) for piece in pieces])
