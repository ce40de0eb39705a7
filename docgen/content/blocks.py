"""The blocks of a text: runs, paragraphs, headings, lists, tables, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from docgen.diagnostics import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one format.

    ``east_asian`` says whether marks that both kinds of font have (— … “ ”) are set in the Chinese one, which decides
    how they count; None where the source doesn't tell.
    """

    text: str
    bold: bool = False
    italic: bool = False
    east_asian: bool | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of runs; a run's text may hold a newline for a line break that the author asked for."""

    runs: tuple[Run, ...]
    location: Location = NOWHERE

    @property
    def text(self) -> str:
        """The text of its runs."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` counts from 1 inside the narrative or document it stands in."""

    level: int
    text: str
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; each item is a sequence of blocks, so that lists nest."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first ``header_rows`` rows repeat on each page; a cell is a tuple of runs."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    header_rows: int = 1
    caption: str | None = None
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its path, relative to the file it was named in."""

    path: PurePosixPath
    caption: str | None = None
    location: Location = NOWHERE


Block = Paragraph | Heading | ListBlock | Table | Picture


def iterate_prose(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """The paragraphs of running text, list items included; headings, tables, captions and pictures are left out."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from iterate_prose(item)


def iterate_pictures(blocks: tuple[Block, ...]) -> Iterator[Picture]:
    """The pictures among the blocks, those in lists included."""
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from iterate_pictures(item)
