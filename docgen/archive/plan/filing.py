"""Filing: which item of the filing list each document and each piece of evidence belongs to, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from docgen.archive.plan.model import UNPAGED, Absence, FiledDocument, FilingItem, Material, PageCount, Role
from docgen.archive.plan.plan import PlannedDocument, PlannedRendition, count_pages
from docgen.archive.zip.names import MemberNames
from docgen.diagnostics import Diagnostic
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.belonging import ItemScope
from docgen.profile.levels import report_gap_at_level
from docgen.profile.model import Profile
from docgen.profile.packages import PackageJob, count_filed, find_evidence_item
from docgen.profile.paths import Place
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject
from docgen.record.occasions import PAPERS
from docgen.record.parts import Evidence, EvidenceKind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class FoundRendition:
    """A file that people made for a document, filed byte for byte; ``stamp`` is its state when it was inspected."""

    role: Role
    path: Path
    media_type: str
    pages: PageCount = UNPAGED
    stamp: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """A document and its files: those that docgen rendered, by suffix (``.docx``, ``.xlsx``, ``.pdf``), and others.

    ``handmade`` are the files that people made for it, except scans of signed copies. A document without rendered files
    is handwritten. ``printed`` is the PDF that docgen converted from ``handmade`` where those hold no PDF.
    """

    job: DocumentJob
    files: tuple[tuple[str, bytes], ...]
    handmade: tuple[FoundRendition, ...] = ()
    printed: bytes | None = None

    @property
    def is_handwritten(self) -> bool:
        """Whether docgen rendered no file of the document from the record."""
        return not self.files


@dataclass(frozen=True, slots=True)
class InspectedEvidence:
    """A piece of evidence and what the inspection of its file found.

    ``dated`` is its day, from the record or from the file; ``occasion`` is the title of the activity or training that
    it shows. A scan of a signed document is filed with the document if that is filed, too; ``signed_digest`` is the
    digest of the document that was signed. ``stamp`` is the file's state when it was inspected. ``pdf`` holds the PDF
    of a Word or Excel file.
    """

    evidence: Evidence
    path: Path
    media_type: str
    pages: PageCount
    dated: dt.date | None = None
    occasion: str = ""
    signed_digest: str | None = None
    stamp: tuple[int, int] | None = None
    pdf: bytes | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note, filed as a document, that gives the reason why an item or a document of it doesn't apply.

    ``name`` is the id that the record uses, ``label`` the title for people, ``reason`` the record's text; ``files`` are
    by suffix.
    """

    item: FilingItem
    name: str
    label: str
    reason: str
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class FiledFiles:
    """All files that packages are made of: documents, evidence, and notes by the name of what doesn't apply."""

    documents: tuple[RenderedDocument, ...] = ()
    notes: Mapping[str, Note] = field(default_factory=dict)
    evidence: tuple[InspectedEvidence, ...] = ()


def file_items(
    subject: Subject,
    package: PackageJob,
    doubted: Collection[tuple[str, Place]] = (),
    later: Collection[str] = (),
) -> tuple[tuple[FilingItem, ...], list[Diagnostic]]:
    """The filing list of a package with the status of each item; A151 for each required item without files.

    A ``doubted`` item can't be called not applicable: a value of the record shows that it applies, and a diagnostic
    reported it; it counts if the value belongs to this package. The project hasn't reached the ``later`` items yet.
    """
    filled = count_filed(subject.profile, package.jobs, package.evidence)
    reasons = {entry.item: entry.reason for entry in subject.record.not_applicable}
    scope = ItemScope(subject, package.spec.per, package.item)
    text = catalogue(DOCUMENT_LANGUAGE).text
    holder = getattr(package.item, "name", None) or getattr(package.item, "key", "")
    items: list[FilingItem] = []
    diagnostics: list[Diagnostic] = []
    for spec in package.filing:
        fields = {"key": spec.key, "label": spec.label, "clause": spec.clause or "", "level": spec.level}
        if spec.key in later:
            items.append(FilingItem(**fields, status="later"))
            continue
        excused = package.list_excused(spec.key)
        stated = [reasons[spec.key]] if spec.key in reasons and (excused or spec.key not in filled) else []
        stated += dict.fromkeys(f"{item.title}：{item.reason}" for item in excused if item.name != spec.key)
        reason = "；".join(stated)
        if spec.key in filled:
            reason = text("package.partly", reason=reason) if reason else ""
            items.append(FilingItem(**fields, status="present", reason=reason))
        elif any(key == spec.key and scope.holds_place(place) for key, place in doubted):
            reason = text(f"package.doubted{'_stated' if reason else ''}", reason=reason)
            items.append(FilingItem(**fields, status="unstated", reason=reason))
        elif reason:
            items.append(FilingItem(**fields, status="not_applicable", reason=reason))
        elif spec.otherwise is not None and not scope.holds(spec.when):
            reason = text("package.by_record", reason=spec.otherwise)
            items.append(FilingItem(**fields, status="not_applicable", reason=reason))
        else:
            items.append(FilingItem(**fields, status="missing"))
            if spec.level in ("应", "宜") and package.spec.kind == "main":
                label = f"{spec.label}（{holder}）" if holder else spec.label
                diagnostics.append(
                    report_gap_at_level(
                        spec.level, "A151", gap=spec.key, clause=spec.clause, item=spec.key, label=label
                    )
                )
    return tuple(items), diagnostics


def file_documents(
    items: Sequence[FilingItem], files: FiledFiles, profile: Profile, names: MemberNames, after: int = 0
) -> tuple[PlannedDocument, ...]:
    """The documents in the order of the filing list, numbered in sequence: for each item its documents, then evidence.

    ``after`` is the last number used in the package that this one supplements; 0 for a main package.
    """
    planned: list[PlannedDocument] = []
    filed = {document.job.id for document in files.documents}
    scans = {key: [piece for piece in files.evidence if piece.evidence.document == key] for key in filed}
    for item in items:
        planned += [_plan_note(note, names) for note in files.notes.values() if note.item.key == item.key]
        for document in files.documents:
            if document.job.filing is not None and document.job.filing.key == item.key:
                signed = scans[document.job.id]
                planned.append(_plan_document(document, signed, item, number=after + _count(planned) + 1, names=names))
        for piece in files.evidence:
            spec = find_evidence_item(profile, piece.evidence)
            if spec is not None and spec.key == item.key and piece.evidence.document not in filed:
                planned.append(_plan_evidence(piece, item, after + _count(planned) + 1, names))
    return tuple(planned)


def list_absences(items: Iterable[FilingItem]) -> Iterator[Absence]:
    """The items that the index lists as missing."""
    for item in items:
        if item.status in {"missing", "unstated"}:
            yield Absence(id=item.key, title=item.label, clause=item.clause, level=item.level, reason=item.reason)


def _count(planned: Sequence[PlannedDocument]) -> int:
    return sum(item.document.number > 0 for item in planned)


def _plan_note(note: Note, names: MemberNames) -> PlannedDocument:
    item = note.item
    title = catalogue(DOCUMENT_LANGUAGE).text("package.note")
    filed = FiledDocument(
        id=f"note/{note.name}",
        item=item.key,
        number=0,
        title=f"{title}（{note.label}）",
        kind="note",
        clause=item.clause,
        level=item.level,
        material="text",
        remark=note.reason,
    )

    def name(suffix: str) -> str:
        holder = note.label if note.name != item.key else ""
        parts = {"item": item.key, "label": item.label, "title": title, "holder": holder, "suffix": suffix}
        return names.make_member_name(number=0, **parts)

    return PlannedDocument(filed, tuple(_plan_made(name(suffix), data) for suffix, data in note.files))


def _plan_made(path: str, data: bytes) -> PlannedRendition:
    """A file that docgen made: an original, or its PDF, whose pages are counted."""
    if path.endswith(".pdf"):
        return PlannedRendition("pdf", path, PDF, data, count_pages(data))
    return PlannedRendition("original", path, XLSX if path.endswith(".xlsx") else DOCX, data)


def _plan_document(
    rendered: RenderedDocument,
    scans: Sequence[InspectedEvidence],
    item: FilingItem,
    *,
    number: int,
    names: MemberNames,
) -> PlannedDocument:
    job = rendered.job

    def name(suffix: str, mark: str = "") -> str:
        return names.make_member_name(
            item=item.key,
            label=item.label,
            number=number,
            title=job.document.title + mark,
            holder=job.item_name or "",
            suffix=suffix,
        )

    renditions = [_plan_made(name(suffix), data) for suffix, data in rendered.files]
    renditions += [
        PlannedRendition(
            file.role, name(file.path.suffix.lower()), file.media_type, file.path, file.pages, stamp=file.stamp
        )
        for file in rendered.handmade
    ]
    if rendered.printed is not None:
        renditions.append(_plan_made(name(".pdf"), rendered.printed))
    role = catalogue(DOCUMENT_LANGUAGE).text("archive.role.signed")
    renditions += [
        PlannedRendition(
            "signed",
            name(scan.path.suffix.lower(), f"（{role}）"),
            scan.media_type,
            scan.path,
            scan.pages,
            scan.signed_digest,
            stamp=scan.stamp,
        )
        for scan in scans
    ]
    originals = [*(file.path for file in rendered.handmade), *(scan.path for scan in scans)]
    written = catalogue(DOCUMENT_LANGUAGE).text("package.handwritten") if rendered.is_handwritten else ""
    remarks = "；".join(filter(None, (scan.evidence.remark for scan in scans)))
    enclosed = catalogue(DOCUMENT_LANGUAGE).text("evidence.enclosed", role=role) if scans else ""
    filed = FiledDocument(
        id=job.id,
        item=item.key,
        number=number,
        title=job.full_title,
        responsible=job.responsible or "",
        document_number=job.number or next((scan.evidence.number for scan in scans if scan.evidence.number), ""),
        # a date written by hand stands on the signed paper alone
        date=job.dated or next((scan.evidence.date for scan in scans if scan.evidence.date is not None), None),
        clause=job.document.clause or "",
        level=job.document.level,
        material="text",
        origin="handwritten" if rendered.is_handwritten else "",
        original_name=next((path.name for path in originals), ""),
        remark="；".join(filter(None, (written, remarks or enclosed))),
    )
    return PlannedDocument(filed, tuple(renditions))


def _plan_evidence(piece: InspectedEvidence, item: FilingItem, number: int, names: MemberNames) -> PlannedDocument:
    evidence = piece.evidence
    title = evidence.title or piece.path.stem

    def name(suffix: str) -> str:
        return names.make_member_name(item=item.key, label=item.label, number=number, title=title, suffix=suffix)

    filed = FiledDocument(
        id=f"evidence/{evidence.key}",
        item=item.key,
        number=number,
        title=title,
        responsible=evidence.responsible or "",
        date=piece.dated,
        document_number=evidence.number or "",
        kind="evidence",
        clause=item.clause,
        material=find_material(evidence.kind, piece.media_type),
        original_name=piece.path.name,
        # the record's remark goes first; without one the remark names the occasion that the piece shows
        remark=evidence.remark or (piece.occasion if piece.occasion not in title else ""),
    )
    role: Role = "redacted" if evidence.redacts else "signed" if evidence.document else "original"
    path = name(piece.path.suffix.lower())
    file = PlannedRendition(role, path, piece.media_type, piece.path, piece.pages, stamp=piece.stamp)
    converted = (_plan_made(name(".pdf"), piece.pdf),) if piece.pdf is not None else ()
    return PlannedDocument(filed, (file, *converted))


def find_material(kind: EvidenceKind, media_type: str) -> Material:
    """How the remarks sheet counts a piece of evidence: a picture is a photograph unless it is a scanned paper."""
    if kind == "drawing":
        return "drawing"
    return "photograph" if media_type.startswith("image/") and kind not in PAPERS else "text"
