"""Format the workbooks of a batch, and write values into their cells."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import Diagnostic
from docgen.messages import Catalogue

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT = "宋体"
_DAYS, _MONEY = '#,##0.0;-#,##0.0;"—"', '#,##0.00;-#,##0.00;"—"'
_LINE = 15.0
_MAX_LINES = 20
_MAX_TEXT = 255
EPOCH = dt.datetime(1980, 1, 1)
"""The creation time in our workbooks, fixed so that the same rows give the same bytes."""
MAX_ROWS = 1_000_000
"""The most rows that a sheet gets."""


def begin_book(file: Any, title: str) -> Workbook:
    """Begin a workbook that is written row by row; texts stay texts, the same rows give the same bytes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": EPOCH, "title": title})
    return book


class BookStyles:
    """The formats of a workbook."""

    def __init__(self, book: Workbook) -> None:
        plain = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
        cell = {**plain, "border": 1, "border_color": "#BFBFBF"}
        self.title = book.add_format({**plain, "bold": True, "font_size": 16})
        self.section = book.add_format({**plain, "bold": True, "font_size": 12})
        self.note = book.add_format({**plain, "font_color": "#595959", "text_wrap": True})
        self.head = book.add_format({**cell, "bold": True, "bg_color": "#D9E2F3", "align": "center", "text_wrap": True})
        self.text = book.add_format({**cell, "text_wrap": True})
        self.center = book.add_format({**cell, "align": "center"})
        colors = {"made": "#E2EFDA", "kept": "#FFFFFF", "faulty": "#FCE4D6", "failed": "#F8CBAD", "open": "#EDEDED"}
        self.states = {
            name: book.add_format({**cell, "bg_color": color, "align": "center"}) for name, color in colors.items()
        }
        self.label = book.add_format({**cell, "bg_color": "#F2F2F2"})
        self.link = book.add_format({**cell, "font_color": "#0563C1", "underline": 1, "text_wrap": True})
        self.whole = book.add_format({**cell, "num_format": "0", "align": "right"})
        self.score = book.add_format({**cell, "align": "right"})
        self.number = book.add_format({**cell, "num_format": _DAYS, "align": "right"})
        self.money = book.add_format({**cell, "num_format": _MONEY, "align": "right"})
        self.share = book.add_format({**cell, "num_format": "0.0%", "align": "right"})
        self.share_outside = book.add_format({**cell, "num_format": "0.0%", "align": "right", "bg_color": "#FCE4D6"})
        self.day = book.add_format({**cell, "num_format": "yyyy-mm-dd", "align": "center"})
        total = {**cell, "bold": True, "bg_color": "#F2F2F2", "align": "right"}
        self.totals = {
            "whole": book.add_format({**total, "num_format": "0"}),
            "money": book.add_format({**total, "num_format": _MONEY}),
            "number": book.add_format({**total, "num_format": _DAYS}),
            "share": book.add_format({**total, "num_format": "0.0%"}),
        }


def write_number(sheet: Worksheet, row: int, column: int, value: Decimal | int | None, style: Any) -> None:
    """Write a number, or an empty cell for None."""
    if value is None:
        sheet.write_blank(row, column, None, style)
    else:
        sheet.write_number(row, column, value, style)


def write_formula(
    sheet: Worksheet, at: tuple[int, int], formula: str, value: Decimal | float | str | None, style: Any
) -> None:
    """Write a live formula with its value; None stands for an empty text."""
    stored = float(value) if isinstance(value, Decimal) else "" if value is None else value
    sheet.write_formula(*at, formula, style, stored)


def write_link(sheet: Worksheet, at: tuple[int, int], target: str, text: str, style: Any) -> None:
    """Write a link to a file, relative to the workbook's folder.

    It is a formula, because a stored link gets backslashes from XlsxWriter, which only Windows follows, and Excel takes
    no more than 65,530 of them. A text in a formula has at most 255 characters; a longer one is written without a link.
    """
    if len(target) > _MAX_TEXT or len(text) > _MAX_TEXT:
        sheet.write_string(*at, text, style)
        return
    quoted = (value.replace('"', '""') for value in (target.replace("\\", "/"), text))
    sheet.write_formula(*at, "=HYPERLINK({})".format(",".join(f'"{value}"' for value in quoted)), style, text)


def set_page(sheet: Worksheet, widths: Sequence[int]) -> None:
    """Set a sheet to landscape A4, one page wide; ``widths`` of columns are in characters."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&C&P / &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def write_head(sheet: Worksheet, row: int, titles: list[str], styles: BookStyles) -> None:
    """Write a row of column titles."""
    sheet.set_row(row, 24)
    for column, title in enumerate(titles):
        sheet.write_string(row, column, title, styles.head)


def write_table(
    sheet: Worksheet, titles: list[str], widths: Sequence[int], rows: Iterable[tuple[str, ...]], styles: BookStyles
) -> None:
    """Write a sheet as a table of texts: titles stay in view and on each page, rows are as high as needed, a filter."""
    set_page(sheet, widths)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    write_head(sheet, 0, titles, styles)
    last = 0
    for row, texts in enumerate(islice(rows, MAX_ROWS - 1), 1):
        fit_row(sheet, row, list(zip(texts, widths, strict=True)))
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, styles.text)
        last = row
    if last:
        sheet.autofilter(0, 0, last, len(widths) - 1)


def format_diagnostic(item: Diagnostic, words: Catalogue) -> tuple[str, str, str, str]:
    """Format a diagnostic for a table: severity, code, message, remedy."""
    return words.text(f"batch.severity.{item.severity.value}"), item.code, words.message(item), words.mend(item)


def fit_row(sheet: Worksheet, row: int, texts: Sequence[tuple[str, int]]) -> None:
    """Make a row as high as its wrapped texts need, each with its column's width; call it before writing the row."""
    lines = 1
    for text, width in texts:
        lines = max(lines, sum(-(-_measure(line) // max(width - 1, 1)) or 1 for line in text.split("\n")))
    if lines > 1:
        sheet.set_row(row, _LINE * min(lines, _MAX_LINES))


def _measure(text: str) -> int:
    """The width of a text in half-width characters."""
    return sum(map(_measure_character, text))


@lru_cache(maxsize=4096)
def _measure_character(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1
