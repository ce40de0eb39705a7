"""Does each item of a list have what belongs to it: every enterprise a service, every complaint an answer?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Says
from docgen.checks.shared.rows import When, is_picked
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.checks.shared.texts import check_patterns
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text


class Params(Part):
    """Each item of ``per`` has something at ``path``; ``label`` is what a user calls it.

    With ``patterns`` it is a text in which one of them is found; then nothing is said where nothing stands there at
    all, which is told elsewhere. Of items that meet ``unless`` it isn't asked. ``documents`` print it: while none of
    them is made, since others were asked for, nothing is said.
    """

    per: Annotated[Text, Says("the list", "rows")]
    path: Annotated[Text, Says("what each of its items must have", "path")]
    label: Annotated[Text, Says("what a user calls that")]
    patterns: Annotated[tuple[Text, ...], Says("patterns of which one is found in its text")] = ()
    unless: tuple[When, ...] = ()
    documents: Annotated[tuple[Text, ...], Says("the documents that print it", "document")] = ()

    @model_validator(mode="after")
    def _check_patterns(self) -> Params:
        check_patterns(self.patterns)
        return self


def list_paths(params: Params) -> Iterable[str]:
    """The list, the path, and what the items are picked by."""
    return (params.per, params.path, *(f"{params.per}.{item.field}" for item in params.unless))


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C227 for each item that has nothing there."""
    if not checked.is_made(params.documents):
        return
    place = scope.place
    values = [found.value for found in scope.find(params.path) if is_present(found.value)]
    excused = bool(params.unless) and is_picked(scope.item, params.unless)
    if excused or _has(values, params) or checked.is_silenced(place):
        return
    yield report_gap(
        "C227", place, checked.find_waiting(params.path, params.documents), name=scope.name, label=params.label
    )


def _has(values: Sequence[object], params: Params) -> bool:
    if not params.patterns:
        return bool(values)
    if not values:
        return True
    return any(re.search(pattern, str(value)) for value in values for pattern in params.patterns)
