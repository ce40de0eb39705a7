"""Transfer a package to an archive: verify it, lay out its files, add note, catalogue and register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from docgen.archive.plan.model import PackageIndex, describe_until
from docgen.archive.plan.numbering import format_retention
from docgen.archive.transfer.model import (
    CATALOGUE_NAME,
    NOTE_NAME,
    REGISTER_NAME,
    SCHEMA_NAME,
    list_entries,
    write_catalogue,
    write_note,
)
from docgen.archive.transfer.write import TransferSource, write_transfer
from docgen.archive.verify.package import verify_zip
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.archive.writing.package import WatchPacking
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import TemplateError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.outcome import Output
from docgen.render.context.packages import TitleView, TransferView
from docgen.render.store import TemplateStore
from docgen.render.values.values import render_text
from docgen.resources import Resources

_REGISTER = "docx/transfer-register.docx"
_NOTE = "text/transfer-note.jinja"
_SCHEMA = "xml/transfer-catalogue.xsd"
_FORGIVEN = frozenset({Step.FILING, Step.DOCUMENTS})
_UNOPENED = "V165"
_ACTIVE = ("V167", "E119")
_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """The options of a transfer: receiver and carrier ("" to be filled in by hand).

    ``draft`` transfers in spite of errors that don't concern the integrity of files: missing filing items, a draft,
    documents that can't be opened.
    """

    resources: Resources = field(default_factory=Resources)
    receiver: str = ""
    carrier: str = ""
    carrier_number: str = ""
    draft: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class TransferOutcome:
    """The diagnostics of verifying, and the folder that was written (None: nothing was)."""

    diagnostics: tuple[Diagnostic, ...]
    output: Output | None = None


@dataclass(frozen=True, slots=True)
class _FormatView:
    suffix: str
    count: int
    program: str


def transfer_package(
    package: Path, out: Path, options: TransferOptions, watch: WatchPacking | None = None
) -> TransferOutcome:
    """Verify a package and write its layout to a folder of its name below ``out``.

    A faulty package is refused (A113 after its diagnostics). Raises ArchiveError V101 when it can't be read, else as
    ``write_transfer`` does, TemplateError when a template isn't sound.
    """
    report = verify_zip(package)
    index, identity = report.index, report.identity
    if index is None or identity is None or _is_refused(report, options.draft):
        refusal = error("A113", Location("archive", file=str(package)), path=str(package))
        return TransferOutcome((*report.diagnostics, refusal))
    papers = _make_papers(report, index, identity, options)
    target = out / report.name
    write_transfer(TransferSource(package, identity, index), papers, target, force=options.force, watch=watch)
    return TransferOutcome(report.diagnostics, Output("transfer", target, index.title))


def _is_refused(report: VerifyReport, draft: bool) -> bool:
    failed = {step.step for step in report.steps if step.verdict is Verdict.FAILED}
    flawed = bool(failed) or (report.index is not None and report.index.draft)
    return bool(failed - _FORGIVEN) or (flawed and not draft)


def _make_papers(
    report: VerifyReport, index: PackageIndex, identity: str, options: TransferOptions
) -> dict[str, bytes]:
    store = TemplateStore(options.resources)
    entries = tuple(list_entries(index))
    files = [file for entry in entries for file in entry.files]
    register = store.render(
        _REGISTER, {"transfer": _describe(report, index, options), "document": TitleView(index.title)}
    )
    note = render_text(
        _find(options.resources, _NOTE).read_text("utf-8"),
        {
            "index": index,
            "retention": format_retention(index.archive.retention),
            "identity": identity,
            "receiver": options.receiver,
            "carrier": options.carrier,
            "carrier_number": options.carrier_number,
            "files": len(files),
            "bytes": _format_number(_count_bytes(index)),
            "formats": tuple(_list_formats(files)),
        },
    )
    return {
        NOTE_NAME: write_note(note),
        CATALOGUE_NAME: write_catalogue(entries),
        REGISTER_NAME: register.data,
        SCHEMA_NAME: _find(options.resources, _SCHEMA).read_bytes(),
    }


def _find(resources: Resources, name: str) -> Path:
    path = resources.find_template(name)
    if path is None:
        raise TemplateError(error("T151", name=name))
    return path


def _describe(report: VerifyReport, index: PackageIndex, options: TransferOptions) -> TransferView:
    texts = catalogue(DOCUMENT_LANGUAGE)
    files = sum(len(document.renditions) for document in index.documents if document.kind != "note")
    size = _count_bytes(index)
    archive = index.archive
    year = texts.text("transfer.year", year=archive.year) if archive.year else ""
    return TransferView(
        title=index.title,
        task=texts.text("transfer.task", sender=archive.agency, year=year, title=index.title),
        contents=tuple(_describe_contents(index)),
        count=texts.text("transfer.count", documents=index.counts.documents, files=files),
        volume=texts.text("transfer.volume", gigabytes=f"{size / _GIGABYTE:.3f}", bytes=_format_number(size)),
        carrier=options.carrier,
        carrier_number=options.carrier_number,
        sender=archive.agency,
        receiver=options.receiver,
        **_describe_tests(report, index),
    )


def _describe_contents(index: PackageIndex) -> Iterator[str]:
    texts = catalogue(DOCUMENT_LANGUAGE)
    yield texts.text("transfer.contents.title", title=index.title, number=index.project.number)
    standard = index.standard
    params = {"number": standard.number, "title": standard.title, "remark": standard.remark}
    yield texts.text("transfer.contents.standard", **params)
    present = [item.label for item in index.items if item.status == "present"]
    yield texts.text("transfer.contents.items", count=len(present), items="、".join(present))
    files = [rendition.path for document in index.documents for rendition in document.renditions]
    formats = "、".join(f"{item.suffix} {item.count}" for item in _list_formats(files))
    yield texts.text("transfer.contents.formats", formats=formats)
    if index.until is not None:
        yield texts.text("transfer.contents.until", **describe_until(index))
    if index.draft:
        yield texts.text("transfer.contents.draft")


def _describe_tests(report: VerifyReport, index: PackageIndex) -> dict[str, str]:
    """The sender's test results in the register's words; a failed test is stated, one not run stays free."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    verdicts = {step.step: step.verdict for step in report.steps}
    codes = Counter(item.code for item in report.diagnostics)
    unopened, active = codes[_UNOPENED], sum(codes[code] for code in _ACTIVE)
    step = f"{index.until.item} {index.until.label}" if index.until is not None else ""
    counts = {"documents": index.counts.documents, "files": index.counts.files, "unopened": unopened, "active": active}
    safety = "active" if active else "partly_safe" if unopened else "safety"

    def format_result(key: str, *steps: Step, sound: bool = True, until: str = "") -> str:
        passed = sound and all(verdicts[step] is not Verdict.FAILED for step in steps)
        tested = f"{key}_until" if until else key
        return texts.text(f"transfer.tested.{tested}" if passed else f"transfer.failed.{key}", until=until, **counts)

    filed = (Step.STRUCTURE, Step.INDEX, Step.FILING)
    return {
        "accuracy": format_result("accuracy", Step.PAYLOAD, Step.TAGS),
        "completeness": format_result("completeness", *filed, sound=not index.draft, until=step),
        "usability": format_result("partly_usable" if unopened else "usability", Step.DOCUMENTS),
        "safety": texts.text(f"transfer.tested.{safety}", **counts),
    }


def _list_formats(files: list[str]) -> Iterator[_FormatView]:
    texts = catalogue(DOCUMENT_LANGUAGE)
    counted = Counter(PurePosixPath(file).suffix.lower() for file in files)
    for suffix, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        key = f"transfer.program{suffix}"
        yield _FormatView(suffix.removeprefix(".").upper() or "—", count, texts.texts.get(key, ""))


def _count_bytes(index: PackageIndex) -> int:
    return sum(item.size for document in index.documents if document.kind != "note" for item in document.renditions)


def _format_number(number: int) -> str:
    return f"{number:,}"
