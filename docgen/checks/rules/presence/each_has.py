"""Checks that each item of a list has what belongs to it: every enterprise a service, every complaint an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter
from docgen.checks.shared.rows import RowCondition, meets_conditions
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.checks.shared.texts import check_patterns
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Each item of ``per`` has a value at ``path``; ``label`` is the users' name for it.

    With ``patterns`` the value is a text that one of them matches; an absent text is then reported elsewhere. Items
    that meet ``unless`` are exempt. ``documents`` print the value: nothing is reported while only other documents are
    made.
    """

    per: Annotated[Text, Parameter("the list", "rows")]
    path: Annotated[Text, Parameter("what each of its items must have", "path")]
    label: Annotated[Text, Parameter("what a user calls that")]
    patterns: Annotated[tuple[Text, ...], Parameter("patterns of which one matches its text")] = ()
    unless: tuple[RowCondition, ...] = ()
    documents: Annotated[tuple[Text, ...], Parameter("the documents that print it", "document")] = ()

    @model_validator(mode="after")
    def _check_patterns(self) -> Params:
        check_patterns(self.patterns)
        return self


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the list, of the values, and of the fields that exempt items."""
    return (params.per, params.path, *(f"{params.per}.{item.field}" for item in params.unless))


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C227 for each item without the value."""
    if not checked.is_made(params.documents):
        return
    place = scope.place
    values = [item.value for item in scope.find(params.path) if is_present(item.value)]
    is_exempt = bool(params.unless) and meets_conditions(scope.item, params.unless)
    if is_exempt or _has_match(values, params) or checked.is_silenced(place):
        return
    yield report_gap(
        "C227", place, checked.find_waiting(params.path, params.documents), name=scope.name, label=params.label
    )


def _has_match(values: Sequence[object], params: Params) -> bool:
    if not params.patterns:
        return bool(values)
    if not values:
        return True
    return any(re.search(pattern, str(value)) for value in values for pattern in params.patterns)
