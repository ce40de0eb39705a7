"""Makes the views of a document's own fields: the form, fields with labels, references, sums of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import FieldSpec
from docgen.profile.forms import attribute_name
from docgen.profile.paths import item_type
from docgen.profile.plan import find_entry_enterprise, name_party
from docgen.profile.subject import is_present, resolve_subject_path
from docgen.record.marking import sum_rows
from docgen.render.context.cells import format_field, format_options
from docgen.render.context.records import BlankForm, ModelView, may_stay_free
from docgen.render.context.source import ContextPlan, ContextSource, find_absence
from docgen.render.context.types import RequiredPaths, Shape, read_model
from docgen.render.context.views import LabelledView
from docgen.render.values.values import Missing
from docgen.trees import format_path


def view_form(source: ContextSource) -> Any:
    """Make the view of the document's own fields: those of the record's entry, or empty ones."""
    if source.entry is not None:
        return ModelView(source.entry, source.job.place, source.mode)
    return BlankForm(source.document, source.job.place, source.mode)


def describe_form(plan: ContextPlan) -> Shape:
    """Describe the document's own fields."""
    document, model = plan.document, plan.loaded.record_model
    if not document.own_form:
        return Shape("fields")
    forms = cast("type[BaseModel]", item_type(model.model_fields["forms"].annotation)[0])
    entry = item_type(forms.model_fields[attribute_name(document.id)].annotation)[0]
    paths = {
        *_list_required(document.fields, "form"),
        *_list_required((item for item in document.iterate_headings() if item.has_own_prose), "form"),
    }
    paths |= {f"form.lines.{line.key}.verdict" for line in document.iterate_lines() if line.level == "应"}
    return read_model(entry, "form", RequiredPaths(frozenset(paths)))


def _list_required(specs: Iterable[Any], owner: str) -> Iterator[str]:
    for spec in specs:
        if spec.level == "应":
            yield f"{owner}.{spec.key}"
        yield from _list_required(getattr(spec, "fields", ()), f"{owner}.{spec.key}")


def view_referred(source: ContextSource) -> Mapping[str, Any]:
    """Make the views of the items that the document's own fields refer to, by field."""
    views: dict[str, Any] = {}
    for spec in source.document.fields:
        if spec.type != "reference":
            continue
        key = getattr(source.entry, spec.key, None)
        target = next((item for item in source.subject.find(spec.to or "") if item.value.key == key), None)
        place = (*source.job.place, spec.key)
        is_free = source.is_blank or spec.by_hand or may_stay_free(spec.level, source.mode)
        absent = Missing(format_path(place), spec.label, "blank" if is_free else source.mode)
        views[spec.key] = ModelView(target.value, target.place, source.mode) if target is not None else absent
    return views


def describe_referred(plan: ContextPlan) -> Shape:
    """Describe the models that the document's fields refer to."""
    names: dict[str, Shape] = {}
    for spec in plan.document.fields:
        if spec.to is not None:
            model = item_type(resolve_subject_path(plan.loaded.record_model, spec.to).annotation)[0]
            shape = read_model(model, spec.to.replace("[]", ""), plan.required)
            names[spec.key] = replace(shape, absence=find_absence(spec))
    return Shape("fields", names=names)


def view_sums(source: ContextSource) -> Mapping[str, Mapping[str, Any]]:
    """Sum up the columns of numbers in the form's own rows."""
    sums = {}
    for spec in source.document.fields:
        if spec.type == "rows":
            rows = getattr(source.entry, spec.key) if source.entry is not None else ()
            totals = sum_rows([row.__dict__ for row in rows])
            sums[spec.key] = {
                child.key: totals.get(child.key, Missing(f"sums.{spec.key}.{child.key}", "", "blank"))
                for child in spec.fields
                if child.is_summed
            }
    return sums


def describe_sums(plan: ContextPlan) -> Shape:
    """Describe the document's own tables, and their columns that are summed up."""
    tables = {
        spec.key: Shape(
            "fields", names={child.key: Shape("number", "free") for child in spec.fields if child.is_summed}
        )
        for spec in plan.document.fields
        if spec.type == "rows"
    }
    return Shape("fields", names=tables)


def view_labelled(source: ContextSource) -> tuple[LabelledView, ...]:
    """Make the views of the own fields that take one line each, with their labels."""
    form = view_form(source)
    # The enterprise that an entry names has a line of its own, as ``enterprise``.
    names_owner = find_entry_enterprise(source.subject, source.document, source.job.item) is not None
    fields = [spec for spec in source.document.fields if not names_owner or spec.to != "enterprises[]"]
    shown = [spec for spec in fields if spec.type not in ("rows", "prose")]
    values = [_format_own(source, spec, form) for spec in shown]
    lines = [
        LabelledView(
            key=spec.key,
            label=spec.label,
            unit=spec.unit or "",
            value=value,
            room=spec.room if isinstance(value, Missing) and value.mode == "blank" else 1,
        )
        for spec, value in zip(shown, values, strict=True)
    ]
    to = source.document.addressee
    name = name_party(source.subject, to) if to is not None else None
    if name is not None:
        label = catalogue(DOCUMENT_LANGUAGE).text("document.addressee")
        lines.insert(0, LabelledView(key="addressee", label=label, unit="", value=name, room=1))
    return tuple(lines)


def _format_own(source: ContextSource, spec: FieldSpec, form: Any) -> Any:
    """Format an own field of the form; where a choice is made by hand, a box before each option."""
    if source.is_blank:
        return format_options(spec)
    value = getattr(form, spec.key)
    if is_present(value):
        return format_field(source.subject, spec, value, source.job.scope)
    if source.mode == "by_hand" and (options := format_options(spec)):
        return options
    # The label is printed anyway. A required value was reported as a warning; only a draft marks it.
    is_free = spec.by_hand or may_stay_free(spec.level, source.mode)
    return Missing(format_path((*source.job.place, spec.key)), spec.label, "blank" if is_free else source.mode)
