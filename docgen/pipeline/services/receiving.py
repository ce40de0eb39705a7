"""Verify received packages: each one, its contents, and the relations among those that came together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic_core import from_json

from docgen.archive.bag.index import DocumentLine, arrange_documents
from docgen.archive.verify.description import Judgement, complete_description, describe_report
from docgen.archive.verify.identity import judge_identity
from docgen.archive.verify.natures import judge_items
from docgen.archive.verify.package import verify_package
from docgen.archive.verify.relations import PackageRelation, Relations, find_package_files, find_relative
from docgen.archive.verify.remade import Remake
from docgen.archive.verify.repeats import Repeat, Repeats
from docgen.archive.verify.report import COUNTED, VerifyReport, restore_steps
from docgen.archive.zip.hashing import CHUNK, SM3, can_hash, open_hash_thread
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits
from docgen.diagnostics import Diagnostic, Location, error, has_errors, promote_warnings
from docgen.errors import EXIT_FAULTS, EXIT_OK, ArchiveError, DocgenError
from docgen.messages import Catalogue
from docgen.pipeline.packages.remaking import PaperMaker
from docgen.pipeline.services.attempts import attempt_each
from docgen.pipeline.services.signing import SignatureCheck
from docgen.pipeline.stages.outcome import Proving

_MOST_ITEMS, _MOST_DOCUMENTS, _MOST_FILES, _LONGEST = 500, 3000, 5, 300


@dataclass(frozen=True, slots=True)
class VerifiedPackage:
    """A verified package, its relation to the others (None: none), and the files that it shares with them."""

    report: VerifyReport
    relation: PackageRelation | None
    repeats: tuple[Repeat, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of the report, of the relation and of shared files."""
        place = Location("archive", file=str(self.report.path))
        related = self.relation.diagnostics if self.relation is not None else ()
        return (*self.report.diagnostics, *related, *(repeat.report(place) for repeat in self.repeats))


@dataclass(frozen=True, slots=True)
class Verification:
    """The packages that could be read, the errors of the others (``unread``), and the worst of their exit codes."""

    packages: tuple[VerifiedPackage, ...]
    unread: tuple[Diagnostic, ...]
    exit_code: int

    @property
    def least_code(self) -> int:
        """The lowest exit code, diagnostics aside: 1, too, where a package's files weren't compared."""
        is_proven = all(item.report.is_proven for item in self.packages)
        return max(self.exit_code, EXIT_OK if is_proven else EXIT_FAULTS)

    def count(self, states: Iterable[str]) -> dict[str, int]:
        """How many packages have each state, could not be read (``failed``), and are there in all (``total``)."""
        counts = Counter(states) + Counter(failed=len(self.unread))
        return {name: counts[name] for name in COUNTED} | {"total": counts.total()}


@dataclass(frozen=True, slots=True)
class JudgedPackage:
    """A verified package with its verdict, compared with the identities that the user has from elsewhere.

    ``state`` is ``sound``, ``faulty``, or ``unproven`` where its files weren't compared with their digests.
    """

    description: Mapping[str, Any]
    judgement: Judgement
    state: Literal["sound", "faulty", "unproven"]
    diagnostics: tuple[Diagnostic, ...]

    def describe(self, words: Catalogue) -> dict[str, Any]:
        """The package for JSON."""
        return {**complete_description(self.description, words, self.judgement), "state": self.state}


def judge_package(
    item: VerifiedPackage, identities: Collection[str], signature: SignatureCheck, *, strict: bool = False
) -> JudgedPackage:
    """Judge a package and the signature that came with it; ``strict`` treats warnings as errors."""
    report = item.report
    verdict, identity_faults = judge_identity(report.path, report.identity, identities)
    diagnostics = (*item.diagnostics, *identity_faults, *signature.diagnostics)
    weighed = promote_warnings(diagnostics) if strict else diagnostics
    is_sound = not has_errors(weighed)
    description = describe_report(report)
    items = judge_items(description, restore_steps(description["steps"], weighed), verdict, identity_faults)
    judgement = Judgement(item.relation, verdict, is_sound and report.is_proven, items, item.repeats, signature.verdict)
    state: Literal["sound", "faulty", "unproven"] = "sound" if report.is_proven else "unproven"
    return JudgedPackage(description, judgement, state if is_sound else "faulty", diagnostics)


def describe_contents(report: VerifyReport) -> dict[str, Any] | None:
    """Describe the contents of a package by filing items, as its own page shows them; None without an index.

    Long lists are cut: a hostile index may hold a million entries.
    """
    index = report.index
    if index is None:
        return None
    blocks = arrange_documents(index)[:_MOST_ITEMS]
    document_numbers = iter(range(_MOST_DOCUMENTS))
    items = [
        {
            "key": _cut(block.item.key),
            "label": _cut(block.item.label),
            "status": block.item.status,
            "reason": _cut(block.item.reason),
            "count": block.count,
            "documents": [_describe_document(line) for line, _ in zip(block.documents, document_numbers, strict=False)],
        }
        for block in blocks
    ]
    enterprises = list(_list_enterprises(report.record))
    missing = [{"title": _cut(item.title), "reason": _cut(item.reason)} for item in index.missing[:_MOST_ITEMS]]
    return {
        "agency": _cut(index.archive.agency),
        "created": str(index.created),
        "enterprises": enterprises,
        "items": items,
        "documents": len(index.documents),
        "missing": missing,
    }


def _describe_document(line: DocumentLine) -> dict[str, Any]:
    document, files = line.document, line.document.renditions[:_MOST_FILES]
    return {
        "number": line.number,
        "title": _cut(document.title),
        "responsible": _cut(document.responsible),
        "date": line.date,
        "pages": line.pages,
        "files": [{"path": _cut(item.path), "role": item.role, "size": item.size} for item in files],
    }


def _list_enterprises(record: bytes | None) -> Iterator[str]:
    """The enterprises that the record names; none where it can't be read."""
    if record is None:
        return
    try:
        enterprises = from_json(record)["record"]["enterprises"]
        names = [item["name"] for item in enterprises[:_MOST_ITEMS]]
    except (ValueError, KeyError, TypeError):
        return
    yield from (_cut(name) for name in names if isinstance(name, str))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def verify_and_prove(path: Path, limits: Limits, remake: Remake, proving: Proving | None = None) -> VerifyReport:
    """Verify a package, then prove what is asked for; raises as ``verify_package`` does.

    ArchiveError V266 when digests are asked for and the zip changed while it was read.
    """
    before = _read_stamp(path) if proving is not None and proving.digests else None
    report = verify_package(path, limits, remake)
    if proving is not None and proving.steps:
        from docgen.pipeline.services.proving import prove_package  # imported late: it needs what makes documents

        report = prove_package(report, proving, limits)
    if before is None:
        return report
    report = replace(report, digests=_hash_zip(path))
    if _read_stamp(path) != before:
        raise ArchiveError(error("V266", Location("archive", file=str(path)), path=str(path)))
    return report


def _read_stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of the last change (ns) of a path; None where there is nothing."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _hash_zip(path: Path) -> dict[str, str]:
    """The sha256 of a zip and, where this computer has it, the sm3; none of a folder."""
    if not path.is_file():
        return {}
    with path.open("rb") as file, open_hash_thread() as thread:
        digest = thread.start([SM3] if can_hash(SM3) else ())
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return {"sha256": digest.hexdigest(), **digest.list_others()}


def verify_packages(
    paths: Sequence[Path],
    progress: Callable[[str, int, int], None],
    limits: Limits = DEFAULT_LIMITS,
    proving: Proving | None = None,
) -> Verification:
    """Verify packages, each once, and prove what is asked for; ``progress`` is called before each is read."""
    verify = partial(verify_and_prove, limits=limits, remake=PaperMaker(), proving=proving)
    attempts = attempt_each(tuple(dict.fromkeys(paths)), verify, progress)
    reports = [(report, find_relative(report)) for _, report in attempts.results]
    relations = Relations(relative for _, relative in reports if relative is not None)
    unread = tuple(
        item for _, outcome in attempts.each if isinstance(outcome, DocgenError) for item in outcome.diagnostics
    )
    used = [find_package_files(report) for report, _ in reports]
    repeats = Repeats(lambda: used)
    packages = tuple(
        VerifiedPackage(report, relations.find(relative) if relative is not None else None, repeats.find(own))
        for (report, relative), own in zip(reports, used, strict=True)
    )
    return Verification(packages, unread, attempts.exit_code)
