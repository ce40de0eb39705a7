"""Was there a change that nobody recorded? A revised plan, a date that moved, people who came in or left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Says
from docgen.checks.shared.dates import read_day
from docgen.checks.shared.people import list_people
from docgen.checks.shared.texts import check_patterns
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, report_value


class ChangeKind(Part):
    """What a change can be about, by ``name``: a text tells of it in which one of ``patterns`` is found."""

    name: Annotated[Text, Says("what a change can be about")]
    patterns: Annotated[tuple[Text, ...], Says("patterns of texts that tell of it")]


class ChangeSign(Part):
    """Something at ``path`` (one of ``values``, where any are named) shows a change; ``label`` says which.

    ``kind`` is what a change must be about to explain it. ``person`` and ``topic`` are fields beside it that a change
    may name instead: whom it is about, what it is about.
    """

    path: Annotated[Text, Says("what shows a change", "path")]
    label: Annotated[Text, Says("which change, in a user's words")]
    kind: Annotated[Text, Says("what a change must be about to explain it")]
    values: Annotated[tuple[Text, ...], Says("the values that show it; unsaid: any", "value", of="path")] = ()
    person: Annotated[Text | None, Says("the field beside it that says whom it is about")] = None
    topic: Annotated[Text | None, Says("the field beside it that says what it is about")] = None


class Strangers(Part):
    """People at ``names`` who aren't among those at ``among`` show a change."""

    names: Annotated[Text, Says("the people", "path")]
    among: Annotated[Text, Says("those who are known", "path")]
    label: Annotated[Text, Says("which change, in a user's words")]


class Params(Part):
    """``changes``: the path of the recorded changes. Each explains the signs of what it is about, and no others.

    What it is about says the field ``about`` of the change (several ``kinds`` by name), else what its ``texts`` tell;
    what matches one of ``denied`` in them (时间安排不变) tells nothing. A person who left is explained by a change that
    names them, or that is about people and names nobody else who left. A stranger is told as long as no recorded change
    names them.
    """

    changes: Annotated[Text, Says("the recorded changes", "path")]
    about: Annotated[Text, Says("their field that says what they are about", "field", of="changes")]
    texts: Annotated[tuple[Text, ...], Says("their fields with text", "field", of="changes")]
    kinds: tuple[ChangeKind, ...]
    denied: Annotated[tuple[Text, ...], Says("patterns of phrases that tell of no change")] = ()
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
    """The paths of the changes and of every sign."""
    yield from (f"{params.changes}.{name}" for name in (params.about, *params.texts))
    for sign in params.signs:
        yield sign.path
        owner = sign.path.rpartition(".")[0]
        yield from (f"{owner}.{name}" for name in (sign.person, sign.topic) if name is not None)
    for strangers in params.strangers:
        yield from (strangers.names, strangers.among)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C232 for each sign of a change that no recorded one is about, and for strangers that none names."""
    subject = checked.subject
    if checked.is_silenced(tuple(params.changes.removesuffix("[]").split("."))):
        return
    changes = [found.value for found in subject.find(params.changes)]
    for sign in params.signs:
        owner = sign.path.rpartition(".")[0]
        rows = {found.place: found.value for found in subject.find(owner)}
        shown = [found for found in subject.find(sign.path) if _is_shown(found.value, sign)]
        people = {getattr(rows[found.place[:-1]], sign.person) for found in shown} if sign.person is not None else set()
        for found in shown:
            seen = _Shown(sign, found.value, rows[found.place[:-1]])
            if not any(_explains(change, seen, people, params) for change in changes):
                yield report("C232", found.place, sign=sign.label, value=report_value(found.value))
    for strangers in params.strangers:
        known = {name for found in subject.find(strangers.among) for name in list_people(found.value or "")}
        told: set[str] = set()
        for found in subject.find(strangers.names) if known else ():
            new = [name for name in _list_names(found.value) if name not in known | told]
            new = [name for name in new if not any(name in str(change.model_dump()) for change in changes)]
            told.update(new)
            if new:
                yield report("C232", found.place, sign=strangers.label, value="、".join(new))


def _is_shown(value: object, sign: ChangeSign) -> bool:
    return is_present(value) and (not sign.values or report_value(value) in sign.values)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sign that was found: its value and the row that it stands in."""

    sign: ChangeSign
    value: object
    row: Any

    def read(self, name: str | None) -> str | None:
        """A field beside the value."""
        return getattr(self.row, name) if name is not None else None


def _explains(change: Any, shown: _Shown, people: set[Any], params: Params) -> bool:
    """Whether a recorded change is about what a sign shows; ``people`` are all whom the sign shows."""
    text, sign = _read(change, params), shown.sign
    topic, person = shown.read(sign.topic), shown.read(sign.person)
    if (topic and topic in text) or (person and person in text):
        return True
    if person and any(other and other in text for other in people - {person}):
        return False  # it is about somebody else
    about = getattr(change, params.about)
    if about:
        return sign.kind in about
    told = any(re.search(pattern, text) for pattern in params.patterns.get(sign.kind, ()))
    return told or _names_day(text, shown.value)


def _read(change: Any, params: Params) -> str:
    """What a change says of itself, without what it says that stays as it was."""
    texts = [str(getattr(change, name) or "") for name in params.texts]
    for pattern in params.denied:
        texts = [re.sub(pattern, "", text) for text in texts]
    return "\n".join(texts)


def _names_day(text: str, value: object) -> bool:
    """Whether a text names a day: 2025-06-18, 6月18日."""
    day = read_day(value)
    return day is not None and (day.isoformat() in text or f"{day.month}月{day.day}日" in text)


def _list_names(value: object) -> Iterable[str]:
    values = value if isinstance(value, tuple) else (value,)
    return [name for item in values if item for name in list_people(item)]
