"""The types of what a template sees, read from what makes it: the record's models, the views, the profile.

Nothing is listed a second time here: names come from pydantic models, from the annotations of ``views`` and
from the document's own fields.
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
"""``scalar`` is one value of a kind that only the record knows; ``any`` is what can't be told."""
Absence = Literal["present", "free", "optional", "never"]
"""Whether a value is there. ``present``: always, or its absence is reported elsewhere. ``free``, ``optional``: perhaps
not; printing it then leaves its place free, or is an error. ``never`` in this document, and its place stays free."""

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
    """The type of a value: its kind, whether it may be absent, what it holds.

    ``item`` is the type of a list's items, ``names`` what stands inside of a value with names, ``label`` the name that
    a user knows it by (empty where it has none).
    """

    kind: Kind
    absence: Absence = "present"
    label: Param = ""
    item: Shape | None = None
    names: Mapping[str, Shape] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    """What it may be, where that is listed."""

    def read_name(self, name: str) -> Shape | None:
        """The type of what stands inside under a name; None where there is no such name."""
        if self.kind == "any":
            return ANY
        if name in _PARTS.get(self.kind, ()):
            return Shape("number")
        return self.names.get(name)

    def list_names(self) -> tuple[str, ...]:
        """The names that stand inside."""
        return (*self.names, *_PARTS.get(self.kind, ()))


ANY = Shape("any")
TEXT = Shape("text")


@dataclass(frozen=True)
class Asked:
    """What a profile asks for by path (without ``[]``): such a value's absence is reported before it is printed."""

    paths: frozenset[str] | None = frozenset()
    """None: everything."""

    def holds(self, path: str) -> bool:
        """Whether a path is asked for."""
        return self.paths is None or path in self.paths


def read_asked(profile: Profile) -> Asked:
    """What a profile asks for of the shared vocabulary, and the parts that hold it."""
    paths = [part.path.replace("[]", "") for part in profile.parts if part.level == "应"]
    prefixes = {path.rsplit(".", count)[0] for path in paths for count in range(1, path.count(".") + 1)}
    return Asked(frozenset({*paths, *prefixes}))


def list_of(item: Shape, label: Param = "") -> Shape:
    """The type of a list."""
    return Shape("list", label=label, item=item)


def read_model(model: type[BaseModel], path: str, asked: Asked) -> Shape:
    """The type of a model as a template sees it; ``path`` is where it stands in the record."""
    from docgen.profile.faults import name_field  # a template that has nothing to do with a record needs none of it
    from docgen.profile.forms import BY_HAND
    from docgen.profile.paths import find_field, known_names

    names = {}
    for name in known_names(model):
        found = find_field(model, name)
        assert found is not None
        info = found[1]
        place = f"{path}.{name}" if path else name
        shape = replace(read_annotation(info.annotation, place, asked), label=name_field(model, (name,)))
        extra = info.json_schema_extra
        if shape.absence == "optional" and isinstance(extra, dict) and BY_HAND in extra:
            shape = replace(shape, absence="free")
        names[name] = shape
    return Shape("fields", names=names)


def read_view(view: type, asked: Asked | None = None) -> Shape:
    """The type of one of ``render.context.views``; a record's models in it stand where ``asked`` speaks of them."""
    names = {
        name: read_annotation(hint, _PLACES.get(getattr(hint, "__name__", ""), ""), asked)
        for name, hint in get_type_hints(view, include_extras=True).items()
    }
    return Shape("fields", names=names)


def read_annotation(annotation: Any, path: str = "", asked: Asked | None = None) -> Shape:
    """The type that an annotation says. None in it: absent unless it is asked for; Missing: absent leaves a blank."""
    asked = asked or Asked()
    origin, arguments = get_origin(annotation), get_args(annotation)
    shape = Shape(_KINDS.get(annotation, "any") if isinstance(annotation, type) else "any")
    if origin is Annotated:
        shape = read_annotation(arguments[0], path, asked)
    elif origin in (Union, types.UnionType):
        shape = _read_union(arguments, path, asked)
    elif origin is tuple:
        shape = list_of(read_annotation(arguments[0], path, asked))
    elif origin is Literal:
        options = tuple(map(str, arguments)) if isinstance(arguments[0], str) else ()
        shape = Shape(_KINDS.get(type(arguments[0]), "text"), options=options)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        shape = _read_mapping(*arguments, path=path, asked=asked)
    elif isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        shape = read_model(annotation, path, asked)
    elif annotation not in _KINDS and (is_dataclass(annotation) or is_typeddict(annotation)):
        shape = read_view(annotation, asked)
    return shape


def _read_union(choices: tuple[Any, ...], path: str, asked: Asked) -> Shape:
    kept = [choice for choice in choices if choice not in (type(None), Missing)]
    shapes = [read_annotation(choice, path, asked) for choice in kept]
    shape = shapes[0] if len({item.kind for item in shapes}) == 1 else Shape("scalar")
    if Missing in choices:
        return replace(shape, absence="free")
    if type(None) in choices and not asked.holds(path):
        return replace(shape, absence="optional")
    return shape


def _read_mapping(key: Any, value: Any, *, path: str, asked: Asked) -> Shape:
    shape = read_annotation(value, path, asked)
    if get_origin(key) is Literal:
        return Shape("fields", names={str(name): shape for name in get_args(key)})
    return ANY
