"""Gathers the values of a record by their meaning, in one pass, for the doubts to compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from docgen.content.blocks import ListBlock, Paragraph
from docgen.content.model import Narrative
from docgen.diagnostics import Param
from docgen.profile.faults import name_field
from docgen.profile.paths import Place, item_type
from docgen.profile.subject import Subject
from docgen.record.enterprise import Enterprise
from docgen.record.month import Month
from docgen.record.parts import first_day
from docgen.record.types import Meaning

_SHORT = 12


class RecordedValue(NamedTuple):
    """A value, its path in the record, the model that holds it, and its meaning."""

    value: Any
    place: Place
    owner: BaseModel
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Doubt:
    """An improbable value: the code of its diagnostic, and the parameters besides label, value and path."""

    code: str
    place: Place
    value: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordedValues:
    """The record, and its values grouped by meaning."""

    subject: Subject
    by_meaning: Mapping[str, list[RecordedValue]]

    def find(self, *names: str) -> list[RecordedValue]:
        """The values with one of these meanings, in the record's order within each."""
        return [item for name in names for item in self.by_meaning.get(name, ())]

    def name(self, place: Place) -> Param:
        """What a user calls the field at a place."""
        return name_field(type(self.subject.record), place)

    def find_enterprise(self, place: Place) -> Enterprise | None:
        """The enterprise that a value is about: the one that holds it, or the one that its form's entry names."""
        record = self.subject.record
        match place:
            case ("enterprises", int(at), *_):
                return record.enterprises[at]
            case ("forms", str(document), int(at), *_):
                entry = getattr(getattr(record, "forms", None), document.replace("-", "_"))[at]
                return self._enterprises.get(getattr(entry, "of", None))
        return None

    @cached_property
    def _enterprises(self) -> Mapping[str | None, Enterprise]:
        return {item.key: item for item in self.subject.record.enterprises}


class _MeaningfulField(NamedTuple):
    """A field of a model that has a meaning, or whose nested models have fields that do."""

    attribute: str
    name: str
    meaning: Meaning | None
    nested: bool


def gather_values(subject: Subject) -> RecordedValues:
    """All values of a record that have a meaning, gathered in one pass."""
    by_meaning: dict[str, list[RecordedValue]] = {}
    for recorded in _walk(subject.record, ()):
        by_meaning.setdefault(recorded.meaning.name, []).append(recorded)
    return RecordedValues(subject, by_meaning)


def _walk(node: BaseModel, place: Place) -> Iterator[RecordedValue]:
    for member in _list_meaningful_fields(type(node)):
        value = getattr(node, member.attribute)
        if value is None or value == ():
            continue
        here = (*place, member.name)
        if member.meaning is not None:
            yield RecordedValue(value, here, node, member.meaning)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from _walk(item, (*here, index))
        else:
            yield from _walk(value, here)


@lru_cache(maxsize=1024)
def _list_meaningful_fields(model: type[BaseModel]) -> tuple[_MeaningfulField, ...]:
    fields: list[_MeaningfulField] = []
    for attribute, info in model.model_fields.items():
        kind, _several = item_type(info.annotation)
        marks = [*_list_marks(info.annotation), *info.metadata]
        # the field's own annotation goes before that of its type
        meaning = next((mark for mark in reversed(marks) if isinstance(mark, Meaning)), None)
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        if meaning is not None or (nested and _list_meaningful_fields(kind)):
            fields.append(_MeaningfulField(attribute, info.alias or attribute, meaning, nested))
    return tuple(fields)


def _list_marks(annotation: Any) -> Iterator[Any]:
    for argument in getattr(annotation, "__args__", ()):
        if not isinstance(argument, str):
            yield from _list_marks(argument)
    yield from getattr(annotation, "__metadata__", ())


def read_words(value: object) -> str:
    """The text of a short text or prose; "" for anything longer or of another kind."""
    if isinstance(value, Narrative):
        if len(value.blocks) != 1:
            return ""
        block = value.blocks[0]
        if isinstance(block, ListBlock):
            return "" if any(block.items) else "-"  # a stroke alone begins a list
        value = "".join(run.text for run in block.runs) if isinstance(block, Paragraph) else ""
    return value.strip() if isinstance(value, str) and len(value) <= _SHORT else ""


def read_day(value: object) -> dt.date | None:
    """The day of a date, a month or a moment."""
    if isinstance(value, dt.datetime):
        return value.date()
    return first_day(value) if isinstance(value, dt.date | Month) else None
