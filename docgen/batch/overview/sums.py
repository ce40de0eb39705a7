"""Write the sums of many packages as live formulas over the other sheets, by grade, district and industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docgen.batch.book_styles import BookStyles, set_page, write_formula
from docgen.batch.overview.charts import ChartMaker, SumTable
from docgen.batch.overview.rows import GroupSums, Overview
from docgen.messages import Catalogue
from docgen.record.classification import name_division, name_region

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_SUM_WIDTHS = (12, 30, 12, 12, 12, 12, 12, 12, 12, 12, 12)


class SumSheet:
    """Writes the sheet of sums; ``ends`` are the last rows of the sheets that it sums up."""

    def __init__(
        self,
        book: Workbook,
        sheets: Mapping[str, Worksheet],
        words: Catalogue,
        styles: BookStyles,
        ends: Mapping[str, int],
    ) -> None:
        self._book = book
        self._sheets = sheets
        self._sheet = sheets["sums"]
        self._words = words
        self._styles = styles
        self._ends = ends
        self._row = 0

    def write(self, overview: Overview) -> None:
        """Write the sheet from top to bottom, then its charts."""
        sheet, styles, words = self._sheet, self._styles, self._words
        set_page(sheet, _SUM_WIDTHS)
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, words.text("summary.title"), styles.title)
        sheet.set_row(1, 32)
        sheet.merge_range(1, 0, 1, len(_SUM_WIDTHS) - 1, words.text("summary.counts_once"), styles.note)
        self._row = 3
        self._write_totals(overview)
        grades = self._write_grades(overview)
        order = sorted(overview.regions, key=lambda code: (not code, code))
        names = {code: name_region(code) for code in order}
        regions = self._write_groups(
            "regions", "E", [(code, names[code], overview.regions[code]) for code in order], overview
        )
        order = sorted(overview.divisions, key=lambda code: (not code, code))
        named = [(code, name_division(code), overview.divisions[code]) for code in order]
        divisions = self._write_groups("divisions", "G", named, overview)
        if overview.all.enterprises:
            titles = [self._format_grade(grade) for grade in overview.all_grades]
            ChartMaker(self._book, self._sheets, words, titles).draw(grades, regions, divisions)

    def _range(self, name: str, column: str) -> str:
        end = max(self._ends[name], 2)
        return f"'{self._words.text(f'summary.sheet.{name}')}'!${column}$2:${column}${end}"

    def _write_totals(self, overview: Overview) -> None:
        styles, work = self._styles, overview.work
        self._write_section("totals")
        unread = f"COUNT({self._range('unread', 'A')})"
        self._write_line(
            "packages", f"=COUNT({self._range('packages', 'A')})+{unread}", overview.packages, styles.whole
        )
        self._write_line("unread", f"={unread}", overview.unread, styles.whole)
        count = f"=COUNT({self._range('enterprises', 'A')})"
        self._write_line("enterprises", count, overview.all.enterprises, styles.whole)
        figures = (
            ("trainings", "I", work.trainings, styles.whole),
            ("visits", "J", work.visits, styles.whole),
            ("persons", "K", work.persons, styles.whole),
            ("person_days", "L", work.person_days, styles.number),
            ("benefit", "M", work.benefit, styles.money),
        )
        for key, column, value, style in figures:
            cells = self._range("packages", column)
            # an empty column isn't a sum of zero
            self._write_line(key, f'=IF(COUNT({cells})=0,"",SUM({cells}))', value, style)
        self._write_line("missing", f"=COUNT({self._range('missing', 'A')})", overview.missing, styles.whole)
        content, answers = self._range("packages", "N"), self._range("packages", "O")
        formula = f'=IF(SUM({answers})=0,"",SUM({content})/SUM({answers}))'
        self._write_line("content", formula, overview.opinions.share, styles.share)
        self._row += 1

    def _write_line(self, key: str, formula: str, value: Decimal | float | None, style: Any) -> None:
        label = self._words.text(f"summary.total.{key}")
        self._sheet.merge_range(self._row, 0, self._row, 1, label, self._styles.label)
        write_formula(self._sheet, (self._row, 2), formula, value, style)
        self._row += 1

    def _write_section(self, name: str) -> None:
        self._sheet.write_string(self._row, 0, self._words.text(f"summary.section.{name}"), self._styles.section)
        self._row += 1

    def _write_grades(self, overview: Overview) -> SumTable:
        """Write how many enterprises have each grade, and their share."""
        self._write_section("grades")
        texts = self._words.text
        self._sheet.merge_range(self._row, 0, self._row, 1, texts("summary.head.grade"), self._styles.head)
        for column, key in enumerate(("enterprises", "share"), 2):
            self._sheet.write_string(self._row, column, texts(f"summary.head.{key}"), self._styles.head)
        self._row += 1
        first, total = self._row, overview.all.enterprises
        for grade in overview.all_grades:
            row, count = self._row, overview.all.grades.get(grade, 0)
            self._sheet.merge_range(row, 0, row, 1, self._format_grade(grade), self._styles.text)
            formula = f"=COUNTIFS({self._range('enterprises', 'L')},$A{row + 1})"
            write_formula(self._sheet, (row, 2), formula, count, self._styles.whole)
            all_of_them = f"COUNT({self._range('enterprises', 'A')})"
            share = f'=IF({all_of_them}=0,"",C{row + 1}/{all_of_them})'
            write_formula(self._sheet, (row, 3), share, count / total if total else "", self._styles.share)
            self._row += 1
        self._row += 1
        return SumTable(first, self._row - 2)

    def _format_grade(self, grade: str) -> str:
        return grade or self._words.text("summary.no_grade")

    def _write_groups(
        self, name: str, key: str, groups: Sequence[tuple[str, str, GroupSums]], overview: Overview
    ) -> SumTable:
        """Write the sums of enterprises that share a code; ``key`` is the column of that code in their sheet."""
        grades = overview.all_grades
        self._write_section(name)
        titles = [self._words.text(f"summary.head.{item}") for item in (f"{name}_code", f"{name}_name", "enterprises")]
        titles += [self._format_grade(grade) for grade in grades]
        titles += [
            self._words.text(f"summary.head.{item}") for item in ("persons", "person_days", "benefit", "content")
        ]
        self._sheet.set_row(self._row, 32)
        for column, title in enumerate(titles):
            self._sheet.write_string(self._row, column, title, self._styles.head)
        head = self._row
        self._row += 1
        first = self._row
        for code, label, sums in groups:
            formulas = self._make_formulas(f"{self._range('enterprises', key)},$A{self._row + 1}", grades, head)
            self._write_group((code, label), sums, grades, formulas)
        last = self._row - 1
        self._write_group_total(first, last, overview.all, grades)
        self._row += 1
        return SumTable(first, last)

    def _make_formulas(self, chosen: str, grades: Sequence[str], head: int) -> list[str]:
        """Make the formulas of a row over the ``chosen`` enterprises: their number, by grade, sums, share."""
        graded = self._range("enterprises", "L")
        content, answers = (f"SUMIFS({self._range('enterprises', column)},{chosen})" for column in "QR")
        return [
            f"=COUNTIFS({chosen})",
            *(f"=COUNTIFS({chosen},{graded},{_letter(column)}${head + 1})" for column in range(3, 3 + len(grades))),
            *(f"=SUMIFS({self._range('enterprises', column)},{chosen})" for column in "NOP"),
            f'=IF({answers}=0,"",{content}/{answers})',
        ]

    def _write_group(
        self, group: tuple[str, str], sums: GroupSums, grades: Sequence[str], formulas: Sequence[str]
    ) -> None:
        row, sheet, styles = self._row, self._sheet, self._styles
        code, label = group
        sheet.write_string(row, 0, code or self._words.text("summary.unknown"), styles.text)
        sheet.write_string(row, 1, label or code or self._words.text("summary.unknown"), styles.text)
        values: list[tuple[Decimal | float | None, Any]] = [
            (sums.enterprises, styles.whole),
            *((sums.grades.get(grade, 0), styles.whole) for grade in grades),
            (sums.work.persons or 0, styles.whole),
            (sums.work.person_days or 0, styles.number),
            (sums.work.benefit or 0, styles.money),
            (sums.opinions.share, styles.share),
        ]
        for column, (formula, (value, style)) in enumerate(zip(formulas, values, strict=True), 2):
            write_formula(sheet, (row, column), formula, value, style)
        self._row += 1

    def _write_group_total(self, first: int, last: int, sums: GroupSums, grades: Sequence[str]) -> None:
        row, sheet, totals = self._row, self._sheet, self._styles.totals
        sheet.merge_range(row, 0, row, 1, self._words.text("summary.head.total"), totals["whole"])
        values: list[tuple[int | Decimal, str]] = [(sums.enterprises, "whole")]
        values += [(sums.grades.get(grade, 0), "whole") for grade in grades]
        values += [
            (sums.work.persons or 0, "whole"),
            (sums.work.person_days or 0, "number"),
            (sums.work.benefit or 0, "money"),
        ]
        for column, (value, kind) in enumerate(values, 2):
            letter = _letter(column)
            formula = f"=SUM({letter}{first + 1}:{letter}{last + 1})" if last >= first else "=0"
            write_formula(sheet, (row, column), formula, value, totals[kind])
        content, answers = self._range("enterprises", "Q"), self._range("enterprises", "R")
        formula = f'=IF(SUM({answers})=0,"",SUM({content})/SUM({answers}))'
        write_formula(sheet, (row, 2 + len(values)), formula, sums.opinions.share, totals["share"])
        self._row += 1


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
