"""Building the models that a profile declares: the own fields of its documents become frozen pydantic models."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, ConfigDict, Field, create_model

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.model import Profile
from docgen.record.marking import MarkSheet
from docgen.record.parts import CheckLine, MeasuredLine
from docgen.record.record import Record
from docgen.record.types import (
    Date,
    Key,
    Meaning,
    MeaningName,
    Minute,
    Money,
    MonthValue,
    Number,
    Part,
    Percent,
    Prose,
    Reference,
    Text,
    Whole,
    YesNo,
    refuse,
)


def _check_score(value: Decimal) -> Decimal:
    if value < 0:
        raise refuse("R116", value=str(value))
    return value


BY_HAND = "x-by-hand"
"""Marks, in a field's schema, what is filled in by hand on paper: left free when it is absent."""

LEVEL = "x-level"
"""Says, in a field's schema, how strongly the clause asks for it: what is only recommended may stay free."""

_UNITS: Mapping[str, MeaningName] = {"%": "share", "％": "share", "万元": "money"}

_TYPES: Mapping[str, Any] = {
    "text": Text,
    "prose": Prose,
    "date": Date,
    "month": MonthValue,
    "minute": Minute,
    "int": Whole,
    "decimal": Number,
    "money": Money,
    "percent": Percent,
    "yes_no": YesNo,
    "score": Annotated[Number, AfterValidator(_check_score)],
}


class FormEntry(Part):
    """One filled form: the own fields of a document for the project."""


class KeyedFormEntry(FormEntry):
    """One filled form of as many as there were, known by its ``key``."""

    key: Key


class ItemFormEntry(FormEntry):
    """One filled form for one item, which ``of`` names by its key."""

    of: Text


class _Forms(Part):
    """The filled forms of a record. Those of other profiles in the same record are left alone."""

    model_config = ConfigDict(extra="ignore")


def attribute_name(document_id: str) -> str:
    """The attribute of ``forms`` that holds a document's entries."""
    return document_id.replace("-", "_")


def build_record_model(profile: Profile) -> type[Record]:
    """The record's model for a profile: the shared vocabulary and ``forms`` with the profile's own fields."""
    fields: dict[str, Any] = {}
    for document in profile.documents:
        if document.own_form:
            entry = _build_entry(document)
            fields[attribute_name(document.id)] = (
                tuple[entry, ...],  # type: ignore[valid-type]
                Field(default=(), alias=document.id, title=document.title),
            )
    forms = create_model("Forms", __base__=_Forms, **fields)
    # a default that is constructed, not validated, needs no schema of its own beside the record's
    model = create_model("Record", __base__=Record, forms=(forms, forms.model_construct()))
    return cast("type[Record]", model)


def _build_entry(document: DocumentSpec) -> type[FormEntry]:
    fields: dict[str, Any] = {}
    base: type[FormEntry] = FormEntry
    if document.per_entry:
        base = KeyedFormEntry
    elif document.per != "project":
        base = ItemFormEntry
        fields["of"] = (Annotated[Text, Reference(document.per)], Field())
    if document.code is not None:
        label = catalogue(DOCUMENT_LANGUAGE).text("workbook.number")
        fields["number"] = (Text | None, Field(default=None, title=label))
    for spec in document.fields:
        kind, field = _build_field(document.id, spec)
        fields[spec.key] = (Annotated[kind, Meaning("done")] if spec.key == document.dated else kind, field)
    for heading in document.iterate_headings():
        if heading.source is None:
            is_asked = heading.has_own_prose and heading.level == "应"
            fields[heading.key] = (
                Annotated[Prose | None, Meaning("content", answers=heading.answers)] if is_asked else Prose | None,
                Field(
                    default=None,
                    title=heading.title,
                    description=_join_description(heading.clause, heading.level, heading.help),
                ),
            )
    if document.lines:
        fields["lines"] = _build_lines(document)
    if document.marking is not None:
        title = catalogue(DOCUMENT_LANGUAGE).text("label.MarkedLine.marks")
        fields["marks"] = (tuple[MarkSheet, ...], Field(default=(), title=title))
    return create_model(f"Form_{attribute_name(document.id)}", __base__=base, **fields)


def _build_field(owner: str, spec: FieldSpec) -> tuple[Any, Any]:
    unit = f"（{spec.unit}）" if spec.unit else ""
    field: dict[str, Any] = {
        "title": spec.label + unit,
        "description": _join_description(spec.clause, spec.level, spec.help),
    }
    field["json_schema_extra"] = {BY_HAND: True} if spec.by_hand else {LEVEL: spec.level}
    if spec.type == "rows":
        rows = {child.key: _build_field(owner, child) for child in spec.fields}
        row = create_model(f"Row_{attribute_name(owner)}_{spec.key}", __base__=Part, **cast("dict[str, Any]", rows))
        return (tuple[row, ...], Field(default=(), **field))
    if spec.type == "choices":
        return (tuple[_make_choice(spec), ...], Field(default=(), **field))  # type: ignore[misc]
    if spec.type == "choice":
        kind: Any = _make_choice(spec)
    elif spec.type == "reference":
        kind = Annotated[Text, Reference(cast("str", spec.to), spec.role)]
    else:
        kind = _TYPES[spec.type]
    meaning = _find_meaning(spec)
    return (Annotated[kind | None, meaning] if meaning is not None else kind | None, Field(default=None, **field))


def _find_meaning(spec: FieldSpec) -> Meaning | None:
    """What a value of the field stands for, by its type and unit."""
    if spec.type in ("text", "prose"):
        return Meaning("content", answers=spec.answers) if spec.level == "应" and not spec.by_hand else None
    if spec.type not in ("int", "decimal", "money", "percent") or spec.unit is None:
        return None
    # an amount in 元 isn't one in 万元, whatever its type says
    return Meaning(_UNITS.get(spec.unit, "other"))


def _make_choice(spec: FieldSpec) -> Any:
    return Literal[spec.options]


def _build_lines(document: DocumentSpec) -> tuple[Any, Any]:
    assert document.checklist is not None
    verdict: Any = Literal[document.checklist.verdicts]
    answers: dict[str, Any] = {"verdict": (verdict | None, Field(default=None, title=document.checklist.verdict_label))}
    measures = document.checklist.measures
    if measures is not None:
        answers["indicator"] = (Annotated[Text, Reference(measures)] | None, Field(default=None))
    base = CheckLine if measures is None else MeasuredLine
    line = create_model(f"Line_{attribute_name(document.id)}", __base__=base, **answers)
    fields: dict[str, Any] = {}
    for spec in document.iterate_lines():
        description = _join_description(spec.clause, spec.level, None)
        fields[spec.key] = (line, Field(default=line.model_construct(), title=spec.label, description=description))
    lines = create_model(f"Lines_{attribute_name(document.id)}", __base__=Part, **fields)
    return (lines, Field(default=lines.model_construct(), title=document.checklist.label))


def _join_description(*texts: str | None) -> str | None:
    return "，".join(text for text in texts if text) or None
