"""Days of a record, as checks of dates compare and count them."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from docgen.profile.belonging import ItemScope
from docgen.profile.paths import Place


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A day, and where in the record it stands."""

    date: dt.date
    place: Place


def find_days(scope: ItemScope, *paths: str) -> Iterator[RecordedDay]:
    """The days that are given at the paths, in the order of both."""
    for path in paths:
        for found in scope.find(path):
            day = read_day(found.value)
            if day is not None:
                yield RecordedDay(day, found.place)


def read_day(value: object) -> dt.date | None:
    """The day of a date or a moment; None for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later (earlier, below zero); the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def count_months(start: dt.date, end: dt.date) -> tuple[int, int]:
    """Whole months and days from one date to a later one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months, (end - add_months(start, months)).days
