"""Checks that a number is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.numbers import add_up, find_numbers
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """The number at ``total`` is the sum of those at ``parts``; while one of them is absent nothing is reported."""

    total: Annotated[Text, Parameter("the sum", "path", type="number")]
    parts: Annotated[tuple[Text, ...], Parameter("what makes it up", "path", type="number")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the total and of its parts."""
    return (params.total, *params.parts)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:  # noqa: ARG001 - the signature of all checks
    """Report C330 for a total that isn't the sum, with every number."""
    stated, parts = find_numbers(scope, params.total), [scope.find(path) for path in params.parts]
    numbers = [number for path in params.parts for number in find_numbers(scope, path)]
    if len(stated) != 1 or not all(parts) or len(numbers) != sum(map(len, parts)):
        return
    total = add_up(numbers)
    if Decimal(stated[0].value) != total:
        addends = " + ".join(str(number.value) for number in numbers)
        yield report("C330", stated[0].place, stated=str(stated[0].value), total=str(total), parts=addends)
