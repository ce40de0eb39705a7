"""Is "not applicable" said only where it is true: of somebody who took no part?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Says
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
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


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C318 for each answer that says so though it applies."""
    model = type(checked.subject.record)
    for found in checked.subject.find(params.entries):
        if not is_present(getattr(found.value, params.unless)):
            continue
        for name in params.fields:
            if getattr(found.value, name) == params.value:
                place = (*found.place, name)
                yield report_level(
                    rule.level,
                    "C318",
                    checked.locate(place, False),
                    clause=rule.clause,
                    label=name_field(model, place),
                    value=params.value,
                    given=name_field(model, (*found.place, params.unless)),
                )
