"""Plan and write the packages of a record; the papers of each are made from its finished index."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic_core import to_json

import docgen
from docgen.archive.plan.filing import FiledFiles, Note, RenderedDocument, file_documents, list_absences
from docgen.archive.plan.model import (
    VOLUME,
    Conversion,
    PackageIndex,
    PackageKind,
    ProfileUsed,
    ProjectIdentity,
    Redaction,
    StandardUsed,
    Supplemented,
    Unsigned,
    Until,
)
from docgen.archive.plan.numbering import DocumentNumbering, resolve_document
from docgen.archive.plan.plan import BoundVolume, PackagePlan, PlannedDocument
from docgen.archive.plan.rules import list_rules_in_force
from docgen.archive.zip.names import MemberNames, clean_component, make_top_name
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, info
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.archive_fields import describe_archive, find_answerable, find_numbering, list_settings
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.filing import PreparedPackage, list_notes
from docgen.pipeline.stages.index_columns import choose_columns
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.pipeline.stages.signatures import is_signed
from docgen.profile.belonging import ItemScope
from docgen.profile.horizon import Horizon
from docgen.profile.model import Standard
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.record.archive_settings import ArchiveSettings
from docgen.render.store import TemplateStore

if TYPE_CHECKING:
    from docgen.archive.writing.package import WrittenPackage


@dataclass(frozen=True, slots=True)
class Edition:
    """How a redacted package, or a supplement made later, differs from the profile's own package.

    ``suffix`` is added to name and title; ``rewrite`` changes each planned document. The documents of a redacted one
    get no 档号: they are copies, and a number identifies one piece.
    """

    kind: PackageKind
    suffix: str
    redaction: Redaction | None = None
    confidentiality: str | None = None
    rewrite: Callable[[PlannedDocument], PlannedDocument] = lambda planned: planned


def name_package(
    prepared: PreparedRecord, package: PreparedPackage | None = None, edition: Edition | None = None
) -> str:
    """A package's name and top folder: ``<档号 or project number>_<题名>``; without a package the project's."""
    project = prepared.subject.record.project
    numbering = find_numbering(prepared)
    typed = project.archive.dossier_number if project.archive is not None else None
    dossier = str(numbering.dossier) if numbering is not None else typed or ""
    added = package.job.title if package is not None else ""
    number = project.number or prepared.loaded.profile.id
    until = ""
    if prepared.horizon is not None:
        step = prepared.horizon.step
        until = clean_component(catalogue(DOCUMENT_LANGUAGE).text("until.name", item=step.key, label=step.label))
    # the label stands before the name because a long name is cut
    title = "_".join(filter(None, (prepared.label, project.name, added)))
    suffix = "_".join(filter(None, (until, edition.suffix if edition is not None else "")))
    return make_top_name(dossier, number, title, suffix)


def name_folder(prepared: PreparedRecord, context: BuildContext) -> Path:
    """The folder of a record's documents beside its packages."""
    assert context.out is not None
    return context.out / clean_component(name_package(prepared) + catalogue(DOCUMENT_LANGUAGE).text("output.documents"))


def collect_files(prepared: PreparedRecord, documents: Sequence[RenderedDocument], context: BuildContext) -> FiledFiles:
    """The files to write of a record: its documents; with a package its notes and evidence, too."""
    if not context.options.packing:
        return FiledFiles(tuple(documents))
    return FiledFiles(tuple(documents), _make_notes(prepared, context.store), prepared.evidence)


def _make_notes(prepared: PreparedRecord, store: TemplateStore) -> dict[str, Note]:
    """The notes for what the record says doesn't apply, by the name that the record gives it."""
    record = prepared.subject.record
    notes = {note.name: note for package in prepared.packages for note in list_notes(record, package)}
    if not notes:
        return notes
    from docgen.pipeline.stages.papers import NOT_APPLICABLE, describe_note

    for name, note in notes.items():
        context = describe_note(prepared, note, find_answerable(prepared, note.item.key))
        notes[name] = replace(note, files=((".docx", store.render(NOT_APPLICABLE, context).data),))
    return notes


def list_targets(prepared: PreparedRecord, context: BuildContext) -> list[Path]:
    """The paths of a record's packages; empty where nothing is packed."""
    packages = prepared.packages if context.options.packing and context.out is not None else ()
    return [context.place_package(name_package(prepared, package)) for package in packages]


def pack_record(prepared: PreparedRecord, files: FiledFiles, context: BuildContext) -> list[WrittenPackage]:
    """Write the packages of a record.

    件号 runs through all of them, so that no 档号 stands twice; the documents of a stage package get none, since the
    full package numbers them. OutputError or ArchiveError when that can't be done.
    """
    written = WrittenPackages()
    numbering = find_numbering(prepared) if prepared.horizon is None else None
    for package in prepared.packages:
        writer = PackageWriter(prepared, package, context, numbering=numbering)
        done = writer.write(files, written.find_base(package))
        written.add(package, done)
        if numbering is not None:
            numbering = numbering.skip(done.index.counts.documents)
    return written.list_all()


def report_unclaimed(prepared: PreparedRecord, written: Sequence[WrittenPackage]) -> Iterator[Diagnostic]:
    """A273 for each volume that doesn't claim PDF/A: the documents in it that don't."""
    for package in written:
        volume = package.index.volume
        if volume is not None and not volume.pdfa:
            titles = {item.id: item.title for item in package.index.documents}
            titles_unclaimed = [titles.get(name, name) for name in volume.unclaimed]
            where = prepared.validation.locate(("evidence",), False)
            yield info(
                "A273", where, name=VOLUME, count=len(titles_unclaimed), documents=format_first_few(titles_unclaimed)
            )


def report_unsigned(prepared: PreparedRecord, written: Sequence[WrittenPackage]) -> Iterator[Diagnostic]:
    """C260, once: the packed documents that a clause asks to be signed and of which no signed copy is packed."""
    papers = {paper.id: paper for package in written for paper in package.index.unsigned}
    if papers:
        clauses = dict.fromkeys(clause for paper in papers.values() for clause in paper.clause.split("，"))
        where = prepared.validation.locate(("evidence",), False)
        params = {
            "clauses": "、".join(clauses),
            "documents": format_first_few(paper.title for paper in papers.values()),
        }
        yield info("C260", where, count=len(papers), **params)


class WrittenPackages:
    """The packages that a run has written: the base of a supplement, and the number at which its own go on."""

    def __init__(self) -> None:
        self._written: dict[str, WrittenPackage] = {}
        self._last: dict[str, int] = {}

    def add(self, package: PreparedPackage, written: WrittenPackage) -> None:
        """Add a package that was written."""
        self._written[f"{package.job.spec.key}/{_item_key(package)}"] = written
        added = written.index.supplements
        last = max((item.number for item in written.index.documents), default=0)
        self._last[added.identity if added is not None else written.identity] = last

    def find_base(self, package: PreparedPackage) -> Supplemented | None:
        """What a package supplements: the base for the same item, else the project's; None for a main package."""
        spec = package.job.spec
        base = self._written.get(f"{spec.of}/{_item_key(package)}") or self._written.get(f"{spec.of}/")
        if base is None:
            return None
        last = self._last.get(base.identity, 0)
        return Supplemented(name=base.index.package_name, identity=base.identity, last_number=last)

    def list_all(self) -> list[WrittenPackage]:
        """All packages, in the order in which they were written."""
        return list(self._written.values())


def _item_key(package: PreparedPackage) -> str:
    return getattr(package.job.item, "key", "")


class PackageWriter:
    """Plans and writes one package, and makes the papers at its top from the finished index."""

    def __init__(
        self,
        prepared: PreparedRecord,
        package: PreparedPackage,
        context: BuildContext,
        edition: Edition | None = None,
        *,
        numbering: DocumentNumbering | None = None,
    ) -> None:
        self._prepared = prepared
        self._package = package
        self._context = context
        self._store = context.store
        self._edition = edition or Edition(package.job.spec.kind, "")
        self._numbering = numbering
        self._rules = DisclosureRules(prepared.loaded.profile, prepared.subject.record)
        self._settings = prepared.subject.record.project.archive or ArchiveSettings()
        from docgen.pipeline.stages.papers import list_papers

        bound = context.options.bind
        self._papers = list_papers(self._settings.index_form, choose_columns(self._settings, bound=bound))
        self.name = name_package(prepared, package, edition)

    def write(self, files: FiledFiles, base: Supplemented | None) -> WrittenPackage:
        """Write the package to its place, or into the run's staging folder; ``base`` is what it supplements.

        Raises as ``write_package`` does.
        """
        plan = self._plan(files, base)
        if not self._context.options.bind:
            return self._write(plan)
        with tempfile.TemporaryDirectory(prefix="docgen-volume-", ignore_cleanup_errors=True) as folder:
            return self._write(self._plan_volume(plan, Path(folder)))

    def _write(self, plan: PackagePlan) -> WrittenPackage:
        from docgen.archive.writing.package import write_package

        context = self._context
        return write_package(
            plan,
            context.place_package(self.name),
            finish=self._finish,
            force=context.options.force,
            staging=context.staging,
            watch=context.watch,
        )

    def _plan_volume(self, plan: PackagePlan, folder: Path) -> PackagePlan:
        """The plan with the pages that its documents have in the volume, and what binds that."""
        from docgen.pipeline.stages.volume import VolumeMaker
        from docgen.render.volume.binding import PAGE_LINK

        maker = VolumeMaker(self._prepared, self._context, folder)
        documents = maker.plan(plan.documents)

        def bind(index: PackageIndex) -> BoundVolume:
            return maker.bind(index, self._render_papers(index, PAGE_LINK))

        return replace(plan, documents=documents, bind=bind)

    def _plan(self, files: FiledFiles, base: Supplemented | None) -> PackagePlan:
        prepared, after = self._prepared, base.last_number if base is not None else 0
        own, names = self._select(files), MemberNames(self.name)
        planned = file_documents(self._package.items, own, prepared.loaded.profile, names, after)
        planned = tuple(self._edition.rewrite(item) for item in self._describe_filed(planned))
        if self._numbering is not None:
            planned = self._numbering.number_documents(planned)
        from docgen.pipeline.stages.papers import PHOTO_SHEET, UNBOUND_SHEET

        sheets = (UNBOUND_SHEET, PHOTO_SHEET) if self._context.options.bind else ()
        for template in (*self._papers.values(), *sheets):
            self._store.compile(template)
        return PackagePlan(
            index=self._begin_index(planned, base),
            documents=planned,
            moment=dt.datetime.combine(prepared.dated, dt.time()),
            record=self._dump_record(),
            sm3=self._context.options.adding_sm3,
        )

    def _select(self, files: FiledFiles) -> FiledFiles:
        """Select those of the record's files that belong to the package."""
        package = self._package
        jobs = {job.id for job in package.job.jobs}
        evidence = {item.key for item in package.job.evidence}
        notes = [note.name for note in list_notes(self._prepared.subject.record, package) if note.name in files.notes]
        return FiledFiles(
            tuple(item for item in files.documents if item.job.id in jobs),
            {name: files.notes[name] for name in notes},
            tuple(item for item in files.evidence if item.evidence.key in evidence),
        )

    def _finish(self, index: PackageIndex) -> Mapping[str, bytes]:
        """The papers at the top of the package."""
        return self._render_papers(index)

    def _render_papers(self, index: PackageIndex, link: str = "") -> dict[str, bytes]:
        from docgen.pipeline.stages.papers import describe_package

        context = describe_package(self._settings, index, link)
        return {name: self._store.render(template, context).data for name, template in self._papers.items()}

    def _describe_filed(self, planned: tuple[PlannedDocument, ...]) -> tuple[PlannedDocument, ...]:
        """Add to each document what the archive settings give it: 文件编号 and 密级."""
        packages = self._prepared.packages
        jobs = list(dict.fromkeys(job.id for package in packages for job in package.job.jobs))
        numbers = {resolve_document(name, jobs): text for name, text in self._settings.document_numbers.items()}
        described = []
        for item in planned:
            number = numbers.get(item.document.id) or item.document.document_number
            update = {"document_number": number, "confidentiality": self._classify(item.document.id)}
            described.append(replace(item, document=item.document.model_copy(update=update)))
        return tuple(described)

    def _classify(self, document_id: str) -> str:
        """A document's confidentiality (密级): as a whole or in part, else the dossier's own."""
        if self._edition.confidentiality is not None:
            return self._edition.confidentiality
        extent = _find_class(self._prepared, self._package, self._rules, document_id)
        text = catalogue(DOCUMENT_LANGUAGE).text
        return text(f"redaction.{extent}") if extent else self._settings.confidentiality or ""

    def _begin_index(self, planned: tuple[PlannedDocument, ...], base: Supplemented | None) -> PackageIndex:
        prepared, package, edition = self._prepared, self._package, self._edition
        profile, project = prepared.loaded.profile, prepared.subject.record.project
        title = "_".join(filter(None, (project.name, package.job.title)))
        scope = ItemScope(prepared.subject, package.job.spec.per, package.job.item)
        dates = [item.document.date for item in planned if item.document.date is not None]
        archive = describe_archive(prepared, self._numbering, dates, bound=self._context.options.bind)
        if edition.confidentiality is not None:
            archive = archive.model_copy(update={"confidentiality": edition.confidentiality})
        until = _describe_step(prepared.horizon)
        text = catalogue(DOCUMENT_LANGUAGE).text
        suffixes = [text("until.title", **until.model_dump()) if until is not None else "", edition.suffix]
        return PackageIndex(
            package_name=self.name,
            title=(title or self.name) + "".join(f"（{suffix}）" for suffix in suffixes if suffix),
            kind=edition.kind,
            project=ProjectIdentity(number=project.number or "", name=project.name or ""),
            archive=archive,
            profile=ProfileUsed(id=profile.id, version=profile.version, digest=prepared.loaded.digest),
            standard=_describe_standard(profile.standard),
            filing_basis=profile.filing.basis,
            rules=list_rules_in_force(),
            supplements=base,
            redaction=edition.redaction,
            until=until,
            draft=self._context.draft,
            generator=f"docgen {docgen.__version__}",
            created=prepared.dated,
            items=package.items,
            missing=(*list_absences(package.items), *package.absent),
            unsigned=tuple(self._list_unsigned(planned)),
            settings=tuple(list_settings(prepared, archive, scope.holds_place, bound=self._context.options.bind)),
            template_digests=dict(self._store.digests),
            conversion=self._describe_conversion(planned),
        )

    def _describe_conversion(self, planned: Sequence[PlannedDocument]) -> Conversion | None:
        """The program and fonts that made the package's PDFs; None where no PDF was made."""
        converter = self._context.converter
        made = (item for document in planned for item in document.renditions if isinstance(item.source, bytes))
        if converter is None or not any(item.role == "pdf" for item in made):
            return None
        return Conversion(converter=converter.identity.converter, fonts=converter.identity.fonts)

    def _list_unsigned(self, planned: Sequence[PlannedDocument]) -> Iterator[Unsigned]:
        """The documents that a clause asks to be signed and of which no signed copy is packed.

        A paper that somebody filed may be signed itself; a redacted package holds copies, which nobody signs.
        """
        if self._edition.redaction is not None:
            return
        evidence = self._prepared.subject.record.evidence
        for item in planned:
            filed = item.document
            spec = self._prepared.loaded.profile.find_document(filed.id.partition("/")[0])
            if spec is None or spec.signed is None or filed.kind != "document" or filed.origin:
                continue
            if not is_signed(spec, filed.id, evidence):
                yield Unsigned(id=filed.id, title=filed.title, clause=spec.signed.clause)

    def _dump_record(self) -> bytes | None:
        """The record as it was typed, with profile, templates and version, as JSON; None for a redacted package."""
        if not self._context.options.with_record or self._edition.redaction is not None:
            return None
        profile = self._prepared.loaded.profile
        content = {
            "profile": {"id": profile.id, "version": profile.version, "digest": self._prepared.loaded.digest},
            "generator": f"docgen {docgen.__version__}",
            "templates": dict(self._store.digests),
            "record": self._prepared.source.data,
        }
        return to_json(content, indent=2) + b"\n"  # as json.dumps writes it, in a twentieth of the time


def _describe_step(horizon: Horizon | None) -> Until | None:
    if horizon is None:
        return None
    return Until(item=horizon.step.key, label=horizon.step.label, clause=horizon.step.clause or "")


def _describe_standard(standard: Standard) -> StandardUsed:
    stage = ""
    if standard.status == "draft":
        stage = standard.stage or catalogue(DOCUMENT_LANGUAGE).text("archive.standard.draft")
    return StandardUsed(number=standard.number, title=standard.title, status=standard.status, stage=stage)


def _find_class(
    prepared: PreparedRecord, package: PreparedPackage, rules: DisclosureRules, document_id: str
) -> Literal["whole", "partly"] | None:
    """Whether a filed document is confidential as a whole or in part."""
    from docgen.profile.redaction.record import holds_confidential

    job = next((item for item in package.job.jobs if item.id == document_id), None)
    if job is not None:
        if rules.closes_document(job.document, job.key):
            return "whole"
        return "partly" if holds_confidential(prepared.subject, rules, job) else None
    key = document_id.removeprefix("evidence/")
    evidence = next((item for item in package.job.evidence if item.key == key), None)
    return "whole" if evidence is not None and rules.closes_evidence(evidence) else None
