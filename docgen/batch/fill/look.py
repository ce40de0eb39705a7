r"""Numbers and days as a sheet shows them: its number formats, and the pictures (``\#``, ``\@``) of Word's fields.

Text, General, ``0`` and ``#,##0`` with decimals, percent, text in quotes and days are known; None stands for any other
format. What ``number_formats`` reads of a format is its kind; here it is applied.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Context, Decimal

_GENERAL_WIDTH = 11
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)
"""Rounds all numbers that a cell can hold, up to 309 digits."""
_LITERAL = r'(?:"[^"]*"|\\.|[-¥￥$€+ ()（）元万亿吨个家人次件台套])*'
_NUMBER = re.compile(
    rf"(?P<before>{_LITERAL})(?P<digits>#,##0|#,###|0+|#|#0|##0)(?P<decimals>\.[0#]+)?(?P<percent>%?)(?P<after>{_LITERAL})"
)
_NOISE = re.compile(r"\[(?:\$[^\]]*|Red|Black|Blue|红色|黑色|蓝色)\]|_.|\*.|;@$|;;;$", re.IGNORECASE)
_DAY = re.compile(
    r"yyyy|yy|aaaa|m+|d+|hh?|ss?|am/pm|上午/下午|\"[^\"]*\"|\\.|[-/年月日时分秒 :：.．,，]", re.IGNORECASE
)
_NAMED = frozenset({"mmm", "mmmm", "mmmmm", "ddd"})
"""What names months and days in English."""
_WEEK = "一二三四五六日"


def format_by_code(number: Decimal, code: str) -> str | None:
    """A number as a format shows it; without a format as General does, 11 characters wide."""
    plain = _NOISE.sub("", code)
    if plain.strip().lower() in ("", "general", "@", "g/通用格式"):
        return format_general(number)
    first, below, zero, *_ = [*plain.split(";"), "", "", ""]
    section = below if below and number < 0 else zero if zero and not number else first
    match = _NUMBER.fullmatch(section)
    if match is None:  # the dash that stands for zero in columns of sums
        return _read(section.replace("?", "")).strip() if re.fullmatch(rf"{_LITERAL}\?*", section) else None
    shown = number * 100 if match["percent"] else number
    decimals = match["decimals"] or ""
    rounded = abs(shown).quantize(Decimal(1).scaleb(-max(len(decimals) - 1, 0)), context=_ROUNDING)
    text = f"{rounded:,f}" if "," in match["digits"] else f"{rounded:f}"
    whole, point, rest = text.partition(".")
    kept = rest[: len(rest) - len(decimals) + len(decimals.rstrip("#"))] if decimals else ""
    rest = kept + rest[len(kept) :].rstrip("0")
    whole = whole.zfill(len(match["digits"])) if set(match["digits"]) == {"0"} else whole
    sign = "-" if number < 0 and rounded and section == first else ""
    before, after = _read(match["before"]), _read(match["after"])
    return f"{sign}{before}{whole}{point if rest else ''}{rest}{match['percent']}{after}".strip()


def format_general(number: Decimal) -> str:
    """A number without a format: as many decimals as a cell of the usual width shows; whole numbers whole."""
    places = max(_GENERAL_WIDTH - 1 - len(f"{abs(int(number))}"), 0)
    text = f"{number:f}"
    if len(text.partition(".")[2]) > places:
        text = f"{number.quantize(Decimal(1).scaleb(-places), context=_ROUNDING):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_moment_by_code(moment: dt.datetime, code: str) -> str | None:
    """A day or a moment as a format shows it; in Word's pictures ``M`` is the month and ``m`` the minute."""
    plain = re.sub(r"\[\$-F800\].*", 'yyyy"年"m"月"d"日"', code, flags=re.IGNORECASE)
    plain = _NOISE.sub("", plain).split(";")[0].strip()
    tokens = _DAY.findall(plain)
    if not plain or "".join(tokens) != plain or any(token.lower() in _NAMED for token in tokens):
        return None
    is_word = "M" in plain and any(token in ("m", "mm") for token in tokens)
    half = any(token.lower() in ("am/pm", "上午/下午") for token in tokens)
    letters = [token[0].lower() if token.isascii() and token.isalpha() else "" for token in tokens]
    shown = ""
    for at, token in enumerate(tokens):
        before, after = "".join(letters[:at])[-1:], "".join(letters[at + 1 :])[:1]
        is_minute = letters[at] == "m" and (before == "h" or after == "s") and not (is_word and token[0] == "M")
        shown += _format_part("n" * len(token) if is_minute else token.lower(), token, moment, half=half)
    return shown


def _format_part(low: str, token: str, moment: dt.datetime, *, half: bool) -> str:
    hour = (moment.hour - 1) % 12 + 1 if half else moment.hour
    parts = {"y": moment.year, "m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}
    if low in ("aaaa", "dddd"):
        return f"星期{_WEEK[moment.weekday()]}"
    if "/" in low[1:]:
        return token.split("/")[moment.hour >= 12]
    if low[0] not in parts or low.strip(low[0]):
        return _read(token)
    value = parts[low[0]]
    if low[0] == "y":
        return f"{value:04d}" if len(low) == 4 else f"{value % 100:02d}"
    return f"{value:0{len(low)}d}"


def _read(literal: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda match: match[1] or match[2] or "", literal)
