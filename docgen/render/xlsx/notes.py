"""Notes whose whole text is a tag: they tell a formula's value and are taken out of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

import re

from docgen.render.xlsx.columns import number_column
from docgen.render.xlsx.package import Package, Relation, main, parse_xml, write_xml
from docgen.render.xlsx.tags import read_expression

_AUTHOR = re.compile(r"\s*[^\n{}]*[:：][ \t]*\n")
_LEGACY = re.compile(rb"<(?:\w+:)?legacyDrawing\b[^>]*?(?:/>|>\s*</(?:\w+:)?legacyDrawing>)")
_CELL = re.compile(r"([A-Z]+)(\d+)")


def take_notes(package: Package, sheet_part: str) -> dict[str, str]:
    """Take the notes that are a tag out of a sheet; returns their expressions by cell.

    Excel begins a note with its author's name on a line of its own: that line doesn't count. Other notes stay.
    """
    comments = package.find_related(sheet_part, "comments")
    if comments is None:
        return {}
    root = parse_xml(package.parts[comments.target])
    notes = root.find(main("commentList"))
    facts: dict[str, str] = {}
    if notes is None:
        return {}
    for note in list(notes):
        text = "".join(item.text or "" for item in note.iter(main("t")))
        expression = read_expression(_AUTHOR.sub("", text, count=1)) or read_expression(text)
        if expression is not None:
            facts[note.get("ref", "")] = expression
            notes.remove(note)
    if not facts:
        return {}
    if len(notes):
        package.parts[comments.target] = write_xml(root).encode()
    else:
        package.remove_part(sheet_part, "comments", comments.target)
    for drawing in package.list_relations(sheet_part):
        if drawing.kind == "vmlDrawing" and drawing.target in package.parts:
            _remove_shapes(package, sheet_part, drawing, set(facts))
    return facts


def find_note_cell(shape: _Element) -> tuple[int, int] | None:
    """The column and row (both from 1) that a note's shape belongs to; None for another shape."""
    data = next((child for child in shape if local_name(child) == "ClientData"), None)
    if data is None or data.get("ObjectType") != "Note":
        return None
    numbers = {local_name(child): int(child.text or 0) for child in data if local_name(child) in ("Row", "Column")}
    return numbers.get("Column", 0) + 1, numbers.get("Row", 0) + 1


def list_shapes(root: _Element) -> list[_Element]:
    """The shapes of a VML part."""
    return [item for item in root.iter() if local_name(item) == "shape"]


def local_name(element: _Element) -> str:
    """Name an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _remove_shapes(package: Package, sheet_part: str, drawing: Relation, cells: set[str]) -> None:
    places = set()
    for cell in cells:
        match = _CELL.fullmatch(cell)
        if match is not None:
            places.add((number_column(match[1]), int(match[2])))
    root = parse_xml(package.parts[drawing.target])
    shapes = list_shapes(root)
    gone = [shape for shape in shapes if find_note_cell(shape) in places]
    for shape in gone:
        parent = shape.getparent()
        if parent is not None:
            parent.remove(shape)
    if len(gone) < len(shapes):
        package.parts[drawing.target] = write_xml(root).encode()
        return
    package.remove_part(sheet_part, "vmlDrawing", drawing.target)
    package.parts[sheet_part] = _LEGACY.sub(b"", package.parts[sheet_part], count=1)
