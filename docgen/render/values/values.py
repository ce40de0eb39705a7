"""The values that templates print: how each kind is spelled, what stands where one is absent, and what is rendered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.record.month import Month, format_date

if TYPE_CHECKING:
    from docgen.diagnostics import Diagnostic

_MOST_DIGITS = 27
MissingMode = Literal["error", "draft", "blank", "by_hand"]
"""What printing an absent value does: report an error, show a visible mark, or leave the place free.

``blank`` leaves everything free that a form asks for, ``by_hand`` what lacks, which is reported, too.
"""


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that the record doesn't hold: false, empty, and it knows its path and the label a user knows it by.

    Anything asked of it is missing, too. ``mode`` says what printing it does; a field that is filled in by hand is
    always ``blank``.
    """

    path: str
    label: str
    mode: MissingMode = "error"

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("_"):
            raise AttributeError(name)
        return Missing(f"{self.path}.{name}", self.label, self.mode)


@dataclass(frozen=True, slots=True)
class ImageValue:
    """A picture to place inline: its bytes (any kind Pillow reads) and a greatest width and height in millimetres."""

    data: bytes
    max_width_mm: float | None = None
    max_height_mm: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class RichRun:
    """A stretch of rich text. What isn't asked for is as the template formatted the tag.

    ``colour`` as six hex digits, ``size`` in points (a multiple of a half, 1 to 1638), ``position`` above or below the
    line; ValueError for any other. ``highlight`` is one of Word's names or six hex digits, ``link`` an address that the
    text leads to; ``breaks_page`` begins a page before the text.
    """

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str | None = None
    size: float | None = None
    position: Literal["superscript", "subscript"] | None = None
    highlight: str | None = None
    link: str | None = None
    breaks_page: bool = False

    def __post_init__(self) -> None:
        if self.colour is not None and re.fullmatch("[0-9A-Fa-f]{6}", self.colour) is None:
            raise ValueError(f"colour {self.colour!r}")
        if self.size is not None and not (1 <= self.size <= 1638 and self.size * 2 == round(self.size * 2)):
            raise ValueError(f"size {self.size!r}")
        if self.position not in (None, "superscript", "subscript"):
            raise ValueError(f"position {self.position!r}")


@dataclass(frozen=True, slots=True)
class RichText:
    """Text in several formats inside a line; where formats can't be shown, its text alone is printed."""

    runs: tuple[RichRun, ...]

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def text(self) -> str:
        """The text of its runs."""
        return "".join(run.text for run in self.runs)


class LinkedText(str):
    """Text that leads to an address where that can be shown, in a cell of a workbook; plain text anywhere else."""

    __slots__ = ("address",)
    address: str

    def __new__(cls, text: str, address: str) -> LinkedText:
        made = super().__new__(cls, text)
        made.address = address
        return made


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and the unit behind it: 2.20%. In a cell of a workbook it stays a number."""

    figure: Decimal | int
    unit: str


class ShownNumber(Decimal):
    """A number as a table showed it (85%, 1,234.50): printed so, and still a number."""

    shown: str

    @classmethod
    def show(cls, number: Decimal, shown: str) -> ShownNumber:
        """The number with its spelling."""
        made = cls(number)
        made.shown = shown
        return made


class ShownMoment(dt.datetime):
    """A day or a moment as a table showed it."""

    shown: str

    @classmethod
    def show(cls, moment: dt.datetime, shown: str) -> ShownMoment:
        """The moment with its spelling."""
        made = cls(*moment.timetuple()[:6])
        made.shown = shown
        return made


def format_minute(value: dt.datetime) -> str:
    """2024年9月6日 9:05."""
    return f"{format_date(value)} {value.hour}:{value.minute:02d}"


def format_month(value: Month) -> str:
    """2024年9月."""
    return f"{value.year}年{value.month}月"


def format_answer(value: bool) -> str:
    """是 or 否: what a form with other words (有, 合格, a tick) says is for its template."""
    return catalogue(DOCUMENT_LANGUAGE).text("value.yes" if value else "value.no")


class UnprintableNumberError(TypeError):
    """A number that no document can show: none at all, or one of more digits than any figure has (a third)."""


def format_decimal(value: Decimal) -> str:
    """The digits as typed, never in exponent form: 98.50 stays 98.50; UnprintableNumberError where there are none."""
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise UnprintableNumberError(str(value))
    text = f"{value:f}"
    if len(text) > _MOST_DIGITS and len(value.as_tuple().digits) > _MOST_DIGITS:
        raise UnprintableNumberError(f"{text[:12]}…")
    return text


def format_float(value: float) -> str:
    """A number that a program of ours computed, with the digits that tell it from others."""
    return format_decimal(Decimal(repr(value)))


_SPELLERS: dict[type, Callable[..., str]] = {
    str: str,
    int: str,
    bool: format_answer,
    Decimal: format_decimal,
    float: format_float,
    dt.datetime: format_minute,
    dt.date: format_date,
    Month: format_month,
    RichText: lambda value: value.text,
    ShownNumber: lambda value: value.shown,
    ShownMoment: lambda value: value.shown,
    Measured: lambda value: f"{format_plain(value.figure)}{value.unit}",
}


def format_plain(value: object) -> str:
    """A value as a document prints it; a kind that no document should print (a list, a model) is a TypeError.

    A number that can't be printed is an UnprintableNumberError.
    """
    speller = _SPELLERS.get(type(value))
    if speller is not None:
        return speller(value)
    for kind in (str, int, Decimal):
        if isinstance(value, kind):
            return _SPELLERS[kind](value)
    raise TypeError(type(value).__name__)


def render_text(source: str, values: Mapping[str, Any]) -> str:
    """A plain text from a template of its own, nothing escaped; what isn't there is jinja2's UndefinedError.

    Lines that hold only a tag leave nothing behind.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source).render(values)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document: its bytes (empty where it couldn't be rendered at all), what was missing, what went wrong.

    ``missing`` holds each value in mode ``error`` that the template printed, once, in the order of the document.
    With an error among the diagnostics the bytes are for looking at, not for filing. ``values`` are the texts that
    were printed, where the caller asked for them.
    """

    data: bytes
    missing: tuple[Missing, ...]
    diagnostics: tuple[Diagnostic, ...]
    values: tuple[str, ...] = ()
