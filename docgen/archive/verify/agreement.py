"""Compares the package index with the files of the bag, and checks that the filing list is complete; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from docgen.archive.bag.index import list_bag_info
from docgen.archive.plan.model import (
    MACHINE_INDEX,
    PAYLOAD_FOLDER,
    RECOMMENDED_LEVEL,
    RECORD_COPY,
    REQUIRED_LEVEL,
    VOLUME,
    FilingItem,
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
_OWN_LABELS = "docgen-"
_OTHERS_LABELS = frozenset({"payload-oxum", "bag-software-agent"})
"""Labels of ``bag-info.txt`` that a program that packs a bag again rewrites; V127 compares the first."""


def compare_index(
    index: PackageIndex, actual: Mapping[str, MemberFact], at: BagPlace, *, settled: Collection[str]
) -> Iterator[Diagnostic]:
    """V143–V148, A276: a rendition differs from the index, a payload file isn't in it, or a count is wrong.

    ``settled`` are the paths whose faults another step reports.
    """
    listed: set[str] = set()
    for document in index.documents:
        for rendition in document.renditions:
            if rendition.path in listed:
                yield _report_file(at, rendition.path, "V146", title=escape_name(document.title))
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
    """A276: the volume numbers other pages than its documents have; V143, V144 as for any file of the index."""
    path = volume.file.path
    if path not in settled:
        yield from _compare_rendition(volume.file, actual, at)
    if path != VOLUME or volume.numbered != index.counts.pages:
        yield error(
            "A276", at.locate(path), member=escape_name(path), numbered=volume.numbered, pages=index.counts.pages
        )


def compare_bag_info(index: PackageIndex, fields: Iterable[tuple[str, str]], place: Location) -> Iterator[Diagnostic]:
    """V140: one of docgen's ``fields`` of ``bag-info.txt`` differs from the index; labels of others may be added."""
    expected = {label.casefold(): value for label, value in list_bag_info(index)}
    for label, value in fields:
        key = label.casefold()
        if key in _OTHERS_LABELS or not (key in expected or key.startswith(_OWN_LABELS)):
            continue
        if _fold_text(value) != _fold_text(expected.get(key, "")):
            shown = escape_name(expected.get(key) or "—")
            yield error("V140", place, label=escape_name(label), found=escape_name(value), expected=shown)


def compare_record(index: PackageIndex, record: bytes, place: Location) -> Iterator[Diagnostic]:
    """V280: the record's copy can't be read; V185: it is of another project than the index."""
    from pydantic_core import from_json

    try:
        project = from_json(record)["record"]["project"]
        texts = [str(project.get(name) or "") for name in ("number", "name")]
    except (ValueError, KeyError, TypeError, AttributeError):
        yield error("V280", place, member=RECORD_COPY)
        return
    pairs = zip(texts, (index.project.number, index.project.name), strict=True)
    different = [(text, expected) for text, expected in pairs if _fold_text(text) != _fold_text(expected)]
    if different:
        text, expected = (escape_name(text or "—") for text in different[0])
        yield error("V185", place, member=RECORD_COPY, found=text, expected=expected, count=len(different))


def _fold_text(text: str) -> str:
    """A text without differences of spaces and widths, which a record's values lose when they are read."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def check_signatures(index: PackageIndex, at: BagPlace) -> Iterator[Diagnostic]:
    """E142: by the index, a scan shows the signature under another content than the original beside it has."""
    for document in index.documents:
        originals = [
            (item.path, item.content_digest)
            for item in document.renditions
            if item.role == "original" and item.content_digest
        ]
        for scan in document.renditions:
            signed = scan.signed_digest
            if signed is None or not originals or any(digest.startswith(signed) for _, digest in originals):
                continue
            path, digest = originals[0]
            yield warning(
                "E142",
                at.locate(scan.path),
                document=escape_name(document.title),
                file=escape_name(scan.path),
                signed=signed[:_SHOWN_DIGITS],
                path=escape_name(path),
                present=digest[:_SHOWN_DIGITS],
            )


def _compare_rendition(rendition: Rendition, actual: Mapping[str, MemberFact], at: BagPlace) -> Iterator[Diagnostic]:
    fact = actual.get(rendition.path)
    if fact is None:
        yield _report_file(at, rendition.path, "V143")
    elif fact.sha256 is not None and (fact.size, fact.sha256) != (rendition.size, rendition.sha256):
        expected, actually = f"{rendition.size} B {rendition.sha256}", f"{fact.size} B {fact.sha256}"
        yield _report_file(at, rendition.path, "V144", expected=expected, found=actually)


def _report_file(at: BagPlace, path: str, code: str, **params: str) -> Diagnostic:
    return error(code, at.locate(path), member=escape_name(path), **params)


def check_filing(index: PackageIndex, place: Location) -> Iterator[Diagnostic]:
    """Check each item of the filing list, and what the package lacks.

    V151: an item is missing (应 → error, 宜 → warning) or unstated (warning); V152: the package is a draft;
    V153: a document is missing; V154: nothing is filed in an item that is stated as present; V139: no reason is given
    why an item doesn't apply; A250: an item is withheld in a package that isn't redacted.

    Of a package that ends at a step, V170: an item comes after it and isn't checked; V171: the step isn't stated;
    V172: something is filed in such an item; V138: the step has another name than its item.
    """
    if index.draft:
        yield warning("V152", place)
    items = {item.key for item in index.items}
    for item in index.items:
        if item.status in {"missing", "unstated"} and item.level in {REQUIRED_LEVEL, RECOMMENDED_LEVEL}:
            report = error if item.level == REQUIRED_LEVEL and item.status == "missing" else warning
            reason = escape_name(item.reason or "—")
            yield report("V151", place, clause=item.clause or None, item=_format_item(item), reason=reason)
    for absence in index.missing:
        if absence.id not in items and absence.level == REQUIRED_LEVEL:
            title, reason = escape_name(absence.title), escape_name(absence.reason or "—")
            yield warning("V153", place, clause=absence.clause or None, title=title, reason=reason)
    filed = {document.item for document in index.documents}
    for item in index.items:
        if item.status == "withheld" and index.redaction is None:
            yield error("A250", place, clause=item.clause or None, item=_format_item(item))
        if item.status == "present" and item.key not in filed:
            yield error("V154", place, clause=item.clause or None, item=_format_item(item))
        if item.status == "not_applicable" and not item.reason.strip():
            yield error("V139", place, clause=item.clause or None, item=_format_item(item))
    yield from _check_later(index, filed, place)


def _format_item(item: FilingItem) -> str:
    return escape_name(f"{item.key} {item.label}")


def _check_later(index: PackageIndex, filed: Collection[str], place: Location) -> Iterator[Diagnostic]:
    """V170–V172: items after the step at which the package ends; V138: the step has another name than its item."""
    until = index.until
    step = escape_name(f"{until.item} {until.label}") if until is not None else ""
    for item in index.items:  # of several packages each has its own items; the step may be an item of another one
        if until is not None and item.key == until.item and item.label != until.label:
            yield error("V138", place, step=step, item=_format_item(item))
    for item in index.later:
        clause, name = item.clause or None, _format_item(item)
        if until is None:
            yield error("V171", place, clause=clause, item=name)
        else:
            yield info("V170", place, clause=clause, item=name, step=step)
        if item.key in filed:
            yield error("V172", place, clause=clause, item=name)
