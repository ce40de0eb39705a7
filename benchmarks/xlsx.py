"""Rendering workbooks: openpyxl's load, fill and save against a compiled template, in one run.

Absolute figures move with the machine; the ratios are what counts. Goals: 30 for the form, 4 for the long register.

    python benchmarks/xlsx.py
"""

from __future__ import annotations

import datetime as dt
import io
import statistics
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from docgen.render.xlsx.template import XlsxTemplate

COLUMNS = 12
FIRST = 4
WIDTHS = {"A": 6, "B": 24, "C": 10, "K": 14, "L": 24}
_THIN = Side(style="thin")


@dataclass(frozen=True)
class Line:
    """A row of the register: a number, texts, figures and a date."""

    number: int
    name: str
    code: str
    unit: str
    before: Decimal
    target: Decimal
    after: Decimal
    gain: Decimal
    price: Decimal
    worth: Decimal
    day: dt.date
    remark: str


FIELDS = tuple(Line.__dataclass_fields__)
FORMULAS = {7: "=G{row}-E{row}", 9: "=H{row}*I{row}"}


def make_lines(count: int) -> list[Line]:
    lines = []
    for number in range(1, count + 1):
        before, after, price = Decimal(number % 50), Decimal(number % 50 + 5), Decimal("12.50")
        gain = after - before
        day, remark = dt.date(2024, 9, 6), "A&B <公司>"
        texts = f"评价指标 {number}", f"{number:04d}", "％"
        figures = before, before + 4, after, gain, price, gain * price
        lines.append(Line(number, *texts, *figures, day, remark))
    return lines


def draw(sheet: Worksheet, last: int) -> None:
    """Give the rows the look of a form."""
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=COLUMNS)
    sheet["A1"] = "成效评价表"
    for column in range(1, COLUMNS + 1):
        sheet.cell(3, column, FIELDS[column - 1]).font = Font(bold=True)
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    for row in range(3, last + 1):
        for column in range(1, COLUMNS + 1):
            cell = sheet.cell(row, column)
            cell.border = Border(_THIN, _THIN, _THIN, _THIN)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            if row % 2:
                cell.fill = PatternFill("solid", "F2F2F2")
        sheet.cell(row, 11).number_format = "yyyy-mm-dd"


def make_form(count: int) -> bytes:
    """A form with a row for each line, each cell a tag."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    draw(sheet, FIRST + count)
    for at in range(count):
        row = FIRST + at
        for column, name in enumerate(FIELDS):
            tag(sheet, row, column, f"line{at}.{name}")
    add_total(sheet, FIRST + count, f"SUM(J{FIRST}:J{FIRST + count - 1})")
    return save(book)


def make_register() -> bytes:
    """A register with one row in a loop."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    draw(sheet, FIRST + 3)
    sheet.cell(FIRST, 1, "{%tr for line in lines %}")
    for column, name in enumerate(FIELDS):
        tag(sheet, FIRST + 1, column, f"line.{name}")
    sheet.cell(FIRST + 2, 1, "{%tr endfor %}")
    add_total(sheet, FIRST + 3, f"SUM(J{FIRST + 1}:J{FIRST + 1})")
    return save(book)


def tag(sheet: Worksheet, row: int, column: int, expression: str) -> None:
    cell = sheet.cell(row, column + 1, f"{{{{ {expression} }}}}")
    if column in FORMULAS:
        cell.value = FORMULAS[column].format(row=row)
        cell.comment = Comment(f"{{{{ {expression} }}}}", "作者")


def add_total(sheet: Worksheet, row: int, formula: str) -> None:
    cell = sheet.cell(row, 10, f"={formula}")
    cell.comment = Comment("{{ total }}", "作者")


def save(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def strip_tags(template: bytes) -> bytes:
    """What a program that fills cells by address starts from: the form without tags, notes and marker rows."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in sheet.iter_rows(min_row=FIRST):
        for cell in row:
            cell.comment = None
            cell.value = None
    return save(book)


def fill_with_openpyxl(template: bytes, lines: list[Line], *, grow: bool) -> bytes:
    book = load_workbook(io.BytesIO(template))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    styles = [copy(sheet.cell(FIRST + 1, column + 1)._style) for column in range(COLUMNS)]
    for at, line in enumerate(lines):
        row = FIRST + at
        for column, name in enumerate(FIELDS):
            cell = sheet.cell(row, column + 1)
            cell.value = FORMULAS[column].format(row=row) if column in FORMULAS else getattr(line, name)
            if grow:
                cell._style = copy(styles[column])
    sheet.cell(FIRST + len(lines), 10, f"=SUM(J{FIRST}:J{FIRST + len(lines) - 1})")
    return save(book)


def measure(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


@dataclass(frozen=True)
class Case:
    """What is measured: a template, how many lines fill it, and how many times faster docgen shall be."""

    name: str
    template: bytes
    count: int
    grow: bool
    goal: int
    rounds: int

    def run(self) -> str:
        lines = make_lines(self.count)
        context: dict[str, object] = {"lines": lines, "total": sum(line.worth for line in lines)}
        context.update({f"line{at}": line for at, line in enumerate(lines)})
        bare = strip_tags(self.template)
        compiled = XlsxTemplate.compile(self.template, self.name)
        assert not compiled.render(context).diagnostics
        theirs, ours = [], []
        for _ in range(3):
            theirs.append(measure(lambda: fill_with_openpyxl(bare, lines, grow=self.grow), self.rounds // 3))
            ours.append(measure(lambda: compiled.render(context), self.rounds))
        slow, fast = statistics.median(theirs), statistics.median(ours)
        compiling = measure(lambda: XlsxTemplate.compile(self.template, self.name), 5)
        return f"{self.name:<22}{slow:>12.2f}{fast:>12.2f}{slow / fast:>8.1f}{self.goal:>6}{compiling:>12.1f}"


def main() -> None:
    print(f"{'case':<22}{'openpyxl ms':>12}{'docgen ms':>12}{'ratio':>8}{'goal':>6}{'compile ms':>12}")
    print(Case("form 9 × 12", make_form(9), 9, False, 30, 60).run())
    print(Case("register 300 × 12", make_register(), 300, True, 4, 12).run())


if __name__ == "__main__":
    main()
