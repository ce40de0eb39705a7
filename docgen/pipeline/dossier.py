"""The package around the documents: its index, cover and remarks sheet, and what is told of how it was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

import docgen
from docgen.archive.filing import RenderedDocument, file_documents, list_absences
from docgen.archive.index import PAGE_TEMPLATE, list_origins
from docgen.archive.model import (
    ArchiveFields,
    FilingItem,
    PackageIndex,
    PackageKind,
    PackagePlan,
    PlannedDocument,
    ProfileUsed,
    ProjectIdentity,
    Redaction,
    SettingUsed,
    StandardUsed,
    Supplemented,
)
from docgen.archive.names import MemberNames, make_top_name
from docgen.archive.progress import WatchPacking
from docgen.archive.write import WrittenPackage, write_package
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.outcome import Options
from docgen.pipeline.prepare import PreparedPackage, PreparedRecord
from docgen.profile.disclosure import DisclosureRules
from docgen.profile.plan import find_responsible
from docgen.profile.redaction import holds_confidential
from docgen.render.package_views import (
    AbsentItemView,
    PackageItemView,
    PackageRowView,
    PackageView,
    ProjectNameView,
    StandardNameView,
    StandardNumberView,
    TitleView,
)
from docgen.render.store import TemplateStore
from docgen.render.values import Missing

COVER, INDEX, REMARKS = "01_案卷封面.docx", "02_卷内目录.xlsx", "03_备考表.docx"
_TEMPLATES = {
    COVER: "docx/package-cover.docx",
    INDEX: "xlsx/package-index.xlsx",
    REMARKS: "docx/remarks-sheet.docx",
}
_NOT_APPLICABLE = "docx/not-applicable.docx"
PAPER_TEMPLATES = (*_TEMPLATES.values(), _NOT_APPLICABLE, PAGE_TEMPLATE)
"""The templates of a package's own papers."""


@dataclass(frozen=True, slots=True)
class Edition:
    """How a package differs from the profile's own: a redacted one, or a supplement that is made later.

    ``suffix`` is added to name and title; ``rewrite`` changes each document's line.
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
    dossier = project.archive.dossier_number if project.archive is not None else None
    added = package.job.title if package is not None else ""
    number = project.number or prepared.loaded.profile.id
    # who it is for stands before the name, which is cut where it is long
    title = "_".join(filter(None, (prepared.label, project.name, added)))
    return make_top_name(dossier or "", number, title, edition.suffix if edition is not None else "")


def pack_record(
    prepared: PreparedRecord,
    documents: Sequence[RenderedDocument],
    store: TemplateStore,
    folder: Path,
    *,
    options: Options,
    draft: bool,
    staging: Path | None = None,
    watch: WatchPacking | None = None,
) -> list[WrittenPackage]:
    """Write the packages of a record into a folder, or into ``staging`` beside their places there.

    OutputError or ArchiveError when that can't be done.
    """
    written = WrittenPackages()
    for package in prepared.packages:
        job = PackageWriter(prepared, package, store, draft)
        plan = job.plan(documents, options, written.find_base(package))
        target = folder / f"{job.name}.zip"
        done = write_package(
            plan,
            target,
            finish=job.finish,
            force=options.force,
            staging=staging,
            watch=watch,
            durable=options.durable,
        )
        written.add(package, done)
    return written.list_all()


class WrittenPackages:
    """The packages that a run has written: what a supplement adds to, and where its numbers go on."""

    def __init__(self) -> None:
        self._written: dict[str, WrittenPackage] = {}
        self._last: dict[str, int] = {}

    def add(self, package: PreparedPackage, written: WrittenPackage) -> None:
        """Take one that was written."""
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
        """All of them, in the order in which they were written."""
        return list(self._written.values())


def _item_key(package: PreparedPackage) -> str:
    return getattr(package.job.item, "key", "")


class PackageWriter:
    """Plans one package, and makes the papers at its top from the finished index."""

    def __init__(
        self,
        prepared: PreparedRecord,
        package: PreparedPackage,
        store: TemplateStore,
        draft: bool,
        edition: Edition | None = None,
    ) -> None:
        self._prepared = prepared
        self._package = package
        self._store = store
        self._draft = draft
        self._edition = edition or Edition(package.job.spec.kind, "")
        self._rules = DisclosureRules(prepared.loaded.profile, prepared.subject.record)
        self.name = name_package(prepared, package, edition)

    def plan(self, documents: Sequence[RenderedDocument], options: Options, base: Supplemented | None) -> PackagePlan:
        """Everything that the package is written from; ``base`` is what it supplements."""
        prepared, package = self._prepared, self._package
        own_jobs = {job.id for job in package.job.jobs}
        own_evidence = {evidence.key for evidence in package.job.evidence}
        own = [item for item in documents if item.job.id in own_jobs]
        evidence = [item for item in prepared.evidence if item.evidence.key in own_evidence]
        notes = [
            (item, self._store.render(_NOT_APPLICABLE, _describe_note(prepared, item)).data)
            for item in package.items
            if item.status == "not_applicable"
        ]
        planned = file_documents(
            package.items,
            own,
            evidence=evidence,
            notes=notes,
            profile=prepared.loaded.profile,
            names=MemberNames(self.name),
            after=base.last_number if base is not None else 0,
        )
        planned = tuple(self._edition.rewrite(self._classify(item)) for item in planned)
        for template in _TEMPLATES.values():
            self._store.compile(template)
        dates = [item.document.date for item in planned if item.document.date is not None]
        index = self._begin_index(dates, base)
        return PackagePlan(
            index=index,
            documents=planned,
            moment=dt.datetime.combine(prepared.dated, dt.time()),
            record=_dump_record(prepared, self._store) if options.with_record else None,
        )

    def _classify(self, planned: PlannedDocument) -> PlannedDocument:
        """A document with its class (密级): confidential as a whole or in part, else the dossier's own."""
        text, document = catalogue(DOCUMENT_LANGUAGE).text, planned.document
        said = self._edition.confidentiality
        if said is None:
            said = _find_class(self._prepared, self._package, self._rules, document.id)
            said = text(f"redaction.{said}") if said else _read_class(self._prepared)
        return replace(planned, document=document.model_copy(update={"confidentiality": said}))

    def finish(self, index: PackageIndex) -> Mapping[str, bytes]:
        """The papers at the top of the package."""
        context = describe_package(self._prepared, index)
        return {name: self._store.render(template, context).data for name, template in _TEMPLATES.items()}

    def _begin_index(self, dates: Sequence[dt.date], base: Supplemented | None) -> PackageIndex:
        prepared, package = self._prepared, self._package
        profile, project = prepared.loaded.profile, prepared.subject.record.project
        archive = project.archive
        title, edition = "_".join(filter(None, (project.name, package.job.title))), self._edition
        return PackageIndex(
            package_name=self.name,
            title=(title or self.name) + (f"（{edition.suffix}）" if edition.suffix else ""),
            kind=edition.kind,
            project=ProjectIdentity(number=project.number or "", name=project.name or ""),
            archive=ArchiveFields(
                fonds=(archive.fonds if archive else None) or "",
                archive_number=(archive.dossier_number if archive else None) or "",
                retention=(archive.retention if archive else None) or "",
                confidentiality=_read_class(prepared) if edition.confidentiality is None else edition.confidentiality,
                year=(archive.year if archive else None) or "",
                agency=_find_agency(prepared),
                date_from=min(dates, default=None),
                date_to=max(dates, default=None),
            ),
            profile=ProfileUsed(id=profile.id, version=profile.version),
            standard=StandardUsed(
                number=profile.standard.number, title=profile.standard.title, status=profile.standard.status
            ),
            filing_basis=profile.filing.basis,
            supplements=base,
            redaction=edition.redaction,
            draft=self._draft,
            generator=f"docgen {docgen.__version__}",
            created=prepared.dated,
            items=package.items,
            missing=(*list_absences(package.items), *package.absent),
            settings=tuple(_list_settings(prepared)),
            template_digests=dict(self._store.digests),
        )


def _read_class(prepared: PreparedRecord) -> str:
    archive = prepared.subject.record.project.archive
    return (archive.confidentiality if archive is not None else None) or ""


def _find_class(
    prepared: PreparedRecord, package: PreparedPackage, rules: DisclosureRules, document_id: str
) -> Literal["whole", "partly"] | None:
    """Whether a filed document is confidential as a whole or in part."""
    job = next((item for item in package.job.jobs if item.id == document_id), None)
    if job is not None:
        if rules.closes_document(job.document, job.key):
            return "whole"
        return "partly" if holds_confidential(prepared.subject, rules, job) else None
    key = document_id.removeprefix("evidence/")
    evidence = next((item for item in package.job.evidence if item.key == key), None)
    return "whole" if evidence is not None and rules.closes_evidence(evidence) else None


def _find_agency(prepared: PreparedRecord) -> str:
    """Who makes up the file: whom the profile names, else the certification body or the agency of the project."""
    parties = prepared.subject.record.parties
    for role in (
        prepared.loaded.profile.compiler,
        "certification_body",
        "agency",
        "commissioning_party",
        "market_regulator",
    ):
        for party in parties:
            if party.role == role and party.name:
                return party.name
    return ""


def _find_answerable(prepared: PreparedRecord, item: FilingItem) -> str:
    """Who would have issued the documents of an item, else who makes up the file."""
    spec = next(entry for entry in prepared.loaded.profile.filing.items if entry.key == item.key)
    documents = (prepared.loaded.profile.find_document(name) for name in spec.takes)
    names = (find_responsible(prepared.subject, document, None) for document in documents if document is not None)
    return next((name for name in names if name), _find_agency(prepared))


def _list_settings(prepared: PreparedRecord) -> list[SettingUsed]:
    chosen = prepared.subject.record.scoring
    rules = prepared.loaded.profile.scoring
    values: dict[str, str] = {}
    if rules is not None:
        active = rules.choose(chosen)
        values["scoring.rule"] = active.rule
        values["scoring.bands"] = "；".join(f"{band.from_}→{band.grade}" for band in active.bands)
        values["scoring.maximum"] = str(active.maximum)
    return [
        SettingUsed(id=item.id, clause=item.clause, setting=item.key, value=values.get(item.key, ""), text=item.text)
        for item in prepared.loaded.profile.settings
    ]


def _dump_record(prepared: PreparedRecord, store: TemplateStore) -> bytes:
    profile = prepared.loaded.profile
    made = {
        "profile": {"id": profile.id, "version": profile.version},
        "generator": f"docgen {docgen.__version__}",
        "templates": dict(store.digests),
        "record": prepared.source.data,
    }
    return to_json(made, indent=2) + b"\n"  # as json.dumps writes it, in a twentieth of the time


def _blank(value: Any) -> Any:
    """The value, or a place left free on the paper."""
    return value if value not in (None, "") else Missing("package", "", "blank")


def describe_package(prepared: PreparedRecord, index: PackageIndex) -> dict[str, Any]:
    """What the templates of cover, index and remarks sheet see."""
    archive = prepared.subject.record.project.archive
    counts, texts = index.counts, catalogue(DOCUMENT_LANGUAGE)
    statement = [
        texts.text(
            "package.counted",
            documents=counts.documents,
            texts=counts.documents - counts.photos,
            photos=counts.photos,
        )
    ]
    statement.append(
        texts.text("package.pages", pages=counts.pages)
        if not counts.unpaged
        else texts.text("package.pages_partly", pages=counts.pages, unpaged=counts.unpaged)
    )
    absent = [item for item in index.items if item.status != "present"]
    statement += [
        texts.text(f"package.{item.status}", item=item.key, label=item.label, reason=item.reason) for item in absent
    ]
    statement += list_origins(index)
    statement += [texts.text("package.draft")] if index.draft else []
    return {
        "package": PackageView(
            name=index.package_name,
            title=index.title,
            dossier_number=_blank(index.archive.archive_number),
            project_number=_blank(index.project.number),
            agency=_blank(index.archive.agency),
            date_from=_blank(index.archive.date_from),
            date_to=_blank(index.archive.date_to),
            retention=_blank(index.archive.retention),
            confidentiality=_blank(index.archive.confidentiality),
            fonds=_blank(index.archive.fonds),
            year=_blank(index.archive.year),
            cross_reference=_blank(archive.cross_reference if archive else None),
            page_total=_blank(counts.pages if not counts.unpaged else None),
            documents_count=counts.documents,
            photo_count=counts.photos,
            text_count=counts.documents - counts.photos,
            compiled_by=_blank(archive.compiled_by if archive else None),
            compiled_on=_blank(archive.compiled_on if archive else None),
            checked_by=_blank(archive.checked_by if archive else None),
            checked_on=_blank(archive.checked_on if archive else None),
            items=tuple(
                PackageItemView(item.key, item.label, item.clause, item.level, item.status, item.reason)
                for item in index.items
            ),
            statement=tuple(statement),
            rows=tuple(_describe_row(index, at) for at in range(len(index.documents))),
        ),
        "standard": StandardNameView(index.standard.number, index.standard.title),
        "document": TitleView(index.title),
        "project": ProjectNameView(_blank(index.project.number), _blank(index.project.name)),
    }


def _describe_row(index: PackageIndex, at: int) -> PackageRowView:
    filed = index.documents[at]
    before = index.supplements.last_number if index.supplements is not None else 0
    return PackageRowView(
        number=before + at + 1,
        document_number=_blank(filed.document_number),
        responsible=_blank(filed.responsible),
        title=filed.title,
        date=_blank(filed.date),
        pages=_blank(filed.pages.value),
        remark=_blank(filed.remark),
        path=filed.renditions[0].path if filed.renditions else "",
    )


def _describe_note(prepared: PreparedRecord, item: FilingItem) -> dict[str, Any]:
    project = prepared.subject.record.project
    return {
        "item": AbsentItemView(item.key, item.label, item.clause, item.reason),
        "project": ProjectNameView(_blank(project.number), _blank(project.name)),
        "standard": StandardNumberView(prepared.loaded.profile.standard.number),
        "responsible": _blank(_find_answerable(prepared, item)),
        "dated": prepared.dated,
        "document": TitleView(item.label),
    }
