"""The packages that a record makes: the filing list of each, and what the record says doesn't apply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from docgen.archive.plan.filing import Note, file_items
from docgen.archive.plan.model import Absence, FilingItem
from docgen.diagnostics import Diagnostic, Term, warning
from docgen.profile.faults import Locate
from docgen.profile.packages import PackageJob, plan_packages
from docgen.profile.plan import DocumentJob, find_excused
from docgen.profile.subject import Subject
from docgen.record.record import Record

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PreparedPackage:
    """A package to make, and its filing list with the status of each item; ``absent`` are documents that nobody has."""

    job: PackageJob
    items: tuple[FilingItem, ...]
    absent: tuple[Absence, ...] = ()


def prepare_packages(
    subject: Subject, jobs: tuple[DocumentJob, ...], doubted: Collection[str] = ()
) -> tuple[tuple[PreparedPackage, ...], list[Diagnostic]]:
    """The packages that the record makes, and the filing items that nobody fills, each once.

    ``doubted`` are the items of which nobody may say that they don't apply.
    """
    prepared: list[PreparedPackage] = []
    found: dict[str, Diagnostic] = {}
    filled = {job.id for job in jobs}
    excused = [entry for entry in find_excused(subject) if entry.job.id not in filled]
    for job in plan_packages(subject, jobs, excused):
        items, missing = file_items(subject, job, doubted)
        prepared.append(PreparedPackage(job, items))
        found.update({f"{item.params['item']}/{item.params['label']}": item for item in missing})
    return tuple(prepared), list(found.values())


def list_notes(record: Record, package: PreparedPackage) -> Iterator[Note]:
    """The notes that a package holds, without their files: one for each reason that the record gives and that stands.

    What follows from the record without a reason of somebody, and what the record contradicts, has none.
    """
    reasons = {entry.item: entry.reason for entry in record.not_applicable}
    for item in package.items:
        if item.status == "unstated":
            continue
        excused = package.job.list_excused(item.key)
        whole = item.status == "not_applicable" or any(entry.name == item.key for entry in excused)
        if item.key in reasons and whole:
            yield Note(item, item.key, item.label, reasons[item.key])
        named = {entry.name: entry for entry in excused if entry.name != item.key}
        for name, entry in named.items():
            yield Note(item, name, entry.title, entry.reason)


def check_not_applicable(subject: Subject, packages: Sequence[PreparedPackage], locate: Locate) -> Iterator[Diagnostic]:
    """R206 for each thing that is said not to apply and of which the record holds something in every package."""
    for index, entry in enumerate(subject.record.not_applicable):
        states = {item.status for package in packages for item in package.items if item.key == entry.item}
        jobs = [job for package in packages for job in package.job.jobs]
        filled = [job for job in jobs if entry.item in (job.id, job.document.id)]
        if states != {"present"} and not filled:
            continue
        excused = [item for package in packages for item in package.job.excused if item.name == entry.item]
        named = "、".join(item.job.full_title for item in excused[:_SHOWN]) + ("…" if len(excused) > _SHOWN else "")
        left: Term | str = Term("record.excused", {"documents": named}) if excused else ""
        yield warning("R206", locate(("not_applicable", index), False), item=entry.item, left=left)
