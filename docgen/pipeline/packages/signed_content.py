"""Compare a document's content with the content that was signed, as the record or an earlier package states it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from docgen.archive.bag.digest import OFFICE_SUFFIXES, content_digest
from docgen.archive.plan.filing import InspectedEvidence, RenderedDocument
from docgen.archive.plan.model import FiledDocument, PackageIndex
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, warning
from docgen.pipeline.stages.prepare import PreparedRecord
from docgen.record.parts import Evidence

_SHOWN_DIGITS = 12


def trace_scans(
    prepared: PreparedRecord, documents: Sequence[RenderedDocument], targets: Sequence[Path]
) -> tuple[PreparedRecord, list[Diagnostic]]:
    """Find the content that each scan was signed on; existing packages at the ``targets`` are read for it, too."""
    if not any(piece.evidence.document for piece in prepared.evidence):
        return prepared, []
    keys = [evidence.key for evidence in prepared.subject.record.evidence]

    def locate(evidence: Evidence) -> Location:
        return prepared.validation.locate(("evidence", keys.index(evidence.key), "file"), False)

    traced, diagnostics = trace_signatures(prepared.evidence, documents, _read_earlier(targets), locate)
    return replace(prepared, evidence=traced), diagnostics


def _read_earlier(targets: Sequence[Path]) -> list[PackageIndex]:
    present = [path for path in targets if path.is_file()]
    if not present:
        return []
    from docgen.archive.verify.peek import read_earlier_index

    return [index for path in present if (index := read_earlier_index(path)) is not None]


def trace_signatures(
    evidence: Sequence[InspectedEvidence],
    documents: Sequence[RenderedDocument],
    earlier: Sequence[PackageIndex],
    locate: Callable[[Evidence], Location],
) -> tuple[tuple[InspectedEvidence, ...], list[Diagnostic]]:
    """Add to each scan the digest of the content that was signed; E142 where the document has other content now.

    The record may state that digest (``signed_digest``). Else, where an earlier package at the same place holds the
    same scan and another content of its document, that content is what was signed.
    """
    rendered = {document.job.id: document for document in documents}
    filed = {document.id: document for index in earlier for document in index.documents}
    traced: list[InspectedEvidence] = []
    diagnostics: list[Diagnostic] = []
    for piece in evidence:
        document = rendered.get(piece.evidence.document or "")
        if document is None:
            traced.append(piece)
            continue
        present = dict(_list_contents(document))
        signed = piece.signed_digest or _find_signed(piece, filed.get(document.job.id), tuple(present.values()))
        traced.append(replace(piece, signed_digest=signed))
        if signed is not None and present and not any(digest.startswith(signed) for digest in present.values()):
            diagnostics.append(_report_change(piece, document, signed, present).at(locate(piece.evidence)))
    return tuple(traced), diagnostics


def _list_contents(document: RenderedDocument) -> Iterator[tuple[str, str]]:
    """The Word and Excel files of a document by name, with the content digest of each; a PDF has none."""
    holder = f"_{document.job.item_name}" if document.job.item_name else ""
    for suffix, data in document.files:
        yield f"{document.job.document.title}{holder}{suffix}", content_digest(data)
    for file in document.handmade:
        # a file that doesn't open was reported when it was inspected
        if file.role == "original" and file.path.suffix.lower() in OFFICE_SUFFIXES and zipfile.is_zipfile(file.path):
            yield file.path.name, content_digest(file.path.read_bytes())


def _find_signed(piece: InspectedEvidence, filed: FiledDocument | None, present: Sequence[str]) -> str | None:
    """The digest of the signed content by an earlier package, where the document has other content now."""
    scans = [item for item in filed.renditions if item.role == "signed"] if filed is not None else []
    if filed is None or not scans:
        return None
    digest = hash_file(piece.path)
    same = next((item for item in scans if item.sha256 == digest), None)
    if same is None:
        return None
    digests = [item.content_digest for item in filed.renditions if item.role == "original" and item.content_digest]
    signed = [same.signed_digest] if same.signed_digest is not None else digests
    unchanged = any(now.startswith(then) for now in present for then in signed)
    return signed[0] if signed and not unchanged else None


def _report_change(
    piece: InspectedEvidence, document: RenderedDocument, signed: str, present: Mapping[str, str]
) -> Diagnostic:
    name, digest = next(iter(present.items()))
    return warning(
        "E142",
        document=document.job.full_title,
        file=piece.evidence.file,
        signed=signed[:_SHOWN_DIGITS],
        path=name,
        present=digest[:_SHOWN_DIGITS],
    )
