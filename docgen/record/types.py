"""The types of a record's fields: they parse typed text into values and report what can't be parsed.

Every scalar of a record arrives as the text that was typed (``012``, ``10:30``, ``98.50``, ``no`` survive). A validator
that refuses a value raises ``PydanticCustomError`` whose type is the code of the diagnostic to report and whose context
holds that diagnostic's parameters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema
from pydantic import model_validator as _model_validator
from pydantic_core import PydanticCustomError

from docgen.content.model import Narrative
from docgen.record.month import Month
from docgen.record.numerals import normalize_number, normalize_whole, split_bound
from docgen.record.telephones import normalize_phones

_SCALAR_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_MOST_DIGITS = 15
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_SHOWN = 40
PLACEHOLDER = "…"
"""The placeholder for required values in a new record; it counts as an empty value."""
_DATE = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?", re.ASCII)
_CHINA = dt.timezone(dt.timedelta(hours=8))
_MIDNIGHT = re.compile(r"(?<=\d)[T ]00?:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
"""The time at the end of a day, as written by programs that have no type for days."""
_MINUTE = re.compile(r"(.+?)[ T](\d{1,2})[:：](\d{2})(?::00(?:\.0+)?)?(?:\+08:?00)?", re.ASCII)
_YES, _NO = frozenset({"是", "有", "yes", "true"}), frozenset({"否", "无", "no", "false"})
_WORDS_ON_PAPER = {"true": "是", "false": "否"}
_SHOWN_ANSWERS = ["是", "否", "有", "无", "yes", "no", "true", "false"]
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")


class Part(BaseModel):
    """A part of a record: frozen; unknown keys are errors, and empty values count as absent."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True, defer_build=True
    )

    @_model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: object) -> object:
        if isinstance(data, dict):
            return {
                key: value
                for key, value in data.items()
                if value is not None and not (isinstance(value, str) and value.strip() in ("", PLACEHOLDER))
            }
        return data


def refuse(code: str, **params: str | int) -> PydanticCustomError:
    """The error that a validator raises to report the diagnostic ``code`` at the value's location."""
    # pydantic wants a literal; the code is one of our own catalogue.
    return PydanticCustomError(code, code, params or None)


def find_unwritable(text: str) -> str | None:
    """The first character of a text that no Word or Excel file can hold, as ``U+0001``; None without any."""
    match = _UNWRITABLE.search(text)
    return f"U+{ord(match[0]):04X}" if match is not None else None


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise refuse("R103")
    unwritable = find_unwritable(value)
    if unwritable is not None:
        raise refuse("R141", character=unwritable)
    return value


def _read_text(value: object) -> str:
    """Text as typed; ``true`` and ``false``, as programs write yes and no, become 是 and 否, as on paper."""
    text = _require_text(value)
    return _WORDS_ON_PAPER.get(text.strip().lower(), text)


def format_record_value(value: object) -> str:
    """A value as text, for rules and messages: yes and no are 是 and 否, as in a profile and on paper."""
    return _WORDS_ON_PAPER[str(value).lower()] if isinstance(value, bool) else str(value)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def parse_decimal(value: object) -> Decimal:
    """A number with its digits as typed; a unit, a percent sign (R104) or a bound (R145) is refused."""
    if isinstance(value, Decimal):
        return value
    text = _require_text(value).strip()
    plain = normalize_number(text)
    if plain is None:
        raise _refuse_number("R104", text)
    return Decimal(plain)


def _parse_int(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = _require_text(value).strip()
    plain = normalize_whole(text)
    if plain is None or len(plain.lstrip("+-")) > _MOST_DIGITS:
        raise _refuse_number("R105", text)
    return int(plain)


def _refuse_number(code: str, text: str) -> PydanticCustomError:
    bound = split_bound(text)
    if bound is not None:
        return refuse("R145", value=_shorten(text), sign=bound[0], number=bound[1])
    return refuse(code, value=_shorten(text))


def _parse_money(value: object) -> Decimal:
    number = parse_decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise refuse("R124", value=str(value))
    return number


def _parse_percent(value: object) -> Decimal:
    return parse_decimal(value.removesuffix("%").removesuffix("％") if isinstance(value, str) else value)


def _read_moment(text: str) -> dt.datetime | None:
    """The local time in China of a moment with a time zone; JavaScript writes days as such moments."""
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(_CHINA) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def parse_date(value: object) -> dt.date:
    """``2024-09-06``, ``2024/9/6``, ``2024年9月6日`` or the first moment of a day; R106 or R146 otherwise."""
    if isinstance(value, dt.date):
        return value
    text = _require_text(value).strip()
    match = _DATE.fullmatch(_MIDNIGHT.sub("", text))
    if match is None:
        moment = _read_moment(text)
        raise refuse("R146", value=text, meant=str(moment.date())) if moment else refuse("R106", value=text)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise refuse("R106", value=text) from None


def _parse_month(value: object) -> Month:
    if isinstance(value, Month):
        return value
    text = _require_text(value)
    try:
        return Month.parse(text)
    except ValueError:
        moment = _read_moment(text)
        month = Month(moment.year, moment.month) if moment else None
        raise refuse("R146", value=text, meant=str(month)) if month else refuse("R107", value=text) from None


def _parse_date_or_month(value: object) -> dt.date | Month:
    if isinstance(value, dt.date | Month):
        return value
    text = _require_text(value).strip()
    is_day = _DATE.fullmatch(_MIDNIGHT.sub("", text)) or _read_moment(text)
    return parse_date(text) if is_day else _parse_month(text)


def _parse_minute(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    text = _require_text(value).strip()
    match = _MINUTE.fullmatch(text)
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        moment = _read_moment(text)
        raise refuse("R146", value=text, meant=f"{moment:%Y-%m-%d %H:%M}") if moment else refuse("R108", value=text)
    return dt.datetime.combine(parse_date(match[1]), dt.time(int(match[2]), int(match[3])))


def _parse_yes_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _require_text(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise refuse("R110", value=text)


def translate_answer(value: str) -> str:
    """The Chinese word for an English yes or no; any other answer (有, 合格) unchanged."""
    text = value.strip().lower()
    return value if text not in _YES | _NO or not text.isascii() else "是" if text in _YES else "否"


def _check_key(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value):
        raise refuse("R125", value=value)
    return value


def _normalize_phone(value: str) -> str:
    """Telephone numbers in their usual spelling; an unreadable one unchanged, so that a later check reports it."""
    return normalize_phones(value) or value


def find_uscc_fault(value: str) -> str | None:
    """The fault of a 统一社会信用代码 (GB 32100): ``length``, ``characters``, ``check``, or None."""
    if len(value) != 18:
        return "length"
    if not _USCC.fullmatch(value):
        return "characters"
    # python-stdnum refuses a letter as first character, which GB 32100 allows (A, N, Y); its check digit is right.
    from stdnum.cn.uscc import calc_check_digit

    return None if calc_check_digit(value[:-1]) == value[-1] else "check"


def _parse_prose(value: object, info: ValidationInfo) -> Narrative:
    """Prose as typed, or ``{file: …}``: read through the validation context's ``read_prose``."""
    if isinstance(value, Narrative):
        return value
    if isinstance(value, dict):
        name = value.get("file")
        reader: Callable[[str], Narrative] | None = (info.context or {}).get("read_prose")
        if set(value) != {"file"} or not isinstance(name, str):
            raise refuse("R126")
        if reader is None:
            raise refuse("R127", value=name)
        return reader(name)
    return _parse_text(_read_text(value))


@lru_cache(maxsize=256)
def _parse_text(text: str) -> Narrative:
    """Parse a text as prose; cached, since a batch repeats the project's texts in every enterprise's record."""
    from docgen.content.markdown import parse_markdown

    return parse_markdown(text)


MeaningName = Literal[
    "uscc", "region", "retention", "year", "founded", "done", "issued", "money", "share", "figure", "content", "other"
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Marks the meaning of a field's value, so that checks can doubt values that are valid but improbable.

    ``done``: a day on which something was done or signed. ``issued``: a day that may lie far back (a certificate's).
    ``figure``: a number with its unit in the field ``unit``. ``money``: an amount in 万元. ``other``: never doubted.
    ``content``: a text that must have content; ``answers`` are accepted texts that look like blanks.
    """

    name: MeaningName
    answers: tuple[str, ...] = ()


Text = Annotated[str, BeforeValidator(_read_text), WithJsonSchema(_SCALAR_SCHEMA)]
"""Text as typed; ``true`` and ``false`` read 是 and 否."""
Key = Annotated[str, BeforeValidator(_require_text), AfterValidator(_check_key), WithJsonSchema(_SCALAR_SCHEMA)]
"""The key by which other parts refer to an entry: lower-case letters, digits and hyphens."""
Number = Annotated[Decimal, BeforeValidator(parse_decimal), WithJsonSchema({"type": ["number", "string"]})]
"""A number with its digits as typed."""
Whole = Annotated[int, BeforeValidator(_parse_int), WithJsonSchema({"type": ["integer", "string"]})]
"""A whole number."""
Money = Annotated[
    Decimal, BeforeValidator(_parse_money), WithJsonSchema({"type": ["number", "string"]}), Meaning("money")
]
"""An amount in 万元, two decimals at most."""
Percent = Annotated[
    Decimal, BeforeValidator(_parse_percent), WithJsonSchema({"type": ["number", "string"]}), Meaning("share")
]
"""A percentage, stated as ``85`` or ``85%``."""
Date = Annotated[dt.date, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "examples": ["2024-09-06"]})]
"""A day."""
MonthValue = Annotated[
    Month, BeforeValidator(_parse_month), WithJsonSchema({"type": "string", "examples": ["2024-09"]})
]
"""A month."""
DateOrMonth = Annotated[
    dt.date | Month,
    BeforeValidator(_parse_date_or_month),
    WithJsonSchema({"type": "string", "examples": ["2024-09", "2024-09-06"]}),
]
"""A day, or a month if the day is unknown."""
DoneOn = Annotated[Date, Meaning("done")]
"""A day on which something was done or signed."""
Minute = Annotated[
    dt.datetime, BeforeValidator(_parse_minute), WithJsonSchema({"type": "string", "examples": ["2024-09-06 10:30"]})
]
"""A moment, to the minute."""
RegionCode = Annotated[Text, Meaning("region")]
"""An administrative division by its code (GB/T 2260)."""
FilledText = Annotated[Text, Meaning("content")]
"""A text that must have content."""
YesNo = Annotated[bool, BeforeValidator(_parse_yes_no), WithJsonSchema({"enum": [*_SHOWN_ANSWERS, True, False]})]
"""Yes or no."""
Phone = Annotated[str, BeforeValidator(_require_text), AfterValidator(_normalize_phone), WithJsonSchema(_SCALAR_SCHEMA)]
"""Telephone numbers (mobile, landline with area code, 400), in their usual spelling where they can be read."""
Prose = Annotated[
    Narrative,
    BeforeValidator(_parse_prose),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {"file": {"type": "string"}},
                    "required": ["file"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
"""Prose in a small subset of Markdown, or ``{file: name}``."""


class Reference:
    """Marks a text that names the ``key`` of an item of the list at ``target`` (a path such as ``enterprises[]``).

    ``role`` is the role that a referenced party should have.
    """

    def __init__(self, target: str, role: str | None = None) -> None:
        self.target = target
        self.role = role


EnterpriseReference = Annotated[Text, Reference("enterprises[]")]
"""The key of an enterprise of this record."""
