"""The paragraphs of a template with the blocks that are open around each: which loop repeats what.

A block is a ``for``, an ``if`` or a ``with``; each branch of an ``if`` has a number: only one of them is ever printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.render.docx.joining import read_own_text
from docgen.render.docx.measure import W
from docgen.render.values.typed import MIDDLES, OPENERS, read_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from docgen.render.values.typed import TypedTag

NOTES = (f"{W}footnote", f"{W}endnote")


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is open: its number in the part, the word that opened it, and the branch (from 0)."""

    number: int
    keyword: str
    branch: int = 0

    @property
    def repeats(self) -> bool:
        """Whether it repeats what it holds."""
        return self.keyword == "for"


@dataclass(slots=True)
class OpenBlocks:
    """The blocks that are open where a part was read to, as its tags go by in their order."""

    blocks: list[Block] = field(default_factory=list)
    count: int = 0

    def take(self, tag: TypedTag) -> Block | None:
        """Go on behind a tag; the block that it opens."""
        keyword = tag.keyword
        if keyword in OPENERS:
            self.count += 1
            self.blocks.append(Block(self.count, keyword))
            return self.blocks[-1]
        if self.blocks and keyword in MIDDLES:
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, branch=last.branch + 1)
        elif self.blocks and keyword.startswith("end"):
            self.blocks.pop()
        return None


@dataclass(frozen=True, slots=True)
class TagStep:
    """A paragraph, the blocks around its beginning, the loops that it opens (by the number of its tag)."""

    paragraph: _Element
    around: tuple[Block, ...]
    opened: dict[int, Block]
    goes_away: bool


def number_paragraphs(root: _Element) -> Iterator[tuple[int, _Element]]:
    """The paragraphs of a part, numbered from 1; one of a note that was put there has the number of its reference's."""
    number = 0
    holds_notes = root.tag == f"{W}document" and next(root.iter(*NOTES), None) is not None
    for paragraph in root.iter(f"{W}p"):
        is_note = holds_notes and next(paragraph.iterancestors(*NOTES), None) is not None
        number += not is_note
        yield number, paragraph


def walk_paragraphs(root: _Element) -> Iterator[TagStep]:
    """Walk through the paragraphs of a part in order."""
    around = OpenBlocks()
    for paragraph in root.iter(f"{W}p"):
        tags = list(read_tags(read_own_text(paragraph)))
        before = tuple(around.blocks)
        opened = {at: block for at, tag in enumerate(tags) if (block := around.take(tag)) and block.repeats}
        yield TagStep(paragraph, before, opened, _goes_away(paragraph, tags))


def _goes_away(paragraph: _Element, tags: Sequence[TypedTag]) -> bool:
    """Whether the paragraph, its cell or its row is one that a tag replaces, and not by a value."""
    if any(tag.level == "p" and tag.kind != "print" for tag in tags):
        return True
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    row = next(paragraph.iterancestors(f"{W}tr"), None)
    return (cell is not None and _holds(cell, "tc")) or (row is not None and is_tag_row(row))


def is_tag_row(row: _Element) -> bool:
    """Whether a row holds a ``{%tr %}``, which takes its place."""
    return any(_holds(cell, "tr") for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)


def _holds(cell: _Element, level: str) -> bool:
    paragraphs = cell.iterchildren(f"{W}p")
    tags = (tag for paragraph in paragraphs for tag in read_tags(read_own_text(paragraph)))
    return any(tag.level == level and tag.kind != "print" for tag in tags)
