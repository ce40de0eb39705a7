"""A flat row of blocks ↔ a document with its title and sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from docgen.content.blocks import Block, Heading
from docgen.content.heading_text import has_number
from docgen.content.model import DocumentContent, Section
from docgen.diagnostics import NOWHERE, Location


def outline_document(
    blocks: Sequence[Block], location: Location = NOWHERE, title: str | None = None
) -> DocumentContent:
    """Cut a flat row of blocks into sections at its topmost headings.

    Without ``title``, the first heading is the title when no other is of its level or above and no number stands before
    it. Deeper headings are blocks of their section, with levels from 1 below it.
    """
    others = list(blocks)
    heads = [block for block in others if isinstance(block, Heading)]
    first = heads[0] if heads else None
    if title is None and first and not has_number(first.text) and all(head.level > first.level for head in heads[1:]):
        title = first.text
        others.remove(first)
        heads = heads[1:]
    top = min((head.level for head in heads), default=1)
    preamble: list[Block] = []
    sections: list[Section] = []
    inside = preamble
    for block in others:
        if isinstance(block, Heading) and block.level == top:
            if sections:
                sections[-1] = replace(sections[-1], blocks=tuple(inside))
            sections.append(Section(block.text, 1, (), None, block.location))
            inside = []
        elif isinstance(block, Heading):
            inside.append(replace(block, level=block.level - top))
        else:
            inside.append(block)
    if sections:
        sections[-1] = replace(sections[-1], blocks=tuple(inside))
    return DocumentContent(title, tuple(preamble), tuple(sections), location)


def list_sections(content: DocumentContent) -> tuple[Section, ...]:
    """The headings of all levels as sections, in the document's order; a section also holds its subsections."""
    sections: list[Section] = []
    for section in content.sections:
        sections.append(section)
        for at, block in enumerate(section.blocks):
            if isinstance(block, Heading):
                inner = _take_below(section.blocks[at + 1 :], block.level)
                sections.append(Section(block.text, section.level + block.level, inner, None, block.location))
    return tuple(sections)


def _take_below(blocks: Sequence[Block], level: int) -> tuple[Block, ...]:
    for at, block in enumerate(blocks):
        if isinstance(block, Heading) and block.level <= level:
            return tuple(blocks[:at])
    return tuple(blocks)
