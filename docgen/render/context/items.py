"""Makes the views of the item that a document is made for (enterprise, activity, training, entry), and its totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from docgen.profile.belonging import refers_to
from docgen.profile.paths import item_type
from docgen.profile.plan import find_entry_enterprise
from docgen.profile.subject import resolve_subject_path
from docgen.record.enterprise import Enterprise
from docgen.record.parts import Training
from docgen.record.record import SINGULAR, Record
from docgen.record.totals import EnterpriseTotals, ProjectTotals, Totals
from docgen.render.context.records import ModelView, view_model
from docgen.render.context.source import ContextPlan, ContextSource, is_for_project, name_item
from docgen.render.context.types import RequiredPaths, Shape, read_model
from docgen.render.context.views import AttendanceRowView, AttendanceView
from docgen.render.values.values import Missing
from docgen.trees import format_path


def view_item(source: ContextSource) -> Any:
    """Make the view of the item that the document is made for."""
    return source.item


def describe_item(plan: ContextPlan) -> Shape:
    """Describe the item's model."""
    per = plan.document.per
    return read_model(_find_model(plan), per.replace("[]", ""), plan.required)


def _find_model(plan: ContextPlan) -> Any:
    return item_type(resolve_subject_path(plan.loaded.record_model, plan.document.per).annotation)[0]


def view_named(name: str) -> Callable[[ContextSource], Any]:
    """Make a function that views the item under its list's name; it is absent in documents for other items."""

    def view(source: ContextSource) -> Any:
        owner = None
        if name == "enterprise":
            owner = find_entry_enterprise(source.subject, source.document, source.job.item)
        if owner is not None:
            at = next(index for index, item in enumerate(source.subject.record.enterprises) if item is owner)
            return ModelView(owner, ("enterprises", at), source.mode)
        if name == name_item(source.document):
            return source.item
        return Missing(format_path(source.job.place), "", "blank")

    return view


def describe_named(name: str) -> Callable[[ContextPlan], Shape]:
    """Make a function that describes the item: its model, which is never present in documents for other items."""

    def describe(plan: ContextPlan) -> Shape:
        if name == "enterprise" and (owner := _describe_owner(plan)) is not None:
            return owner
        if name == name_item(plan.document):
            return describe_item(plan)
        plural = next(plural for plural, singular in SINGULAR.items() if singular == name)
        model = item_type(Record.model_fields[plural].annotation)[0]
        return replace(read_model(model, plural, RequiredPaths(None)), absence="never")

    return describe


def _describe_owner(plan: ContextPlan) -> Shape | None:
    """Describe the enterprise that an entry names, where the document is made for such entries."""
    per = plan.document.per
    if not per.startswith("forms.") or not refers_to(plan.loaded.record_model, _find_model(plan), "enterprises[]"):
        return None
    document = plan.loaded.profile.find_document(per.removeprefix("forms.").removesuffix("[]"))
    specs = document.fields if document is not None else ()
    is_required = any(spec.to == "enterprises[]" and spec.level == "应" for spec in specs)
    owner = read_model(Enterprise, "enterprises", plan.required)
    return replace(owner, absence="present" if is_required else "free")


def view_attendance(source: ContextSource) -> AttendanceView:
    """Make the view of how many people of each enterprise attended a training, and of all together."""
    training: Training = source.job.item
    counts = {} if source.is_blank else training.attendance
    rows = tuple(
        AttendanceRowView(
            enterprise=view_model(item, ("enterprises", index), source.mode),
            count=counts.get(item.key, Missing(f"attendance.{item.key}", "", "blank")),
        )
        for index, item in enumerate(source.subject.record.enterprises)
        if item.key in training.enterprises or item.key in counts
    )
    return AttendanceView(rows=rows, total=sum(counts.values()) if counts else Missing("attendance", "", "blank"))


def view_totals(source: ContextSource) -> Totals:
    """Make the view of the totals of the enterprise, or of the project, that the document is made for."""
    facts = source.subject.facts
    totals: Totals
    if is_for_project(source.document):
        totals = ProjectTotals() if source.is_blank else facts.project_totals
        return view_model(totals, ("facts", "project_totals"), source.mode)
    counted = next(totals for totals in facts.enterprise_totals if totals.of == source.job.item.key)
    totals = EnterpriseTotals(of=counted.of) if source.is_blank else counted
    return view_model(totals, ("facts", "enterprise_totals"), source.mode)


def describe_totals(plan: ContextPlan) -> Shape:
    """Describe the totals as present: every figure may be typed, so an absent one is only reported when printed."""
    totals = ProjectTotals if is_for_project(plan.document) else EnterpriseTotals
    return read_model(totals, "facts", RequiredPaths(None))
