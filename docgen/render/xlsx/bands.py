"""The structure of a template's sheet: fixed rows, and row bands that are repeated or left out.

A band's marker rows (``{%tr for … %}``, ``{%tr else %}``, ``{%tr endfor %}``) are no fixed rows: they aren't rendered.
Rows are numbered from 1, as in the template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.render.xlsx.rows import TemplateRow

MAX_ROW = 1_048_576
"""The last row that a sheet can have."""

MarkerWord = Literal["for", "if", "elif", "else", "endfor", "endif"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A row with one of the ``{%tr … %}`` tags: the tag's keyword, the text behind it, and its cell."""

    row: int
    cell: str
    word: MarkerWord
    rest: str


@dataclass(slots=True, eq=False)
class FixedRows:
    """Consecutive rows without a marker; ``rows`` are those that the template's XML holds."""

    first: int
    last: int
    index: int
    rows: list[TemplateRow] = field(default_factory=list)

    def holds(self, row: int) -> bool:
        """Whether it holds this row of the template."""
        return self.first <= row <= self.last


@dataclass(slots=True, eq=False)
class BandBody:
    """The rows between two markers, or a whole sheet: fixed rows and bands from top to bottom."""

    first: int
    last: int
    band: RowBand | None
    marker: Marker | None
    parts: list[FixedRows | RowBand] = field(default_factory=list)

    def holds(self, row: int) -> bool:
        """Whether the body holds this row of the template."""
        return self.first <= row <= self.last

    def walk_fixed_rows(self) -> Iterator[FixedRows]:
        """Iterate over its fixed rows, those of inner bands, too, from top to bottom."""
        for part in self.parts:
            if isinstance(part, FixedRows):
                yield part
            else:
                for body in part.bodies:
                    yield from body.walk_fixed_rows()

    def ancestors(self) -> Iterator[BandBody]:
        """Iterate over the body itself and those around it, the sheet last."""
        body: BandBody | None = self
        while body is not None:
            yield body
            body = body.band.parent if body.band else None


@dataclass(slots=True, eq=False)
class RowBand:
    """Rows that are repeated (``for``) or conditional (``if``); ``bodies`` are its branches.

    ``kept`` says that a reference from outside names only rows of the band. Where none of them is rendered, one empty
    row is written, since the reference would become #REF!.
    """

    first: int
    last: int
    index: int
    is_loop: bool
    parent: BandBody
    end: Marker
    bodies: list[BandBody] = field(default_factory=list)
    kept: bool = False

    def find_first_fixed_rows(self) -> FixedRows | None:
        """Find the fixed rows whose first row is written when the band is empty."""
        return next((fixed for body in self.bodies for fixed in body.walk_fixed_rows()), None)


@dataclass(frozen=True, slots=True)
class MarkerFault:
    """A marker without its counterpart (an end without a beginning, or the reverse), or a misplaced else."""

    marker: Marker
    kind: Literal["unopened", "unclosed", "misplaced"]


@dataclass(slots=True)
class SheetBands:
    """A sheet's rows as a tree, and its bands and fixed rows by number."""

    root: BandBody
    bands: list[RowBand] = field(default_factory=list)
    fixed_rows: list[FixedRows] = field(default_factory=list)
    faults: list[MarkerFault] = field(default_factory=list)

    def find_body(self, row: int) -> BandBody:
        """Find the innermost body around a row; a marker's row belongs to the body around its band."""
        body = self.root
        while True:
            inner = next(
                (b for part in body.parts if isinstance(part, RowBand) for b in part.bodies if b.holds(row)), None
            )
            if inner is None:
                return body
            body = inner

    def rendered_rows_in(self, first: int, last: int) -> bool:
        """Whether any row from first to last can be rendered; a range over marker rows alone never is."""
        return any(fixed.first <= last and first <= fixed.last for fixed in self.fixed_rows)

    def keep_bands(self, first: int, last: int, home: BandBody | None) -> None:
        """Mark the bands as kept that a reference to these rows needs.

        ``home`` is the body of the reference's own cell, None for a reference from elsewhere: where the reference is
        rendered, so are ``home`` and the bodies around it.
        """
        rendered = set(map(id, (home or self.root).ancestors()))
        rendered.add(id(self.root))
        bodies = [b for b in self._walk_bodies(self.root) if id(b) in rendered]
        parts = [p for b in bodies for p in b.parts if p.first <= last and first <= p.last]
        if any(isinstance(part, FixedRows) for part in parts):
            return
        for band in self.bands:
            is_named = band.first <= last and first <= band.last
            if is_named and not any(id(body) in rendered for body in band.bodies):
                band.kept = True

    def _walk_bodies(self, body: BandBody) -> Iterator[BandBody]:
        yield body
        for part in body.parts:
            if isinstance(part, RowBand):
                for inner in part.bodies:
                    yield from self._walk_bodies(inner)


def build_bands(markers: list[Marker], rows: list[TemplateRow]) -> SheetBands:
    """Build the tree from the markers (in row order) and the sheet's other rows; faults are collected, not raised."""
    sheet = SheetBands(BandBody(1, MAX_ROW, None, None))
    body, start = sheet.root, 1

    def close_fixed_rows(before: int) -> None:
        if before > start:
            fixed = FixedRows(start, before - 1, len(sheet.fixed_rows))
            sheet.fixed_rows.append(fixed)
            body.parts.append(fixed)

    for marker in markers:
        band = body.band
        if marker.word in ("for", "if"):
            close_fixed_rows(marker.row)
            band = RowBand(marker.row, marker.row, len(sheet.bands), marker.word == "for", body, marker)
            sheet.bands.append(band)
            body.parts.append(band)
        elif band is None:
            sheet.faults.append(MarkerFault(marker, "unopened"))
            continue
        elif marker.word in ("else", "elif"):
            opener = body.marker
            if (opener is not None and opener.word == "else") or (band.is_loop and marker.word == "elif"):
                sheet.faults.append(MarkerFault(marker, "misplaced"))
                continue
            close_fixed_rows(marker.row)
            body.last = marker.row - 1
        else:
            if (marker.word == "endfor") != band.is_loop:
                sheet.faults.append(MarkerFault(marker, "misplaced"))
                continue
            close_fixed_rows(marker.row)
            body.last = marker.row - 1
            band.last, band.end = marker.row, marker
            body, start = band.parent, marker.row + 1
            continue
        body = BandBody(marker.row + 1, MAX_ROW, band, marker)
        band.bodies.append(body)
        start = marker.row + 1
    if body.band is not None:
        opener = body.band.bodies[0].marker
        if opener is not None:
            sheet.faults.append(MarkerFault(opener, "unclosed"))
    close_fixed_rows(MAX_ROW + 1)
    _assign_rows(sheet.fixed_rows, rows)
    return sheet


def _assign_rows(fixed_rows: list[FixedRows], rows: list[TemplateRow]) -> None:
    ordered = sorted(fixed_rows, key=lambda fixed: fixed.first)
    position = 0
    for row in rows:
        while position < len(ordered) and ordered[position].last < row.number:
            position += 1
        if position < len(ordered) and ordered[position].first <= row.number:
            ordered[position].rows.append(row)
