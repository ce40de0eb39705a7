"""Checks that there are as many items as the clause asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Parameter
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``of`` is the path of the items; ``label`` is the users' name for one of them."""

    of: Annotated[Text, Parameter("what is counted", "path")]
    label: Annotated[Text, Parameter("what a user calls it")]
    min: Annotated[Whole, Parameter("how many there must be", "number")] = 0
    max: Annotated[Whole | None, Parameter("how many there may be", "number")] = None


def list_paths(params: Params) -> Iterable[str]:
    """List the path that is counted."""
    return (params.of,)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C201 for fewer than ``min`` items, C202 for more than ``max``; nothing where none are needed."""
    count = sum(is_present(item.value) for item in checked.subject.find(params.of))
    place = tuple(name.removesuffix("[]") for name in params.of.split("."))
    is_excused = not count and place[0] == "forms" and checked.is_excused(place[1])
    if checked.is_silenced(place) or is_excused:
        return
    if count < params.min:
        yield report_gap(
            "C201", place, checked.find_waiting(params.of), label=params.label, count=count, least=params.min
        )
    if params.max is not None and count > params.max:
        yield report("C202", place, label=params.label, count=count, most=params.max)
