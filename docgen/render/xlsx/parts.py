"""The parts around a workbook's sheets that name rows: names, drawings, charts, tables and remaining notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.ooxml.names import name_tag
from docgen.ooxml.package import Relation
from docgen.ooxml.xml import local_name, write_markup
from docgen.render.xlsx.charts import follow_chart
from docgen.render.xlsx.notes import find_note_cell, list_shapes
from docgen.render.xlsx.package import Workbook, parse_part
from docgen.render.xlsx.patch import Book, Slots
from docgen.render.xlsx.refs import Area, Piece, parse_areas

if TYPE_CHECKING:
    import datetime as dt

    from lxml.etree import _Element

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def prepare_workbook(package: Workbook, book: Book) -> list[Piece]:
    """The workbook's own part: every name follows, and everything is calculated anew when it is opened."""
    slots = Slots()
    root = package.book
    properties = root.find(name_tag("workbookPr"))
    if properties is not None:
        # Said by LibreOffice, unknown to the schema that others hold to, and without meaning for days after 1900.
        properties.attrib.pop("dateCompatibility", "")
    calculation = root.find(name_tag("calcPr"))
    if calculation is not None:
        calculation.set("fullCalcOnLoad", "1")
    for name in root.iterfind(f"{name_tag('definedNames')}/{name_tag('definedName')}"):
        if book.any_moves:
            name.text = book.follow_formula(slots, name.text or "", int(name.get("localSheetId", "0")))
    chain = package.find_related(package.workbook, "calcChain")
    if chain is not None:
        package.unrelate(package.workbook, "calcChain", chain)
    if calculation is None:
        names = root.find(name_tag("definedNames"))
        before = names if names is not None else root.find(name_tag("sheets"))
        assert before is not None
        element = root.makeelement(name_tag("calcPr"), {"fullCalcOnLoad": "1"})
        following = before.getnext()
        while following is not None and following.tag in (name_tag("functionGroups"), name_tag("externalReferences")):
            before, following = following, following.getnext()
        before.addnext(element)
    return slots.split(write_markup(root))


def split_related_parts(package: Workbook, book: Book, epoch: dt.date) -> dict[str, list[Piece]]:
    """The parts that belong to sheets and name rows, in pieces."""
    pieces: dict[str, list[Piece]] = {}
    for number, sheet in enumerate(package.sheets):
        for relation in package.list_relations(sheet.part) if sheet.part else []:
            if relation.target in package.parts and relation.target not in pieces:
                pieces.update(_split_part(package, book, relation, number, epoch))
    charts = [name for name in package.parts if name.startswith("xl/charts/chart") and name not in pieces]
    for name in charts:
        pieces.update(_split_chart(package, book, name, epoch))
    return pieces


def _split_part(
    package: Workbook, book: Book, relation: Relation, sheet: int, epoch: dt.date
) -> dict[str, list[Piece]]:
    follow = {
        "drawing": _follow_drawing,
        "table": _follow_table,
        "comments": _follow_comments,
        "vmlDrawing": _follow_shapes,
    }.get(relation.kind)
    if follow is None:
        return {}
    found: dict[str, list[Piece]] = {}
    if relation.kind == "drawing":
        for chart in package.list_relations(relation.target):
            if chart.kind == "chart" and chart.target in package.parts:
                found.update(_split_chart(package, book, chart.target, epoch))
    if book.moves(sheet):
        slots = Slots()
        root = parse_part(package.parts[relation.target])
        follow(root, book, slots, sheet)
        found[relation.target] = slots.split(write_markup(root))
    return found


def _split_chart(package: Workbook, book: Book, name: str, epoch: dt.date) -> dict[str, list[Piece]]:
    slots = Slots()
    root = parse_part(package.parts[name])
    follow_chart(root, book, slots, epoch)
    return {name: slots.split(write_markup(root))} if slots.fills else {}


def _follow_drawing(root: _Element, book: Book, slots: Slots, sheet: int) -> None:
    for row in root.iter(f"{_DRAWING}row"):
        row.text = book.follow_position(slots, int(row.text or 0) + 1, sheet, -1)


def _follow_table(root: _Element, book: Book, slots: Slots, sheet: int) -> None:
    for element in root.iter(*map(name_tag, ("table", "autoFilter", "sortState", "sortCondition"))):
        if element.get("ref"):
            element.set("ref", book.follow_range(slots, element.get("ref", ""), sheet))


def _follow_comments(root: _Element, book: Book, slots: Slots, sheet: int) -> None:
    for note in list(root.iter(name_tag("comment"))):
        areas = parse_areas(note.get("ref", ""))
        row = areas[0].first
        note.set("ref", areas[0].col1 + book.follow_position(slots, row, sheet))
        book.keep_while_rendered(slots, note, areas, sheet)


def _follow_shapes(root: _Element, book: Book, slots: Slots, sheet: int) -> None:
    for shape in list_shapes(root):
        place = find_note_cell(shape)
        if place is None:
            continue
        row = place[1]
        for element in shape.iter():
            tag = local_name(element)
            if tag == "Row":
                element.text = book.follow_position(slots, row, sheet, -1)
            elif tag == "Anchor":
                # Column, offset, row, offset of one corner, then of the other; the rows keep their distance.
                numbers = [part.strip() for part in (element.text or "").split(",")]
                for at in (2, 6):
                    if len(numbers) == 8:
                        numbers[at] = book.follow_position(slots, row, sheet, int(numbers[at]) - row)
                element.text = ", ".join(numbers)
        book.keep_while_rendered(slots, shape, [Area("A", row, "A", row)], sheet)
