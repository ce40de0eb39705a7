"""Chooses the packages that a record makes, and the documents and evidence of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from docgen.profile.model import FilingItemSpec, PackageSpec, Profile
from docgen.profile.plan import PROJECT, DocumentJob, Excused
from docgen.profile.references import find_owner
from docgen.profile.subject import Subject
from docgen.record.parts import Evidence

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PackageJob:
    """A package to make. ``item`` is what it is made for (None: the project); ``filing`` the items it may hold.

    ``excused`` are documents that the package lacks, since they don't apply by the record.
    """

    spec: PackageSpec
    item: Any
    filing: tuple[FilingItemSpec, ...]
    jobs: tuple[DocumentJob, ...]
    evidence: tuple[Evidence, ...]
    excused: tuple[Excused, ...] = ()

    @property
    def title(self) -> str:
        """The text after the project's name: the item's name, and the profile's title of the package."""
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
    """The number of documents and pieces of evidence for each filing item; empty items are left out."""
    items = [find_evidence_item(profile, piece) for piece in evidence] + [job.filing for job in jobs]
    return Counter(item.key for item in items if item is not None)


def plan_packages(
    subject: Subject, jobs: Sequence[DocumentJob], excused: Sequence[Excused] = ()
) -> tuple[PackageJob, ...]:
    """The packages in the profile's order; an empty supplement is left out."""
    planned = [job for spec in subject.profile.packages for job in _plan_each(subject, spec, jobs, excused)]
    return tuple(job for job in planned if job.spec.kind == "main" or job.jobs or job.evidence)


def _plan_each(
    subject: Subject, spec: PackageSpec, jobs: Sequence[DocumentJob], excused: Sequence[Excused]
) -> Iterator[PackageJob]:
    """The package of the project, or one for each item of the list that the profile names."""
    filing = tuple(entry for entry in subject.profile.filing.items if not spec.items or entry.key in spec.items)
    keys = {entry.key for entry in filing}
    others = {name for other in subject.profile.packages if other is not spec for name in other.documents}

    def takes(document_id: str) -> bool:
        return document_id in spec.documents if spec.documents else document_id not in others

    def is_filed(job: DocumentJob) -> bool:
        return takes(job.document.id) and job.filing is not None and job.filing.key in keys

    filed = [job for job in jobs if is_filed(job)]
    excused_here = [entry for entry in excused if is_filed(entry.job)]
    pieces = [
        piece
        for piece in subject.record.evidence
        if takes((piece.document or "").partition("/")[0])
        and piece.redacts is None
        and (target := find_evidence_item(subject.profile, piece)) is not None
        and target.key in keys
    ]
    if spec.per == PROJECT:
        yield PackageJob(spec, None, filing, tuple(filed), tuple(pieces), tuple(excused_here))
        return
    owners = {job.id: _find_item_key(subject, job, spec.per) for job in filed}
    own_jobs = _group((owners[job.id], job) for job in filed)
    own_excused = _group((_find_item_key(subject, entry.job, spec.per), entry) for entry in excused_here)
    own_pieces = _group(
        (owner, piece)
        for piece in pieces
        for owner in dict.fromkeys((*piece.enterprises, owners.get(piece.document or "")))
    )
    for item in subject.find(spec.per):
        key = item.value.key
        own, own_evidence = tuple(own_jobs.get(key, ())), tuple(own_pieces.get(key, ()))
        # a document that applies to no item is excused in each package
        item_excused = (*own_excused.get(key, ()), *own_excused.get(None, ()))
        yield PackageJob(spec, item.value, filing, own, own_evidence, item_excused)


def _group(owned: Iterable[tuple[str | None, _T]]) -> dict[str | None, list[_T]]:
    """The values of each key, in order."""
    groups: dict[str | None, list[_T]] = {}
    for owner, value in owned:
        groups.setdefault(owner, []).append(value)
    return groups


def _find_item_key(subject: Subject, job: DocumentJob, per: str) -> str | None:
    """The key of the only item of a list that a document is made for, or that its entry is about."""
    if job.document.per == per:
        return job.key
    if not job.document.per.startswith("forms.") or job.item is None:
        return None
    return find_owner(subject.record, job.item, per)
