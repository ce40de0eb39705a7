"""Checks that dates lie inside a period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.dates import find_days
from docgen.checks.shared.scope import ItemScope
from docgen.record.types import Part, Text


class Params(Part):
    """``period`` is the path of the period; ``dates`` are the paths of the dates that must be inside it."""

    period: Annotated[Text, Parameter("the period", "path", type="period")]
    dates: Annotated[tuple[Text, ...], Parameter("the days that belong inside", "path", type="date")]


def list_paths(params: Params) -> Iterable[str]:
    """List the period's path and the dates'."""
    return (params.period, *params.dates)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C204 for each date outside the period."""
    period = checked.subject.find_one(params.period)
    if period is None:
        return
    start, end = str(period.start or "—"), str(period.end or "—")
    for day in find_days(ItemScope(checked.subject), *params.dates):
        if not period.contains(day.date):
            yield report("C204", day.place, date=day.date.isoformat(), start=start, end=end)
