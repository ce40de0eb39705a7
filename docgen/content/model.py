"""A neutral view of a document's content, its title and sections: from a record or a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from docgen.content.blocks import Block
from docgen.content.flow import Flow
from docgen.diagnostics import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Narrative:
    """The prose of an author in a section of a report. ``source`` is the text as typed."""

    blocks: tuple[Block, ...]
    source: str = ""
    location: Location = NOWHERE

    def __bool__(self) -> bool:
        return bool(self.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a document with the content below it, up to the next heading of its level or above."""

    title: str
    level: int
    blocks: tuple[Block, ...]
    key: str | None = None
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """A document: its title, the content before the first heading, and its sections.

    ``flow`` is the same content in the file's own order; None for a document made from a record.
    """

    title: str | None
    preamble: tuple[Block, ...]
    sections: tuple[Section, ...]
    location: Location = NOWHERE
    flow: Flow | None = field(default=None, compare=False, repr=False)
