"""Finds the references to cells in a part's XML, of any program and edition of the format.

The updates for repeated rows and for repeated columns both use it, so that both know the same kinds of references.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.names import OFFICE_RELATIONS
from docgen.ooxml.xml import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
EXCEL_MAIN = "{http://schemas.microsoft.com/office/excel/2006/main}"
_CHART_2013 = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
# Cells, conditional formats, validations, charts and sparklines; names; tables; form controls of VML.
_FORMULA_TEXTS = frozenset(
    (
        *("f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"),
        *("FmlaLink", "FmlaRange", "FmlaTxbx", "FmlaPict", "FmlaGroup"),
    )
)
# Text boxes, camera pictures, form controls and ActiveX.
_FORMULA_ATTRIBUTES = (
    *("textlink", "cellRange", "fmlaLink", "fmlaRange", "fmlaTxbx", "fmlaGroup"),
    *("linkedCell", "listFillRange"),
)
_AREAS = {
    "ref": frozenset(
        (
            *("dimension", "mergeCell", "hyperlink", "autoFilter", "sortState", "sortCondition", "table", "location"),
            *("comment", "threadedComment", "oleSize"),
        )
    ),
    "sqref": frozenset(("conditionalFormatting", "dataValidation", "protectedRange", "ignoredError", "selection")),
    "r": frozenset(("cellWatch", "inputCells", "cellSmartTags", "singleXmlCell")),
    "topLeftCell": frozenset(("pane", "sheetView", "customSheetView")),
    "activeCell": frozenset(("selection",)),
}


@dataclass(frozen=True, slots=True)
class ReferenceSpot:
    """The place of a reference: an attribute of an element, or the element's text where ``attribute`` is empty."""

    element: _Element
    attribute: str = ""

    @property
    def text(self) -> str:
        """The text at the place."""
        return (self.element.get(self.attribute) if self.attribute else self.element.text) or ""

    def put(self, text: str) -> None:
        """Replace the text at the place."""
        if self.attribute:
            self.element.set(self.attribute, text)
        else:
            self.element.text = text


def list_formulas(root: _Element) -> Iterator[ReferenceSpot]:
    """Find every formula below an element; links to other files are none."""
    for element in root.iter():
        name = local_name(element)
        if name in _FORMULA_TEXTS or element.tag == f"{_CHART_2013}sqref":
            if element.text and not len(element):
                yield ReferenceSpot(element)
        elif name == "cfvo":
            if element.get("val"):
                yield ReferenceSpot(element, "val")
        elif name == "hyperlink":
            place = element.get("location", "")
            # exceljs gives a link inside the workbook a relationship, too
            if place.startswith("#") or (place and not element.get(f"{{{OFFICE_RELATIONS}}}id")):
                yield ReferenceSpot(element, "location")
        else:
            yield from (ReferenceSpot(element, key) for key in _FORMULA_ATTRIBUTES if element.get(key))


def list_areas(root: _Element) -> Iterator[ReferenceSpot]:
    """Find every reference to cells and areas without a sheet; those in formulas aren't among them."""
    for element in root.iter():
        name = local_name(element)
        if element.tag == f"{EXCEL_MAIN}sqref":
            yield ReferenceSpot(element)
        yield from (ReferenceSpot(element, key) for key, names in _AREAS.items() if name in names and element.get(key))


def list_anchor_numbers(shape: _Element) -> list[str]:
    """List the numbers of a VML anchor: column, offset, row, offset of each corner; [] for another anchor."""
    numbers = [part.strip() for part in (shape.text or "").split(",")]
    return numbers if len(numbers) == 8 else []
