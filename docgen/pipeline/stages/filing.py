"""Prepare packages: the filing list of each with the status of its items, and what the record says doesn't apply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from docgen.archive.plan.filing import Note, file_items
from docgen.archive.plan.model import Absence, FilingItem
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, error, warning
from docgen.profile.faults import Locate
from docgen.profile.horizon import Horizon
from docgen.profile.model import Profile
from docgen.profile.packages import PackageJob, find_evidence_item, plan_packages
from docgen.profile.paths import Place
from docgen.profile.plan import PROJECT, DocumentJob, find_excused
from docgen.profile.subject import Subject
from docgen.profile.validate import Validation
from docgen.record.record import Record


@dataclass(frozen=True, slots=True)
class PreparedPackage:
    """A package to make, and its filing list with the status of each item; ``absent`` are documents it can't hold."""

    job: PackageJob
    items: tuple[FilingItem, ...]
    absent: tuple[Absence, ...] = ()


def prepare_packages(
    subject: Subject,
    jobs: tuple[DocumentJob, ...],
    validation: Validation,
    doubted: Collection[tuple[str, Place]] = (),
    horizon: Horizon | None = None,
) -> tuple[tuple[PreparedPackage, ...], list[Diagnostic]]:
    """Prepare the packages of a record; with them a diagnostic for each filing item that nothing fills, each once.

    What failed validation isn't missing: it was reported as faulty. ``doubted`` are the items that a record calls not
    applicable although a rule speaks against it, with the place of that; what comes after the ``horizon`` isn't asked
    for.
    """
    later: frozenset[str] = horizon.later if horizon is not None else frozenset()
    prepared: list[PreparedPackage] = []
    missing_items: dict[str, Diagnostic] = {}
    filled = {job.id for job in jobs}
    excused = [
        entry
        for entry in find_excused(subject)
        if entry.job.id not in filled and (horizon is None or horizon.holds(entry.job.filing))
    ]
    for job in plan_packages(subject, jobs, excused):
        items, missing = file_items(subject, job, doubted, later)
        prepared.append(PreparedPackage(job, items))
        missing_items.update({f"{item.params['item']}/{item.params['label']}": item for item in missing})
    return tuple(prepared), [
        item for item in missing_items.values() if not _is_explained(item, subject.profile, validation)
    ]


def _is_explained(diagnostic: Diagnostic, profile: Profile, validation: Validation) -> bool:
    """Whether an item is missing only because what would fill it failed validation."""
    item = next(item for item in profile.filing.items if item.key == diagnostic.params["item"])
    documents = [document for document in profile.documents if document.id in item.takes]
    lists = {document.per.partition("[]")[0] for document in documents if document.per != PROJECT}
    # An item of the list that documents are made for may have failed as a whole, or the list itself.
    return any(validation.is_silenced(("forms", document.id)) for document in documents) or any(
        len(place) <= 2 and place[0] in lists for place in validation.failed
    )


def list_notes(record: Record, package: PreparedPackage) -> Iterator[Note]:
    """The notes that a package holds, without their files: one for each valid reason that the record gives.

    There is none for what follows from the record without a reason given, nor for a reason that the record contradicts.
    """
    reasons = {entry.item: entry.reason for entry in record.not_applicable}
    for item in package.items:
        if item.status in ("unstated", "later"):
            continue
        excused = package.job.list_excused(item.key)
        whole = item.status == "not_applicable" or any(entry.name == item.key for entry in excused)
        if item.key in reasons and whole:
            yield Note(item, item.key, item.label, reasons[item.key])
        named = {entry.name: entry for entry in excused if entry.name != item.key}
        for name, entry in named.items():
            yield Note(item, name, entry.title, entry.reason)


def check_not_applicable(subject: Subject, packages: Sequence[PreparedPackage], locate: Locate) -> Iterator[Diagnostic]:
    """Check what the record says doesn't apply against what every package holds all the same.

    R206 where the reason still excuses other documents; R208 where it excuses none and so contradicts the record.
    """
    spared = find_excused(subject)
    for index, entry in enumerate(subject.record.not_applicable):
        states = {item.status for package in packages for item in package.items if item.key == entry.item}
        jobs = [job for package in packages for job in package.job.jobs]
        filled = [job for job in jobs if entry.item in (job.id, job.document.id)]
        if states != {"present"} and not filled:
            continue
        excused = [item for item in spared if item.name == entry.item]
        where = locate(("not_applicable", index), False)
        if excused:
            titles = format_first_few(item.job.full_title for item in excused)
            yield warning("R206", where, item=entry.item, documents=titles)
        else:
            held_titles = [job.full_title for job in filled] or list(_list_held(subject.profile, packages, entry.item))
            yield error("R208", where, item=entry.item, reason=entry.reason, held=format_first_few(held_titles))


def _list_held(profile: Profile, packages: Sequence[PreparedPackage], item: str) -> Iterator[str]:
    """What is filed under an item: the titles of its documents and of its evidence."""
    for package in packages:
        yield from (job.full_title for job in package.job.jobs if job.filing is not None and job.filing.key == item)
        for piece in package.job.evidence:
            spec = find_evidence_item(profile, piece)
            if spec is not None and spec.key == item:
                yield piece.title or piece.file
