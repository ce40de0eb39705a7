"""Write the workbook of many packages: packages, enterprises, missing items, and sums as live formulas with charts.

Rows are written as they come; only the sums are kept, so that ten thousand packages take no more memory than ten. Each
formula has the value that was summed here, for viewers that don't calculate.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from docgen.batch.book_styles import (
    MAX_ROWS,
    BookStyles,
    begin_book,
    fit_row,
    set_page,
    write_formula,
    write_link,
    write_number,
)
from docgen.batch.overview.rows import Overview, OverviewRow
from docgen.batch.overview.sums import SumSheet
from docgen.diagnostics import Diagnostic
from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue
from docgen.pipeline.stages.figures import EnterpriseFigures, Opinions, PackageFigures
from docgen.record.classification import find_division, name_division, name_region

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_SHEETS = ("sums", "charts", "packages", "enterprises", "missing", "unread")
_WIDTHS = {
    "packages": (6, 42, 20, 36, 30, 26, 12, 8, 8, 8, 8, 10, 12, 8, 8, 9, 8, 8, 8, 30),
    "enterprises": (6, 34, 30, 21, 10, 18, 10, 26, 8, 8, 8, 8, 8, 8, 10, 12, 8, 8, 9),
    "missing": (6, 42, 20, 10, 34, 14, 8, 44),
    "unread": (6, 48, 10, 60, 60),
}


def write_overview(file: BinaryIO, rows: Iterable[OverviewRow], folder: Path) -> Overview:
    """Write the workbook, links relative to ``folder``; returns the sums."""
    words = catalogue(DOCUMENT_LANGUAGE)
    book = begin_book(file, words.text("summary.title"))
    sheets = {name: book.add_worksheet(words.text(f"summary.sheet.{name}")) for name in _SHEETS}
    styles = BookStyles(book)
    listing = _Listing(sheets, words, styles, folder)
    overview = Overview()
    for row in rows:
        overview.add(row)
        listing.write(row)
    listing.finish()
    SumSheet(book, sheets, words, styles, listing.ends).write(overview)
    book.close()
    return overview


class _Listing:
    """The sheets with a row for each package, enterprise, missing item, unread file; ``ends`` are their last rows."""

    def __init__(self, sheets: Mapping[str, Worksheet], words: Catalogue, styles: BookStyles, folder: Path) -> None:
        self._sheets = sheets
        self._words = words
        self._styles = styles
        self._folder = folder
        self.ends = {"packages": 1, "enterprises": 1, "missing": 1, "unread": 1}
        for name, columns in _WIDTHS.items():
            sheet = sheets[name]
            set_page(sheet, columns)
            sheet.freeze_panes(1, 2)
            sheet.repeat_rows(0)
            sheet.set_row(0, 32)
            for column, title in enumerate(words.text(f"summary.columns.{name}").split("|")):
                sheet.write_string(0, column, title, styles.head)

    def write(self, row: OverviewRow) -> None:
        if row.figures is None:
            self._write_unread(row)
            return
        self._write_package(row, row.figures)
        if row.counted == "counted":
            for item in row.figures.enterprises:
                self._write_enterprise(row, item)
            for absence in row.figures.index.missing:
                title, details = absence.title, (absence.clause, absence.level, absence.reason)
                self._begin("missing", row.path.name, row.figures.index.project.number, absence.id, title, *details)

    def finish(self) -> None:
        for name, end in self.ends.items():
            columns = len(self._words.text(f"summary.columns.{name}").split("|"))
            self._sheets[name].autofilter(0, 0, max(end - 1, 1), columns - 1)

    def _begin(self, name: str, *texts: str) -> int:
        """Begin a row with its number and its first texts; returns its index."""
        row = self.ends[name]
        sheet = self._sheets[name]
        fit_row(sheet, row, list(zip(texts, _WIDTHS[name][1:], strict=False)))
        sheet.write_number(row, 0, row, self._styles.whole)
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, text, self._styles.text)
        self.ends[name] += 1
        return row

    def _write_package(self, row: OverviewRow, figures: PackageFigures) -> None:
        sheet, styles, index = self._sheets["packages"], self._styles, figures.index
        at = self.ends["packages"]
        if at >= MAX_ROWS:
            return
        standard, remark = index.standard.number or index.profile.id, self._format_remark(row, figures)
        texts = (index.project.number, index.project.name, standard, index.archive.agency)
        widths = _WIDTHS["packages"]
        fit_row(sheet, at, [*zip((row.path.name, *texts), widths[1:], strict=False), (remark, widths[-1])])
        sheet.write_number(at, 0, at, styles.whole)
        self._write_link(sheet, at, row.path)
        for column, text in enumerate(texts, 2):
            sheet.write_string(at, column, text, styles.text)
        sheet.write_datetime(at, 6, dt.datetime.combine(index.created, dt.time()), styles.day)
        counts = row.counted == "counted"
        has_record = figures.source != "index"
        work, opinions = figures.work, figures.opinions
        numbers: list[tuple[int | Decimal | None, Any]] = [
            (len(figures.enterprises) if has_record else None, styles.whole),
            *((value, styles.whole) for value in (work.trainings, work.visits, work.persons)),
            (work.person_days, styles.number),
            (work.benefit, styles.money),
            *((value if opinions.answers else None, styles.whole) for value in (opinions.content, opinions.answers)),
        ]
        for column, (value, style) in enumerate(numbers, 7):
            write_number(sheet, at, column, value if counts else None, style)
        _write_share(sheet, (at, 15), "NO", opinions if counts else Opinions(), styles.share)
        for column, number in enumerate((index.counts.documents, index.counts.pages, len(index.missing)), 16):
            write_number(sheet, at, column, number, styles.whole)
        sheet.write_string(at, 19, remark, styles.text)
        self.ends["packages"] += 1

    def _format_remark(self, row: OverviewRow, figures: PackageFigures) -> str:
        remarks, until = [], figures.index.until
        if until is not None:
            remarks.append("until")
        if figures.index.draft:
            remarks.append("draft")
        if row.counted != "counted":
            remarks.append(str(row.counted))
        elif row.other is not None:
            remarks.append("number")
        if figures.source != "profile" and row.counted == "counted":
            remarks.append(figures.source)
        other = row.other.name if row.other is not None else ""
        params = {"other": other, "until": f"{until.item} {until.label}" if until is not None else ""}
        return "；".join(self._words.text(f"summary.remark.{name}", **params) for name in remarks)

    def _write_enterprise(self, row: OverviewRow, item: EnterpriseFigures) -> None:
        if self.ends["enterprises"] >= MAX_ROWS:
            return
        unknown, styles, sheet = self._words.text("summary.unknown"), self._styles, self._sheets["enterprises"]
        division = find_division(item.industry_code)
        at = self._begin(
            "enterprises",
            *(item.name, row.path.name, item.uscc, item.region or unknown, name_region(item.region)),
            *(division or unknown, name_division(division), item.size_class),
        )
        work, opinions = item.work, item.opinions
        write_number(sheet, at, 9, item.score, styles.score)
        write_number(sheet, at, 10, item.maximum, styles.score)
        sheet.write_string(at, 11, item.grade or self._words.text("summary.no_grade"), styles.text)
        numbers = ((work.trainings, styles.whole), (work.persons, styles.whole), (work.person_days, styles.number))
        for column, (value, style) in enumerate((*numbers, (work.benefit, styles.money)), 12):
            write_number(sheet, at, column, value, style)
        for column, number in enumerate((opinions.content, opinions.answers), 16):
            write_number(sheet, at, column, number if opinions.answers else None, styles.whole)
        _write_share(sheet, (at, 18), "QR", opinions, styles.share)

    def _write_unread(self, row: OverviewRow) -> None:
        sheet, at = self._sheets["unread"], self.ends["unread"]
        first: Diagnostic = row.diagnostics[0]
        texts = (first.code, self._words.message(first), self._words.mend(first))
        fit_row(sheet, at, list(zip((row.path.name, *texts), _WIDTHS["unread"][1:], strict=True)))
        sheet.write_number(at, 0, at, self._styles.whole)
        self._write_link(sheet, at, row.path)
        for column, text in enumerate(texts, 2):
            sheet.write_string(at, column, text, self._styles.text)
        self.ends["unread"] += 1

    def _write_link(self, sheet: Worksheet, at: int, path: Path) -> None:
        try:
            target = os.path.relpath(path.absolute(), self._folder.absolute())
        except ValueError:  # another drive
            target = str(path.absolute())
        write_link(sheet, (at, 1), target, path.name, self._styles.link)


def _write_share(sheet: Worksheet, at: tuple[int, int], columns: str, opinions: Opinions, style: Any) -> None:
    """Write the share of content answers in a row; ``columns`` are the letters of content and all answers."""
    content, answers = (f"{letter}{at[0] + 1}" for letter in columns)
    formula = f'=IF(N({answers})=0,"",{content}/{answers})'
    write_formula(sheet, at, formula, opinions.share, style)
