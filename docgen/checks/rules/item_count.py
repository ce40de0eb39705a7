"""Are there as many items as the clause asks for?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Says
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``of``: the path of the items; ``label``: what a user calls one of them."""

    of: Annotated[Text, Says("what is counted", "path")]
    label: Annotated[Text, Says("what a user calls it")]
    min: Annotated[Whole, Says("how many there must be", "number")] = 0
    max: Annotated[Whole | None, Says("how many there may be", "number")] = None


def list_paths(params: Params) -> Iterable[str]:
    """The path that is counted."""
    return (params.of,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C201 when there are fewer than ``min``, C202 when more than ``max``; none are right where none apply."""
    found = [item for item in checked.subject.find(params.of) if is_present(item.value)]
    place = tuple(name.removesuffix("[]") for name in params.of.split("."))
    excused = not found and place[0] == "forms" and checked.is_excused(place[1])
    if checked.is_silenced(place) or excused:
        return
    if len(found) < params.min:
        yield report_gap(
            "C201", place, checked.find_waiting(params.of), label=params.label, count=len(found), least=params.min
        )
    if params.max is not None and len(found) > params.max:
        yield report("C202", place, label=params.label, count=len(found), most=params.max)
