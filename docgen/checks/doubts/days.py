"""Years and days that are impossible, or years away from all other days of the record; the clock isn't read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from docgen.checks.doubts.recorded_values import Doubt, RecordedValue, RecordedValues, read_day

_FIRST_YEAR = 1949
"""No enterprise of today was founded earlier. Excel turns bare numbers into days of 1899, 1900 and 1905."""
_FIRST_DONE = 1990
_LAST_YEAR = 2100
_AFTER, _BEFORE = dt.timedelta(days=2 * 366), dt.timedelta(days=5 * 366)
"""How far a day may lie from all others: a reply comes up to two years after, preparation begins up to five before."""
_FEW = 4
"""One day in so many may lie far off (one of any three or more); if more do, they belong to the record's time."""
_OLD_FIGURES = 10
_YEAR = re.compile(r"\d{4}")


def find_last_day(values: RecordedValues) -> dt.date | None:
    """The last day on which the record says that something was done, outliers left out; None without any day."""
    common = _find_common(sorted(day for item in values.find("done") if (day := read_day(item.value)) is not None))
    return common[1] if common is not None else None


def _find_common(days: Sequence[dt.date]) -> tuple[dt.date, dt.date] | None:
    """The first and last day after a few outliers, years away from the rest, are removed at either end."""
    if not days:
        return None
    few = min((len(days) - 1) // 2, max(1, len(days) // _FEW))
    start, end = 0, len(days) - 1
    for at in range(len(days) - 1, max(len(days) - 1 - few, 0), -1):
        if days[at] - days[at - 1] > _AFTER:
            end = at - 1
    for at in range(min(few, end)):
        if days[at + 1] - days[at] > _BEFORE:
            start = at + 1
    return days[start], days[end]


def doubt_days(values: RecordedValues) -> Iterator[Doubt]:
    """C411: a day years after or before all others; C410: an impossible day."""
    dated = [
        (recorded, day) for recorded in values.find("done", "issued") if (day := read_day(recorded.value)) is not None
    ]
    common = _find_common(sorted(day for recorded, day in dated if recorded.meaning.name == "done"))
    for recorded, day in dated:
        done = recorded.meaning.name == "done"
        if not (_FIRST_DONE if done else _FIRST_YEAR) <= day.year <= _LAST_YEAR:
            yield Doubt("C410", recorded.place, str(recorded.value))
        elif common is not None and (day - common[1] > _AFTER or (done and common[0] - day > _BEFORE)):
            yield Doubt("C411", recorded.place, str(recorded.value), {"first": str(common[0]), "last": str(common[1])})


def doubt_founding(values: RecordedValues) -> Iterator[Doubt]:
    """C410: an enterprise founded before 1949, or after the last day of the record."""
    last = find_last_day(values)
    for recorded in values.find("founded"):
        day = read_day(recorded.value)
        if day is not None and (day.year < _FIRST_YEAR or day.year > _LAST_YEAR or (last is not None and day > last)):
            yield Doubt("C410", recorded.place, str(recorded.value))


def doubt_years(values: RecordedValues) -> Iterator[Doubt]:
    """C410: figures of a year long before the record's last day, or after it."""
    last = find_last_day(values)
    for recorded in values.find("year"):
        years = [int(text) for text in _YEAR.findall(recorded.value)]
        low, high = (last.year - _OLD_FIGURES, _find_latest(recorded, last)) if last else (_FIRST_DONE, _LAST_YEAR)
        if not years or not all(low <= year <= high for year in years):
            yield Doubt("C410", recorded.place, recorded.value)


def _find_latest(recorded: RecordedValue, last: dt.date) -> int:
    """The latest plausible year: next year's figures may have begun, and a package may be numbered a year later."""
    return last.year + (2 if "archive" in recorded.place else 0)
