"""What a document is made for: an enterprise, an activity, a training, an entry; and what was counted of it."""

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
from docgen.render.context.records import View, show
from docgen.render.context.source import ContextPlan, ContextSource, is_for_project, name_item
from docgen.render.context.types import Asked, Shape, read_model
from docgen.render.context.views import AttendanceRowView, AttendanceView
from docgen.render.values.values import Missing
from docgen.trees import format_path


def view_item(source: ContextSource) -> Any:
    """The one item that the document is made for."""
    return source.item


def describe_item(plan: ContextPlan) -> Shape:
    """The model of the item."""
    per = plan.document.per
    return read_model(_find_model(plan), per.replace("[]", ""), plan.asked)


def _find_model(plan: ContextPlan) -> Any:
    return item_type(resolve_subject_path(plan.loaded.record_model, plan.document.per).annotation)[0]


def view_named(name: str) -> Callable[[ContextSource], Any]:
    """What makes the item under the name of its list; it is absent in a document that is made for something else."""

    def view(source: ContextSource) -> Any:
        owner = None
        if name == "enterprise":
            owner = find_entry_enterprise(source.subject, source.document, source.job.item)
        if owner is not None:
            at = next(index for index, item in enumerate(source.subject.record.enterprises) if item is owner)
            return View(owner, ("enterprises", at), source.mode)
        if name == name_item(source.document):
            return source.item
        return Missing(format_path(source.job.place), "", "blank")

    return view


def describe_named(name: str) -> Callable[[ContextPlan], Shape]:
    """What describes it: the item's model; of another list, the same, and never there."""

    def describe(plan: ContextPlan) -> Shape:
        if name == "enterprise" and (owner := _describe_owner(plan)) is not None:
            return owner
        if name == name_item(plan.document):
            return describe_item(plan)
        plural = next(plural for plural, singular in SINGULAR.items() if singular == name)
        model = item_type(Record.model_fields[plural].annotation)[0]
        return replace(read_model(model, plural, Asked(None)), absence="never")

    return describe


def _describe_owner(plan: ContextPlan) -> Shape | None:
    """The enterprise that an entry names, where the document is made for such entries."""
    per = plan.document.per
    if not per.startswith("forms.") or not refers_to(plan.loaded.record_model, _find_model(plan), "enterprises[]"):
        return None
    entered = plan.loaded.profile.find_document(per.removeprefix("forms.").removesuffix("[]"))
    specs = entered.fields if entered is not None else ()
    sure = any(spec.to == "enterprises[]" and spec.level == "应" for spec in specs)
    owner = read_model(Enterprise, "enterprises", plan.asked)
    return replace(owner, absence="present" if sure else "free")


def view_attendance(source: ContextSource) -> AttendanceView:
    """How many of each enterprise came to a training, in the record's order, and all together."""
    training: Training = source.job.item
    counts = {} if source.is_blank else training.attendance
    rows = tuple(
        AttendanceRowView(
            enterprise=show(item, ("enterprises", index), source.mode),
            count=counts.get(item.key, Missing(f"attendance.{item.key}", "", "blank")),
        )
        for index, item in enumerate(source.subject.record.enterprises)
        if item.key in training.enterprises or item.key in counts
    )
    return AttendanceView(rows=rows, total=sum(counts.values()) if counts else Missing("attendance", "", "blank"))


def view_totals(source: ContextSource) -> Totals:
    """What was done for the enterprise, or in the project, that the document is made for."""
    facts = source.subject.facts
    totals: Totals
    if is_for_project(source.document):
        totals = ProjectTotals() if source.is_blank else facts.project_totals
        return show(totals, ("facts", "project_totals"), source.mode)
    counted = next(totals for totals in facts.enterprise_totals if totals.of == source.job.item.key)
    totals = EnterpriseTotals(of=counted.of) if source.is_blank else counted
    return show(totals, ("facts", "enterprise_totals"), source.mode)


def describe_totals(plan: ContextPlan) -> Shape:
    """The figures; what isn't counted is told when it is printed, as every figure may also be typed."""
    totals = ProjectTotals if is_for_project(plan.document) else EnterpriseTotals
    return read_model(totals, "facts", Asked(None))
