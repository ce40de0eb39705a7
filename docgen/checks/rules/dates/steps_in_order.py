"""Checks that the steps of a project follow one another: no date of a step is before an earlier step began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.dates import RecordedDay, find_days
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text, YesNo


class OrderedStep(Part):
    """A step with its name and the paths of its dates; a step with ``over`` must end before the next begins."""

    label: Annotated[Text, Parameter("what a user calls the step")]
    dates: Annotated[tuple[Text, ...], Parameter("its days", "path", type="date")]
    over: Annotated[YesNo, Parameter("whether it ends before the next begins")] = False


class Params(Part):
    """``steps`` in their order; a step may overlap the next, but not begin after it.

    ``per`` is the list whose items go through the steps one by one.
    """

    steps: tuple[OrderedStep, ...]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all dates."""
    return [path for step in params.steps for path in step.dates]


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:  # noqa: ARG001 - the signature of all checks
    """Report C211 for each date before the first (with ``over`` the last) date of an earlier step, with both places."""
    latest: tuple[RecordedDay, OrderedStep] | None = None
    for step in params.steps:
        days = list(find_days(scope, *step.dates))
        for day in days:
            if latest is not None and day.date < latest[0].date:
                yield report(
                    "C211",
                    day.place,
                    step=step.label,
                    date=day.date.isoformat(),
                    earlier_step=latest[1].label,
                    earlier=latest[0].date.isoformat(),
                    other=latest[0].place,
                )
        if days:
            first = (max if step.over else min)(days, key=lambda day: day.date)
            if latest is None or first.date > latest[0].date:
                latest = (first, step)
