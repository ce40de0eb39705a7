"""The structure of a template's sheet: fixed rows, and bands of rows that are repeated or left out.

A band's marker rows (``{%tr for … %}``, ``{%tr else %}``, ``{%tr endfor %}``) belong to no stretch: they aren't
rendered. Rows are numbered from 1, as in the template.
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
    """A row that holds one of the ``{%tr … %}`` tags: its word, what follows the word, and the tag's cell."""

    row: int
    cell: str
    word: MarkerWord
    rest: str


@dataclass(slots=True, eq=False)
class FixedRows:
    """Consecutive rows without a marker; ``rows`` are those that the template's sheet holds."""

    first: int
    last: int
    index: int
    rows: list[TemplateRow] = field(default_factory=list)

    def holds(self, row: int) -> bool:
        """Whether this row of the template stands in it."""
        return self.first <= row <= self.last


@dataclass(slots=True, eq=False)
class BandBody:
    """What stands between two markers, or a whole sheet: stretches and bands from top to bottom."""

    first: int
    last: int
    band: RowBand | None
    marker: Marker | None
    parts: list[FixedRows | RowBand] = field(default_factory=list)

    def holds(self, row: int) -> bool:
        """Whether this row of the template stands in the body."""
        return self.first <= row <= self.last

    def walk_fixed_rows(self) -> Iterator[FixedRows]:
        """Every stretch in here, those of inner bands, too, from top to bottom."""
        for part in self.parts:
            if isinstance(part, FixedRows):
                yield part
            else:
                for body in part.bodies:
                    yield from body.walk_fixed_rows()

    def ancestors(self) -> Iterator[BandBody]:
        """The body itself and those around it, the sheet last."""
        body: BandBody | None = self
        while body is not None:
            yield body
            body = body.band.parent if body.band else None


@dataclass(slots=True, eq=False)
class RowBand:
    """Rows that are repeated (``for``) or stand only if (``if``); ``bodies`` are its branches.

    ``kept``: something outside refers to the band's rows alone, so one empty row stays where no row was rendered;
    without it the reference would become #REF!.
    """

    first: int
    last: int
    index: int
    is_loop: bool
    parent: BandBody
    end: Marker
    bodies: list[BandBody] = field(default_factory=list)
    kept: bool = False

    def first_fixed_rows(self) -> FixedRows | None:
        """The stretch whose first row stays behind when the band is empty."""
        return next((stretch for body in self.bodies for stretch in body.walk_fixed_rows()), None)


@dataclass(frozen=True, slots=True)
class MarkerFault:
    """A marker that doesn't fit: an end without a beginning, a beginning without an end, an else out of place."""

    marker: Marker
    kind: Literal["unopened", "unclosed", "misplaced"]


@dataclass(slots=True)
class SheetBands:
    """A sheet's rows as a tree, and its bands and stretches by number."""

    root: BandBody
    bands: list[RowBand] = field(default_factory=list)
    stretches: list[FixedRows] = field(default_factory=list)
    faults: list[MarkerFault] = field(default_factory=list)

    def find_body(self, row: int) -> BandBody:
        """The innermost body around a row; a marker's row belongs to the body around its band."""
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
        return any(s.first <= last and first <= s.last for s in self.stretches)

    def keep_bands(self, first: int, last: int, standing: BandBody | None) -> None:
        """Keep a row of each band that a reference to these rows needs.

        ``standing`` is the body that the reference stands in, None for a reference from elsewhere: it and the bodies
        around it are there whenever the reference is.
        """
        alive = set(map(id, (standing or self.root).ancestors()))
        alive.add(id(self.root))
        bodies = [b for b in self._walk_bodies(self.root) if id(b) in alive]
        parts = [p for b in bodies for p in b.parts if p.first <= last and first <= p.last]
        if any(isinstance(part, FixedRows) for part in parts):
            return
        for band in self.bands:
            reached = band.first <= last and first <= band.last
            if reached and not any(id(body) in alive for body in band.bodies):
                band.kept = True

    def _walk_bodies(self, body: BandBody) -> Iterator[BandBody]:
        yield body
        for part in body.parts:
            if isinstance(part, RowBand):
                for inner in part.bodies:
                    yield from self._walk_bodies(inner)


def build_bands(markers: list[Marker], rows: list[TemplateRow]) -> SheetBands:
    """Build the tree from the markers (in row order) and the sheet's other rows; faults are noted, not raised."""
    sheet = SheetBands(BandBody(1, MAX_ROW, None, None))
    body, start = sheet.root, 1

    def close_fixed_rows(before: int) -> None:
        if before > start:
            stretch = FixedRows(start, before - 1, len(sheet.stretches))
            sheet.stretches.append(stretch)
            body.parts.append(stretch)

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
            body.last = band.last = marker.row - 1
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
    _deal_rows(sheet.stretches, rows)
    return sheet


def _deal_rows(stretches: list[FixedRows], rows: list[TemplateRow]) -> None:
    ordered = sorted(stretches, key=lambda stretch: stretch.first)
    position = 0
    for row in rows:
        while position < len(ordered) and ordered[position].last < row.number:
            position += 1
        if position < len(ordered) and ordered[position].first <= row.number:
            ordered[position].rows.append(row)
