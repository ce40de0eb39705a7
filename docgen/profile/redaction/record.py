"""The redacted record: confidential values masked, and every other text cleared of them; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run
from docgen.content.model import Narrative
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.paths import Place
from docgen.profile.plan import DocumentJob, find_dated, find_holder, find_responsible
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.redaction.facts import redact_facts
from docgen.profile.redaction.secret_values import holds_models, is_structural, list_figures, list_secrets, list_values
from docgen.profile.references import list_references
from docgen.profile.subject import Subject, is_present
from docgen.record.facts import Facts
from docgen.record.masking import Masked, Masker
from docgen.record.record import Record
from docgen.record.secret import format_figure, normalize

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_FACTS = "facts"

Change = Callable[[Any, Place], Any]


@dataclass(frozen=True, slots=True)
class RedactedSubject:
    """A record without what is confidential.

    ``masker`` finds the confidential values in any text, ``aliases`` are the names given to enterprises by their keys,
    ``fields`` counts the values that were masked. ``subject`` has the same lists, in the same order, as the whole one.
    """

    subject: Subject
    rules: DisclosureRules
    masker: Masker
    aliases: dict[str, str]
    fields: int

    def rename_keys(self, text: str) -> str:
        """A text with numbers in place of the keys of enterprises with an alias: a key may spell the name in Latin."""
        for number, key in enumerate(self.aliases, 1):
            text = re.sub(rf"(?<![a-z0-9]){re.escape(key)}(?![a-z0-9])", f"e{number}", text)
        return text

    def redact_job(self, whole: Subject, job: DocumentJob) -> DocumentJob:
        """The same document, made from the redacted record."""
        item, entry, subject = job.item, job.entry, self.subject
        if item is not None:
            items = [item.value for item in whole.find(job.document.per)]
            at = next(index for index, value in enumerate(items) if value is item)
            item = subject.find(job.document.per)[at].value
        if entry is not None:
            forms: Any = getattr(subject.record, "forms", None)
            entry = getattr(forms, job.document.id.replace("-", "_"))[cast("int", job.place[2])]
        scope = subject.project_scope if item is None else subject.bind(job.document.per, item)
        dated = job.dated
        if dated is not None and job.document.dated is not None and "." in job.document.dated:
            dated = subject.find_one(job.document.dated, scope)
        elif dated is not None:
            dated = find_dated(subject, job.document, entry, scope)
        return replace(
            job,
            item=item,
            entry=entry,
            scope=scope,
            dated=dated,
            responsible=find_responsible(subject, job.document, item),
            holder=find_holder(subject, job.document, item),
        )

    def is_left_out(self, job: DocumentJob) -> bool:
        """Whether a document is left out: it is confidential, or all values of its own form are.

        ``job`` belongs to the whole record.
        """
        if self.rules.closes_document(job.document, job.key):
            return True
        places = [place for place, _ in list_values(job.entry, job.place)] if job.entry is not None else []
        if places:
            return all(self.rules.closes(place) for place in places)
        name = job.document.per.removesuffix("[]")
        keys = [item.key for item in self.subject.record.enterprises]
        return job.item is not None and name == "enterprises" and self.rules.closes((name, keys.index(job.key)))


def redact_subject(whole: Subject, public: str = "", layout: str = "") -> RedactedSubject:
    """The record with confidential values masked.

    ``public`` are the words that forms and templates print anyway, ``layout`` those in how they are drawn.
    """
    texts = catalogue(DOCUMENT_LANGUAGE)
    mark = Masked(texts.text("redaction.mark"))
    rules = DisclosureRules(whole.profile, whole.record)
    aliases = _name_aliases(whole.record, rules)
    secrets = list(list_secrets(whole, rules, aliases, mark))
    secrets += list_figures(whole.facts, redact_facts(whole, whole.record, rules, mark), mark)
    masker = Masker(secrets, public, rules.opened_texts, layout)
    open_record = whole.record.model_copy(update={"confirmed": ()})
    record = cast("Record", _rebuild(open_record, (), _mask_values(whole.record, rules, aliases, mark)))
    record = cast("Record", _rebuild(record, (), _mask_texts(masker, mark)))
    facts = redact_facts(whole, record, rules, mark)
    facts = cast("Facts", _rebuild(facts, (_FACTS,), _mask_texts(masker, mark)))
    count = sum(rules.closes(place) for place, _ in list_values(whole.record, ()))
    return RedactedSubject(Subject(whole.profile, record, facts, whole.numbers), rules, masker, aliases, count)


def holds_confidential(whole: Subject, rules: DisclosureRules, job: DocumentJob) -> bool:
    """Whether a document's own form, or what its columns and headings print, holds confidential values."""
    may_close = job.entry is not None and rules.may_close_form(job.document.id)
    own = list_values(job.entry, job.place) if job.entry is not None and may_close else ()
    if any(rules.closes(place) for place, _ in own):
        return True
    document = job.document
    headings = list(document.iterate_headings())
    columns = [*document.columns, *(column for heading in headings for column in heading.columns)]
    paths = [*(column.source for column in columns), *(heading.source for heading in headings if heading.source)]
    values = (value for path in paths if rules.may_close(path) for value in whole.find(path, job.scope))
    return any(is_present(value.value) and rules.closes(value.place) for value in values)


def list_profile_words(profile: BaseModel) -> str:
    """All texts of a profile, which its documents print with any record."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for item in value.values():
                yield from walk(item)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from walk(item)

    return "\n".join(walk(profile.model_dump(mode="json")))


def _name_aliases(record: Record, rules: DisclosureRules) -> dict[str, str]:
    """An alias for each enterprise with a confidential name, in the record's order."""
    closed = [item.key for at, item in enumerate(record.enterprises) if rules.closes(("enterprises", at, "name"))]
    few = len(closed) <= len(_STEMS)
    text = catalogue(DOCUMENT_LANGUAGE).text
    return {key: text("redaction.alias", ordinal=_STEMS[at] if few else at + 1) for at, key in enumerate(closed)}


def _rebuild(node: BaseModel, place: Place, change: Change) -> BaseModel:
    """A copy of a model with ``change`` applied to each plain value; an unchanged model is the same object."""
    changes: dict[str, Any] = {}
    for attribute, info in type(node).model_fields.items():
        value = getattr(node, attribute)
        here = (*place, info.alias or attribute)
        if isinstance(value, BaseModel):
            new: Any = _rebuild(value, here, change)
        elif holds_models(value):
            new = tuple(_rebuild(item, (*here, index), change) for index, item in enumerate(value))
            new = value if all(changed is unchanged for changed, unchanged in zip(new, value, strict=True)) else new
        else:
            # What refers to something is never printed as such: the name that is printed for it has its own secrecy.
            new = value if list_references(info) else change(value, here)
        if new is not value:
            changes[attribute] = new
    return node.model_copy(update=changes) if changes else node


def _mask_values(record: Record, rules: DisclosureRules, aliases: dict[str, str], mark: Masked) -> Change:
    keys = list(rules.enterprise_keys)
    named = {
        normalize(name): aliases[item.key]
        for item in record.enterprises
        for name in (item.name, item.short_name)
        if name and item.key in aliases
    }

    def change(value: Any, place: Place) -> Any:
        match place:
            case ("enterprises", int(at), "name" | "short_name") if keys[at] in aliases:
                # One without a name goes by its key where it is named.
                return aliases[keys[at]] if value is not None or place[2] == "name" else None
            case ("trainings", int(), "attendance") if not rules.closes(place):
                closed = {key for key in value if rules.closes_enterprise(key)}
                return {key: mark if key in closed else count for key, count in value.items()} if closed else value
        if not is_present(value) or is_structural(place) or not rules.closes(place):
            return value
        # A row that names its enterprise says by the alias whose it is.
        alias = named.get(normalize(value)) if isinstance(value, str) else None
        return alias or _mask_whole(value, mark)

    return change


def _mask_whole(value: Any, mark: Masked) -> Any:
    if isinstance(value, Narrative):
        return Narrative((Paragraph((Run(str(mark)),)),))
    if isinstance(value, tuple):
        return (mark,)
    if isinstance(value, dict):
        return dict.fromkeys(value, mark)
    return mark


def _mask_texts(masker: Masker, mark: Masked) -> Change:
    def change(value: Any, place: Place) -> Any:
        return value if is_structural(place) else _mask_secrets(value, masker, mark)

    return change


def _mask_secrets(value: Any, masker: Masker, mark: Masked) -> Any:
    """A value with the confidential values in it masked; the same object if there are none."""
    new: Any = value
    if isinstance(value, Masked | bool):
        return value
    if isinstance(value, str):
        masked = masker.mask(value)
        new = mark if masked == mark else masked
    elif isinstance(value, int | Decimal):
        new = mark if any(True for _ in masker.find(format_figure(value))) else value
    elif isinstance(value, Narrative):
        new = Narrative(tuple(_mask_block(block, masker) for block in value.blocks), "", value.location)
        return value if new.blocks == value.blocks else new
    elif isinstance(value, tuple):
        new = tuple(_mask_secrets(item, masker, mark) for item in value)
    elif isinstance(value, dict):
        new = {key: _mask_secrets(item, masker, mark) for key, item in value.items()}
    return value if new == value else new


def _mask_block(block: Block, masker: Masker) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, runs=masker.mask_runs(block.runs))
    if isinstance(block, Heading):
        return replace(block, text=masker.mask(block.text))
    if isinstance(block, ListBlock):
        return replace(block, items=tuple(tuple(_mask_block(one, masker) for one in item) for item in block.items))
    caption = masker.mask(block.caption) if block.caption else block.caption
    if isinstance(block, Picture):
        return replace(block, caption=caption)
    return replace(
        block, caption=caption, rows=tuple(tuple(masker.mask_runs(cell) for cell in row) for row in block.rows)
    )
