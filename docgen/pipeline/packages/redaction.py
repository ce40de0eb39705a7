"""Make the redacted packages of a record beside the full ones, and search them for leaks before they are released."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.archive.bag.index import PAGE_TEMPLATE
from docgen.archive.leaks.search import can_search, extract_texts, find_leaks
from docgen.archive.plan.filing import FiledFiles, InspectedEvidence, RenderedDocument
from docgen.archive.plan.model import FiledDocument, FilingItem, Redaction
from docgen.archive.plan.plan import PlannedDocument
from docgen.archive.writing.package import WrittenPackage
from docgen.diagnostics import Diagnostic, Location, error, has_errors, info, warning
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.documents import render_documents
from docgen.pipeline.stages.dossier import Edition, PackageWriter, WrittenPackages, name_package
from docgen.pipeline.stages.evidence import Photograph
from docgen.pipeline.stages.filing import PreparedPackage
from docgen.pipeline.stages.papers import PAPER_TEMPLATES
from docgen.pipeline.stages.prepare import PreparedRecord, has_pictures
from docgen.profile.faults import name_field
from docgen.profile.packages import count_filed, find_evidence_item
from docgen.profile.redaction.record import RedactedSubject, list_profile_words, redact_subject
from docgen.record.facts import Facts
from docgen.record.month import Month
from docgen.record.parts import Activity, Evidence, Training
from docgen.record.secret import Secret
from docgen.render.store import read_shipped
from docgen.trees import format_path


@dataclass(frozen=True, slots=True)
class RedactedRecord:
    """A prepared record, as a ``whole`` and redacted (``prepared``), with the redacted documents.

    ``changed`` are the documents in which something is masked, ``left_out`` those of which nothing may be shown, both
    by id.
    """

    whole: PreparedRecord
    prepared: PreparedRecord
    subject: RedactedSubject
    documents: tuple[RenderedDocument, ...]
    changed: frozenset[str]
    left_out: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all of its documents could be made."""
        return not has_errors(self.diagnostics)

    @property
    def names(self) -> list[str]:
        """The names of its packages."""
        edition = Edition("redacted", _text("redaction.title"))
        return [name_package(self.prepared, package, edition) for package in self.prepared.packages]


def _text(key: str, **params: object) -> str:
    return catalogue(DOCUMENT_LANGUAGE).text(key, **params)


def prepare_redaction(
    whole: PreparedRecord, documents: Sequence[RenderedDocument], context: BuildContext
) -> RedactedRecord:
    """Redact a record and render its documents again; documents that can't be made are among the diagnostics."""
    subject = redact_subject(whole.subject, *_list_public_words(whole))
    left_out = frozenset(job.id for job in whole.jobs if subject.is_left_out(job))
    jobs = tuple(subject.redact_job(whole.subject, job) for job in whole.jobs if job.id not in left_out)
    photographs = _choose_photographs(whole, subject)
    shown = {key for key, photograph in photographs.items() if photograph.printed is not None}
    jobs = tuple(job for job in jobs if has_pictures(subject.subject, job, shown))
    left_out |= {job.id for job in whole.jobs} - {job.id for job in jobs}
    # a confirmation and its reason repeat a value that may be confidential
    prepared = replace(whole, subject=subject.subject, jobs=jobs, photographs=photographs, confirmed=())
    rendered, rendering_faults = render_documents(prepared, context, redacted=True)
    files = {document.job.id: document.files for document in documents}
    changed = frozenset(document.job.id for document in rendered if document.files != files[document.job.id])
    broken = [item.job.document.title for item in rendered if any(not data for _, data in item.files)]
    diagnostics = [
        *_report_findings(whole, subject),
        *(item for item in rendering_faults if item not in whole.diagnostics),
    ]
    if broken:
        diagnostics.append(error("A234", documents="、".join(dict.fromkeys(broken))))
    # A masked day is a mark to be printed; what is filed has a day or none.
    kept = tuple(
        item if isinstance(item.job.dated, dt.date | Month) else replace(item, job=replace(item.job, dated=None))
        for item in rendered
    )
    evidence = tuple(_choose_evidence(whole, subject, changed | left_out))
    packages = tuple(_redact_package(package, whole, subject, kept, evidence) for package in whole.packages)
    prepared = replace(prepared, evidence=evidence, packages=packages)
    return RedactedRecord(whole, prepared, subject, kept, changed, left_out, tuple(diagnostics))


def _list_public_words(whole: PreparedRecord) -> tuple[str, str]:
    """The words that are printed for any record (the profile's, docgen's, those of the shipped templates), and markup.

    A user's own template may hold anything, so what it prints is searched like the rest.
    """
    names = dict.fromkeys(
        [
            *PAPER_TEMPLATES,
            PAGE_TEMPLATE,
            *(name for document in whole.loaded.profile.documents for name in document.template_names),
        ]
    )
    shipped = ((name, read_shipped(name)) for name in names)
    texts = [text for name, data in shipped if data is not None for text in extract_texts(name, data)]
    words = [list_profile_words(whole.loaded.profile), *catalogue(DOCUMENT_LANGUAGE).texts.values()]
    printed = [text.text for text in texts if not text.is_markup]
    return "\n".join([*words, *printed]), "\n".join(text.text for text in texts if text.is_markup)


def _report_findings(whole: PreparedRecord, subject: RedactedSubject) -> Iterator[Diagnostic]:
    record, rules = whole.subject.record, subject.rules
    for at, enterprise in enumerate(record.enterprises):
        if enterprise.key in subject.aliases and enterprise.uscc and not rules.closes(("enterprises", at, "uscc")):
            where = whole.validation.locate(("enterprises", at, "uscc"), False)
            yield warning("A233", where, name=enterprise.name or enterprise.key)
    skipped = dict.fromkeys(_format_path(secret.place) for secret in subject.masker.skipped)
    if skipped:
        yield info("A232", count=_count_values(subject.masker.skipped), labels="、".join(skipped))
    closed = subject.fields or any(rules.closed_texts) or subject.subject.facts != whole.subject.facts
    closed = closed or any(rules.closes_document(job.document, job.key) for job in whole.jobs)
    if not closed and not any(subject.rules.closes_evidence(evidence) for evidence in record.evidence):
        yield info("A231")


def _count_values(skipped: Sequence[Secret]) -> int:
    """How many values the secrets are: a figure has several notations, a place may hold several figures."""
    figures: dict[tuple[str | int, ...], int] = {}
    for secret in skipped:
        figures[secret.place] = figures.get(secret.place, 0) + secret.is_number
    return sum(count or 1 for count in figures.values())


def _format_path(place: tuple[str | int, ...]) -> str:
    """A place without the numbers of its items: ``enterprises[].staff``."""
    shown = ""
    for step in place:
        if isinstance(step, str):
            shown += f".{step}" if shown else step
        elif not shown.endswith("[]"):
            shown += "[]"
    return shown


def _choose_evidence(
    whole: PreparedRecord, subject: RedactedSubject, hidden: frozenset[str]
) -> Iterator[InspectedEvidence]:
    """The evidence that may be shown, without scans of documents in which something is masked."""
    redacted = {item.key: item for item in subject.subject.record.evidence}
    for piece in whole.evidence:
        evidence = piece.evidence
        if evidence.redacts is None and (subject.rules.closes_evidence(evidence) or evidence.document in hidden):
            continue
        shown = redacted[evidence.key]
        changes = {"title": shown.title or subject.masker.mask(piece.path.stem), "item": _find_item(whole, evidence)}
        dated = piece.dated if shown.date == evidence.date else None
        occasion = subject.masker.mask(piece.occasion)
        yield replace(piece, evidence=shown.model_copy(update=changes), dated=dated, occasion=occasion)


def _choose_photographs(whole: PreparedRecord, subject: RedactedSubject) -> dict[str, Photograph]:
    """The photographs that documents may show, with captions from the redacted record."""
    rules, record = subject.rules, subject.subject.record
    pieces = {item.key: item for item in record.evidence}
    occasions: dict[str, Activity | Training] = {item.key: item for item in record.activities}
    occasions |= {item.key: item for item in record.trainings}
    chosen: dict[str, Photograph] = {}
    for key, photograph in whole.photographs.items():
        if not rules.closes_evidence(photograph.evidence):
            occasion = occasions[photograph.occasion.key] if photograph.occasion is not None else None
            day = photograph.day if pieces[key].date == photograph.evidence.date else None
            chosen[key] = replace(photograph, evidence=pieces[key], occasion=occasion, day=day)
    return chosen


def _find_item(whole: PreparedRecord, evidence: Evidence) -> str | None:
    """The filing item of a piece of evidence; of a redacted copy that of its original."""
    if evidence.redacts is not None:
        target = next((item for item in whole.subject.record.evidence if item.key == evidence.redacts), None)
        if target is None:
            taken = whole.loaded.profile.find_filing_item(evidence.redacts.partition("/")[0])
            return taken.key if taken is not None else evidence.item
        evidence = target
    filing_item = find_evidence_item(whole.loaded.profile, evidence)
    return filing_item.key if filing_item is not None else None


def _redact_package(
    package: PreparedPackage,
    whole: PreparedRecord,
    subject: RedactedSubject,
    documents: Sequence[RenderedDocument],
    evidence: Sequence[InspectedEvidence],
) -> PreparedPackage:
    job = package.job
    own = {item.id for item in job.jobs} | {item.key for item in job.evidence}
    jobs = tuple(document.job for document in documents if document.job.id in own)
    pieces = tuple(
        piece.evidence for piece in evidence if piece.evidence.key in own or (piece.evidence.redacts or "") in own
    )
    item = job.item
    if item is not None:
        at = next(index for index, scope in enumerate(whole.subject.find(job.spec.per)) if scope.value is item)
        item = subject.subject.find(job.spec.per)[at].value
    filled = {item.filing.key for item in jobs if item.filing is not None} | {piece.item for piece in pieces}
    counts = count_filed(whole.loaded.profile, package.job.jobs, package.job.evidence)
    items = tuple(_redact_item(entry, filled, counts[entry.key], subject) for entry in package.items)
    return PreparedPackage(replace(job, item=item, jobs=jobs, evidence=pieces), items)


def _redact_item(entry: FilingItem, filled: set[str | None], count: int, subject: RedactedSubject) -> FilingItem:
    if entry.status == "present" and entry.key not in filled:
        reason = _text("redaction.withheld", count=count)
        return entry.model_copy(update={"status": "withheld", "reason": reason})
    return entry.model_copy(update={"reason": subject.masker.mask(entry.reason)})


def pack_redacted(
    redacted: RedactedRecord, files: FiledFiles, full: Sequence[WrittenPackage], context: BuildContext
) -> tuple[list[WrittenPackage], list[Diagnostic]]:
    """Write a redacted package beside each full one into the run's staging folder, and search it there.

    One with a leak is reported (A230) and not released. ``full`` are the packages as written, in the record's order.
    Raises as ``write_package`` does.
    """
    assert context.staging is not None
    written = WrittenPackages()
    diagnostics: list[Diagnostic] = []
    for package, whole, full_package in zip(redacted.prepared.packages, redacted.whole.packages, full, strict=True):
        edition = Edition(
            "redacted",
            _text("redaction.title"),
            redaction=_count_left_out(redacted, package, whole, full_package),
            confidentiality=_text("redaction.open"),
            rewrite=lambda planned: _rewrite(planned, redacted.subject),
        )
        writer = PackageWriter(redacted.prepared, package, context, edition)
        package_written = writer.write(files, written.find_base(package))
        leaks = list(_report_leaks(redacted, context.staging / package_written.path.name, package_written.path))
        if not leaks:
            written.add(package, package_written)
        diagnostics += leaks
    return written.list_all(), diagnostics


def _count_left_out(
    redacted: RedactedRecord, package: PreparedPackage, whole: PreparedPackage, full: WrittenPackage
) -> Redaction:
    kept = {evidence.key for evidence in package.job.evidence}
    pieces = [evidence for evidence in whole.job.evidence if evidence.key not in kept]
    gone = [job for job in whole.job.jobs if job.id in redacted.left_out]
    shown = [piece for piece in redacted.prepared.evidence if piece.evidence.key in kept]
    return Redaction(
        identity=full.identity,
        fields=redacted.subject.fields,
        masked=sum(job.id in redacted.changed for job in package.job.jobs),
        documents=len(gone),
        evidence=len(pieces),
        files=_count_files(full, {job.id for job in gone}, pieces),
        unsearched=sum(not can_search(piece.path) for piece in shown),
    )


def _count_files(full: WrittenPackage, documents: set[str], evidence: Sequence[Evidence]) -> int:
    """How many files of the full package belong to what was left out; a signed scan is filed with its document."""
    gone = documents | {f"evidence/{item.key}" for item in evidence}
    own = (file for document in full.index.documents if document.id in gone for file in document.renditions)
    return sum(file.role != "signed" for file in own) + sum(item.document is not None for item in evidence)


def _rewrite(planned: PlannedDocument, subject: RedactedSubject) -> PlannedDocument:
    """Mask the index entry of a document; keys of enterprises that have an alias become numbers."""
    document, mask = planned.document, subject.masker.mask
    changes: Mapping[str, object] = {
        "id": subject.rename_keys(document.id),
        "title": mask(document.title),
        "responsible": mask(document.responsible),
        "document_number": mask(document.document_number),
        "original_name": mask(subject.rename_keys(document.original_name)),
        "remark": mask(document.remark),
    }
    return replace(planned, document=FiledDocument.model_validate({**document.model_dump(), **changes}))


def _report_leaks(redacted: RedactedRecord, path: Path, target: Path) -> Iterator[Diagnostic]:
    model = type(redacted.whole.subject.record)
    for leak in find_leaks(path, redacted.subject.masker):
        place = Location("archive", file=str(target), member=leak.member)
        at = leak.secret.place
        label = name_field(Facts, at[1:]) if at[0] == "facts" else name_field(model, at)
        yield error("A230", place, member=leak.member, label=label, path=format_path(at))
