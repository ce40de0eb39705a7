"""Rewrites a sheet's XML around its rows: panes, merges, filters, conditional formats and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import write_markup
from docgen.render.xlsx.expansion import find_first_row, find_last_row
from docgen.render.xlsx.patch import Slots, TemplateBook, drop_when_empty
from docgen.render.xlsx.refs import Area, Piece, Placement, parse_areas
from docgen.render.xlsx.rules import Kind, Rule
from docgen.render.xlsx.shapes import follow_corners
from docgen.render.xlsx.spots import EXCEL_MAIN, ReferenceSpot, list_formulas
from docgen.render.xlsx.text import has_tag

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.render.xlsx.bands import BandBody
    from docgen.render.xlsx.sheet import SheetSource

ROWS_MARK = "\ue002"
"""Marks the place of the rows."""
MERGES_MARK = "\ue003"
"""Marks the place of the merges."""
_EXCEL_2009 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_RULES: dict[str, Kind] = {
    name_tag("conditionalFormatting"): "relative",
    name_tag("dataValidation"): "relative",
    name_tag("hyperlink"): "fixed",
    f"{_EXCEL_2009}conditionalFormatting": "relative",
    f"{_EXCEL_2009}dataValidation": "relative",
    f"{_EXCEL_2009}sparkline": "single",
}
# Elements that hold only rules, inner ones first: each is left out with the last of its rules.
_HOLDERS = (
    *(name_tag(name) for name in ("dataValidations", "protectedRanges", "ignoredErrors", "hyperlinks", "cellWatches")),
    *(f"{_EXCEL_2009}{name}" for name in ("conditionalFormattings", "dataValidations")),
    *(f"{_EXCEL_2009}{name}" for name in ("sparklines", "sparklineGroup", "sparklineGroups")),
)
_ROW = re.compile(r"\d+")
# The elements before the merges, in the schema's order; the merges go behind the last of them.
_BEFORE_MERGES = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews"),
)


def read_merges(sheet: SheetSource) -> list[Area]:
    """Read the merged areas of a sheet."""
    merges = sheet.root.find(name_tag("mergeCells"))
    return [] if merges is None else [parse_areas(item.get("ref", ""))[0] for item in merges]


def split_sheet(sheet: SheetSource, book: TemplateBook) -> list[Piece]:
    """Split the sheet's XML into pieces; ROWS_MARK and MERGES_MARK are pieces of their own."""
    slots = Slots()
    root, number = sheet.root, sheet.index
    _drop(root, "dimension")
    for link in root.iter(name_tag("hyperlink")):
        if has_tag(link.get("display", "")):
            link.attrib.pop("display")  # a copy of the cell's text that no program shows
    _mark_merges(root)
    data = root.find(name_tag("sheetData"))
    if data is not None:
        data.text = ROWS_MARK
    if book.any_moves:
        rules = _list_rules(root, number)
        of_rules = {spot.element for rule in rules for spot in rule.formulas}
        for spot in [spot for spot in list_formulas(root) if spot.element not in of_rules]:
            spot.put(book.follow_formula(slots, spot.text, number, place=sheet.name))
        for rule in rules:
            rule.follow(book, slots)
        for source in root.iter(name_tag("dataRef")):
            book.follow_source(slots, source, sheet.name)
    if book.moves(number):
        _follow_view(root, book, slots, number)
        _follow_areas(root, book, slots, number)
        _follow_breaks(root, book, slots, number)
        follow_corners(root, book, slots, number)
    if book.any_moves:
        _drop_empty(root, slots)
    pieces: list[Piece] = []
    for piece in slots.split(write_markup(root)):
        pieces += re.split(f"({ROWS_MARK}|{MERGES_MARK})", piece) if isinstance(piece, str) else [piece]
    return pieces


def _drop(root: _Element, name: str) -> None:
    for element in root.findall(name_tag(name)):
        root.remove(element)


def _mark_merges(root: _Element) -> None:
    _drop(root, "mergeCells")
    before = [child for child in root if child.tag in {name_tag(name) for name in _BEFORE_MERGES}]
    before[-1].tail = MERGES_MARK


def _list_rules(root: _Element, sheet: int) -> list[Rule]:
    rules = []
    for element in root.iter(*_RULES):
        kind = _RULES[str(element.tag)]
        if element.tag == name_tag("hyperlink"):
            where = ReferenceSpot(element, "ref")
        elif element.get("sqref"):
            where = ReferenceSpot(element, "sqref")
        else:
            sqref = element.find(f"{EXCEL_MAIN}sqref")
            if sqref is None:
                continue
            where = ReferenceSpot(sqref)
        rules.append(Rule(element, where, list(list_formulas(element)), kind, sheet))
    return rules


def _follow_view(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    for view in root.iter(name_tag("sheetView"), name_tag("customSheetView")):
        view.attrib.pop("topLeftCell", "")
        for selection in view.iter(name_tag("selection")):
            selection.attrib.pop("activeCell", "")
            selection.attrib.pop("activeCellId", "")
            selection.attrib.pop("sqref", "")
        for pane in view.iter(name_tag("pane")):
            top = pane.get("topLeftCell")
            if top:
                row = int(_ROW.findall(top)[0])
                pane.set("topLeftCell", _ROW.sub("", top) + book.follow_position(slots, row, sheet))
            split = pane.get("ySplit")
            if split and pane.get("state", "split").startswith("frozen"):
                pane.set("ySplit", book.follow_position(slots, int(float(split)) + 1, sheet, -1))


def _follow_areas(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    ranges = {
        "ref": ("autoFilter", "sortState", "sortCondition"),
        "r": ("inputCells", "cellSmartTags"),
        "sourceRef": ("webPublishItem",),
    }
    for attribute, names in ranges.items():
        for element in root.iter(*map(name_tag, names)):
            if element.get(attribute):
                element.set(attribute, book.follow_range(slots, element.get(attribute, ""), sheet))
    for element in list(root.iter(name_tag("protectedRange"), name_tag("ignoredError"))):
        areas = parse_areas(element.get("sqref", ""))
        element.set("sqref", book.follow_areas(slots, element.get("sqref", ""), sheet))
        book.keep_while_rendered(slots, element, areas, sheet)
    for element in list(root.iter(name_tag("cellWatch"))):
        book.repeat_areas(slots, element, "r", sheet)
    views = {name_tag("scenarios"): "sqref", name_tag("sheetPr"): "syncRef"}
    for element in root.iter(*views):
        element.attrib.pop(views[str(element.tag)], "")  # only decides what a program shows
    for element in root.iter(f"{EXCEL_MAIN}sqref"):
        if not _is_followed(element):
            element.text = book.follow_areas(slots, element.text or "", sheet)


def _is_followed(element: _Element) -> bool:
    return "\ue000" in (element.text or "")


def _drop_empty(root: _Element, slots: Slots) -> None:
    """Leave out elements all of whose children can be left out."""
    for name in _HOLDERS:
        for element in list(root.iter(name)):
            if "\ue000" in write_markup(element):
                element.attrib.pop("count", "")
                slots.lift(element, drop_when_empty)
    for extension in list(root.iter(name_tag("ext"))):
        if not len(extension) and "\ue000" in (extension.text or ""):
            slots.lift(extension, drop_when_empty)


def _follow_breaks(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    for breaks in list(root.iter(name_tag("rowBreaks"))):
        for name in ("count", "manualBreakCount"):
            breaks.attrib.pop(name, "")
        for item in list(breaks):
            book.repeat_rows(slots, item, "id", sheet)
        slots.lift(breaks, drop_when_empty)


def write_merges(merges: list[tuple[Area, BandBody]], placement: Placement, sheet: int, vertical: list[Area]) -> str:
    """Write a rendered sheet's merges: the template's for each expansion of their body, and the ``{% vm %}`` ones."""
    layout = placement.layouts[sheet]
    refs = [area.format(area.first, area.last) for area in vertical]
    for area, body in merges:
        for expansion in layout.list_expansions(body):
            first, last = (
                find_first_row(expansion, area.first, area.last),
                find_last_row(expansion, area.first, area.last),
            )
            if first is not None and last is not None and (first < last or area.col1 != area.col2):
                refs.append(area.format(first, last))
    if not refs:
        return ""
    inner = "".join([f'<mergeCell ref="{ref}"/>' for ref in refs])
    return f'<mergeCells count="{len(refs)}">{inner}</mergeCells>'
