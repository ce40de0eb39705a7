"""Checks that a state has lasted long enough before a day: no accident in the two years before an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.dates import add_months, find_days
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``since`` must lie ``months`` or more before the day at ``until``."""

    since: Annotated[Text, Parameter("the day since when it has been so", "path", type="date")]
    until: Annotated[Text, Parameter("the day from which it is counted back", "path", type="date")]
    months: Annotated[Whole, Parameter("how many months it must have been so", "number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List both paths."""
    return (params.since, params.until)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C224 for each state that hasn't lasted long enough, with both places."""
    until = next(find_days(scope, params.until), None)
    if until is None:
        return
    for since in find_days(scope, params.since):
        if add_months(since.date, params.months) > until.date:
            yield report(
                "C224",
                since.place,
                name=scope.name or "—",
                since=since.date.isoformat(),
                until_label=checked.name_field(until.place),
                until=until.date.isoformat(),
                months=params.months,
                other=until.place,
            )
