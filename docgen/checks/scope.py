"""What of a record belongs to one item of a list: the enterprise that a document is about, with its forms and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel

from docgen.checks.base import CheckSubject
from docgen.diagnostics import Diagnostic, Location, Term
from docgen.profile.paths import Found, Scope, find_field, find_values, item_type
from docgen.profile.plan import Place
from docgen.profile.subject import Subject
from docgen.record.types import Reference
from docgen.trees import format_path

_FACTS = "facts."


@dataclass(frozen=True, slots=True)
class ItemScope:
    """The values that belong to ``item`` of the list ``per``, and those that belong to no item of it.

    An entry, a row, a training belongs to the items that it refers to, itself or through what it refers to. Without an
    item, everything belongs.
    """

    subject: Subject
    per: str | None = None
    item: Any = None
    scope: Scope = field(default_factory=Scope)

    @property
    def name(self) -> str:
        """What a user calls the item; empty for the whole record."""
        if self.item is None:
            return ""
        return str(getattr(self.item, "name", None) or getattr(self.item, "title", None) or self.item.key)

    def find(self, path: str) -> list[Found]:
        """Every value at a path that belongs here."""
        if self.item is None or self.per is None:
            return self.subject.find(path)
        if path.startswith(_FACTS):
            return self.subject.find(path, self.subject.bind(self.per, self.item))
        return [found for found in self.subject.find(path, self.scope) if self._belongs(found.place)]

    def _belongs(self, place: Place) -> bool:
        """Whether nothing on the way to a place belongs to another item."""
        node: Any = self.subject.record
        passed: list[str] = []
        for step in place:
            if isinstance(step, int):
                node = node[step]
                if f"{'.'.join(passed)}[]" == self.per and node is not self.item:
                    return False
            else:
                found = find_field(type(node), step) if isinstance(node, BaseModel) else None
                if found is None:
                    return True
                node = getattr(node, found[0])
                passed.append(step)
            if isinstance(node, BaseModel) and not self._admits(node):
                return False
        return True

    def _admits(self, node: BaseModel) -> bool:
        for attribute, target in find_references(type(node)):
            value = getattr(node, attribute)
            named = [key for key in (value if isinstance(value, tuple) else (value,)) if isinstance(key, str)]
            if not named:
                # An empty list of items means all of them; an item that a row doesn't name is none of them.
                if target == self.per and not isinstance(value, tuple):
                    return False
                continue
            if target == self.per:
                if self.item.key not in named:
                    return False
            elif not self._admits_through(target, named, node):
                return False
        return True

    def _admits_through(self, target: str, keys: list[str], node: BaseModel) -> bool:
        """Whether one of the things referred to belongs here; what isn't found hinders nothing."""
        if self.per is None or target.startswith(f"{self.per}."):
            return True
        found = [item.value for item in find_values(self.subject.record, target) if item.value.key in keys]
        return not found or any(item is node or self._admits(item) for item in found)


@cache
def find_references(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The attributes of a model that refer to the items of a list, each with that list's path."""
    found: list[tuple[str, str]] = []
    for attribute, info in model.model_fields.items():
        marks = [*info.metadata]
        for argument in getattr(info.annotation, "__args__", ()):
            marks += getattr(argument, "__metadata__", ())
        found += ((attribute, mark.target) for mark in marks if isinstance(mark, Reference))
    return tuple(found)


def iterate_scopes(subject: Subject, per: str | None) -> Iterator[ItemScope]:
    """One scope for each item of a list, or one for the whole record."""
    if per is None:
        yield ItemScope(subject)
        return
    entries = _index_entries(subject, per)
    for found in subject.find(per):
        own = {path: by_key.get(found.value.key) for path, by_key in entries.items()}
        yield ItemScope(subject, per, found.value, Scope({per: found.value, **own}))


def _index_entries(subject: Subject, per: str) -> dict[str, dict[str, object]]:
    """The forms that are filled for each item of a list: the path of their entries, and the entry by the item's key."""
    forms = getattr(subject.record, "forms", None)
    index: dict[str, dict[str, object]] = {}
    for attribute, info in type(forms).model_fields.items() if isinstance(forms, BaseModel) else ():
        model = item_type(info.annotation)[0]
        if isinstance(model, type) and issubclass(model, BaseModel) and ("of", per) in find_references(model):
            index[f"forms.{info.alias or attribute}[]"] = {entry.of: entry for entry in getattr(forms, attribute)}
    return index


def unite(
    find: Callable[[ItemScope], Iterator[Diagnostic]], checked: CheckSubject, per: str | None
) -> list[Diagnostic]:
    """What is found in all scopes; what two of them share is reported once."""
    found: dict[tuple[str, Location, str], Diagnostic] = {}
    for scope in iterate_scopes(checked.subject, per):
        for item in find(scope):
            # Words of the catalogue are parameters, too, and can't be hashed.
            found.setdefault((item.code, item.location, repr(sorted(item.params.items(), key=str))), item)
    return list(found.values())


def spell_place(location: Location, place: Place = ()) -> str | Term:
    """Another place in a few words, as a parameter of a message: file and line or cell, else the path in the record."""
    name = (location.file or "").replace("\\", "/").rpartition("/")[2]
    if location.kind == "xlsx" and location.sheet is not None:
        return f"{name} {location.sheet}!{location.cell or ''}".rstrip("!")
    if location.line is not None:
        return f"{name}:{location.line}"
    return format_path(place) if place else Term("checks.place.unknown")
