"""Writes notes on cells: the part with their texts, and the drawing that Excel needs to show them.

People's notes are kept; those of an earlier return, identified by their author, are removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docgen.ooxml.cells import split_cell
from docgen.ooxml.names import OFFICE_RELATIONS, name_tag
from docgen.ooxml.package import OfficePackage
from docgen.sources.intake.returning.elements import add_element
from docgen.sources.intake.returning.marks import insert_tail

if TYPE_CHECKING:
    from lxml.etree import _Element

AUTHOR = "docgen"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_VML, _OFFICE, _EXCEL = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel"))
_EMPTY_COMMENTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors/><commentList/></comments>'
)
_EMPTY_DRAWING = (
    f'<xml xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = (
    f'<v:shape xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}" id="_x0000_s{{id}}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:80pt;margin-top:5pt;width:240pt;height:{height}pt;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_LINE = 28


def write_notes(parts: OfficePackage, sheet_part: str, notes: Mapping[str, str]) -> None:
    """Put notes on cells of a sheet, replacing those of an earlier return; a person's note keeps its text."""
    comments = parts.find_related(sheet_part, "comments")
    if comments is None:
        if not notes:
            return
        comments = parts.find_free("xl/comments{}.xml")
        parts.put(comments, _EMPTY_COMMENTS.encode())
        parts.declare(comments, _COMMENTS_TYPE)
        parts.relate(sheet_part, f"{OFFICE_RELATIONS}/comments", comments)
    drawing = _find_drawing(parts, sheet_part)
    root = parts.parse(comments)
    removed = _remove_own(root)
    shapes = parts.parse(drawing)
    _remove_shapes(shapes, removed)
    listed = root.find(name_tag("commentList"))
    authors = root.find(name_tag("authors"))
    assert listed is not None
    assert authors is not None
    author = _find_author(authors)
    comments_by_cell = {str(item.get("ref")): item for item in listed}
    first = 1 + max((_read_id(item) for item in shapes), default=1024)
    for number, (cell, text) in enumerate(sorted(notes.items(), key=lambda item: split_cell(item[0]))):
        if cell in comments_by_cell:
            _append_text(comments_by_cell[cell], text)
            continue
        _append_text(add_element(listed, "comment", ref=cell, authorId=str(author)), text)
        shapes.append(_draw_shape(cell, text, first + number))
    listed[:] = sorted(listed, key=lambda item: split_cell(str(item.get("ref"))))


def _find_drawing(parts: OfficePackage, sheet_part: str) -> str:
    """The drawing for the notes of a sheet, created if missing."""
    sheet = parts.parse(sheet_part)
    related = {item.id: item.target for item in parts.list_relations(sheet_part, "vmlDrawing")}
    holder = sheet.find(name_tag("legacyDrawing"))
    if holder is not None:
        return related[str(holder.get(f"{{{OFFICE_RELATIONS}}}id"))]
    drawing = parts.find_free("xl/drawings/vmlDrawing{}.vml")
    parts.put(drawing, _EMPTY_DRAWING.encode())
    parts.declare_suffix("vml", _VML_TYPE)
    rid = parts.relate(sheet_part, f"{OFFICE_RELATIONS}/vmlDrawing", drawing)
    from lxml import etree

    holder = etree.Element(name_tag("legacyDrawing"), {f"{{{OFFICE_RELATIONS}}}id": rid})
    insert_tail(sheet, holder)
    return drawing


def _find_author(authors: _Element) -> int:
    for at, item in enumerate(authors):
        if item.text == AUTHOR:
            return at
    add_element(authors, "author").text = AUTHOR
    return len(authors) - 1


def _remove_own(root: _Element) -> set[str]:
    authors = [item.text for item in root.iterfind(f"{name_tag('authors')}/{name_tag('author')}")]
    listed = root.find(name_tag("commentList"))
    removed: set[str] = set()
    for item in list(listed) if listed is not None else ():
        at = int(item.get("authorId", 0))
        if at < len(authors) and authors[at] == AUTHOR and listed is not None:
            removed.add(str(item.get("ref")))
            listed.remove(item)
    return removed


def _remove_shapes(shapes: _Element, cells: set[str]) -> None:
    places = {split_cell(cell) for cell in cells}
    for shape in list(shapes):
        row, column = shape.find(f".//{{{_EXCEL}}}Row"), shape.find(f".//{{{_EXCEL}}}Column")
        if row is None or column is None:
            continue
        if (int(row.text or 0) + 1, int(column.text or 0) + 1) in places:
            shapes.remove(shape)


def _read_id(shape: _Element) -> int:
    digits = str(shape.get("id", "")).rpartition("_s")[2]
    return int(digits) if digits.isdigit() else 1024


def _draw_shape(cell: str, text: str, number: int) -> _Element:
    from lxml import etree

    row, column = split_cell(cell)
    lines = sum(1 + len(line) // _LINE for line in text.split("\n"))
    places = {"left": column, "right": column + 4, "top": max(row - 2, 0), "bottom": row + lines}
    return etree.fromstring(_SHAPE.format(id=number, height=16 * lines + 12, row=row - 1, column=column - 1, **places))


def _append_text(comment: _Element, text: str) -> None:
    """Add a text to a note, on a line of its own."""
    holder = comment.find(name_tag("text"))
    if holder is None:
        holder = add_element(comment, "text")
    plain = holder.find(name_tag("t"))
    if plain is not None:  # a note can't hold plain text and runs together
        holder.remove(plain)
        _add_run(holder, plain.text or "")
    _add_run(holder, ("\n" if len(holder) else "") + text)


def _add_run(holder: _Element, text: str) -> None:
    run = add_element(holder, "r")
    look = add_element(run, "rPr")
    add_element(look, "sz", val="10")
    add_element(look, "color", indexed="81")
    add_element(look, "rFont", val="宋体")
    add_element(look, "charset", val="134")
    text_element = add_element(run, "t")
    text_element.text = text
    if text != text.strip():
        text_element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
