"""Finds layout that differs in WPS or on paper: fonts, page margins, tables, tables of contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.content.docx.styles import TextStyles, read_styles
from docgen.diagnostics import Diagnostic, Location, Param, Term, warning
from docgen.render.docx.tree.joining import read_own_text
from docgen.render.docx.wordml.measure import W
from docgen.render.scan.docx import DocxPart, DocxSource, iterate_paragraphs, locate_paragraph
from docgen.render.scan.fonts import find_font_faults

if TYPE_CHECKING:
    from lxml.etree import _Element

_TWIPS_PER_MM = 1440 / 25.4
_OFFICIAL_MARGINS = {"top": 37, "left": 28, "right": 26, "bottom": 35}
"""Millimetres, GB/T 9704—2012, 5.2.1."""
_TOLERANCE_MM = 0.5


def check_layout(source: DocxSource, is_report: bool) -> list[Diagnostic]:
    """Check the layout of a Word template; a report must have the margins of official documents."""
    warnings = list(find_font_faults(source))
    styles = read_styles(source.styles)
    for part in source.parts:
        locator = _Locator(source, part)
        warnings += _find_exact_spacing(part, locator, styles)
        warnings += _find_loose_tables(part, locator)
        warnings += _find_contents(part, locator)
    if is_report:
        warnings += _find_margins(source.main, _Locator(source, source.main))
    return warnings


class _Locator:
    """Locates the elements of a part: by their paragraph, or the first paragraph in them."""

    def __init__(self, source: DocxSource, part: DocxPart) -> None:
        self.source = source
        self.part = part
        self.numbers = {paragraph: number for number, paragraph in iterate_paragraphs(part)}

    def locate(self, element: _Element) -> Location:
        paragraph = element if element.tag == f"{W}p" else next(element.iterancestors(f"{W}p"), None)
        if paragraph is None:
            paragraph = next(element.iter(f"{W}p"), None)
        if paragraph is None:
            paragraph = self._find_last_before(element)
        if paragraph is None:
            return Location("docx", file=self.source.file, part=self.part.name)
        return locate_paragraph(self.source, self.part, self.numbers[paragraph], read_own_text(paragraph))

    def _find_last_before(self, element: _Element) -> _Element | None:
        """Find the last paragraph before an element: section properties stand behind the document's last paragraph."""
        for sibling in element.itersiblings(preceding=True):
            inner = list(sibling.iter(f"{W}p"))
            if inner:
                return inner[-1]
        return None


def _read_rule(properties: _Element | None) -> str | None:
    spacing = None if properties is None else properties.find(f"{W}spacing")
    if spacing is None or spacing.get(f"{W}line") is None:
        return None
    return str(spacing.get(f"{W}lineRule", "auto"))


def _find_exact_spacing(part: DocxPart, locator: _Locator, styles: TextStyles) -> Iterator[Diagnostic]:
    for table in part.root.iter(f"{W}tbl"):
        exact = [paragraph for paragraph in table.iter(f"{W}p") if _is_exact(paragraph, styles)]
        own = [paragraph for paragraph in exact if next(paragraph.iterancestors(f"{W}tbl")) is table]
        if own:
            yield warning("T325", locator.locate(own[0]), count=len(own))


def _is_exact(paragraph: _Element, styles: TextStyles) -> bool:
    properties = paragraph.find(f"{W}pPr")
    stated = (properties, *(style.find(f"{W}pPr") for style in styles.chain(styles.style_of(properties))))
    return next((rule for rule in map(_read_rule, stated) if rule is not None), None) == "exact"


def _find_loose_tables(part: DocxPart, locator: _Locator) -> Iterator[Diagnostic]:
    for table in part.root.iter(f"{W}tbl"):
        lacks: list[str] = []
        columns = table.findall(f"{W}tblGrid/{W}gridCol")
        if not columns or not all(column.get(f"{W}w") not in (None, "0") for column in columns):
            lacks.append("grid")
        cells = [cell for row in table.iterfind(f"{W}tr") for cell in row.iterfind(f"{W}tc")]
        if any(not _has_width(cell) for cell in cells):
            lacks.append("widths")
        layout = table.find(f"{W}tblPr/{W}tblLayout")
        if layout is None or layout.get(f"{W}type") != "fixed":
            lacks.append("fixed")
        if lacks:
            yield warning("T326", locator.locate(table), lacks=_list_terms([f"scan.table.{name}" for name in lacks]))


def _has_width(cell: _Element) -> bool:
    width = cell.find(f"{W}tcPr/{W}tcW")
    return (
        width is not None and width.get(f"{W}type", "dxa") in ("dxa", "pct") and width.get(f"{W}w") not in (None, "0")
    )


def _find_contents(part: DocxPart, locator: _Locator) -> Iterator[Diagnostic]:
    for element in part.root.iter(f"{W}fldSimple", f"{W}instrText"):
        instruction = element.get(f"{W}instr") if element.tag == f"{W}fldSimple" else element.text
        if (instruction or "").split()[:1] == ["TOC"]:
            yield warning("T327", locator.locate(element))


def _find_margins(part: DocxPart, locator: _Locator) -> Iterator[Diagnostic]:
    for section in part.root.iter(f"{W}sectPr"):
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        if margins is None or (size is not None and size.get(f"{W}orient") == "landscape"):
            continue
        wrong: list[Param] = []
        for side, wanted in _OFFICIAL_MARGINS.items():
            actual = float(margins.get(f"{W}{side}", "0")) / _TWIPS_PER_MM
            if abs(actual - wanted) > _TOLERANCE_MM:
                wrong.append(Term(f"scan.margin.{side}", {"given": f"{actual:.1f}", "wanted": wanted}))
        if wrong:
            yield warning("T324", locator.locate(section), sides=_join_terms(wrong))


def _list_terms(keys: list[str]) -> Param:
    return _join_terms([Term(key) for key in keys])


def _join_terms(terms: list[Param]) -> Param:
    if len(terms) == 1:
        return terms[0]
    return Term("scan.listed", {"first": terms[0], "rest": _join_terms(terms[1:])})
