"""The names that a template may use: each is declared once, with what makes it of a record and where it comes from.

What ``build_context`` gives a template and what ``describe_context`` tells of it in advance are both read from
``NAMES``; so is what a document reads of a record.
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
from docgen.render.context.checklists import view_checklist, view_groups
from docgen.render.context.document import (
    describe_dated,
    describe_parties_by_role,
    describe_responsible,
    describe_standard,
    describe_title_lines,
    view_addressee,
    view_blank,
    view_dated,
    view_document,
    view_legend,
    view_notes,
    view_parties,
    view_parties_by_role,
    view_profile,
    view_project,
    view_responsible,
    view_signers,
    view_standard,
    view_title_lines,
)
from docgen.render.context.evaluation import view_evaluation, view_evaluations, view_grades
from docgen.render.context.form import (
    describe_form,
    describe_referred,
    describe_sums,
    view_form,
    view_labelled,
    view_referred,
    view_sums,
)
from docgen.render.context.items import (
    describe_item,
    describe_named,
    describe_totals,
    view_attendance,
    view_item,
    view_named,
    view_totals,
)
from docgen.render.context.marking import view_marking
from docgen.render.context.photographs import view_photographs
from docgen.render.context.ratings import describe_ratings, view_ratings
from docgen.render.context.registers import view_columns, view_rows
from docgen.render.context.sections import view_sections
from docgen.render.context.source import ContextPlan, ContextSource, is_for_project
from docgen.render.context.tallies import describe_tally, view_tally
from docgen.render.context.types import Shape, read_annotation, read_asked

Origin = Literal["profile", "record", "party", "responsible", "referred", "item", "scoring", "anything"]
"""Where what a name stands for comes from.

``profile``: from the profile alone, or from parts of the record that the document's own description names. ``record``:
from the part of the record that has the same name. ``anything``: it can't be told.
"""
_OCCASIONS = ("activities[]", "trainings[]")


@dataclass(frozen=True, slots=True)
class TemplateName:
    """A name that the templates of a document may use.

    ``make`` makes what stands for it; the type that it returns is what is told of the name, if nothing describes it.
    ``parts`` are the parts of a record that it is made of, in place of an ``origin``. ``exists`` says which documents
    have the name; without it all have.
    """

    name: str
    make: Callable[[ContextSource], Any]
    describe: Callable[[ContextPlan], Shape] | None = None
    origin: Origin = "profile"
    parts: tuple[str, ...] = ()
    exists: Callable[[Profile, DocumentSpec], object] | None = None

    def read_shape(self, plan: ContextPlan) -> Shape:
        """The type of what stands for the name in a document."""
        if self.describe is not None:
            return self.describe(plan)
        return read_annotation(get_type_hints(self.make)["return"], self.name, plan.asked)


NAMES = (
    TemplateName("standard", view_standard, describe_standard),
    TemplateName("profile", view_profile),
    TemplateName("document", view_document),
    TemplateName("project", view_project, origin="record"),
    TemplateName("parties", view_parties, origin="record"),
    TemplateName("party", view_parties_by_role, describe_parties_by_role, "party"),
    TemplateName("form", view_form, describe_form),
    TemplateName("referred", view_referred, describe_referred, "referred"),
    TemplateName("signers", view_signers),
    TemplateName("notes", view_notes),
    TemplateName("legend", view_legend),
    TemplateName("responsible", view_responsible, describe_responsible, "responsible"),
    TemplateName("dated", view_dated, describe_dated),
    TemplateName("addressee", view_addressee),
    TemplateName("labelled", view_labelled),
    TemplateName("blank", view_blank),
    # Every list has its name in every document, so that a template may ask "if enterprise" whatever it is made for.
    *(TemplateName(name, view_named(name), describe_named(name), "item") for name in SINGULAR.values()),
    TemplateName("item", view_item, describe_item, "item", exists=lambda _, document: document.per != PROJECT),
    TemplateName(
        "attendance",
        view_attendance,
        parts=("trainings[].attendance", "trainings[].enterprises"),
        exists=lambda _, document: document.per == "trainings[]",
    ),
    TemplateName("title_lines", view_title_lines, describe_title_lines, exists=lambda _, document: document.headings),
    TemplateName("sections", view_sections, exists=lambda _, document: document.headings),
    TemplateName("groups", view_groups, exists=lambda _, document: document.lines),
    TemplateName("checklist", view_checklist, exists=lambda _, document: document.lines),
    TemplateName("columns", view_columns, exists=lambda _, document: document.columns),
    TemplateName("rows", view_rows, exists=lambda _, document: document.columns),
    TemplateName("tally", view_tally, describe_tally, exists=lambda _, document: document.columns),
    TemplateName("marked", view_marking, exists=lambda _, document: document.marking is not None),
    TemplateName("sums", view_sums, describe_sums),
    TemplateName(
        "totals",
        view_totals,
        describe_totals,
        parts=(*_OCCASIONS, "enterprises[].benefits[]"),
        exists=lambda _, document: document.per in (PROJECT, "enterprises[]"),
    ),
    TemplateName(
        "photographs",
        view_photographs,
        parts=("evidence[]", *_OCCASIONS, "enterprises[].name", "enterprises[].short_name"),
        exists=lambda _, document: document.photos is not None,
    ),
    TemplateName(
        "ratings",
        view_ratings,
        describe_ratings,
        "anything",
        exists=lambda profile, document: profile.ratings is not None and is_for_project(document),
    ),
    TemplateName(
        "evaluation",
        view_evaluation,
        origin="scoring",
        exists=lambda profile, document: profile.scoring is not None and not is_for_project(document),
    ),
    TemplateName(
        "evaluations",
        view_evaluations,
        origin="scoring",
        exists=lambda profile, document: profile.scoring is not None and is_for_project(document),
    ),
    TemplateName(
        "grades",
        view_grades,
        origin="scoring",
        exists=lambda profile, document: profile.scoring is not None and is_for_project(document),
    ),
)
"""The names, in the order in which they are told."""


def list_names(profile: Profile, document: DocumentSpec) -> tuple[TemplateName, ...]:
    """The names that the templates of a document may use."""
    return tuple(item for item in NAMES if item.exists is None or item.exists(profile, document))


def describe_context(loaded: LoadedProfile, document: DocumentSpec) -> Mapping[str, Shape]:
    """The types of what a document's templates will see, by name, told before there is a record."""
    plan = ContextPlan(loaded, document, read_asked(loaded.profile))
    return {item.name: item.read_shape(plan) for item in list_names(loaded.profile, document)}
