"""Reads the days of a record, and counts days and months between them, for checks of dates."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from docgen.profile.belonging import ItemScope
from docgen.profile.paths import Place


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A day, and its place in the record."""

    date: dt.date
    place: Place


def find_days(scope: ItemScope, *paths: str) -> Iterator[RecordedDay]:
    """Find the days at the paths, in the order of the paths and of the record."""
    for path in paths:
        for item in scope.find(path):
            day = read_day(item.value)
            if day is not None:
                yield RecordedDay(day, item.place)


def read_day(value: object) -> dt.date | None:
    """Read the day of a date or a time; None for anything else."""
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else None


def add_months(day: dt.date, months: int) -> dt.date:
    """Add months (negative ones, too) to a day; the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def count_months(start: dt.date, end: dt.date) -> tuple[int, int]:
    """Count the whole months and the remaining days from one date to a later one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months, (end - add_months(start, months)).days
