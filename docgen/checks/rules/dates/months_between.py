"""Checks that the time between two dates is neither too short nor too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.dates import add_months, count_months, find_days
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.diagnostics import Term
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """From ``start`` to each of ``ends``: ``min`` to ``max`` months by the calendar, both inside."""

    start: Annotated[Text, Parameter("the first day", "path", type="date")]
    ends: Annotated[tuple[Text, ...], Parameter("the days up to which is counted", "path", type="date")]
    min: Annotated[Whole, Parameter("how many months there must be", "number")]
    max: Annotated[Whole, Parameter("how many months there may be", "number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of both dates."""
    return (params.start, *params.ends)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C212 for each end that comes too soon or too late; ends before the start are left to other checks."""
    start = next(find_days(scope, params.start), None)
    if start is None:
        return
    least, most = add_months(start.date, params.min), add_months(start.date, params.max)
    for end in find_days(scope, *params.ends):
        if end.date < start.date or least <= end.date <= most:
            continue
        months, days = count_months(start.date, end.date)
        yield report(
            "C212",
            end.place,
            start_label=checked.name_field(start.place),
            start=start.date.isoformat(),
            end=end.date.isoformat(),
            length=Term("checks.months", {"months": months, "days": days}),
            least=params.min,
            most=params.max,
            other=start.place,
        )
