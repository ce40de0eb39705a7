"""Checks that the people named in one place are named in another, too: those who surveyed among those who sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.people import list_people
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """Every name at ``names`` is among those at ``among``; nothing is reported where these are free for signing."""

    names: Annotated[Text, Parameter("the names", "path")]
    among: Annotated[Text, Parameter("the list that must contain them, too", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List both paths."""
    return (params.names, params.among)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C217 for the missing names, with both places."""
    among = [item for item in scope.find(params.among) if item.value]
    if not among:
        return
    repeated = {name for item in among for name in list_people(item.value)}
    for item in scope.find(params.names):
        missing = [name for name in list_people(item.value or "") if name not in repeated]
        if missing:
            yield report(
                "C217",
                among[0].place,
                names="、".join(missing),
                other_label=checked.name_field(item.place),
                other=item.place,
            )
