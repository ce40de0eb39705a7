"""Checks that changes are recorded: a revised plan, a date that moved, people who came or left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.people import list_names
from docgen.checks.shared.texts import check_patterns
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, format_record_value


class ChangeKind(Part):
    """A subject of changes by ``name``; a text is about it that one of ``patterns`` matches."""

    name: Annotated[Text, Parameter("what a change can be about")]
    patterns: Annotated[tuple[Text, ...], Parameter("patterns of texts about it")]


class ChangeSign(Part):
    """A value at ``path`` (with ``values``, one of them) shows a change; ``label`` names it.

    A recorded change explains it that is about ``kind``, or names the ``person`` or the ``topic``, two fields beside
    the value.
    """

    path: Annotated[Text, Parameter("what shows a change", "path")]
    label: Annotated[Text, Parameter("which change, in a user's words")]
    kind: Annotated[Text, Parameter("what a change must be about to explain it")]
    values: Annotated[
        tuple[Text, ...], Parameter("the values that show it; without them: any", "value", of="path")
    ] = ()
    person: Annotated[Text | None, Parameter("the field beside it with the person")] = None
    topic: Annotated[Text | None, Parameter("the field beside it with the subject")] = None


class Strangers(Part):
    """People at ``names`` who aren't among those at ``among`` show a change."""

    names: Annotated[Text, Parameter("the people", "path")]
    among: Annotated[Text, Parameter("those who are known", "path")]
    label: Annotated[Text, Parameter("which change, in a user's words")]


class Params(Part):
    """``changes`` is the path of the recorded changes. Each explains the signs of its own subjects, and no others.

    Its subjects are those in its field ``about`` (``kinds`` by name), else those whose patterns match its ``texts``
    without the phrases that match one of ``denied`` (时间安排不变). A person who left is explained by a change that
    names them, or that is about people and names nobody else who left. A stranger is reported unless a recorded change
    names them.
    """

    changes: Annotated[Text, Parameter("the recorded changes", "path")]
    about: Annotated[Text, Parameter("their field that says what they are about", "field", of="changes")]
    texts: Annotated[tuple[Text, ...], Parameter("their fields with text", "field", of="changes")]
    kinds: tuple[ChangeKind, ...]
    denied: Annotated[tuple[Text, ...], Parameter("patterns of phrases that deny a change")] = ()
    signs: tuple[ChangeSign, ...] = ()
    strangers: tuple[Strangers, ...] = ()

    @model_validator(mode="after")
    def _check_patterns(self) -> Params:
        check_patterns((*self.denied, *(pattern for kind in self.kinds for pattern in kind.patterns)))
        return self

    @property
    def patterns(self) -> Mapping[str, Sequence[str]]:
        """The patterns of each kind."""
        return {kind.name: kind.patterns for kind in self.kinds}


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the changes and of every sign."""
    yield from (f"{params.changes}.{name}" for name in (params.about, *params.texts))
    for sign in params.signs:
        yield sign.path
        owner = sign.path.rpartition(".")[0]
        yield from (f"{owner}.{name}" for name in (sign.person, sign.topic) if name is not None)
    for strangers in params.strangers:
        yield from (strangers.names, strangers.among)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C232 for each sign that no recorded change explains, and for strangers that none names."""
    subject = checked.subject
    if checked.is_silenced(tuple(params.changes.removesuffix("[]").split("."))):
        return
    changes = [change.value for change in subject.find(params.changes)]
    for sign in params.signs:
        owner = sign.path.rpartition(".")[0]
        rows = {row.place: row.value for row in subject.find(owner)}
        values = [item for item in subject.find(sign.path) if _is_shown(item.value, sign)]
        people = {getattr(rows[item.place[:-1]], sign.person) for item in values} if sign.person is not None else set()
        for item in values:
            recorded = _RecordedSign(sign, item.value, rows[item.place[:-1]])
            if not any(_explains(change, recorded, people, params) for change in changes):
                yield report("C232", item.place, sign=sign.label, value=format_record_value(item.value))
    for strangers in params.strangers:
        members = {name for item in subject.find(strangers.among) for name in list_names(item.value, of_people=True)}
        reported: set[str] = set()
        for item in subject.find(strangers.names) if members else ():
            new = [name for name in list_names(item.value, of_people=True) if name not in members | reported]
            new = [name for name in new if not any(name in str(change.model_dump()) for change in changes)]
            reported.update(new)
            if new:
                yield report("C232", item.place, sign=strangers.label, value="、".join(new))


def _is_shown(value: object, sign: ChangeSign) -> bool:
    return is_present(value) and (not sign.values or format_record_value(value) in sign.values)


@dataclass(frozen=True, slots=True)
class _RecordedSign:
    """A sign of a change in the record: its value and the row that holds it."""

    sign: ChangeSign
    value: object
    row: Any

    def read(self, name: str | None) -> str | None:
        """Read a field beside the value."""
        return getattr(self.row, name) if name is not None else None


def _explains(change: Any, recorded: _RecordedSign, people: set[Any], params: Params) -> bool:
    """Whether a recorded change explains a sign; ``people`` are the persons of all such signs."""
    text, sign = _read_texts(change, params), recorded.sign
    topic, person = recorded.read(sign.topic), recorded.read(sign.person)
    if (topic and topic in text) or (person and person in text):
        return True
    if person and any(other and other in text for other in people - {person}):
        return False  # the change is about another person
    about = getattr(change, params.about)
    if about:
        return sign.kind in about
    is_named = any(re.search(pattern, text) for pattern in params.patterns.get(sign.kind, ()))
    return is_named or _names_day(text, recorded.value)


def _read_texts(change: Any, params: Params) -> str:
    """Read the texts of a change, without the phrases about things that stay as they were."""
    texts = [str(getattr(change, name) or "") for name in params.texts]
    for pattern in params.denied:
        texts = [re.sub(pattern, "", text) for text in texts]
    return "\n".join(texts)


def _names_day(text: str, value: object) -> bool:
    """Whether a text names a day: 2025-06-18, 6月18日."""
    day = read_day(value)
    return day is not None and (day.isoformat() in text or f"{day.month}月{day.day}日" in text)
