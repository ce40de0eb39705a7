"""Checks that something is there where a condition requires it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.profile.condition import Condition
from docgen.profile.paths import Place
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Where ``when`` holds, there is a value at ``demands``; ``reason`` and ``label`` name both in a user's words."""

    when: Annotated[Condition, Parameter("the condition")]
    demands: Annotated[Text, Parameter("what must be there where it holds", "path")]
    reason: Annotated[Text, Parameter("why, in a user's words")]
    label: Annotated[Text, Parameter("what a user calls what must be there")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the required value and those of the condition."""
    return (params.demands, *_list_condition_paths(params.when))


def _list_condition_paths(condition: Condition) -> Iterator[str]:
    yield from filter(None, (condition.present, condition.absent))
    yield from (item.path for item in (condition.equals, condition.in_) if item is not None)
    if condition.count is not None:
        yield condition.count.of
    for inner in (*condition.all, *condition.any):
        yield from _list_condition_paths(inner)


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C215 where the condition holds and the value is absent."""
    bound = checked.subject.bind(scope.per, scope.item) if scope.per is not None else None
    if not checked.subject.holds(params.when, bound):
        return
    if any(is_present(item.value) for item in scope.find(params.demands)):
        return
    place: Place = tuple(name.removesuffix("[]") for name in params.demands.split(".")[:2])
    entries = scope.find(".".join(params.demands.split(".")[:2]))
    place = entries[0].place if entries else place
    if not checked.is_silenced(place):
        details = {"label": params.label, "reason": params.reason, "name": scope.name or "—"}
        yield report_gap("C215", place, checked.find_waiting(params.demands), **details)
