"""What of a record belongs to one item of a list: the enterprise that a document is about, with its forms and rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from docgen.profile.condition import Condition
from docgen.profile.paths import Found, Place, Scope, find_field, find_values, item_type
from docgen.profile.references import find_references
from docgen.profile.subject import Subject, holds_condition, resolve_subject_path
from docgen.record.record import Record

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
        return [found for found in self.subject.find(path, self.scope) if self.holds_place(found.place)]

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition holds of what belongs here; no condition always does."""
        return holds_condition(condition, self.find)

    def holds_place(self, place: Place) -> bool:
        """Whether nothing on the way to a place belongs to another item; all is, without an item."""
        if self.item is None:
            return True
        node: Any = self.subject.record
        passed: list[str] = []
        for step in place:
            if isinstance(step, int):
                if not isinstance(node, tuple) or step >= len(node):
                    return True
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
        """Whether one of the things referred to belongs here; what isn't found excludes nothing."""
        if self.per is None or target.startswith(f"{self.per}."):
            return True
        found = [item.value for item in find_values(self.subject.record, target) if item.value.key in keys]
        return not found or any(item is node or self._admits(item) for item in found)


def refers_to(record_model: type[Record], model: type[BaseModel], per: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an item of a list can be what things of this type are about, by types alone."""
    targets = {target for attribute, target in find_references(model) if not _is_list(model, attribute)}
    if per in targets:
        return True
    for target in targets - seen:
        inner = item_type(resolve_subject_path(record_model, target).annotation)[0]
        if refers_to(record_model, inner, per, seen | targets):
            return True
    return False


def _is_list(model: type[BaseModel], attribute: str) -> bool:
    return item_type(model.model_fields[attribute].annotation)[1]
