"""Checks that a value is the same in all documents that repeat it: the period in contract, plan and project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.agreement import is_same, report_difference
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.profile.subject import is_present
from docgen.record.month import Month
from docgen.record.parts import first_day
from docgen.record.types import Part, Text


class Params(Part):
    """All values at ``paths`` are equal to the first one.

    A day and a month are equal when the day is in the month.
    """

    paths: Annotated[tuple[Text, ...], Parameter("the values; the others are held against the first", "path")]
    what: Annotated[Text, Parameter("what a user calls the value")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List all paths."""
    return params.paths


def _is_equal(first: object, second: object) -> bool:
    if isinstance(first, dt.date | Month) and isinstance(second, dt.date | Month):
        first_date, second_date = first_day(first), first_day(second)
        if isinstance(first, Month) or isinstance(second, Month):
            return (first_date.year, first_date.month) == (second_date.year, second_date.month)
        return first_date == second_date
    return is_same(first, second)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C228 for each value that differs from the first, with both places."""
    values = [item for path in params.paths for item in scope.find(path) if is_present(item.value)]
    for value in values[1:]:
        if not _is_equal(values[0].value, value.value):
            here, there = ((item.place, str(item.value)) for item in (value, values[0]))
            yield report_difference(checked, "C228", here, there, what=params.what)
