"""Does a number equal the sum of the numbers that make it up?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, unite
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text


class Params(Part):
    """The number at ``total`` is the sum of those at ``parts``; while one of them is absent, nobody can tell."""

    total: Annotated[Text, Says("the sum", "path", type="number")]
    parts: Annotated[tuple[Text, ...], Says("what makes it up", "path", type="number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the total and of its parts."""
    return (params.total, *params.parts)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C330 for a total that isn't the sum, with every number."""
    model = type(checked.subject.record)

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        totals = [found for found in scope.find(params.total) if isinstance(found.value, int | Decimal)]
        found_parts = [scope.find(path) for path in params.parts]
        parts = [found for part in found_parts for found in part if isinstance(found.value, int | Decimal)]
        if len(totals) != 1 or any(not part or part[0].value is None for part in found_parts):
            return
        stated, total = totals[0].value, sum((Decimal(found.value) for found in parts), Decimal(0))
        if Decimal(stated) != total:
            yield report_level(
                rule.level,
                "C330",
                checked.locate(totals[0].place, False),
                clause=rule.clause,
                label=name_field(model, totals[0].place),
                stated=str(stated),
                total=str(total),
                parts=" + ".join(str(found.value) for found in parts),
            )

    yield from unite(find, checked, params.per)
