"""Make a supplement: what a record holds now and the packages filed before don't; numbers continue from theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.archive.bag.digest import OFFICE_SUFFIXES, content_digest
from docgen.archive.plan.filing import FiledFiles, InspectedEvidence, RenderedDocument
from docgen.archive.plan.model import FilingItem, PackageIndex, Supplemented
from docgen.archive.plan.plan import PlannedDocument
from docgen.archive.verify.package import verify_zip
from docgen.archive.verify.report import VerifyReport
from docgen.archive.writing.package import WrittenPackage
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.errors import ArchiveError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.archive_fields import find_numbering
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.dossier import Edition, PackageWriter, name_package
from docgen.pipeline.stages.filing import PreparedPackage
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.profile.model import PackageSpec
from docgen.profile.packages import PackageJob, count_filed


@dataclass(frozen=True, slots=True)
class PreparedSupplement:
    """A supplement to be written: its contents, and the package (``base``) that it continues."""

    prepared: PreparedRecord
    package: PreparedPackage
    documents: tuple[RenderedDocument, ...]
    base: Supplemented
    edition: Edition
    diagnostics: tuple[Diagnostic, ...]

    @property
    def name(self) -> str:
        """The name of the supplement and of its top folder."""
        return name_package(self.prepared, self.package, self.edition)


def prepare_supplement(
    prepared: PreparedRecord, documents: Sequence[RenderedDocument], options: Options
) -> PreparedSupplement:
    """Select what the record adds to the packages ``options.supplement``: the full one, then earlier supplements.

    Raises ArchiveError A240 for one that isn't intact, A241 for one of another project, A242, A246 and A261 for one of
    the wrong kind, A243 when there is nothing to add.
    """
    paths = options.supplement
    reports = [verify_zip(path) for path in paths]
    faults = [fault for report in reports for fault in _check_package(report, prepared)]
    base = reports[0]
    faults += [fault for report in reports[1:] for fault in _check_earlier(report, base)]
    if base.index is not None and base.index.kind != "main":
        kind = Term(f"archive.kind.{base.index.kind}")
        faults.append(error("A242", _place(base.path), path=base.path.name, kind=kind))
    faults += [fault for report in reports if (fault := _check_stage(report)) is not None]
    if faults or base.index is None or base.identity is None:
        raise ArchiveError(*faults)
    filed = [document for report in reports if report.index for document in report.index.documents]
    digests = {value for item in filed for one in item.renditions for value in (one.sha256, one.content_digest)}
    numbers = {item.id: item.number for item in filed}
    fresh = tuple(item for item in documents if item.job.filing is not None and not _is_filed(item, digests))
    own = [piece for piece in prepared.evidence if piece.evidence.redacts is None]
    evidence = tuple(piece for piece in own if hash_file(piece.path) not in digests)
    if not fresh and not evidence:
        raise ArchiveError(error("A243", _place(base.path), path=base.path.name))
    last = max((item.number for item in filed), default=0)
    edition = Edition(
        "supplement",
        catalogue(DOCUMENT_LANGUAGE).text("supplement.title", number=len(paths)),
        rewrite=lambda planned: _mark_replaced(planned, numbers),
    )
    package = _plan_package(prepared, fresh, evidence)
    added = Supplemented(name=base.index.package_name, identity=base.identity, last_number=last)
    again = [item.job for item in fresh if item.job.id in numbers]
    diagnostics: list[Diagnostic] = []
    if again:
        titles = "、".join(dict.fromkeys(job.document.title for job in again))
        diagnostics.append(warning("A245", count=len(again), titles=titles))
    return PreparedSupplement(replace(prepared, evidence=evidence), package, fresh, added, edition, tuple(diagnostics))


def pack_supplement(supplement: PreparedSupplement, files: FiledFiles, context: BuildContext) -> WrittenPackage:
    """Write the supplement; OutputError or ArchiveError when that can't be done.

    件号 continues from the packages before it.
    """
    numbering = find_numbering(supplement.prepared)
    if numbering is not None:
        numbering = numbering.skip(supplement.base.last_number)
    writer = PackageWriter(supplement.prepared, supplement.package, context, supplement.edition, numbering=numbering)
    return writer.write(files, supplement.base)


def _place(path: Path) -> Location:
    return Location("archive", file=str(path))


def _check_package(report: VerifyReport, prepared: PreparedRecord) -> Iterator[Diagnostic]:
    path, index = report.path, report.index
    if not report.is_intact or index is None:
        yield error("A240", _place(path), path=path.name)
    elif not _is_same_project(index, prepared):
        number = prepared.subject.record.project.number or ""
        yield error("A241", _place(path), path=path.name, found=_format_project(index), number=number)


def _is_same_project(index: PackageIndex, prepared: PreparedRecord) -> bool:
    number = prepared.subject.record.project.number or ""
    return index.project.number == number and index.profile.id == prepared.loaded.profile.id


def _format_project(index: PackageIndex) -> str:
    return f"{index.project.number}（{index.profile.id}）"


def _check_earlier(report: VerifyReport, base: VerifyReport) -> Iterator[Diagnostic]:
    index = report.index
    if index is not None and (index.supplements is None or index.supplements.identity != base.identity):
        identity = index.supplements.identity[:12] if index.supplements is not None else "—"
        yield error("A246", _place(report.path), path=report.path.name, identity=identity)


def _check_stage(report: VerifyReport) -> Diagnostic | None:
    until = report.index.until if report.index is not None else None
    if until is None:
        return None
    return error("A261", _place(report.path), path=report.path.name, step=f"{until.item} {until.label}")


def _is_filed(document: RenderedDocument, digests: set[str | None]) -> bool:
    return all(_digest(suffix, data) in digests for suffix, data in document.files)


def _digest(suffix: str, data: bytes) -> str:
    return content_digest(data) if suffix.lower() in OFFICE_SUFFIXES else hashlib.sha256(data).hexdigest()


def _plan_package(
    prepared: PreparedRecord, documents: Sequence[RenderedDocument], evidence: Sequence[InspectedEvidence]
) -> PreparedPackage:
    profile = prepared.loaded.profile
    jobs, pieces = tuple(item.job for item in documents), tuple(piece.evidence for piece in evidence)
    filled = count_filed(profile, jobs, pieces)
    filing = tuple(item for item in profile.filing.items if item.key in filled)
    items = tuple(
        FilingItem(key=item.key, label=item.label, clause=item.clause or "", level=item.level, status="present")
        for item in filing
    )
    spec = PackageSpec(key="supplement", kind="supplement", of=profile.packages[0].key)
    return PreparedPackage(PackageJob(spec, None, filing, jobs, pieces), items)


def _mark_replaced(planned: PlannedDocument, numbers: dict[str, int]) -> PlannedDocument:
    """Add a remark to a document that was filed before: the number that it is the new version of."""
    document = planned.document
    number = numbers.get(document.id)
    if number is None:
        return planned
    remark_text = catalogue(DOCUMENT_LANGUAGE).text("supplement.replaces", number=number)
    remark = "；".join(filter(None, (document.remark, remark_text)))
    return replace(planned, document=document.model_copy(update={"remark": remark}))
