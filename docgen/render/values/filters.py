"""The filters of templates: each prints a value in another form than its usual one.

======================  ==================================================================================
filter                  what it prints
======================  ==================================================================================
``date``                2024年9月6日
``date8``               20240906 (a month: 202409), as archive catalogues write dates
``month``               2024年9月, of a month, a date or a time
``money``               two decimals, halves away from zero: 12.50
``box("满意")``         ☑ if the value is the option, or one of several values is; else □, also when missing; ■ when
                        the value is masked in a redacted document.
                        Without an option: ☑ for yes. For yes/no values: ``box(true)``, ``box(false)``
``unit("%")``           2.20%, 12起: a figure with its unit, alone in a cell of a workbook still a number; words with
                        the unit behind them; without a unit the value
``capitals``            壹佰贰拾元伍角, of a sum in 元
``numeral``             一, 十二, 九十九, as headings are numbered
``stars``               of a number of stars, one to five: ★★★★☆; ☆☆☆☆☆ where it is missing; other words as they are
``lines``               the values, each on a line of its own
``join("、")``          the values, joined
``default("—")``        the value, or this where it is missing or empty
``trim``                without white space at both ends
``length``, ``first``, ``last``, ``reverse``   of a list
======================  ==================================================================================
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from jinja2.exceptions import SecurityError
from jinja2.runtime import Undefined

from docgen.content.heading_text import format_ordinal
from docgen.record.masking import Masked
from docgen.record.month import Month, format_date
from docgen.render.values.values import Missing, Quantity, format_month, format_plain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

MAX_LENGTH = 1_000_000
"""What joining may make: characters of a text, items of a list."""
TICKED, UNTICKED, MASKED_BOX = "☑", "□", "■"
_LONGEST_UNIT = 20
_UNIT_MARKS = "%‰°℃/·-²³.()（）"


def keep_absent(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that it returns a missing, unknown or masked value unchanged: printing that value reports it."""

    def pass_on(value: Any, *args: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, (Missing, Undefined, Masked)) else function(value, *args, **kwargs)

    return pass_on


def format_date8(value: dt.date | Month) -> str:
    """20240906; of a month, 202409."""
    if isinstance(value, Month):
        return f"{value.year:04d}{value.month:02d}"
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def format_any_month(value: dt.date | Month) -> str:
    """2024年9月, of a month or a date."""
    return format_month(Month(value.year, value.month))


def format_money(value: Decimal | int) -> str:
    """Two decimals, halves away from zero."""
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


def add_unit(value: object, unit: object = "") -> object:
    """A figure with its unit, or words with it; the value alone where there is no unit."""
    if not isinstance(unit, str) or not unit:
        return value
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and _fits_number_format(unit):
        return Quantity(value, unit)
    return f"{format_plain(value)}{unit}"


def _fits_number_format(unit: str) -> bool:
    """Whether a number format can hold the unit: a short one of letters, digits and the marks that units have."""
    return len(unit) <= _LONGEST_UNIT and all(mark.isalnum() or mark in _UNIT_MARKS for mark in unit)


def format_capitals(value: Decimal | int) -> str:
    """A sum of money in 元 in Chinese capitals, to the 分: 壹佰贰拾元伍角, 壹佰元整."""
    import cn2an

    rounded = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(cn2an.an2cn(f"{rounded.normalize():f}", "rmb"))


def format_box(value: Any, option: object = True) -> str:
    """☑ where the value is the option or holds it, else □."""
    if isinstance(value, Undefined):
        return TICKED if value else UNTICKED  # its truth value reports the name
    values = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    if any(isinstance(item, Masked) for item in values):
        return MASKED_BOX
    return TICKED if any(_is_option(item, option) for item in values) else UNTICKED


def _is_option(value: object, option: object) -> bool:
    if isinstance(value, bool) or isinstance(option, bool):
        return value is option
    return value == option or (not isinstance(value, str) and not isinstance(value, Missing) and str(value) == option)


def format_stars(value: Any) -> Any:
    """Fill as many of five stars as the value says, none where it is missing; any other value stays as it is."""
    if isinstance(value, Undefined):
        return value  # printing it reports the name
    if isinstance(value, Missing) or value is None or value == "":
        return "☆" * 5
    text = str(value)
    return "★" * int(text) + "☆" * (5 - int(text)) if text in ("1", "2", "3", "4", "5") else value


def join_values(values: Iterable[object], separator: str = "、") -> str:
    """Join the texts of the values; missing ones are left out."""
    if isinstance(values, str):
        return values
    joined = separator.join(format_plain(value) for value in values if not isinstance(value, Missing))
    if len(joined) > MAX_LENGTH:
        raise SecurityError("join")
    return joined


def join_lines(values: Iterable[object]) -> str:
    """Join the texts of the values, each on a line of its own."""
    return join_values(values, "\n")


def choose_default(value: Any, default: Any = "") -> Any:
    """Choose the value, or the default where it is missing, unknown or empty; zero and no are values."""
    if isinstance(value, (Undefined, Missing)) or value is None:
        return default
    return default if isinstance(value, (str, list, tuple)) and not value else value


FILTERS: dict[str, Callable[..., Any]] = {
    "date": keep_absent(format_date),
    "date8": keep_absent(format_date8),
    "month": keep_absent(format_any_month),
    "money": keep_absent(format_money),
    "unit": keep_absent(add_unit),
    "capitals": keep_absent(format_capitals),
    "box": format_box,
    "numeral": keep_absent(format_ordinal),
    "stars": format_stars,
    "lines": keep_absent(join_lines),
    "join": keep_absent(join_values),
    "default": choose_default,
    "trim": keep_absent(str.strip),
}
