"""Draws the intake workbook: the guide, and a sheet for each sheet of the layout with lists, checks and hints.

XlsxWriter writes it; the same layout gives the same bytes. Sheets aren't protected, so that a clerk can paste 300 rows,
and add or widen columns.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.ooxml.cells import name_cell, name_column
from docgen.sources.intake.workbook.headers import COUNT_HEADERS, RECORD_GROUP, RECORD_LABEL, RECORD_VALUE
from docgen.sources.intake.workbook.layout import (
    ABOUT_SHEET,
    EXAMPLE_MARK,
    LIST_SHEET,
    MARK_HEADER,
    SHEETS_WORD,
    Column,
    Layout,
    SheetLayout,
    find_naming,
)
from docgen.sources.intake.workbook.styles import BookFormats

HEADER_ROW = 2
"""The header row, counted from 0; below it come the example and the data."""
FIRST_DATA = HEADER_ROW + 2
LAST_ROW = 20_000
_COUNTED_ROWS = 300
_PAGE_WIDTH = 200
_CREATED = dt.datetime(2000, 1, 1)
_INLINE_LIST = 250
_WIDTHS: Mapping[str, int] = {
    "prose": 60, "text": 22, "texts": 20, "code": 22, "phone": 16, "date": 13, "month": 11, "date_or_month": 13,
    "minute": 18, "int": 10, "decimal": 10, "money": 13, "percent": 10, "figure": 14, "choice": 18, "choices": 24,
    "yes_no": 10, "reference": 26, "references": 30,
}  # fmt: skip
_WIDE_FIELDS: Mapping[str, int] = {"name": 30, "title": 30, "address": 34, "file": 38, "line": 46}
_VERDICT_WIDTH = 12
_LONGEST_MESSAGE, _LONGEST_TITLE = 250, 30


def write_workbook(layout: Layout) -> bytes:
    """The empty workbook to fill in."""
    return _WorkbookWriter(layout).write()


class _WorkbookWriter:
    """Writes one workbook with XlsxWriter; ``_lists`` are the choices that go to a hidden sheet."""

    def __init__(self, layout: Layout) -> None:
        import xlsxwriter

        self._layout = layout
        self._texts = catalogue(DOCUMENT_LANGUAGE)
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._book.set_properties({"title": layout.title, "created": _CREATED})
        self._styles = BookFormats(self._book)
        self._lists: dict[tuple[str, ...], str] = {}

    def write(self) -> bytes:
        guide = self._book.add_worksheet(self._text("guide"))
        for sheet in self._layout.sheets:
            worksheet = self._book.add_worksheet(sheet.name)
            if sheet.is_table:
                self._draw_table(worksheet, sheet)
            else:
                self._draw_record(worksheet, sheet)
            worksheet.set_tab_color(self._styles.tabs[sheet.group])
        from docgen.sources.intake.workbook.guide import draw_guide

        draw_guide(guide, self._layout, self._styles, self._texts)
        self._write_lists()
        hidden_sheet = self._book.add_worksheet(ABOUT_SHEET)
        facts = [("profile", self._layout.profile_id), ("layout", "1")]
        facts += [(SHEETS_WORD, "\n".join(sheet.name for sheet in self._layout.sheets))] if self._layout.is_part else []
        for row, pair in enumerate(facts):
            hidden_sheet.write_row(row, 0, pair)
        hidden_sheet.very_hidden()
        guide.activate()
        self._book.close()
        return self._buffer.getvalue()

    def _text(self, key: str, **params: object) -> str:
        return self._texts.text(f"workbook.{key}", **params)

    @cached_property
    def _name_columns(self) -> Mapping[str, tuple[str, int]]:
        """The sheet and the column of names for each list that rows refer to."""
        by_list: dict[str, tuple[str, int]] = {}
        for sheet in self._layout.sheets:
            anchor = sheet.anchor
            if anchor.kind in ("list", "entries"):
                naming = find_naming({column.path: at for at, column in enumerate(sheet.columns, 1)}, sheet)
                target = f"{anchor.name}[]" if anchor.kind == "list" else f"forms.{anchor.document}[]"
                if naming:
                    by_list[target] = sheet.name, naming[0]
        return by_list

    # tables

    def _draw_table(self, worksheet: Any, sheet: SheetLayout) -> None:
        """Draw a sheet with a row for each item: headers, the example, checks and hints of the columns."""
        styles = self._styles
        self._draw_head(worksheet, sheet)
        worksheet.set_row(HEADER_ROW, 64 if any(map(_is_verdict, sheet.columns)) else 48)
        worksheet.write_string(HEADER_ROW, 0, MARK_HEADER, styles.header("free"))
        worksheet.write_string(HEADER_ROW + 1, 0, EXAMPLE_MARK, styles.example)
        worksheet.set_column(0, 0, 7, styles.data("text"))
        self._add_hint(worksheet, 0, MARK_HEADER, self._text("hint.mark"))
        at = 1
        counted = [column for column in sheet.iterate_columns() if column.counted]
        places: list[int] = []
        for column in sheet.iterate_columns():
            self._draw_column(worksheet, at, column)
            at += 1
            if column.counted:
                places.append(at)
                at += 2
        if counted:
            self._draw_counts(worksheet, places, at)
            at += 1
        last = name_column(at)
        row = FIRST_DATA + 1
        # COUNTA counts formulas with an empty result; with counting columns the first data column decides
        filled = f'=$B{row}<>""' if counted else f"=COUNTA($A{row}:${last}{row})>0"
        lines = {"type": "formula", "criteria": filled, "format": styles.line}
        worksheet.conditional_format(FIRST_DATA, 0, LAST_ROW, at - 1, lines)
        worksheet.autofilter(HEADER_ROW, 0, HEADER_ROW + 1, at - 1)
        worksheet.freeze_panes(HEADER_ROW + 1, 2)
        width = sum(_find_width(column) for column in sheet.iterate_columns())
        self._set_print(worksheet, pages=1 + width // _PAGE_WIDTH)
        worksheet.repeat_rows(HEADER_ROW)

    def _draw_head(self, worksheet: Any, sheet: SheetLayout) -> None:
        styles = self._styles
        worksheet.set_row(0, 26)
        worksheet.write_string(0, 1, sheet.title, styles.title)
        guide = self._text("guide")
        worksheet.write_url(0, 0, f"internal:'{guide}'!A1", styles.link, self._text("back"))
        worksheet.write_string(1, 1, sheet.hint, styles.note)

    def _draw_column(self, worksheet: Any, at: int, column: Column) -> None:
        styles = self._styles
        worksheet.set_column(at, at, _find_width(column), styles.data(column.kind))
        worksheet.write_string(HEADER_ROW, at, _format_header(column), styles.header(column.need))
        worksheet.write_string(HEADER_ROW + 1, at, column.example, styles.example)
        self._add_check(worksheet, (FIRST_DATA, LAST_ROW), at, column)
        self._add_hint(worksheet, at, column.label, self._format_hint(column))

    def _draw_counts(self, worksheet: Any, places: list[int], total: int) -> None:
        """Add the length and share beside each counted text; LEN counts characters, while docgen counts words."""
        styles = self._styles
        for at in places:
            worksheet.set_column(at, at + 1, 8, styles.count)
            worksheet.write_string(HEADER_ROW, at, COUNT_HEADERS[0], styles.header("count"))
            worksheet.write_string(HEADER_ROW, at + 1, COUNT_HEADERS[1], styles.header("count"))
            for counter in (at, at + 1):
                worksheet.write_string(HEADER_ROW + 1, counter, "", styles.example)
            self._add_hint(worksheet, at, COUNT_HEADERS[0], self._text("hint.count"))
        worksheet.set_column(total, total, 10, styles.count)
        worksheet.write_string(HEADER_ROW, total, COUNT_HEADERS[2], styles.header("count"))
        worksheet.write_string(HEADER_ROW + 1, total, "", styles.example)
        for row in range(FIRST_DATA, FIRST_DATA + _COUNTED_ROWS):
            cells = [name_cell(row + 1, at + 1) for at in places]
            whole = name_cell(row + 1, total + 1)
            for place, cell in zip(places, cells, strict=True):
                text = name_cell(row + 1, place)
                plain = f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text}," ",""),"　",""),CHAR(10),"")'
                worksheet.write_formula(row, place, f'=IF({text}="","",LEN({plain}))', styles.count, "")
                share = f'=IF(OR({cell}="",{whole}=""),"",{cell}/{whole})'
                worksheet.write_formula(row, place + 1, share, styles.share, "")
            numbers = ",".join(cells)
            worksheet.write_formula(row, total, f'=IF(SUM({numbers})=0,"",SUM({numbers}))', styles.count, "")

    # record sheets

    def _draw_record(self, worksheet: Any, sheet: SheetLayout) -> None:
        """Draw a sheet with a line for each value."""
        styles = self._styles
        self._draw_head(worksheet, sheet)
        grouped = any(column.group for column in sheet.columns)
        worksheet.set_column(0, 0, 26 if grouped else 12, styles.data("text"))
        for at, width in ((1, 34), (2, 62), (3, 8), (4, 46), (5, 26)):
            worksheet.set_column(at, at, width)
        heads = (RECORD_GROUP, RECORD_LABEL, RECORD_VALUE, *(self._text(f"head.{key}") for key in ("need", "hint")))
        for at, head in enumerate((*heads, EXAMPLE_MARK)):
            worksheet.write_string(HEADER_ROW, at, head if at or grouped else "", styles.header("free"))
        group = ""
        for row, column in enumerate(sheet.columns, HEADER_ROW + 1):
            if column.kind == "prose":
                worksheet.set_row(row, 66)
            first = column.group != group
            group = column.group
            worksheet.write_string(row, 0, column.group, styles.group(first))
            worksheet.write_string(row, 1, _format_header(column), styles.label(column.need))
            worksheet.write_blank(row, 2, None, styles.field(column.kind))
            worksheet.write_string(row, 3, self._text(f"need.{column.need}"), styles.side)
            worksheet.write_string(row, 4, column.hint, styles.side)
            worksheet.write_string(row, 5, column.example, styles.example)
            self._add_check(worksheet, (row, row), 2, column)
        worksheet.freeze_panes(HEADER_ROW + 1, 2)
        self._set_print(worksheet, pages=1)
        worksheet.repeat_rows(HEADER_ROW)

    def _set_print(self, worksheet: Any, *, pages: int) -> None:
        """Print on A4 landscape, with as many pages side by side as keep it readable."""
        worksheet.set_paper(9)
        worksheet.set_landscape()
        worksheet.fit_to_pages(pages, 0)
        worksheet.set_margins(0.4, 0.4, 0.5, 0.6)
        worksheet.set_footer("&C&A　&P / &N")

    # checks and hints

    def _format_hint(self, column: Column) -> str:
        """Whether a column is required, its hint, and how its kind of value is written."""
        how = self._texts.texts.get(f"workbook.how.{column.kind}", "")
        need = self._text(f"need.{column.need}")
        return "。".join(text for text in (need, column.hint, how) if text)

    def _add_hint(self, worksheet: Any, at: int, title: str, text: str) -> None:
        """Add the hint that is shown when a header is selected."""
        options = {"input_title": title.replace("\n", " ")[:_LONGEST_TITLE], "input_message": text[:_LONGEST_MESSAGE]}
        worksheet.data_validation(HEADER_ROW, at, HEADER_ROW, at, {"validate": "any", **options})

    def _add_check(self, worksheet: Any, rows: tuple[int, int], at: int, column: Column) -> None:
        """Add the check of a column and the hint that is shown when one of its cells is selected."""
        first, last = rows
        rule = self._make_rule(column)
        text = self._format_hint(column)
        message = {"input_title": column.label[:_LONGEST_TITLE], "input_message": text[:_LONGEST_MESSAGE]}
        alert = {"error_title": column.label[:_LONGEST_TITLE], "error_message": text[:_LONGEST_MESSAGE]}
        worksheet.data_validation(
            first, at, last, at, {**(rule or {"validate": "any"}), **message, **(alert if rule else {})}
        )

    def _make_rule(self, column: Column) -> dict[str, Any] | None:  # noqa: PLR0911 - a way for each kind
        """The check of a column's cells as XlsxWriter takes it; None where anything may be typed."""
        kind = column.kind
        if kind == "yes_no":
            return {"validate": "list", "source": ["是", "否"]}
        if kind == "choice":
            return {"validate": "list", "source": self._list_source(tuple(column.words))}
        if kind == "reference" and column.target is not None and column.target in self._name_columns:
            sheet, at = self._name_columns[column.target]
            top = f"'{sheet}'!${name_column(at + 1)}${FIRST_DATA + 1}"
            whole = f"{top}:${name_column(at + 1)}${LAST_ROW + 1}"
            # short names and numbers are valid, too, so the list only suggests
            return {
                "validate": "list",
                "source": f"=OFFSET({top},0,0,MAX(1,COUNTA({whole})),1)",
                "error_type": "information",
            }
        if kind == "date":
            limits = {"minimum": dt.date(1950, 1, 1), "maximum": dt.date(2100, 12, 31)}
            return {"validate": "date", "criteria": "between", **limits}
        if kind == "int":
            return {"validate": "integer", "criteria": "between", "minimum": -999_999_999, "maximum": 999_999_999}
        if kind in ("decimal", "money", "percent"):
            return {"validate": "decimal", "criteria": "between", "minimum": -1e12, "maximum": 1e12}
        if kind == "code" and len(column.digits) == 1:
            return {"validate": "length", "criteria": "==", "value": column.digits[0], "error_type": "warning"}
        return None

    def _list_source(self, words: tuple[str, ...]) -> list[str] | str:
        """The source of a list: a short one is part of the check, a long one is on the hidden sheet."""
        if len(",".join(words)) <= _INLINE_LIST and not any("," in word for word in words):
            return list(words)
        letters = self._lists.setdefault(words, name_column(len(self._lists) + 1))
        return f"='{LIST_SHEET}'!${letters}$1:${letters}${len(words)}"

    def _write_lists(self) -> None:
        worksheet = self._book.add_worksheet(LIST_SHEET)
        for at, words in enumerate(self._lists):
            worksheet.write_column(0, at, words)
        worksheet.hide()


def _format_header(column: Column) -> str:
    """A column's header, with the mark of a required one."""
    return column.header + ("*" if column.need == "required" else "")


def _is_verdict(column: Column) -> bool:
    """Whether a column holds the verdicts of a check list's line."""
    return column.path[0] == "lines" and column.kind == "choice"


def _find_width(column: Column) -> int:
    width = _WIDE_FIELDS.get(column.path[-1], _WIDTHS[column.kind]) if column.document is None else _WIDTHS[column.kind]
    if column.path == ("line",):
        width = _WIDE_FIELDS["line"]
    if _is_verdict(column):
        return _VERDICT_WIDTH  # dozens beside another
    longest = max((len(part) for part in column.header.split("\n")), default=0)
    return max(width, min(longest + 3, 24))
