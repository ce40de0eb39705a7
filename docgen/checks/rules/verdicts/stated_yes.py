"""Checks that an answer is yes where it must be: a chosen enterprise meets every condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text


class Params(Part):
    """Of the ``rows`` whose yes-no field ``when`` is yes, none of ``fields`` may be no.

    ``name`` is the field with the row's name. Missing answers are reported elsewhere.
    """

    rows: Annotated[Text, Parameter("the rows", "rows")]
    fields: Annotated[
        tuple[Text, ...], Parameter("their yes-no fields that may not be no", "field", of="rows", type="yes_no")
    ]
    name: Annotated[Text, Parameter("the field that says which row it is", "field", of="rows")]
    when: Annotated[
        Text | None,
        Parameter("the yes-no field of the rows that count; without it: all", "field", of="rows", type="yes_no"),
    ] = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all fields."""
    return [f"{params.rows}.{name}" for name in (*params.fields, params.name, *filter(None, (params.when,)))]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C225 for each answer that is no."""
    for row in checked.subject.find(params.rows):
        if params.when is not None and getattr(row.value, params.when) is not True:
            continue
        for name in params.fields:
            if getattr(row.value, name) is False:
                place = (*row.place, name)
                label, who = checked.name_field(place), str(getattr(row.value, params.name) or "—")
                yield report("C225", place, label=label, name=who)
