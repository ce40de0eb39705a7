"""What the parts of a record refer to: by a key of another part, itself about something or somebody."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.profile.paths import find_values
from docgen.record.record import Record
from docgen.record.types import Reference


def list_references(info: FieldInfo) -> tuple[Reference, ...]:
    """What a field refers to: nothing, for most."""
    marks = [*info.metadata]
    for argument in getattr(info.annotation, "__args__", ()):
        marks += getattr(argument, "__metadata__", ())
    return tuple(mark for mark in marks if isinstance(mark, Reference))


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
