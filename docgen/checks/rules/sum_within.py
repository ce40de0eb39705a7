"""Does the sum of the amounts stay within the limit: a settlement within the contract?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
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
    """The sum of all ``amounts`` isn't above the number at ``limit``."""

    amounts: Annotated[Text, Says("the amounts", "path", type="number")]
    limit: Annotated[Text, Says("the limit", "path", type="number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.amounts, params.limit)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C328 for a sum above the limit, with both."""
    model = type(checked.subject.record)

    def find(scope: ItemScope) -> Iterator[Diagnostic]:
        amounts = [found for found in scope.find(params.amounts) if isinstance(found.value, int | Decimal)]
        limits = [found for found in scope.find(params.limit) if isinstance(found.value, int | Decimal)]
        total = sum((Decimal(found.value) for found in amounts), Decimal(0))
        if amounts and len(limits) == 1 and total > limits[0].value:
            yield report_level(
                rule.level,
                "C328",
                checked.locate(amounts[0].place[:-2], False),
                clause=rule.clause,
                label=name_field(model, amounts[0].place),
                total=f"{total:f}",
                limit=str(limits[0].value),
                limit_label=name_field(model, limits[0].place),
                other=spell_place(checked.locate(limits[0].place, False), limits[0].place),
            )

    yield from unite(find, checked, params.per)
