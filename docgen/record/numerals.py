"""Normalises numbers as people and programs write them into plain digits, for records and workbooks alike."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(\.\d+)?", re.ASCII)
_NOTHING_BEHIND_POINT = re.compile(r"\.0+$")
_SIGN = re.compile(r"([+-])\s+")
_BOUND = re.compile(r"\s*(≤|≥|⩽|⩾|≦|≧|<=?|>=?|＜＝?|＞＝?|不超过|不高于|不大于|不低于|不小于|不少于|小于|大于)\s*(.+)")
# full-width forms of ASCII, the many dashes used as a minus, unusual spaces
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_NARROW |= dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63"), "-")
_NARROW |= dict.fromkeys(map(ord, "\u3000\xa0\u2007\u2009\u202f\t"), " ")
INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that nobody sees: address books and chats put them around numbers and names."""
_DROPPED = dict.fromkeys(map(ord, INVISIBLE), "")
_NARROW |= _DROPPED


def drop_invisible(text: str) -> str:
    """A text without the characters that nobody sees."""
    return text.translate(_DROPPED)


def narrow(text: str) -> str:
    """A text with full-width letters, digits and marks replaced by their ASCII forms."""
    return text.translate(_NARROW).strip()


def normalize_number(text: str) -> str | None:
    """The digits of a number, its sign and its point: ``８５``, ``−3.5``, ``1,234.50``; None for any other text."""
    if _PLAIN.fullmatch(text):
        return text
    plain = _SIGN.sub(r"\1", narrow(text))
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    return plain if _PLAIN.fullmatch(plain) else None


def normalize_whole(text: str) -> str | None:
    """The digits of a whole number, also from ``46.0``, which some programs write; None for any other text."""
    plain = normalize_number(text)
    whole = _NOTHING_BEHIND_POINT.sub("", plain) if plain is not None else None
    return whole if whole is not None and "." not in whole else None


def split_bound(text: str) -> tuple[str, str] | None:
    """The sign and the number of a bound (``≤1.0``); None for any other text."""
    match = _BOUND.fullmatch(text)
    number = normalize_number(match[2].removesuffix("%").removesuffix("％")) if match is not None else None
    return (match[1], number) if match is not None and number is not None else None
