"""Is "not applicable" said only where it is true: of somebody who took no part?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Of each of the ``entries``, none of ``fields`` may say ``value`` where ``unless`` is given."""

    entries: Annotated[Text, Says("the forms", "rows")]
    fields: Annotated[tuple[Text, ...], Says("their fields that may say so", "field", of="entries")]
    value: Annotated[Text, Says("the value that says so", "value", of="fields")]
    unless: Annotated[Text, Says("the field that may not be given beside it", "field", of="entries")]


def list_paths(params: Params) -> Iterable[str]:
    """The paths of all fields."""
    return [f"{params.entries}.{name}" for name in (*params.fields, params.unless)]


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C318 for each answer that says so though it applies."""
    for found in checked.subject.find(params.entries):
        if not is_present(getattr(found.value, params.unless)):
            continue
        for name in params.fields:
            if getattr(found.value, name) == params.value:
                place = (*found.place, name)
                yield report("C318", place, value=params.value, given=checked.name_field((*found.place, params.unless)))
