"""The workbook for a template: its tags as headers, a sheet for each list."""

from __future__ import annotations

import io
from pathlib import Path

from docgen.archive.writing.target import write_target
from docgen.batch.book_styles import EPOCH, BookStyles, write_head
from docgen.batch.fill.template import OWN_NAMES, read_template
from docgen.diagnostics import has_errors
from docgen.errors import TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

_WIDTH = 18


def write_sheet(template: Path, target: Path, *, force: bool) -> None:
    """Write an empty workbook for a template; SourceError, TemplateError, OutputError where that can't be done."""
    import xlsxwriter

    read = read_template(template, None)
    if has_errors(read.faults):
        raise TemplateError(*read.faults)
    lists = read.list_lists()
    names = [name for name in read.list_names() if name not in lists and name not in OWN_NAMES]
    sheets = {catalogue(DOCUMENT_LANGUAGE).text("fill.sheet"): names} if names or not lists else {}
    for name, asked in lists.items():
        sheets[read.show(name)[:31]] = [*names[:1], *asked]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": EPOCH})
    styles = BookStyles(book)
    for title, headers in sheets.items():
        sheet = book.add_worksheet(title)
        sheet.set_column(0, max(len(headers) - 1, 0), _WIDTH)
        write_head(sheet, 0, [read.show(name) for name in headers], styles)
        sheet.freeze_panes(1, 0)
    book.close()
    write_target(buffer.getvalue(), target, force=force)
