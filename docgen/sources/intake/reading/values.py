"""Converts a cell, by its column, to the text that a person would type in a record.

An unusual spelling with only one meaning is accepted and reported (``report_tidied``); an ambiguous one is left
unchanged for the field's type to refuse. Faults of the cell itself are refused here: an error value, a formula without
a result, a code of which Excel dropped digits.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from docgen.content.shown_names import shorten
from docgen.diagnostics import Severity
from docgen.profile.faults import find_nearest
from docgen.profile.labels import SPACE, find_word
from docgen.record.numerals import INVISIBLE, drop_invisible, normalize_number, normalize_whole
from docgen.record.telephones import normalize_phones
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SourceBook
from docgen.sources.intake.workbook.layout import DATE_KINDS, NUMBER_KINDS, Column
from docgen.sources.intake.workbook.notes import DiagnosticGatherer

EXACT_DIGITS = 15
"""Excel keeps 15 digits of a number: an 18-digit code stored as a number ends in three zeros."""
_LONGEST_TEXT = 32767
_MOST_OPTIONS = 12
_SERIALS = (Decimal(20000), Decimal(80000))
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d{1,2}")
_DOTTED_DAY = re.compile(r"(\d{4})[.．、](\d{1,2})[.．、](\d{1,2})[日号.]?")
_LOOSE_DAY = re.compile(
    r"(\d{4})\s*[年/-]\s*(\d{1,2})\s*[月/-]\s*(\d{1,2})\s*[日号]?(?:[T\s]+0{1,2}:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_PACKED_DAY = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_PACKED_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_LOOSE_MONTH = re.compile(r"(\d{4})\s*[年./．-]\s*(\d{1,2})\s*月?(?:份)?")
_AROUND = f" \t\n\r\u3000\xa0{INVISIBLE}"
_PARTS = re.compile(r"[;；\n|]+")
_MORE_PARTS = re.compile(r"[、,，/]+")


class FaultyCell(Exception):  # noqa: N818 - not a program error; the notes hold the cell's fault
    """Error: a cell without a usable value; its fault was reported."""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """The position of a cell, for diagnostics."""

    sheet: str
    row: int
    column: int


class ValueReader:
    """Reads the cells of one workbook, except names of rows (see ``names``)."""

    def __init__(self, book: SourceBook, notes: DiagnosticGatherer) -> None:
        self._epoch = dt.date(1904, 1, 1) if book.epoch == 1904 else dt.date(1899, 12, 30)
        self._notes = notes
        self.days: dict[str, str] = {}
        """Days that were spelled already, by their serial number: a register repeats them."""

    def read_text(self, value: GridValue, column: Column, spot: CellPlace) -> str | None:  # noqa: PLR0911 - a way for each kind
        """The text of a cell in the column's form; None for a cell of spaces; FaultyCell if it can't be used."""
        if isinstance(value, SheetCell):
            return self._read_cell(value, column, spot)
        text = value.strip(_AROUND)
        if not text:
            return None
        kind = column.kind
        if kind in ("text", "prose", "texts", "references", "reference"):
            if len(value) >= _LONGEST_TEXT:
                self._notes.warning("W146", spot.sheet, spot.row, spot.column, label=column.label, limit=_LONGEST_TEXT)
            return text
        if text.startswith("#") and text.rstrip("!?").isupper():
            return self._refuse("W130", column, spot, value=text)
        if kind in ("code", "phone"):
            return self._read_code(text, column, spot)
        if kind in DATE_KINDS:
            return self._read_date_text(text, column, spot)
        if kind in NUMBER_KINDS or (kind == "figure" and text[0] in "０１２３４５６７８９-－+0123456789"):
            return self._read_number_text(text, column, spot)
        return self.read_choice(text, column, spot) if kind == "choice" else text

    def read_choices(self, text: str, column: Column, spot: CellPlace) -> list[str]:
        """The words in a cell that may hold several; an offered word may contain the separators."""
        chosen: list[str] = []
        for part in _PARTS.split(text):
            if not part.strip():
                continue
            pieces = [part] if _find_word(part, column) is not None else _part_words(part, column)
            chosen += [self.read_choice(piece.strip(), column, spot) for piece in pieces if piece.strip()]
        return list(dict.fromkeys(chosen))

    def read_choice(self, text: str, column: Column, spot: CellPlace) -> str:
        """The record's value for a word; FaultyCell (W140) for a word that isn't offered."""
        value = _find_word(text, column)
        if value is not None:
            return value
        offered = list(column.words)
        nearest = find_nearest(text, offered)
        options = [nearest] if nearest else offered[:_MOST_OPTIONS]
        return self._refuse("W140", column, spot, value=shorten(text.replace("\n", " ")), options="、".join(options))

    def _refuse(self, code: str, column: Column, spot: CellPlace, **params: str | int) -> NoReturn:
        self._notes.error(code, spot.sheet, spot.row, spot.column, label=column.label, **params)
        raise FaultyCell

    def _read_cell(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:  # noqa: PLR0911 - a way for each kind
        """The text of a cell that isn't a text itself."""
        kind = cell.kind
        if kind == "error":
            return self._refuse("W130", column, spot, value=cell.text)
        if kind == "uncalculated":
            return self._refuse("W131", column, spot)
        if kind == "bool":
            return "是" if cell.text in ("1", "true") else "否"
        if column.kind in DATE_KINDS:
            return self._read_date_number(cell, column, spot)
        if kind in ("date", "moment", "month"):
            return self._read_shown_date(cell, column, spot)
        if column.kind in NUMBER_KINDS or column.kind == "figure":
            return self._read_number(cell, column, spot)
        text = self._read_digits(cell, column, spot)
        if column.kind in ("code", "phone"):
            if column.digits and len(text) not in column.digits:
                self._notes.report_tidied(
                    "W134",
                    spot.sheet,
                    spot.row,
                    spot.column,
                    severity=Severity.WARNING,
                    label=column.label,
                    value=text,
                )
            return text
        return self.read_choice(text, column, spot) if column.kind == "choice" else text

    def _read_digits(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:
        """A number in a text column: the digits that the cell shows."""
        text = format_stored_number(cell.text)
        if len(text.lstrip("-").partition(".")[0]) > EXACT_DIGITS:
            return self._refuse("W132", column, spot, value=text)
        return text.zfill(cell.zeros) if cell.zeros and text.isdigit() else text

    def _read_number(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:
        text = format_stored_number(cell.text)
        if cell.kind != "percent":
            return text
        shown = format(Decimal(text).scaleb(2).normalize(), "f")
        if column.kind != "percent":
            self._notes.report_tidied("W138", spot.sheet, spot.row, spot.column, label=column.label, value=shown)
        return shown

    def _read_number_text(self, text: str, column: Column, spot: CellPlace) -> str:
        plain = (normalize_whole if column.kind == "int" else normalize_number)(text)
        if plain is None:
            return text  # the field's type reports the fault
        if plain != text:
            self._notes.report_tidied("W139", spot.sheet, spot.row, spot.column, label=column.label, value=plain)
        return plain

    def _read_code(self, text: str, column: Column, spot: CellPlace) -> str:
        plain = SPACE.sub("", unicodedata.normalize("NFKC", text).lstrip("'‘’"))
        if column.kind == "phone":
            plain = normalize_phones(text.lstrip("'‘’")) or text
        if _SCIENTIFIC.fullmatch(plain):
            return self._refuse("W133", column, spot, value=text)
        if column.kind == "code":
            plain = plain.upper()
        if plain != text:
            self._notes.report_tidied("W135", spot.sheet, spot.row, spot.column, label=column.label, value=plain)
        return plain

    # dates

    def _read_date_number(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:
        """A day or month of a serial number, or of digits that were typed as one number (20240301)."""
        text = format_stored_number(cell.text)
        day, month = _PACKED_DAY.fullmatch(text), _PACKED_MONTH.fullmatch(text)
        # a date's digits typed into a date cell are no serial number: Excel shows ###### or a distant year
        packed = day is not None or (month is not None and column.kind in ("month", "date_or_month"))
        if cell.kind in ("date", "moment", "month") and not packed:
            return self._format_serial(cell, column, spot)
        if column.kind in ("month", "date_or_month") and "." in text:
            return self._read_dotted_month(text, column, spot)
        if day is not None:
            read = f"{day[1]}-{day[2]}-{day[3]}"
        elif month is not None and column.kind in ("month", "date_or_month"):
            read = f"{month[1]}-{month[2]}"
        elif _SERIALS[0] <= Decimal(text) <= _SERIALS[1]:
            read = self._format_serial(SheetCell("date", cell.text), column, spot)
        else:
            return text
        self._notes.report_tidied("W136", spot.sheet, spot.row, spot.column, label=column.label, value=text, read=read)
        return read

    def _read_dotted_month(self, text: str, column: Column, spot: CellPlace) -> str:
        """``2024.9`` typed as a number is September; ``2024.1`` may have been January or October."""
        year, _, month = text.partition(".")
        if month == "1":
            candidates = {"first": f"{year}-01", "second": f"{year}-10"}
            return self._refuse("W137", column, spot, value=text, **candidates)
        if not (month.isdigit() and 1 <= int(month) <= 12):
            return text
        read = f"{year}-{int(month):02d}"
        self._notes.report_tidied("W136", spot.sheet, spot.row, spot.column, label=column.label, value=text, read=read)
        return read

    def _format_serial(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:
        """The day, month or minute of a serial number, as the column wants it."""
        serial = Decimal(cell.text)
        try:
            day = self._epoch + dt.timedelta(days=int(serial))
            moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=round((serial % 1) * 24 * 60))
        except OverflowError:
            return self._refuse("W130", column, spot, value=cell.text)
        if column.kind == "month" or (column.kind == "date_or_month" and cell.kind == "month"):
            return f"{day.year:04d}-{day.month:02d}"
        if column.kind != "minute":
            return self.days.setdefault(cell.text, day.isoformat())
        return moment.strftime("%Y-%m-%d %H:%M")

    def _read_shown_date(self, cell: SheetCell, column: Column, spot: CellPlace) -> str:
        """A date in a column of other values, which only texts can hold.

        Elsewhere Excel turned ``3-1`` into March 1, and the typed text is lost.
        """
        if column.kind in ("text", "texts", "prose"):
            return self._format_serial(cell, Column("", "", (), "month" if cell.kind == "month" else "date"), spot)
        day = self._format_serial(cell, Column("", "", (), "date"), spot)
        return self._refuse("W147", column, spot, value=day)

    def _read_date_text(self, text: str, column: Column, spot: CellPlace) -> str:
        plain = drop_invisible(unicodedata.normalize("NFKC", text))
        read = _read_day(plain)
        if read is None and column.kind in ("month", "date_or_month"):
            read = _read_month(plain)
        if read is None:
            return text
        if column.kind == "month":
            read = read[:7]
        if _is_usual(text):
            return text if column.kind != "month" else read
        self._notes.report_tidied("W136", spot.sheet, spot.row, spot.column, label=column.label, value=text, read=read)
        return read


def _is_usual(text: str) -> bool:
    """Whether a record accepts the date's spelling."""
    return re.fullmatch(r"\d{4}(-|/|年)\d{1,2}((-|/|月)\d{1,2}日?|月)?", text) is not None


def _read_day(text: str) -> str | None:
    """The day in an unusual spelling; None for other texts and for impossible days, which stay as typed."""
    match = _DOTTED_DAY.fullmatch(text) or _LOOSE_DAY.fullmatch(text) or _PACKED_DAY.fullmatch(text)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match is not None else None
    except ValueError:
        return None


def _read_month(text: str) -> str | None:
    match = _LOOSE_MONTH.fullmatch(text) or _PACKED_MONTH.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02d}" if match is not None else None


def format_stored_number(stored: str) -> str:
    """A stored number in the digits that Excel shows: 15 at most, no exponent."""
    if is_plain(stored):
        return stored
    number = Decimal(format(float(stored), f".{EXACT_DIGITS}g"))
    return format(number, "f")


def is_plain(stored: str) -> bool:
    """Whether Excel shows a stored number unchanged."""
    return len(stored) <= EXACT_DIGITS and "E" not in stored and "e" not in stored


def _find_word(text: str, column: Column) -> str | None:
    """The record's value for a word that a column offers or also understands."""
    return find_word(text, column.words) or find_word(text, column.also)


def _part_words(text: str, column: Column) -> list[str]:
    """A text split at commas, except inside offered words."""
    words = sorted(filter(None, column.words), key=len, reverse=True)
    return re.findall("|".join([*map(re.escape, words), "[^、,，/]+"]), text)


def split_texts(text: str) -> list[str]:
    """The texts in a cell that may hold several."""
    return [piece.strip() for part in _PARTS.split(text) for piece in _MORE_PARTS.split(part) if piece.strip()]
