"""Judge a received package by its standard: run the maker's checks on the record in the package."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.report import Step, StepResult, judge
from docgen.archive.zip.names import escape_name
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Severity, Term, error, info
from docgen.pipeline.services.packed_record import PackedRecord
from docgen.pipeline.stages.filing import PreparedPackage
from docgen.pipeline.stages.prepare import PreparedRecord

_OF_FILES = frozenset({"R127", "R136", "R137", "R143"})
"""Codes for a text or picture whose file is missing: a package holds the document made of it instead."""
_OF_EVIDENCE = "E"
"""The first letter of codes about a file of evidence."""


def judge_by_standard(
    prepared: PreparedRecord | tuple[Diagnostic, ...], packed: PackedRecord, index: PackageIndex
) -> StepResult:
    """The findings of the checks in the record, then V223 and V227 where the package differs from the record's.

    What needs files that a package doesn't hold isn't judged, nor are handwritten documents (V225).
    """
    place = Location("archive", file=str(packed.package))
    if not isinstance(prepared, PreparedRecord):
        return judge(Step.STANDARD, prepared)
    written = {item.id for item in index.documents if item.origin}
    diagnostics = [item for item in prepared.diagnostics if _concerns_receiver(item, packed, has_written=bool(written))]
    if index.kind == "main":
        diagnostics += _compare_filing(prepared, index, place, has_written=bool(written))
    unjudged: list[Diagnostic] = []
    if written:
        titles = [escape_name(item.title) for item in index.documents if item.id in written]
        unjudged.append(_report_unjudged("written", len(titles), format_first_few(titles), place))
    recorded = {f"evidence/{piece.key}" for piece in prepared.subject.record.evidence}
    others = [item.title for item in index.documents if item.kind == "evidence" and item.id not in recorded]
    if others:
        unjudged.append(_report_unjudged("unrecorded", len(others), format_first_few(map(escape_name, others)), place))
    if packed.prose:
        places = [packed.source.locate(path).path or "" for path in packed.prose]
        unjudged.append(_report_unjudged("prose", len(places), format_first_few(places), place))
    return judge(Step.STANDARD, [*diagnostics, *unjudged], complete=not unjudged)


def _report_unjudged(reason: str, count: int, members: str, place: Location) -> Diagnostic:
    return info("V225", place, reason=Term(f"prove.left.{reason}"), count=count, members=members)


def _concerns_receiver(item: Diagnostic, packed: PackedRecord, *, has_written: bool) -> bool:
    """Whether a diagnostic concerns the receiver: no hints for the writer, nothing about files that aren't packed."""
    if item.severity is Severity.INFO or (has_written and item.gap is not None):
        return False
    if item.code in _OF_FILES and (packed.prose or item.code == "R143"):
        return False
    path = item.location.place or ()
    is_of_file = item.code.startswith(_OF_EVIDENCE) and path[:1] == ("evidence",) and len(path) > 1
    return not (is_of_file and path[1] in packed.absent)


def _compare_filing(
    prepared: PreparedRecord, index: PackageIndex, place: Location, *, has_written: bool
) -> Iterator[Diagnostic]:
    """V223 for what the record files and the package lacks, V227 for a filing item with another status."""
    package = _find_package(prepared, index)
    if package is None:
        return
    filed = {item.id for item in index.documents}
    for job in package.job.jobs:
        if job.filing is not None and job.id not in filed and not has_written:
            yield error("V223", place, title=escape_name(job.full_title))
    if not has_written:
        scanned = {piece.key for piece in package.job.evidence if piece.document is not None}
        for piece in package.job.evidence:
            if f"evidence/{piece.key}" not in filed and piece.key not in scanned and not _is_many(piece.file):
                yield error("V223", place, title=escape_name(piece.title or piece.file.rpartition("/")[2]))
        stated = {item.key: item.status for item in index.items}
        for item in package.items:
            stated_status = stated.get(item.key)
            if stated_status not in (None, item.status):
                states = {
                    "found": Term(f"archive.status.{stated_status}"),
                    "expected": Term(f"archive.status.{item.status}"),
                }
                yield error("V227", place, clause=item.clause or None, item=f"{item.key} {item.label}", **states)


def _is_many(name: str) -> bool:
    return name.endswith("/") or "*" in name or "?" in name


def _find_package(prepared: PreparedRecord, index: PackageIndex) -> PreparedPackage | None:
    """The package of the record that has most documents in common with the index."""
    filed = {item.id for item in index.documents}

    def count(package: PreparedPackage) -> int:
        own = {job.id for job in package.job.jobs} | {f"evidence/{piece.key}" for piece in package.job.evidence}
        return len(own & filed)

    return max(prepared.packages, key=count, default=None)
