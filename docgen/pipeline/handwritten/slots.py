"""Plan the documents that a file can be matched with: those of the record, and those that it could have besides."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from docgen.archive.plan.clues import Holder, PathClues
from docgen.archive.plan.matching import DocumentSlot, Matcher
from docgen.content.file_names import SpokenName
from docgen.content.folding import fold_text
from docgen.profile.document import DocumentSpec
from docgen.profile.plan import PROJECT, DocumentJob, find_responsible, plan_documents
from docgen.profile.subject import Subject

_EDGES = re.compile(r"[()\[\]【】《》_\-·:,、.]+")


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """Every document that a file can be, as jobs by id; ``wanted`` are those that the record plans anyway."""

    jobs: Mapping[str, DocumentJob]
    wanted: frozenset[str]
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An item that a document is for and that the record doesn't list, named after the file."""

    key: str
    name: str


def plan_slots(subject: Subject) -> SlotPlan:
    """Plan what files can be matched with under a record."""
    planned = plan_documents(subject)
    wanted = frozenset(job.id for job in planned)
    jobs = {job.id: job for job in plan_documents(subject, (), True)} | {job.id: job for job in planned}
    typed = {job.document.id for job in jobs.values()}
    for document in subject.profile.documents:
        if document.id not in typed and document.among is None:
            job = _make_open_job(subject, document)
            jobs[job.id] = job
    ordered = {document.id: at for at, document in enumerate(subject.profile.documents)}
    listed = sorted(jobs.values(), key=lambda job: ordered[job.document.id])
    slots = tuple(slot for job in listed if (slot := _make_slot(job)) is not None)
    places = tuple(PathClues(item.key, item.label) for item in subject.profile.filing.items)
    project, parties = subject.record.project, subject.record.parties
    common = tuple(filter(None, (project.name, project.number, *(party.name for party in parties))))
    return SlotPlan({job.id: job for job in listed}, wanted, Matcher(slots, places, _list_holders(listed), common))


def find_own_name(job: DocumentJob, spoken: SpokenName) -> str:
    """The rest of a file name without the document's title: it distinguishes several documents of one type."""
    names = (job.document.title, *job.document.synonyms)
    rest = spoken.bare
    for name in sorted(map(fold_text, names), key=len, reverse=True):
        rest = rest.replace(name, " ")
    return " ".join(_EDGES.sub(" ", rest).split())


def name_open_job(job: DocumentJob, name: str) -> DocumentJob:
    """Name one of several documents of a type after its file; a single one needs no name."""
    return replace(job, key=name, item=NamedItem(name, name)) if name else job


def _make_slot(job: DocumentJob) -> DocumentSlot | None:
    document = job.document
    if job.filing is None:
        return None
    own = document.per not in (PROJECT, "") and job.item is not None
    names = (document.title, *document.synonyms, document.caption, document.subtitle)
    return DocumentSlot(
        job.id,
        document.id,
        tuple(filter(None, names)),
        job.filing.key,
        document.per if own else "",
        job.key if own else "",
        tuple(heading.title for heading in document.iterate_headings()),
        is_open=document.per != PROJECT and not own,
    )


def _make_open_job(subject: Subject, document: DocumentSpec) -> DocumentJob:
    """Make the job of a document for items of a list that is empty in the record."""
    return DocumentJob(
        document=document,
        key=PROJECT,
        item=None,
        scope=subject.project_scope,
        entry=None,
        place=("forms", document.id),
        filing=subject.profile.find_filing_item(document.id),
        dated=None,
        responsible=find_responsible(subject, document, None),
    )


def _list_holders(jobs: list[DocumentJob]) -> tuple[Holder, ...]:
    holders: dict[tuple[str, str], Holder] = {}
    for job in jobs:
        if job.item is not None:
            date = getattr(job.item, "date", None)
            day = date if isinstance(date, dt.date) else None
            names = dict.fromkeys((*_list_names(job.item), *filter(None, (job.item_name,))))
            holders[job.document.per, job.key] = Holder(job.document.per, job.key, tuple(names), day)
    return tuple(holders.values())


def _list_names(item: object) -> Iterator[str]:
    for attribute in ("name", "short_name", "title", "tier"):
        value = getattr(item, attribute, None)
        if isinstance(value, str) and value:
            yield value
