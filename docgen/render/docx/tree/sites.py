"""Describes the site of a tag: the space there, the formats around it, whether a newline starts a new paragraph.

A newline in a value starts a new paragraph of the same format where the tag stands alone in its paragraph or the first
line is indented, since a line break would not indent the second line. Elsewhere it is a line break; also in numbered
paragraphs and headings, which two paragraphs would count twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.diagnostics import Location
from docgen.ooxml.names import WORD
from docgen.render.docx.wordml.measure import A4_TEXT, EMU_PER_TWIP, W, find_below, measure_cell, measure_row
from docgen.render.docx.wordml.styles import StyleSheet
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_TRACKED = ("ins", "del", "moveFrom", "moveTo", "rPrChange")
_NEVER_SPLIT = ("numPr", "outlineLvl", "sectPr", "framePr")
_NOT_COPIED = (f"{W}sectPr", f"{W}pPrChange", f"{W}rPrChange")


@dataclass(frozen=True, slots=True)
class Site:
    """The site of a tag: its expression as typed, the paragraph (from 1) and its text, and the space there.

    ``width`` and ``height`` are in EMU; ``paragraph_format`` is the inner XML of the paragraph's ``w:pPr``,
    ``run_format`` that of the run's ``w:rPr``. ``in_run``: the tag stands in a run, so other runs may replace it;
    ``in_link``: it stands in a link; ``splits``: a newline in the value starts a new paragraph. ``restarts`` are the
    lists that restart in each turn of the tag's loop.
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
    restarts: tuple[str, ...] = ()
    in_link: bool = False


@dataclass(frozen=True, slots=True)
class PartLayout:
    """What the sites of a part have in common: the template's name, the text area (``measure_page``), the styles."""

    template: str
    page: tuple[int, int]
    styles: StyleSheet


def locate_site(site: Site, template: str, part: str) -> Location:
    """Give the location of a site, for a diagnostic."""
    return Location("docx", file=template, part=part, paragraph=site.paragraph or None, excerpt=site.excerpt or None)


def make_site(paragraph: _Element, number: int, text: str, layout: PartLayout) -> Site:
    """Make the site of the tags of a paragraph; ``text`` is the paragraph's own."""
    page = layout.page
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    width = page[0] if cell is None else measure_cell(cell) * EMU_PER_TWIP or page[0]
    properties = find_below(paragraph, "pPr")
    height = page[1] if cell is None else measure_row(cell) * EMU_PER_TWIP or page[1]
    alone = not TAG.sub("", text).strip()
    splits = _may_split(properties, layout.styles) and (alone or layout.styles.is_indented(properties))
    paragraph_format = read_inner_xml(properties)
    space = (min(width, page[0]), min(height, page[1]))
    return Site("", number, text[:80], *space, cell is not None, paragraph_format, in_run=True, splits=splits)


def _may_split(properties: _Element | None, styles: StyleSheet) -> bool:
    """Whether a paragraph of this format may become two: neither numbered, nor in the outline, nor a section's end."""
    if properties is not None and any(find_below(properties, name) is not None for name in _NEVER_SPLIT):
        return False
    return not styles.is_numbered(properties)


def read_run_format(texts: Sequence[_Element], at: int) -> str:
    """Read the format of the run at this offset in the text of a paragraph."""
    for text in texts:
        at -= len(text.text or "")
        if at < 0:
            run = text.getparent()
            return "" if run is None else read_inner_xml(find_below(run, "rPr"))
    return ""


def read_inner_xml(element: _Element | None) -> str:
    """Read the ``w:`` children of a ``w:pPr`` or ``w:rPr`` as XML, without tracked changes."""
    from lxml import etree

    if element is None or not len(element):
        return ""
    kept = [child for child in element if str(child.tag).startswith(W) and child.tag not in _NOT_COPIED]
    shell = etree.Element(f"{W}x", nsmap={"w": WORD})
    shell.extend([etree.fromstring(etree.tostring(child)) for child in kept])
    for change in [change for name in _TRACKED for change in shell.iterfind(f"{W}rPr/{W}{name}")]:
        shell[-1].remove(change)  # the w:rPr is the last child that is left of a w:pPr
    etree.cleanup_namespaces(shell, keep_ns_prefixes=["w"])
    text = etree.tostring(shell, encoding="unicode")
    return "" if text.endswith("/>") else text[text.index(">") + 1 : text.rindex("</")]
