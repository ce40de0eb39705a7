"""Checks that each target is better than the value before (X5); an indicator to maintain may equal it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.enterprise import Indicator
from docgen.record.types import Part, Text


class Params(Part):
    """``indicators``: the path of the indicators."""

    indicators: Annotated[Text, Parameter("the indicators", "rows", type="indicator")]


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the indicators."""
    return (params.indicators,)


def is_better(indicator: Indicator) -> bool:
    """Whether the target is better than before in the indicator's direction; equal counts for one to maintain."""
    before, target = indicator.before, indicator.target
    if not isinstance(before, Decimal) or not isinstance(target, Decimal):
        return True
    if indicator.maintain:
        return target >= before if indicator.direction == "up" else target <= before
    return target > before if indicator.direction == "up" else target < before


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C203 for each target that is no better than before."""
    for item in checked.subject.find(params.indicators):
        indicator: Indicator = item.value
        # without a valid direction it is unknown which way is better
        if not is_better(indicator) and not checked.is_silenced((*item.place, "direction")):
            yield report(
                "C203",
                (*item.place, "target"),
                name=indicator.name,
                before=str(indicator.before),
                target=str(indicator.target),
            )
