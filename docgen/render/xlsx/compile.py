"""Compiles a workbook template: everything that is done once per template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import TemplateError
from docgen.ooxml.members import SMALL, PackedMember, pack_member
from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import PackageError, write_markup
from docgen.render.values.sandbox import RefusedStatementError, Sandbox, make_environment
from docgen.render.xlsx.bands import BandBody, SheetBands
from docgen.render.xlsx.formats import StylePart
from docgen.render.xlsx.heights import measure_rows
from docgen.render.xlsx.notes import extract_notes
from docgen.render.xlsx.package import Workbook, parse_part
from docgen.render.xlsx.parts import prepare_workbook, split_related_parts
from docgen.render.xlsx.patch import TemplateBook, format_fixed
from docgen.render.xlsx.refs import Area, Piece
from docgen.render.xlsx.sheet import SheetSource, TemplateReading, read_sheet
from docgen.render.xlsx.source import JinjaSource, write_source, write_text_source
from docgen.render.xlsx.spread import check_columns, has_repeated_column
from docgen.render.xlsx.stray import find_stray_tags
from docgen.render.xlsx.styles import order_fonts, read_style_part, read_styles, read_widths
from docgen.render.xlsx.tail import read_merges, split_sheet
from docgen.render.xlsx.text import BookText, has_tag, read_strings
from docgen.render.xlsx.values import EPOCH_1900, EPOCH_1904, finalize_value
from docgen.render.xlsx.write import SheetPlan, write_ready

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import Template

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class CompiledWorkbook:
    """A compiled workbook: its sheets, its Jinja template, and its parts in the file's order."""

    epoch: dt.date
    bands: Sequence[SheetBands]
    plans: Sequence[SheetPlan]
    source: JinjaSource
    jinja: Template
    parts: Sequence[PackedMember | tuple[str, SheetPlan | list[Piece]]]
    styles: StylePart | None = None


@cache
def make_xlsx_environment() -> Sandbox:
    """Make the environment of all workbooks, once."""
    # Jinja passes the context to a finalize that is marked with pass_context; its type doesn't know that.
    return make_environment(cast("Callable[[Any], Any]", finalize_value))


def compile_workbook(data: bytes, name: str, *, needs_facts: bool = True) -> CompiledWorkbook:
    """Compile a template; raises TemplateError with all its faults. For ``needs_facts`` see TemplateReading."""
    try:
        package = Workbook(data)
        sources, reading = read_sheets(package, name, needs_facts=needs_facts)
    except PackageError as problem:
        raise TemplateError(error("T201", Location(file=name), template=name)) from problem
    bands = [source.bands if source else SheetBands(BandBody(1, 0, None, None)) for source in sources]
    sheets = [source for source in sources if source is not None]
    book = TemplateBook([sheet.name for sheet in package.sheets], reading.sheets, bands, reading.report, needs_facts)
    _check_references(sheets, book)
    jinja_source = write_source(sheets)
    if has_repeated_column(jinja_source.text):
        check_columns(package, reading.strings, reading.report)
    jinja = None if reading.diagnostics else _compile_source(jinja_source, sheets, reading)
    for sheet in sheets:
        _precompute_formulas(sheet, book)
        rows = [row for fixed in sheet.bands.fixed_rows for row in fixed.rows]
        measure_rows(rows, reading.styles, read_widths(sheet.root), read_merges(sheet))
    plans = [_plan_sheet(sheet, book) for sheet in sheets]
    epoch = EPOCH_1904 if package.is_1904 else EPOCH_1900
    changed: dict[str, SheetPlan | list[Piece]] = {package.workbook: prepare_workbook(package, book)}
    changed.update(split_related_parts(package, book, epoch))
    changed.update({plan.part: plan for plan in plans})
    _blank_strings(package, reading.strings)
    texts = {
        part: format_fixed(content.pieces if isinstance(content, SheetPlan) else content)
        for part, content in changed.items()
    }
    reading.diagnostics += find_stray_tags(package, texts, name)
    if reading.diagnostics or jinja is None:
        raise TemplateError(*reading.diagnostics)
    parts = [_pack_part(part, content, changed) for part, content in package.parts.items()]
    styles = read_style_part(package, reading.styles)
    return CompiledWorkbook(epoch, bands, plans, jinja_source, jinja, parts, styles)


def read_sheets(
    package: Workbook, name: str, *, needs_facts: bool = True
) -> tuple[list[SheetSource | None], TemplateReading]:
    """Read every sheet of a template; faults are collected in the reading's diagnostics."""
    numbers = {sheet.name.lower(): number for number, sheet in enumerate(package.sheets)}
    order_fonts(package)
    reading = TemplateReading(name, read_strings(package), read_styles(package), numbers, needs_facts=needs_facts)
    sources: list[SheetSource | None] = []
    for number, sheet in enumerate(package.sheets):
        if not sheet.part:
            sources.append(None)
            continue
        facts = extract_notes(package, sheet.part) if needs_facts else {}
        sources.append(read_sheet(package, number, reading, facts))
    return sources, reading


def _check_references(sheets: Sequence[SheetSource], book: TemplateBook) -> None:
    for sheet in sheets:
        for cell, body in sheet.walk_tagged():
            if cell.formula is None:
                continue
            book.check(cell.formula, sheet.index, cell.name)
            book.keep(cell.formula, sheet.index, body)


def _plan_sheet(sheet: SheetSource, book: TemplateBook) -> SheetPlan:
    merges = [(area, _find_merge_body(area, sheet.bands)) for area in read_merges(sheet)]
    vertical = {}
    for cell, _ in sheet.walk_tagged():
        if cell.merged:
            own = next((m for m in merges if m[0].first == cell.row and m[0].col1 == cell.column), None)
            if own is not None:
                merges.remove(own)
            vertical[id(cell)] = own[0] if own is not None else Area(cell.column, cell.row, cell.column, cell.row)
    for area, body in merges:
        sheet.bands.keep_bands(area.first, area.last, body)
    pieces = split_sheet(sheet, book)
    ready = {fixed.index: text for fixed in sheet.bands.fixed_rows if (text := write_ready(fixed)) is not None}
    return SheetPlan(sheet.name, sheet.index, sheet.part, sheet.bands, pieces, merges, vertical, ready)


def _precompute_formulas(sheet: SheetSource, book: TemplateBook) -> None:
    for fixed in sheet.bands.fixed_rows:
        in_loop = any(body.band and body.band.is_loop for body in sheet.bands.find_body(fixed.first).ancestors())
        for row in fixed.rows:
            for cell in row.tagged:
                if cell.formula is not None:
                    cell.formula = cell.formula.precompute(fixed.holds, in_loop, book.moves)


def _find_merge_body(area: Area, bands: SheetBands) -> BandBody:
    """Find the innermost body that holds all of a merge's rows."""
    return next(body for body in bands.find_body(area.first).ancestors() if body.holds(area.last))


def _blank_strings(package: Workbook, strings: Sequence[BookText]) -> None:
    """Empty the shared strings with tags: no cell of a document shows them."""
    relation = package.find_related(package.workbook, "sharedStrings")
    if relation is None:
        return
    root = parse_part(package.parts[relation])
    root.attrib.pop("count", "")
    root.attrib.pop("uniqueCount", "")
    for text, item in zip(strings, root.iterchildren(name_tag("si")), strict=True):
        if has_tag(text.plain):
            item[:] = [item.makeelement(name_tag("t"))]
    for shown in root.iter(name_tag("t")):
        # LibreOffice writes xml:space at every text; Excel needs it only for white space at the ends.
        if shown.text is None or shown.text == shown.text.strip():
            shown.attrib.pop(_SPACE, "")
    package.parts[relation] = write_markup(root).encode()


def _compile_source(source: JinjaSource, sheets: Sequence[SheetSource], reading: TemplateReading) -> Template | None:
    from jinja2 import TemplateSyntaxError

    environment = make_xlsx_environment()
    try:
        code = environment.compile(source.text, reading.file, None)
    except TemplateSyntaxError as problem:
        _compile_cells(sheets, reading)
        if not reading.diagnostics:
            reading.diagnostics.append(_describe_problem(problem, source.locate(problem.lineno), reading.file))
        return None
    _compile_cells(sheets, reading, only_statements=True)
    return environment.template_class.from_code(environment, code, environment.globals)


def _compile_cells(sheets: Sequence[SheetSource], reading: TemplateReading, *, only_statements: bool = False) -> None:
    """Compile each tag alone, to find every fault; statements that don't end in their own cell are one, too."""
    for sheet in sheets:
        for band in sheet.bands.bands:
            for body in band.bodies if not only_statements else ():
                marker = body.marker
                if marker is not None and marker.word in ("for", "if"):
                    source = f"{{% {marker.word} {marker.rest} %}}{{% end{marker.word} %}}"
                    _compile_cell(source, (sheet.name, marker.cell), reading)
        for cell, _ in sheet.walk_tagged():
            if cell.kind == "text" and (not only_statements or "{%" in cell.source):
                _compile_cell(write_text_source(cell.source), (sheet.name, cell.name), reading)
            elif cell.kind != "text" and not only_statements:
                _compile_cell(f"{{{{ ({cell.source}) }}}}", (sheet.name, cell.name), reading)


def _compile_cell(source: str, place: tuple[str, str], reading: TemplateReading) -> None:
    from jinja2 import TemplateSyntaxError

    try:
        make_xlsx_environment().compile(source)
    except TemplateSyntaxError as problem:
        reading.diagnostics.append(_describe_problem(problem, place, reading.file))


def _describe_problem(problem: Exception, place: tuple[str, str], file: str) -> Diagnostic:
    location = Location("xlsx", file=file, sheet=place[0], cell=place[1])
    message = str(getattr(problem, "message", problem))
    if isinstance(problem, RefusedStatementError):
        return error("T204", location, statement=message)
    return error("T203", location, problem=message)


def _pack_part(
    part: str, content: bytes, changed: Mapping[str, SheetPlan | list[Piece]]
) -> PackedMember | tuple[str, SheetPlan | list[Piece]]:
    prepared = changed.get(part)
    if prepared is None:
        return pack_member(part, content, SMALL)
    if isinstance(prepared, SheetPlan):
        return part, prepared
    if all(isinstance(piece, str) for piece in prepared):
        return pack_member(part, "".join(piece for piece in prepared if isinstance(piece, str)).encode(), SMALL)
    return part, prepared
