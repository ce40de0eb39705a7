"""A month of a year, as contracts state periods, and how a day is spelled; ``types`` and ``parts`` build on it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_SPELLINGS = re.compile(r"(\d{4})(?:-|年|/|\.)(\d{1,2})月?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Year and month; ordered by time."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2024-09`` or ``2024年9月``; anything else, or a month outside 1–12, is a ValueError."""
        match = _SPELLINGS.fullmatch(text.strip())
        if match is None or not 1 <= int(match[2]) <= 12:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def format_date(value: dt.date) -> str:
    """2024年9月6日, no zero padding (GB/T 9704—2012)."""
    return f"{value.year}年{value.month}月{value.day}日"
