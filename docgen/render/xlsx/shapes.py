"""Updates drawings, form controls, notes and tables: their positions, and the cells that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_cell, number_column
from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import find_child, local_name
from docgen.render.xlsx.charts import format_cell_text
from docgen.render.xlsx.formulas import UnreadableFormulaError, parse_formula
from docgen.render.xlsx.notes import find_note_cell, list_shapes
from docgen.render.xlsx.patch import escape_value
from docgen.render.xlsx.refs import Area, Placement, parse_areas, resolve_rows
from docgen.render.xlsx.spots import DRAWING, list_anchor_numbers, list_formulas

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.render.xlsx.formulas import CellReference
    from docgen.render.xlsx.patch import Fill, Slots, TemplateBook
    from docgen.render.xlsx.spots import ReferenceSpot

_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_COMMENTS = ("comment", "threadedComment")


def follow_corners(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update the corners of everything that is anchored to cells."""
    for row in root.iter(f"{DRAWING}row"):
        row.text = book.follow_position(slots, int(row.text or 0) + 1, sheet, -1)


def follow_drawing(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update the shapes of a sheet, or of a chart on it, and the cells that they show."""
    for spot in list(list_formulas(root)):
        place = find_corner(spot.element)
        if spot.attribute == "textlink":
            _show_value(spot, book, slots, sheet)
        spot.put(book.follow_formula(slots, spot.text, sheet, place=place))
    if book.moves(sheet):
        follow_corners(root, book, slots, sheet)


def find_corner(element: _Element) -> str:
    """Find the cell of a shape's upper left corner; '' for a shape without one."""
    for item in (element, *element.iterancestors()):
        corner = find_child(item, "from")
        row, column = find_child(corner, "row"), find_child(corner, "col")
        if row is not None and column is not None:
            return name_cell(int(row.text or 0) + 1, int(column.text or 0) + 1)
    return ""


def _show_value(spot: ReferenceSpot, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Write a cell's text into the text box that shows it, as Excel stores it."""
    try:
        references = parse_formula(spot.text.removeprefix("="), sheet, book.numbers).references
    except UnreadableFormulaError:
        return
    texts = [text for field in spot.element.iter(f"{_ART}fld") for text in field.iter(f"{_ART}t")]
    if len(references) == 1 and references[0].col1:
        for at, text in enumerate(texts):
            text.text = "" if at else slots.put(_look_up(references[0]))


def _look_up(reference: CellReference) -> Fill:
    column = number_column(reference.col1.strip("$"))

    def fill(placement: Placement) -> str:
        rows = resolve_rows(reference, placement.layouts, None)
        value = None if rows is None else placement.look_up(reference.sheet, column, rows[0])
        return escape_value(format_cell_text(value))

    return fill


def follow_links(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update the cells that a form control reads and writes."""
    for spot in list(list_formulas(root)):
        spot.put(book.follow_formula(slots, spot.text, sheet))


def follow_comments(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update the notes of a sheet, and its threaded comments."""
    if not book.moves(sheet):
        return
    for note in [item for item in root.iter() if local_name(item) in _COMMENTS]:
        areas = parse_areas(note.get("ref", ""))
        row = areas[0].first
        note.set("ref", areas[0].col1 + book.follow_position(slots, row, sheet))
        for corner in note.iter(f"{DRAWING}row"):
            corner.text = book.follow_position(slots, row, sheet, int(corner.text or 0) - row)
        book.keep_while_rendered(slots, note, areas, sheet)


def follow_table(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update a table: its rows grow, its header and its totals stay one row each."""
    name = root.get("displayName") or root.get("name") or ""
    area = parse_areas(root.get("ref", ""))[0]
    head, foot = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    for spot in list(list_formulas(root)):
        spot.put(book.follow_formula(slots, spot.text, sheet, area.first + head, name))
    if not book.moves(sheet):
        return
    book.check_whole(area.first, area.last, sheet, name, growing=True)
    for element in root.iter(*map(name_tag, ("table", "autoFilter", "sortState", "sortCondition"))):
        if element.get("ref"):
            whole = element.tag == root.tag
            ref = element.get("ref", "")
            element.set("ref", book.follow_range(slots, ref, sheet, head, foot if whole else 0))


def follow_shapes(root: _Element, book: TemplateBook, slots: Slots, sheet: int) -> None:
    """Update the shapes of a VML drawing: notes, buttons and boxes."""
    for shape in list_shapes(root):
        place = find_note_cell(shape)
        anchors = [element for element in shape.iter() if local_name(element) == "Anchor"]
        numbers = list_anchor_numbers(anchors[0]) if anchors else []
        corner = name_cell(int(numbers[2]) + 1, int(numbers[0]) + 1) if numbers else ""
        for spot in list(list_formulas(shape)):
            spot.put(book.follow_formula(slots, spot.text, sheet, place=corner))
        if not book.moves(sheet):
            continue
        for at in (2, 6) if numbers else ():
            row = int(numbers[at])
            # A note's corners keep their distance from its cell; other shapes follow the row that they begin in.
            begin = place[1] if place is not None else row + 1
            numbers[at] = book.follow_position(slots, begin, sheet, row - begin)
        if numbers:
            anchors[0].text = ", ".join(numbers)
        if place is not None:
            for element in [item for item in shape.iter() if local_name(item) == "Row"]:
                element.text = book.follow_position(slots, place[1], sheet, -1)
            book.keep_while_rendered(slots, shape, [Area("A", place[1], "A", place[1])], sheet)
