"""Row expansion: where each row of the template came to stand, as a tree of repetitions.

A *turn* is one iteration of a loop, or the branch of an ``if`` that was taken; the sheet itself is the outermost turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.xlsx.bands import MAX_ROW, BandBody, SheetBands

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, eq=False)
class Expansion:
    """One rendering of a body. ``placed`` has, for each part, its first row in the output or the turns of the band.

    ``collapsed`` is the one empty row that stands for all the rows of a band that rendered none.
    """

    body: BandBody
    parent: Expansion | None
    run: list[Expansion]
    placed: list[int | list[Expansion]] = field(default_factory=list)
    collapsed: int = 0

    def reaches(self, first: int, last: int) -> bool:
        """Whether it stands for any of these rows of the template."""
        body = self.body
        if self.collapsed and body.band is not None:
            return body.band.first <= last and first <= body.band.last
        return body.first <= last and first <= body.last

    def find_loop(self) -> Expansion | None:
        """The turn of the innermost loop around here, or None."""
        turn: Expansion | None = self
        while turn is not None:
            if turn.body.band is not None and turn.body.band.is_loop:
                return turn
            turn = turn.parent
        return None


def find_first_row(turn: Expansion, first: int, last: int) -> int | None:
    """The uppermost output row that comes from the template's rows ``first`` to ``last``, or None."""
    if turn.collapsed:
        return turn.collapsed
    for part, placed in zip(turn.body.parts, turn.placed, strict=True):
        if part.last < first:
            continue
        if part.first > last:
            return None
        if isinstance(placed, int):
            return placed + max(first, part.first) - part.first
        for inner in placed:
            row = find_first_row(inner, first, last) if inner.reaches(first, last) else None
            if row is not None:
                return row
    return None


def find_last_row(turn: Expansion, first: int, last: int) -> int | None:
    """The lowest output row that comes from the template's rows ``first`` to ``last``, or None."""
    if turn.collapsed:
        return turn.collapsed
    for part, placed in zip(reversed(turn.body.parts), reversed(turn.placed), strict=True):
        if part.first > last:
            continue
        if part.last < first:
            return None
        if isinstance(placed, int):
            return min(MAX_ROW, placed + min(last, part.last) - part.first)
        for inner in reversed(placed):
            row = find_last_row(inner, first, last) if inner.reaches(first, last) else None
            if row is not None:
                return row
    return None


def list_areas(turn: Expansion, first: int, last: int, *, filled: bool = False) -> list[tuple[int, int]]:
    """List the output rows that come from the template's rows ``first`` to ``last``, neighbours joined.

    With ``filled``, without the empty rows that bands left.
    """
    areas: list[tuple[int, int]] = []
    for low, high in _walk_areas(turn, first, last, filled):
        if areas and areas[-1][1] + 1 >= low:
            areas[-1] = (areas[-1][0], max(high, areas[-1][1]))
        else:
            areas.append((low, high))
    return areas


def _walk_areas(turn: Expansion, first: int, last: int, filled: bool) -> Iterator[tuple[int, int]]:
    if turn.collapsed:
        if not filled:
            yield turn.collapsed, turn.collapsed
        return
    for part, placed in zip(turn.body.parts, turn.placed, strict=True):
        if part.last < first or part.first > last:
            continue
        if isinstance(placed, int):
            low = placed + max(first, part.first) - part.first
            yield low, min(MAX_ROW, placed + min(last, part.last) - part.first)
        else:
            for inner in placed:
                if inner.reaches(first, last):
                    yield from _walk_areas(inner, first, last, filled)


@dataclass(slots=True)
class RenderedSheet:
    """A rendered sheet's rows: the outermost turn, and the turns of each body."""

    bands: SheetBands
    root: Expansion
    turns: dict[int, list[Expansion]] = field(default_factory=dict)

    def list_turns(self, body: BandBody) -> list[Expansion]:
        """Every turn of a body, from top to bottom; collapsed ones are not among them."""
        return [self.root] if body.band is None else self.turns.get(id(body), [])

    def find_turn(self, row: int) -> Expansion:
        """The first turn that rendered a row of the template, or the outermost one."""
        turns = self.list_turns(self.bands.find_body(row))
        return turns[0] if turns else self.root

    def find_position(self, row: int) -> int:
        """Where something that begins at this row of the template begins now."""
        return find_first_row(self.root, row, MAX_ROW) or MAX_ROW


def find_scope(turn: Expansion, row: int, absolute: bool) -> Expansion:
    """The turn in which a reference from ``turn`` to a row of the same sheet is looked up.

    It is the innermost one whose body holds the row: a formula means the row of its own iteration. An absolute row
    (``$``) in the loop that the formula stands in means all the iterations of that loop.
    """
    scope = turn
    while scope.parent is not None and not scope.body.holds(row):
        scope = scope.parent
    if absolute:
        loop = turn.find_loop()
        if loop is not None and loop.parent is not None and loop.body.holds(row):
            return loop.parent
    return scope


def resolve_start(scope: Expansion, first: int, last: int) -> int | None:
    """Where a range over the template's rows begins, seen from a scope, or wider where that has none of them."""
    turn: Expansion | None = scope
    while turn is not None:
        row = find_first_row(turn, first, last)
        if row is not None:
            return row
        turn = turn.parent
    return None


def resolve_end(scope: Expansion, first: int, last: int) -> int | None:
    """Where a range over the template's rows ends: see ``resolve_start``."""
    turn: Expansion | None = scope
    while turn is not None:
        row = find_last_row(turn, first, last)
        if row is not None:
            return row
        turn = turn.parent
    return None
