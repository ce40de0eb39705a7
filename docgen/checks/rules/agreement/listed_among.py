"""Checks that names in one place are on the list in another: each drafter's unit is among the units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """Every text at ``values`` is literally one of those at ``among``; with an empty list nothing is reported."""

    values: Annotated[Text, Parameter("the texts", "path")]
    among: Annotated[Text, Parameter("the list that must contain them", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List both paths."""
    return (params.values, params.among)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C332 for each text that isn't listed, with the place of the list."""
    listed = [item for item in scope.find(params.among) if item.value]
    texts = {str(item.value).strip() for item in listed}
    for item in scope.find(params.values) if listed else ():
        if item.value and str(item.value).strip() not in texts:
            yield report(
                "C332",
                item.place,
                value=str(item.value),
                list_label=checked.name_field(listed[0].place[:-2]),
                other=listed[0].place,
            )
