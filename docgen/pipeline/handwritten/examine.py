"""Examine a record together with handwritten documents: which are made, which are missing, what the checks find."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from docgen.archive.plan.model import Absence
from docgen.checks.base import CheckSubject, RuleFindings, run_rules
from docgen.checks.doubts.base import run_doubts
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, info
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.handwritten.attach import date_job, list_attached
from docgen.pipeline.handwritten.collect import CollectedFolder
from docgen.pipeline.handwritten.entries import enter_documents
from docgen.pipeline.handwritten.judge import Judge
from docgen.pipeline.handwritten.lacking import report_lacking
from docgen.pipeline.handwritten.model import LackingDocument, WrittenDocument
from docgen.pipeline.stages.filing import PreparedPackage, check_not_applicable, prepare_packages
from docgen.pipeline.stages.prepare import (
    PreparedRecord,
    ReadRecord,
    check_archive_numbers,
    find_absent_pictures,
    has_pictures,
)
from docgen.pipeline.stages.signatures import check_scans
from docgen.profile.load import LoadedProfile
from docgen.profile.paths import Place
from docgen.profile.plan import DocumentJob, plan_documents
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import Validation

_LISTED = 6


@dataclass(frozen=True, slots=True)
class ExaminedRecord:
    """The record as it is packed, with the documents that docgen makes, and those that are missing."""

    prepared: PreparedRecord
    lacking: tuple[LackingDocument, ...]


def examine_record(read: ReadRecord, collected: CollectedFolder, judge: Judge) -> ExaminedRecord:
    """Run all checks on a record together with the handwritten documents."""
    source, loaded, evidence, validation = read.source, read.loaded, read.gathered, read.validation
    covering = {item.job.id: item for item in collected.documents if item.covers}
    entered = enter_documents(read.subject.record, collected.documents, judge.divide)
    entered_validation = replace(validation, record=entered.record, locate=entered.locate(validation.locate))
    subject = Subject(loaded.profile, entered.record, derive_facts(loaded.profile, entered.record))
    types = {item.job.document.id for item in covering.values()}
    planned = [
        job
        for job in plan_documents(subject)
        if not (job.id in covering or _stands_for_any(job, types)) and has_pictures(subject, job, evidence.photographs)
    ]
    made = tuple(job for job in planned if job.entry is not None or not job.document.own_form)
    lacking = [job for job in planned if job not in made]
    diagnostics: list[Diagnostic] = [*source.diagnostics, *validation.diagnostics]
    diagnostics += report_lacking(subject, planned, entered_validation, source)
    findings = _run_rules(
        CheckSubject(subject, made, entered_validation.locate, entered_validation.is_silenced),
        types,
        entered.entries,
        loaded,
    )
    diagnostics += findings.diagnostics
    doubts = run_doubts(subject, entered_validation, source, diagnostics)
    diagnostics += doubts.diagnostics
    diagnostics += find_absent_pictures(validation, source.path.parent)
    jobs = [*planned, *(item.job for item in covering.values())]
    diagnostics += [*evidence.diagnostics, *check_scans(subject, jobs, evidence)]
    diagnostics += _report_replaced(covering.values(), validation)
    diagnostics += _report_undated(covering.values())
    attached = list_attached(collected)
    record = subject.record.model_copy(
        update={"evidence": (*subject.record.evidence, *(item.evidence for item in attached))}
    )
    filed = replace(subject, record=record)
    filing_jobs = (*made, *(date_job(item) for item in covering.values()))
    packages, unfilled = prepare_packages(filed, filing_jobs, validation, findings.doubted)
    diagnostics += check_not_applicable(filed, packages, entered_validation.locate)
    diagnostics += unfilled
    diagnostics += check_archive_numbers(validation, jobs, packages, [job.id for job in jobs])
    missing = tuple(_describe_lacking(lacking, entered_validation))
    packages = tuple(replace(package, absent=tuple(_list_absent(package, missing))) for package in packages)
    files, photographs = (*evidence.files, *attached), evidence.photographs
    prepared = PreparedRecord(
        source, loaded, entered_validation, filed, made, files, photographs, packages, tuple(diagnostics)
    )
    prepared = replace(prepared, confirmed=doubts.confirmed)
    return ExaminedRecord(prepared, missing)


def _list_absent(package: PreparedPackage, missing: Sequence[LackingDocument]) -> Iterator[Absence]:
    """The missing documents that a package would hold, for its index."""
    keys = {item.key for item in package.items}
    owner = getattr(package.job.item, "key", None)
    reason = catalogue(DOCUMENT_LANGUAGE).text("package.absent")
    for item in missing:
        if item.item in keys and owner in (None, item.document.partition("/")[2]):
            yield Absence(id=item.document, title=item.title, clause=item.clause, level=item.level, reason=reason)


def _stands_for_any(job: DocumentJob, types: set[str]) -> bool:
    """Whether a job only asks for one document of its type, and there is one."""
    return job.document.per_entry and job.item is None and job.document.id in types


def _run_rules(
    checked: CheckSubject, types: Collection[str], entries: Collection[Place], loaded: LoadedProfile
) -> RuleFindings:
    """Run the rules; handwritten forms (``types``, ``entries``) aren't reported as empty."""

    def is_silenced(place: Place) -> bool:
        whole = len(place) > 1 and place[0] == "forms" and not any(isinstance(step, int) for step in place)
        return (whole and place[1] in types) or place in entries or checked.is_silenced(place)

    return run_rules(replace(checked, is_silenced=is_silenced), loaded)


def _report_replaced(covering: Iterable[WrittenDocument], validation: Validation) -> Iterator[Diagnostic]:
    """F121 for documents that are both filled in the record and handwritten."""
    both = [written.job.full_title for written in covering if written.job.entry is not None]
    if both:
        names = format_first_few(both, _LISTED)
        yield info("F121", validation.locate((), False), count=len(both), names=names)


def _report_undated(covering: Iterable[WrittenDocument]) -> Iterator[Diagnostic]:
    """F122 for documents without a known date, which the index leaves free."""
    undated = [job.full_title for written in covering if (job := date_job(written)).dated is None]
    if undated:
        names = format_first_few(undated, _LISTED)
        yield info("F122", count=len(undated), names=names)


def _describe_lacking(jobs: Sequence[DocumentJob], validation: Validation) -> Iterator[LackingDocument]:
    for job in jobs:
        if not validation.is_silenced(job.place):
            item = job.filing.key if job.filing is not None else ""
            yield LackingDocument(job.id, job.full_title, item, job.document.clause or "", job.document.level)
