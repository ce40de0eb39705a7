"""Verifies received packages, as ``docgen verify`` does with an inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from docgen.archive.verify.display import format_facts, format_relation, format_work
from docgen.archive.verify.report import Verdict, ran_partly
from docgen.batch.inbox import ReceivedPackage, Reception, ReceptionOutcome, receive_packages
from docgen.batch.inbox.book import describe_package
from docgen.batch.ledger.result import dump_diagnostics
from docgen.diagnostics import Severity, error, has_errors
from docgen.errors import EXIT_FAULTS, EXIT_INTERRUPTED, EXIT_OK
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.services.receipts import gather_findings
from docgen.pipeline.stages.outcome import Proving
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile, SourceFile
from docgen.web.work.receiver_answer import AnswerWriter
from docgen.web.work.receiver_request import read_identities, read_inbox
from docgen.web.work.receiver_store import ReceivedRow, write_store

if TYPE_CHECKING:
    from docgen.messages import Catalogue
    from docgen.web.work.receiver_store import ReceivedStore

_LONGEST, _SHOWN = 500, 20
_FURTHER = "further"
"""The step of diagnostics from outside the package: its relation to other packages, and its identity."""


def verify_received(task: JobTask, progress: Progress) -> JobOutcome:
    """Verify the packages; store each verdict as it comes, write the summary of all."""
    words = catalogue(task.lang)
    inbox = read_inbox(task.order.options, task.folder.parent.parent)
    identities = read_identities(task.order.options)
    task.results.mkdir(exist_ok=True)
    out = task.results / f"{words.text('received.title')}.xlsx"
    names = name_sources(task.order.sources)
    paths = (*names, *([inbox] if inbox is not None else ()))
    proving = Proving(digests=True)
    request = Reception(
        paths, out, task.limits, identities=identities, names=names, with_contents=True, proving=proving
    )
    with write_store(task.folder) as store, AnswerWriter(task, words) as answer:
        store.clear()
        size = sum(path.stat().st_size for path in names) if inbox is None else 0
        listener = _StoringListener(progress, words, (store, answer), inbox, size)
        outcome = receive_packages(request, listener, words)
        outputs = tuple(
            ResultFile(path.name, path.name, "table") for path in (out, out.with_suffix(".json")) if path.is_file()
        )
        code = listener.find_code(outcome)
        # B139 is for programs alone: the page has its own text for open packages
        notes = (error("B139", left=outcome.counts["open"]),) if outcome.was_stopped else ()
        complete = replace(outcome, diagnostics=(*outcome.diagnostics, *notes))
        answer.finish(complete, store.iterate_findings(), outputs, code)
    data = {"identities": [listener.identities["passed"], listener.identities["failed"]]}
    return JobOutcome(data, outcome.diagnostics, outputs)


def name_sources(sources: Iterable[SourceFile]) -> dict[Path, str]:
    """The senders' names of files by path; of several with one name, the second and later ones are numbered."""
    counts: Counter[str] = Counter()
    names = {}
    for item in sources:
        counts[item.name] += 1
        stem, dot, suffix = item.name.rpartition(".")
        number = counts[item.name]
        numbered = f"{stem} ({number}){dot}{suffix}" if dot else f"{item.name} ({number})"
        names[item.path] = item.name if number == 1 else numbered
    return names


class _StoringListener:
    """Reports progress to the job, and stores each package's result."""

    def __init__(
        self,
        progress: Progress,
        words: Catalogue,
        targets: tuple[ReceivedStore, AnswerWriter],
        inbox: Path | None,
        size: int,
    ) -> None:
        self._progress = progress
        self._size = size
        self._words = words
        self._store, self._answer = targets
        self._inbox = inbox
        self._has_errors = False
        self.identities = Counter[str]()

    def begin(self, total: int) -> None:
        self._progress.begin(total, self._size)

    def advance(self, package: ReceivedPackage) -> None:
        self._store_package(package)
        size = 0
        with suppress(OSError):
            size = package.path.stat().st_size
        self._progress.advance(self._format_name(package), size)

    def should_stop(self) -> bool:
        return self._progress.should_stop()

    def report_package(self, package: ReceivedPackage) -> None:
        self._has_errors = self._has_errors or has_errors(package.diagnostics)
        self.identities[package.identity_verdict.value] += 1
        self._store_package(package, is_final=True)
        self._answer.add(describe_package(package, self._words))

    def find_code(self, outcome: ReceptionOutcome) -> int:
        """The exit code that the command would end with."""
        if outcome.was_stopped:
            return EXIT_INTERRUPTED
        failed = self._has_errors or has_errors(outcome.diagnostics)
        return max(outcome.exit_code, EXIT_FAULTS if failed else EXIT_OK)

    def _format_name(self, package: ReceivedPackage) -> str:
        """A package's name; its relative path in an inbox."""
        if package.name or self._inbox is None:
            return package.name or package.path.name
        with suppress(ValueError):
            return package.path.relative_to(self._inbox).as_posix()
        return package.path.name

    def _store_package(self, package: ReceivedPackage, *, is_final: bool = False) -> None:
        errors = [item for item in package.diagnostics if item.severity is Severity.ERROR]
        row = ReceivedRow(
            package.number,
            package.verdict,
            len(errors),
            _cut(self._format_name(package)),
            _cut(package.title),
            dump_diagnostics(errors[:1]),
        )
        details = describe_details(package, self._words)
        if is_final:
            details |= _describe_answer(package, self._format_name(package))
        self._store.add(row, details, _iterate_findings(package), _list_words(row, package))


def describe_details(package: ReceivedPackage, words: Catalogue) -> dict[str, Any]:
    """The details for a package's page, without its diagnostics."""
    description = package.description
    details: dict[str, Any] = {"path": package.shown, "contents": package.contents}
    if description is None:
        return details | {"facts": [], "work": "", "identity": "", "draft": False, "steps": []}
    facts = (*format_facts(description, words), *format_relation(description, package.relation, words))
    return details | {
        "facts": [(label, _cut(text)) for label, text in facts],
        "work": format_work(description, words),
        "identity": package.identity_verdict.value,
        "draft": bool(description["draft"]),
        "steps": [
            {
                "step": step["step"],
                "title": words.text(f"archive.step.{step['step']}"),
                "verdict": step["verdict"],
                "is_partial": ran_partly(Verdict(step["verdict"]), step["codes"]),
            }
            for step in description["steps"]
        ],
    }


def _describe_answer(package: ReceivedPackage, name: str) -> dict[str, Any]:
    """The findings for a receipt, None where the package couldn't be verified; the files shared with other packages."""
    findings = None
    if package.description is not None:
        described = describe_package(package, catalogue(DOCUMENT_LANGUAGE))
        findings = gather_findings(described, package.diagnostics, name).model_dump(mode="json")
    repeats = [
        {
            "relation": repeat.relation,
            "others": [_cut(PurePath(other).name) for other in repeat.others[:_SHOWN]],
            "files": [_cut(PurePath(file).name) for file in repeat.files[:_SHOWN]],
            "count": len(repeat.files),
            "packages": len(repeat.others),
        }
        for repeat in package.repeats
    ]
    return {"findings": findings, "repeats": repeats}


def _cut(text: str) -> str:
    """A text cut to the length that a page shows: a hostile index may hold megabytes in a title."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _iterate_findings(package: ReceivedPackage) -> Iterator[tuple[str, str]]:
    """Each diagnostic with its step: the description lists the codes of each step in the diagnostics' order."""
    steps = iter([step["step"] for step in (package.description or {"steps": ()})["steps"] for _ in step["codes"]])
    for item in package.diagnostics:
        yield next(steps, _FURTHER), dump_diagnostics([item])


def _list_words(row: ReceivedRow, package: ReceivedPackage) -> Iterator[tuple[str, str]]:
    """The texts by which a package can be searched, with their kinds."""
    description: Mapping[str, Any] = package.description or {}
    contents: Mapping[str, Any] = package.contents or {}
    project = description.get("project") or {}
    yield "name", row.name
    if (name := _cut(description.get("name") or "")) not in row.name:
        yield "name", name
    yield "project", row.title
    yield "project", _cut(project.get("name", ""))
    yield "project", _cut(project.get("number", ""))
    yield "enterprise", contents.get("agency", "")
    yield from (("enterprise", name) for name in contents.get("enterprises", ()))
    for item in contents.get("items", ()):
        for document in item["documents"]:
            yield "document", document["title"]
            yield "enterprise", document["responsible"]
