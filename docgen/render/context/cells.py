"""The cells of tables that a profile describes: a value at a path below a row, spelled as its column asks."""

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
"""The levels of what a document may leave out without a word."""
_OFFERED = 32
"""Characters that a line of options has room for, in the narrowest of the forms."""


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads the cells of one table: of the rows that stand at the path ``rows``."""

    subject: Subject
    job: DocumentJob
    mode: MissingMode
    rows: str
    _known: dict[str, tuple[str, FieldSpec | None, str | None]] = field(default_factory=dict)

    def _explain(self, column: ColumnSpec) -> tuple[str, FieldSpec | None, str | None]:
        """A column's path below a row, the own field that it shows, and the list that its values refer to; once."""
        if column.source not in self._known:
            rest = column.source.removeprefix(f"{self.rows}.")
            spec = find_row_spec(self.job.document, self.rows, rest)
            target = None if spec is not None else find_reference(self.subject, column.source)
            self._known[column.source] = rest, spec, target
        return self._known[column.source]

    def read(self, column: ColumnSpec, row: Any, place: Place) -> Any:
        """A cell's value as a template prints it; what is absent and asked for is Missing."""
        rest, spec, target = self._explain(column)
        values = [item.value for item in find_values(row, rest) if is_present(item.value)]
        if not values:
            optional = spec is None or spec.level in OPTIONAL or spec.by_hand
            return Missing(format_path((*place, rest)), column.label, "blank" if optional else self.mode)
        if target is not None:
            keys = [key for value in values for key in (value if isinstance(value, tuple) else (value,))]
            values = [name_reference(self.subject, target, str(key), self.job.scope) for key in keys]
        elif column.format == "plain":
            values = [self._tell(spec, value) for value in values]
        if all(isinstance(value, Masked) for value in values):
            return values[0]
        if len(values) == 1 and column.format == "plain":
            return values[0]
        return "、".join(format_cell(value, column.format) for value in values)

    def _tell(self, spec: FieldSpec | None, value: Any) -> Any:
        if spec is not None:
            return report_value(self.subject, spec, value, self.job.scope)
        return report_plainly(value) if isinstance(value, bool | tuple) else value

    def write(self, column: ColumnSpec, row: Any, place: Place) -> str:
        """A cell's text in a table of a report; what is absent is free, or a visible mark in a draft."""
        value = self.read(column, row, place)
        if isinstance(value, Missing):
            return catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=value.label) if self._marks(value) else ""
        return format_cell(value, "plain")

    def _marks(self, value: Missing) -> bool:
        return value.mode == "draft"


def find_row_spec(document: DocumentSpec, rows: str, key: str) -> FieldSpec | None:
    """The field that a column shows, where the rows are own ones of the document; else None."""
    own = f"forms.{document.id}[]."
    if not rows.startswith(own):
        return None
    name = rows.removeprefix(own).removesuffix("[]")
    table = next((spec for spec in document.fields if spec.key == name), None)
    return next((spec for spec in table.fields if spec.key == key), None) if table is not None else None


def is_by_hand(document: DocumentSpec, rows: str) -> bool:
    """Whether the rows at a path are own ones that are filled in on paper."""
    return any(spec.by_hand and rows == f"forms.{document.id}[].{spec.key}[]" for spec in document.fields)


def report_value(subject: Subject, spec: FieldSpec, value: Any, scope: Scope) -> Any:
    """A field's value as people say it: what a reference names, yes and no, several choices in one line."""
    if spec.type == "reference":
        return name_reference(subject, spec.to or "", str(value), scope)
    return report_plainly(value)


def report_plainly(value: Any) -> Any:
    """Yes and no in words, several values in one line; any other value as it is."""
    if isinstance(value, bool):
        return format_plain(value)
    if isinstance(value, tuple):
        return "、".join(format_plain(item) for item in value)
    return value


def find_reference(subject: Subject, path: str) -> str | None:
    """The list that a field at a path refers to, if it refers to one."""
    info = resolve_subject_path(type(subject.record), path)
    marks = [*info.metadata]
    for argument in getattr(info.annotation, "__args__", ()):
        marks += getattr(argument, "__metadata__", ())
    return next((mark.target for mark in marks if isinstance(mark, Reference)), None)


def name_reference(subject: Subject, target: str, key: str, scope: Scope) -> str:
    """The name of the item with that key at a path, its unit behind it; first among those of the document's own."""
    for within in (scope, None):
        for found in subject.find(target, within):
            if getattr(found.value, "key", None) == key:
                name = getattr(found.value, "name", None) or getattr(found.value, "title", None)
                name = name or _find_number(subject, target, key) or key
                unit = getattr(found.value, "unit", None)
                return f"{name}（{unit}）" if unit else str(name)
    return key


def _find_number(subject: Subject, target: str, key: str) -> str | None:
    """The number of the document that is made for an entry: what it is known by on paper."""
    document = target.removeprefix("forms.").removesuffix("[]")
    return subject.numbers.get(f"{document}/{key}")


def offer_options(spec: FieldSpec) -> Any:
    """What stands in a field of a blank form: a box before each option, no line torn between the two; or nothing."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    options = (texts.text("value.yes"), texts.text("value.no")) if spec.type == "yes_no" else spec.options
    if not options:
        return Missing(spec.key, spec.label, "blank")
    lines = [""]
    for option in options:
        box = f"{format_box(None, option)}{option}"
        if lines[-1] and len(lines[-1]) + len(box) >= _OFFERED:
            lines.append(box)
        else:
            lines[-1] += f"　{box}" if lines[-1] else box
    return "\n".join(lines)


def format_cell(value: Any, form: str) -> str:
    """A value in one of the closed list of column formats."""
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
