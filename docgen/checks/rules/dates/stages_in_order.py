"""Checks that each stage of a work begins when the stage before it has ended, or later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.profile.paths import Place, PlacedValue
from docgen.record.month import Month
from docgen.record.parts import first_day
from docgen.record.types import Part, Text


class Params(Part):
    """The rows at ``stages``, in their order, with their fields ``title``, ``start`` and ``end``.

    A stage may begin in the month in which the one before it ends.
    """

    stages: Annotated[Text, Parameter("the stages", "rows")]
    title: Annotated[Text, Parameter("the field that names a stage", "field", of="stages")]
    start: Annotated[Text, Parameter("the field with its first day", "field", of="stages", type="date")]
    end: Annotated[Text, Parameter("the field with its last day", "field", of="stages", type="date")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the three fields."""
    return tuple(f"{params.stages}.{name}" for name in (params.title, params.start, params.end))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C331 for each stage that begins before an earlier one of the same list has ended, with both."""
    latest: dict[Place, tuple[dt.date, PlacedValue]] = {}
    for stage in checked.subject.find(params.stages):
        start, end = (_read_day(stage, name) for name in (params.start, params.end))
        owner = stage.place[:-1]
        if start is not None and owner in latest and start < latest[owner][0]:
            before = latest[owner][1]
            yield report(
                "C331",
                (*stage.place, params.start),
                title=str(getattr(stage.value, params.title) or "—"),
                start=str(getattr(stage.value, params.start)),
                earlier=str(getattr(before.value, params.title) or "—"),
                end=str(getattr(before.value, params.end)),
                other=(*before.place, params.end),
            )
        if end is not None and (owner not in latest or end > latest[owner][0]):
            latest[owner] = (end, stage)


def _read_day(stage: PlacedValue, name: str) -> dt.date | None:
    value = getattr(stage.value, name)
    return first_day(value) if isinstance(value, dt.date | Month) else None
