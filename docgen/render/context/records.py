"""Makes the views of a record's models: an absent value is a Missing with its path and label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.diagnostics import Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.faults import name_field
from docgen.profile.forms import BY_HAND, LEVEL
from docgen.profile.paths import Place, find_field
from docgen.profile.plan import PROJECT
from docgen.profile.subject import Subject, is_present
from docgen.render.context.cells import OPTIONAL
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path

Seen = TypeVar("Seen")
Model = TypeVar("Model", bound=BaseModel)
Given = TypeVar("Given")


class ModelView:
    """A model as a template sees it: fields by name, absent ones as Missing, lists of models as tuples of views."""

    def __init__(self, model: BaseModel, place: Place, mode: MissingMode) -> None:
        self._model = model
        self._place = place
        self._mode = mode

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        model_field = find_field(type(self._model), name)
        if model_field is None:
            raise AttributeError(name)
        attribute, info = model_field
        place = (*self._place, name)
        label = _format_label(name_field(type(self._model), (name,)))
        value = view_value(getattr(self._model, attribute), place, self._mode, label, info)
        self.__dict__[name] = value
        return value


class Deferred:
    """A view that is made when a template uses the first of its names: most templates use few views."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._made is None:
            try:
                self._made = self._make()
            except AttributeError as fault:  # a programming error; left as it is, it would be an unknown name
                raise RuntimeError(str(fault)) from fault
        return getattr(self._made, name)


def defer(make: Callable[[], Seen]) -> Seen:
    """Defer a view until a template uses the first of its names; templates see no difference."""
    return cast("Seen", Deferred(make))


def view_model(model: Model, place: Place, mode: MissingMode) -> Model:
    """Make the view of a model; it has the model's names, and passes for the model in annotations."""
    return cast("Model", ModelView(model, place, mode))


def _format_label(label: object) -> str:
    """Format a label in the language of documents."""
    return catalogue(DOCUMENT_LANGUAGE).text(label.key) if isinstance(label, Term) else str(label)


def view_value(value: Any, place: Place, mode: MissingMode, label: str, info: FieldInfo | None = None) -> Any:
    """Make the view of a field's value: of a model, of a list, or the value itself; Missing for an absent one."""
    if isinstance(value, BaseModel):
        return ModelView(value, place, mode)
    if isinstance(value, tuple):
        return tuple(view_value(item, (*place, index), mode, label) for index, item in enumerate(value))
    if not is_present(value):
        extra = info.json_schema_extra if info is not None and isinstance(info.json_schema_extra, dict) else {}
        is_free = BY_HAND in extra or may_stay_free(extra.get(LEVEL), mode)
        return Missing(format_path(place), label, "blank" if is_free else mode)
    return value


def may_stay_free(level: object, mode: MissingMode) -> bool:
    """Whether an absent value of this level leaves its place free: optional ones always, 宜 except in a draft."""
    return level in OPTIONAL or (level == "宜" and mode != "draft")


def replace_none(value: Given | None, absent: Missing) -> Given | Missing:
    """Replace None by a missing value."""
    return absent if value is None else value


class BlankForm:
    """The own fields of a form without an entry: each is Missing, a table has the profile's number of blank rows."""

    def __init__(self, document: DocumentSpec, place: Place, mode: MissingMode) -> None:
        self._document = document
        self._place = place
        self._mode = mode

    def __getattr__(self, name: str) -> Any:
        specs: Mapping[str, FieldSpec] = {spec.key: spec for spec in self._document.fields}
        place = format_path((*self._place, name))
        if name not in specs:
            if name not in self._others():
                raise AttributeError(name)
            return Missing(place, self._others()[name], self._mode)
        spec = specs[name]
        mode: MissingMode = "blank" if spec.by_hand else self._mode
        if spec.type == "rows" and self._mode in ("blank", "by_hand"):
            row = {child.key: Missing(place, child.label, "blank") for child in spec.fields}
            return tuple(row for _ in range(self._document.blank_rows))
        if spec.type == "rows" and spec.by_hand:
            return ()
        return Missing(place, spec.label, mode)

    def _others(self) -> Mapping[str, str]:
        """List the names of an entry beside its fields, with their labels."""
        others = {item.key: item.title for item in self._document.iterate_headings() if item.source is None}
        if self._document.code is not None:
            others["number"] = ""
        if self._document.per_entry:
            others["key"] = ""
        elif self._document.per != PROJECT:
            others["of"] = ""
        others |= {"marks": ""} if self._document.marking is not None else {}
        return others | ({"lines": ""} if self._document.lines else {})


class PartiesByRole:
    """The first party of each role, by the role's name."""

    def __init__(self, subject: Subject, mode: MissingMode) -> None:
        self._subject = subject
        self._mode = mode

    def __getattr__(self, role: str) -> Any:
        if role.startswith("_"):
            raise AttributeError(role)
        for index, party in enumerate(self._subject.record.parties):
            if party.role == role:
                return ModelView(party, ("parties", index), self._mode)
        return Missing(f"parties.{role}", role, self._mode)
