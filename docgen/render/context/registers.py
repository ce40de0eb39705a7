"""The rows of a register: a row for each item of a list, a cell for each column."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.profile.document import ColumnSpec
from docgen.record.parts import Training
from docgen.render.context.cells import CellReader, is_by_hand
from docgen.render.context.source import ContextSource
from docgen.render.context.views import CellView, RowView
from docgen.render.values.values import Missing


def view_columns(source: ContextSource) -> tuple[ColumnSpec, ...]:
    """The columns as the profile describes them."""
    return source.document.columns


def view_rows(source: ContextSource) -> tuple[RowView, ...]:
    """The rows; as many empty ones as the profile says, where they are filled by hand."""
    return tuple(_iterate_rows(source))


def _iterate_rows(source: ContextSource) -> Iterator[RowView]:
    document = source.document
    if document.rows is None:
        return
    found = source.subject.find(document.rows, source.job.scope) if not source.is_blank else []
    reader = CellReader(source.subject, source.job, source.mode, document.rows)
    for number, row in enumerate(found, 1):
        cells = tuple(
            CellView(value=reader.read(column, row.value, row.place), align=column.align, width=column.width)
            for column in document.columns
        )
        yield RowView(number=number, cells=cells)
    if not found and (source.is_blank or is_by_hand(document, document.rows)):
        empty = Missing(document.rows, "", "blank")
        cells = tuple(CellView(value=empty, align=item.align, width=item.width) for item in document.columns)
        for number in range(1, _count_blank_rows(source) + 1):
            yield RowView(number=empty if source.is_blank else number, cells=cells)


def _count_blank_rows(source: ContextSource) -> int:
    """As many rows as people came to the training, where the record knows; else the document's."""
    training = source.job.item
    known: object = sum(training.attendance.values()) if isinstance(training, Training) else 0
    # What a redacted copy hides is no number.
    return known if isinstance(known, int) and known else source.document.blank_rows
