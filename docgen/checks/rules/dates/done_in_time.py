"""Checks that planned items are done by their day, or that what the clause then asks for is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.follow_ups import FollowUp, has_faulty_rows, list_followed_keys
from docgen.record.types import Part, Text


class Done(FollowUp):
    """Rows with the day on which an item was done, in ``date``."""

    date: Annotated[Text, Parameter("the field with the day when it was done", "field", of="rows", type="date")]


class Params(Part):
    """Each of ``items`` is done by its day ``due``, by the rows ``done``.

    An item is overdue that is done later, or isn't done on the day ``until`` (a path): one of ``followed`` must name
    it; ``what`` is the users' name for those.
    """

    items: Annotated[Text, Parameter("what was planned", "rows", keyed=True)]
    due: Annotated[Text, Parameter("the field with its last day", "field", of="items", type="date")]
    done: Done
    until: Annotated[Text, Parameter("the day on which all should be done", "path", type="date")]
    followed: tuple[FollowUp, ...]
    what: Annotated[Text, Parameter("what a user calls what must follow what is overdue")]


def list_paths(params: Params) -> Iterable[str]:
    """List all paths."""
    yield f"{params.items}.{params.due}"
    yield from (f"{params.done.rows}.{name}" for name in (params.done.by, params.done.date))
    yield params.until
    yield from (f"{item.rows}.{item.by}" for item in params.followed)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C316 for each overdue item that nothing follows up."""
    if has_faulty_rows(checked, (*params.followed, params.done)):
        return
    named = list_followed_keys(checked, params.followed)
    until = read_day(checked.subject.find_one(params.until))
    done: dict[object, dt.date] = {}
    for row in checked.subject.find(params.done.rows):
        day = read_day(getattr(row.value, params.done.date))
        if day is not None:
            done[getattr(row.value, params.done.by)] = day
    for item in checked.subject.find(params.items):
        key, due = item.value.key, read_day(getattr(item.value, params.due))
        ended = done.get(key) or until
        if due is None or ended is None or ended <= due or key in named:
            continue
        place = (*item.place, params.due)
        yield report("C316", place, key=key, due=due.isoformat(), ended=ended.isoformat(), what=params.what)
