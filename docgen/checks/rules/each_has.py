"""Does each item of a list have what belongs to it: every enterprise a service, every complaint an answer?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.checks.shared.scope import ItemScope, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.levels import report_gap
from docgen.profile.model import RuleSpec
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Each item of ``per`` has something at ``path``; ``label`` is what a user calls it.

    ``documents`` print it: while none of them is made, since others were asked for, nothing is said.
    """

    per: Text
    path: Text
    label: Text
    documents: tuple[Text, ...] = ()


def list_paths(params: Params) -> Iterable[str]:
    """The list and the path."""
    return (params.per, params.path)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C227 for each item that has nothing there."""
    if not checked.is_made(params.documents):
        return
    items = {id(found.value): found.place for found in checked.subject.find(params.per)}

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        place = items[id(scope.item)]
        if any(is_present(found.value) for found in scope.find(params.path)) or checked.is_silenced(place):
            return
        where = checked.locate(place, False)
        yield report_gap(
            rule.level,
            "C227",
            where,
            gap=checked.find_waiting(params.path, params.documents),
            clause=rule.clause,
            name=scope.name,
            label=params.label,
        )

    yield from unite(find, checked, params.per)
