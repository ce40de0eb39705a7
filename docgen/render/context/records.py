"""A record's models as templates see them: an absent value is a Missing that knows its path and its label."""

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


class View:
    """A model as a template sees it: fields by name, absent ones as Missing, lists of models as tuples of views."""

    def __init__(self, model: BaseModel, place: Place, mode: MissingMode) -> None:
        self._model = model
        self._place = place
        self._mode = mode

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = find_field(type(self._model), name)
        if found is None:
            raise AttributeError(name)
        attribute, info = found
        place = (*self._place, name)
        value = wrap(getattr(self._model, attribute), place, self._mode, self._label(name), info)
        self.__dict__[name] = value
        return value

    def _label(self, name: str) -> str:
        return speak(name_field(type(self._model), (name,)))


class Deferred:
    """Names that are worked out when a template asks for the first of them: most templates ask for few."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._made is None:
            try:
                self._made = self._make()
            except AttributeError as fault:  # a fault of ours; as it is it would say that a template asks in vain
                raise RuntimeError(str(fault)) from fault
        return getattr(self._made, name)


def defer(make: Callable[[], Seen]) -> Seen:
    """A view that is made when a template asks for the first of its names; for a template it is that view."""
    return cast("Seen", Deferred(make))


def show(model: Model, place: Place, mode: MissingMode) -> Model:
    """A model as a template sees it: through a ``View``, under the same names."""
    return cast("Model", View(model, place, mode))


def speak(label: object) -> str:
    """The label in the language that documents are written in."""
    return catalogue(DOCUMENT_LANGUAGE).text(label.key) if isinstance(label, Term) else str(label)


def wrap(value: Any, place: Place, mode: MissingMode, label: str, info: FieldInfo | None = None) -> Any:
    """A value as a template sees it."""
    if isinstance(value, BaseModel):
        return View(value, place, mode)
    if isinstance(value, tuple):
        return tuple(wrap(item, (*place, index), mode, label) for index, item in enumerate(value))
    if not is_present(value):
        extra = info.json_schema_extra if info is not None and isinstance(info.json_schema_extra, dict) else {}
        free = BY_HAND in extra or may_stay_free(extra.get(LEVEL), mode)
        return Missing(format_path(place), label, "blank" if free else mode)
    return value


def may_stay_free(level: object, mode: MissingMode) -> bool:
    """Whether an absent value of this level leaves its place free: optional ones always, 宜 except in a draft."""
    return level in OPTIONAL or (level == "宜" and mode != "draft")


class BlankForm:
    """The own fields of a form without an entry: each is Missing, each table has the profile's number of blank rows."""

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
        """What an entry holds beside its fields, with the label of each."""
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
                return View(party, ("parties", index), self._mode)
        return Missing(f"parties.{role}", role, self._mode)
