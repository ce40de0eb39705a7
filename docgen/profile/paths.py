"""Paths: how a profile names a place in the record or the facts.

``name(.name)*``, a list marked ``[]``; no index, no filter, no arithmetic. A path is resolved against the types when
the profile is loaded, and read from a record with *bindings*: a list that is bound stands for one of its items (the
enterprise a document is made for, the entry of its form).
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Place = tuple[str | int, ...]
"""The path of a value in the data of a record or profile: keys, and indexes from 0, from the top down."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*(\[\])?")


@dataclass(frozen=True, slots=True)
class PathStep:
    """One name of a path, and whether it is a list; ``prefix`` is the path up to it, as scopes name lists."""

    name: str
    is_list: bool
    prefix: str


class PathError(ValueError):
    """Error: a path doesn't exist; ``step`` is the unknown name, ``names`` are the possible names."""

    def __init__(self, path: str, step: str, names: tuple[str, ...] = (), reason: str = "unknown") -> None:
        super().__init__(f"{path}: {step}: {reason}")
        self.path = path
        self.step = step
        self.names = names
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Scope:
    """The bindings under which paths are read: list path (``enterprises[]``) → its current item.

    ``positions`` says where in their lists items stand, as far as it is known: the others are looked for.
    """

    items: Mapping[str, object] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def split_path(path: str) -> tuple[PathStep, ...]:
    """The steps of a path; PathError when it isn't written as one."""
    names = path.split(".")
    for name in names:
        if not _NAME.fullmatch(name):
            raise PathError(path, name, reason="syntax")
    prefixes = accumulate(names, "{}.{}".format)
    return tuple(
        PathStep(name.removesuffix("[]"), name.endswith("[]"), prefix)
        for name, prefix in zip(names, prefixes, strict=True)
    )


@lru_cache(maxsize=16384)
def find_field(model: type[BaseModel], name: str) -> tuple[str, FieldInfo] | None:
    """The attribute and field of a model that a record calls ``name`` (its alias, if it has one)."""
    for attribute, info in model.model_fields.items():
        if name == (info.alias or attribute):
            return attribute, info
    return None


def list_field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The names that a record may use in a model."""
    return tuple(info.alias or attribute for attribute, info in model.model_fields.items())


def item_type(annotation: Any) -> tuple[Any, bool]:
    """The type inside an annotation, and whether it is a list of it; Optional and Annotated are looked through."""
    while True:
        origin = get_origin(annotation)
        if origin in (Union, types.UnionType):
            choices = [arg for arg in get_args(annotation) if arg is not type(None)]
            if len(choices) != 1:
                return annotation, False
            annotation = choices[0]
        elif origin is tuple:
            return item_type(get_args(annotation)[0])[0], True
        elif origin is not None and hasattr(annotation, "__metadata__"):
            annotation = get_args(annotation)[0]
        else:
            return annotation, False


@lru_cache(maxsize=16384)
def resolve_path(root: type[BaseModel], path: str) -> FieldInfo:
    """The field that a path ends at, found by types alone; PathError where it leads nowhere or misses a ``[]``."""
    current: Any = root
    info: FieldInfo | None = None
    for step in split_path(path):
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            raise PathError(path, step.name, reason="leaf")
        field = find_field(current, step.name)
        if field is None:
            raise PathError(path, step.name, list_field_names(current))
        info = field[1]
        current, is_list = item_type(info.annotation)
        if is_list != step.is_list and not (is_list and not isinstance(current, type)):
            raise PathError(path, step.name, reason="list" if is_list else "single")
    assert info is not None
    return info


class PlacedValue(NamedTuple):
    """A value found at a path, and its own path in the record's data."""

    value: Any
    place: Place


def find_values(root: BaseModel, path: str, scope: Scope | None = None) -> list[PlacedValue]:
    """All values at a path, also absent ones (None); lists are flattened, bound lists are replaced by their items."""
    values = [PlacedValue(root, ())]
    for step in split_path(path):
        if not values:
            break
        values = _take_step(values, step, scope)
    return values


def _take_step(nodes: list[PlacedValue], step: PathStep, scope: Scope | None) -> list[PlacedValue]:
    """The values one step below; an absent value is kept with its path."""
    below: list[PlacedValue] = []
    for node in nodes:
        owner, place = node
        if owner is None:
            below.append(node)
            continue
        field = find_field(type(owner), step.name) if isinstance(owner, BaseModel) else None
        if field is None:
            continue
        value = getattr(owner, field[0])
        here = (*place, step.name)
        if not step.is_list:
            below.append(PlacedValue(value, here))
        elif scope is None or step.prefix not in scope.items:
            below += [PlacedValue(item, (*here, index)) for index, item in enumerate(value)]
        else:
            bound = scope.items[step.prefix]
            at = _find_bound(value, bound, scope.positions.get(step.prefix))
            if at is not None:
                below.append(PlacedValue(bound, (*here, at)))
    return below


def _find_bound(value: Sequence[object], bound: object, position: int | None) -> int | None:
    """The index of the bound item in its list: its known position, or the result of a search."""
    if position is not None and position < len(value) and value[position] is bound:
        return position
    return next((index for index, item in enumerate(value) if item is bound), None) if bound is not None else None
