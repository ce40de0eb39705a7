"""Compiles a workbook template once and renders documents from it.

Rendering runs the workbook's one Jinja template, which records the rows and their values (see ``source``). When all
rows have their places, the sheets' XML is written with updated references; unchanged parts are copied still compressed.

What a reference becomes:

- To a cell of its own row or of the bodies around it: the cell of the same expansion. To a range over rows of a band:
  all of its rows, those of the same outer expansion if the formula is in one. To a single cell of a band, from outside:
  the band's first row.
- With ``$`` before a row of the formula's own loop: over all the iterations of that loop (``D4/SUM(D$4:D$4)`` is a
  share, ``SUM(D$4:D4)`` a running total). Elsewhere ``$`` makes no difference.
- To a band without rows, and to nothing else: to one empty row (hidden for an ``if``), which is written so that no
  #REF! arises. Other bands without rows have none.
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
from docgen.render.xlsx.heights import HANDWRITING_HEIGHT
from docgen.render.xlsx.refs import Placement, fill_pieces
from docgen.render.xlsx.spread import has_repeated_column, spread_columns
from docgen.render.xlsx.values import Findings
from docgen.render.xlsx.write import RenderedRows, SheetPlan, SheetWriter, place_layouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.render.xlsx.bands import RowBand, SheetBands
    from docgen.render.xlsx.source import JinjaSource

_DRAWING = re.compile(r"<drawing [^>]*/>")
_RENDER_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class XlsxTemplate:
    """A compiled template; ``name`` names it in diagnostics. Made by ``compile``; threads can share it.

    A template with a repeated column keeps its bytes, and a compiled template for each set of columns.
    """

    name: str
    _book: CompiledWorkbook
    _data: bytes = b""
    _spread: dict[tuple[tuple[int, str], ...], XlsxTemplate] = field(default_factory=dict)

    @classmethod
    def compile(cls, data: bytes, name: str, *, needs_facts: bool = True) -> XlsxTemplate:
        """Compile a template from its bytes; raises TemplateError with every fault that was found."""
        book = compile_workbook(data, name, needs_facts=needs_facts)
        return cls(name, book, data if has_repeated_column(book.source.text) else b"")

    def _spread_over(self, columns: Sequence[Any]) -> XlsxTemplate:
        formats = tuple((column.width, column.align) for column in columns)
        if formats not in self._spread:
            book = compile_workbook(spread_columns(self._data, formats), self.name)
            self._spread[formats] = XlsxTemplate(self.name, book)
        return self._spread[formats]

    @property
    def source(self) -> JinjaSource:
        """The Jinja source of the workbook, in which the names that it uses can be found."""
        return self._book.source

    def render(self, context: Mapping[str, object], *, freeze_masked: bool = False) -> Rendered:
        """Render a document; a value that no cell can hold is a diagnostic, and rendering goes on.

        With ``freeze_masked``, a workbook with a masked value has values instead of formulas: calculated again, they
        would reveal what was masked, or fail.
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
        placement = place_layouts(recorder.layouts, recorder.rendered)
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
        # Charts of a form that is filled in by hand have nothing to draw; drawings stay where they may hold pictures.
        has_only_charts = not any(name.startswith("xl/media/") for name in names)
        for part in self._book.parts:
            if isinstance(part, PackedMember):
                members.append(part)
                continue
            name, content = part
            if isinstance(content, SheetPlan):
                rendered = recorder.rendered[content.index]
                text = SheetWriter(content, rendered, placement, findings, formats, recorder.least).write()
                text = _DRAWING.sub("", text) if has_only_charts and recorder.least else text
            else:
                text = fill_pieces(content, placement)
            members.append(pack_member(name, text.encode()))
        styles = formats.write()  # only now, as sheets behind the styles in the file choose formats, too
        for member in members:
            is_styles = formats.part is not None and member.name == formats.part.name
            yield pack_member(member.name, styles) if is_styles and styles is not None else member


def _start_layout(bands: SheetBands) -> RenderedSheet:
    return RenderedSheet(bands, Expansion(bands.root, None, []))


@dataclass(slots=True)
class _Recorder:
    """Records which rows the Jinja template renders: their position, their expansion, their values."""

    layouts: list[RenderedSheet]
    findings: Findings
    names: Mapping[int, str]
    rendered: list[list[RenderedRows]] = field(default_factory=list)
    sheet: int = 0
    row: int = 1
    expansion: Expansion | None = None
    open_bands: list[tuple[RowBand, Expansion, list[Expansion], int]] = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    least: float = 0.0

    def run(self, book: CompiledWorkbook, context: Mapping[str, object]) -> None:
        self.rendered = [[] for _ in self.layouts]
        self.least = HANDWRITING_HEIGHT if context.get("blank") is True else 0.0
        helpers = {
            "_sheet": self.begin_sheet,
            "_rows": self.place_rows,
            "_band": self.begin_band,
            "_expand": self.begin_expansion,
            "_end": self.end_band,
            "_open": self.open_text,
            "_close": self.close_text,
            "_findings": self.findings,
        }
        chunks = self.chunks
        for chunk in book.jinja.root_render_func(book.jinja.new_context({**context, **helpers})):
            chunks.append(chunk)

    def shows_masked(self) -> bool:
        """Whether a cell holds a masked value, or its text contains one."""
        mark = catalogue(DOCUMENT_LANGUAGE).text("redaction.mark")
        values = (value for sheet in self.rendered for item in sheet for value in item.values or ())
        return any(isinstance(value, str) and mark in value for value in values)

    def begin_sheet(self, number: int) -> None:
        self.sheet, self.row = number, 1
        self.expansion = self.layouts[number].root
        self.findings.sheet = self.names[number]

    def place_rows(self, number: int, *values: object) -> None:
        expansion = self.expansion
        assert expansion is not None
        fixed = self.layouts[self.sheet].bands.fixed_rows[number]
        expansion.positions.append(self.row)
        self.rendered[self.sheet].append(RenderedRows(fixed, self.row, expansion, values))
        self.row += fixed.last - fixed.first + 1

    def begin_band(self, number: int) -> None:
        expansion = self.expansion
        assert expansion is not None
        siblings: list[Expansion] = []
        expansion.positions.append(siblings)
        self.open_bands.append((self.layouts[self.sheet].bands.bands[number], expansion, siblings, self.row))

    def begin_expansion(self, branch: int) -> None:
        band, outer, siblings, _ = self.open_bands[-1]
        body = band.bodies[branch]
        expansion = Expansion(body, outer, siblings)
        siblings.append(expansion)
        self.layouts[self.sheet].expansions.setdefault(id(body), []).append(expansion)
        self.expansion = expansion

    def end_band(self) -> None:
        band, outer, siblings, start = self.open_bands.pop()
        self.expansion = outer
        fixed = band.find_first_fixed_rows()
        if band.kept and self.row == start and fixed is not None:
            collapsed = Expansion(band.bodies[0], outer, siblings, collapsed=self.row)
            siblings.append(collapsed)
            self.rendered[self.sheet].append(RenderedRows(fixed, self.row, collapsed, None))
            self.row += 1

    def open_text(self, cell: str) -> None:
        self.findings.cell = cell
        self.chunks.clear()

    def close_text(self) -> str:
        return "".join(self.chunks)
