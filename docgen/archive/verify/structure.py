"""Checks the structure of a received bag by BagIt (RFC 8493): required files, manifests, fetch.txt, bag-info; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from docgen.archive.plan.model import PAYLOAD_FOLDER
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag, is_payload
from docgen.archive.zip.manifest import (
    BAG_INFO_NAME,
    DECLARATION_NAME,
    FETCH_NAME,
    PAYLOAD_MANIFEST,
    FetchList,
    Manifest,
    ManifestName,
    leads_out,
    list_oxums,
    parse_bag_info,
    parse_fetch,
    read_manifest_name,
)
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Term, error, info, warning

_SHOWN_LINES = 5
_MOST_AGENT = 200


def check_structure(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    """V121 and V122 for required files, V124, V126, V177 and V178 for manifests, V179 for fetch.txt, V176 for litter.

    ``different`` are the paths that differ from a manifest, which is reported there.
    """
    for name in _list_missing(bag):
        if name not in different:
            yield error("V121", bag.locate(name), member=name)
    if DECLARATION_NAME in bag.texts and DECLARATION_NAME not in different and bag.declared is None:
        yield error("V122", bag.locate(DECLARATION_NAME), member=DECLARATION_NAME)
    for name, manifest in bag.manifests.items():
        kind = read_manifest_name(name)
        assert kind is not None
        yield from _check_lines(bag, name, manifest)
        yield from _check_paths(bag, name, manifest, kind)
    yield from _check_fetch(bag)
    if bag.litter:
        first = min(bag.litter)
        yield warning("V176", bag.locate(first), count=len(bag.litter), member=escape_name(first))


def is_manifest(path: str, *, tags: bool) -> bool:
    """Whether a path is that of a tag manifest (``tags``), or else of a payload manifest."""
    name = read_manifest_name(path)
    return name is not None and name.is_tag == tags


def _list_missing(bag: ReceivedBag) -> Iterator[str]:
    """The required files (RFC 8493, 2.1) that a bag lacks; docgen's own bags have to have more."""
    if bag.is_docgen:
        yield from (name for name in BAG_FILES if name not in bag.facts)
        return
    if DECLARATION_NAME not in bag.facts:
        yield DECLARATION_NAME
    if bag.at.folders is not None and PAYLOAD_FOLDER not in bag.at.folders:
        yield f"{PAYLOAD_FOLDER}/"
    if not any(is_manifest(path, tags=False) for path in bag.facts):
        yield PAYLOAD_MANIFEST


def _check_lines(bag: ReceivedBag, name: str, manifest: Manifest) -> Iterator[Diagnostic]:
    """V124 for malformed lines, V126 for repeated paths, V178 for paths in another spelling than their files."""
    if manifest.malformed:
        yield error("V124", bag.locate(name), member=escape_name(name), lines=_format_lines(manifest.malformed))
    for path in manifest.repeated[:_SHOWN_LINES]:
        yield error("V126", bag.locate(name), member=escape_name(path), manifest=escape_name(name))
    for spelling, paths in manifest.spelled.items():
        report = error if spelling == "backslash" else warning
        what = Term(f"archive.spelling.{spelling}")
        yield report("V178", bag.locate(name), manifest=escape_name(name), what=what, **_summarize(paths))


def _format_lines(numbers: tuple[int, ...]) -> str:
    more = "…" if len(numbers) > _SHOWN_LINES else ""
    return "、".join(str(number) for number in numbers[:_SHOWN_LINES]) + more


def _check_paths(bag: ReceivedBag, name: str, manifest: Manifest, kind: ManifestName) -> Iterator[Diagnostic]:
    """V177: paths out of the bag, tag files in a payload manifest; tag manifests, payload files in a tag manifest."""
    faulty: dict[str, list[str]] = {}
    for path in manifest.digests:
        fault = _find_fault(path, kind, is_current=bag.rules.is_current)
        if fault is not None:
            faulty.setdefault(fault, []).append(path)
    for fault, paths in faulty.items():
        what = Term(f"archive.listed.{fault}")
        yield error("V177", bag.locate(name), manifest=escape_name(name), what=what, **_summarize(paths))


def _find_fault(path: str, kind: ManifestName, *, is_current: bool) -> str | None:
    """Why a manifest of this kind mustn't list a path (``archive.listed.*``); None if it may."""
    if leads_out(path):
        return "outside"
    if not kind.is_tag:
        return None if is_payload(path) else "tag"
    if not is_current:
        return None
    if is_manifest(path, tags=True):
        return "tag_manifest"
    return "payload" if is_payload(path) else None


def read_fetch(bag: ReceivedBag) -> FetchList:
    """The bag's ``fetch.txt``, parsed; empty without one."""
    return parse_fetch(bag.texts.get(FETCH_NAME, b""), bag.rules)


def _check_fetch(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V179: malformed lines, paths outside of the payload, and paths that not every payload manifest lists."""
    fetch, where = read_fetch(bag), bag.locate(FETCH_NAME)
    if fetch.malformed:
        yield error("V179", where, what=Term("archive.fetch.line", {"lines": _format_lines(fetch.malformed)}))
    outside = [path for path in fetch.paths if leads_out(path) or not is_payload(path)]
    if outside:
        yield error("V179", where, what=Term("archive.fetch.outside", _summarize(outside)))
    manifests = [manifest for name, manifest in bag.manifests.items() if is_manifest(name, tags=False)]
    inside = [path for path in fetch.paths if is_payload(path) and not leads_out(path)]
    unlisted = [path for path in inside if any(path not in manifest.digests for manifest in manifests)]
    if unlisted:
        yield error("V179", where, what=Term("archive.fetch.unlisted", _summarize(unlisted)))


def _summarize(paths: Sequence[str]) -> dict[str, Any]:
    return {"count": len(paths), "member": escape_name(paths[0])}


def check_oxum(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    """V123 where ``bag-info.txt`` can't be read, V127 for a faulty ``Payload-Oxum``, V125 for a wrong one.

    docgen's own bags must have one, others may.
    """
    data = bag.texts.get(BAG_INFO_NAME)
    if data is None or BAG_INFO_NAME in different:
        return
    where = bag.locate(BAG_INFO_NAME)
    try:
        stated = list_oxums(parse_bag_info(data, bag.rules.encoding))
    except ValueError:
        yield error("V123", where, member=BAG_INFO_NAME)
        return
    if len(stated) > 1 or None in stated or (not stated and bag.is_docgen):
        yield error("V127", where, member=BAG_INFO_NAME)
    elif stated and stated[0] is not None:
        actual_size, actual_files = sum(fact.size for fact in bag.payload.values()), len(bag.payload)
        size, files = stated[0]
        if (size, files) != (actual_size, actual_files):
            yield error("V125", where, bytes=size, files=files, found_bytes=actual_size, found_files=actual_files)


def report_foreign(bag: ReceivedBag) -> Diagnostic:
    """V181: the bag is another program's, with the name of the program where ``bag-info.txt`` states it."""
    try:
        fields = parse_bag_info(bag.texts.get(BAG_INFO_NAME, b""), bag.rules.encoding)
    except ValueError:
        fields = ()
    agent = next((value for label, value in fields if label.casefold() == "bag-software-agent" and value), "—")
    return info("V181", bag.place, version=bag.rules.version, agent=escape_name(agent[:_MOST_AGENT]))
