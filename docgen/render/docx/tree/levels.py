"""Finds content that a tag would delete: a tag that replaces a paragraph, a row or a cell must stand alone in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.diagnostics import Param, Term
from docgen.render.docx.tree.joining import read_own_text
from docgen.render.docx.wordml.measure import MATH, W
from docgen.render.values.typed import TAG, read_tag

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from lxml.etree import _Element

_MAX_LENGTH = 40
_PLACES = {"p": f"{W}p", "tr": f"{W}tr", "tc": f"{W}tc"}
_SHOWN = {
    **dict.fromkeys((W + name for name in ("drawing", "pict", "object", "sym")), Term("render.beside.picture")),
    **dict.fromkeys((W + name for name in ("footnoteReference", "endnoteReference")), Term("render.beside.note")),
    f"{MATH}oMath": Term("render.beside.formula"),
}


def find_lost_content(paragraph: _Element, joined: str) -> Iterator[tuple[str, Param]]:
    """Find the tags of a paragraph (its text is ``joined``) that would delete other content, each with that content."""
    for tag in TAG.finditer(joined):
        level = read_tag(tag[0]).level
        if level not in _PLACES:
            continue
        place = paragraph if level == "p" else next(paragraph.iterancestors(_PLACES[level]), None)
        if place is None:
            continue
        rest = "".join(map(read_own_text, place.iter(f"{W}p"))).replace(tag[0], "", 1).strip()
        shown = next((element for element in place.iter(*_SHOWN) if not _stands_inside(element, paragraph, tag)), None)
        if rest:
            yield tag[0], rest[:_MAX_LENGTH]
        elif shown is not None:
            yield tag[0], _SHOWN[str(shown.tag)]
        if TAG.search(rest):
            return  # every other tag in this place would report the same


def _stands_inside(element: _Element, paragraph: _Element, tag: re.Match[str]) -> bool:
    """Whether an element stands between the pieces of a tag: joining them moves or reports it."""
    before = 0
    for other in paragraph.iter():
        if other is element:
            return tag.start() < before < tag.end()
        before += len(other.text or "") if other.tag == f"{W}t" else 0
    return False
