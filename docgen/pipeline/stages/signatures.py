"""Check scans of signed documents: which document each belongs to, and whether it is older than that document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from docgen.content.folding import keep_letters
from docgen.diagnostics import Diagnostic, Term, error, info, warning
from docgen.pipeline.stages.evidence import GatheredEvidence
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import find_nearest
from docgen.profile.plan import PROJECT, DocumentJob
from docgen.profile.subject import Subject
from docgen.profile.validate import Validation
from docgen.record.enterprise import Enterprise
from docgen.record.occasions import find_day, names_enterprise
from docgen.record.parts import Evidence, first_day

_SIGNED_NAME = re.compile(r"签字|签章|盖章|签署|已签|签名|扫描件|signed|scan", re.IGNORECASE)


def check_scans(subject: Subject, jobs: Sequence[DocumentJob], gathered: GatheredEvidence) -> Iterator[Diagnostic]:
    """E140 for a scan of an unknown document, E141 for one older than its document, E143 for a file named like a scan.

    ``jobs`` are all documents of the record, whichever of them are made this time.
    """
    jobs_by_id = {job.id: job for job in jobs}
    for index, evidence in enumerate(subject.record.evidence):
        if evidence.document is None:
            yield from _suggest_document(evidence, index, jobs, gathered)
            continue
        job = jobs_by_id.get(evidence.document)
        if job is not None:
            yield from _compare_dates(evidence, index, job, gathered)
        elif not _is_explained(evidence.document, subject, gathered.validation):
            place = gathered.validation.locate(("evidence", index, "document"), False)
            nearest = _find_near(evidence.document, list(jobs_by_id))
            if place.kind == "xlsx":  # in a workbook people see titles and names, not ids
                shown = _format_document(evidence.document, subject)
                nearest = jobs_by_id[nearest].full_title if nearest in jobs_by_id else nearest
            else:
                shown = evidence.document
            yield error("E140", place, document=shown, nearest=nearest)


def is_signed(document: DocumentSpec, document_id: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the evidence holds the signed copy of a document; True where no clause asks for a signature."""
    if document.signed is None:
        return True
    return any(piece.document == document_id or piece.kind in document.signed.evidence for piece in evidence)


def _find_near(document: str, ids: list[str]) -> str:
    same = [key for key in ids if key.partition("/")[0] == document.partition("/")[0]]
    return find_nearest(document, same or ids) or (same or ids or [""])[0]


def _format_document(document: str, subject: Subject) -> str:
    """A document's title, and in brackets whom its id says it is for, by name where that is an enterprise."""
    name, _, key = document.partition("/")
    spec = subject.profile.find_document(name)
    title = spec.title if spec is not None else name
    whose = next((item.name for item in subject.record.enterprises if item.key == key), None) or key
    return f"{title}（{whose}）" if whose else title


def _is_explained(document: str, subject: Subject, validation: Validation) -> bool:
    """Whether a document is absent because its type is unknown (reported elsewhere) or its data failed validation."""
    spec = subject.profile.find_document(document.partition("/")[0])
    if spec is None:
        return True
    owners = spec.per.partition("[]")[0] if spec.per != PROJECT else None
    faulty = any(len(place) <= 2 and place[0] == owners for place in validation.failed)
    return faulty or validation.is_silenced(("forms", spec.id))


def _compare_dates(
    evidence: Evidence, index: int, job: DocumentJob, gathered: GatheredEvidence
) -> Iterator[Diagnostic]:
    for day in gathered.days.get(evidence.key, ()):
        if job.dated is not None and day.date < first_day(job.dated):
            yield warning(
                "E141",
                gathered.validation.locate(("evidence", index, "date" if day.source == "stated" else "file"), False),
                file=evidence.file,
                date=str(day.date),
                source=Term(f"evidence.{day.source}"),
                document=job.full_title,
                dated=str(job.dated),
            )
            return


def _suggest_document(
    evidence: Evidence, index: int, jobs: Sequence[DocumentJob], gathered: GatheredEvidence
) -> Iterator[Diagnostic]:
    stem = Path(evidence.file).stem
    if _SIGNED_NAME.search(stem) is None:
        return
    name = keep_letters(stem)
    candidates = [
        job for job in jobs if keep_letters(job.document.title) in name and _names_holder(job, stem, evidence)
    ]
    longest = max((len(job.document.title) for job in candidates), default=0)
    candidates = [job for job in candidates if len(job.document.title) == longest]
    day = evidence.date or find_day(stem)
    if len(candidates) > 1 and day is not None:
        candidates = [job for job in candidates if job.dated == day]
    if len(candidates) == 1:
        where = gathered.validation.locate(("evidence", index, "file"), False)
        title = candidates[0].full_title
        how = "workbook" if where.kind == "xlsx" else "record"
        advice = Term(f"evidence.belongs.{how}", {"document": title if how == "workbook" else candidates[0].id})
        yield info("E143", where, file=Path(evidence.file).name, title=title, document=advice)


def _names_holder(job: DocumentJob, stem: str, evidence: Evidence) -> bool:
    """Whether a file's name, or its entry, names whom a document is made for."""
    if job.item is None:
        return True
    if isinstance(job.item, Enterprise):
        return names_enterprise(job.item, stem) or evidence.enterprises == (job.key,)
    return job.key in (evidence.activity, evidence.training) or keep_letters(job.item_name or "") in keep_letters(stem)
