"""Replaces placeholder pictures: a drawing whose name or alternative text is a tag shows the picture of that tag.

The drawing keeps its position, wrapping and border; the picture fills it as far as its proportions allow. A value that
is no picture leaves the drawing as it is and is printed into its name or alternative text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.ooxml.names import OFFICE_RELATIONS
from docgen.ooxml.xml import quote_attribute
from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import read_only_tag

if TYPE_CHECKING:
    from lxml.etree import _Element

_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"
_A, _WP, _PIC = (f"{{{_DRAWN}/{name}}}" for name in ("main", "wordprocessingDrawing", "picture"))
_R = f"{{{OFFICE_RELATIONS}}}"


def mark_drawings(root: _Element) -> None:
    """Write tags for the picture and its size into each drawing of a part that is named by one tag."""
    for drawing in root.iter(f"{W}drawing"):
        blips = list(drawing.iter(f"{_A}blip"))
        named = list(drawing.iter(f"{_WP}docPr", f"{_PIC}cNvPr"))
        names = [properties.get(name, "") for properties in named for name in ("descr", "title", "name")]
        tags = [
            tag for tag in map(read_only_tag, names) if tag is not None and tag.kind == "print" and tag.level != "p"
        ]
        if tags and len(blips) == 1 and blips[0].get(f"{_R}embed"):
            _write_picture_tags(drawing, blips[0], tags[0].inner)


def _write_picture_tags(drawing: _Element, blip: _Element, expression: str) -> None:
    extent = drawing.find(f".//{_WP}extent")
    if extent is None:
        return
    size = f"{_read_length(extent, 'cx')}, {_read_length(extent, 'cy')}"
    for child in list(blip):
        if child.tag == f"{_A}extLst":  # the same picture as SVG, which Word would prefer
            blip.remove(child)
    if blip.get(f"{_R}link"):
        del blip.attrib[f"{_R}link"]
    crop = blip.getnext()
    if crop is not None and crop.tag == f"{_A}srcRect" and (fill := crop.getparent()) is not None:
        fill.remove(crop)
    blip.set(f"{_R}embed", f"{{{{ ({expression})|_picture({size}, '{blip.get(f'{_R}embed')}') }}}}")
    for element in (extent, *drawing.iterfind(f".//{_PIC}spPr/{_A}xfrm/{_A}ext")):
        element.set("cx", f"{{{{ ({expression})|_across({size}) }}}}")
        element.set("cy", f"{{{{ ({expression})|_down({size}) }}}}")


def _read_length(extent: _Element, name: str) -> int:
    value = extent.get(name, "")
    return int(value) if value.isdecimal() and int(value) else 1


def write_inline_drawing(number: int, rid: str, size: tuple[int, int], description: str) -> str:
    """Write an inline drawing: its id, the relationship to the picture's bytes, its size in EMU, its description."""
    name = f"docgen {number}"
    extent = f'cx="{size[0]}" cy="{size[1]}"'
    described = f" descr={quote_attribute(description)}" if description else ""
    return (
        '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr id="{number}" name="{name}"{described}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}"{described}/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="{rid}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing>"
    )
