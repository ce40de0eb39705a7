"""Checks that everybody was trained before their first day of work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.agreement import is_same
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.people import list_people
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """The people whom ``entries`` name in ``people`` began to work on the day ``since`` of the entry.

    ``roster`` are the rows with each person's ``name`` and the day on which the training ended (``trained``). People
    who aren't on the roster are reported, too.
    """

    entries: Annotated[Text, Parameter("the forms that name who began", "rows")]
    people: Annotated[Text, Parameter("the field with their names", "field", of="entries")]
    since: Annotated[Text, Parameter("the field with the day", "field", of="entries", type="date")]
    roster: Annotated[Text, Parameter("the rows of the roster", "rows")]
    name: Annotated[Text, Parameter("its field with the name", "field", of="roster")]
    trained: Annotated[Text, Parameter("its field with the day of training", "field", of="roster", type="date")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all fields."""
    yield from (f"{params.entries}.{name}" for name in (params.people, params.since))
    yield from (f"{params.roster}.{name}" for name in (params.name, params.trained))


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C317 for people who worked before their training ended, C319 for people who aren't on the roster.

    Without a roster nothing is reported.
    """
    roster = [row for row in checked.subject.find(params.roster) if is_present(getattr(row.value, params.name))]
    if not roster:
        return
    for entry in checked.subject.find(params.entries):
        started = read_day(getattr(entry.value, params.since))
        place = (*entry.place, params.people)
        text = getattr(entry.value, params.people)
        for name in list_people(text) if is_present(text) else ():
            listed = next((row for row in roster if is_same(getattr(row.value, params.name), name)), None)
            if listed is None:
                names = "、".join(str(getattr(row.value, params.name)) for row in roster[:8])
                yield report("C319", place, name=name, names=names, other=roster[0].place)
                continue
            trained = read_day(getattr(listed.value, params.trained))
            if started is None or trained is None or trained <= started:
                continue
            yield report(
                "C317",
                place,
                name=name,
                started=started.isoformat(),
                trained=trained.isoformat(),
                other=(*listed.place, params.trained),
            )
