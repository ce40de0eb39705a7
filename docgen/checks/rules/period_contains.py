"""Do the dates lie inside the period?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Says
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text


class Params(Part):
    """``period``: the path of the period; ``dates``: the paths of the dates that belong inside it."""

    period: Annotated[Text, Says("the period", "path", type="period")]
    dates: Annotated[tuple[Text, ...], Says("the days that belong inside", "path", type="date")]


def list_paths(params: Params) -> Iterable[str]:
    """The period's path and the dates'."""
    return (params.period, *params.dates)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C204 for each date outside the period."""
    period = checked.subject.find_one(params.period)
    if period is None:
        return
    for path in params.dates:
        for found in checked.subject.find(path):
            day = found.value.date() if isinstance(found.value, dt.datetime) else found.value
            if isinstance(day, dt.date) and not period.contains(day):
                yield report_level(
                    rule.level,
                    "C204",
                    checked.locate(found.place, False),
                    clause=rule.clause,
                    label=name_field(type(checked.subject.record), found.place),
                    date=day.isoformat(),
                    start=str(period.start or "—"),
                    end=str(period.end or "—"),
                )
