"""Checks a bag that was read, step by step: structure, fixity, index, filing list, page, papers, documents.

A step is silent about what another one reports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set

from pydantic import ValidationError

from docgen.archive.bag.index import parse_index, peek_schema_version
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, RECORD_COPY, PackageIndex
from docgen.archive.verify.agreement import check_filing, compare_bag_info, compare_index, compare_record
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag
from docgen.archive.verify.fixity import Difference, Listing, MemberFact, compare_listing, report_differences
from docgen.archive.verify.number_check import check_numbers
from docgen.archive.verify.remade import Remake, can_compare_papers, check_page, check_papers, check_tag_files
from docgen.archive.verify.repeats import choose_compared_files, report_repeats
from docgen.archive.verify.report import Step, StepResult, Verdict, judge
from docgen.archive.verify.structure import check_oxum, check_structure, is_manifest, read_fetch, report_foreign
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    FETCH_NAME,
    TAG_MANIFEST,
    leads_out,
    parse_bag_info,
)
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error, info, warning

_OF_THE_INDEX = (Step.INDEX, Step.FILING, Step.PAGE, Step.PAPERS)


def check_bag(bag: ReceivedBag, remake: Remake | None) -> Iterator[StepResult]:
    """The results of the steps that can be run on a bag; ``remake`` makes the papers of its index again."""
    payload = _compare_manifests(bag, tags=False)
    tags = _compare_manifests(bag, tags=True)
    different = {path for item in (*payload, *tags) for path in (item.path, item.new_path)}
    foreign = [] if bag.is_docgen else [report_foreign(bag)]
    structure = [*check_structure(bag, different), *([] if payload else check_oxum(bag, different))]
    yield judge(Step.STRUCTURE, [*foreign, *structure])
    if list_manifests(bag.manifests, tags=False) or bag.unchecked:
        yield _judge_fixity(Step.PAYLOAD, bag, payload, bag.payload)
    if list_manifests(bag.manifests, tags=True):
        yield _judge_fixity(Step.TAGS, bag, tags, bag.tags)
    if not bag.is_docgen:
        yield from (StepResult(step, Verdict.NOT_APPLICABLE) for step in _OF_THE_INDEX)
    elif MACHINE_INDEX not in different:
        yield judge(Step.INDEX, _check_index(bag, {*different, *bag.litter}))
        if bag.index:
            yield judge(Step.FILING, check_filing(bag.index, bag.place), complete=bag.index.until is None)
            yield from _judge_remade(bag, bag.index, different, remake)
    yield _judge_documents(bag, different)


def list_manifests(names: Iterable[str], *, tags: bool) -> list[str]:
    """Of these manifests those of tag files, or those of the payload; docgen's own first."""
    manifests = [name for name in names if is_manifest(name, tags=tags)]
    return sorted(manifests, key=lambda name: (name not in BAG_FILES, name))


def _compare_manifests(bag: ReceivedBag, *, tags: bool) -> tuple[Difference, ...]:
    """What differs from the tag manifests, or the payload manifests: of each file, from the first where it differs.

    An absent file that ``fetch.txt`` lists, and an absent path out of the bag, are no differences: they have codes of
    their own.
    """
    differences: dict[str, Difference] = {}
    names = list_manifests(bag.manifests, tags=tags)
    to_fetch = set(read_fetch(bag).paths)
    listed = {path for name in names for path in bag.manifests[name].digests}
    for name in names:
        manifest = bag.manifests[name]
        absent = {path for path in manifest.digests if path not in bag.facts and (path in to_fetch or leads_out(path))}
        digests = {path: digest for path, digest in manifest.digests.items() if path not in absent}
        actual = {path: bag.facts[path] for path in digests if path in bag.facts}
        actual |= _list_tags(bag, name) if tags else _list_payload(bag, listed)
        for item in compare_listing(Listing(name, digests, actual, manifest.algorithm)):
            differences.setdefault(item.path, item)
    return tuple(differences.values())


def _list_payload(bag: ReceivedBag, listed: Collection[str]) -> dict[str, MemberFact]:
    """What a payload manifest has to list: every payload file, before BagIt 1.0 those that no manifest lists."""
    if bag.rules.is_current:
        return bag.payload
    return {path: fact for path, fact in bag.payload.items() if path not in listed}


def _list_tags(bag: ReceivedBag, name: str) -> dict[str, MemberFact]:
    """What a tag manifest has to list: in docgen's bags every tag file, in others the payload manifests (RFC 8493)."""
    if bag.is_docgen:
        # a further one may list fewer (RFC 8493, 2.2.1)
        return bag.tags if name == TAG_MANIFEST else {}
    return {path: fact for path, fact in bag.tags.items() if bag.rules.is_current and is_manifest(path, tags=False)}


def _judge_fixity(
    step: Step, bag: ReceivedBag, differences: Sequence[Difference], facts: Mapping[str, MemberFact]
) -> StepResult:
    """The step of the payload or of the tag files; V135 for manifests whose algorithm this computer lacks."""
    tags = step is Step.TAGS
    unchecked, checked = list_manifests(bag.unchecked, tags=tags), list_manifests(bag.manifests, tags=tags)
    diagnostics = [
        *report_differences(differences, bag.at, bag.facts),
        *(warning("V135", bag.locate(name), member=escape_name(name)) for name in unchecked),
        *(_report_unlisted(bag) if tags else _report_unfetched(bag)),
    ]
    is_read = all(fact.sha256 is not None for fact in facts.values())
    return judge(step, diagnostics, complete=is_read and not unchecked and bool(checked))


def _report_unfetched(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V182: files that ``fetch.txt`` lists and that aren't there; nothing is ever fetched."""
    absent = [path for path in read_fetch(bag).paths if path not in bag.facts]
    if absent:
        yield error("V182", bag.locate(FETCH_NAME), count=len(absent), member=escape_name(absent[0]))


def _report_unlisted(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V183: tag files that no tag manifest lists; only docgen's own bags must list them all."""
    if bag.is_docgen:
        return
    manifests = list_manifests(bag.manifests, tags=True)
    listed = {path for name in manifests for path in bag.manifests[name].digests}
    unlisted = sorted(path for path in bag.tags if path not in listed and not is_manifest(path, tags=False))
    if unlisted:
        yield info("V183", bag.locate(unlisted[0]), count=len(unlisted), member=escape_name(unlisted[0]))


def _check_index(bag: ReceivedBag, settled: Collection[str]) -> Iterator[Diagnostic]:
    """What the index states; ``settled`` are the paths whose faults another step reports."""
    place = bag.locate(MACHINE_INDEX)
    data = bag.texts.get(MACHINE_INDEX)
    if bag.index is not None:
        yield from compare_index(bag.index, bag.facts, bag.at, settled=settled)
        yield from check_numbers(bag.index, place)
        if BAG_INFO_NAME in bag.texts and BAG_INFO_NAME not in settled:
            yield from _compare_bag_info(bag, bag.index)
        if bag.record is not None and RECORD_COPY not in settled:
            yield from compare_record(bag.index, bag.record, bag.locate(RECORD_COPY))
    elif data is not None:
        yield _report_invalid_index(data, place)
    elif MACHINE_INDEX not in bag.facts:
        yield error("V141", place, member=MACHINE_INDEX)


def _compare_bag_info(bag: ReceivedBag, index: PackageIndex) -> Iterator[Diagnostic]:
    try:
        fields = parse_bag_info(bag.texts[BAG_INFO_NAME], bag.rules.encoding)
    except ValueError:
        return  # the structure's V123 reports it
    yield from compare_bag_info(index, fields, bag.locate(BAG_INFO_NAME))


def _report_invalid_index(data: bytes, place: Location) -> Diagnostic:
    """V149 for an index of another schema version, V142 for one that can't be parsed, with the place in it."""
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
        where = MACHINE_INDEX  # it is no JSON, or an object has too many keys: there is no place to name
    return error("V142", place, member=MACHINE_INDEX, where=escape_name(where))


def _judge_remade(
    bag: ReceivedBag, index: PackageIndex, different: Set[str], remake: Remake | None
) -> Iterator[StepResult]:
    """The steps of the page and the papers, each where these are there and are as the manifests state."""
    remade = remake(index, bag.record) if remake is not None else None
    is_absent = INDEX_PAGE not in bag.facts
    if (INDEX_PAGE in bag.tops or is_absent) and INDEX_PAGE not in different:
        yield judge(Step.PAGE, check_page(bag, index, remade))
    if remade is not None and different.isdisjoint(remade.papers):
        others = (item for item in check_tag_files(bag, remade) if item.params["member"] not in different)
        papers = check_papers(bag, index, remade)
        yield judge(Step.PAPERS, [*papers, *others], complete=can_compare_papers(bag, remade))


def _judge_documents(bag: ReceivedBag, different: Set[str]) -> StepResult:
    """The step of opening documents; V137 when a limit ended it, and files that the package holds repeatedly."""
    opened = [
        item for path in sorted(bag.opened) for item in bag.opened[path] if not _is_reported_by_page(bag, path, item)
    ]
    exceeded = [] if bag.exceeded_limit is None else [error("V137", bag.place, limit=bag.exceeded_limit)]
    as_listed = {path: fact for path, fact in bag.payload.items() if path not in different}
    repeats = report_repeats(choose_compared_files(as_listed, bag.index), bag.at)
    is_complete = all(path in bag.opened for path in bag.payload)
    return judge(Step.DOCUMENTS, [*opened, *bag.unopened, *exceeded, *repeats], complete=is_complete)


def _is_reported_by_page(bag: ReceivedBag, path: str, diagnostic: Diagnostic) -> bool:
    """Whether the page's own step reports active content in it more severely (V186 instead of V167)."""
    return diagnostic.code == "V167" and path == INDEX_PAGE and path in bag.tops and bag.index is not None
