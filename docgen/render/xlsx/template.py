"""A workbook template, compiled once and rendered many times.

Rendering runs the workbook's one Jinja template, which tells what stands where (see ``source``). When all rows
have their places, the sheets' XML is written, references follow, and untouched parts go out as they were deflated.

What a reference becomes:

- A row's own cells and those of the bodies around it: the same turn's. A range over rows of a band: all of its rows, of
  the same outer turn when the formula stands in it. A single cell of a band, seen from outside: its first row.
- ``$`` before a row of the loop that the formula stands in: over all the turns of that loop (``D4/SUM(D$4:D$4)`` is a
  share, ``SUM(D$4:D4)`` a running total). Elsewhere ``$`` follows like any reference.
- A band without rows leaves one empty row (hidden for an ``if``) when something refers to its rows alone, so that no
  #REF! arises; else it leaves none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.ooxml.members import PackedMember, pack_member, write_parts
from docgen.render.values.sandbox import UnknownName, collect_unknown, find_tag
from docgen.render.values.values import Rendered
from docgen.render.xlsx.compile import CompiledWorkbook, compile_workbook
from docgen.render.xlsx.expansion import Expansion, RenderedSheet
from docgen.render.xlsx.formats import FigureFormats
from docgen.render.xlsx.heights import BY_HAND
from docgen.render.xlsx.refs import Placement, fill_pieces
from docgen.render.xlsx.spread import spells_columns, spread_columns
from docgen.render.xlsx.values import Findings
from docgen.render.xlsx.write import Placed, SheetPlan, SheetWriter, place_layouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.render.xlsx.bands import RowBand, SheetBands
    from docgen.render.xlsx.source import JinjaSource

_DRAWING = re.compile(r"<drawing [^>]*/>")
_RENDER_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class XlsxTemplate:
    """A compiled template; ``name`` is what diagnostics call it. Made by ``compile``; safe to share.

    One whose last column stands for all of a document's keeps its bytes, and what it became for each set of columns.
    """

    name: str
    _book: CompiledWorkbook
    _data: bytes = b""
    _spread: dict[tuple[tuple[int, str], ...], XlsxTemplate] = field(default_factory=dict)

    @classmethod
    def compile(cls, data: bytes, name: str, *, needs_facts: bool = True) -> XlsxTemplate:
        """Compile a template from its bytes; raises TemplateError with every fault that was found."""
        book = compile_workbook(data, name, needs_facts=needs_facts)
        return cls(name, book, data if spells_columns(book.source.text) else b"")

    def _spread_over(self, columns: Sequence[Any]) -> XlsxTemplate:
        asked = tuple((column.width, column.align) for column in columns)
        if asked not in self._spread:
            book = compile_workbook(spread_columns(self._data, asked), self.name)
            self._spread[asked] = XlsxTemplate(self.name, book)
        return self._spread[asked]

    @property
    def source(self) -> JinjaSource:
        """The Jinja source that the workbook became: for finding the names that it asks for."""
        return self._book.source

    def render(self, context: Mapping[str, object], *, freeze_masked: bool = False) -> Rendered:
        """Render a document; a value that can't stand in a cell is a diagnostic, and rendering goes on.

        With ``freeze_masked``, a workbook that shows a masked value has values in place of its formulas: calculated
        anew, they would tell what was masked, or fail.
        """
        from jinja2 import TemplateRuntimeError

        columns = context.get("columns")
        if self._data and isinstance(columns, tuple):
            return self._spread_over(columns).render(context, freeze_masked=freeze_masked)
        book = self._book
        findings = Findings(self.name, book.epoch)
        recorder = _Recorder(
            [_start_layout(bands) for bands in book.bands], findings, {p.index: p.name for p in book.plans}
        )
        try:
            with collect_unknown() as unknown:
                try:
                    recorder.run(book, context)
                finally:
                    self._report_unknown(unknown, findings)
        except (TemplateRuntimeError, *_RENDER_ERRORS) as problem:
            template, line = find_tag(problem)
            if template is None:
                raise
            place = self._locate(line)
            findings.report(error("T222", place, problem=f"{type(problem).__name__}: {problem}"[:120]))
            return Rendered(b"", tuple(findings.missing.values()), tuple(findings.diagnostics))
        findings.frozen = freeze_masked and recorder.shows_masked()
        placement = place_layouts(recorder.layouts, recorder.placed)
        try:
            data = write_parts([*self._write_members(placement, recorder, findings)])
            if findings.pictures:
                from docgen.render.xlsx.pictures import place_pictures

                data = place_pictures(data, findings)
        except TemplateError as problem:
            findings.diagnostics += problem.diagnostics
            data = b""
        return Rendered(data, tuple(findings.missing.values()), tuple(findings.diagnostics))

    def _report_unknown(self, unknown: list[UnknownName], findings: Findings) -> None:
        for name in unknown:
            code = "T223" if name.unsafe else "T221"
            findings.report(error(code, self._locate(name.line), name=name.name))

    def _locate(self, line: int) -> Location:
        sheet, cell = self._book.source.locate(line)
        return Location("xlsx", file=self.name, sheet=sheet, cell=cell)

    def _write_members(self, placement: Placement, recorder: _Recorder, findings: Findings) -> Iterator[PackedMember]:
        formats = FigureFormats(self._book.styles)
        members: list[PackedMember] = []
        names = [part.name if isinstance(part, PackedMember) else part[0] for part in self._book.parts]
        # Charts of a form that is filled in by hand have nothing to draw; a drawing that may hold pictures stays.
        charts_alone = not any(name.startswith("xl/media/") for name in names)
        for part in self._book.parts:
            if isinstance(part, PackedMember):
                members.append(part)
                continue
            name, content = part
            if isinstance(content, SheetPlan):
                placed = recorder.placed[content.index]
                text = SheetWriter(content, placed, placement, findings, formats, recorder.least).write()
                text = _DRAWING.sub("", text) if charts_alone and recorder.least else text
            else:
                text = fill_pieces(content, placement)
            members.append(pack_member(name, text.encode()))
        styles = formats.write()  # the sheets say which are needed, and may stand behind them in the file
        for member in members:
            is_styles = formats.part is not None and member.name == formats.part.name
            yield pack_member(member.name, styles) if is_styles and styles is not None else member


def _start_layout(bands: SheetBands) -> RenderedSheet:
    return RenderedSheet(bands, Expansion(bands.root, None, []))


@dataclass(slots=True)
class _Recorder:
    """What the Jinja template calls: notes which rows are rendered where, in which turn, with which values."""

    layouts: list[RenderedSheet]
    findings: Findings
    names: Mapping[int, str]
    placed: list[list[Placed]] = field(default_factory=list)
    sheet: int = 0
    row: int = 1
    turn: Expansion | None = None
    open_bands: list[tuple[RowBand, Expansion, list[Expansion], int]] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    least: float = 0.0

    def run(self, book: CompiledWorkbook, context: Mapping[str, object]) -> None:
        self.placed = [[] for _ in self.layouts]
        self.least = BY_HAND if context.get("blank") is True else 0.0
        helpers = {
            "_sheet": self.begin_sheet,
            "_rows": self.place_rows,
            "_band": self.begin_band,
            "_turn": self.begin_turn,
            "_end": self.end_band,
            "_open": self.open_text,
            "_close": self.close_text,
            "_findings": self.findings,
        }
        chunks = self.chunks
        for chunk in book.jinja.root_render_func(book.jinja.new_context({**context, **helpers})):
            chunks.append(chunk)

    def shows_masked(self) -> bool:
        """Whether a masked value stands in a cell, or has been printed into a cell's text."""
        mark = catalogue(DOCUMENT_LANGUAGE).text("redaction.mark")
        values = (value for sheet in self.placed for item in sheet for value in item.values or ())
        return any(isinstance(value, str) and mark in value for value in values)

    def begin_sheet(self, number: int) -> None:
        self.sheet, self.row = number, 1
        self.turn = self.layouts[number].root
        self.findings.sheet = self.names[number]

    def place_rows(self, number: int, *values: object) -> None:
        turn = self.turn
        assert turn is not None
        stretch = self.layouts[self.sheet].bands.stretches[number]
        turn.placed.append(self.row)
        self.placed[self.sheet].append(Placed(stretch, self.row, turn, values))
        self.row += stretch.last - stretch.first + 1

    def begin_band(self, number: int) -> None:
        turn = self.turn
        assert turn is not None
        run: list[Expansion] = []
        turn.placed.append(run)
        self.open_bands.append((self.layouts[self.sheet].bands.bands[number], turn, run, self.row))

    def begin_turn(self, branch: int) -> None:
        band, outer, run, _ = self.open_bands[-1]
        body = band.bodies[branch]
        turn = Expansion(body, outer, run)
        run.append(turn)
        self.layouts[self.sheet].turns.setdefault(id(body), []).append(turn)
        self.turn = turn

    def end_band(self) -> None:
        band, outer, run, start = self.open_bands.pop()
        self.turn = outer
        stretch = band.first_fixed_rows()
        if band.kept and self.row == start and stretch is not None:
            left = Expansion(band.bodies[0], outer, run, collapsed=self.row)
            run.append(left)
            self.placed[self.sheet].append(Placed(stretch, self.row, left, None))
            self.row += 1

    def open_text(self, cell: str) -> None:
        self.findings.cell = cell
        self.chunks.clear()

    def close_text(self) -> str:
        return "".join(self.chunks)
