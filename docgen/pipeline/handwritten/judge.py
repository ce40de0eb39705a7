"""Judge handwritten documents, each as far as docgen can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from docgen.checks.handwritten import (
    NamedIdentity,
    NamedParty,
    WantedLabel,
    check_form,
    check_headings,
    check_names,
    check_placeholders,
    holds_any,
)
from docgen.checks.handwritten.headings import list_wanted_headings
from docgen.checks.shared.texts import key_sections
from docgen.checks.shared.uncounted_text import check_unread
from docgen.content.blocks import Table, iterate_pictures
from docgen.content.docx.read import read_docx
from docgen.content.headings import Division, divide_by_keys, divide_document
from docgen.content.model import DocumentContent
from docgen.content.spoken_texts import iterate_tables, iterate_texts, read_cell
from docgen.diagnostics import Diagnostic, Location
from docgen.errors import SourceError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.handwritten.model import Looked, WrittenDocument
from docgen.pipeline.stages.text_rules import TextRules, find_text_rules, judge_text, list_text_checks
from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.load import LoadedProfile
from docgen.profile.subject import Subject
from docgen.resources import Resources

_VALUES = ("name", "uscc", "legal_representative")
_LONGEST_LABEL = 20
_TAG = "{"
_ROW_TAG = re.compile(r"\{%tr\s+(\w+)")
_FEWEST, _SHORT_TEXT = 2, 60
_BOXES = "□☑☐"


@dataclass(frozen=True)
class Judge:
    """Judges documents by a record and its profile; the labels of forms come from the standard's templates."""

    subject: Subject
    loaded: LoadedProfile
    resources: Resources

    @cached_property
    def _text_rules(self) -> Mapping[str, TextRules]:
        return {rules.params.document: rules for rules in find_text_rules(self.loaded)}

    @cached_property
    def _meant(self) -> tuple[str, ...]:
        """The number of the standard, with and without brackets behind it: a draft's number has gaps."""
        number = self.loaded.profile.standard.number
        return tuple(dict.fromkeys((number, re.sub(r"[（(][^（）()]*[)）]$", "", number).strip())))

    def list_synonyms(self, document_id: str) -> Mapping[str, Sequence[str]]:
        """Other wordings of a document type's headings, by their keys."""
        rules = self._text_rules.get(document_id)
        return {heading.key: heading.synonyms for heading in rules.wanted} if rules is not None else {}

    def is_foreign(self, document: DocumentSpec, content: DocumentContent) -> bool:
        """Whether a text has nothing that a document must hold: none of its sections, none of its labels.

        False for pictures without a text, which may be scans of the document.
        """
        if _is_pasted(content):
            return False
        headings = tuple(document.iterate_headings()) if document.shape == "report" else ()
        if not headings:
            labels = [item.label for item in self._list_labels(document)]
            return len(labels) >= _FEWEST and not holds_any(content, labels)
        wanted = list_wanted_headings(headings, self.list_synonyms(document.id))
        if any(match.section is not None for match in self.divide(document, content)[1].matches):
            return False
        return not holds_any(content, (title for heading in wanted for title in (heading.title, *heading.synonyms)))

    def divide(self, document: DocumentSpec, content: DocumentContent) -> tuple[str | None, Division]:
        """Divide a text among the headings of its document type, as its rules read it; also gives its title."""
        wanted = list_wanted_headings(tuple(document.iterate_headings()), self.list_synonyms(document.id))
        rules = self._text_rules.get(document.id)
        arranged = rules.read(content) if rules is not None else None
        if arranged is None or arranged.arrangement is None:
            return content.title, divide_document(content, wanted)
        return arranged.keyed.title, divide_by_keys(arranged.keyed, wanted)

    def judge(self, written: WrittenDocument, content: DocumentContent) -> tuple[Looked, list[Diagnostic]]:
        """Judge one original by its text; gives how far it could be read, and its diagnostics."""
        document = written.job.document
        diagnostics = [*check_placeholders(content, self._meant), *check_names(content, self._identify(written))]
        place = Location(file=content.location.file)
        rules = self._text_rules.get(document.id)
        if content.flow is not None and (rules is None or rules.params.scheme is None):  # rules with parts report it
            diagnostics += check_unread(content.flow.outside, place, document.clause)
        if document.shape == "report" and content.location.kind != "xlsx":
            return "text", [*self._judge_report(document, content, place), *diagnostics]
        labels = self._list_labels(document)
        if not labels:
            return "names", diagnostics
        return "form", [*check_form(content, labels, document.clause), *diagnostics]

    def _judge_report(self, document: DocumentSpec, content: DocumentContent, place: Location) -> Iterator[Diagnostic]:
        rules = self._text_rules.get(document.id)
        synonyms = self.list_synonyms(document.id)
        ruled_keys = {heading.key for heading in rules.wanted} if rules is not None else set()
        headings = tuple(document.iterate_headings())
        yield from check_headings(content, headings, synonyms, ruled_keys)
        if rules is not None:
            yield from rules.judge(rules.read(content), place)
            return
        checks = list_text_checks(self.loaded, document.id)
        yield from judge_text(checks, key_sections(content, list_wanted_headings(headings, synonyms)), place)

    def _identify(self, written: WrittenDocument) -> NamedIdentity:
        record, job = self.subject.record, written.job
        words, project = catalogue(DOCUMENT_LANGUAGE), self.subject.record.project
        values: dict[str, str | None] = {
            words.text("label.Project.name"): project.name,
            words.text("label.Project.number"): project.number,
        }
        owner = next((item for item in record.enterprises if item is job.item), None)
        if owner is not None:
            values |= {words.text(f"label.Enterprise.{name}"): getattr(owner, name) for name in _VALUES}
        named: list[tuple[object, NamedParty]] = [
            (item, NamedParty(item.name, item.short_name)) for item in record.enterprises if item.name
        ]
        named += [(item, NamedParty(item.name)) for item in record.parties if item.name]
        enterprises = [party for item, party in named if item in record.enterprises]
        own = next((party for item, party in named if item is job.item), None)
        return NamedIdentity(
            own,
            tuple(party for party in enterprises if party is not own) if owner is not None else (),
            tuple(party for _item, party in named if party is not own),
            {label: value for label, value in values.items() if value},
        )

    def _list_labels(self, document: DocumentSpec) -> list[WantedLabel]:
        """The labels of a form: those of its own Word template, else those of the profile."""
        drawn = next((name for name in document.templates if name.endswith(".docx")), None)
        labels = self._read_template(drawn) if drawn is not None else []
        if labels:
            return labels
        labels = [
            WantedLabel(field.label, field.level == "应")
            for field in (document.fields if document.shape == "form" else ())
            if _is_printed(field) and field.key != document.dated
        ]
        labels += [WantedLabel(column.label) for column in document.columns]
        labels += [WantedLabel(line.label, line.level == "应") for line in document.iterate_lines()]
        return labels

    def _read_template(self, name: str) -> list[WantedLabel]:
        """Read the unconditional cells of a template's first table, and whether a value is printed beside each."""
        path = self.resources.find_template(name)
        if path is None:
            return []
        try:
            table = next(iterate_tables(read_docx(path)), None)
        except SourceError:
            return []
        return list(_read_labels(table)) if table is not None else []


def _is_pasted(content: DocumentContent) -> bool:
    """Whether a Word file holds pictures instead of text: scans that somebody inserted."""
    blocks = (content.preamble, *(section.blocks for section in content.sections))
    pictures = any(picture for group in blocks for picture in iterate_pictures(group))
    return pictures and sum(len(item.text) for item in iterate_texts(content)) <= _SHORT_TEXT


def _read_labels(table: Table) -> Iterator[WantedLabel]:
    depth = 0
    for row in range(len(table.rows)):
        cells = [read_cell(table, row, column) for column in range(len(table.rows[row]))]
        tag = next((_ROW_TAG.match(text) for text in cells if _ROW_TAG.match(text)), None)
        if tag is not None:
            depth += -1 if tag[1].startswith("end") else 1 if tag[1] in ("if", "for") else 0
            continue
        for column, text in enumerate(cells):
            if depth == 0 and _is_label(text):
                behind = next((typed for typed in cells[column + 1 :] if typed), "")
                yield WantedLabel(text, behind.startswith("{{") and not any(box in behind for box in _BOXES))


def _is_printed(field: FieldSpec) -> bool:
    """Whether a form must show a value for a field; rows have columns of their own."""
    return field.level in ("应", "宜") and not field.by_hand and field.type != "rows"


def _is_label(text: str) -> bool:
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text)
    plain = _TAG not in text and not any(box in text for box in _BOXES)
    return chinese and plain and 2 <= len(text) <= _LONGEST_LABEL
