"""The paragraphs of a template with the blocks that are open around each: which loop repeats what.

A block is a ``for`` or an ``if``; each branch of an ``if`` has a number, since only one of them is ever printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.render.docx.joining import read_own_text
from docgen.render.docx.measure import W
from docgen.render.values.sandbox import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

NOTES = (f"{W}footnote", f"{W}endnote")
_KEYWORD = re.compile(r"\{%-?(?:(?:p|tr|tc|r)\s)?\s*(\w+)")
_ROW_TAG, _CELL_TAG, _PARAGRAPH_TAG = (re.compile(rf"\{{[%#]-?{kind}\s") for kind in ("tr", "tc", "p"))


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is open: its number in the part, whether it repeats what it holds, and the branch (from 0)."""

    number: int
    repeats: bool
    branch: int = 0


@dataclass(frozen=True, slots=True)
class Step:
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


def walk_paragraphs(root: _Element) -> Iterator[Step]:
    """Walk through the paragraphs of a part in order."""
    open_blocks: list[Block] = []
    count = 0
    for paragraph in root.iter(f"{W}p"):
        text = read_own_text(paragraph)
        around, opened = tuple(open_blocks), {}
        for at, tag in enumerate(TAG.findall(text)):
            found = _KEYWORD.match(tag)
            keyword = found[1] if found else ""
            if keyword in ("for", "if"):
                count += 1
                block = Block(count, keyword == "for")
                open_blocks.append(block)
                if block.repeats:
                    opened[at] = block
            elif open_blocks and keyword in ("else", "elif"):
                last = open_blocks.pop()
                open_blocks.append(Block(last.number, last.repeats, last.branch + 1))
            elif open_blocks and keyword in ("endfor", "endif"):
                open_blocks.pop()
        yield Step(paragraph, around, opened, _goes_away(paragraph, text))


def _goes_away(paragraph: _Element, text: str) -> bool:
    """Whether the paragraph, its cell or its row is one that a tag replaces."""
    if _PARAGRAPH_TAG.search(text):
        return True
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    row = next(paragraph.iterancestors(f"{W}tr"), None)
    return (cell is not None and _holds(cell, _CELL_TAG)) or (row is not None and is_tag_row(row))


def is_tag_row(row: _Element) -> bool:
    """Whether a row holds a ``{%tr %}``, which takes its place."""
    return any(_holds(cell, _ROW_TAG) for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)


def _holds(cell: _Element, tag: re.Pattern[str]) -> bool:
    return any(tag.search(read_own_text(paragraph)) for paragraph in cell.iterchildren(f"{W}p"))
