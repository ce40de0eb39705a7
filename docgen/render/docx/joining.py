"""Tags made whole: Word scatters what was typed over runs, links, tracked changes; a tag then stands where it begins.

This works on the tree, before anything works on text: an element that holds one end of a tag stays an element, and
what stands inside a tag (a bookmark, a note's reference) stays behind its value.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from docgen.render.docx.measure import W
from docgen.render.docx.sites import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_GONE = (f"{W}del", f"{W}moveFrom")
_LAYOUT = frozenset(W + name for name in ("br", "cr", "tab", "noBreakHyphen", "softHyphen"))
_WRAPPERS = frozenset(
    W + name
    for name in (
        *("r", "ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "bdo", "dir"),
    )
)
_PROPERTIES = frozenset(W + name for name in ("rPr", "smartTagPr", "customXmlPr", "sdtPr", "sdtEndPr", "fldData"))


def drop_deleted(root: _Element) -> None:
    """Drop the text that a tracked change deleted or moved away: the template no longer says it."""
    for element in list(root.iter(*_GONE)):
        parent = element.getparent()
        if parent is not None and element.find(f".//{W}r") is not None:  # without runs it marks a paragraph or a row
            parent.remove(element)


def iterate_own_texts(paragraph: _Element) -> Iterator[_Element]:
    """Iterate the text elements of a paragraph, those of text boxes inside it left out."""
    for text in paragraph.iter(f"{W}t"):
        if next(text.iterancestors(f"{W}p")) is paragraph:
            yield text


def join_tags(paragraph: _Element, texts: Sequence[_Element]) -> list[_Element]:
    """Join each tag of a paragraph in the text element in which it begins; the text elements that are left."""
    typed = [text.text or "" for text in texts]
    joined, ends = "".join(typed), list(accumulate(map(len, typed)))
    pieces = [""] * len(texts)
    cuts = [0, *(at for tag in TAG.finditer(joined) for at in tag.span()), len(joined)]
    for number, (begin, end) in enumerate(pairwise(cuts)):
        if number % 2:
            first, last = bisect_right(ends, begin), bisect_right(ends, end - 1)
            pieces[first] += joined[begin:end]
            if first < last:
                _drop_layout(paragraph, texts[first], texts[last])
            continue
        for at in range(begin, end):
            pieces[bisect_right(ends, at)] += joined[at]
    for text, before, after in zip(texts, typed, pieces, strict=True):
        if before == after:
            continue
        text.text = after
        text.set(SPACE, "preserve")
        if not after:
            _remove_emptied(text)
    return list(iterate_own_texts(paragraph))


def _drop_layout(paragraph: _Element, first: _Element, last: _Element) -> None:
    """Drop the line breaks and tabs that were typed inside a tag."""
    inside = False
    for element in list(paragraph.iter()):
        if element is last:
            return
        parent = element.getparent()
        if inside and element.tag in _LAYOUT and parent is not None and parent.tag == f"{W}r":
            parent.remove(element)
        inside = inside or element is first


def _remove_emptied(text: _Element) -> None:
    """Remove a text that holds nothing any more, and what holds nothing without it."""
    element = text
    while (parent := element.getparent()) is not None:
        parent.remove(element)
        if parent.tag not in _WRAPPERS or any(child.tag not in _PROPERTIES for child in parent):
            return
        element = parent
