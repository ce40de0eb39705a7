"""Every stretch of text in a document with its place: the title, headings, paragraphs, list items, cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Table
from docgen.content.model import DocumentContent
from docgen.diagnostics import Location
from docgen.ooxml.cells import name_cell


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A stretch of text and where it stands; ``is_cell`` tells that it is a cell of a table."""

    text: str
    location: Location
    is_cell: bool = False


def iterate_texts(content: DocumentContent) -> Iterator[SpokenText]:
    """All texts of a document, in its order; empty ones are left out."""
    if content.title and content.location.kind != "xlsx":
        yield SpokenText(content.title, content.location)
    yield from _iterate(content.preamble)
    for section in content.sections:
        if section.title.strip():
            yield SpokenText(section.title, section.location)
        yield from _iterate(section.blocks)


def iterate_tables(content: DocumentContent) -> Iterator[Table]:
    """All tables of a document."""
    for blocks in (content.preamble, *(section.blocks for section in content.sections)):
        yield from (block for block in blocks if isinstance(block, Table))


def read_cell(table: Table, row: int, column: int) -> str:
    """The text of a cell; empty for a place outside the table."""
    if not 0 <= row < len(table.rows) or not 0 <= column < len(table.rows[row]):
        return ""
    return "".join(run.text for run in table.rows[row][column]).strip()


def place_cell(table: Table, row: int, column: int) -> Location:
    """Where a cell stands: its address in a workbook, else the table's place."""
    if table.location.kind == "xlsx":
        return replace(table.location, cell=name_cell(row + 1, column + 1))
    return table.location


def _iterate(blocks: Sequence[Block]) -> Iterator[SpokenText]:
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            if block.text.strip():
                yield SpokenText(block.text, block.location)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _iterate(item)
        elif isinstance(block, Table):
            if block.caption:
                yield SpokenText(block.caption, block.location)
            for row, cells in enumerate(block.rows):
                for column in range(len(cells)):
                    text = read_cell(block, row, column)
                    if text:
                        yield SpokenText(text, place_cell(block, row, column), is_cell=True)
