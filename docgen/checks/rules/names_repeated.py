"""Do the people named in one place stand in the other, too: those who surveyed among those who sign?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.people import list_people
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.record.types import Part, Text


class Params(Part):
    """Every name at ``names`` must be among those at ``among``; a place that is left free for signing is no list."""

    names: Annotated[Text, Says("the names", "path")]
    among: Annotated[Text, Says("where they must stand, too", "path")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """Both paths."""
    return (params.names, params.among)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C217 for the names that are wanting, with both places."""
    among = [found for found in scope.find(params.among) if found.value]
    if not among:
        return
    known = {name for found in among for name in list_people(found.value)}
    for found in scope.find(params.names):
        wanting = [name for name in list_people(found.value or "") if name not in known]
        if wanting:
            yield report(
                "C217",
                among[0].place,
                names="、".join(wanting),
                other_label=checked.name_field(found.place),
                other=found.place,
            )
