"""Writes a rendered sheet's XML from its rendered rows and their values."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.render.xlsx.bands import MAX_ROW, BandBody, FixedRows, SheetBands
from docgen.render.xlsx.heights import estimate_height
from docgen.render.xlsx.refs import Area, Piece, Placement, fill_pieces, place_formula
from docgen.render.xlsx.tail import MERGES_MARK, ROWS_MARK, write_merges
from docgen.render.xlsx.values import Findings, write_formula, write_rendered, write_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.render.xlsx.expansion import Expansion, RenderedSheet
    from docgen.render.xlsx.formats import FigureFormats
    from docgen.render.xlsx.rows import TemplateCell


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A compiled sheet; ``vertical`` has, by cell, the area of each ``{% vm %}`` cell in one iteration.

    ``ready`` has the XML of fixed rows without tags, by number.
    """

    name: str
    index: int
    part: str
    bands: SheetBands
    pieces: Sequence[Piece]
    merges: list[tuple[Area, BandBody]]
    vertical: dict[int, Area]
    ready: dict[int, str]


@dataclass(frozen=True, slots=True)
class RenderedRows:
    """One rendering of fixed rows: its first output row, its expansion, and the values of its tagged cells.

    ``values`` is None for the one empty row of a band without rows.
    """

    fixed: FixedRows
    start: int
    expansion: Expansion
    values: tuple[object, ...] | None


def write_ready(fixed: FixedRows) -> str | None:
    """Write fixed rows without tags, at their place in the template; None where they have tags."""
    if any(row.tagged for row in fixed.rows):
        return None
    return "".join([row.write(row.number) for row in fixed.rows])


@dataclass(slots=True)
class SheetWriter:
    """Writes one sheet of one rendering; ``least`` is the least height of a row with tags, in points."""

    plan: SheetPlan
    rendered: list[RenderedRows]
    placement: Placement
    findings: Findings
    formats: FigureFormats
    least: float = 0.0
    out: list[str] = field(default_factory=list)
    vertical: dict[tuple[int, int], tuple[TemplateCell, int, int]] = field(default_factory=dict)

    def write(self) -> str:
        """Write the sheet's XML."""
        self.findings.sheet = self.plan.name
        for item in self.rendered:
            self._write_fixed_rows(item)
        merges = [self._find_vertical_area(*cells) for cells in self.vertical.values()]
        rows = "".join(self.out)
        texts = {
            ROWS_MARK: rows,
            MERGES_MARK: write_merges(self.plan.merges, self.placement, self.plan.index, list(filter(None, merges))),
        }
        return fill_pieces([texts.get(p, p) if isinstance(p, str) else p for p in self.plan.pieces], self.placement)

    def _write_fixed_rows(self, item: RenderedRows) -> None:
        fixed = item.fixed
        if item.values is None:
            self.out.append(_write_empty_row(item, self.least))
            return
        if not fixed.rows:
            return
        shift = item.start - fixed.first
        if fixed.rows[-1].number + shift > MAX_ROW:
            raise TemplateError(error("T233", Location("xlsx", file=self.findings.file, sheet=self.plan.name)))
        ready = self.plan.ready.get(fixed.index)
        if ready is not None and not shift:
            self.out.append(ready)
            return
        findings = self.findings
        findings.shift = shift
        position = 0
        for row in fixed.rows:
            after = position + len(row.tagged)
            values = item.values[position:after]
            position = after
            contents = [
                self._choose_style(cell, value)
                + (write_value(cell, value, findings) if cell.is_plain else self._write_cell(cell, value, item))
                for cell, value in zip(row.tagged, values, strict=True)
            ]
            height = estimate_height(row, values, self.least) if row.fits or (self.least and row.tagged) else ""
            self.out.append(row.write(row.number + shift, tuple(contents), height))

    def _choose_style(self, cell: TemplateCell, value: object) -> str:
        """Choose the cell's format; another for a figure that the cell wouldn't show as it was typed."""
        if type(value) is str or type(value) is int or cell.kind != "value":
            return cell.style
        return self.formats.choose(cell, value)

    def _write_cell(self, cell: TemplateCell, value: object, item: RenderedRows) -> str:
        shift = item.start - item.fixed.first
        if cell.formula is not None:
            formula = cell.formula.fixed or place_formula(cell.formula, self.placement.layouts, item.expansion, shift)
            return write_formula(cell, cell.row + shift, formula, value, self.findings)
        if cell.merged and not self._is_first(cell, cell.row + shift, item.expansion):
            return "/>"
        if cell.kind == "value":
            return write_value(cell, value, self.findings)
        return write_rendered(cell, str(value), self.findings)

    def _is_first(self, cell: TemplateCell, row: int, expansion: Expansion) -> bool:
        loop = expansion.find_loop()
        key = id(cell), id(loop.siblings) if loop is not None else 0
        before = self.vertical.get(key)
        self.vertical[key] = (cell, before[1] if before else row, row)
        return before is None

    def _find_vertical_area(self, cell: TemplateCell, first: int, last: int) -> Area | None:
        area = self.plan.vertical[id(cell)]
        last += area.last - area.first
        return None if first == last and area.col1 == area.col2 else Area(area.col1, first, area.col2, last)


def _write_empty_row(item: RenderedRows, least: float) -> str:
    """Write the empty row of a band without rows; it is hidden for an ``if``, where nobody expects a row."""
    row = next((row for row in item.fixed.rows if row.number == item.fixed.first), None)
    text = row.write_blank(item.start) if row is not None else f'<row r="{item.start}"></row>'
    band = item.expansion.body.band
    if band is None or band.is_loop:
        return text.replace(">", f' ht="{least}">', 1) if least and " ht=" not in text.partition(">")[0] else text
    opening, _, rest = text.partition(">")
    return opening + ("" if " hidden=" in opening else ' hidden="1"') + ">" + rest


class ValueLookup:
    """Looks up the value of a cell of the output, by sheet, column and row."""

    def __init__(self, rendered: Sequence[list[RenderedRows]]) -> None:
        self._rendered = rendered
        self._starts = [[item.start for item in items] for items in rendered]

    def __call__(self, sheet: int, column: int, row: int) -> object:
        """Look up the value; text with tags is Markup, an empty cell None."""
        at = bisect_right(self._starts[sheet], row) - 1
        if at < 0:
            return None
        item = self._rendered[sheet][at]
        if item.values is None:
            return None
        number = row - item.start + item.fixed.first
        position = 0
        for line in item.fixed.rows:
            if line.number == number:
                cell = next((cell for cell in line.cells if cell.number == column), None)
                if cell is None or cell.kind == "static":
                    return cell.value if cell is not None else None
                value = item.values[position + line.tagged.index(cell)]
                return Markup(value) if cell.kind == "text" else value
            position += len(line.tagged)
        return None


def place_layouts(layouts: list[RenderedSheet], rendered: Sequence[list[RenderedRows]]) -> Placement:
    """Make the placement of a rendering, which the parts around the rows need."""
    return Placement(layouts, ValueLookup(rendered))
