"""The inputs of a context and of its description: one document of a record, one document of a profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.plan import PROJECT, DocumentJob
from docgen.profile.subject import Subject
from docgen.record.record import SINGULAR
from docgen.render.context.records import ModelView
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile
    from docgen.render.context.types import Absence, RequiredPaths


@dataclass(frozen=True, slots=True)
class ShownPhotograph:
    """A photograph and its caption; ``picture`` is None where it can't be shown, and ``note`` says why."""

    title: str
    place: str
    date: dt.date | None
    occasion: str
    enterprises: tuple[str, ...]
    picture: bytes | None
    note: str = ""


@dataclass(frozen=True)
class ContextSource:
    """A document to make of a record; ``mode`` says what printing an absent value does."""

    subject: Subject
    job: DocumentJob
    mode: MissingMode
    photographs: Sequence[ShownPhotograph] = ()

    @property
    def document(self) -> DocumentSpec:
        """The document as its profile describes it."""
        return self.job.document

    @property
    def is_blank(self) -> bool:
        """Whether it is a form to fill in by hand: its own fields stay free."""
        return self.mode == "blank"

    @property
    def entry(self) -> Any:
        """The record's entry for the document's own fields; None where it has none or it isn't printed."""
        return None if self.is_blank else self.job.entry

    @cached_property
    def item(self) -> Any:
        """The view of the item that the document is made for."""
        if self.job.item is None:
            return Missing(format_path(self.job.place), "", "blank")
        place = next(item.place for item in self.subject.find(self.document.per) if item.value is self.job.item)
        return ModelView(self.job.item, place, self.mode)


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """A document of a profile, without a record; ``required`` are the values that the profile requires."""

    loaded: LoadedProfile
    document: DocumentSpec
    required: RequiredPaths

    def find_own(self, key: str | None) -> FieldSpec | None:
        """Find the own field of the document with this key."""
        return next((spec for spec in self.document.fields if spec.key == key), None)


def name_item(document: DocumentSpec) -> str:
    """Find the name that a template has for the item that a document is made for."""
    return SINGULAR.get(document.per.rpartition(".")[2].removesuffix("[]"), "item")


def is_for_project(document: DocumentSpec) -> bool:
    """Whether a document is made once for the project."""
    return document.per == PROJECT


def find_absence(spec: FieldSpec) -> Absence:
    """Find whether the value of an own field can be absent where it is printed."""
    if spec.by_hand:
        return "free"
    return "present" if spec.level == "应" else "optional"
