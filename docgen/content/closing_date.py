"""Finds the date of a document in its text: on a closing line of its own, or after a label."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from docgen.content.model import DocumentContent
from docgen.content.spoken_texts import iterate_texts

_DIGITS = "零一二三四五六七八九〇"
_LINE = re.compile(
    r"(?:日期[:：]?)?\s*[\d〇○零一二三四五六七八九]{4}\s*年\s*[\d一二三四五六七八九十]{1,2}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*日)?"
)
_DAY = re.compile(rf"([\d{_DIGITS}]{{4}})年([\d{_DIGITS}十]{{1,3}})月([\d{_DIGITS}十]{{1,3}})日")


def is_date_line(line: str) -> bool:
    """Whether a line holds only a date or a month."""
    return _LINE.fullmatch(line) is not None


def find_labelled_date(content: DocumentContent, label: str) -> dt.date | None:
    """The first day after a label and a colon, or in the cell after the label's."""
    texts = list(iterate_texts(content))
    for item, behind in pairwise([*texts, texts[-1]] if texts else []):
        flat = re.sub(r"[\s:：]", "", item.text)
        typed = behind.text if flat == label and item.is_cell else flat.removeprefix(label)
        date = _parse_day(typed) if flat.startswith(label) else None
        if date is not None:
            return date
    return None


def _parse_day(text: str) -> dt.date | None:
    """Parse a text that is only a day: 2024年9月6日, 2024-09-06, 2024.9.6."""
    plain = re.fullmatch(r"\s*(\d{4})[-./](\d{1,2})[-./](\d{1,2})\s*", text)
    if plain is None:
        return parse_closing_date(text)
    try:
        return dt.date(*(int(item) for item in plain.groups()))
    except ValueError:
        return None


def parse_closing_date(line: str) -> dt.date | None:
    """The day of a closing line (2024年9月6日, 日期：二〇二四年九月六日); None for any other line, and for a month."""
    match = _DAY.search(re.sub(r"\s", "", line).replace("○", "〇"))
    if match is None or not is_date_line(line.strip()):
        return None
    year, month, day = (_read_numeral(group) for group in match.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _read_numeral(text: str) -> int:
    """Parse a numeral such as 九, 十二, 二十一, 二〇二四, 09."""
    plain = "".join(str(_DIGITS.index(char) % 10) if char in _DIGITS else char for char in text)
    tens, ten, ones = plain.partition("十")
    return int(tens or "1") * 10 + int(ones or "0") if ten else int(plain)
