"""The values that templates print: their text by kind, the missing value, and the rendered document."""

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
"""What printing a missing value does: report an error, show a visible mark, or leave its place free.

``blank`` leaves every field of a form free, ``by_hand`` those without a value, which are reported, too.
"""


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing value, with its path in the record and the label that users know; it is false and empty.

    Its attributes are missing values, too. ``mode`` says what printing it does; a field that is filled in by hand is
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
    """An inline picture: its bytes (any format that Pillow reads), greatest width and height in millimetres."""

    data: bytes
    max_width_mm: float | None = None
    max_height_mm: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class RichRun:
    """A run of rich text; a format that isn't given is that of the template's tag.

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
    """Text in several formats inside a line; where formats can't be shown, only its text is printed."""

    runs: tuple[RichRun, ...]

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def text(self) -> str:
        """The text of its runs."""
        return "".join(run.text for run in self.runs)


class LinkedText(str):
    """Text that is a hyperlink in a cell of a workbook, and plain text anywhere else."""

    __slots__ = ("address",)
    address: str

    def __new__(cls, text: str, address: str) -> LinkedText:
        made = super().__new__(cls, text)
        made.address = address
        return made


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit behind it: 2.20%. In a cell of a workbook it stays a number."""

    figure: Decimal | int
    unit: str


class ShownNumber(Decimal):
    """A number with the text that a table showed for it (85%, 1,234.50): printed so, and still a number."""

    shown: str

    @classmethod
    def show(cls, number: Decimal, shown: str) -> ShownNumber:
        """Make one of a number and its text."""
        made = cls(number)
        made.shown = shown
        return made


class ShownMoment(dt.datetime):
    """A day or a time with the text that a table showed for it."""

    shown: str

    @classmethod
    def show(cls, moment: dt.datetime, shown: str) -> ShownMoment:
        """Make one of a time and its text."""
        made = cls(*moment.timetuple()[:6])
        made.shown = shown
        return made


def format_minute(value: dt.datetime) -> str:
    """Format a time to the minute: 2024年9月6日 9:05."""
    return f"{format_date(value)} {value.hour}:{value.minute:02d}"


def format_month(value: Month) -> str:
    """Format a month: 2024年9月."""
    return f"{value.year}年{value.month}月"


def format_answer(value: bool) -> str:
    """Format yes or no: 是, 否. A form with other words (有, 合格, a tick) has them in its template."""
    return catalogue(DOCUMENT_LANGUAGE).text("value.yes" if value else "value.no")


class UnprintableNumberError(TypeError):
    """A number that no document can show: not finite, or with more digits than any figure has (a third)."""


def format_decimal(value: Decimal) -> str:
    """Format the digits as typed, never with an exponent: 98.50 stays 98.50; raises UnprintableNumberError."""
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise UnprintableNumberError(str(value))
    text = f"{value:f}"
    if len(text) > _MOST_DIGITS and len(value.as_tuple().digits) > _MOST_DIGITS:
        raise UnprintableNumberError(f"{text[:12]}…")
    return text


def format_float(value: float) -> str:
    """Format a computed number with the fewest digits that distinguish it from all other floats."""
    return format_decimal(Decimal(repr(value)))


_FORMATTERS: dict[type, Callable[..., str]] = {
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
    Quantity: lambda value: f"{format_plain(value.figure)}{value.unit}",
}


def format_plain(value: object) -> str:
    """Format a value as documents print it.

    Raises TypeError for a type that no document prints (a list, a model), UnprintableNumberError for a number.
    """
    formatter = _FORMATTERS.get(type(value))
    if formatter is not None:
        return formatter(value)
    for kind in (str, int, Decimal):
        if isinstance(value, kind):
            return _FORMATTERS[kind](value)
    raise TypeError(type(value).__name__)


def render_text(source: str, values: Mapping[str, Any]) -> str:
    """Render a plain text from a template without escaping; an unknown name raises jinja2's UndefinedError.

    Lines that hold only a tag are removed.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(source).render(values)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered document: its bytes (empty where rendering failed), the missing values, the diagnostics.

    ``missing`` holds each value in mode ``error`` that the template printed, once, in the order of the document.
    With an error among the diagnostics the bytes are for looking at, not for filing. ``values`` are the texts that
    were printed, where the caller asked for them.
    """

    data: bytes
    missing: tuple[Missing, ...]
    diagnostics: tuple[Diagnostic, ...]
    values: tuple[str, ...] = ()
