"""Do the moments or days of one entry follow each other: asked, received, answered, done?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.checks.shared.rows import name_row
from docgen.profile.paths import Place
from docgen.record.types import Part, Text

_DAY = "%Y-%m-%d"


class Params(Part):
    """Of each of the ``entries``, the fields ``times`` in their order, all moments or all days; two may be the same."""

    entries: Annotated[Text, Says("the forms", "rows")]
    times: Annotated[
        tuple[Text, ...], Says("their fields with the moments, in order", "field", of="entries", type="date")
    ]


def list_paths(params: Params) -> Iterable[str]:
    """The paths of all times."""
    return [f"{params.entries}.{name}" for name in params.times]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C314 for each time before an earlier one, C342 for each day, with both places; what isn't given is left out."""
    for found in checked.subject.find(params.entries):
        latest: tuple[dt.date, Place] | None = None
        for name in params.times:
            moment, place = getattr(found.value, name), (*found.place, name)
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
                name=name_row(found.value) or checked.name_field(found.place[:2]),
                time=f"{moment:{form}}",
                earlier_label=checked.name_field(latest[1]),
                earlier=f"{latest[0]:{form}}",
                other=latest[1],
            )
