"""Finds the parts of a record that belong to one item of a list, such as an enterprise's forms and rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pydantic import BaseModel

from docgen.profile.condition import Condition
from docgen.profile.paths import Place, PlacedValue, find_field, find_values, item_type
from docgen.profile.references import find_references
from docgen.profile.subject import Subject, holds_condition, resolve_subject_path
from docgen.record.record import Record

_FACTS = "facts."
_Numbered = tuple[int, PlacedValue]
_Owners = frozenset[int] | None
"""The indexes of the items that a value belongs to; None if it belongs to all."""


@dataclass(frozen=True, slots=True)
class ItemScope:
    """The scope of one ``item`` of the list ``per``: the values that belong to it or to no single item.

    An entry, row or training belongs to the items that it refers to, directly or through other items. Without an item
    the scope holds the whole record. ``place`` is the item's path in the record.
    """

    subject: Subject
    per: str | None = None
    item: Any = None
    place: Place = ()

    @property
    def name(self) -> str:
        """The item's name for users; empty for the whole record."""
        if self.item is None:
            return ""
        return str(
            getattr(self.item, "name", None) or getattr(self.item, "title", None) or getattr(self.item, "key", "—")
        )

    def find(self, path: str) -> list[PlacedValue]:
        """The values at a path that belong to the scope."""
        if self.item is None or self.per is None:
            return self.subject.find(path)
        if path.startswith(_FACTS):
            return self.subject.find(path, self.subject.bind(self.per, self.item))
        return find_belonging(self.subject, self.per).find(path, self.subject.find_position(self.per, self.item))

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition holds for the values of the scope; None always holds."""
        return holds_condition(condition, self.find)

    def holds_place(self, place: Place) -> bool:
        """Whether a path belongs to the scope: no value along it belongs to another item."""
        if self.item is None or self.per is None:
            return True
        owners = find_belonging(self.subject, self.per).find_owners(place)
        return owners is None or self.subject.find_position(self.per, self.item) in owners


class Belonging:
    """The owners of a record's values among the items of the list ``per``, computed once for all items."""

    def __init__(self, subject: Subject, per: str) -> None:
        self._subject = subject
        self._per = per
        self._keys: dict[str, list[int]] = {}
        for position, item in enumerate(subject.find(per)):
            self._keys.setdefault(item.value.key, []).append(position)
        self._items_by_key: dict[str, dict[str, list[Any]]] = {}
        self._owners: dict[int, _Owners] = {}
        self._parted: dict[str, tuple[list[_Numbered], dict[int, list[_Numbered]]]] = {}

    def find(self, path: str, position: int) -> list[PlacedValue]:
        """The values at a path that belong to the item at an index, in order."""
        if path not in self._parted:
            self._parted[path] = self._part_values(self._subject.find(path))
        shared, own = self._parted[path]
        return [value for _, value in sorted((*shared, *own.get(position, ())), key=itemgetter(0))]

    def _part_values(self, values: Iterable[PlacedValue]) -> tuple[list[_Numbered], dict[int, list[_Numbered]]]:
        """The values that belong to all items, and the others by the index of their items; each with its number."""
        shared: list[_Numbered] = []
        own: dict[int, list[_Numbered]] = {}
        for numbered in enumerate(values):
            owners = self.find_owners(numbered[1].place)
            if owners is None:
                shared.append(numbered)
            for position in owners or ():
                own.setdefault(position, []).append(numbered)
        return shared, own

    def find_owners(self, place: Place) -> _Owners:
        """The items that a value belongs to: those that all values along its path belong to."""
        node: Any = self._subject.record
        owners: _Owners = None
        passed: list[str] = []
        for step in place:
            if isinstance(step, int):
                if not isinstance(node, tuple) or step >= len(node):
                    return owners
                node = node[step]
                if f"{'.'.join(passed)}[]" == self._per:
                    owners = _intersect(owners, frozenset((step,)))
            else:
                field = find_field(type(node), step) if isinstance(node, BaseModel) else None
                if field is None:
                    return owners
                node = getattr(node, field[0])
                passed.append(step)
            if isinstance(node, BaseModel):
                owners = _intersect(owners, self._find_named(node))
        return owners

    def _find_named(self, node: BaseModel) -> _Owners:
        """The items that a node refers to, directly or through other items."""
        if id(node) not in self._owners:
            self._owners[id(node)] = None  # ends a cycle of references
            owners: _Owners = None
            for attribute, target in find_references(type(node)):
                owners = _intersect(owners, self._read_reference(getattr(node, attribute), target))
            self._owners[id(node)] = owners
        return self._owners[id(node)]

    def _read_reference(self, value: Any, target: str) -> _Owners:
        keys = [key for key in (value if isinstance(value, tuple) else (value,)) if isinstance(key, str)]
        if not keys:
            # An empty list of items means all of them; an empty single reference means none.
            return frozenset() if target == self._per and not isinstance(value, tuple) else None
        if target == self._per:
            return frozenset(position for key in keys for position in self._keys.get(key, ()))
        if target.startswith(f"{self._per}."):
            return None
        # an unknown key excludes no item
        items = [item for key in keys for item in self._index_items(target).get(key, ())]
        through = [self._find_named(item) for item in items]
        if not through or None in through:
            return None
        return frozenset().union(*filter(None, through))

    def _index_items(self, target: str) -> dict[str, list[Any]]:
        """The items of a list by key."""
        if target not in self._items_by_key:
            by_key = self._items_by_key.setdefault(target, {})
            for item in find_values(self._subject.record, target):
                by_key.setdefault(item.value.key, []).append(item.value)
        return self._items_by_key[target]


def find_belonging(subject: Subject, per: str) -> Belonging:
    """The belonging of a record's values to the items of a list."""
    belonging: Belonging | None = subject.derived.get(("belonging", per))
    if belonging is None:
        belonging = subject.derived["belonging", per] = Belonging(subject, per)
    return belonging


def _intersect(first: _Owners, second: _Owners) -> _Owners:
    """The items in both; None means all."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


def refers_to(
    record_model: type[Record], model: type[BaseModel], per: str, visited: frozenset[str] = frozenset()
) -> bool:
    """Whether values of a type can refer to items of a list, by types alone."""
    targets = {target for attribute, target in find_references(model) if not _is_list(model, attribute)}
    if per in targets:
        return True
    for target in targets - visited:
        inner = item_type(resolve_subject_path(record_model, target).annotation)[0]
        if refers_to(record_model, inner, per, visited | targets):
            return True
    return False


def _is_list(model: type[BaseModel], attribute: str) -> bool:
    return item_type(model.model_fields[attribute].annotation)[1]
