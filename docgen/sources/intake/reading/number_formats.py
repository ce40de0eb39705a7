"""Interprets the number formats of all kinds of workbooks: number, percentage, date (ECMA-376-1, 18.8.30, 18.8.31)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from docgen.sources.intake.workbook.grid import CellKind

# text in quotes, an escaped character, a width, a filling: shown as they are; a bracket: a colour, a condition, a
# language, a currency, and in the one case that is kept a span of time
_SHOWN_AS_IS = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_BRACKET = re.compile(r"\[([^\]]*)\]?")
_SPAN = re.compile(r"h+|m+|s+", re.IGNORECASE)
_NO_DATE = re.compile(r"general|e[+-]")
# built-in formats (27–36 and 50–58 as Chinese editions show them)
_BUILT_IN: Mapping[int, CellKind] = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((14, 15, 16, 28, 29, 30, 31, 51, 53, 54, 58), "date"),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), "month"),
    **dict.fromkeys((18, 19, 20, 21, 22, 32, 33, 34, 35, 45, 46, 47, 55, 56), "moment"),
}

_CODES: Mapping[int, str] = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{14: "yyyy/m/d", 17: "mmm-yy", 18: "h:mm AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm"},
    **{
        27: 'yyyy"年"m"月"',
        28: 'm"月"d"日"',
        30: "m/d/yy",
        31: 'yyyy"年"m"月"d"日"',
        32: 'h"时"mm"分"',
        36: 'yyyy"年"m"月"',
    },
    **{37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 48: "##0.0E+0", 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"'},
}
"""The codes of built-in formats, as Chinese editions show them."""


class ShownFormat(NamedTuple):
    """The style of a cell's number format: its kind and least number of digits; ``code`` is the format, if kept."""

    kind: CellKind
    zeros: int
    code: str = ""


PLAIN = ShownFormat("number", 0)


def judge_format(number: int, code: str) -> ShownFormat:
    """The style of a number format; a built-in format is identified by ``number`` alone."""
    return _judge_code(code) if code else ShownFormat(_BUILT_IN.get(number, "number"), 0)


def find_code(number: int, code: str) -> str:
    """The code of a number format; for a built-in one its meaning, '' for General."""
    return code or _CODES.get(number, "" if not number or number == 49 else f"({number})")


def _judge_code(code: str) -> ShownFormat:
    plain = _BRACKET.sub(_keep_span, _SHOWN_AS_IS.sub("", code))
    # of the sections for positive numbers, negative ones, zero and text the first that shows a number
    shown = next((section for section in plain.lower().split(";") if section.strip()), "").strip()
    letters = _NO_DATE.sub("", shown)
    if any(letter in letters for letter in "yde") or "aaa" in letters:
        is_month = "d" not in letters and "aaa" not in letters
        return ShownFormat("moment" if "h" in letters else "month" if is_month else "date", 0)
    if "h" in letters or "s" in letters:
        return ShownFormat("moment", 0)
    if "m" in letters:
        return ShownFormat("month", 0)
    zeros = len(shown) if shown and not shown.strip("0") else 0
    return ShownFormat("percent" if "%" in shown else "number", zeros)


def _keep_span(bracket: re.Match[str]) -> str:
    """Durations beyond a day (``[h]``) as hours; "" for any other bracket."""
    return "h" if _SPAN.fullmatch(bracket[1]) else ""
