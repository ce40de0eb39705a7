"""The site of a tag: its room, the formats around it, and whether a newline may make a new paragraph.

A newline in a value is a new paragraph of the same format where the tag stands alone in its paragraph, and where the
first line is indented: there a line break would leave the second line out of line. Elsewhere it is a line break; so
also in numbered paragraphs and headings, which two paragraphs would count twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.names import WORD
from docgen.render.docx.measure import A4_TEXT, EMU_PER_TWIP, W, find_below, measure_cell, measure_row
from docgen.render.docx.styles import StyleSheet
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_TRACKED = ("ins", "del", "moveFrom", "moveTo", "rPrChange")
_NEVER_SPLIT = ("numPr", "outlineLvl", "sectPr", "framePr")
_NOT_COPIED = (f"{W}sectPr", f"{W}pPrChange", f"{W}rPrChange")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a tag stands: its expression as typed, the paragraph (from 1) and its text, and the room there is.

    ``width`` and ``height`` in EMU; ``paragraph_format`` is the inner XML of the paragraph's ``w:pPr``, ``run_format``
    that of the ``w:rPr`` that the tag stands in. ``in_run`` says that the tag stands in a run, where other runs may
    take its place; ``splits`` that a newline in the value makes a new paragraph. ``begins`` are the lists that each
    turn of the tag's loop begins anew; ``in_link`` says that the tag stands in a link.
    """

    expression: str
    paragraph: int = 0
    excerpt: str = ""
    width: int = A4_TEXT[0] * EMU_PER_TWIP
    height: int = A4_TEXT[1] * EMU_PER_TWIP
    in_cell: bool = False
    paragraph_format: str = ""
    run_format: str = ""
    in_run: bool = False
    splits: bool = False
    begins: tuple[str, ...] = ()
    in_link: bool = False


@dataclass(frozen=True, slots=True)
class Surface:
    """What a part's tags stand on: the template's name, the text area (see ``measure_page``) and the styles."""

    template: str
    page: tuple[int, int]
    styles: StyleSheet


def describe_site(paragraph: _Element, number: int, text: str, surface: Surface) -> Site:
    """Describe where the tags of a paragraph stand; ``text`` is the paragraph's own."""
    page = surface.page
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    width = page[0] if cell is None else measure_cell(cell) * EMU_PER_TWIP or page[0]
    properties = find_below(paragraph, "pPr")
    height = page[1] if cell is None else measure_row(cell) * EMU_PER_TWIP or page[1]
    alone = not TAG.sub("", text).strip()
    splits = _may_split(properties, surface.styles) and (alone or surface.styles.is_indented(properties))
    format_ = read_inner_xml(properties)
    room = (min(width, page[0]), min(height, page[1]))
    return Site("", number, text[:80], *room, cell is not None, format_, in_run=True, splits=splits)


def _may_split(properties: _Element | None, styles: StyleSheet) -> bool:
    """Whether two paragraphs of this format are as good as one: neither numbered, nor in the outline, nor a section."""
    if properties is not None and any(find_below(properties, name) is not None for name in _NEVER_SPLIT):
        return False
    return not styles.is_numbered(properties)


def read_run_format(texts: Sequence[_Element], at: int) -> str:
    """Read the format of the run in which the text of a paragraph has this offset."""
    for text in texts:
        at -= len(text.text or "")
        if at < 0:
            run = text.getparent()
            return "" if run is None else read_inner_xml(find_below(run, "rPr"))
    return ""


def read_inner_xml(element: _Element | None) -> str:
    """Read the children of a ``w:pPr`` or ``w:rPr`` as XML, in the w prefix alone; what tracks changes is left out."""
    from lxml import etree

    if element is None or not len(element):
        return ""
    kept = [child for child in element if str(child.tag).startswith(W) and child.tag not in _NOT_COPIED]
    shell = etree.Element(f"{W}x", nsmap={"w": WORD})
    shell.extend([etree.fromstring(etree.tostring(child)) for child in kept])
    for mark in [found for name in _TRACKED for found in shell.iterfind(f"{W}rPr/{W}{name}")]:
        shell[-1].remove(mark)  # a w:pPr ends with the format of its mark
    etree.cleanup_namespaces(shell, keep_ns_prefixes=["w"])
    text = etree.tostring(shell, encoding="unicode")
    return "" if text.endswith("/>") else text[text.index(">") + 1 : text.rindex("</")]
