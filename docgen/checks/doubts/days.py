"""Years and days: outside reason, or years away from everything else in the record. Today's date is never asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from docgen.checks.doubts.sightings import Doubt, Ground, Sighting, read_day

_FIRST_YEAR = 1949
"""Before it no enterprise of today was founded as such; 1899, 1900 and 1905 are what Excel makes of a bare number."""
_FIRST_DONE = 1990
_LAST_YEAR = 2100
_AFTER, _BEFORE = dt.timedelta(days=2 * 366), dt.timedelta(days=5 * 366)
"""How far from all others a day may lie: a reply comes within two years, a preparation began five years ago."""
_FEW = 4
"""Of so many days one may lie far off, of more than two in any case, before it counts as the record's own time."""
_OLD_FIGURES = 10
_YEAR = re.compile(r"\d{4}")


def find_last_day(ground: Ground) -> dt.date | None:
    """The last day on which something was done by the record, days far off left out; None where no day is known."""
    kept = _find_common(sorted(day for item in ground.find("done") if (day := read_day(item.value)) is not None))
    return kept[1] if kept is not None else None


def _find_common(days: Sequence[dt.date]) -> tuple[dt.date, dt.date] | None:
    """The first and the last of the days that lie together; the few at either end that lie years off don't count."""
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


def doubt_days(ground: Ground) -> Iterator[Doubt]:
    """C411: a day years after or before everything else that was done; C410: one outside reason."""
    sighted = [(item, day) for item in ground.find("done", "issued") if (day := read_day(item.value)) is not None]
    common = _find_common(sorted(day for item, day in sighted if item.meaning.name == "done"))
    for item, day in sighted:
        done = item.meaning.name == "done"
        if not (_FIRST_DONE if done else _FIRST_YEAR) <= day.year <= _LAST_YEAR:
            yield Doubt("C410", item.place, str(item.value))
        elif common is not None and (day - common[1] > _AFTER or (done and common[0] - day > _BEFORE)):
            yield Doubt("C411", item.place, str(item.value), {"first": str(common[0]), "last": str(common[1])})


def doubt_founding(ground: Ground) -> Iterator[Doubt]:
    """C410: founded before there were enterprises of today's kind, or after everything that was done for them."""
    last = find_last_day(ground)
    for item in ground.find("founded"):
        day = read_day(item.value)
        if day is not None and (day.year < _FIRST_YEAR or day.year > _LAST_YEAR or (last is not None and day > last)):
            yield Doubt("C410", item.place, str(item.value))


def doubt_years(ground: Ground) -> Iterator[Doubt]:
    """C410: a year whose figures nobody would use: long before the record's time, or behind it."""
    last = find_last_day(ground)
    for item in ground.find("year"):
        years = [int(text) for text in _YEAR.findall(item.value)]
        low, high = (last.year - _OLD_FIGURES, _find_latest(item, last)) if last else (_FIRST_DONE, _LAST_YEAR)
        if not years or not all(low <= year <= high for year in years):
            yield Doubt("C410", item.place, item.value)


def _find_latest(item: Sighting, last: dt.date) -> int:
    """Figures are of a year that has begun; a package may be numbered in the year after its last paper."""
    return last.year + (2 if "archive" in item.place else 0)
