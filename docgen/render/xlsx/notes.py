"""Extracts the notes whose whole text is a tag: they give the value of a formula, and leave the template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.cells import split_cell
from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import local_name, write_markup
from docgen.render.xlsx.package import Workbook, parse_drawing, parse_part, write_drawing
from docgen.render.xlsx.text import read_expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

_AUTHOR = re.compile(r"\s*[^\n{}]*[:：][ \t]*\n")
_LEGACY = re.compile(rb"<(?:\w+:)?legacyDrawing\b[^>]*?(?:/>|>\s*</(?:\w+:)?legacyDrawing>)")


def extract_notes(package: Workbook, sheet_part: str) -> dict[str, str]:
    """Remove the notes that are a tag from a sheet; returns their expressions by cell.

    Excel begins a note with its author's name on a line of its own, which is ignored. Other notes stay.
    """
    comments = package.find_related(sheet_part, "comments")
    if comments is None:
        return {}
    root = parse_part(package.parts[comments])
    notes = root.find(name_tag("commentList"))
    facts: dict[str, str] = {}
    if notes is None:
        return {}
    for note in list(notes):
        text = "".join(item.text or "" for item in note.iter(name_tag("t")))
        expression = read_expression(_AUTHOR.sub("", text, count=1)) or read_expression(text)
        if expression is not None:
            facts[note.get("ref", "")] = expression
            notes.remove(note)
    if not facts:
        return {}
    if len(notes):
        package.parts[comments] = write_markup(root).encode()
    else:
        package.unrelate(sheet_part, "comments", comments)
    for drawing in package.list_relations(sheet_part, "vmlDrawing"):
        if drawing.target in package.parts:
            _remove_shapes(package, sheet_part, drawing.target, facts)
    return facts


def find_note_cell(shape: _Element) -> tuple[int, int] | None:
    """Find the column and row (both from 1) of a note's shape; None for another shape."""
    data = next((child for child in shape if local_name(child) == "ClientData"), None)
    if data is None or data.get("ObjectType") != "Note":
        return None
    numbers = {local_name(child): int(child.text or 0) for child in data if local_name(child) in ("Row", "Column")}
    return numbers.get("Column", 0) + 1, numbers.get("Row", 0) + 1


def list_shapes(root: _Element) -> list[_Element]:
    """List the shapes of a VML part: notes, form controls, pictures, whatever their element."""
    shapes: list[_Element] = []
    for item in root.iter():
        name, parent = local_name(item), item.getparent()
        if name == "shape":
            shapes.append(item)
        elif name == "ClientData" and parent is not None and local_name(parent) != "shape":
            shapes.append(parent)
    return shapes


def _remove_shapes(package: Workbook, sheet_part: str, drawing: str, cells: Iterable[str]) -> None:
    places = {split_cell(cell)[::-1] for cell in cells}
    root = parse_drawing(package.parts[drawing])
    shapes = list_shapes(root)
    removed = [shape for shape in shapes if find_note_cell(shape) in places]
    for shape in removed:
        parent = shape.getparent()
        if parent is not None:
            parent.remove(shape)
    if len(removed) < len(shapes):
        package.parts[drawing] = write_drawing(root).encode()
        return
    package.unrelate(sheet_part, "vmlDrawing", drawing)
    package.parts[sheet_part] = _drop_legacy(package.parts[sheet_part])


def _drop_legacy(sheet: bytes) -> bytes:
    """Remove a sheet's reference to its notes' drawing; a sheet in another encoding (UTF-16) must be parsed for it."""
    changed = _LEGACY.sub(b"", sheet, count=1)
    if changed != sheet:
        return changed
    root = parse_part(sheet)
    for element in root.findall(name_tag("legacyDrawing")):
        root.remove(element)
    return write_markup(root).encode()
