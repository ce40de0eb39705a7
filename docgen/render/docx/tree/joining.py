"""Joins tags that Word scattered over runs, links and tracked changes: each tag then stands where it begins.

This works on the XML tree, before any step that works on text. Tracked changes are accepted. An element that holds only
one end of a tag (a link, a control, a field) is unwrapped: its content stays, the element goes. Anything else between
the pieces of a tag (a bookmark, a note reference) then stands behind it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.etree import _Element

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DELETED = (f"{W}del", f"{W}moveFrom")
_CHANGES = ("moveFrom", "moveTo", "customXmlIns", "customXmlDel", "customXmlMoveFrom", "customXmlMoveTo")
_CHANGE_RANGES = tuple(f"{W}{name}Range{end}" for name in _CHANGES for end in ("Start", "End"))
_LAYOUT = frozenset(W + name for name in ("br", "cr", "tab", "noBreakHyphen", "softHyphen"))
_UNWRAPPED = frozenset(
    W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdt", "fldSimple", "bdo", "dir")
)
_WRAPPERS = _UNWRAPPED | {f"{W}r", f"{W}sdtContent"}
_PROPERTIES = frozenset(W + name for name in ("rPr", "smartTagPr", "customXmlPr", "sdtPr", "sdtEndPr", "fldData"))
_MARKED = frozenset(W + name for name in ("rPr", "trPr", "numPr"))


@dataclass(slots=True)
class JoinedTags:
    """The result of joining the tags of a paragraph.

    ``texts`` are the remaining text elements; ``holder`` is the name of an element that holds one end of a tag and
    can't be unwrapped, '' for none; ``field_ends`` are the ends of complex fields that stood inside of a tag.
    """

    texts: list[_Element]
    holder: str = ""
    field_ends: list[_Element] = field(default_factory=list)


def accept_changes(root: _Element) -> None:
    """Accept tracked changes: remove text that was deleted or moved away, unwrap text that was inserted."""
    for element in list(root.iter(*_DELETED)):
        parent = element.getparent()
        if parent is not None and len(element):  # an empty element marks a paragraph or a row
            parent.remove(element)
    for element in list(root.iter(f"{W}ins", f"{W}moveTo", *_CHANGE_RANGES)):
        parent = element.getparent()
        if parent is None:
            continue
        if element.tag in _CHANGE_RANGES or parent.tag in _MARKED:
            parent.remove(element)
        else:
            _unwrap(element)


def iterate_own_texts(paragraph: _Element) -> Iterator[_Element]:
    """Iterate over the text elements of a paragraph, without those of text boxes inside it."""
    for text in paragraph.iter(f"{W}t"):
        if next(text.iterancestors(f"{W}p")) is paragraph:
            yield text


def read_own_text(paragraph: _Element) -> str:
    """Read the text of a paragraph, without that of text boxes and notes inside it."""
    return "".join(text.text or "" for text in iterate_own_texts(paragraph))


def list_tags(paragraph: _Element) -> Iterator[tuple[_Element, str]]:
    """List the tags of a paragraph, each with the text element that it begins in and is joined in."""
    texts = list(iterate_own_texts(paragraph))
    ends = list(accumulate(len(text.text or "") for text in texts))
    for tag in TAG.finditer("".join(text.text or "" for text in texts)):
        yield texts[bisect_right(ends, tag.start())], tag[0]


def join_tags(paragraph: _Element, texts: Sequence[_Element]) -> JoinedTags:
    """Join each tag of a paragraph in the text element in which it begins."""
    typed = [text.text or "" for text in texts]
    joined, ends = "".join(typed), list(accumulate(map(len, typed)))
    spans = [tag.span() for tag in TAG.finditer(joined)]
    scattered = [(bisect_right(ends, begin), bisect_right(ends, end - 1)) for begin, end in spans]
    joined_tags = JoinedTags(list(texts))
    if all(first == last for first, last in scattered):
        return joined_tags
    for first, last in scattered:
        if first < last and not _unwrap_holders(texts[first : last + 1], joined_tags):
            return joined_tags
    pieces = [""] * len(texts)
    cuts = [0, *(at for span in spans for at in span), len(joined)]
    for number, (begin, end) in enumerate(pairwise(cuts)):
        if number % 2:
            first, last = scattered[number // 2]
            pieces[first] += joined[begin:end]
            if first < last:
                joined_tags.field_ends += _clear_inside(paragraph, texts[first], texts[last])
            continue
        for at in range(begin, end):
            pieces[bisect_right(ends, at)] += joined[at]
    for text, before, after in zip(texts, typed, pieces, strict=True):
        if before == after:
            continue
        text.text = after
        text.set(SPACE, "preserve")
        if not after:
            remove_emptied(text)
    joined_tags.texts = list(iterate_own_texts(paragraph))
    return joined_tags


def _unwrap_holders(texts: Sequence[_Element], joined_tags: JoinedTags) -> bool:
    """Unwrap the elements that hold some of these texts and not all; False where one can't be unwrapped."""
    ancestors = [list(text.iterancestors()) for text in texts]
    shared = set(ancestors[0]).intersection(*ancestors[1:])
    holders = {holder: None for above in ancestors for holder in above[1:] if holder not in shared}
    unwrapped = [holder for holder in holders if holder.tag != f"{W}sdtContent"]
    for holder in unwrapped:
        if holder.tag not in _UNWRAPPED:
            joined_tags.holder = str(holder.tag)
            return False
    for holder in unwrapped:
        _unwrap(holder)
    return True


def _unwrap(holder: _Element) -> None:
    """Replace an element by its content."""
    parent = holder.getparent()
    if parent is None:
        return
    content = holder.find(f"{W}sdtContent") if holder.tag == f"{W}sdt" else holder
    children = [child for child in content if child.tag not in _PROPERTIES] if content is not None else []
    at = parent.index(holder)
    parent[at : at + 1] = children


def _clear_inside(paragraph: _Element, first: _Element, last: _Element) -> Iterable[_Element]:
    """Remove the line breaks and tabs that were typed inside a tag; returns the ends of fields that stand there."""
    inside, field_ends = False, []
    for element in list(paragraph.iter()):
        if element is last:
            break
        run = element.getparent()
        if inside and run is not None and run.tag == f"{W}r" and next(run.iterancestors(f"{W}p")) is paragraph:
            if element.tag in _LAYOUT and element.get(f"{W}type") not in ("page", "column"):
                run.remove(element)
            elif element.tag == f"{W}fldChar":
                field_ends.append(element)
        inside = inside or element is first
    return field_ends


def remove_emptied(element: _Element) -> None:
    """Remove an empty element, and the elements around it that are then empty."""
    while (parent := element.getparent()) is not None:
        parent.remove(element)
        if parent.tag not in _WRAPPERS or any(child.tag not in _PROPERTIES for child in parent):
            return
        element = parent
