"""Verifies a received package, a zip or a folder: its container, its names, and the bag in it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from docgen.archive.verify.bag import ReceivedBag
from docgen.archive.verify.bag_reader import read_bag
from docgen.archive.verify.bag_steps import check_bag, list_manifests
from docgen.archive.verify.files import list_below, list_zipped, scan_folder
from docgen.archive.verify.remade import Remake
from docgen.archive.verify.repeats import choose_compared_files
from docgen.archive.verify.report import NameReading, Step, StepResult, Verdict, VerifyReport, judge
from docgen.archive.verify.root import MAX_LITTER, BagPlace, BagRoot, find_roots, is_litter
from docgen.archive.zip.container import check_container, check_names
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.hashing import HashThread, open_hash_thread
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits, ReadingCost
from docgen.archive.zip.manifest import TAG_MANIFEST
from docgen.archive.zip.names import escape_name
from docgen.archive.zip.read import MemberError, ReceivedZip, exceeds_total, open_zip, read_member
from docgen.diagnostics import Diagnostic, Location, Severity, Term, error, info, warning
from docgen.errors import ArchiveError

_SHOWN_TOPS = 5


@dataclass(frozen=True, slots=True)
class _VerifyContext:
    """What verifying a package needs: the limits, the thread that hashes, and what makes its papers again."""

    limits: Limits
    thread: HashThread
    remake: Remake | None


def verify_package(path: Path, limits: Limits = DEFAULT_LIMITS, remake: Remake | None = None) -> VerifyReport:
    """Verify a package, a zip or a folder; whatever it holds, the findings are in the report and nothing is raised.

    What would take more than ``limits`` is refused. ``remake`` makes the papers of an index again; without it they
    aren't compared with the index, and their step isn't run.

    Only a path that can't be read at all (no such file, no permission) raises ArchiveError (V101).
    """
    with _refuse_unreadable(path) as place:
        if path.is_dir():
            with open_hash_thread() as thread:
                return _verify_folder(path, place, _VerifyContext(limits, thread, remake))
    return verify_zip(path, limits, remake)


def verify_zip(path: Path, limits: Limits = DEFAULT_LIMITS, remake: Remake | None = None) -> VerifyReport:
    """Verify a package that is to be a zip; a folder can't be read (V101)."""
    with _refuse_unreadable(path) as place, path.open("rb") as file, open_hash_thread() as thread:
        return _verify_zip(path, place, file, _VerifyContext(limits, thread, remake))


@contextmanager
def _refuse_unreadable(path: Path) -> Iterator[Location]:
    """The place of a package; an OSError while it is read becomes an ArchiveError (V101)."""
    place = Location("archive", file=str(path))
    try:
        yield place
    except OSError as problem:
        raise ArchiveError(error("V101", place, path=str(path), reason=problem.strerror or str(problem))) from problem


def _verify_folder(path: Path, place: Location, context: _VerifyContext) -> VerifyReport:
    scanned = scan_folder(path, context.limits, place)
    sizes = [file.size for file in scanned.files.values()]
    work = ReadingCost(context.limits, sum(sizes))
    report = VerifyReport(path, path.resolve().name, None, len(sizes), sum(sizes), (), None, work)
    roots = find_roots(scanned.files)
    if len(roots) != 1 or not scanned.is_whole or roots[0].beside:
        kinds, names = judge(Step.CONTAINER, scanned.kinds), judge(Step.NAMES, scanned.names, complete=False)
        return replace(report, steps=_fill_steps([kinds, names, judge(Step.STRUCTURE, _report_no_bag(roots, place))]))
    root = roots[0]
    top, prefix, name_faults = report.name, "", [*scanned.names]
    if root.path:
        top, prefix = f"{top}/{root.path}", f"{root.path}/"
        name_faults += [_report_deep(root, place), *_report_litter(root.litter, place)]
    folders = {name.removeprefix(prefix) for name in scanned.folders if name.startswith(prefix)}
    files = list_below(scanned.files, root.path)
    work.entries = len(files)
    bag = read_bag(files, BagPlace(top, place, frozenset(folders)), work, context.thread)
    container = judge(Step.CONTAINER, [*scanned.kinds, *bag.damaged])
    return _complete_report(report, bag, [container, judge(Step.NAMES, name_faults)], context.remake)


def _verify_zip(path: Path, place: Location, file: BinaryIO, context: _VerifyContext) -> VerifyReport:
    try:
        received = open_zip(file, context.limits)
    except DirectoryError as problem:
        reason = Term(f"archive.zip.{problem.key}")
        refused = judge(Step.CONTAINER, [error("V102", place, path=str(path), reason=reason)])
        work = ReadingCost(context.limits, file.seek(0, os.SEEK_END))
        return VerifyReport(path, "", None, 0, 0, _fill_steps([refused]), None, work)
    names = list(check_names(received, place))
    roots = find_roots(member.name for member in received.members)
    sizes = [member.raw.size for member in received.members if not member.raw.is_folder]
    name_reading = _make_name_reading(received)
    report = VerifyReport(path, "", None, len(sizes), sum(sizes), (), None, received.work, name_reading)
    if len(roots) != 1:
        return replace(report, steps=_refuse_zip(received, place, roots, names))
    root, is_too_large = roots[0], exceeds_total(received)
    damaged, pretended = ([], []) if is_too_large else _read_litter(received, root, place)
    names = [*_check_top(root, [*root.beside, *pretended], place), *names]
    if is_too_large or any(item.code == "V120" for item in names):
        steps = _fill_steps([judge(Step.CONTAINER, check_container(received, place)), judge(Step.NAMES, names)])
        return replace(report, name=escape_name(root.path), steps=steps)
    bag = read_bag(list_zipped(received, root.path), BagPlace(root.path, place), received.work, context.thread)
    container = judge(Step.CONTAINER, chain(check_container(received, place), damaged, bag.damaged))
    return _complete_report(report, bag, [container, judge(Step.NAMES, names)], context.remake)


def _refuse_zip(
    received: ReceivedZip, place: Location, roots: Collection[BagRoot], names: Iterable[Diagnostic]
) -> tuple[StepResult, ...]:
    """The steps of a zip that isn't a single bag: V103 or V180, beside the errors for which no zip may be opened."""
    container = [item for item in check_container(received, place) if item.severity is Severity.ERROR]
    wrong_names = [item for item in names if item.severity is Severity.ERROR]
    results = [judge(Step.CONTAINER, container), judge(Step.NAMES, wrong_names, complete=False)]
    return _fill_steps([*results, judge(Step.STRUCTURE, _report_no_bag(roots, place))])


def _report_no_bag(roots: Collection[BagRoot], place: Location) -> Iterator[Diagnostic]:
    """V103 for several bags, V180 for none."""
    if roots:
        yield error("V103", place, found="、".join(escape_name(root.path) or "/" for root in list(roots)[:_SHOWN_TOPS]))
    else:
        yield error("V180", place, path=escape_name(Path(place.file or "").name))


def _check_top(root: BagRoot, beside: Collection[str], place: Location) -> Iterator[Diagnostic]:
    """V103: the bag's folder isn't alone at the top; V175: it lies one folder deeper; V176: litter lies beside it."""
    if not root.path or beside:
        tops = sorted({name.partition("/")[0] for name in beside} | {root.path.partition("/")[0]} - {""})
        yield error("V103", place, found="、".join(escape_name(top) for top in tops[:_SHOWN_TOPS]) or "—")
    if root.is_deep:
        yield _report_deep(root, place)
    yield from _report_litter([name for name in root.litter if name not in beside], place)


def _report_litter(litter: Sequence[str], place: Location) -> Iterator[Diagnostic]:
    if litter:
        shown = escape_name(litter[0])
        yield warning("V176", replace(place, member=shown), count=len(litter), member=shown)


def _report_deep(root: BagRoot, place: Location) -> Diagnostic:
    return info("V175", replace(place, member=escape_name(root.path)), folder=escape_name(root.path))


def _read_litter(received: ReceivedZip, root: BagRoot, place: Location) -> tuple[list[Diagnostic], list[str]]:
    """V114 for litter beside the bag that can't be read, and the names of what is no litter by its content."""
    damaged: list[Diagnostic] = []
    pretended: list[str] = []
    names = set(root.litter)
    for member in received.members:
        if member.name not in names or member.raw.is_folder:
            continue
        try:
            data = read_member(received.file, member.raw, MAX_LITTER)
        except MemberError as problem:
            shown, reason = escape_name(member.name), Term(f"archive.member.{problem.key}")
            damaged.append(error("V114", replace(place, member=shown), member=shown, reason=reason))
            continue
        received.work.inflated += len(data)
        if not is_litter(member.name, data, len(data)):
            pretended.append(member.name)
    return damaged, pretended


def _complete_report(
    report: VerifyReport, bag: ReceivedBag, results: Sequence[StepResult], remake: Remake | None
) -> VerifyReport:
    """The report with what the bag holds, and the results of its steps after those of its container and names."""
    tag_manifest, payload = bag.facts.get(TAG_MANIFEST), bag.payload
    return replace(
        report,
        name=escape_name(bag.at.name),
        identity=tag_manifest.sha256 if tag_manifest else None,
        steps=_fill_steps([*results, *check_bag(bag, remake)]),
        index=bag.index,
        is_proven=bool(list_manifests(bag.manifests, tags=False)),
        record=bag.record,
        compared_files=choose_compared_files(payload, bag.index),
        payload=(len(payload), sum(fact.size for fact in payload.values())),
    )


def _make_name_reading(received: ReceivedZip) -> NameReading | None:
    guess = received.guess
    if guess is None:
        return None
    members = (received.members[place] for place in guess.names)
    raw = {escape_name(member.name): member.raw.raw_name for member in members}
    return NameReading(guess.encoding, guess.confidence, raw)


def _fill_steps(results: Iterable[StepResult]) -> tuple[StepResult, ...]:
    """Every step in its order; 未检测 where none of these is its result."""
    by_step = {result.step: result for result in results}
    return tuple(by_step.get(step, StepResult(step, Verdict.NOT_RUN)) for step in Step)
