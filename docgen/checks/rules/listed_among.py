"""Is what is named in one place on the list that stands in another: the unit of each drafter among the units?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, spell_place, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text


class Params(Part):
    """Every text at ``values`` stands at ``among``, to the letter; an empty list is no list."""

    values: Annotated[Text, Says("the texts", "path")]
    among: Annotated[Text, Says("the list on which they must stand", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.values, params.among)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C332 for each text that isn't listed, with the place of the list."""
    model = type(checked.subject.record)

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        listed = [found for found in scope.find(params.among) if found.value]
        known = {str(found.value).strip() for found in listed}
        for found in scope.find(params.values) if listed else ():
            if found.value and str(found.value).strip() not in known:
                yield report_level(
                    rule.level,
                    "C332",
                    checked.locate(found.place, False),
                    clause=rule.clause,
                    value=str(found.value),
                    label=name_field(model, found.place),
                    list_label=name_field(model, listed[0].place[:-2]),
                    other=spell_place(checked.locate(listed[0].place, False), listed[0].place),
                )

    yield from unite(find, checked, params.per)
