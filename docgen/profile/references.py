"""References between the parts of a record: a field that holds the key of another part, and keys that don't exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.diagnostics import Diagnostic, Param, Term, error
from docgen.profile.faults import Locate, find_nearest, name_field
from docgen.profile.labels import show_label
from docgen.profile.paths import Place, find_values, item_type
from docgen.record.record import Record
from docgen.record.types import Reference

NAMING_FIELDS = ("name", "short_name", "title")
"""The fields by which people name an item of a list."""


def list_references(info: FieldInfo) -> tuple[Reference, ...]:
    """What a field refers to: nothing, for most."""
    marks = [*info.metadata]
    for argument in getattr(info.annotation, "__args__", ()):
        marks += getattr(argument, "__metadata__", ())
    return tuple(mark for mark in marks if isinstance(mark, Reference))


@dataclass(frozen=True, slots=True)
class Branch:
    """A field that holds models or several values, or that names an item of the record: most fields do neither."""

    attribute: str
    name: str
    references: tuple[Reference, ...]
    nested: bool


@lru_cache(maxsize=512)
def _list_branches(model: type[BaseModel]) -> tuple[Branch, ...]:
    branches: list[Branch] = []
    for attribute, field in model.model_fields.items():
        references = list_references(field)
        kind, several = item_type(field.annotation)
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        if references or nested or several:
            branches.append(Branch(attribute, field.alias or attribute, references, nested))
    return tuple(branches)


def iterate_branches(node: BaseModel, place: Place = ()) -> Iterator[tuple[Branch, Any, Place]]:
    """The branches of a model and of the models in it: what is looked at in a record of a million values."""
    for branch in _list_branches(type(node)):
        value = getattr(node, branch.attribute)
        here = (*place, branch.name)
        yield branch, value, here
        if not branch.nested or value is None:
            continue
        if isinstance(value, tuple):
            items: tuple[BaseModel, ...] = value
            if items and _list_branches(type(items[0])):
                for index, item in enumerate(items):
                    yield from iterate_branches(item, (*here, index))
        else:
            yield from iterate_branches(value, here)


@cache
def find_references(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The attributes of a model that refer to the items of a list, each with that list's path."""
    return tuple(
        (attribute, mark.target) for attribute, info in model.model_fields.items() for mark in list_references(info)
    )


def find_owner(record: Record, node: BaseModel, per: str, seen: frozenset[int] = frozenset()) -> str | None:
    """The key of the one item of a list that an entry or a row is about.

    It names it, itself or through the one thing that it names; what names several or none is about no item.
    """
    named = [(target, getattr(node, attribute)) for attribute, target in find_references(type(node))]
    single = [(target, key) for target, key in named if isinstance(key, str)]
    for target, key in single:
        if target == per:
            return key
    for target, key in single:
        if target.startswith(per):
            continue
        for found in find_values(record, target):
            if found.value.key == key and id(found.value) not in seen:
                owner = find_owner(record, found.value, per, seen | {id(node)})
                if owner is not None:
                    return owner
    return None


def name_values(record: Record, entry: BaseModel, field: str) -> tuple[str, ...]:
    """What a field of an entry says, in words: several choices, or the name of what it refers to."""
    value: Any = getattr(entry, field)
    said = value if isinstance(value, tuple) else () if value is None else (value,)
    target = dict(find_references(type(entry))).get(field)
    if target is None:
        return tuple(str(item) for item in said)
    known = {found.value.key: found.value for found in find_values(record, target)}
    return tuple(str(getattr(known.get(key), "name", None) or key) for key in said)


@dataclass(frozen=True, slots=True)
class Target:
    """The keys at a list that may be named, and how many of its items have none of their own, which was told.

    With each key what people call the item, and the role of a party.
    """

    keys: Mapping[str, tuple[str, str | None]]
    keyless: int


@dataclass(frozen=True, slots=True)
class Dangling:
    """What names a ``key`` that no item at ``path`` has; ``is_key`` where it stands as a key itself."""

    key: str
    place: Place
    path: str
    target: Target
    is_key: bool = False
    role: str | None = None


def find_dangling(record: Record, typed: Any) -> Iterator[Dangling]:
    """What names an item of the record that isn't there; ``typed`` is the data with what failed validation."""
    targets: dict[str, Target] = {}

    def find_target(path: str) -> Target:
        if path not in targets:
            targets[path] = _read_target(record, typed, path)
        return targets[path]

    for branch, value, place in iterate_branches(record):
        for reference in branch.references:
            target = find_target(reference.target)
            values = enumerate(value) if isinstance(value, tuple) else [(None, value)]
            for index, key in values:
                if key is not None and key not in target.keys:
                    yield Dangling(
                        key, place if index is None else (*place, index), reference.target, target, role=reference.role
                    )
    enterprises = find_target("enterprises[]")
    for index, training in enumerate(record.trainings):
        for key in training.attendance:
            if key not in enterprises.keys:
                yield Dangling(key, ("trainings", index, "attendance", key), "enterprises[]", enterprises, is_key=True)


def _read_target(record: Record, typed: Any, path: str) -> Target:
    """The keys as they were typed, too: an item that failed validation is faulty, not absent."""
    sound = [found.value.key for found in find_values(record, path)]
    items = list_items(typed, path)
    keyed = [item for item in items if isinstance(item, dict) and isinstance(item.get("key"), str)]
    named = [item["key"] for item in keyed]
    keys: dict[str, tuple[str, str | None]] = {key: (key, None) for key in sound if key is not None}
    keys |= {item["key"]: (_find_name(item), item.get("role")) for item in keyed}
    # items inside others may have the same key; of a list, the second of a key was most likely meant to have another
    repeated = len(named) - len(set(named)) if path.count("[]") == 1 else 0
    return Target(keys, len(items) - len(named) - sound.count(None) + repeated)


def list_items(typed: Any, path: str) -> list[Any]:
    """The items of a list in raw data."""
    items = [typed]
    for step in path.split("."):
        name = step.removesuffix("[]")
        items = [item[name] for item in items if isinstance(item, dict) and name in item]
        if step.endswith("[]"):
            inside = (item.values() if isinstance(item, dict) else item for item in items)
            items = [inner for item in inside if not isinstance(item, str) for inner in item or ()]
    return items


def describe_dangling(dangling: Sequence[Dangling], record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """R115 for each key that isn't there.

    As many unknown keys as items lack theirs are most likely those of these items, which were told already.
    """
    unknown: dict[str, set[str]] = {}
    suggested: dict[tuple[str, str, str | None], Param] = {}
    for item in dangling:
        unknown.setdefault(item.path, set()).add(item.key)
    for item in dangling:
        if len(unknown[item.path]) > item.target.keyless:
            label = name_field(type(record), item.place[:-1] if item.is_key else item.place)
            asked = (item.path, item.key, item.role)
            if asked not in suggested:  # an enterprise that isn't there may be named in thirty forms
                suggested[asked] = _suggest_key(item)
            nearest = suggested[asked]
            yield error("R115", locate(item.place, item.is_key), label=label, key=item.key, nearest=nearest)


def _suggest_key(item: Dangling) -> Param:
    """The items that may have been meant, by name and key; of parties those of the role that is asked for."""
    known = {key: name for key, (name, role) in item.target.keys.items() if item.role in (None, role)}
    found = find_nearest(item.key, [*known, *known.values()])
    meant = [key for key, name in known.items() if found in (key, name)] or list(known)[:8]
    return "、".join(show_label(known[key], key) for key in meant) or Term("record.no_keys")


def _find_name(item: Mapping[str, Any]) -> str:
    named = (item.get(name) for name in (*NAMING_FIELDS, "key"))
    return next(name for name in named if isinstance(name, str))
