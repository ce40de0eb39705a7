"""Verifying a received package from the zip alone: the steps in their order, silent about what another reported."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from docgen.archive.bag.index import parse_index, peek_schema_version
from docgen.archive.plan.model import MACHINE_INDEX, PackageIndex
from docgen.archive.verify.agreement import check_filing, compare_bag_info, compare_index
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag, find_top, read_bag
from docgen.archive.verify.fixity import Difference, Listing, MemberFact, compare_listing, report_differences
from docgen.archive.verify.number_check import check_numbers
from docgen.archive.verify.report import NameReading, Step, StepResult, Verdict, VerifyReport, judge
from docgen.archive.zip.container import check_container, check_names
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.hashing import HashThread, open_hash_thread
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits, Work
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    DECLARATION_NAME,
    TAG_MANIFEST,
    find_oxum,
    is_declaration,
    parse_bag_info,
    read_manifest_name,
)
from docgen.archive.zip.names import show_name
from docgen.archive.zip.read import ReceivedZip, exceeds_total, open_zip
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.errors import ArchiveError

_SHOWN_LINES = 5


def verify_package(path: Path, limits: Limits = DEFAULT_LIMITS) -> VerifyReport:
    """Verify a package; whatever the zip holds, the findings are in the report and nothing is raised.

    What would take more than ``limits`` is refused.

    Only a path that can't be read at all (no such file, a folder, no permission) raises ArchiveError (V101).
    """
    place = Location("archive", file=str(path))
    try:
        with path.open("rb") as file, open_hash_thread() as thread:
            return _verify(path, place, limits, file, thread)
    except OSError as problem:
        raise ArchiveError(error("V101", place, path=str(path), reason=problem.strerror or str(problem))) from problem


def _verify(path: Path, place: Location, limits: Limits, file: BinaryIO, thread: HashThread) -> VerifyReport:
    try:
        received = open_zip(file, limits)
    except DirectoryError as problem:
        reason = Term(f"archive.zip.{problem.key}")
        refused = judge(Step.CONTAINER, [error("V102", place, path=str(path), reason=reason)])
        return VerifyReport(path, "", None, 0, 0, _fill_steps([refused]), None, Work(limits, file.seek(0, os.SEEK_END)))
    names = judge(Step.NAMES, check_names(received, place))
    top = find_top(received)
    sizes = [member.raw.size for member in received.members if not member.raw.is_folder]
    reading = _describe_names(received)
    if not top or exceeds_total(received) or any(found.code == "V120" for found in names.diagnostics):
        steps = _fill_steps([judge(Step.CONTAINER, check_container(received, place)), names])
        return VerifyReport(path, show_name(top), None, len(sizes), sum(sizes), steps, None, received.work, reading)
    bag = read_bag(received, top, place, thread)
    container = judge(Step.CONTAINER, chain(check_container(received, place), bag.damaged))
    steps = _fill_steps([container, names, *_check_bag(bag)])
    tags = bag.facts.get(TAG_MANIFEST)
    identity = tags.sha256 if tags else None
    work = received.work
    return VerifyReport(path, show_name(top), identity, len(sizes), sum(sizes), steps, bag.index, work, reading)


def _describe_names(received: ReceivedZip) -> NameReading | None:
    guess = received.guess
    if guess is None:
        return None
    members = (received.members[place] for place in guess.names)
    raw = {show_name(member.name): member.raw.raw_name for member in members}
    return NameReading(guess.encoding, guess.confidence, raw)


def _fill_steps(results: list[StepResult]) -> tuple[StepResult, ...]:
    ran = {result.step: result for result in results}
    return tuple(ran.get(step, StepResult(step, Verdict.NOT_RUN)) for step in Step)


def _check_bag(bag: ReceivedBag) -> Iterator[StepResult]:
    payload = _compare(bag, tags=False)
    tags = _compare(bag, tags=True)
    different = {path for item in (*payload, *tags) for path in (item.path, item.other)}
    structure = [*_check_structure(bag, different), *([] if payload else _check_oxum(bag, different))]
    yield judge(Step.STRUCTURE, structure)
    if _list_manifests(bag.manifests, tags=False):
        yield _judge_fixity(Step.PAYLOAD, bag, payload, bag.payload)
    if _list_manifests(bag.manifests, tags=True):
        yield _judge_fixity(Step.TAGS, bag, tags, bag.tags)
    if MACHINE_INDEX not in different:
        yield judge(Step.INDEX, _check_index(bag, different))
        if bag.index:
            yield judge(Step.FILING, check_filing(bag.index, bag.place), complete=bag.index.until is None)
    opened = [found for path in sorted(bag.opened) for found in bag.opened[path]]
    untouched = all(path in bag.opened for path in bag.payload)
    ended = [] if bag.over is None else [error("V137", bag.place, limit=bag.over)]
    yield judge(Step.DOCUMENTS, [*opened, *bag.unopened, *ended], complete=untouched)


def _all_read(facts: Mapping[str, MemberFact]) -> bool:
    return all(fact.sha256 is not None for fact in facts.values())


def _list_manifests(names: Iterable[str], *, tags: bool) -> list[str]:
    """Of these manifests those of tag files, or those of the payload; docgen's own first."""
    found = [name for name in names if (read := read_manifest_name(name)) is not None and read.is_tag == tags]
    return sorted(found, key=lambda name: (name not in BAG_FILES, name))


def _compare(bag: ReceivedBag, *, tags: bool) -> tuple[Difference, ...]:
    """What differs from the manifests of this kind; a file is told once, by the first of them that differs."""
    found: dict[str, Difference] = {}
    for name in _list_manifests(bag.manifests, tags=tags):
        listed = bag.manifests[name]
        actual = bag.payload
        if tags:
            # one tag manifest lists every tag file; a further one may list fewer (RFC 8493, 2.2.1)
            actual = {path: bag.facts[path] for path in listed.digests if path in bag.facts}
            actual |= bag.tags if name == TAG_MANIFEST else {}
        for item in compare_listing(Listing(name, listed.digests, actual, listed.algorithm)):
            found.setdefault(item.path, item)
    return tuple(found.values())


def _judge_fixity(
    step: Step, bag: ReceivedBag, differences: Collection[Difference], facts: Mapping[str, MemberFact]
) -> StepResult:
    unchecked = _list_manifests(bag.unchecked, tags=step is Step.TAGS)
    told = [warning("V135", bag.locate(name), member=show_name(name)) for name in unchecked]
    found = [*report_differences(differences, bag.place, bag.top), *told]
    return judge(step, found, complete=_all_read(facts) and not unchecked)


def _check_structure(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    for name in BAG_FILES:
        if name not in bag.facts and name not in different:
            yield error("V121", bag.locate(name), member=name)
    declaration = bag.texts.get(DECLARATION_NAME)
    if declaration is not None and DECLARATION_NAME not in different and not is_declaration(declaration):
        yield error("V122", bag.locate(DECLARATION_NAME), member=DECLARATION_NAME)
    for name, listing in bag.manifests.items():
        if listing.malformed:
            lines = "、".join(str(number) for number in listing.malformed[:_SHOWN_LINES])
            yield error("V124", bag.locate(name), member=show_name(name), lines=lines)
        for path in listing.repeated[:_SHOWN_LINES]:
            yield error("V126", bag.locate(name), member=show_name(path), manifest=show_name(name))


def _check_oxum(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    data = bag.texts.get(BAG_INFO_NAME)
    if data is None or BAG_INFO_NAME in different:
        return
    try:
        oxum = find_oxum(parse_bag_info(data))
    except ValueError:
        yield error("V123", bag.locate(BAG_INFO_NAME), member=BAG_INFO_NAME)
        return
    found = (sum(fact.size for fact in bag.payload.values()), len(bag.payload))
    if oxum is None:
        yield error("V127", bag.locate(BAG_INFO_NAME), member=BAG_INFO_NAME)
    elif oxum != found:
        place = bag.locate(BAG_INFO_NAME)
        yield error("V125", place, bytes=oxum[0], files=oxum[1], found_bytes=found[0], found_files=found[1])


def _check_index(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    place = bag.locate(MACHINE_INDEX)
    data = bag.texts.get(MACHINE_INDEX)
    if bag.index is not None:
        yield from compare_index(bag.index, bag.facts, bag.place, top=bag.top, settled=different)
        yield from check_numbers(bag.index, bag.place, bag.top)
        if BAG_INFO_NAME in bag.texts and BAG_INFO_NAME not in different:
            yield from _compare_bag_info(bag, bag.index)
    elif data is not None:
        yield _explain_index(data, place)
    elif MACHINE_INDEX not in bag.facts:
        yield error("V141", place, member=MACHINE_INDEX)


def _compare_bag_info(bag: ReceivedBag, index: PackageIndex) -> Iterator[Diagnostic]:
    try:
        said = parse_bag_info(bag.texts[BAG_INFO_NAME])
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
    return error("V142", place, member=MACHINE_INDEX, where=show_name(where))
