"""Repairs paired marks (the start and end of a bookmark, of a field) of which tags would remove or repeat one half.

A tag may replace the paragraph, row or cell that it stands in, and a block is left out or repeated. Where that would
affect only one half of a pair, a range (a bookmark, a commented text, a permission) is removed, and a field is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.tree.joining import remove_emptied
from docgen.render.docx.tree.walk import OpenBlocks, TagBlock
from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import read_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_FIELD = (f"{W}fldChar", f"{W}instrText")
_RANGES = tuple(W + kind + end for kind in ("bookmark", "commentRange", "perm") for end in ("Start", "End"))
_MARKS = (*_FIELD, *_RANGES)
_Surroundings = tuple[tuple[TagBlock, ...], "_Element | None"]
"""The blocks around an element, and the element around it that a tag replaces."""


@dataclass(slots=True)
class _ComplexField:
    """A complex field: its begin, separator and end, and its code."""

    marks: list[_Element]
    places: list[_Surroundings]
    code: list[_Element] = field(default_factory=list)
    is_simple: bool = True  # no other field stands in its code

    @property
    def in_code(self) -> bool:
        return len(self.marks) == 1


@dataclass(slots=True)
class _PairReader:
    """Reads the pairs of marks of a part in order, each mark with the blocks around it."""

    replaced: dict[_Element, None] = field(default_factory=dict)
    around: OpenBlocks = field(default_factory=OpenBlocks)
    starts: dict[tuple[str, str], tuple[_Element, _Surroundings]] = field(default_factory=dict)
    halves: list[_Element] = field(default_factory=list)
    open_fields: list[_ComplexField] = field(default_factory=list)
    fields: list[_ComplexField] = field(default_factory=list)

    def read(self, root: _Element) -> None:
        for text in root.iter(f"{W}t"):
            for tag in read_tags(text.text or ""):
                above = next(text.iterancestors(W + tag.level), None) if tag.level else None
                if above is not None:
                    self.replaced[above] = None
        for element in root.iter(f"{W}t", *_MARKS):
            name = str(element.tag)
            if name == f"{W}t":
                for tag in read_tags(element.text or ""):
                    self.around.pass_tag(tag)
            elif name in _FIELD:
                self._read_field(element)
            else:
                kind = name.removesuffix("Start").removesuffix("End")
                self._read_range(element, (kind, element.get(f"{W}id", "")), name.endswith("Start"))
        self.halves += [element for element, _ in self.starts.values()]

    def _find_replaced(self, element: _Element) -> _Element | None:
        return (
            next((above for above in element.iterancestors() if above in self.replaced), None)
            if self.replaced
            else None
        )

    def _find_surroundings(self, element: _Element) -> _Surroundings:
        return tuple(self.around.blocks), self._find_replaced(element)

    def _read_range(self, element: _Element, key: tuple[str, str], is_start: bool) -> None:
        place, start = self._find_surroundings(element), self.starts.pop(key, None)
        if is_start:
            self.starts[key] = (element, place)
            self.halves += [start[0]] if start is not None else []
        elif start is None or start[1] != place:
            self.halves += [element, *([start[0]] if start is not None else [])]

    def _read_field(self, element: _Element) -> None:
        kind, open_fields = element.get(f"{W}fldCharType"), self.open_fields
        if kind == "begin":
            if open_fields and open_fields[-1].in_code:
                open_fields[-1].is_simple = False
            open_fields.append(_ComplexField([element], [self._find_surroundings(element)]))
        elif open_fields and kind is None:
            open_fields[-1].code.append(element)
        elif open_fields:
            open_fields[-1].marks.append(element)
            open_fields[-1].places.append(self._find_surroundings(element))
            if kind == "end":
                self.fields.append(open_fields.pop())


def repair_pairs(root: _Element, field_ends: Sequence[_Element]) -> list[_Element]:
    """Remove ranges of which a tag would leave one half, and unwrap fields that hold one end of a tag.

    ``field_ends`` are the ends of fields that stood inside of a tag. Returns one mark of each field beyond repair.
    """
    if next(root.iter(*_MARKS), None) is None:
        return []
    pairs = _PairReader()
    pairs.read(root)
    broken: list[_Element] = []
    waiting = set(field_ends)
    for field_ in pairs.fields:
        inside = [mark for mark in field_.marks if mark in waiting]
        if inside:
            waiting.difference_update(inside)
            if not field_.is_simple or len(field_.marks) != 3:  # begin, separator, end
                broken.append(inside[0])
                continue
            for element in (*field_.marks, *field_.code):
                remove_emptied(element)
        elif any(place != field_.places[0] for place in field_.places):
            surroundings = zip(field_.places, field_.marks, strict=True)
            broken.append(max(surroundings, key=lambda pair: (pair[0][1] is not None, len(pair[0][0])))[1])
    broken += [element for element in field_ends if element in waiting]
    for element in pairs.halves:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return broken
