"""Checks that a rule's parameters fit the profile: the rule can find something, and no record ends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from docgen.checks.parameters import Parameter, read_parameter
from docgen.diagnostics import Diagnostic, Term, error
from docgen.profile.condition import Condition
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import Locate, find_nearest
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import PathError, Place, item_type, list_field_names
from docgen.profile.soundness import (
    check_bounds,
    check_condition,
    check_values,
    find_shape,
    find_uncomputed,
    list_choices,
    report_ineffective,
)
from docgen.profile.subject import resolve_subject_path

_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "indicator": ("before", "target", "after", "direction"),
    "period": ("start", "end"),
}
PlacedText = tuple[str, Place]
"""A text among the parameters, and its place in the profile."""


@dataclass(frozen=True, slots=True)
class _ParameterGroup:
    """A group of parameters among those around it; ``place`` is where it stands."""

    model: BaseModel
    place: Place
    outer: _ParameterGroup | None = None

    def find(self, name: str) -> _ParameterGroup | None:
        """The nearest group, this or one around it, that has a parameter of this name."""
        if name in type(self.model).model_fields:
            return self
        return self.outer.find(name) if self.outer is not None else None


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """Holds the parameters of one rule against a profile; ``place`` is where they stand in its files."""

    loaded: LoadedProfile
    place: Place

    def find_faults(self, params: BaseModel) -> Iterator[Diagnostic]:
        """Every fault of the parameters; paths that lead nowhere are reported elsewhere."""
        yield from self._check_group(_ParameterGroup(params, self.place))

    @property
    def _locate(self) -> Locate:
        return self.loaded.tree.locate

    def _check_group(self, group: _ParameterGroup) -> Iterator[Diagnostic]:
        for name, info in type(group.model).model_fields.items():
            value, here = getattr(group.model, name), (*group.place, name)
            parameter = read_parameter(info)
            if value == () and info.is_required():
                yield report_ineffective("empty", group.place, self._locate, name=name)
            if isinstance(value, Condition):
                yield from self._check_condition(group, value, here)
            for inner, where in _list_groups(value, here):
                yield from self._check_group(_ParameterGroup(inner, where, group))
            if parameter is not None:
                for placed in _list_placed_texts(value, here):
                    yield from self._check_text(group, parameter, name, placed)
        low, high = (getattr(group.model, name, None) for name in ("min", "max"))
        if isinstance(low, int):
            open_end = "max" in type(group.model).model_fields
            yield from check_bounds(low, high, group.place, self._locate, open_end=open_end)

    def _check_condition(self, group: _ParameterGroup, condition: Condition, place: Place) -> Iterator[Diagnostic]:
        yield from check_condition(self.loaded.record_model, condition, place, self._locate)
        demanded = getattr(group.model, "demands", None)
        if condition.present is not None and condition.present == demanded:
            yield report_ineffective("itself", group.place, self._locate, path=demanded)

    def _check_text(
        self, group: _ParameterGroup, parameter: Parameter, name: str, placed: PlacedText
    ) -> Iterator[Diagnostic]:
        text, place = placed
        if parameter.kind == "rows":
            yield from self._check_rows(parameter, name, text, place)
        elif parameter.kind == "path":
            yield from self._check_path(parameter, text, place)
        elif parameter.kind == "field":
            if "." in text or "[]" in text:
                yield self._refuse("field", name, text, place)
                return
            for owner, _place in self._read_texts(group, parameter.of):
                line = self._find_line(owner)
                if line is None:
                    yield from self._check_path(parameter, f"{owner}.{text}", place)
                elif text not in list_field_names(line):
                    yield self._refuse("field", name, text, place)
        elif parameter.kind == "value":
            yield from self._check_value(group, parameter, text, place)
        else:
            yield from self._check_name(group, parameter, name, placed)

    def _check_rows(self, parameter: Parameter, name: str, path: str, place: Place) -> Iterator[Diagnostic]:
        model = self._find_row(path)
        if model is None or not path.endswith("[]"):
            if self._leads_somewhere(path) and self._find_line(path) is None:
                yield self._refuse("rows", name, path, place)
            return
        if parameter.keyed and "key" not in list_field_names(model):
            yield error("P171", self._locate(place, False), path=path)
        yield from self._check_path(parameter, path, place)

    def _check_path(self, parameter: Parameter, path: str, place: Place) -> Iterator[Diagnostic]:
        needed = find_uncomputed(self.loaded.profile, path)
        if needed is not None:
            yield error("P176", self._locate(place, False), path=path, needs=needed)
        shape = find_shape(self.loaded.record_model, path)
        if shape is None or parameter.type == "any" or shape == "other":
            return
        if parameter.type in _FIELDS_OF:
            model = self._find_row(path)
            fits = model is not None and set(_FIELDS_OF[parameter.type]) <= set(list_field_names(model))
        else:
            fits = shape == parameter.type
        if not fits:
            there, wanted = Term(f"profile.shape.{shape}"), Term(f"profile.shape.{parameter.type}")
            yield error("P173", self._locate(place, False), path=path, there=there, wanted=wanted)

    def _check_value(
        self, group: _ParameterGroup, parameter: Parameter, value: str, place: Place
    ) -> Iterator[Diagnostic]:
        """A value must be one that one of the fields can have at least."""
        model = self.loaded.record_model
        paths = [path for path in self._list_paths(group, parameter.of) if self._leads_somewhere(path)]
        if any(value in choices for path in paths if (choices := list_choices(model, path)) is not None):
            return
        for path in paths[:1]:
            yield from check_values(model, path, (value,), place, self._locate)

    def _check_name(
        self, group: _ParameterGroup, parameter: Parameter, name: str, placed: PlacedText
    ) -> Iterator[Diagnostic]:
        """Documents, headings, filing items and verdicts: by what the profile has."""
        profile, (text, place) = self.loaded.profile, placed
        if parameter.kind == "document":
            choices = [document.id for document in profile.documents]
        elif parameter.kind == "item":
            choices = [item.key for item in profile.filing.items]
        elif parameter.kind in ("part", "verdict"):
            candidates = [self._find_document(path) for path, _place in self._read_texts(group, parameter.of)]
            documents = [document for document in candidates if document is not None]
            if not documents:
                return
            choices = [word for document in documents for word in _list_names_in(document, parameter.kind)]
        else:
            return
        if text not in choices:
            words, nearest = "、".join(choices) or "—", find_nearest(text, choices) or "—"
            yield error("P175", self._locate(place, False), name=name, value=text, known=words, nearest=nearest)

    def _read_texts(self, group: _ParameterGroup, name: str) -> Sequence[PlacedText]:
        """The texts of the parameter of a name, of this group or one around it."""
        owner = group.find(name)
        return _list_placed_texts(getattr(owner.model, name), (*owner.place, name)) if owner is not None else ()

    def _list_paths(self, group: _ParameterGroup, name: str) -> list[str]:
        """The paths that a parameter names: itself, or as fields of their rows."""
        owner = group.find(name)
        parameter = read_parameter(type(owner.model).model_fields[name]) if owner is not None else None
        texts = [text for text, _place in self._read_texts(group, name)]
        if parameter is None or parameter.kind != "field":
            return texts
        return [f"{rows}.{text}" for rows, _place in self._read_texts(group, parameter.of) for text in texts]

    def _find_document(self, name: str) -> DocumentSpec | None:
        """The document of an id, or of a path below its form."""
        parts = name.split(".")
        return self.loaded.profile.find_document(parts[1].removesuffix("[]") if parts[0] == "forms" else name)

    def _find_row(self, path: str) -> type[BaseModel] | None:
        """The type of a list's items; None where none of groups of fields stands there."""
        try:
            base = item_type(resolve_subject_path(self.loaded.record_model, path).annotation)[0]
        except PathError:
            return None
        return base if isinstance(base, type) and issubclass(base, BaseModel) else None

    def _find_line(self, path: str) -> type[BaseModel] | None:
        """The type of a check list's lines, whose path ends in their owner; None for any other path."""
        model = self._find_row(path) if not path.endswith("[]") else None
        lines = [info.annotation for info in model.model_fields.values()] if model is not None else []
        line = lines[0] if lines and all(item is lines[0] for item in lines) else None
        return line if isinstance(line, type) and issubclass(line, BaseModel) else None

    def _leads_somewhere(self, path: str) -> bool:
        return find_shape(self.loaded.record_model, path) is not None

    def _refuse(self, wanted: str, name: str, value: str, place: Place) -> Diagnostic:
        kind = Term(f"profile.wanted.{wanted}")
        return error("P174", self._locate(place, False), name=name, value=value, wanted=kind)


def _list_groups(value: object, place: Place) -> list[tuple[BaseModel, Place]]:
    if isinstance(value, tuple):
        return [(item, (*place, at)) for at, item in enumerate(value) if isinstance(item, BaseModel)]
    return [(value, place)] if isinstance(value, BaseModel) and not isinstance(value, Condition) else []


def _list_placed_texts(value: object, place: Place) -> tuple[PlacedText, ...]:
    if isinstance(value, str):
        return ((value, place),)
    items = enumerate(value) if isinstance(value, tuple) else ()
    return tuple((item, (*place, at)) for at, item in items if isinstance(item, str))


def _list_names_in(document: DocumentSpec, kind: str) -> list[str]:
    if kind == "part":
        return [heading.key for heading in document.iterate_headings()]
    return list(document.checklist.verdicts) if document.checklist is not None else []
