"""Pictures that a template holds for others: a drawing whose name or alternative text is one tag shows what it gives.

The drawing keeps its place, its wrapping and its border; the picture fills it as far as its proportions allow. A value
that is no picture leaves the drawing as it is and is printed into its name or alternative text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.ooxml.names import OFFICE_RELATIONS
from docgen.render.docx.measure import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"
_A, _WP, _PIC = (f"{{{_DRAWN}/{name}}}" for name in ("main", "wordprocessingDrawing", "picture"))
_R = f"{{{OFFICE_RELATIONS}}}"
_TAG = re.compile(r"\s*\{\{-?(?!p\s)(?:r\s)?\s*((?:(?!\}\}).)+?)\s*-?\}\}\s*", re.DOTALL)


def mark_drawings(root: _Element) -> None:
    """Let the drawings of a part that are named by a tag ask for their picture."""
    for drawing in root.iter(f"{W}drawing"):
        blips = list(drawing.iter(f"{_A}blip"))
        named = list(drawing.iter(f"{_WP}docPr", f"{_PIC}cNvPr"))
        names = [properties.get(name, "") for properties in named for name in ("descr", "title", "name")]
        tag = next((found for found in map(_TAG.fullmatch, names) if found is not None), None)
        if tag is not None and len(blips) == 1 and blips[0].get(f"{_R}embed"):
            _ask_for_picture(drawing, blips[0], tag[1])


def _ask_for_picture(drawing: _Element, blip: _Element, expression: str) -> None:
    extent = drawing.find(f".//{_WP}extent")
    if extent is None:
        return
    size = f"{_read(extent, 'cx')}, {_read(extent, 'cy')}"
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


def _read(extent: _Element, name: str) -> int:
    value = extent.get(name, "")
    return int(value) if value.isdecimal() and int(value) else 1
