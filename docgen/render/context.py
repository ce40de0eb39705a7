"""What a template sees: the record, its facts and its document, under the names that docs/templates.md lists.

Models are shown through views: an absent value becomes a Missing that knows its path and the label a user knows it by.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen.content.model import Narrative, Paragraph, Run
from docgen.content.numerals import spell_ordinal
from docgen.diagnostics import Term
from docgen.messages import catalogue
from docgen.profile.faults import name_field
from docgen.profile.forms import BY_HAND
from docgen.profile.model import ColumnSpec, DocumentSpec, FieldSpec
from docgen.profile.paths import find_field, find_values
from docgen.profile.plan import DocumentJob, read_heading_blocks
from docgen.profile.subject import Subject, is_present
from docgen.record.record import SINGULAR
from docgen.render.evaluation import label_family, view_evaluation
from docgen.render.values import Missing, MissingMode, format_date, spell
from docgen.trees import format_path

Place = tuple[str | int, ...]
_DOCUMENT_LANGUAGE = "zh"


class View:
    """A model as a template sees it: fields by name, absent ones as Missing, lists of models as tuples of views."""

    def __init__(self, model: BaseModel, place: Place, mode: MissingMode) -> None:
        self._model = model
        self._place = place
        self._mode = mode

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = find_field(type(self._model), name)
        if found is None:
            raise AttributeError(name)
        attribute, info = found
        place = (*self._place, name)
        value = wrap(getattr(self._model, attribute), place, self._mode, self._label(name), info)
        self.__dict__[name] = value
        return value

    def _label(self, name: str) -> str:
        return _speak(name_field(type(self._model), (name,)))


def _speak(label: object) -> str:
    return catalogue(_DOCUMENT_LANGUAGE).text(label.key) if isinstance(label, Term) else str(label)


def wrap(value: Any, place: Place, mode: MissingMode, label: str, info: FieldInfo | None = None) -> Any:
    """A value as a template sees it."""
    if isinstance(value, BaseModel):
        return View(value, place, mode)
    if isinstance(value, tuple):
        return tuple(wrap(item, (*place, index), mode, label) for index, item in enumerate(value))
    if not is_present(value):
        by_hand = info is not None and isinstance(info.json_schema_extra, dict) and BY_HAND in info.json_schema_extra
        return Missing(format_path(place), label, "blank" if by_hand else mode)
    return value


def build_context(subject: Subject, job: DocumentJob, mode: MissingMode) -> dict[str, Any]:
    """The names that a document's templates may use. With mode ``blank`` the form's own fields stay free."""
    return _ContextBuilder(subject, job, mode).build()


class _ContextBuilder:
    def __init__(self, subject: Subject, job: DocumentJob, mode: MissingMode) -> None:
        self.subject = subject
        self.job = job
        self.mode = mode
        self.entry = None if mode == "blank" else job.entry

    def build(self) -> dict[str, Any]:
        document, record = self.job.document, self.subject.record
        context: dict[str, Any] = {
            "standard": View(self.subject.profile.standard, ("standard",), "blank"),
            "profile": SimpleNamespace(id=self.subject.profile.id, version=self.subject.profile.version),
            "document": self._describe_document(),
            "project": View(record.project, ("project",), self.mode),
            "parties": wrap(record.parties, ("parties",), self.mode, ""),
            "party": _Parties(self.subject, self.mode),
            "form": self._view_form(),
            "signers": tuple(SimpleNamespace(label=signer.label) for signer in document.signers),
            "notes": document.notes,
            "responsible": self._or_missing(self.job.responsible, "text.responsible"),
            "dated": self._view_dated(),
            "labelled": self._view_labelled(),
            "blank": self.mode == "blank",
        }
        context.update(self._view_item())
        if document.headings:
            context["title_lines"] = self._list_title_lines()
            context["sections"] = tuple(self._iterate_sections())
        if document.lines:
            context.update(self._view_checklist())
        if document.columns:
            context["columns"] = document.columns
            context["rows"] = tuple(self._iterate_rows())
        if self.subject.profile.scoring is not None and self.job.item is not None:
            context["evaluation"] = view_evaluation(self.subject, self.job, self.mode)
        return context

    def _describe_document(self) -> SimpleNamespace:
        document = self.job.document
        clause = document.clause or ""
        texts = catalogue(_DOCUMENT_LANGUAGE)
        number = self.subject.profile.standard.number
        return SimpleNamespace(
            id=document.id,
            title=document.title,
            subtitle=document.subtitle or "",
            caption=document.caption or "",
            clause=clause,
            level=document.level,
            note=texts.text("document.own") if document.level == "自拟" else "",
            basis=texts.text("document.basis", standard=number, clause=clause).strip(),
        )

    def _or_missing(self, value: Any, key: str) -> Any:
        if is_present(value):
            return value
        label = catalogue(_DOCUMENT_LANGUAGE).text(key)
        return Missing(f"{self.job.id}", label, self.mode)

    def _view_item(self) -> dict[str, Any]:
        # Every list has its name here, so that a template may ask "if enterprise" whatever it is made for.
        views: dict[str, Any] = {name: Missing(format_path(self.job.place), "", "blank") for name in SINGULAR.values()}
        if self.job.item is not None:
            found = next(item for item in self.subject.find(self.job.document.per) if item.value is self.job.item)
            view = View(self.job.item, found.place, self.mode)
            name = self.job.document.per.rpartition(".")[2].removesuffix("[]")
            views[SINGULAR.get(name, "item")] = view
            views["item"] = view
        return views

    def _view_form(self) -> Any:
        if self.entry is not None:
            return View(self.entry, self.job.place, self.mode)
        return _BlankForm(self.job.document, self.job.place, self.mode)

    def _view_dated(self) -> Any:
        if self.entry is not None and self.job.dated is not None:
            return self.job.dated
        spec = next((item for item in self.job.document.fields if item.key == self.job.document.dated), None)
        mode: MissingMode = "blank" if spec is None or spec.by_hand else self.mode
        place = (*self.job.place, self.job.document.dated or "")
        return Missing(format_path(place), spec.label if spec else "", mode)

    def _view_labelled(self) -> tuple[SimpleNamespace, ...]:
        form = self._view_form()
        shown = [spec for spec in self.job.document.fields if spec.type not in ("rows", "prose")]
        return tuple(
            SimpleNamespace(key=spec.key, label=spec.label, unit=spec.unit or "", value=_join(getattr(form, spec.key)))
            for spec in shown
        )

    def _list_title_lines(self) -> tuple[Any, ...]:
        document = self.job.document
        if document.titled is not None and self.mode != "blank":
            return (getattr(self._view_form(), document.titled),)
        return (self.job.item_name, document.title) if self.job.item_name else (document.title,)

    def _iterate_sections(self) -> Any:
        number = 0
        for heading in self.job.document.headings:
            blocks = read_heading_blocks(self.subject, self.job, heading) if self.entry is not None else ()
            if self.mode == "blank":
                # Room to write by hand, as many lines as a table of this document has blank rows.
                blocks = (Paragraph((Run(""),)),) * self.job.document.blank_rows
            elif not blocks and heading.level in ("可", "自拟"):
                continue
            place = format_path((*self.job.place, heading.key))
            body: Any = Narrative(blocks) if blocks else Missing(place, heading.title, self.mode)
            number += 1
            ordinal = f"{spell_ordinal(number)}、"
            yield SimpleNamespace(
                key=heading.key,
                number=ordinal,
                title=heading.title,
                heading=ordinal + heading.title,
                clause=heading.clause or "",
                level=heading.level,
                body=body,
            )

    def _view_checklist(self) -> dict[str, Any]:
        document = self.job.document
        assert document.checklist is not None
        lines = View(self.entry.lines, (*self.job.place, "lines"), self.mode) if self.entry is not None else None
        groups = []
        for number, group in enumerate(document.lines, 1):
            shown = [
                SimpleNamespace(key=spec.key, number=at, label=spec.label, **self._answer(lines, spec.key))
                for at, spec in enumerate(group.lines, 1)
            ]
            label = group.group.label or label_family(self.subject.profile, group.group.key, document.id)
            groups.append(SimpleNamespace(key=group.group.key, number=number, label=label, lines=tuple(shown)))
        words = document.checklist.model_dump()
        words["evidence_label"] = words["evidence_label"] or ""
        return {"groups": tuple(groups), "checklist": SimpleNamespace(**words)}

    def _answer(self, lines: View | None, key: str) -> dict[str, Any]:
        names = ("verdict", "remark", "evidence")
        if lines is None:
            return {name: Missing(f"{format_path(self.job.place)}.lines.{key}", "", "blank") for name in names}
        line = getattr(lines, key)
        # A remark or a piece of evidence is given where there is something to say.
        answers = {name: getattr(line, name) for name in names}
        return {
            name: value if name == "verdict" or value else Missing(value.path, value.label, "blank")
            for name, value in answers.items()
        }

    def _iterate_rows(self) -> Any:
        document = self.job.document
        if document.rows is None:
            return
        found = self.subject.find(document.rows, self.job.scope) if self.mode != "blank" else []
        for number, row in enumerate(found, 1):
            cells = [
                SimpleNamespace(
                    value=self._read_cell(column, row.value, row.place), align=column.align, width=column.width
                )
                for column in document.columns
            ]
            yield SimpleNamespace(number=number, cells=cells)
        if not found and self.mode == "blank":
            empty = Missing(document.rows, "", "blank")
            for _ in range(document.blank_rows):
                cells = [SimpleNamespace(value=empty, align=item.align, width=item.width) for item in document.columns]
                yield SimpleNamespace(number=empty, cells=cells)

    def _read_cell(self, column: ColumnSpec, row: Any, place: Place) -> Any:
        rest = column.source.removeprefix(f"{self.job.document.rows}.")
        values = [item.value for item in find_values(row, rest) if is_present(item.value)]
        if not values:
            spec = find_field_spec(self.job.document, rest)
            optional = spec is None or spec.level in ("可", "自拟") or spec.by_hand
            return Missing(format_path((*place, rest)), column.label, "blank" if optional else self.mode)
        if len(values) == 1 and column.format == "plain":
            return values[0]
        return "、".join(format_cell(value, column.format) for value in values)


def find_field_spec(document: DocumentSpec, key: str) -> FieldSpec | None:
    """The own field (or row field) of a document with that key, or None."""
    for spec in document.fields:
        for child in (spec, *spec.fields):
            if child.key == key:
                return child
    return None


def format_cell(value: Any, form: str) -> str:
    """A value in one of the closed list of column formats."""
    if form == "date8" and hasattr(value, "strftime"):
        return str(value.strftime("%Y%m%d"))
    if form == "date" and hasattr(value, "strftime"):
        return format_date(value)
    if form == "money" and isinstance(value, Decimal):
        return f"{value:.2f}"
    if form == "percent":
        return f"{spell(value)}%"
    return spell(value)


def _join(value: Any) -> Any:
    return "、".join(spell(item) for item in value) if isinstance(value, tuple) and value else value


class _BlankForm:
    """The own fields of a form without an entry: each is Missing, each table has the profile's number of blank rows."""

    def __init__(self, document: DocumentSpec, place: Place, mode: MissingMode) -> None:
        self._document = document
        self._place = place
        self._mode = mode

    def __getattr__(self, name: str) -> Any:
        specs: Mapping[str, FieldSpec] = {spec.key: spec for spec in self._document.fields}
        if name not in specs:
            raise AttributeError(name)
        spec = specs[name]
        place = format_path((*self._place, name))
        mode: MissingMode = "blank" if spec.by_hand else self._mode
        if spec.type == "rows" and self._mode == "blank":
            row = SimpleNamespace(**{child.key: Missing(place, child.label, "blank") for child in spec.fields})
            return tuple(row for _ in range(self._document.blank_rows))
        return Missing(place, spec.label, mode)


class _Parties:
    """The first party of each role, by the role's name."""

    def __init__(self, subject: Subject, mode: MissingMode) -> None:
        self._subject = subject
        self._mode = mode

    def __getattr__(self, role: str) -> Any:
        if role.startswith("_"):
            raise AttributeError(role)
        for index, party in enumerate(self._subject.record.parties):
            if party.role == role:
                return View(party, ("parties", index), self._mode)
        return Missing(f"parties.{role}", role, self._mode)
