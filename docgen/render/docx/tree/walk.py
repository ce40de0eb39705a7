"""Walks through a template's paragraphs, each with the blocks around it: says which loop repeats what.

A block is a ``for``, an ``if`` or a ``with``; the branches of an ``if`` are numbered, since only one is ever printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.render.docx.tree.joining import read_own_text
from docgen.render.docx.wordml.measure import W
from docgen.render.values.typed import MIDDLES, OPENERS, read_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from docgen.render.values.typed import TypedTag

NOTES = (f"{W}footnote", f"{W}endnote")


@dataclass(frozen=True, slots=True)
class TagBlock:
    """An open block: its number in the part, the keyword that opened it, and the branch (from 0)."""

    number: int
    keyword: str
    branch: int = 0

    @property
    def repeats(self) -> bool:
        """Whether it is a loop."""
        return self.keyword == "for"


@dataclass(slots=True)
class OpenBlocks:
    """The blocks that are open at the current position in a part, whose tags are passed in order."""

    blocks: list[TagBlock] = field(default_factory=list)
    count: int = 0

    def pass_tag(self, tag: TypedTag) -> TagBlock | None:
        """Move on behind a tag; returns the block that it opens."""
        keyword = tag.keyword
        if keyword in OPENERS:
            self.count += 1
            self.blocks.append(TagBlock(self.count, keyword))
            return self.blocks[-1]
        if self.blocks and keyword in MIDDLES:
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, branch=last.branch + 1)
        elif self.blocks and keyword.startswith("end"):
            self.blocks.pop()
        return None


@dataclass(frozen=True, slots=True)
class ParagraphStep:
    """A paragraph, the blocks around its start, the loops that it opens (by number of the tag in it).

    ``is_replaced``: a statement tag replaces the paragraph, its cell or its row.
    """

    paragraph: _Element
    around: tuple[TagBlock, ...]
    opened: dict[int, TagBlock]
    is_replaced: bool


def number_paragraphs(root: _Element) -> Iterator[tuple[int, _Element]]:
    """Number the paragraphs of a part from 1; those of a moved note have the number of its reference's paragraph."""
    number = 0
    holds_notes = root.tag == f"{W}document" and next(root.iter(*NOTES), None) is not None
    for paragraph in root.iter(f"{W}p"):
        is_note = holds_notes and next(paragraph.iterancestors(*NOTES), None) is not None
        number += not is_note
        yield number, paragraph


def walk_paragraphs(root: _Element) -> Iterator[ParagraphStep]:
    """Walk through the paragraphs of a part in order."""
    around = OpenBlocks()
    for paragraph in root.iter(f"{W}p"):
        tags = list(read_tags(read_own_text(paragraph)))
        before = tuple(around.blocks)
        opened = {at: block for at, tag in enumerate(tags) if (block := around.pass_tag(tag)) and block.repeats}
        yield ParagraphStep(paragraph, before, opened, _is_replaced(paragraph, tags))


def _is_replaced(paragraph: _Element, tags: Sequence[TypedTag]) -> bool:
    """Whether a statement tag replaces the paragraph, its cell or its row."""
    if any(tag.level == "p" and tag.kind != "print" for tag in tags):
        return True
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    row = next(paragraph.iterancestors(f"{W}tr"), None)
    return (cell is not None and _holds(cell, "tc")) or (row is not None and is_tag_row(row))


def is_tag_row(row: _Element) -> bool:
    """Whether a row holds a ``{%tr %}``, which replaces it."""
    return any(_holds(cell, "tr") for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)


def _holds(cell: _Element, level: str) -> bool:
    paragraphs = cell.iterchildren(f"{W}p")
    tags = (tag for paragraph in paragraphs for tag in read_tags(read_own_text(paragraph)))
    return any(tag.level == level and tag.kind != "print" for tag in tags)
