"""Checks that the times or days of an entry follow one another: asked, received, answered, done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.rows import name_row
from docgen.profile.paths import Place
from docgen.record.month import Month
from docgen.record.parts import first_day, last_day
from docgen.record.types import Part, Text


class Params(Part):
    """The fields ``times`` of each of the ``entries`` are in order: times, days or months; two may be equal."""

    entries: Annotated[Text, Parameter("the forms", "rows")]
    times: Annotated[
        tuple[Text, ...], Parameter("their fields with the moments, in order", "field", of="entries", type="date")
    ]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all times."""
    return [f"{params.entries}.{name}" for name in params.times]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C314 for each time before an earlier one, C342 for each such day or month, with both places."""
    for entry in checked.subject.find(params.entries):
        latest: tuple[dt.date | Month, Place] | None = None
        for name in params.times:
            moment, place = getattr(entry.value, name), (*entry.place, name)
            if not isinstance(moment, dt.date | Month):
                continue
            if latest is None or not _is_before(moment, latest[0]):
                latest = (moment, place)
                continue
            is_timed = isinstance(moment, dt.datetime) and isinstance(latest[0], dt.datetime)
            yield report(
                "C314" if is_timed else "C342",
                place,
                name=name_row(entry.value) or checked.name_field(entry.place[:2]),
                time=_format_moment(moment, is_timed),
                earlier_label=checked.name_field(latest[1]),
                earlier=_format_moment(latest[0], is_timed),
                other=latest[1],
            )


def _is_before(moment: dt.date | Month, other: dt.date | Month) -> bool:
    """Whether all of a time, day or month is before another; of a time and a day only the days are compared."""
    if isinstance(moment, dt.datetime) and isinstance(other, dt.datetime):
        return moment < other
    return last_day(_drop_time(moment)) < first_day(_drop_time(other))


def _drop_time(moment: dt.date | Month) -> dt.date | Month:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _format_moment(moment: dt.date | Month, is_timed: bool) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if is_timed else str(_drop_time(moment))
