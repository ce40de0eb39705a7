"""Plans the documents of a record: for whom, dated when, issued by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from docgen.content.blocks import Block, Heading, Paragraph, Run
from docgen.content.model import DocumentContent, Narrative, Section
from docgen.profile.document import DocumentSpec, HeadingSpec
from docgen.profile.forms import attribute_name
from docgen.profile.horizon import Horizon
from docgen.profile.model import FilingItemSpec
from docgen.profile.paths import Place, Scope
from docgen.profile.references import find_owner
from docgen.profile.subject import Subject, is_present
from docgen.record.enterprise import Enterprise
from docgen.record.month import Month, format_date
from docgen.record.parts import Activity, Evidence, Training

PROJECT = "project"


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document to make. ``item`` is what it is made for (None: the project), ``entry`` its own form's fields.

    ``place`` is where the entry stands in the record's data, or the list that it should stand in. ``holder`` is the
    name of the enterprise that one of many entries is about, ``number`` the document's number.
    """

    document: DocumentSpec
    key: str
    item: Any
    scope: Scope
    entry: Any
    place: Place
    filing: FilingItemSpec | None
    dated: dt.date | Month | None
    responsible: str | None
    holder: str | None = None
    number: str | None = None

    @property
    def id(self) -> str:
        """The document's stable id in the record and the package."""
        return f"{self.document.id}/{self.key}"

    @property
    def item_name(self) -> str | None:
        """The name of the item that it is made for, or None for the project."""
        if self.item is None:
            return None
        named = getattr(self.item, "name", None) or getattr(self.item, "title", None)
        return named or self.holder or self.number or self.key

    @property
    def full_title(self) -> str:
        """The document's title, with the item's name in brackets."""
        return f"{self.document.title}（{self.item_name}）" if self.item_name else self.document.title


@dataclass(frozen=True, slots=True)
class Excused:
    """A document without data that doesn't apply by the record.

    ``name`` is the id that the record gives: of the document (``<id>/<key>``), its type, or its filing item.
    """

    job: DocumentJob
    name: str
    reason: str

    @property
    def title(self) -> str:
        """The title for people; it includes the item's name if the record names this copy alone."""
        return self.job.full_title if self.name == self.job.id else self.job.document.title


def plan_documents(subject: Subject, only: Collection[str] = (), blank: bool = False) -> tuple[DocumentJob, ...]:
    """The documents of a record in the profile's order; with ``blank`` also those without data.

    A document without data that doesn't apply by the record is planned only as a blank form.
    """
    jobs = _iterate_jobs(subject, only, blank)
    return tuple(job for job in jobs if blank or _excuse(subject, job) is None)


def find_excused(subject: Subject, only: Collection[str] = ()) -> tuple[Excused, ...]:
    """The documents that would be required if the record didn't say that they don't apply."""
    jobs = _iterate_jobs(subject, only, blank=False) if subject.record.not_applicable else ()
    return tuple(excused for job in jobs if (excused := _excuse(subject, job)) is not None)


def _excuse(subject: Subject, job: DocumentJob) -> Excused | None:
    names = (job.id, job.document.id, job.filing.key if job.filing is not None else "")
    for name in names:
        reason = subject.reasons.get(name)
        if reason is not None:
            never_back = name == job.id and is_unanswered(job)
            return Excused(job, name, reason) if never_back or not has_content(subject, job) else None
    return None


def is_unanswered(job: DocumentJob) -> bool:
    """Whether a form has choices to make by hand and none was made: it was sent out and hasn't been returned."""
    choices = [spec.key for spec in job.document.fields if spec.by_hand and spec.type in ("choice", "choices")]
    return bool(choices) and not any(is_present(getattr(job.entry, key, None)) for key in choices)


def has_content(subject: Subject, job: DocumentJob) -> bool:
    """Whether the record holds data for a document: its own entry, or rows or pictures that it shows."""
    document = job.document
    if job.entry is not None or document.photos is not None:
        return True
    return not document.own_form and document.rows is not None and bool(subject.find(document.rows, job.scope))


def is_due(job: DocumentJob, horizon: Horizon) -> bool:
    """Whether a document is due by the horizon, or belongs to an item that runs along and was begun."""
    return horizon.holds(job.filing) and (job.filing is None or job.filing.key not in horizon.along or is_begun(job))


def is_begun(job: DocumentJob) -> bool:
    """Whether anything was filled in for a document; one that only shows other data always counts as begun."""
    return not job.document.own_form or is_filled(job.entry)


def is_filled(value: object) -> bool:
    """Whether a value or one of its fields, except ``of`` and the key, is filled."""
    if isinstance(value, BaseModel):
        names = (name for name in type(value).model_fields if name not in ("key", "of"))
        return any(is_filled(getattr(value, name)) for name in names)
    if isinstance(value, tuple):
        return any(map(is_filled, value))
    return is_present(value)


def _iterate_jobs(subject: Subject, only: Collection[str], blank: bool) -> Iterator[DocumentJob]:
    for document in subject.profile.documents:
        if only and document.id not in only:
            continue
        for item, key in _iterate_items(subject, document, blank):
            scope = subject.project_scope if item is None else subject.bind(document.per, item)
            unknown = item is None and document.per != PROJECT  # a form to fill by hand
            if not unknown and not subject.holds(document.among, scope):
                continue
            entry, place = _find_entry(subject, document, item, scope)
            if document.photos is not None and not (blank or find_photographs(subject, document, item)):
                continue
            # A document without its own form shows other data of the record; ``when`` says whether there is any.
            has_data = entry is not None or document.photos is not None or not document.own_form
            is_asked = document.level in ("应", "宜") or has_data
            if blank or (is_asked and subject.holds(document.when, scope)):
                yield DocumentJob(
                    document=document,
                    key=key,
                    item=item,
                    scope=scope,
                    entry=entry,
                    place=place,
                    filing=subject.profile.find_filing_item(document.id),
                    dated=find_dated(subject, document, entry, scope),
                    responsible=find_responsible(subject, document, item),
                    holder=find_holder(subject, document, item),
                    number=subject.numbers.get(f"{document.id}/{key}"),
                )


def _iterate_items(subject: Subject, document: DocumentSpec, blank: bool) -> Iterator[tuple[Any, str]]:
    if document.per == PROJECT:
        yield None, PROJECT
        return
    of_entries = document.per.startswith("forms.")
    items = subject.find(document.per) if not (blank and of_entries) else []
    if (document.per_entry or (blank and of_entries)) and not items:
        # A form to fill by hand, or a required form without an entry.
        yield None, PROJECT
    for item in items:
        yield item.value, item.value.key


def _find_entry(subject: Subject, document: DocumentSpec, item: Any, scope: Scope) -> tuple[Any, Place]:
    """The document's own entry, the first for ``item``, and its path; without one the path of its list."""
    entries = getattr(getattr(subject.record, "forms", None), attribute_name(document.id), ())
    if item is None:
        entry, position = (entries[0], 0) if entries else (None, 0)
    else:
        entry, position = scope.items.get(document.own_entries), scope.positions.get(document.own_entries, 0)
    return entry, ("forms", document.id) if entry is None else ("forms", document.id, position)


def find_photographs(subject: Subject, document: DocumentSpec, item: Any) -> tuple[Evidence, ...]:
    """The evidence that a document with ``photos`` may show, for the project or for its item."""
    if document.photos is None:
        return ()
    kinds = document.photos.kinds
    return tuple(evidence for evidence in _list_evidence(subject, item) if evidence.kind in kinds)


def _list_evidence(subject: Subject, item: Any) -> Sequence[Evidence]:
    if item is None:
        return subject.record.evidence
    kind = "activity" if isinstance(item, Activity) else "training" if isinstance(item, Training) else "enterprise"
    return subject.evidence_of.get((kind, item.key), ())


def find_dated(subject: Subject, document: DocumentSpec, entry: Any, scope: Scope) -> dt.date | Month | None:
    """The date (or month) of a document: its own field, or the value at the path ``dated``."""
    if document.dated is None:
        return None
    if "." in document.dated:
        value = subject.find_one(document.dated, scope)
    else:
        value = getattr(entry, document.dated, None) if entry is not None else None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date | Month) else None


def find_holder(subject: Subject, document: DocumentSpec, item: Any) -> str | None:
    """The name of the enterprise that an entry is about, where a document is made for each of many entries."""
    enterprise = find_entry_enterprise(subject, document, item)
    return (enterprise.name or enterprise.key) if enterprise is not None else None


def find_entry_enterprise(subject: Subject, document: DocumentSpec, item: Any) -> Enterprise | None:
    """The enterprise that an entry is about, where a document is made for each of many entries."""
    if item is None or not document.per.startswith("forms."):
        return None
    key = find_owner(subject.record, item, "enterprises[]")
    return next((enterprise for enterprise in subject.record.enterprises if enterprise.key == key), None)


def find_responsible(subject: Subject, document: DocumentSpec, item: Any) -> str | None:
    """The name of a document's issuer: a party by its role, or the item that it is made for."""
    role = document.responsible
    if role is None:
        return None
    if role == "enterprise":
        return getattr(item, "name", None)
    return name_party(subject, role)


def find_addressee(subject: Subject, document: DocumentSpec, entry: Any) -> str | None:
    """The name of a document's addressee: a party by its role, or the value of the entry's field."""
    if any(spec.key == document.addressee for spec in document.fields):
        return getattr(entry, document.addressee or "", None)
    return name_party(subject, document.addressee)


def name_party(subject: Subject, role: str | None) -> str | None:
    """The name of the first party of a role."""
    return next((party.name for party in subject.record.parties if party.role == role), None)


def outline_report(subject: Subject, job: DocumentJob) -> DocumentContent:
    """The content of a report from the record: its headings in the profile's order, each with the prose below it."""
    title = getattr(job.entry, job.document.titled, None) if job.document.titled and job.entry is not None else None
    sections = tuple(
        Section(title=heading.title, level=1, blocks=read_heading_blocks(subject, job, heading), key=heading.key)
        for heading in job.document.headings
    )
    return DocumentContent(title=title or job.document.title, preamble=(), sections=sections)


Fill = Callable[[HeadingSpec, tuple[Block, ...]], tuple[Block, ...]]
"""A function that completes the blocks of a heading: with a table, room to write, or a mark for missing text."""


def read_heading_blocks(
    subject: Subject, job: DocumentJob, heading: HeadingSpec, fill: Fill = lambda _, blocks: blocks
) -> tuple[Block, ...]:
    """The blocks below a heading, with its sections under their own headings; empty sections are left out."""
    blocks = fill(heading, _read_own_blocks(subject, job, heading))
    for section in heading.sections:
        inner = read_heading_blocks(subject, job, section, fill)
        if inner:
            blocks += (Heading(1, section.title), *_lower_headings(inner))
    return blocks


def _lower_headings(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks of a section, with the author's highest heading one level below the section's own."""
    highest = min((block.level for block in blocks if isinstance(block, Heading)), default=1)
    for block in blocks:
        yield replace(block, level=block.level - highest + 2) if isinstance(block, Heading) else block


def _read_own_blocks(subject: Subject, job: DocumentJob, heading: HeadingSpec) -> tuple[Block, ...]:
    """The prose typed for a heading, or a paragraph for each value at its source."""
    if heading.source is None:
        value = getattr(job.entry, heading.key, None) if job.entry is not None else None
        return value.blocks if isinstance(value, Narrative) else ()
    blocks: list[Block] = []
    for item in subject.find(heading.source, job.scope):
        if isinstance(item.value, Narrative):
            blocks.extend(item.value.blocks)
        elif is_present(item.value):
            is_date = isinstance(item.value, dt.date) and not isinstance(item.value, dt.datetime)
            blocks.append(Paragraph((Run(format_date(item.value) if is_date else str(item.value)),)))
    return tuple(blocks)
