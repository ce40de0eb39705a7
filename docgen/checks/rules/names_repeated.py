"""Do the people named in one place stand in the other, too: those who surveyed among those who sign?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.people import list_people
from docgen.checks.shared.scope import ItemScope, spell_place, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text


class Params(Part):
    """Every name at ``names`` must be among those at ``among``; a place that is left free for signing is no list."""

    names: Annotated[Text, Says("the names", "path")]
    among: Annotated[Text, Says("where they must stand, too", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.names, params.among)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C217 for the names that are wanting, with both places."""
    model = type(checked.subject.record)

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        among = [found for found in scope.find(params.among) if found.value]
        if not among:
            return
        known = {name for found in among for name in list_people(found.value)}
        for found in scope.find(params.names):
            wanting = [name for name in list_people(found.value or "") if name not in known]
            if wanting:
                yield report_level(
                    rule.level,
                    "C217",
                    checked.locate(among[0].place, False),
                    clause=rule.clause,
                    names="、".join(wanting),
                    label=name_field(model, among[0].place),
                    other_label=name_field(model, found.place),
                    other=spell_place(checked.locate(found.place, False), found.place),
                )

    yield from unite(find, checked, params.per)
