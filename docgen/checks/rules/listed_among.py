"""Is what is named in one place on the list that stands in another: the unit of each drafter among the units?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """Every text at ``values`` stands at ``among``, to the letter; an empty list is no list."""

    values: Annotated[Text, Says("the texts", "path")]
    among: Annotated[Text, Says("the list on which they must stand", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.values, params.among)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C332 for each text that isn't listed, with the place of the list."""
    listed = [found for found in scope.find(params.among) if found.value]
    known = {str(found.value).strip() for found in listed}
    for found in scope.find(params.values) if listed else ():
        if found.value and str(found.value).strip() not in known:
            yield report(
                "C332",
                found.place,
                value=str(found.value),
                list_label=checked.name_field(listed[0].place[:-2]),
                other=listed[0].place,
            )
