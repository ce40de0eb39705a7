"""Checks that everything that asks for an answer has one: rows or lines of a check list, and rows that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report_gap
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.heading_text import normalize_heading
from docgen.content.shown_names import shorten
from docgen.diagnostics import Param
from docgen.profile.document import Level
from docgen.profile.paths import Place
from docgen.record.parts import CheckLine
from docgen.record.types import Part, Text, refuse

_LONGEST_SHOWN = 30


class Params(Part):
    """``items`` ask, and ``answers`` are rows that name in ``by`` the key of the item that they answer.

    ``items`` is the path of rows with their key in ``key``, or of a check list's lines, of which those with one of
    ``verdicts`` ask. ``unlinked`` is the level of a row without a ``key``, whose answer can't be found; without it such
    rows aren't reported. ``what`` and ``answer`` are the users' names for both. Where there is no answer at all, the
    missing document is reported elsewhere.
    """

    items: Annotated[Text, Parameter("the rows that ask, or the lines of a check list", "path")]
    answers: Annotated[Text, Parameter("the rows that answer", "rows")]
    by: Annotated[Text, Parameter("the field of an answer that names what it answers", "field", of="answers")]
    what: Annotated[Text, Parameter("what a user calls the items")]
    answer: Annotated[Text, Parameter("what a user calls the answers")]
    key: Annotated[Text | None, Parameter("the field with the key of an item that is a row", "field", of="items")] = (
        None
    )
    verdicts: Annotated[
        tuple[Text, ...], Parameter("the verdicts of a line that ask for an answer", "verdict", of="items")
    ] = ()
    unlinked: Annotated[Level | None, Parameter("the level of a row without a key; without it: not reported")] = None
    per: Per = None

    @model_validator(mode="after")
    def _check_kind(self) -> Params:
        if (self.key is None) != bool(self.verdicts):
            raise refuse("C249")
        return self


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the items, with their key, and of the answers' field that names them."""
    yield f"{params.items}.{params.key}" if params.key is not None else params.items
    yield f"{params.answers}.{params.by}"


@dataclass(frozen=True, slots=True)
class _Question:
    """An item that asks for an answer; ``key`` is None where it has none."""

    key: str | None
    label: Param
    place: Place


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C206 for each item that no answer names, C207 for each that names nothing."""
    answers = [item.value for item in scope.find(params.answers)]
    if not answers:
        return
    named = {key for answer in answers for key in _list_keys(getattr(answer, params.by))}
    texts = [normalize_heading(str(getattr(answer, "text", ""))) for answer in answers]
    for question in _list_questions(checked, params, scope):
        details = {"what": params.what, "answer": params.answer, "label": question.label}
        if question.key is None:
            if params.unlinked is not None:
                yield report_gap("C207", question.place, checked.find_waiting(params.items), params.unlinked, **details)
        elif question.key not in named and not _is_quoted(question, texts):
            yield report_gap("C206", question.place, checked.find_waiting(params.answers), key=question.key, **details)


def _is_quoted(question: _Question, texts: list[str]) -> bool:
    """Whether an answer that names no key quotes the item's own words."""
    words = normalize_heading(question.label) if isinstance(question.label, str) else ""
    return len(words) >= 4 and any(words in text for text in texts)


def _list_keys(value: object) -> tuple[object, ...]:
    """List the keys that an answer names: one or several."""
    return value if isinstance(value, tuple) else (value,)


def _list_questions(checked: CheckSubject, params: Params, scope: ItemScope) -> Iterator[_Question]:
    for item in scope.find(params.items):
        if params.key is not None:
            key = getattr(item.value, params.key)
            label = getattr(item.value, "text", None) or getattr(item.value, "name", None) or key or ""
            yield _Question(key, shorten(str(label), _LONGEST_SHOWN), (*item.place, params.key) if key else item.place)
            continue
        if not isinstance(item.value, BaseModel):
            continue
        for attribute in type(item.value).model_fields:
            line = getattr(item.value, attribute)
            if isinstance(line, CheckLine) and line.verdict in params.verdicts:
                place = (*item.place, attribute)
                yield _Question(attribute, checked.name_field(place), place)
