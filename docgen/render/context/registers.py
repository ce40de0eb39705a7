"""Makes the views of a register's rows: a row for each item of a list, a cell for each column."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.profile.document import ColumnSpec
from docgen.record.parts import Training
from docgen.render.context.cells import CellReader, is_by_hand
from docgen.render.context.source import ContextSource
from docgen.render.context.views import CellView, RowView
from docgen.render.values.values import Missing


def view_columns(source: ContextSource) -> tuple[ColumnSpec, ...]:
    """List the columns as the profile describes them."""
    return source.document.columns


def view_rows(source: ContextSource) -> tuple[RowView, ...]:
    """Make the views of the rows; in a form to fill in by hand, of the profile's number of empty rows."""
    return tuple(_iterate_rows(source))


def _iterate_rows(source: ContextSource) -> Iterator[RowView]:
    document = source.document
    if document.rows is None:
        return
    rows = source.subject.find(document.rows, source.job.scope) if not source.is_blank else []
    reader = CellReader(source.subject, source.job, source.mode, document.rows)
    for number, row in enumerate(rows, 1):
        cells = tuple(
            CellView(value=reader.read(column, row.value, row.place), align=column.align, width=column.width)
            for column in document.columns
        )
        yield RowView(number=number, cells=cells)
    if not rows and (source.is_blank or is_by_hand(document, document.rows)):
        empty = Missing(document.rows, "", "blank")
        cells = tuple(CellView(value=empty, align=item.align, width=item.width) for item in document.columns)
        for number in range(1, _count_blank_rows(source) + 1):
            yield RowView(number=empty if source.is_blank else number, cells=cells)


def _count_blank_rows(source: ContextSource) -> int:
    """Count the empty rows: as many as people attended the training, else the document's number."""
    training = source.job.item
    attendance: object = sum(training.attendance.values()) if isinstance(training, Training) else 0
    # In a redacted copy a masked attendance is no number.
    return attendance if isinstance(attendance, int) and attendance else source.document.blank_rows
