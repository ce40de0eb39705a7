"""Checks the structure of a received bag by BagIt (RFC 8493): required files, declaration, manifests; pure."""

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
    """V121, V122, V124, V126, V176–V179: what must be there is, and manifests list what they may, once.

    ``different`` are paths whose trouble is reported where they are compared with the manifests.
    """
    for name in _list_absent(bag):
        if name not in different:
            yield error("V121", bag.locate(name), member=name)
    if DECLARATION_NAME in bag.texts and DECLARATION_NAME not in different and bag.declared is None:
        yield error("V122", bag.locate(DECLARATION_NAME), member=DECLARATION_NAME)
    for name, manifest in bag.manifests.items():
        kind = read_manifest_name(name)
        assert kind is not None
        yield from _check_manifest(bag, name, manifest)
        yield from _check_listed(bag, name, manifest, kind)
    yield from _check_fetch(bag)
    if bag.litter:
        first = min(bag.litter)
        yield warning("V176", bag.locate(first), count=len(bag.litter), member=escape_name(first))


def _list_absent(bag: ReceivedBag) -> Iterator[str]:
    """What must be in a bag (RFC 8493, 2.1) and isn't; docgen's own bags have more."""
    if bag.is_docgen:
        yield from (name for name in BAG_FILES if name not in bag.facts)
        return
    if DECLARATION_NAME not in bag.facts:
        yield DECLARATION_NAME
    if bag.at.folders is not None and PAYLOAD_FOLDER not in bag.at.folders:
        yield f"{PAYLOAD_FOLDER}/"
    names = (read_manifest_name(path) for path in bag.facts)
    if not any(name is not None and not name.is_tag for name in names):
        yield PAYLOAD_MANIFEST


def _check_manifest(bag: ReceivedBag, name: str, manifest: Manifest) -> Iterator[Diagnostic]:
    if manifest.malformed:
        yield error("V124", bag.locate(name), member=escape_name(name), lines=_format_lines(manifest.malformed))
    for path in manifest.repeated[:_SHOWN_LINES]:
        yield error("V126", bag.locate(name), member=escape_name(path), manifest=escape_name(name))
    for how, paths in manifest.spelled.items():
        report = error if how == "backslash" else warning
        what, said = Term(f"archive.spelling.{how}"), _sum_up(paths)
        yield report("V178", bag.locate(name), manifest=escape_name(name), what=what, **said)


def _format_lines(numbers: tuple[int, ...]) -> str:
    more = "…" if len(numbers) > _SHOWN_LINES else ""
    return "、".join(str(number) for number in numbers[:_SHOWN_LINES]) + more


def _check_listed(bag: ReceivedBag, name: str, manifest: Manifest, kind: ManifestName) -> Iterator[Diagnostic]:
    """V177: paths out of the bag, tag files in a payload manifest; in a tag manifest its like, and payload files."""
    wrong: dict[str, list[str]] = {}
    for path in manifest.digests:
        found = _find_wrong(path, kind, is_current=bag.rules.is_current)
        if found:
            wrong.setdefault(found, []).append(path)
    for what, paths in wrong.items():
        yield error("V177", bag.locate(name), manifest=name, what=Term(f"archive.listed.{what}"), **_sum_up(paths))


def _find_wrong(path: str, kind: ManifestName, *, is_current: bool) -> str | None:
    if leads_out(path):
        return "outside"
    if not kind.is_tag:
        return None if is_payload(path) else "tag"
    if not is_current:
        return None
    other = read_manifest_name(path)
    if other is not None and other.is_tag:
        return "tag_manifest"
    return "payload" if is_payload(path) else None


def read_fetch(bag: ReceivedBag) -> FetchList:
    """What the bag's ``fetch.txt`` lists; nothing when it has none."""
    return parse_fetch(bag.texts.get(FETCH_NAME, b""), bag.rules)


def _check_fetch(bag: ReceivedBag) -> Iterator[Diagnostic]:
    """V179: lines that are none, paths out of the bag or of tag files, and files that not every manifest lists."""
    fetch, where = read_fetch(bag), bag.locate(FETCH_NAME)
    if fetch.malformed:
        yield error("V179", where, what=Term("archive.fetch.line", {"lines": _format_lines(fetch.malformed)}))
    outside = [path for path in fetch.paths if leads_out(path) or not is_payload(path)]
    if outside:
        yield error("V179", where, what=Term("archive.fetch.outside", _sum_up(outside)))
    payload = [manifest for name, manifest in bag.manifests.items() if not _is_tag(name)]
    inside = [path for path in fetch.paths if is_payload(path) and not leads_out(path)]
    unlisted = [path for path in inside if any(path not in manifest.digests for manifest in payload)]
    if unlisted:
        yield error("V179", where, what=Term("archive.fetch.unlisted", _sum_up(unlisted)))


def _sum_up(paths: Sequence[str]) -> dict[str, Any]:
    return {"count": len(paths), "member": escape_name(paths[0])}


def _is_tag(name: str) -> bool:
    kind = read_manifest_name(name)
    return kind is not None and kind.is_tag


def check_oxum(bag: ReceivedBag, different: Collection[str]) -> Iterator[Diagnostic]:
    """V123, V125, V127: ``bag-info.txt`` can be read, and states the payload's files and bytes as they are.

    docgen's own bags must state them, others may.
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
        found = (sum(fact.size for fact in bag.payload.values()), len(bag.payload))
        if stated[0] != found:
            size, files = stated[0]
            yield error("V125", where, bytes=size, files=files, found_bytes=found[0], found_files=found[1])


def report_foreign(bag: ReceivedBag) -> Diagnostic:
    """V181: a bag that isn't docgen's, by which program it was made as far as it says."""
    try:
        fields = parse_bag_info(bag.texts.get(BAG_INFO_NAME, b""), bag.rules.encoding)
    except ValueError:
        fields = ()
    agent = next((value for label, value in fields if label.casefold() == "bag-software-agent" and value), "—")
    return info("V181", bag.place, version=bag.rules.version, agent=escape_name(agent[:_MOST_AGENT]))
