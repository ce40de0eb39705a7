"""The workbook for a template: its tags as headers, a sheet for each list; empty, or with values to see what comes."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.archive.writing.target import write_target
from docgen.batch.book_styles import EPOCH, BookStyles, write_head
from docgen.batch.fill.rewriting import DAY
from docgen.batch.fill.template import OWN_NAMES, FillTemplate, read_template
from docgen.diagnostics import has_errors
from docgen.errors import TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

if TYPE_CHECKING:
    from docgen.render.scan.names import NameUse

_WIDTH = 18
_SAMPLE_DAY, _SAMPLE_NUMBER = "2024-09-06", 1234.5


def write_sheet(template: Path, target: Path, *, force: bool, is_sample: bool = False) -> None:
    """Write a workbook for a template: empty, or with a row of values that suit its tags (two for each list).

    SourceError, TemplateError, OutputError where that can't be done.
    """
    import xlsxwriter

    read = read_template(template, None)
    if has_errors(read.faults):
        raise TemplateError(*read.faults)
    lists = read.list_lists()
    names = [name for name in read.list_names() if name not in lists and name not in OWN_NAMES]
    sheets = {catalogue(DOCUMENT_LANGUAGE).text("fill.sheet"): names} if names or not lists else {}
    of_lists = {read.show(name)[:31] for name in lists} if names else set()
    for name, asked in lists.items():
        sheets[read.show(name)[:31]] = list(dict.fromkeys((*names[:1], *asked)))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": EPOCH})
    styles = BookStyles(book)
    for title, headers in sheets.items():
        sheet = book.add_worksheet(title)
        sheet.set_column(0, max(len(headers) - 1, 0), _WIDTH)
        write_head(sheet, 0, [read.show(name) for name in headers], styles)
        sheet.freeze_panes(1, 0)
        for row in range(1, (3 if title in of_lists else 2) if is_sample else 1):
            for at, name in enumerate(headers):
                is_key = at == 0 and title in of_lists  # what leads from a list's rows to whose they are
                _write_sample(sheet, (row, at), read, name, "" if is_key or title not in of_lists else f" {row}")
    book.close()
    write_target(buffer.getvalue(), target, force=force)


def _write_sample(sheet: Any, place: tuple[int, int], read: FillTemplate, name: str, number: str) -> None:
    """A value that suits what the template asks for: a day, a number, one of its options, else its own name."""
    merged = [item for item in read.fields.values() if item.name == name]
    asked = read.asked.get(name, set())
    if DAY in asked or any(item.day for item in merged):
        sheet.write_string(*place, _SAMPLE_DAY)
    elif options := sorted(asked - {DAY}, reverse=True):
        sheet.write_string(*place, options[0])
    elif any(item.number for item in merged) or any(_is_measured(use, read, name) for use in read.uses):
        sheet.write_number(*place, _SAMPLE_NUMBER)
    else:
        sheet.write_string(*place, f"{catalogue(DOCUMENT_LANGUAGE).text('fill.sample')}{read.show(name)}{number}")


def _is_measured(use: NameUse, read: FillTemplate, name: str) -> bool:
    """Whether a tag compares a value with a number."""
    return (
        re.search(rf"\b{re.escape(read.show(name))}\s*[<>]|[<>]=?\s*{re.escape(read.show(name))}\b", use.tag)
        is not None
    )
