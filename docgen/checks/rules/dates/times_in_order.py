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
from docgen.record.types import Part, Text

_DAY = "%Y-%m-%d"


class Params(Part):
    """The fields ``times`` of each of the ``entries`` are in order, all times or all days; two may be equal."""

    entries: Annotated[Text, Parameter("the forms", "rows")]
    times: Annotated[
        tuple[Text, ...], Parameter("their fields with the moments, in order", "field", of="entries", type="date")
    ]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all times."""
    return [f"{params.entries}.{name}" for name in params.times]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C314 for each time before an earlier one, C342 for each such day, with both places."""
    for entry in checked.subject.find(params.entries):
        latest: tuple[dt.date, Place] | None = None
        for name in params.times:
            moment, place = getattr(entry.value, name), (*entry.place, name)
            if not isinstance(moment, dt.date):
                continue
            if latest is None or moment >= latest[0]:
                latest = (moment, place)
                continue
            is_timed = isinstance(moment, dt.datetime)
            form = f"{_DAY} %H:%M" if is_timed else _DAY
            yield report(
                "C314" if is_timed else "C342",
                place,
                name=name_row(entry.value) or checked.name_field(entry.place[:2]),
                time=f"{moment:{form}}",
                earlier_label=checked.name_field(latest[1]),
                earlier=f"{latest[0]:{form}}",
                other=latest[1],
            )
