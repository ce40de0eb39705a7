"""Chinese numerals for the headings of official documents: 一、 二、 … 九十九、"""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"


def spell_ordinal(number: int) -> str:
    """1–99 as 一 … 九十九; anything else is a ValueError."""
    if not 1 <= number <= 99:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    text = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return text + (_DIGITS[ones] if ones else "")
