"""The sections of a report as templates see them: numbered headings, each with its prose and the tables below it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

from docgen.content.blocks import Block, Paragraph, Run, Table
from docgen.content.heading_text import spell_ordinal
from docgen.content.model import Narrative
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import HeadingSpec
from docgen.profile.plan import DocumentJob, read_heading_blocks
from docgen.profile.subject import Subject
from docgen.render.context.cells import CellReader
from docgen.render.context.records import may_stay_free
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path


def view_sections(subject: Subject, job: DocumentJob, mode: MissingMode) -> tuple[SimpleNamespace, ...]:
    """The sections of a document in its profile's order; one that may be left out and says nothing isn't there."""
    return tuple(_iterate_sections(subject, job, mode))


def _iterate_sections(subject: Subject, job: DocumentJob, mode: MissingMode) -> Iterator[SimpleNamespace]:
    fill = partial(_fill_heading, subject, job, mode)
    number = 0
    for heading in job.document.headings:
        blocks = read_heading_blocks(subject, job, heading, fill)
        if not blocks and mode != "blank" and may_stay_free(heading.level, mode):
            continue
        place = format_path((*job.place, heading.key))
        body: Any = Narrative(blocks) if blocks else Missing(place, heading.title, mode)
        number += 1
        ordinal = f"{spell_ordinal(number)}、"
        yield SimpleNamespace(
            key=heading.key,
            number=ordinal,
            title=heading.title,
            heading=ordinal + heading.title,
            clause=heading.clause or "",
            level=heading.level,
            body=body,
        )


def _fill_heading(
    subject: Subject, job: DocumentJob, mode: MissingMode, heading: HeadingSpec, blocks: tuple[Block, ...]
) -> tuple[Block, ...]:
    """The table below a heading's prose; in a blank form room to write, in a draft a mark where a section lacks."""
    known = job.entry is not None or heading.source is not None
    blocks = blocks if known and mode != "blank" else ()
    if heading.rows is not None:
        return blocks + _draw_table(subject, job, mode, heading)
    if (mode == "blank" or (mode == "by_hand" and not blocks)) and not heading.sections:
        # Room to write by hand, as many lines as a table of this document has blank rows if the heading doesn't say.
        # In one paragraph: what is kept with a signature is then kept in LibreOffice, too.
        lines = job.document.blank_rows if heading.room is None else heading.room
        return (Paragraph((Run("\n" * (lines - 1)),)),) if lines else ()
    is_section = heading not in job.document.headings
    if not blocks and is_section and mode == "draft" and not may_stay_free(heading.level, mode):
        mark = catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=heading.title)
        return (Paragraph((Run(mark),)),)
    return blocks


def _draw_table(subject: Subject, job: DocumentJob, mode: MissingMode, heading: HeadingSpec) -> tuple[Table, ...]:
    assert heading.rows is not None
    found = subject.find(heading.rows, job.scope) if mode != "blank" else []
    reader = CellReader(subject, job, mode, heading.rows)
    rows = [[reader.write(column, row.value, row.place) for column in heading.columns] for row in found]
    if mode == "blank":
        # A document for each entry that shows its own entry as a table has one row.
        lines = 1 if heading.rows == job.document.per else job.document.blank_rows
        rows = [[""] * len(heading.columns)] * lines
    head = [column.label + (f"（{column.unit}）" if column.unit else "") for column in heading.columns]
    drawn = tuple(tuple((Run(text),) for text in row) for row in (head, *rows))
    return (Table(drawn, caption=heading.caption),) if rows else ()
