"""Parses the number before a heading: its kind and its value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docgen.content.figures import fold_widths

_CHINESE = "〇零一二三四五六七八九十壹贰叁肆伍陆柒捌玖"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("chapter", re.compile(rf"第([{_CHINESE}\d]+)(?:部分|[章节篇条])[、:.,]?\s*")),
    ("bracket", re.compile(rf"\(([{_CHINESE}]+)\)[、.,:]?\s*")),
    ("stem", re.compile(r"([甲乙丙丁戊己庚辛])[、.,:]\s*")),
    ("chinese", re.compile(rf"([{_CHINESE}]+)\s*(?:[、.,:)]|\s)\s*")),
    ("decimals", re.compile(r"(\d+)\.\d+(?:\.\d+)*(?![\d%])[、.]?\s*")),
    ("decimal", re.compile(r"(\d{1,2})(?:[、.:,)](?!\d)|\s+(?=\D))\s*")),
    ("digits", re.compile(r"\((\d{1,2})\)[、.]?\s*")),
    ("roman", re.compile(r"([IVX]+|[ivx]+)[、.,)\s]\s*")),
    ("letter", re.compile(r"([a-zA-Z])[、.)]\s*")),
)
_ROMAN = {"I": 1, "V": 5, "X": 10}
_MARKS = re.compile(r"^[\s◆◇■□●○★☆▶►▲△※◎•·#*➤✦]+")
_SIGN = re.compile(r"(?:([①-⑳㈠-㈩❶-❿])[、.．]?|([Ⅰ-Ⅻⅰ-ⅻ])[、.．,，:：)）\s])\s*")
_FIRST_SIGNS = "㈠❶①ⅰⅠ"


@dataclass(frozen=True, slots=True)
class HeadingNumber:
    """A number: its kind, its value (None if it doesn't count), and the index of the text after it."""

    kind: str
    value: int | None
    end: int


def read_number(text: str) -> HeadingNumber | None:
    """The number that a line begins with, or None."""
    start = len(match[0]) if (match := _MARKS.match(text)) else 0
    sign = _SIGN.match(text[start:])
    if sign is not None:
        drawn = sign[1] or sign[2]
        base = next(first for first in _FIRST_SIGNS if ord(drawn) >= ord(first))
        return HeadingNumber("circled" if sign[1] else "roman", ord(drawn) - ord(base) + 1, start + sign.end())
    folded = fold_widths(text[start : start + 24])
    for kind, pattern in _PATTERNS:
        match = pattern.match(folded)
        if match is not None:
            value = _read_value(match[1], kind)
            if value is not None and match.end() < len(text) - start + 1:
                return HeadingNumber(kind, value, start + match.end())
    return None


def read_ordinal(text: str) -> int | None:
    """The value of a number on its own: 一, 三、, 2, Ⅳ, 第一部分, （五）."""
    bare = text.strip()
    number = read_number(f"{bare} ") or read_number(f"{bare}、")
    return None if number is None or number.end < len(bare) else number.value


def _read_value(text: str, kind: str) -> int | None:
    if text.isdigit() and text.isascii():
        return int(text)
    if kind == "stem":
        return "甲乙丙丁戊己庚辛".index(text) + 1
    if kind == "letter":
        return ord(text.lower()) - ord("a") + 1
    if kind == "roman":
        return _read_roman(text.upper())
    tens, ten, ones = text.partition("十")
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}
    digits |= {character: value for value, character in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
    if not ten:
        return digits.get(text) if len(text) == 1 else None
    return digits.get(tens, 1) * 10 + digits.get(ones, 0)


def _read_roman(text: str) -> int:
    total = 0
    for at, sign in enumerate(text):
        value = _ROMAN[sign]
        total += -value if any(_ROMAN[later] > value for later in text[at + 1 : at + 2]) else value
    return total
