"""Does everything that asks for an answer have one? Rows or lines of a check list, and the rows that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.heading_text import normalize_heading
from docgen.content.shown_names import shorten
from docgen.diagnostics import Param
from docgen.profile.document import Level
from docgen.profile.paths import Place
from docgen.record.parts import CheckLine
from docgen.record.types import Part, Text, refuse

_SHOWN = 30


class Params(Part):
    """``items`` ask, ``answers`` are the rows that name in ``by`` the key of what they answer.

    ``items`` is the path of rows with their key in ``key``, or of a check list's lines, of which those with one of
    ``verdicts`` ask. ``unlinked`` is how grave it is when a row's ``key`` is empty, so that nobody can tell; without it
    nothing is said. ``what`` and ``answer`` are what a user calls them. Where nobody has given any answer at all, the
    missing document is told elsewhere.
    """

    items: Annotated[Text, Says("the rows that ask, or the lines of a check list", "path")]
    answers: Annotated[Text, Says("the rows that answer", "rows")]
    by: Annotated[Text, Says("the field of an answer that names what it answers", "field", of="answers")]
    what: Annotated[Text, Says("what a user calls the items")]
    answer: Annotated[Text, Says("what a user calls the answers")]
    key: Annotated[Text | None, Says("the field with the key of an item that is a row", "field", of="items")] = None
    verdicts: Annotated[
        tuple[Text, ...], Says("the verdicts of a line that ask for an answer", "verdict", of="items")
    ] = ()
    unlinked: Annotated[
        Level | None, Says("how grave it is when the key of a row is empty; unsaid: nothing is told")
    ] = None
    per: Per = None

    @model_validator(mode="after")
    def _check_kind(self) -> Params:
        if (self.key is None) != bool(self.verdicts):
            raise refuse("C249")
        return self


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the items, with their key, and of the answers' field that names them."""
    yield f"{params.items}.{params.key}" if params.key is not None else params.items
    yield f"{params.answers}.{params.by}"


@dataclass(frozen=True, slots=True)
class _Asking:
    key: str | None
    label: Param
    place: Place


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C206 for each item that no answer names, C207 for each that names nothing."""
    answers = [found.value for found in scope.find(params.answers)]
    if not answers:
        return
    named = {key for answer in answers for key in _list_keys(getattr(answer, params.by))}
    texts = [normalize_heading(str(getattr(answer, "text", ""))) for answer in answers]
    for asking in _list_asking(checked, params, scope):
        said = {"what": params.what, "answer": params.answer, "label": asking.label}
        if asking.key is None:
            if params.unlinked is not None:
                yield report_gap("C207", asking.place, checked.find_waiting(params.items), params.unlinked, **said)
        elif asking.key not in named and not _is_quoted(asking, texts):
            yield report_gap("C206", asking.place, checked.find_waiting(params.answers), key=asking.key, **said)


def _is_quoted(asking: _Asking, texts: list[str]) -> bool:
    """Whether an answer that names no key quotes the item's own words."""
    words = normalize_heading(asking.label) if isinstance(asking.label, str) else ""
    return len(words) >= 4 and any(words in text for text in texts)


def _list_keys(value: object) -> tuple[object, ...]:
    """What an answer names: one thing, or several at once."""
    return value if isinstance(value, tuple) else (value,)


def _list_asking(checked: CheckSubject, params: Params, scope: ItemScope) -> Iterator[_Asking]:
    for found in scope.find(params.items):
        if params.key is not None:
            key = getattr(found.value, params.key)
            label = getattr(found.value, "text", None) or getattr(found.value, "name", None) or key or ""
            yield _Asking(key, shorten(str(label), _SHOWN), (*found.place, params.key) if key else found.place)
            continue
        if not isinstance(found.value, BaseModel):
            continue
        for attribute in type(found.value).model_fields:
            line = getattr(found.value, attribute)
            if isinstance(line, CheckLine) and line.verdict in params.verdicts:
                place = (*found.place, attribute)
                yield _Asking(attribute, checked.name_field(place), place)
