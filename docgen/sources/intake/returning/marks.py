"""Colours faulty cells of a workbook by conditional formats, so that the cells' own formats stay unchanged.

The formats are recognised by their formula and removed when the workbook is returned again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docgen.diagnostics import Severity
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import OfficePackage
from docgen.sources.intake.returning.elements import add_element, insert_element, make_element

if TYPE_CHECKING:
    from lxml.etree import _Element

_FORMULA = 'LEN("docgen")=6'
_FILLS: Mapping[Severity, tuple[str, str]] = {
    Severity.ERROR: ("FFFFC7CE", "FF9C0006"),
    Severity.WARNING: ("FFFFEB9C", "FF7F6000"),
}
# the elements that precede conditional formats in a sheet (ECMA-376-1, 18.3.1.99)
_BEFORE = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting",
)  # fmt: skip
_TAIL = (
    *_BEFORE, "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
)  # fmt: skip


def clear_marks(sheet: _Element) -> None:
    """Remove the colours of an earlier return."""
    for block in sheet.findall(name_tag("conditionalFormatting")):
        formulas = block.findall(f"{name_tag('cfRule')}/{name_tag('formula')}")
        if formulas and all(item.text == _FORMULA for item in formulas):
            sheet.remove(block)


def mark_cells(sheet: _Element, cells: Mapping[str, Severity], formats: Mapping[Severity, int]) -> None:
    """Colour cells by severity; ``formats`` are the differential formats of each severity."""
    priorities = [int(rule.get("priority", 0)) for rule in sheet.iter(name_tag("cfRule"))]
    number = max(priorities, default=0)
    for severity in _FILLS:
        marked = [cell for cell, grade in cells.items() if grade is severity]
        if not marked:
            continue
        number += 1
        block = make_element("conditionalFormatting", sqref=" ".join(marked))
        rule = add_element(block, "cfRule", type="expression", dxfId=str(formats[severity]), priority=str(number))
        add_element(rule, "formula").text = _FORMULA
        insert_element(sheet, block, _BEFORE)


def add_formats(styles: _Element) -> dict[Severity, int]:
    """Add the differential formats of the marks to the workbook's styles, if missing."""
    holder = styles.find(name_tag("dxfs"))
    if holder is None:
        holder = make_element("dxfs", count="0")
        before = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles")
        insert_element(styles, holder, before)
    formats: dict[Severity, int] = {}
    for severity, (fill, font) in _FILLS.items():
        index = next((at for at, item in enumerate(holder) if _is_mark(item, fill, font)), None)
        if index is None:
            item = add_element(holder, "dxf")
            add_element(add_element(item, "font"), "color", rgb=font)
            add_element(add_element(add_element(item, "fill"), "patternFill"), "bgColor", rgb=fill)
            index = len(holder) - 1
        formats[severity] = index
    holder.set("count", str(len(holder)))
    return formats


def _is_mark(item: _Element, fill: str, font: str) -> bool:
    colour = item.find(f"{name_tag('font')}/{name_tag('color')}")
    back = item.find(f"{name_tag('fill')}/{name_tag('patternFill')}/{name_tag('bgColor')}")
    return (
        len(item) == 2
        and colour is not None
        and back is not None
        and (colour.get("rgb"), back.get("rgb")) == (font, fill)
    )


def insert_tail(sheet: _Element, element: _Element) -> None:
    """Insert the drawing of notes (``legacyDrawing``) at its position in a sheet."""
    insert_element(sheet, element, _TAIL)


def find_styles(parts: OfficePackage, workbook: str) -> _Element | None:
    """The workbook's styles, if it has any."""
    styles = parts.find_related(workbook, "styles")
    return parts.parse(styles) if styles is not None else None
