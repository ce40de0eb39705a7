"""The values that tags print: text, number or day as the sheet shows it, picture; and what is wrong with one."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from docgen.batch.fill.look import format_by_code, format_general, format_moment_by_code
from docgen.batch.fill.rewriting import DAY
from docgen.batch.fill.sheet import DataFile, DataRow, DataSheet
from docgen.batch.fill.word import MergeField
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.record.numerals import normalize_number
from docgen.record.types import find_unwritable
from docgen.render.values.values import ImageValue, Missing, MissingMode, ShownMoment, ShownNumber
from docgen.sources.intake.workbook.grid import SheetCell

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))(?: 0?0:00(?::00)?)?")
_MOST_DIGITS = 15


@dataclass(slots=True)
class Printer:
    """Makes values of a sheet's cells; ``diagnostics`` is what it finds wrong, ``used`` are the pictures that it
    read, with the cells that name them.

    ``asked`` is what the template asks of values (``Rewriting``); ``missing`` are those that lack, by their paths.
    """

    data: DataFile
    mode: MissingMode
    pictures: frozenset[str] = frozenset()
    asked: Mapping[str, set[str]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    used: dict[Path, Location] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)

    def make_values(self, sheet: DataSheet, row: DataRow) -> dict[str, Any]:
        """All values of a row by name; one that is empty is missing, and knows its cell."""
        return {name: self.make_value(sheet, row, name) for name in sheet.headers}

    def make_value(self, sheet: DataSheet, row: DataRow, name: str) -> Any:
        """The value of one cell."""
        cell = row.cells.get(name)
        if cell is None:
            missing = Missing(f"{sheet.name}\0{row.number}\0{name}", sheet.headers[name], self.mode)
            if name in self.asked:
                self.missing[missing.path] = missing
            return missing
        if not isinstance(cell, str):
            value = self._print(sheet, row, name, cell)
        elif (character := find_unwritable(cell)) is not None:
            place = self.data.locate(sheet, row.number, name)
            self.diagnostics.append(error("R141", place, label=sheet.headers[name], character=character))
            return ""
        else:
            value = self._open_picture(sheet, row, name, cell) if name in self.pictures else cell
        return self._suit(value, self.asked[name], sheet, row, name) if name in self.asked else value

    def format_cell(self, sheet: DataSheet, row: DataRow, name: str) -> str:
        """A cell as it is printed; '' where it is empty."""
        return format_value(self.make_value(sheet, row, name)) if name in row.cells else ""

    def _suit(self, value: Any, asked: set[str], sheet: DataSheet, row: DataRow, name: str) -> Any:
        """A value as the template asks for it: a text that is to be a day as one; T480 for what is no option."""
        shown = format_value(value)
        if DAY in asked and isinstance(value, str) and (moment := _read_moment(value)) is not None:
            value = ShownMoment.show(moment, value)
        options = "、".join(sorted(asked - {DAY}))
        wrong = DAY in asked and not isinstance(value, dt.datetime)
        if wrong or (len(asked) > 1 and shown not in asked and DAY not in asked):
            wanted = Term("fill.a-day") if wrong else options
            place = self.data.locate(sheet, row.number, name)
            self.diagnostics.append(error("T480", place, label=sheet.headers[name], value=shown, wanted=wanted))
        if wrong:
            return Missing(name, sheet.headers[name], "draft")
        return value

    def _print(self, sheet: DataSheet, row: DataRow, name: str, cell: SheetCell) -> Any:
        label, place = sheet.headers[name], self.data.locate(sheet, row.number, name)
        if cell.kind == "bool":
            return "是" if cell.text == "1" else "否"
        if cell.kind in ("error", "uncalculated"):
            code = "W130" if cell.kind == "error" else "W131"
            self.diagnostics.append(error(code, place, label=label, value=cell.text))
            return ""
        number = Decimal(cell.text)
        if number != number.to_integral_value():
            number = Decimal(f"{number:.{_MOST_DIGITS}g}")  # what Excel knows of it
        if cell.kind in ("date", "month", "moment"):
            moment = _count_moment(number, self.data.book.epoch)
            shown = format_moment_by_code(moment, cell.code)
            if shown is None and cell.code:
                self._report_format(sheet, name, cell)
            return ShownMoment.show(moment, shown or f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00"))
        if number == number.to_integral_value() and len(f"{abs(number):.0f}") > _MOST_DIGITS:
            self.diagnostics.append(error("W132", place, label=label, value=cell.text))
        if cell.kind == "percent" and not cell.code:  # read plainly from .xls and .ods
            return ShownNumber.show(number, f"{format_general(number * 100)}%")
        shown = format_by_code(number, cell.code or "0" * cell.zeros)
        if shown is None:
            self._report_format(sheet, name, cell)
        return ShownNumber.show(number, shown if shown is not None else format_general(number))

    def _report_format(self, sheet: DataSheet, name: str, cell: SheetCell) -> None:
        place = self.data.locate(sheet, sheet.heading, name)
        item = warning("W204", place, label=sheet.headers[name], format=cell.code)
        if item not in self.diagnostics:
            self.diagnostics.append(item)

    def _open_picture(self, sheet: DataSheet, row: DataRow, name: str, text: str) -> Any:
        folder = self.data.path.resolve().parent
        path = (folder / text.strip().replace("\\", "/")).resolve()
        place = self.data.locate(sheet, row.number, name)
        try:
            if not path.is_relative_to(folder):
                self.diagnostics.append(error("W206", place, label=sheet.headers[name], path=text))
                return ""
            self.used[path] = place
            return ImageValue(path.read_bytes(), description=path.name)
        except (OSError, ValueError):
            self.diagnostics.append(error("W205", place, label=sheet.headers[name], path=text))
            return ""


def find_pictures(sheet: DataSheet) -> frozenset[str]:
    """The columns of which most cells name a picture; what is none there can't be read as one."""
    cells = [item for row in sheet.rows for item in row.cells.items()]
    filled = Counter(name for name, _ in cells)
    named = Counter(name for name, cell in cells if isinstance(cell, str) and cell.lower().endswith(PICTURE_SUFFIXES))
    return frozenset(name for name in named if 2 * named[name] > filled[name])


def format_merge_field(merged: MergeField, value: Any) -> tuple[Any, str]:
    """What a field of mail merge prints of a value, and the switch that has no effect on it ('' for none)."""
    if isinstance(value, (Missing, ImageValue)) or value == "":
        return value, ""
    printed, without_effect = None, ""
    if merged.day:
        moment, without_effect = _read_moment(value), f'\\@ "{merged.day}"'
        printed = format_moment_by_code(moment, merged.day) if moment is not None else None
    if merged.number:
        number, without_effect = _read_number(value), f'\\# "{merged.number}"'
        printed = format_by_code(number, merged.number) if number is not None else None
    if printed is not None:
        value, without_effect = printed, ""
    if merged.letters:
        value = getattr(format_value(value), merged.letters)()
    if merged.before or merged.after:
        value = f"{merged.before}{format_value(value)}{merged.after}"
    return value, without_effect


def format_value(value: Any) -> str:
    """A value as text."""
    return value.shown if isinstance(value, (ShownNumber, ShownMoment)) else str(value)


def _read_moment(value: Any) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value
    match = _DAY.fullmatch(str(value).strip())
    try:
        return dt.datetime(*(int(part) for part in match.groups() if part)) if match else None  # type: ignore[arg-type]
    except ValueError:
        return None


def _read_number(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    digits = normalize_number(str(value))
    return Decimal(digits) if digits is not None else None


def _count_moment(serial: Decimal, epoch: int) -> dt.datetime:
    first = dt.datetime(1904, 1, 1) if epoch == 1904 else dt.datetime(1899, 12, 30)
    return first + dt.timedelta(days=int(serial), seconds=round(float(serial % 1) * 86400))
