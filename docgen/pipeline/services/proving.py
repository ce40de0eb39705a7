"""Prove a package by more than its own texts: by its record, and the profile and templates that it names by digest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.members import Members, open_members
from docgen.archive.verify.report import Step, StepResult, Verdict, VerifyReport, skip_step
from docgen.archive.zip.limits import Limits
from docgen.diagnostics import Location, Term
from docgen.errors import DocgenError, ProfileError
from docgen.pipeline.services.packed_record import PackedRecord, unpack_record
from docgen.pipeline.services.rebuilding import rebuild_documents
from docgen.pipeline.services.standard import judge_by_standard
from docgen.pipeline.stages.outcome import Options, Proving
from docgen.pipeline.stages.prepare import prepare_record
from docgen.profile.load import find_profile
from docgen.resources import Resources

_SOUND = (Step.CONTAINER, Step.NAMES)


def prove_package(report: VerifyReport, proving: Proving, limits: Limits) -> VerifyReport:
    """Add the steps that are asked for to a report; one that can't be done is 未检测, with the reason (V224)."""
    done = {result.step: result for result in _prove(report, proving, limits)}
    return replace(report, steps=tuple(done.get(result.step, result) for result in report.steps))


def _prove(report: VerifyReport, proving: Proving, limits: Limits) -> Iterator[StepResult]:
    place = Location("archive", file=str(report.path))
    index, record = report.index, report.record
    reason = _find_reason(report)
    if reason is None and index is not None and record is not None:
        try:
            with open_members(report.path, limits) as members, tempfile.TemporaryDirectory() as folder:
                if members is not None:
                    packed = unpack_record(record, index, report.path, members, Path(folder))
                    yield from _prove_record(packed, index, members, proving)
                    return
        except OSError as fault:
            reason = Term("prove.unreadable", {"reason": fault.strerror or str(fault)})
        except ProfileError:
            reason = Term("prove.profile_faulty", {"id": index.profile.id})
        except DocgenError as fault:
            codes = "、".join(dict.fromkeys(item.code for item in fault.diagnostics))
            reason = Term("prove.record_unread", {"codes": codes or "—"})
    for step in proving.steps:
        yield skip_step(step, place, reason or Term("prove.unsafe"))


def _find_reason(report: VerifyReport) -> Term | None:
    """The reason why a package can't be proven at all; None when it can be tried."""
    verdicts = {result.step: result.verdict for result in report.steps}
    if any(verdicts[step] is not Verdict.PASSED for step in _SOUND):
        return Term("prove.unsafe")
    if report.index is None:
        return Term("prove.no_index")
    if report.record is None:
        return Term("prove.redacted" if report.index.redaction is not None else "prove.no_record")
    return None


def _prove_record(
    packed: PackedRecord, index: PackageIndex, members: Members, proving: Proving
) -> Iterator[StepResult]:
    place = Location("archive", file=str(packed.package))
    differing = _compare_profile(index, proving.resources)
    if differing is not None:
        yield from (skip_step(step, place, differing) for step in proving.steps)
        return
    options = Options(
        resources=proving.resources,
        profile_id=index.profile.id,
        draft=index.draft,
        until=index.until.item if index.until is not None else "",
    )
    prepared = prepare_record(packed.source, options, printing=proving.rebuild)
    if proving.rebuild:
        yield rebuild_documents(prepared, packed, index, members, options)
    if proving.standard:
        yield judge_by_standard(prepared, packed, index)


def _compare_profile(index: PackageIndex, resources: Resources) -> Term | None:
    """The reason why the local profile isn't the one that made the package; None when it is."""
    used = {"id": index.profile.id, "version": index.profile.version}
    if resources.find_profile(index.profile.id) is None:
        return Term("prove.no_profile", used)
    if not index.profile.digest:
        return Term("prove.no_digest", used)
    loaded = find_profile(resources, index.profile.id)
    if loaded.digest != index.profile.digest:
        return Term("prove.other_profile", {**used, "here": loaded.profile.version})
    return None
