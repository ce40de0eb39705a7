"""Verifying a received package, a zip or a folder: the steps in their order, silent about what another reported."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from docgen.archive.bag.index import parse_index, peek_schema_version
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, PackageIndex
from docgen.archive.verify.agreement import check_filing, compare_bag_info, compare_index
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag
from docgen.archive.verify.bag_reader import read_bag
from docgen.archive.verify.files import list_zipped, scan_folder
from docgen.archive.verify.fixity import Difference, Listing, MemberFact, compare_listing, report_differences
from docgen.archive.verify.number_check import check_numbers
from docgen.archive.verify.remade import Remake, can_compare, check_others, check_page, check_papers
from docgen.archive.verify.repeats import choose_used, report_repeats
from docgen.archive.verify.report import NameReading, Step, StepResult, Verdict, VerifyReport, judge
from docgen.archive.verify.root import BagPlace, BagRoot, find_roots, is_litter
from docgen.archive.verify.structure import check_oxum, check_structure, read_fetch, report_foreign
from docgen.archive.zip.container import check_container, check_names
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.hashing import HashThread, open_hash_thread
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits, ReadingCost
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    FETCH_NAME,
    TAG_MANIFEST,
    leads_out,
    parse_bag_info,
    read_manifest_name,
)
from docgen.archive.zip.names import escape_name
from docgen.archive.zip.read import MemberError, ReceivedZip, exceeds_total, open_zip, read_member
from docgen.diagnostics import Diagnostic, Location, Severity, Term, error, info, warning
from docgen.errors import ArchiveError

_OF_THE_INDEX = (Step.INDEX, Step.FILING, Step.PAGE, Step.PAPERS)
_SHOWN_TOPS = 5
_MOST_LITTER = 16 << 20


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a package is read: within which limits, who hashes, and who makes its papers again."""

    limits: Limits
    thread: HashThread
    remake: Remake | None


def verify_package(path: Path, limits: Limits = DEFAULT_LIMITS, remake: Remake | None = None) -> VerifyReport:
    """Verify a package, a zip or a folder; whatever it holds, the findings are in the report and nothing is raised.

    What would take more than ``limits`` is refused. ``remake`` makes the papers of an index again; without it they
    aren't compared with the index, and their step isn't run.

    Only a path that can't be read at all (no such file, no permission) raises ArchiveError (V101).
    """
    place = Location("archive", file=str(path))
    try:
        if path.is_dir():
            with open_hash_thread() as thread:
                return _verify_folder(path, place, _Reading(limits, thread, remake))
    except OSError as problem:
        raise ArchiveError(error("V101", place, path=str(path), reason=problem.strerror or str(problem))) from problem
    return verify_zip(path, limits, remake)


def verify_zip(path: Path, limits: Limits = DEFAULT_LIMITS, remake: Remake | None = None) -> VerifyReport:
    """Verify a package that is to be a zip; a folder can't be read (V101)."""
    place = Location("archive", file=str(path))
    try:
        with path.open("rb") as file, open_hash_thread() as thread:
            return _verify_zip(path, place, file, _Reading(limits, thread, remake))
    except OSError as problem:
        raise ArchiveError(error("V101", place, path=str(path), reason=problem.strerror or str(problem))) from problem


def _verify_folder(path: Path, place: Location, reading: _Reading) -> VerifyReport:
    scanned = scan_folder(path, reading.limits, place)
    files = scanned.files
    kinds, names = judge(Step.CONTAINER, scanned.kinds), judge(Step.NAMES, scanned.names)
    sizes = [file.size for file in files.values()]
    roots = find_roots(files)
    if len(roots) != 1 or not scanned.is_whole or roots[0].beside:
        names = judge(Step.NAMES, scanned.names, complete=False)
        steps = _fill_steps([kinds, names, judge(Step.STRUCTURE, _report_no_bag(roots, place))])
        work = ReadingCost(reading.limits, sum(sizes))
        return VerifyReport(path, path.resolve().name, None, len(sizes), sum(sizes), steps, None, work)
    root, top = roots[0], path.resolve().name
    prefix = f"{root.path}/" if root.path else ""
    if root.path:
        top = f"{top}/{root.path}"
        files = {name.removeprefix(prefix): file for name, file in files.items() if name.startswith(prefix)}
        names = judge(Step.NAMES, [*scanned.names, _report_deep(root, place), *_report_litter(root.litter, place)])
    folders = {name.removeprefix(prefix) for name in scanned.folders if name.startswith(prefix)}
    work = ReadingCost(reading.limits, sum(sizes))
    work.entries = len(files)
    bag = read_bag(files, BagPlace(top, place, frozenset(folders)), work, reading.thread)
    container = judge(Step.CONTAINER, [*scanned.kinds, *bag.damaged])
    report = VerifyReport(path, "", None, len(sizes), sum(sizes), (), None, work)
    return _conclude(report, bag, [container, names], reading.remake)


def _verify_zip(path: Path, place: Location, file: BinaryIO, reading: _Reading) -> VerifyReport:
    try:
        received = open_zip(file, reading.limits)
    except DirectoryError as problem:
        reason = Term(f"archive.zip.{problem.key}")
        refused = judge(Step.CONTAINER, [error("V102", place, path=str(path), reason=reason)])
        work = ReadingCost(reading.limits, file.seek(0, os.SEEK_END))
        return VerifyReport(path, "", None, 0, 0, _fill_steps([refused]), None, work)
    names = list(check_names(received, place))
    roots = find_roots(member.name for member in received.members)
    sizes = [member.raw.size for member in received.members if not member.raw.is_folder]
    report = VerifyReport(path, "", None, len(sizes), sum(sizes), (), None, received.work, _describe_names(received))
    if len(roots) != 1:
        return replace(report, steps=_refuse_zip(received, place, roots, names))
    root = roots[0]
    damaged, beside = ([], []) if exceeds_total(received) else _read_litter(received, root, place)
    names = [*_check_top(root, [*root.beside, *beside], place), *names]
    if exceeds_total(received) or any(found.code == "V120" for found in names):
        steps = _fill_steps([judge(Step.CONTAINER, check_container(received, place)), judge(Step.NAMES, names)])
        return replace(report, name=escape_name(root.path), steps=steps)
    bag = read_bag(list_zipped(received, root.path), BagPlace(root.path, place), received.work, reading.thread)
    container = judge(Step.CONTAINER, chain(check_container(received, place), damaged, bag.damaged))
    return _conclude(report, bag, [container, judge(Step.NAMES, names)], reading.remake)


def _refuse_zip(
    received: ReceivedZip, place: Location, roots: Collection[BagRoot], names: Iterable[Diagnostic]
) -> tuple[StepResult, ...]:
    """A zip that isn't one bag: told in one line, beside what makes it a zip that mustn't be opened at all."""
    container = [found for found in check_container(received, place) if found.severity is Severity.ERROR]
    wrong = [found for found in names if found.severity is Severity.ERROR]
    results = [judge(Step.CONTAINER, container), judge(Step.NAMES, wrong, complete=False)]
    return _fill_steps([*results, judge(Step.STRUCTURE, _report_no_bag(roots, place))])


def _report_no_bag(roots: Collection[BagRoot], place: Location) -> Iterator[Diagnostic]:
    if roots:
        yield error("V103", place, found="、".join(escape_name(root.path) or "/" for root in list(roots)[:_SHOWN_TOPS]))
    else:
        yield error("V180", place, path=escape_name(Path(place.file or "").name))


def _check_top(root: BagRoot, beside: Collection[str], place: Location) -> Iterator[Diagnostic]:
    """V103, V175, V176: the bag's folder is the only one on top; what systems leave behind is told apart."""
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
    """What of the litter beside the bag can't be read, and what is none by its content."""
    damaged: list[Diagnostic] = []
    beside: list[str] = []
    names = set(root.litter)
    for member in received.members:
        if member.name not in names or member.raw.is_folder:
            continue
        shown = escape_name(member.name)
        try:
            data = read_member(received.file, member.raw, _MOST_LITTER)
        except MemberError as problem:
            reason = Term(f"archive.member.{problem.key}")
            damaged.append(error("V114", replace(place, member=shown), member=shown, reason=reason))
            continue
        received.work.inflated += len(data)
        if not is_litter(member.name, data, len(data)):
            beside.append(member.name)
    return damaged, beside


def _conclude(report: VerifyReport, bag: ReceivedBag, before: list[StepResult], remake: Remake | None) -> VerifyReport:
    steps = _fill_steps([*before, *_check_bag(bag, remake)])
    tags = bag.facts.get(TAG_MANIFEST)
    identity = tags.sha256 if tags else None
    is_proven = bool(_list_manifests(bag.manifests, tags=False))
    name = escape_name(bag.at.name)
    payload = bag.payload
    known = replace(report, name=name, identity=identity, index=bag.index, record=bag.record)
    known = replace(known, used=choose_used(payload, bag.index), payload=_measure(payload.values()))
    return replace(known, steps=steps, is_proven=is_proven)


def _measure(facts: Collection[MemberFact]) -> tuple[int, int]:
    return len(facts), sum(fact.size for fact in facts)


def _describe_names(received: ReceivedZip) -> NameReading | None:
    guess = received.guess
    if guess is None:
        return None
    members = (received.members[place] for place in guess.names)
    raw = {escape_name(member.name): member.raw.raw_name for member in members}
    return NameReading(guess.encoding, guess.confidence, raw)


def _fill_steps(results: list[StepResult]) -> tuple[StepResult, ...]:
    ran = {result.step: result for result in results}
    return tuple(ran.get(step, StepResult(step, Verdict.NOT_RUN)) for step in Step)


def _check_bag(bag: ReceivedBag, remake: Remake | None) -> Iterator[StepResult]:
    payload = _compare(bag, tags=False)
    tags = _compare(bag, tags=True)
    different = {path for item in (*payload, *tags) for path in (item.path, item.other)}
    structure = [*check_structure(bag, different), *([] if payload else check_oxum(bag, different))]
    foreign = [] if bag.is_docgen else [report_foreign(bag)]
    yield judge(Step.STRUCTURE, [*foreign, *structure])
    if _list_manifests(bag.manifests, tags=False) or bag.unchecked:
        yield _judge_fixity(Step.PAYLOAD, bag, payload, bag.payload)
    if _list_manifests(bag.manifests, tags=True):
        yield _judge_fixity(Step.TAGS, bag, tags, bag.tags)
    if not bag.is_docgen:
        yield from (StepResult(step, Verdict.NOT_APPLICABLE) for step in _OF_THE_INDEX)
    elif MACHINE_INDEX not in different:
        settled = {*different, *bag.litter}
        yield judge(Step.INDEX, _check_index(bag, settled))
        if bag.index:
            yield judge(Step.FILING, check_filing(bag.index, bag.place), complete=bag.index.until is None)
            yield from _compare_remade(bag, bag.index, different, remake)
    opened = [found for path in sorted(bag.opened) for found in bag.opened[path] if not _is_told(bag, path, found)]
    untouched = all(path in bag.opened for path in bag.payload)
    ended = [] if bag.exceeded_limit is None else [error("V137", bag.place, limit=bag.exceeded_limit)]
    as_listed = {path: fact for path, fact in bag.payload.items() if path not in different}
    repeats = report_repeats(choose_used(as_listed, bag.index), bag.at)
    yield judge(Step.DOCUMENTS, [*opened, *bag.unopened, *ended, *repeats], complete=untouched)


def _compare_remade(
    bag: ReceivedBag, index: PackageIndex, different: Set[str], remake: Remake | None
) -> Iterator[StepResult]:
    """The page and the papers beside the index, as far as they are there and as the manifests say."""
    remade = remake(index, bag.record) if remake is not None else None
    if INDEX_PAGE in bag.tops and INDEX_PAGE not in different:
        yield judge(Step.PAGE, check_page(bag, index, remade))
    if remade is not None and different.isdisjoint(remade.papers):
        others = (item for item in check_others(bag, remade) if item.params["member"] not in different)
        found = [*check_papers(bag, index, remade), *others]
        yield judge(Step.PAPERS, found, complete=can_compare(bag, remade))


def _is_told(bag: ReceivedBag, path: str, found: Diagnostic) -> bool:
    """Whether the page's own step tells, more severely, what acts in it (V186 instead of V167)."""
    return found.code == "V167" and path == INDEX_PAGE and path in bag.tops and bag.index is not None


def _all_read(facts: Mapping[str, MemberFact]) -> bool:
    return all(fact.sha256 is not None for fact in facts.values())


def _list_manifests(names: Iterable[str], *, tags: bool) -> list[str]:
    """Of these manifests those of tag files, or those of the payload; docgen's own first."""
    found = [name for name in names if (read := read_manifest_name(name)) is not None and read.is_tag == tags]
    return sorted(found, key=lambda name: (name not in BAG_FILES, name))


def _compare(bag: ReceivedBag, *, tags: bool) -> tuple[Difference, ...]:
    """What differs from the manifests of this kind; a file is told once, by the first of them that differs.

    What ``fetch.txt`` lists and isn't there, and a path out of the bag, is no difference: it is told by itself.
    """
    found: dict[str, Difference] = {}
    names = _list_manifests(bag.manifests, tags=tags)
    awaited = set(read_fetch(bag).paths)
    listed_at_all = {path for name in names for path in bag.manifests[name].digests}
    for name in names:
        manifest = bag.manifests[name]
        absent = {path for path in manifest.digests if path not in bag.facts and (path in awaited or leads_out(path))}
        digests = {path: digest for path, digest in manifest.digests.items() if path not in absent}
        mine = {path: bag.facts[path] for path in digests if path in bag.facts}
        actual = mine | (_list_tags(bag, name) if tags else _list_payload(bag, listed_at_all))
        for item in compare_listing(Listing(name, digests, actual, manifest.algorithm)):
            found.setdefault(item.path, item)
    return tuple(found.values())


def _list_payload(bag: ReceivedBag, listed: Collection[str]) -> dict[str, MemberFact]:
    """What a payload manifest has to list: every payload file, before BagIt 1.0 those that no other one lists."""
    if bag.rules.is_current:
        return bag.payload
    return {path: fact for path, fact in bag.payload.items() if path not in listed}


def _list_tags(bag: ReceivedBag, name: str) -> dict[str, MemberFact]:
    """What a tag manifest has to list: in docgen's bags every tag file, in others the payload manifests (RFC 8493)."""
    if bag.is_docgen:
        # a further one may list fewer (RFC 8493, 2.2.1)
        return bag.tags if name == TAG_MANIFEST else {}
    return {path: fact for path, fact in bag.tags.items() if bag.rules.is_current and _is_payload_manifest(path)}


def _is_payload_manifest(path: str) -> bool:
    kind = read_manifest_name(path)
    return kind is not None and not kind.is_tag


def _judge_fixity(
    step: Step, bag: ReceivedBag, differences: Collection[Difference], facts: Mapping[str, MemberFact]
) -> StepResult:
    is_tags = step is Step.TAGS
    unchecked = _list_manifests(bag.unchecked, tags=is_tags)
    told = [warning("V135", bag.locate(name), member=escape_name(name)) for name in unchecked]
    told += _report_unlisted(bag) if is_tags else _report_awaited(bag)
    found = [*report_differences(list(differences), bag.at, bag.facts), *told]
    checked = _list_manifests(bag.manifests, tags=is_tags)
    return judge(step, found, complete=_all_read(facts) and not unchecked and bool(checked))


def _report_awaited(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V182: files that ``fetch.txt`` lists and that aren't there; nothing is ever fetched."""
    absent = [path for path in read_fetch(bag).paths if path not in bag.facts]
    if absent:
        yield error("V182", bag.locate(FETCH_NAME), count=len(absent), member=escape_name(absent[0]))


def _report_unlisted(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V183: tag files of somebody else's bag that no tag manifest lists, as they needn't."""
    listed = {path for name, manifest in bag.manifests.items() for path in manifest.digests if _is_tag(name)}
    loose = sorted(path for path in bag.tags if path not in listed and not _is_payload_manifest(path))
    if loose and not bag.is_docgen:
        yield info("V183", bag.locate(loose[0]), count=len(loose), member=escape_name(loose[0]))


def _is_tag(name: str) -> bool:
    kind = read_manifest_name(name)
    return kind is not None and kind.is_tag


def _check_index(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    place = bag.locate(MACHINE_INDEX)
    data = bag.texts.get(MACHINE_INDEX)
    if bag.index is not None:
        yield from compare_index(bag.index, bag.facts, bag.at, settled=different)
        yield from check_numbers(bag.index, bag.locate(MACHINE_INDEX))
        if BAG_INFO_NAME in bag.texts and BAG_INFO_NAME not in different:
            yield from _compare_bag_info(bag, bag.index)
    elif data is not None:
        yield _explain_index(data, place)
    elif MACHINE_INDEX not in bag.facts:
        yield error("V141", place, member=MACHINE_INDEX)


def _compare_bag_info(bag: ReceivedBag, index: PackageIndex) -> Iterator[Diagnostic]:
    try:
        said = parse_bag_info(bag.texts[BAG_INFO_NAME], bag.rules.encoding)
    except ValueError:
        return  # V123 tells it
    yield from compare_bag_info(index, said, bag.locate(BAG_INFO_NAME))


def _explain_index(data: bytes, place: Location) -> Diagnostic:
    version = peek_schema_version(data)
    if version is not None and version != 1:
        return error("V149", place, member=MACHINE_INDEX, version=version)
    where = MACHINE_INDEX
    try:
        parse_index(data)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or MACHINE_INDEX
    except ValueError:
        where = MACHINE_INDEX
    return error("V142", place, member=MACHINE_INDEX, where=escape_name(where))
