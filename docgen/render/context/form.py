"""The own fields of a document: its form, each field with its label, what they refer to, the sums of their columns."""

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
from docgen.render.context.cells import offer_options, report_value
from docgen.render.context.records import BlankForm, View, may_stay_free
from docgen.render.context.source import ContextPlan, ContextSource, weigh
from docgen.render.context.types import Asked, Shape, read_model
from docgen.render.context.views import LabelledView
from docgen.render.values.values import Missing
from docgen.trees import format_path


def view_form(source: ContextSource) -> Any:
    """What the record says in the document's own fields, or the same fields without anything in them."""
    if source.entry is not None:
        return View(source.entry, source.job.place, source.mode)
    return BlankForm(source.document, source.job.place, source.mode)


def describe_form(plan: ContextPlan) -> Shape:
    """The profile's own fields."""
    document, model = plan.document, plan.loaded.record_model
    if not document.own_form:
        return Shape("fields")
    forms = cast("type[BaseModel]", item_type(model.model_fields["forms"].annotation)[0])
    entry = item_type(forms.model_fields[attribute_name(document.id)].annotation)[0]
    paths = {
        *_list_asked(document.fields, "form"),
        *_list_asked((item for item in document.iterate_headings() if item.has_own_prose), "form"),
    }
    paths |= {f"form.lines.{line.key}.verdict" for line in document.iterate_lines() if line.level == "应"}
    return read_model(entry, "form", Asked(frozenset(paths)))


def _list_asked(specs: Iterable[Any], owner: str) -> Iterator[str]:
    for spec in specs:
        if spec.level == "应":
            yield f"{owner}.{spec.key}"
        yield from _list_asked(getattr(spec, "fields", ()), f"{owner}.{spec.key}")


def view_referred(source: ContextSource) -> Mapping[str, Any]:
    """What the own fields of the document refer to, under their keys."""
    views: dict[str, Any] = {}
    for spec in source.document.fields:
        if spec.type != "reference":
            continue
        key = getattr(source.entry, spec.key, None)
        found = next((item for item in source.subject.find(spec.to or "") if item.value.key == key), None)
        place = (*source.job.place, spec.key)
        free = source.is_blank or spec.by_hand or may_stay_free(spec.level, source.mode)
        absent = Missing(format_path(place), spec.label, "blank" if free else source.mode)
        views[spec.key] = View(found.value, found.place, source.mode) if found is not None else absent
    return views


def describe_referred(plan: ContextPlan) -> Shape:
    """The models that the document's fields refer to."""
    names: dict[str, Shape] = {}
    for spec in plan.document.fields:
        if spec.to is not None:
            model = item_type(resolve_subject_path(plan.loaded.record_model, spec.to).annotation)[0]
            shape = read_model(model, spec.to.replace("[]", ""), plan.asked)
            names[spec.key] = replace(shape, absence=weigh(spec))
    return Shape("fields", names=names)


def view_sums(source: ContextSource) -> Mapping[str, Mapping[str, Any]]:
    """The sums of the columns of numbers in the form's own rows."""
    sums = {}
    for spec in source.document.fields:
        if spec.type == "rows":
            rows = getattr(source.entry, spec.key) if source.entry is not None else ()
            known = sum_rows([row.__dict__ for row in rows])
            sums[spec.key] = {
                child.key: known.get(child.key, Missing(f"sums.{spec.key}.{child.key}", "", "blank"))
                for child in spec.fields
                if child.is_summed
            }
    return sums


def describe_sums(plan: ContextPlan) -> Shape:
    """The own tables of the document, and their columns that are summed up."""
    tables = {
        spec.key: Shape(
            "fields", names={child.key: Shape("number", "free") for child in spec.fields if child.is_summed}
        )
        for spec in plan.document.fields
        if spec.type == "rows"
    }
    return Shape("fields", names=tables)


def view_labelled(source: ContextSource) -> tuple[LabelledView, ...]:
    """The own fields that stand in one line each, with their labels."""
    form = view_form(source)
    # The enterprise that an entry names has a line of its own, as ``enterprise``.
    owner = find_entry_enterprise(source.subject, source.document, source.job.item)
    told = "enterprises[]" if owner is not None else None
    fields = [spec for spec in source.document.fields if told is None or spec.to != told]
    shown = [spec for spec in fields if spec.type not in ("rows", "prose")]
    values = [_report_own(source, spec, form) for spec in shown]
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


def _report_own(source: ContextSource, spec: FieldSpec, form: Any) -> Any:
    """An own field of the form as it is printed; where a choice is made by hand, a box before each option."""
    if source.is_blank:
        return offer_options(spec)
    told = _tell(source, spec, getattr(form, spec.key))
    if source.mode == "by_hand" and isinstance(told, Missing) and (options := offer_options(spec)):
        return options
    return told


def _tell(source: ContextSource, spec: FieldSpec, value: Any) -> Any:
    if is_present(value):
        return report_value(source.subject, spec, value, source.job.scope)
    # The label stands there anyway. What should be there and isn't was told as a warning; only a draft marks it.
    free = spec.by_hand or may_stay_free(spec.level, source.mode)
    return Missing(format_path((*source.job.place, spec.key)), spec.label, "blank" if free else source.mode)
