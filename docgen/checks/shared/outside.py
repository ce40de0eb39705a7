"""Reports the words of a text that stand outside the count, once with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docgen.content.blocks import Table
from docgen.content.count import ZERO, count_text
from docgen.content.flow import Outside, OutsideKind
from docgen.content.parts.arrange import Arrangement, count_lines
from docgen.content.shown_names import shorten
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param, error, info, warning

_LEAST_SENTENCE = 30


def check_outside(arrangement: Arrangement, place: Location, clause: str | None) -> Iterator[Diagnostic]:
    """C137 text boxes, C143 tables with prose, C144 hidden text, C145 notes, C147 fields without an end, C150 tables of
    one cell, which count; and what ``check_unread`` tells.
    """
    boxes = count_lines(arrangement.boxes)
    if boxes:
        words = sum((count_text(text) for text in boxes), ZERO).high
        at = arrangement.boxes[0].location
        yield warning("C137", _choose(at, place), clause=clause, boxes=len(boxes), count=words)
    tables = [table for table in list_tables(arrangement) if holds_prose(table)]
    if tables:
        words = sum(count_table_words(table) for table in tables)
        yield warning("C143", _choose(tables[0].location, place), clause=clause, tables=len(tables), count=words)
    yield from _tell(arrangement, "hidden", "C144", place, clause)
    yield from _tell(arrangement, "footnote", "C145", place, clause)
    yield from check_unread(arrangement.outside, place, clause)
    fields = sum(item.kind == "field" for item in arrangement.outside)
    if fields:
        yield warning("C147", place, clause=clause, count=fields)
    if arrangement.framed:
        words = sum((count_text(line.text) for line in arrangement.framed), ZERO).high
        at = arrangement.framed[0].paragraph.location
        yield info("C150", _choose(at, place), clause=clause, count=words)


def check_unread(outside: Sequence[Outside], place: Location, clause: str | None) -> Iterator[Diagnostic]:
    """C146: files inside the file, and beside it, whose text nobody reads; F110: content controls that still show what
    is to be filled in, whatever their words.
    """
    chunks = [item for item in outside if item.kind == "chunk"]
    if chunks:
        yield error("C146", _choose(chunks[0].location, place), clause=clause, count=len(chunks))
    for item in outside:
        if item.kind == "unfilled":
            shown = shorten(" ".join(item.text.split()))
            yield error("F110", _choose(item.location, place), found=shown, text=shown)


def list_tables(arrangement: Arrangement) -> list[Table]:
    """The tables that stay tables."""
    content = arrangement.content
    groups = (content.preamble, *(section.blocks for section in content.sections))
    return [block for blocks in groups for block in blocks if isinstance(block, Table)]


def holds_prose(table: Table) -> bool:
    """Whether a cell holds running text: a sentence of thirty characters or more."""
    for row in table.rows:
        for cell in row:
            text = "".join(run.text for run in cell)
            if any(len(piece.strip()) >= _LEAST_SENTENCE for piece in text.replace("。", "。\n").split("\n")):
                return True
    return False


def count_table_words(table: Table) -> int:
    """The 字 in a table's cells."""
    return sum(count_text("".join(run.text for run in cell)).high for row in table.rows for cell in row)


def _tell(
    arrangement: Arrangement, kind: OutsideKind, code: str, place: Location, clause: str | None
) -> Iterator[Diagnostic]:
    found = [item for item in arrangement.outside if item.kind == kind and item.text.strip()]
    if found:
        said: dict[str, Param] = {
            "number": len(found),
            "count": sum((count_text(item.text) for item in found), ZERO).high,
        }
        tell = warning if kind == "hidden" else info
        yield tell(code, _choose(found[0].location, place), clause=clause, **said)


def _choose(found: Location, place: Location) -> Location:
    return place if found == NOWHERE else found
