"""Checks that the sum of amounts is within a limit: a settlement within the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.numbers import add_up, find_numbers
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """The sum of all ``amounts`` isn't above the number at ``limit``."""

    amounts: Annotated[Text, Parameter("the amounts", "path", type="number")]
    limit: Annotated[Text, Parameter("the limit", "path", type="number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List both paths."""
    return (params.amounts, params.limit)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C328 for a sum above the limit, with both."""
    amounts, limits = find_numbers(scope, params.amounts), find_numbers(scope, params.limit)
    total = add_up(amounts)
    if amounts and len(limits) == 1 and total > limits[0].value:
        yield report(
            "C328",
            amounts[0].place[:-2],
            label=checked.name_field(amounts[0].place),
            total=f"{total:f}",
            limit=str(limits[0].value),
            limit_label=checked.name_field(limits[0].place),
            other=limits[0].place,
        )
