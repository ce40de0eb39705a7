"""Compares a package's index with its files, both ways, and judges whether the filing list is complete; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from docgen.archive.bag.index import list_bag_info
from docgen.archive.plan.model import (
    MACHINE_INDEX,
    PAYLOAD_FOLDER,
    RECOMMENDED_LEVEL,
    REQUIRED_LEVEL,
    VOLUME,
    PackageIndex,
    Rendition,
    Volume,
    count_documents,
)
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error, info, warning

_SHOWN_DIGITS = 12
_OWN_LABELS = "DocGen-"


def compare_index(
    index: PackageIndex, actual: Mapping[str, MemberFact], at: BagPlace, *, settled: Collection[str]
) -> Iterator[Diagnostic]:
    """V143–V148, A276: each rendition lies there as stated, each payload file is in the index, the counts hold.

    ``settled`` are paths whose trouble is reported already.
    """
    listed: set[str] = set()
    for document in index.documents:
        for rendition in document.renditions:
            if rendition.path in listed:
                yield _report_file(at, rendition.path, "V146", title=document.title)
            listed.add(rendition.path)
            if rendition.path not in settled:
                yield from _compare_rendition(rendition, actual, at)
    for path in sorted(actual):
        if path.startswith(f"{PAYLOAD_FOLDER}/") and path not in listed and path not in settled:
            yield _report_file(at, path, "V145")
    yield from check_signatures(index, at)
    if index.volume is not None:
        yield from _compare_volume(index, index.volume, actual, at, settled)
    if count_documents(index.documents) != index.counts:
        yield error("V148", at.locate(MACHINE_INDEX), member=MACHINE_INDEX)
    if at.name and index.package_name != at.name:
        yield warning("V147", at.place, name=escape_name(index.package_name), folder=escape_name(at.name))


def _compare_volume(
    index: PackageIndex, volume: Volume, actual: Mapping[str, MemberFact], at: BagPlace, settled: Collection[str]
) -> Iterator[Diagnostic]:
    """A276: the pages of the volume aren't those of the documents in it; V143, V144 as for any file of the index."""
    path = volume.file.path
    if path not in settled:
        yield from _compare_rendition(volume.file, actual, at)
    if path != VOLUME or volume.numbered != index.counts.pages:
        yield error(
            "A276", at.locate(path), member=escape_name(path), numbered=volume.numbered, pages=index.counts.pages
        )


def compare_bag_info(index: PackageIndex, said: Iterable[tuple[str, str]], place: Location) -> Iterator[Diagnostic]:
    """V140: ``bag-info.txt`` calls the package a draft, or says where it ends, and the index says otherwise."""
    meant = dict(list_bag_info(index))
    for label, found in said:
        if label.startswith(_OWN_LABELS) and found != meant.get(label, ""):
            expected = escape_name(meant.get(label) or "—")
            yield error("V140", place, label=escape_name(label), found=escape_name(found), expected=expected)


def check_signatures(index: PackageIndex, at: BagPlace) -> Iterator[Diagnostic]:
    """E142 for each signed scan of which the index itself says that something else was signed than lies beside it."""
    for document in index.documents:
        originals = [item for item in document.renditions if item.role == "original" and item.content_digest]
        for scan in document.renditions:
            signed = scan.signed_digest
            if (
                signed is None
                or not originals
                or any((item.content_digest or "").startswith(signed) for item in originals)
            ):
                continue
            yield warning(
                "E142",
                at.locate(scan.path),
                document=escape_name(document.title),
                file=escape_name(scan.path),
                signed=signed[:_SHOWN_DIGITS],
                path=escape_name(originals[0].path),
                present=(originals[0].content_digest or "")[:_SHOWN_DIGITS],
            )


def _compare_rendition(rendition: Rendition, actual: Mapping[str, MemberFact], at: BagPlace) -> Iterator[Diagnostic]:
    fact = actual.get(rendition.path)
    if fact is None:
        yield _report_file(at, rendition.path, "V143")
    elif fact.sha256 is not None and (fact.size, fact.sha256) != (rendition.size, rendition.sha256):
        said = {"expected": f"{rendition.size} B {rendition.sha256}", "found": f"{fact.size} B {fact.sha256}"}
        yield _report_file(at, rendition.path, "V144", **said)


def _report_file(at: BagPlace, path: str, code: str, **params: str) -> Diagnostic:
    return error(code, at.locate(path), member=escape_name(path), **params)


def check_filing(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    """V151: a filing item is missing (应 → error, 宜 → warning) or unstated (warning); V152: the package is a draft.

    V153: a document is missing.

    V170: an item comes after the end of the package, so nobody looks at it; V171: the package doesn't say where it
    ends; V172: something is filed in such an item; V138: where it ends has another name there.

    V139: nobody says why an item doesn't apply.

    A250: an item is withheld though the package isn't a redacted one, which alone may leave out what is filed.
    """
    if index.draft:
        yield warning("V152", place)
    items = {item.key for item in index.items}
    for item in index.items:
        if item.status in {"missing", "unstated"} and item.level in {REQUIRED_LEVEL, RECOMMENDED_LEVEL}:
            report = error if item.level == REQUIRED_LEVEL and item.status == "missing" else warning
            reason = escape_name(item.reason or "—")
            yield report(
                "V151", place, clause=item.clause or None, item=escape_name(f"{item.key} {item.label}"), reason=reason
            )
    for absence in index.missing:
        if absence.id not in items and absence.level == REQUIRED_LEVEL:
            title, reason = escape_name(absence.title), escape_name(absence.reason or "—")
            yield warning("V153", place, clause=absence.clause or None, title=title, reason=reason)
    filed = {document.item for document in index.documents}
    for item in index.items:
        if item.status == "withheld" and index.redaction is None:
            yield error("A250", place, clause=item.clause or None, item=escape_name(f"{item.key} {item.label}"))
        if item.status == "present" and item.key not in filed:
            yield error("V154", place, clause=item.clause or None, item=escape_name(f"{item.key} {item.label}"))
        if item.status == "not_applicable" and not item.reason.strip():
            yield error("V139", place, clause=item.clause or None, item=escape_name(f"{item.key} {item.label}"))
    yield from _check_later(index, filed, place)


def _check_later(index: PackageIndex, filed: Collection[str], place: Location) -> Iterator[Diagnostic]:
    """V170–V172 for the items that the project hadn't come to; V138 when the last has another name."""
    until = index.until
    for item in index.items:  # of several packages each has its own items, and where they end may be another one's
        if until is not None and item.key == until.item and item.label != until.label:
            names = {"step": f"{until.item} {until.label}", "item": f"{item.key} {item.label}"}
            yield error("V138", place, **{key: escape_name(name) for key, name in names.items()})
    for item in index.later:
        clause, name = item.clause or None, escape_name(f"{item.key} {item.label}")
        if until is None:
            yield error("V171", place, clause=clause, item=name)
        else:
            yield info("V170", place, clause=clause, item=name, step=escape_name(f"{until.item} {until.label}"))
        if item.key in filed:
            yield error("V172", place, clause=clause, item=name)
