"""Finds what of a record belongs to one item of a list: the enterprise of a document, with its forms and rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from typing import Any

from pydantic import BaseModel

from docgen.profile.condition import Condition
from docgen.profile.paths import Found, Place, find_field, find_values, item_type
from docgen.profile.references import find_references
from docgen.profile.subject import Subject, holds_condition, resolve_subject_path
from docgen.record.record import Record

_FACTS = "facts."
_Numbered = tuple[int, Found]
_Owners = frozenset[int] | None
"""The positions of the items that something belongs to; None where it belongs to all of them."""


@dataclass(frozen=True, slots=True)
class ItemScope:
    """The values that belong to ``item`` of the list ``per``, and those that belong to no item of it.

    An entry, a row, a training belongs to the items that it refers to, itself or through what it refers to. Without an
    item, everything belongs. ``place`` is where the item stands in the record.
    """

    subject: Subject
    per: str | None = None
    item: Any = None
    place: Place = ()

    @property
    def name(self) -> str:
        """What a user calls the item; empty for the whole record."""
        if self.item is None:
            return ""
        return str(
            getattr(self.item, "name", None) or getattr(self.item, "title", None) or getattr(self.item, "key", "—")
        )

    def find(self, path: str) -> list[Found]:
        """Every value at a path that belongs here."""
        if self.item is None or self.per is None:
            return self.subject.find(path)
        if path.startswith(_FACTS):
            return self.subject.find(path, self.subject.bind(self.per, self.item))
        return find_belonging(self.subject, self.per).find(path, self.subject.find_position(self.per, self.item))

    def holds(self, condition: Condition | None) -> bool:
        """Whether a condition holds of what belongs here; no condition always does."""
        return holds_condition(condition, self.find)

    def holds_place(self, place: Place) -> bool:
        """Whether nothing on the way to a place belongs to another item; all is, without an item."""
        if self.item is None or self.per is None:
            return True
        owners = find_belonging(self.subject, self.per).find_owners(place)
        return owners is None or self.subject.find_position(self.per, self.item) in owners


class Belonging:
    """What of a record belongs to which items of the list ``per``: looked at once, however many items ask."""

    def __init__(self, subject: Subject, per: str) -> None:
        self._subject = subject
        self._per = per
        self._keys: dict[str, list[int]] = {}
        for position, found in enumerate(subject.find(per)):
            self._keys.setdefault(found.value.key, []).append(position)
        self._named: dict[str, dict[str, list[Any]]] = {}
        self._owners: dict[int, _Owners] = {}
        self._parted: dict[str, tuple[list[_Numbered], dict[int, list[_Numbered]]]] = {}

    def find(self, path: str, position: int) -> list[Found]:
        """The values at a path that belong to the item at a position, in their order."""
        if path not in self._parted:
            self._parted[path] = self._part(self._subject.find(path))
        shared, own = self._parted[path]
        mine = own.get(position, [])
        return [found for _, found in merge(shared, mine, key=itemgetter(0))]

    def _part(self, values: Iterable[Found]) -> tuple[list[_Numbered], dict[int, list[_Numbered]]]:
        """The values that belong to all items, and those of some of them by position; each with its number."""
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
        """The items that something belongs to: all to which everything on the way to it does."""
        node: Any = self._subject.record
        owners: _Owners = None
        passed: list[str] = []
        for step in place:
            if isinstance(step, int):
                if not isinstance(node, tuple) or step >= len(node):
                    return owners
                node = node[step]
                if f"{'.'.join(passed)}[]" == self._per:
                    owners = _meet(owners, frozenset((step,)))
            else:
                found = find_field(type(node), step) if isinstance(node, BaseModel) else None
                if found is None:
                    return owners
                node = getattr(node, found[0])
                passed.append(step)
            if isinstance(node, BaseModel):
                owners = _meet(owners, self._find_named(node))
        return owners

    def _find_named(self, node: BaseModel) -> _Owners:
        """The items that a node refers to, itself or through what it refers to."""
        if id(node) not in self._owners:
            self._owners[id(node)] = None  # what refers to itself
            owners: _Owners = None
            for attribute, target in find_references(type(node)):
                owners = _meet(owners, self._read_reference(getattr(node, attribute), target))
            self._owners[id(node)] = owners
        return self._owners[id(node)]

    def _read_reference(self, value: Any, target: str) -> _Owners:
        named = [key for key in (value if isinstance(value, tuple) else (value,)) if isinstance(key, str)]
        if not named:
            # An empty list of items means all of them; an item that a row doesn't name is none of them.
            return frozenset() if target == self._per and not isinstance(value, tuple) else None
        if target == self._per:
            return frozenset(position for key in named for position in self._keys.get(key, ()))
        if target.startswith(f"{self._per}."):
            return None
        # what isn't found excludes nothing
        found = [item for key in named for item in self._index(target).get(key, ())]
        through = [self._find_named(item) for item in found]
        if not through or None in through:
            return None
        return frozenset().union(*filter(None, through))

    def _index(self, target: str) -> dict[str, list[Any]]:
        """The items of a list that may be named, by their keys."""
        if target not in self._named:
            named = self._named.setdefault(target, {})
            for found in find_values(self._subject.record, target):
                named.setdefault(found.value.key, []).append(found.value)
        return self._named[target]


def find_belonging(subject: Subject, per: str) -> Belonging:
    """What belongs to which items of a list of a record."""
    known: Belonging | None = subject.derived.get(("belonging", per))
    if known is None:
        known = subject.derived["belonging", per] = Belonging(subject, per)
    return known


def _meet(one: _Owners, other: _Owners) -> _Owners:
    """What belongs to both."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


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
