"""Row expansion: the output rows of each row of the template, as a tree of expansions.

An *expansion* is one iteration of a loop, or the branch of an ``if`` that was taken; the sheet itself is the outermost
expansion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.xlsx.bands import MAX_ROW, BandBody, SheetBands

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, eq=False)
class Expansion:
    """One rendering of a body; ``siblings`` are all expansions of its band, itself among them.

    ``positions`` has, for each part of the body, its first row in the output, or the expansions of the band.
    ``collapsed`` is the one empty row that is written for a band without rows.
    """

    body: BandBody
    parent: Expansion | None
    siblings: list[Expansion]
    positions: list[int | list[Expansion]] = field(default_factory=list)
    collapsed: int = 0

    def reaches(self, first: int, last: int) -> bool:
        """Whether any of its output rows comes from these rows of the template."""
        body = self.body
        if self.collapsed and body.band is not None:
            return body.band.first <= last and first <= body.band.last
        return body.first <= last and first <= body.last

    def find_loop(self) -> Expansion | None:
        """Find the innermost expansion around it (or itself) that is an iteration of a loop."""
        expansion: Expansion | None = self
        while expansion is not None:
            if expansion.body.band is not None and expansion.body.band.is_loop:
                return expansion
            expansion = expansion.parent
        return None


def find_first_row(expansion: Expansion, first: int, last: int) -> int | None:
    """Find the uppermost output row that comes from the template's rows ``first`` to ``last``, or None."""
    if expansion.collapsed:
        return expansion.collapsed
    for part, position in zip(expansion.body.parts, expansion.positions, strict=True):
        if part.last < first:
            continue
        if part.first > last:
            return None
        if isinstance(position, int):
            return position + max(first, part.first) - part.first
        for inner in position:
            row = find_first_row(inner, first, last) if inner.reaches(first, last) else None
            if row is not None:
                return row
    return None


def find_last_row(expansion: Expansion, first: int, last: int) -> int | None:
    """Find the lowest output row that comes from the template's rows ``first`` to ``last``, or None."""
    if expansion.collapsed:
        return expansion.collapsed
    for part, position in zip(reversed(expansion.body.parts), reversed(expansion.positions), strict=True):
        if part.first > last:
            continue
        if part.last < first:
            return None
        if isinstance(position, int):
            return min(MAX_ROW, position + min(last, part.last) - part.first)
        for inner in reversed(position):
            row = find_last_row(inner, first, last) if inner.reaches(first, last) else None
            if row is not None:
                return row
    return None


def list_areas(expansion: Expansion, first: int, last: int, *, filled: bool = False) -> list[tuple[int, int]]:
    """List the output rows that come from the template's rows ``first`` to ``last``, adjacent ones joined.

    With ``filled``, without the empty rows of bands without rows.
    """
    areas: list[tuple[int, int]] = []
    for low, high in _walk_areas(expansion, first, last, filled):
        if areas and areas[-1][1] + 1 >= low:
            areas[-1] = (areas[-1][0], max(high, areas[-1][1]))
        else:
            areas.append((low, high))
    return areas


def _walk_areas(expansion: Expansion, first: int, last: int, filled: bool) -> Iterator[tuple[int, int]]:
    if expansion.collapsed:
        if not filled:
            yield expansion.collapsed, expansion.collapsed
        return
    for part, position in zip(expansion.body.parts, expansion.positions, strict=True):
        if part.last < first or part.first > last:
            continue
        if isinstance(position, int):
            low = position + max(first, part.first) - part.first
            yield low, min(MAX_ROW, position + min(last, part.last) - part.first)
        else:
            for inner in position:
                if inner.reaches(first, last):
                    yield from _walk_areas(inner, first, last, filled)


@dataclass(slots=True)
class RenderedSheet:
    """A rendered sheet: the outermost expansion, and the expansions of each body."""

    bands: SheetBands
    root: Expansion
    expansions: dict[int, list[Expansion]] = field(default_factory=dict)

    def list_expansions(self, body: BandBody) -> list[Expansion]:
        """List the expansions of a body from top to bottom, without collapsed ones."""
        return [self.root] if body.band is None else self.expansions.get(id(body), [])

    def find_expansion(self, row: int) -> Expansion:
        """Find the first expansion that rendered a row of the template, or the outermost one."""
        expansions = self.list_expansions(self.bands.find_body(row))
        return expansions[0] if expansions else self.root

    def find_position(self, row: int) -> int:
        """Find the output row at which something begins that begins at this row of the template."""
        return find_first_row(self.root, row, MAX_ROW) or MAX_ROW


def find_scope(expansion: Expansion, row: int, absolute: bool) -> Expansion:
    """Find the expansion in which a reference from ``expansion`` to a row of the same sheet is resolved.

    It is the innermost one whose body holds the row: a formula refers to the row of its own iteration. An absolute row
    (``$``) of the formula's own loop covers all the iterations of that loop.
    """
    scope = expansion
    while scope.parent is not None and not scope.body.holds(row):
        scope = scope.parent
    if absolute:
        loop = expansion.find_loop()
        if loop is not None and loop.parent is not None and loop.body.holds(row):
            return loop.parent
    return scope


def resolve_start(scope: Expansion, first: int, last: int) -> int | None:
    """Find the first output row of a range over the template's rows, in the innermost scope that has any of them."""
    expansion: Expansion | None = scope
    while expansion is not None:
        row = find_first_row(expansion, first, last)
        if row is not None:
            return row
        expansion = expansion.parent
    return None


def resolve_end(scope: Expansion, first: int, last: int) -> int | None:
    """Find the last output row of a range over the template's rows: see ``resolve_start``."""
    expansion: Expansion | None = scope
    while expansion is not None:
        row = find_last_row(expansion, first, last)
        if row is not None:
            return row
        expansion = expansion.parent
    return None
