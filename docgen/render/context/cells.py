"""Reads the cells of tables that a profile describes: a value at a path below a row, in its column's format."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from docgen.content.blocks import Paragraph
from docgen.content.model import Narrative
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import ColumnSpec, DocumentSpec, FieldSpec, Level
from docgen.profile.paths import Place, Scope, find_values
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject, is_present, resolve_subject_path
from docgen.record.masking import Masked
from docgen.record.month import format_date
from docgen.record.types import Reference
from docgen.render.values.filters import format_box
from docgen.render.values.values import Missing, MissingMode, format_plain
from docgen.trees import format_path

OPTIONAL: tuple[Level, ...] = ("可", "自拟")
"""The levels of fields that a document may leave out without a word."""
_OPTIONS_WIDTH = 32
"""Characters that a line of options has room for, in the narrowest of the forms."""


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads the cells of one table, whose rows are at the path ``rows``."""

    subject: Subject
    job: DocumentJob
    mode: MissingMode
    rows: str
    _columns: dict[str, tuple[str, FieldSpec | None, str | None]] = field(default_factory=dict)

    def _resolve(self, column: ColumnSpec) -> tuple[str, FieldSpec | None, str | None]:
        """Find a column's path below a row, the own field that it shows, and the list that its values refer to."""
        if column.source not in self._columns:
            rest = column.source.removeprefix(f"{self.rows}.")
            spec = _find_row_spec(self.job.document, self.rows, rest)
            target = None if spec is not None else _find_reference(self.subject, column.source)
            self._columns[column.source] = rest, spec, target
        return self._columns[column.source]

    def read(self, column: ColumnSpec, row: Any, place: Place) -> Any:
        """Read a cell's value as a template prints it; an absent value is Missing."""
        rest, spec, target = self._resolve(column)
        values = [item.value for item in find_values(row, rest) if is_present(item.value)]
        if not values:
            optional = spec is None or spec.level in OPTIONAL or spec.by_hand
            return Missing(format_path((*place, rest)), column.label, "blank" if optional else self.mode)
        if target is not None:
            keys = [key for value in values for key in (value if isinstance(value, tuple) else (value,))]
            values = [_format_reference(self.subject, target, str(key), self.job.scope) for key in keys]
        elif column.format == "plain":
            values = [self._format_answer(spec, value) for value in values]
        if all(isinstance(value, Masked) for value in values):
            return values[0]
        if len(values) == 1 and column.format == "plain":
            return values[0]
        return "、".join(format_cell(value, column.format) for value in values)

    def _format_answer(self, spec: FieldSpec | None, value: Any) -> Any:
        return format_field(self.subject, spec, value, self.job.scope) if spec is not None else _format_choices(value)

    def format(self, column: ColumnSpec, row: Any, place: Place) -> str:
        """Format a cell of a report's table; an absent value is empty, or a visible mark in a draft."""
        value = self.read(column, row, place)
        if isinstance(value, Missing):
            is_marked = value.mode == "draft"
            return catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=value.label) if is_marked else ""
        return format_cell(value, "plain")


def _find_row_spec(document: DocumentSpec, rows: str, key: str) -> FieldSpec | None:
    """Find the own field of the document that a column shows; None where the rows aren't the document's own."""
    own = f"forms.{document.id}[]."
    if not rows.startswith(own):
        return None
    name = rows.removeprefix(own).removesuffix("[]")
    table = next((spec for spec in document.fields if spec.key == name), None)
    return next((spec for spec in table.fields if spec.key == key), None) if table is not None else None


def is_by_hand(document: DocumentSpec, rows: str) -> bool:
    """Whether the rows at a path are the document's own and filled in by hand."""
    return any(spec.by_hand and rows == f"forms.{document.id}[].{spec.key}[]" for spec in document.fields)


def format_field(subject: Subject, spec: FieldSpec, value: Any, scope: Scope) -> Any:
    """Format a field's reference as the name of its item, and yes, no and several choices as ``_format_choices``."""
    if spec.type == "reference":
        return _format_reference(subject, spec.to or "", str(value), scope)
    return _format_choices(value)


def _format_choices(value: Any) -> Any:
    """Format yes and no in words and several values in one line; any other value stays as it is."""
    if isinstance(value, bool):
        return format_plain(value)
    if isinstance(value, tuple):
        return "、".join(format_plain(item) for item in value)
    return value


def _find_reference(subject: Subject, path: str) -> str | None:
    """Find the list that a field at a path refers to, if it refers to one."""
    info = resolve_subject_path(type(subject.record), path)
    marks = [*info.metadata]
    for argument in getattr(info.annotation, "__args__", ()):
        marks += getattr(argument, "__metadata__", ())
    return next((mark.target for mark in marks if isinstance(mark, Reference)), None)


def _format_reference(subject: Subject, target: str, key: str, scope: Scope) -> str:
    """Format a reference as its item's name and unit; items in the document's scope come before all others."""
    for within in (scope, None):
        for item in subject.find(target, within):
            if getattr(item.value, "key", None) == key:
                name = getattr(item.value, "name", None) or getattr(item.value, "title", None)
                name = name or _find_number(subject, target, key) or key
                unit = getattr(item.value, "unit", None)
                return f"{name}（{unit}）" if unit else str(name)
    return key


def _find_number(subject: Subject, target: str, key: str) -> str | None:
    """Find the number of the document that is made for an entry: its name on paper."""
    document = target.removeprefix("forms.").removesuffix("[]")
    return subject.numbers.get(f"{document}/{key}")


def format_options(spec: FieldSpec) -> Any:
    """Format a field of a blank form: its options with a box before each, or Missing where it has none.

    No line breaks between a box and its option.
    """
    texts = catalogue(DOCUMENT_LANGUAGE)
    options = (texts.text("value.yes"), texts.text("value.no")) if spec.type == "yes_no" else spec.options
    if not options:
        return Missing(spec.key, spec.label, "blank")
    lines = [""]
    for option in options:
        box = f"{format_box(None, option)}{option}"
        if lines[-1] and len(lines[-1]) + len(box) >= _OPTIONS_WIDTH:
            lines.append(box)
        else:
            lines[-1] += f"　{box}" if lines[-1] else box
    return "\n".join(lines)


def format_cell(value: Any, form: str) -> str:
    """Format a value in one of the formats of columns."""
    if form == "date8" and hasattr(value, "strftime"):
        return str(value.strftime("%Y%m%d"))
    if form == "date" and hasattr(value, "strftime"):
        return format_date(value)
    if form == "money" and isinstance(value, Decimal):
        return f"{value:.2f}"
    if form == "percent" and not isinstance(value, Masked):
        return f"{format_plain(value)}%"
    if isinstance(value, Narrative):
        return "\n".join(block.text for block in value.blocks if isinstance(block, Paragraph))
    return format_plain(value)
