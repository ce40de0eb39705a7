"""Write the workbook of many good cases: a row for each, shared paragraphs, every problem with place and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from docgen.batch.book_styles import BookStyles, begin_book, fit_row, set_page
from docgen.batch.cases.review import ReviewedFile
from docgen.checks.rules.texts.section_length import PartLength
from docgen.diagnostics import Diagnostic, Location, Severity, count_by_severity, promote_warnings
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.services.case import CaseJudgement

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_SHEETS = ("cases", "shared", "problems")
_BEFORE, _EACH, _BEHIND = (5, 26, 30, 8), (8, 9), (26, 8, 28, 8, 18, 9, 8, 9, 9, 6, 6)
_WIDTHS = {
    "shared": (5, 30, 10, 60, 8, 50),
    "problems": (5, 28, 10, 8, 8, 60, 60),
}


def write_case_book(file: BinaryIO, reviewed: Sequence[ReviewedFile], strict: bool = False) -> None:
    """Write the workbook; with ``strict``, warnings count as errors."""
    words = catalogue(DOCUMENT_LANGUAGE)
    book = begin_book(file, words.text("case_book.title"))
    _CaseBook(
        {name: book.add_worksheet(words.text(f"case_book.sheet.{name}")) for name in _SHEETS}, BookStyles(book), strict
    ).write(reviewed)
    book.close()


class _CaseBook:
    def __init__(self, sheets: dict[str, Worksheet], styles: BookStyles, strict: bool) -> None:
        self._sheets = sheets
        self._styles = styles
        self._strict = strict
        self._words = catalogue(DOCUMENT_LANGUAGE)
        self._ends = dict.fromkeys(_SHEETS, 1)

    def write(self, reviewed: Sequence[ReviewedFile]) -> None:
        first = next((case for item in reviewed for case in item.cases), None)
        parts = first.lengths.parts if first is not None else ()
        widths = {
            "cases": (*_BEFORE, *(width for _ in parts for width in _EACH), *_BEHIND),
            "shared": _WIDTHS["shared"],
            "problems": _WIDTHS["problems"],
        }
        for name in _SHEETS:
            self._open(name, widths[name], self._list_titles(name, parts))
        for item in reviewed:
            for case in item.cases:
                self._write_case(item, case, widths["cases"])
            if not item.cases:
                self._write_unread(item, widths["cases"])
            self._write_shared(item)
            self._write_problems(item)
        for name, end in self._ends.items():
            self._sheets[name].autofilter(0, 0, max(end - 1, 1), len(widths[name]) - 1)

    def _open(self, name: str, widths: Sequence[int], titles: Sequence[str]) -> None:
        sheet = self._sheets[name]
        set_page(sheet, widths)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        sheet.set_row(0, 92 if name == "cases" else 24)
        if name == "cases":
            sheet.set_paper(8)  # A3: a row has two dozen cells
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, self._styles.head)

    def _list_titles(self, name: str, parts: Sequence[PartLength]) -> list[str]:
        if name != "cases":
            return self._words.text(f"case_book.columns.{name}").split("|")
        before = self._words.text("case_book.columns.before").split("|")
        each: list[str] = []
        for at, part in enumerate(parts):
            named = {"letter": chr(ord("a") + at), "title": part.part.title}
            band = {"wanted": f"{part.part.share:f}", "low": f"{part.part.low:f}", "high": f"{part.part.high:f}"}
            each += [
                self._words.text("case_book.part", **named),
                self._words.text("case_book.share", letter=named["letter"], **band),
            ]
        return [*before, *each, *self._words.text("case_book.columns.behind").split("|")]

    def _write_case(self, item: ReviewedFile, case: CaseJudgement, widths: Sequence[int]) -> None:
        sheet, styles, lengths = self._sheets["cases"], self._styles, case.lengths
        row = self._ends["cases"]
        name = item.case.name if len(item.cases) == 1 else f"{item.case.name} {case.name}"
        read = "\n".join(self._format_readings(case))
        missing = "、".join(fact.label for fact in case.facts if fact.words is None)
        units = "\n".join(lengths.units or ())
        texts = {1: name, 2: case.title, 4 + 2 * len(lengths.parts): read, 6 + 2 * len(lengths.parts): units}
        texts[8 + 2 * len(lengths.parts)] = missing
        fit_row(sheet, row, [(text, widths[column]) for column, text in texts.items()])
        sheet.write_number(row, 0, row, styles.whole)
        over = styles.states["faulty"] if lengths.total.high > case.limit else styles.whole
        total = lengths.total
        if lengths.open_words:
            counted = {"count": total.high, "open": lengths.open_words}
            sheet.write_string(row, 3, self._words.text("case_book.open", **counted), styles.states["faulty"])
        elif total.is_exact:
            sheet.write_number(row, 3, total.high, over)
        else:
            sheet.write_string(row, 3, f"{total.low}～{total.high}", over)
        column = 4
        for part in lengths.parts:
            self._write_part(row, column, part, lengths.is_whole)
            column += 2
        for at, text in texts.items():
            sheet.write_string(row, at, text, styles.text)
        diagnostics = item.list_diagnostics(case)
        counts = count_by_severity(promote_warnings(diagnostics) if self._strict else diagnostics)
        beside = case.inventory
        outside = beside.table_count.high + beside.text_box_count.high + beside.note_count.high
        outside += beside.hidden_count.high + beside.caption_count.high
        numbers: list[int | None] = [len(lengths.units) if lengths.units is not None else None]
        sheet.write_number(row, column + 1, numbers[0] or 0, styles.whole)
        facts_stated = sum(fact.words is not None for fact in case.facts)
        answers = case.answers
        sheet.write_string(row, column + 3, f"{facts_stated}/{len(case.facts)}" if case.facts else "", styles.center)
        self._write_number(row, column + 5, case.pairs)
        sheet.write_string(row, column + 6, f"{answers[0]}/{answers[1]}" if answers is not None else "", styles.center)
        self._write_number(row, column + 7, len(item.shared))
        self._write_number(row, column + 8, outside)
        self._write_number(row, column + 9, counts[Severity.ERROR])
        self._write_number(row, column + 10, counts[Severity.WARNING])
        self._ends["cases"] += 1

    def _write_number(self, row: int, column: int, value: int | None) -> None:
        sheet = self._sheets["cases"]
        if value is None:
            sheet.write_blank(row, column, None, self._styles.whole)
        else:
            sheet.write_number(row, column, value, self._styles.whole)

    def _write_part(self, row: int, column: int, part: PartLength, is_whole: bool) -> None:
        """Write a part's words and share; a dash where it wasn't found, since a zero would look like a count."""
        sheet, styles = self._sheets["cases"], self._styles
        if part.verdict == "absent":
            sheet.write_string(row, column, "—", styles.states["faulty"])
            sheet.write_blank(row, column + 1, None, styles.share)
            return
        sheet.write_number(row, column, part.count.high, styles.whole)
        share = float(part.share or 0) / 100
        if not is_whole:
            sheet.write_blank(row, column + 1, None, styles.share)
        elif part.verdict == "inside":
            sheet.write_number(row, column + 1, share, styles.share)
        else:
            sheet.write_number(row, column + 1, share, styles.share_outside)

    def _format_readings(self, case: CaseJudgement) -> list[str]:
        """Format the parts that weren't recognised with certainty."""
        lines: list[str] = []
        lengths = case.lengths
        letters = {part.part.key: chr(ord("a") + at) for at, part in enumerate(lengths.parts)}
        for part in lengths.parts:
            reading, letter = part.reading, letters[part.part.key]
            if part.verdict == "absent" and not any(part.part.key in doubt.keys for doubt in lengths.doubts):
                lines.append(self._words.text("case_book.absent", letter=letter))
            elif reading is not None and reading.certainty == "likely":
                lines.append(self._words.text("case_book.likely", letter=letter, heading=reading.heading))
        for doubt in lengths.doubts:
            named = "、".join(letters[key] for key in doubt.keys if key in letters)
            params = {"heading": doubt.heading, "letters": named}
            lines.append(self._words.text("case_book.doubt", **params, count=doubt.count.high))
        return lines or [self._words.text("case_book.sure")]

    def _write_unread(self, item: ReviewedFile, widths: Sequence[int]) -> None:
        sheet, row = self._sheets["cases"], self._ends["cases"]
        message = self._words.message(item.diagnostics[0]) if item.diagnostics else ""
        fit_row(sheet, row, [(item.case.name, widths[1]), (message, widths[2])])
        sheet.write_number(row, 0, row, self._styles.whole)
        sheet.write_string(row, 1, item.case.name, self._styles.text)
        sheet.write_string(row, 2, message, self._styles.text)
        for column in range(3, len(widths)):
            sheet.write_blank(row, column, None, self._styles.text)
        self._ends["cases"] += 1

    def _write_shared(self, item: ReviewedFile) -> None:
        for one in item.shared:
            texts = (item.case.name, self._format_place(one.location), one.excerpt, str(one.count))
            self._write_row("shared", (*texts, "、".join(one.others)))

    def _write_problems(self, item: ReviewedFile) -> None:
        diagnostics = promote_warnings(item.diagnostics) if self._strict else item.diagnostics
        for diagnostic in sorted(diagnostics, key=_order):
            severity = self._words.text(f"batch.severity.{diagnostic.severity.value}")
            message, mend = self._words.message(diagnostic), self._words.mend(diagnostic)
            place = self._format_place(diagnostic.location)
            self._write_row("problems", (item.case.name, place, severity, diagnostic.code, message, mend))

    def _write_row(self, name: str, texts: Sequence[str]) -> None:
        sheet, row = self._sheets[name], self._ends[name]
        fit_row(sheet, row, list(zip(texts, _WIDTHS[name][1:], strict=True)))
        sheet.write_number(row, 0, row, self._styles.whole)
        for column, text in enumerate(texts, 1):
            sheet.write_string(row, column, text, self._styles.text)
        self._ends[name] += 1

    def _format_place(self, location: Location) -> str:
        if location.paragraph is not None:
            return self._words.text("case_book.paragraph", number=location.paragraph)
        return self._words.text("case_book.line", number=location.line) if location.line is not None else ""


def _order(diagnostic: Diagnostic) -> tuple[int, int]:
    grave = (Severity.ERROR, Severity.WARNING, Severity.INFO).index(diagnostic.severity)
    return grave, diagnostic.location.paragraph or diagnostic.location.line or 0
