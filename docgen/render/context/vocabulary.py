"""Declares the names that templates may use, each once: the function that makes its value, and the value's origin.

``build_context`` (the values), ``describe_context`` (their types) and the list of what a document reads of a record
are all made from ``NAMES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_type_hints

from docgen.profile.document import DocumentSpec
from docgen.profile.load import LoadedProfile
from docgen.profile.model import Profile
from docgen.profile.plan import PROJECT
from docgen.record.record import SINGULAR
from docgen.render.context import (
    checklists,
    document,
    evaluation,
    form,
    items,
    marking,
    photographs,
    ratings,
    registers,
    sections,
    tallies,
)
from docgen.render.context.source import ContextPlan, ContextSource, is_for_project
from docgen.render.context.types import Shape, read_annotation, read_required

Origin = Literal["profile", "record", "party", "responsible", "referred", "item", "scoring", "anything"]
"""The origin of a name's value.

``profile``: the profile alone, or parts of the record that the document's own description names. ``record``: the part
of the record that has the same name. ``anything``: unknown.
"""
_OCCASIONS = ("activities[]", "trainings[]")


@dataclass(frozen=True, slots=True)
class TemplateName:
    """A name that the templates of a document may use.

    ``make`` makes its value; the annotation of what it returns is the value's type, unless ``describe`` makes that.
    ``parts`` are the parts of a record that the value is made of, instead of an ``origin``. ``exists`` says which
    documents have the name; without it all have.
    """

    name: str
    make: Callable[[ContextSource], Any]
    describe: Callable[[ContextPlan], Shape] | None = None
    origin: Origin = "profile"
    parts: tuple[str, ...] = ()
    exists: Callable[[Profile, DocumentSpec], object] | None = None

    def read_shape(self, plan: ContextPlan) -> Shape:
        """Read the type of the name's value in a document."""
        if self.describe is not None:
            return self.describe(plan)
        return read_annotation(get_type_hints(self.make)["return"], self.name, plan.required)


NAMES = (
    TemplateName("standard", document.view_standard, document.describe_standard),
    TemplateName("profile", document.view_profile),
    TemplateName("document", document.view_document),
    TemplateName("project", document.view_project, origin="record"),
    TemplateName("parties", document.view_parties, origin="record"),
    TemplateName("party", document.view_parties_by_role, document.describe_parties_by_role, "party"),
    TemplateName("form", form.view_form, form.describe_form),
    TemplateName("referred", form.view_referred, form.describe_referred, "referred"),
    TemplateName("signers", document.view_signers),
    TemplateName("notes", document.view_notes),
    TemplateName("legend", document.view_legend),
    TemplateName("responsible", document.view_responsible, document.describe_responsible, "responsible"),
    TemplateName("dated", document.view_dated, document.describe_dated),
    TemplateName("addressee", document.view_addressee),
    TemplateName("labelled", form.view_labelled),
    TemplateName("blank", document.view_blank),
    # Every document has the names of all lists, so that any template may contain "if enterprise".
    *(TemplateName(name, items.view_named(name), items.describe_named(name), "item") for name in SINGULAR.values()),
    TemplateName("item", items.view_item, items.describe_item, "item", exists=lambda _, spec: spec.per != PROJECT),
    TemplateName(
        "attendance",
        items.view_attendance,
        parts=("trainings[].attendance", "trainings[].enterprises"),
        exists=lambda _, spec: spec.per == "trainings[]",
    ),
    TemplateName(
        "title_lines", document.view_title_lines, document.describe_title_lines, exists=lambda _, spec: spec.headings
    ),
    TemplateName("sections", sections.view_sections, exists=lambda _, spec: spec.headings),
    TemplateName("groups", checklists.view_groups, exists=lambda _, spec: spec.lines),
    TemplateName("checklist", checklists.view_checklist, exists=lambda _, spec: spec.lines),
    TemplateName("columns", registers.view_columns, exists=lambda _, spec: spec.columns),
    TemplateName("rows", registers.view_rows, exists=lambda _, spec: spec.columns),
    TemplateName("tally", tallies.view_tally, tallies.describe_tally, exists=lambda _, spec: spec.columns),
    TemplateName("marked", marking.view_marking, exists=lambda _, spec: spec.marking is not None),
    TemplateName("sums", form.view_sums, form.describe_sums),
    TemplateName(
        "totals",
        items.view_totals,
        items.describe_totals,
        parts=(*_OCCASIONS, "enterprises[].benefits[]"),
        exists=lambda _, spec: spec.per in (PROJECT, "enterprises[]"),
    ),
    TemplateName(
        "photographs",
        photographs.view_photographs,
        parts=("evidence[]", *_OCCASIONS, "enterprises[].name", "enterprises[].short_name"),
        exists=lambda _, spec: spec.photos is not None,
    ),
    TemplateName(
        "ratings",
        ratings.view_ratings,
        ratings.describe_ratings,
        "anything",
        exists=lambda profile, spec: profile.ratings is not None and is_for_project(spec),
    ),
    TemplateName(
        "evaluation",
        evaluation.view_evaluation,
        origin="scoring",
        exists=lambda profile, spec: profile.scoring is not None and not is_for_project(spec),
    ),
    TemplateName(
        "evaluations",
        evaluation.view_evaluations,
        origin="scoring",
        exists=lambda profile, spec: profile.scoring is not None and is_for_project(spec),
    ),
    TemplateName(
        "grades",
        evaluation.view_grades,
        origin="scoring",
        exists=lambda profile, spec: profile.scoring is not None and is_for_project(spec),
    ),
)
"""The names, in the order of descriptions."""


def list_names(profile: Profile, document: DocumentSpec) -> tuple[TemplateName, ...]:
    """List the names that the templates of a document may use."""
    return tuple(item for item in NAMES if item.exists is None or item.exists(profile, document))


def describe_context(loaded: LoadedProfile, document: DocumentSpec) -> Mapping[str, Shape]:
    """Describe a document's context without a record: the types of its values, by name."""
    plan = ContextPlan(loaded, document, read_required(loaded.profile))
    return {item.name: item.read_shape(plan) for item in list_names(loaded.profile, document)}
