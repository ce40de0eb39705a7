"""Makes the views of a report's sections: numbered headings, each with its prose and the tables below it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from docgen.content.blocks import Block, Paragraph, Run, Table
from docgen.content.heading_text import format_ordinal
from docgen.content.model import Narrative
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import HeadingSpec
from docgen.profile.plan import read_heading_blocks
from docgen.render.context.cells import CellReader
from docgen.render.context.records import may_stay_free
from docgen.render.context.source import ContextSource
from docgen.render.context.views import SectionView
from docgen.render.values.values import Missing
from docgen.trees import format_path


def view_sections(source: ContextSource) -> tuple[SectionView, ...]:
    """Make the views of a document's sections in the profile's order, without empty ones that may be left out."""
    return tuple(_iterate_sections(source))


def _iterate_sections(source: ContextSource) -> Iterator[SectionView]:
    job, mode = source.job, source.mode
    fill = partial(_fill_heading, source)
    number = 0
    for heading in job.document.headings:
        blocks = read_heading_blocks(source.subject, job, heading, fill)
        if not blocks and not source.is_blank and may_stay_free(heading.level, mode):
            continue
        place = format_path((*job.place, heading.key))
        body: Any = Narrative(blocks) if blocks else Missing(place, heading.title, mode)
        number += 1
        ordinal = f"{format_ordinal(number)}、"
        yield SectionView(
            key=heading.key,
            number=ordinal,
            title=heading.title,
            heading=ordinal + heading.title,
            clause=heading.clause or "",
            level=heading.level,
            body=body,
        )


def _fill_heading(source: ContextSource, heading: HeadingSpec, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Add the table below a heading's prose; in a blank form room to write, in a draft a missing section's mark."""
    job, mode = source.job, source.mode
    has_source = job.entry is not None or heading.source is not None
    blocks = blocks if has_source and not source.is_blank else ()
    if heading.rows is not None:
        return blocks + _draw_table(source, heading)
    if (source.is_blank or (mode == "by_hand" and not blocks)) and not heading.sections:
        # Room to write by hand, as many lines as a table of this document has blank rows if the heading doesn't say.
        # A paragraph each, kept with a heading or a signature: LibreOffice tears one of line breaks anywhere.
        return (Paragraph(()),) * (job.document.blank_rows if heading.room is None else heading.room)
    is_section = heading not in job.document.headings
    if not blocks and is_section and mode == "draft" and not may_stay_free(heading.level, mode):
        mark = catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=heading.title)
        return (Paragraph((Run(mark),)),)
    return blocks


def _draw_table(source: ContextSource, heading: HeadingSpec) -> tuple[Table, ...]:
    assert heading.rows is not None
    items = source.subject.find(heading.rows, source.job.scope) if not source.is_blank else []
    reader = CellReader(source.subject, source.job, source.mode, heading.rows)
    rows = [[reader.format(column, item.value, item.place) for column in heading.columns] for item in items]
    if source.is_blank:
        # A document that is made for each entry and shows that entry as a table has one row.
        lines = 1 if heading.rows == source.document.per else source.document.blank_rows
        rows = [[""] * len(heading.columns)] * lines
    head = [column.label + (f"（{column.unit}）" if column.unit else "") for column in heading.columns]
    drawn = tuple(tuple((Run(text),) for text in row) for row in (head, *rows))
    return (Table(drawn, caption=heading.caption),) if rows else ()
