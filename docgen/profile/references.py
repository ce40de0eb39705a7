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
from docgen.profile.labels import format_choice
from docgen.profile.paths import Place, find_values, item_type
from docgen.record.record import Record
from docgen.record.types import Reference

NAMING_FIELDS = ("name", "short_name", "title")
"""The fields with an item's names."""


def list_references(info: FieldInfo) -> tuple[Reference, ...]:
    """The references of a field; most fields have none."""
    marks = [*info.metadata]
    for argument in getattr(info.annotation, "__args__", ()):
        marks += getattr(argument, "__metadata__", ())
    return tuple(mark for mark in marks if isinstance(mark, Reference))


@dataclass(frozen=True, slots=True)
class ReferenceBranch:
    """A field to visit: it holds models or several values, or refers to an item; most fields do neither."""

    attribute: str
    name: str
    references: tuple[Reference, ...]
    nested: bool


@lru_cache(maxsize=512)
def _list_branches(model: type[BaseModel]) -> tuple[ReferenceBranch, ...]:
    branches: list[ReferenceBranch] = []
    for attribute, field in model.model_fields.items():
        references = list_references(field)
        kind, several = item_type(field.annotation)
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        if references or nested or several:
            branches.append(ReferenceBranch(attribute, field.alias or attribute, references, nested))
    return tuple(branches)


def iterate_branches(node: BaseModel, place: Place = ()) -> Iterator[tuple[ReferenceBranch, Any, Place]]:
    """The branches of a model and its nested models; visiting only these keeps records of a million values fast."""
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
    """The attributes of a model that refer to items of a list, each with the list's path."""
    return tuple(
        (attribute, mark.target) for attribute, info in model.model_fields.items() for mark in list_references(info)
    )


def find_owner(record: Record, node: BaseModel, per: str, visited: frozenset[int] = frozenset()) -> str | None:
    """The key of the only item of a list that an entry or row refers to.

    It refers to the item directly, or through the only other item that it names. None if it names several or none.
    """
    named = [(target, getattr(node, attribute)) for attribute, target in find_references(type(node))]
    single = [(target, key) for target, key in named if isinstance(key, str)]
    for target, key in single:
        if target == per:
            return key
    for target, key in single:
        if target.startswith(per):
            continue
        for item in find_values(record, target):
            if item.value.key == key and id(item.value) not in visited:
                owner = find_owner(record, item.value, per, visited | {id(node)})
                if owner is not None:
                    return owner
    return None


def name_values(record: Record, entry: BaseModel, field: str) -> tuple[str, ...]:
    """A field of an entry as words: its choices, or the names of the items that it refers to."""
    value: Any = getattr(entry, field)
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    target = dict(find_references(type(entry))).get(field)
    if target is None:
        return tuple(str(item) for item in values)
    items = {item.value.key: item.value for item in find_values(record, target)}
    return tuple(str(getattr(items.get(key), "name", None) or key) for key in values)


@dataclass(frozen=True, slots=True)
class ReferenceTarget:
    """The keys of a list that references may name, and the number of items without a key, which was reported.

    Each key comes with the item's name, and with the role of a party.
    """

    keys: Mapping[str, tuple[str, str | None]]
    keyless: int


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to a ``key`` that no item at ``path`` has; ``is_key`` if the reference is a mapping's key."""

    key: str
    place: Place
    path: str
    target: ReferenceTarget
    is_key: bool = False
    role: str | None = None


def find_dangling(record: Record, typed: Any) -> Iterator[Dangling]:
    """The references to missing items of a record; ``typed`` is the raw data, invalid items included."""
    targets: dict[str, ReferenceTarget] = {}

    def find_target(path: str) -> ReferenceTarget:
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


def _read_target(record: Record, typed: Any, path: str) -> ReferenceTarget:
    """The keys of a list, also of items that failed validation: those are invalid, not missing."""
    valid_keys = [item.value.key for item in find_values(record, path)]
    items = list_items(typed, path)
    keyed = [item for item in items if isinstance(item, dict) and isinstance(item.get("key"), str)]
    typed_keys = [item["key"] for item in keyed]
    keys: dict[str, tuple[str, str | None]] = {key: (key, None) for key in valid_keys if key is not None}
    keys |= {item["key"]: (_find_name(item), item.get("role")) for item in keyed}
    # nested items may share a key; in a top-level list the second item with a key was probably meant to have another
    repeated = len(typed_keys) - len(set(typed_keys)) if path.count("[]") == 1 else 0
    return ReferenceTarget(keys, len(items) - len(typed_keys) - valid_keys.count(None) + repeated)


def list_items(typed: Any, path: str) -> list[Any]:
    """The items of a list in raw data."""
    items = [typed]
    for step in path.split("."):
        name = step.removesuffix("[]")
        items = [node[name] for node in items if isinstance(node, dict) and name in node]
        if step.endswith("[]"):
            inside = (node.values() if isinstance(node, dict) else node for node in items)
            items = [inner for node in inside if not isinstance(node, str) for inner in node or ()]
    return items


def report_dangling_references(dangling: Sequence[Dangling], record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """R115 for each missing key.

    As many unknown keys as there are items without a key aren't reported: they probably mean these reported items.
    """
    unknown: dict[str, set[str]] = {}
    suggestions: dict[tuple[str, str, str | None], Param] = {}
    for reference in dangling:
        unknown.setdefault(reference.path, set()).add(reference.key)
    for reference in dangling:
        if len(unknown[reference.path]) > reference.target.keyless:
            label = name_field(type(record), reference.place[:-1] if reference.is_key else reference.place)
            target_key = (reference.path, reference.key, reference.role)
            if target_key not in suggestions:  # thirty forms may name the same missing enterprise
                suggestions[target_key] = _suggest_key(reference)
            nearest = suggestions[target_key]
            yield error(
                "R115", locate(reference.place, reference.is_key), label=label, key=reference.key, nearest=nearest
            )


def _suggest_key(item: Dangling) -> Param:
    """The items that may be meant, by name and key; of parties those with the required role."""
    names = {key: name for key, (name, role) in item.target.keys.items() if item.role in (None, role)}
    nearest = find_nearest(item.key, [*names, *names.values()])
    keys = [key for key, name in names.items() if nearest in (key, name)] or list(names)[:8]
    return "、".join(format_choice(names[key], key) for key in keys) or Term("record.no_keys")


def _find_name(item: Mapping[str, Any]) -> str:
    named = (item.get(name) for name in (*NAMING_FIELDS, "key"))
    return next(name for name in named if isinstance(name, str))
