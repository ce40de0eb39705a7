"""Pairs of marks in a part, such as the begin and the end of a bookmark or of a field, and what tags do to them.

A paragraph, a row or a cell gives way to the tag that stands in it, and a block is left out or repeated. Where only one
half of a pair would go, a range (a bookmark, the text that a comment or a permission is about) goes with both halves;
a field is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.joining import remove_emptied
from docgen.render.docx.measure import W
from docgen.render.docx.walk import Block, OpenBlocks
from docgen.render.values.typed import read_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_FIELD = (f"{W}fldChar", f"{W}instrText")
_RANGES = tuple(W + kind + end for kind in ("bookmark", "commentRange", "perm") for end in ("Start", "End"))
_MARKS = (*_FIELD, *_RANGES)
Place = tuple[tuple[Block, ...], "_Element | None"]
"""The blocks around an element, and the element around it that gives way to a tag."""


@dataclass(slots=True)
class _Field:
    """A complex field: its begin, separator and end, and its code."""

    marks: list[_Element]
    places: list[Place]
    code: list[_Element] = field(default_factory=list)
    is_simple: bool = True  # no other field stands in its code

    @property
    def in_code(self) -> bool:
        return len(self.marks) == 1


@dataclass(slots=True)
class _Pairs:
    """Goes through a part once, in its order, and knows for each mark which blocks are around it."""

    gone: dict[_Element, None] = field(default_factory=dict)
    around: OpenBlocks = field(default_factory=OpenBlocks)
    starts: dict[tuple[str, str], tuple[_Element, Place]] = field(default_factory=dict)
    halves: list[_Element] = field(default_factory=list)
    open_fields: list[_Field] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)

    def read(self, root: _Element) -> None:
        for text in root.iter(f"{W}t"):
            for tag in read_tags(text.text or ""):
                above = next(text.iterancestors(W + tag.level), None) if tag.level else None
                if above is not None:
                    self.gone[above] = None
        for element in root.iter(f"{W}t", *_MARKS):
            name = str(element.tag)
            if name == f"{W}t":
                for tag in read_tags(element.text or ""):
                    self.around.take(tag)
            elif name in _FIELD:
                self._take_field(element)
            else:
                kind = name.removesuffix("Start").removesuffix("End")
                self._take_range(element, (kind, element.get(f"{W}id", "")), name.endswith("Start"))
        self.halves += [element for element, _ in self.starts.values()]

    def _find_gone(self, element: _Element) -> _Element | None:
        return next((above for above in element.iterancestors() if above in self.gone), None) if self.gone else None

    def _place(self, element: _Element) -> Place:
        return tuple(self.around.blocks), self._find_gone(element)

    def _take_range(self, element: _Element, key: tuple[str, str], is_start: bool) -> None:
        place, known = self._place(element), self.starts.pop(key, None)
        if is_start:
            self.starts[key] = (element, place)
            self.halves += [known[0]] if known is not None else []
        elif known is None or known[1] != place:
            self.halves += [element, *([known[0]] if known is not None else [])]

    def _take_field(self, element: _Element) -> None:
        kind, around = element.get(f"{W}fldCharType"), self.open_fields
        if kind == "begin":
            if around and around[-1].in_code:
                around[-1].is_simple = False
            around.append(_Field([element], [self._place(element)]))
        elif around and kind is None:
            around[-1].code.append(element)
        elif around:
            around[-1].marks.append(element)
            around[-1].places.append(self._place(element))
            if kind == "end":
                self.fields.append(around.pop())


def mend_pairs(root: _Element, cut: Sequence[_Element]) -> list[_Element]:
    """Take out the ranges of which a tag would leave one half, and open the fields that hold one end of a tag.

    ``cut`` are the ends of fields that stood inside of a tag. Returns an end of each field that can't be mended.
    """
    if next(root.iter(*_MARKS), None) is None:
        return []
    pairs = _Pairs()
    pairs.read(root)
    torn: list[_Element] = []
    wanted = set(cut)
    for field_ in pairs.fields:
        inside = [mark for mark in field_.marks if mark in wanted]
        if inside:
            wanted.difference_update(inside)
            if not field_.is_simple or len(field_.marks) != 3:  # begin, separator, end
                torn.append(inside[0])
                continue
            for element in (*field_.marks, *field_.code):
                remove_emptied(element)
        elif any(place != field_.places[0] for place in field_.places):
            apart = zip(field_.places, field_.marks, strict=True)
            torn.append(max(apart, key=lambda pair: (pair[0][1] is not None, len(pair[0][0])))[1])
    torn += [element for element in cut if element in wanted]
    for element in pairs.halves:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return torn
