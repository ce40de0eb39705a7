"""Which packages a record makes, and which documents and evidence belong into each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docgen.profile.model import FilingItemSpec, PackageSpec, Profile
from docgen.profile.plan import PROJECT, DocumentJob, Excused
from docgen.profile.references import find_owner
from docgen.profile.subject import Subject
from docgen.record.parts import Evidence


@dataclass(frozen=True, slots=True)
class PackageJob:
    """One package to make. ``item`` is what it is made for (None: the project); ``filing`` the items it may hold.

    ``excused`` are the documents that it would hold, if the record didn't say that they don't apply.
    """

    spec: PackageSpec
    item: Any
    filing: tuple[FilingItemSpec, ...]
    jobs: tuple[DocumentJob, ...]
    evidence: tuple[Evidence, ...]
    excused: tuple[Excused, ...] = ()

    @property
    def title(self) -> str:
        """What is added to the project's name: whom it is for, and what the profile calls it."""
        name = getattr(self.item, "name", None) or getattr(self.item, "key", "")
        return "_".join(text for text in (name, self.spec.title) if text)

    def list_excused(self, item: str) -> list[Excused]:
        """The documents of a filing item that don't apply."""
        return [entry for entry in self.excused if entry.job.filing is not None and entry.job.filing.key == item]


def find_evidence_item(profile: Profile, evidence: Evidence) -> FilingItemSpec | None:
    """The filing item of a piece of evidence: that of the document it was signed on, its own, or one for its kind."""
    if evidence.document is not None:
        signed = profile.find_filing_item(evidence.document.partition("/")[0])
        if signed is not None:
            return signed
    if evidence.item is not None:
        return next((item for item in profile.filing.items if item.key == evidence.item), None)
    return next((item for item in profile.filing.items if evidence.kind in item.evidence), None)


def count_filed(profile: Profile, jobs: Iterable[DocumentJob], evidence: Iterable[Evidence]) -> Counter[str]:
    """How many documents and pieces of evidence belong to each filing item; items of which there is none are absent."""
    items = [find_evidence_item(profile, piece) for piece in evidence] + [job.filing for job in jobs]
    return Counter(item.key for item in items if item is not None)


def plan_packages(
    subject: Subject, jobs: Sequence[DocumentJob], excused: Sequence[Excused] = ()
) -> tuple[PackageJob, ...]:
    """The packages in the profile's order; a supplement with nothing in it isn't made."""
    planned = [
        _plan(subject, spec, item, jobs, excused) for spec in subject.profile.packages for item in _items(subject, spec)
    ]
    return tuple(job for job in planned if job.spec.kind == "main" or job.jobs or job.evidence)


def _items(subject: Subject, spec: PackageSpec) -> Iterator[Any]:
    if spec.per == PROJECT:
        yield None
        return
    yield from (found.value for found in subject.find(spec.per))


def _find_item_key(subject: Subject, job: DocumentJob, per: str) -> str | None:
    """The key of the one item of a list that a document is made for, or that the entry it is made for is about."""
    if job.document.per == per:
        return job.key
    if not job.document.per.startswith("forms.") or job.item is None:
        return None
    return find_owner(subject.record, job.item, per)


def _plan(
    subject: Subject, spec: PackageSpec, item: Any, jobs: Sequence[DocumentJob], excused: Sequence[Excused]
) -> PackageJob:
    filing = tuple(entry for entry in subject.profile.filing.items if not spec.items or entry.key in spec.items)
    keys = {entry.key for entry in filing}
    others = {name for other in subject.profile.packages if other is not spec for name in other.documents}

    def takes(document_id: str) -> bool:
        return document_id in spec.documents if spec.documents else document_id not in others

    def belongs(job: DocumentJob) -> bool:
        mine = item is None or _find_item_key(subject, job, spec.per) == item.key
        return mine and takes(job.document.id) and job.filing is not None and job.filing.key in keys

    def is_filed(evidence: Evidence) -> bool:
        target = find_evidence_item(subject.profile, evidence)
        document = evidence.document or ""
        signed = any(job.id == document for job in jobs if belongs(job))
        mine = item is None or item.key in evidence.enterprises or signed
        taken = takes(document.partition("/")[0]) and evidence.redacts is None
        return mine and taken and target is not None and target.key in keys

    return PackageJob(
        spec,
        item,
        filing,
        tuple(job for job in jobs if belongs(job)),
        tuple(evidence for evidence in subject.record.evidence if is_filed(evidence)),
        tuple(entry for entry in excused if belongs(entry.job)),
    )
