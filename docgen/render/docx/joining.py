"""Tags made whole: Word scatters what was typed over runs, links, tracked changes; a tag then stands where it begins.

This works on the tree, before anything works on text. Tracked changes are accepted. An element that holds one end of a
tag is opened: its content stays, without the link, the control or the field around it. What stands between the pieces
of a tag (a bookmark, a note's reference) stays behind its value.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from docgen.render.docx.measure import W
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.etree import _Element

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_GONE = (f"{W}del", f"{W}moveFrom")
_CHANGES = ("moveFrom", "moveTo", "customXmlIns", "customXmlDel", "customXmlMoveFrom", "customXmlMoveTo")
_CHANGED = tuple(f"{W}{name}Range{end}" for name in _CHANGES for end in ("Start", "End"))
_LAYOUT = frozenset(W + name for name in ("br", "cr", "tab", "noBreakHyphen", "softHyphen"))
_OPENED = frozenset(
    W + name for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdt", "fldSimple", "bdo", "dir")
)
_WRAPPERS = _OPENED | {f"{W}r", f"{W}sdtContent"}
_PROPERTIES = frozenset(W + name for name in ("rPr", "smartTagPr", "customXmlPr", "sdtPr", "sdtEndPr", "fldData"))
_MARKED = frozenset(W + name for name in ("rPr", "trPr", "numPr"))


@dataclass(slots=True)
class Joined:
    """What joining the tags of a paragraph left.

    ``texts`` are the text elements that are left; ``holder`` is the tag of an element that holds one end of a tag and
    can't be opened, '' for none; ``cut`` are the ends of complex fields that stood inside of a tag.
    """

    texts: list[_Element]
    holder: str = ""
    cut: list[_Element] = field(default_factory=list)


def accept_changes(root: _Element) -> None:
    """Accept the tracked changes: text that was deleted or moved away goes, what was inserted is as any other text."""
    for element in list(root.iter(*_GONE)):
        parent = element.getparent()
        if parent is not None and len(element):  # an empty one marks a paragraph or a row
            parent.remove(element)
    for element in list(root.iter(f"{W}ins", f"{W}moveTo", *_CHANGED)):
        parent = element.getparent()
        if parent is None:
            continue
        if element.tag in _CHANGED or parent.tag in _MARKED:
            parent.remove(element)
        else:
            _open(element)


def iterate_own_texts(paragraph: _Element) -> Iterator[_Element]:
    """Iterate the text elements of a paragraph, those of text boxes inside it left out."""
    for text in paragraph.iter(f"{W}t"):
        if next(text.iterancestors(f"{W}p")) is paragraph:
            yield text


def read_own_text(paragraph: _Element) -> str:
    """The text of a paragraph, without that of text boxes and notes inside it."""
    return "".join(text.text or "" for text in iterate_own_texts(paragraph))


def list_tags(paragraph: _Element) -> Iterator[tuple[_Element, str]]:
    """The tags of a paragraph, each with the text element that it begins in: it is joined there."""
    texts = list(iterate_own_texts(paragraph))
    ends = list(accumulate(len(text.text or "") for text in texts))
    for tag in TAG.finditer("".join(text.text or "" for text in texts)):
        yield texts[bisect_right(ends, tag.start())], tag[0]


def join_tags(paragraph: _Element, texts: Sequence[_Element]) -> Joined:
    """Join each tag of a paragraph in the text element in which it begins."""
    typed = [text.text or "" for text in texts]
    joined, ends = "".join(typed), list(accumulate(map(len, typed)))
    spans = [tag.span() for tag in TAG.finditer(joined)]
    scattered = [(bisect_right(ends, begin), bisect_right(ends, end - 1)) for begin, end in spans]
    made = Joined(list(texts))
    if all(first == last for first, last in scattered):
        return made
    for first, last in scattered:
        if first < last and not _open_holders(texts[first : last + 1], made):
            return made
    pieces = [""] * len(texts)
    cuts = [0, *(at for span in spans for at in span), len(joined)]
    for number, (begin, end) in enumerate(pairwise(cuts)):
        if number % 2:
            first, last = scattered[number // 2]
            pieces[first] += joined[begin:end]
            if first < last:
                made.cut += _clear_inside(paragraph, texts[first], texts[last])
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
    made.texts = list(iterate_own_texts(paragraph))
    return made


def _open_holders(texts: Sequence[_Element], made: Joined) -> bool:
    """Open what holds some of these texts and not all; False where that can't be done."""
    around = [list(text.iterancestors()) for text in texts]
    shared = set(around[0]).intersection(*around[1:])
    holders = {holder: None for above in around for holder in above[1:] if holder not in shared}
    opened = [holder for holder in holders if holder.tag != f"{W}sdtContent"]
    for holder in opened:
        if holder.tag not in _OPENED:
            made.holder = str(holder.tag)
            return False
    for holder in opened:
        _open(holder)
    return True


def _open(holder: _Element) -> None:
    """Put the content of an element in its place."""
    parent = holder.getparent()
    if parent is None:
        return
    content = holder.find(f"{W}sdtContent") if holder.tag == f"{W}sdt" else holder
    children = [child for child in content if child.tag not in _PROPERTIES] if content is not None else []
    at = parent.index(holder)
    parent[at : at + 1] = children


def _clear_inside(paragraph: _Element, first: _Element, last: _Element) -> Iterable[_Element]:
    """Drop the line breaks and tabs that were typed inside a tag; the ends of fields that stand there."""
    inside, cut = False, []
    for element in list(paragraph.iter()):
        if element is last:
            break
        run = element.getparent()
        if inside and run is not None and run.tag == f"{W}r" and next(run.iterancestors(f"{W}p")) is paragraph:
            if element.tag in _LAYOUT and element.get(f"{W}type") not in ("page", "column"):
                run.remove(element)
            elif element.tag == f"{W}fldChar":
                cut.append(element)
        inside = inside or element is first
    return cut


def remove_emptied(element: _Element) -> None:
    """Remove an element that holds nothing any more, and what holds nothing without it."""
    while (parent := element.getparent()) is not None:
        parent.remove(element)
        if parent.tag not in _WRAPPERS or any(child.tag not in _PROPERTIES for child in parent):
            return
        element = parent
