"""Reports the parts of a text file that the count of words leaves out, with their number of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docgen.content.blocks import Table
from docgen.content.count import ZERO, count_text
from docgen.content.flow import Outside, OutsideKind
from docgen.content.parts.arrange import Arrangement, count_lines
from docgen.content.shown_names import shorten
from docgen.diagnostics import NOWHERE, Diagnostic, Location, Param, error, info, warning

_LEAST_SENTENCE = 30


def check_uncounted_text(arrangement: Arrangement, place: Location, clause: str | None) -> Iterator[Diagnostic]:
    """Report text outside the count.

    C137 text boxes, C143 tables with prose, C144 hidden text, C145 notes, C147 fields without an end; C150 tables of
    one cell, which count; and the faults of ``check_unread``.
    """
    boxes = count_lines(arrangement.boxes)
    if boxes:
        words = sum((count_text(text) for text in boxes), ZERO).high
        at = arrangement.boxes[0].location
        yield warning("C137", _choose_location(at, place), clause=clause, boxes=len(boxes), count=words)
    tables = [table for table in list_tables(arrangement) if holds_prose(table)]
    if tables:
        words = sum(count_table_words(table) for table in tables)
        yield warning(
            "C143", _choose_location(tables[0].location, place), clause=clause, tables=len(tables), count=words
        )
    yield from _report_left_out_text(arrangement, "hidden", "C144", place, clause)
    yield from _report_left_out_text(arrangement, "footnote", "C145", place, clause)
    yield from check_unread(arrangement.outside, place, clause)
    fields = sum(item.kind == "field" for item in arrangement.outside)
    if fields:
        yield warning("C147", place, clause=clause, count=fields)
    if arrangement.framed:
        words = sum((count_text(line.text) for line in arrangement.framed), ZERO).high
        at = arrangement.framed[0].paragraph.location
        yield info("C150", _choose_location(at, place), clause=clause, count=words)


def check_unread(outside: Sequence[Outside], place: Location, clause: str | None) -> Iterator[Diagnostic]:
    """Report embedded files, whose text isn't read (C146), and content controls that still show their prompt (F110)."""
    chunks = [item for item in outside if item.kind == "chunk"]
    if chunks:
        yield error("C146", _choose_location(chunks[0].location, place), clause=clause, count=len(chunks))
    for item in outside:
        if item.kind == "unfilled":
            prompt = shorten(" ".join(item.text.split()))
            yield error("F110", _choose_location(item.location, place), placeholder=prompt, text=prompt)


def list_tables(arrangement: Arrangement) -> list[Table]:
    """List the tables that aren't read as prose."""
    content = arrangement.content
    groups = (content.preamble, *(section.blocks for section in content.sections))
    return [block for blocks in groups for block in blocks if isinstance(block, Table)]


def holds_prose(table: Table) -> bool:
    """Whether a cell of a table holds prose: a sentence of thirty characters or more."""
    for row in table.rows:
        for cell in row:
            text = "".join(run.text for run in cell)
            if any(len(piece.strip()) >= _LEAST_SENTENCE for piece in text.replace("。", "。\n").split("\n")):
                return True
    return False


def count_table_words(table: Table) -> int:
    """Count the 字 in a table's cells."""
    return sum(count_text("".join(run.text for run in cell)).high for row in table.rows for cell in row)


def _report_left_out_text(
    arrangement: Arrangement, kind: OutsideKind, code: str, place: Location, clause: str | None
) -> Iterator[Diagnostic]:
    items = [item for item in arrangement.outside if item.kind == kind and item.text.strip()]
    if items:
        details: dict[str, Param] = {
            "number": len(items),
            "count": sum((count_text(item.text) for item in items), ZERO).high,
        }
        make = warning if kind == "hidden" else info
        yield make(code, _choose_location(items[0].location, place), clause=clause, **details)


def _choose_location(exact: Location, place: Location) -> Location:
    return place if exact == NOWHERE else exact
