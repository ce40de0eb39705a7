"""Reads the types of a context's values from the record's models, the views and the profile.

No name is listed here a second time: names come from pydantic models, from the annotations of ``views`` and from the
document's own fields.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from docgen.content.model import Narrative
from docgen.diagnostics import Param
from docgen.record.month import Month
from docgen.render.values.values import ImageValue, Missing

if TYPE_CHECKING:
    from pydantic import BaseModel

    from docgen.profile.model import Profile

Kind = Literal["text", "number", "date", "month", "minute", "yes_no", "scalar", "prose", "list", "fields", "any"]
"""``scalar`` is one value of a kind that only the record decides; ``any`` is an unknown type."""
Absence = Literal["present", "free", "optional", "never"]
"""Whether a value can be absent. ``present``: no, or its absence is reported elsewhere. ``free`` and ``optional``: yes;
printing it then leaves its place free, or is an error. ``never``: always absent in this document, its place free."""

_KINDS: Mapping[Any, Kind] = {
    str: "text",
    int: "number",
    Decimal: "number",
    bool: "yes_no",
    dt.date: "date",
    dt.datetime: "minute",
    Month: "month",
    Narrative: "prose",
    ImageValue: "any",
}
_PLACES: Mapping[str, str] = {"Enterprise": "enterprises"}
_PARTS: Mapping[Kind, tuple[str, ...]] = {
    "date": ("year", "month", "day"),
    "month": ("year", "month"),
    "minute": ("year", "month", "day", "hour", "minute"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a value: its kind, whether it can be absent, what it holds.

    ``item`` is the type of a list's items, ``names`` the types of a value's fields by name, ``label`` the name that
    users know (empty where it has none).
    """

    kind: Kind
    absence: Absence = "present"
    label: Param = ""
    item: Shape | None = None
    names: Mapping[str, Shape] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    """Its possible values, where the model lists them."""

    def read_name(self, name: str) -> Shape | None:
        """Find the type of a field by name; None where there is no such field."""
        if self.kind == "any":
            return ANY
        if name in _PARTS.get(self.kind, ()):
            return Shape("number")
        return self.names.get(name)

    def list_names(self) -> tuple[str, ...]:
        """List the names of the fields."""
        return (*self.names, *_PARTS.get(self.kind, ()))


ANY = Shape("any")
TEXT = Shape("text")


@dataclass(frozen=True)
class RequiredPaths:
    """The paths (without ``[]``) that a profile requires: an absent value there is reported before it is printed."""

    paths: frozenset[str] | None = frozenset()
    """None: all paths."""

    def holds(self, path: str) -> bool:
        """Whether a path is required."""
        return self.paths is None or path in self.paths


def read_required(profile: Profile) -> RequiredPaths:
    """Read the paths of the shared vocabulary that a profile requires, and the paths above them."""
    paths = [part.path.replace("[]", "") for part in profile.parts if part.level == "应"]
    prefixes = {path.rsplit(".", count)[0] for path in paths for count in range(1, path.count(".") + 1)}
    return RequiredPaths(frozenset({*paths, *prefixes}))


def list_of(item: Shape, label: Param = "") -> Shape:
    """Make the type of a list."""
    return Shape("list", label=label, item=item)


def read_model(model: type[BaseModel], path: str, required: RequiredPaths) -> Shape:
    """Read the type of a model's view; ``path`` is the model's path in the record."""
    from docgen.profile.faults import name_field  # slow to load, and templates without a record don't need it
    from docgen.profile.forms import BY_HAND
    from docgen.profile.paths import find_field, list_field_names

    names = {}
    for name in list_field_names(model):
        model_field = find_field(model, name)
        assert model_field is not None
        info = model_field[1]
        place = f"{path}.{name}" if path else name
        shape = replace(read_annotation(info.annotation, place, required), label=name_field(model, (name,)))
        extra = info.json_schema_extra
        if shape.absence == "optional" and isinstance(extra, dict) and BY_HAND in extra:
            shape = replace(shape, absence="free")
        names[name] = shape
    return Shape("fields", names=names)


def read_view(view: type, required: RequiredPaths | None = None) -> Shape:
    """Read the type of one of ``render.context.views``; ``required`` applies to the record's models in it."""
    names = {
        name: read_annotation(hint, _PLACES.get(getattr(hint, "__name__", ""), ""), required)
        for name, hint in get_type_hints(view, include_extras=True).items()
    }
    return Shape("fields", names=names)


def read_annotation(annotation: Any, path: str = "", required: RequiredPaths | None = None) -> Shape:
    """Read the type of an annotation. With None in it a value that isn't required is optional, with Missing free."""
    required = required or RequiredPaths()
    origin, arguments = get_origin(annotation), get_args(annotation)
    shape = Shape(_KINDS.get(annotation, "any") if isinstance(annotation, type) else "any")
    if origin is Annotated:
        shape = read_annotation(arguments[0], path, required)
    elif origin in (Union, types.UnionType):
        shape = _read_union(arguments, path, required)
    elif origin is tuple:
        shape = list_of(read_annotation(arguments[0], path, required))
    elif origin is Literal:
        options = tuple(map(str, arguments)) if isinstance(arguments[0], str) else ()
        shape = Shape(_KINDS.get(type(arguments[0]), "text"), options=options)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        shape = _read_mapping(*arguments, path=path, required=required)
    elif isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        shape = read_model(annotation, path, required)
    elif annotation not in _KINDS and (is_dataclass(annotation) or is_typeddict(annotation)):
        shape = read_view(annotation, required)
    return shape


def _read_union(choices: tuple[Any, ...], path: str, required: RequiredPaths) -> Shape:
    present = [choice for choice in choices if choice not in (type(None), Missing)]
    shapes = [read_annotation(choice, path, required) for choice in present]
    shape = shapes[0] if len({item.kind for item in shapes}) == 1 else Shape("scalar")
    if Missing in choices:
        return replace(shape, absence="free")
    if type(None) in choices and not required.holds(path):
        return replace(shape, absence="optional")
    return shape


def _read_mapping(key: Any, value: Any, *, path: str, required: RequiredPaths) -> Shape:
    shape = read_annotation(value, path, required)
    if get_origin(key) is Literal:
        return Shape("fields", names={str(name): shape for name in get_args(key)})
    return ANY
