"""Checks that "not applicable" is answered only where it is true: by somebody who took no part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Each of the ``entries`` that has the field ``unless`` may not have ``value`` in any of ``fields``."""

    entries: Annotated[Text, Parameter("the forms", "rows")]
    fields: Annotated[tuple[Text, ...], Parameter("their fields that may say so", "field", of="entries")]
    value: Annotated[Text, Parameter("the value that says so", "value", of="fields")]
    unless: Annotated[Text, Parameter("the field that may not be given beside it", "field", of="entries")]


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of all fields."""
    return [f"{params.entries}.{name}" for name in (*params.fields, params.unless)]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C318 for each such answer where the question applies."""
    for entry in checked.subject.find(params.entries):
        if not is_present(getattr(entry.value, params.unless)):
            continue
        for name in params.fields:
            if getattr(entry.value, name) == params.value:
                place = (*entry.place, name)
                yield report("C318", place, value=params.value, given=checked.name_field((*entry.place, params.unless)))
