"""Verifying received packages, as ``docgen verify`` does over an inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from docgen.archive.verify.report import Verdict, ran_partly
from docgen.archive.verify.spelling import format_facts, format_relation, format_work
from docgen.batch.receive import Reception, ReceptionOutcome, receive_packages
from docgen.batch.received import ReceivedPackage
from docgen.batch.received_book import describe_package
from docgen.batch.result import dump_diagnostics
from docgen.diagnostics import Severity, error, has_errors
from docgen.errors import EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK
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
"""The step of what verifying the package alone doesn't find: which others it belongs to, and its identity."""


def verify_received(task: JobTask, progress: Progress) -> JobOutcome:
    """The verdict on each package as it comes, in the job's store; the summary of all."""
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
        listener = _Listener(progress, words, (store, answer), inbox, size)
        outcome = receive_packages(request, listener, words)
        outputs = tuple(
            ResultFile(path.name, path.name, "table") for path in (out, out.with_suffix(".json")) if path.is_file()
        )
        code = listener.find_code(outcome)
        # a page has words of its own for what is open
        left = (error("B139", left=outcome.counts["open"]),) if outcome.was_stopped else ()
        told = replace(outcome, diagnostics=(*outcome.diagnostics, *left))
        answer.finish(told, store.iterate_findings(), outputs, code)
    data = {"identities": [listener.identities["passed"], listener.identities["failed"]]}
    return JobOutcome(data, outcome.diagnostics, outputs)


def name_sources(sources: Iterable[SourceFile]) -> dict[Path, str]:
    """What each file is called by its sender; of several of one name each further one gets a number."""
    counts: Counter[str] = Counter()
    named = {}
    for item in sources:
        counts[item.name] += 1
        stem, dot, suffix = item.name.rpartition(".")
        number = counts[item.name]
        numbered = f"{stem} ({number}){dot}{suffix}" if dot else f"{item.name} ({number})"
        named[item.path] = item.name if number == 1 else numbered
    return named


class _Listener:
    """Passes on how it goes, and keeps what is told."""

    def __init__(
        self,
        progress: Progress,
        words: Catalogue,
        into: tuple[ReceivedStore, AnswerWriter],
        inbox: Path | None,
        size: int,
    ) -> None:
        self._progress = progress
        self._size = size
        self._words = words
        self._store, self._answer = into
        self._inbox = inbox
        self._has_errors = False
        self.identities = Counter[str]()

    def begin(self, total: int) -> None:
        self._progress.begin(total, self._size)

    def advance(self, package: ReceivedPackage) -> None:
        self._keep(package)
        size = 0
        with suppress(OSError):
            size = package.path.stat().st_size
        self._progress.advance(self._show(package), size)

    def should_stop(self) -> bool:
        return self._progress.should_stop()

    def tell(self, package: ReceivedPackage) -> None:
        self._has_errors = self._has_errors or has_errors(package.diagnostics)
        self.identities[package.identity_verdict.value] += 1
        self._keep(package, is_final=True)
        self._answer.add(describe_package(package, self._words))

    def find_code(self, outcome: ReceptionOutcome) -> int:
        """The exit code that the command would end with."""
        if outcome.was_stopped:
            return EXIT_INTERRUPTED
        found = self._has_errors or has_errors(outcome.diagnostics)
        return max(outcome.exit_code, EXIT_FOUND if found else EXIT_OK)

    def _show(self, package: ReceivedPackage) -> str:
        """A package's name; in an inbox, its way from there."""
        if package.name or self._inbox is None:
            return package.name or package.path.name
        with suppress(ValueError):
            return package.path.relative_to(self._inbox).as_posix()
        return package.path.name

    def _keep(self, package: ReceivedPackage, *, is_final: bool = False) -> None:
        errors = [item for item in package.diagnostics if item.severity is Severity.ERROR]
        row = ReceivedRow(
            package.number,
            package.verdict,
            len(errors),
            _cut(self._show(package)),
            _cut(package.title),
            dump_diagnostics(errors[:1]),
        )
        told = describe_details(package, self._words)
        if is_final:
            told |= _describe_answer(package, self._show(package))
        self._store.put(row, told, _assign(package), _list_words(row, package))


def describe_details(package: ReceivedPackage, words: Catalogue) -> dict[str, Any]:
    """What the package's own page shows of it, beside its findings."""
    said = package.said
    told: dict[str, Any] = {"path": package.shown, "contents": package.contents}
    if said is None:
        return told | {"facts": [], "work": "", "identity": "", "draft": False, "steps": []}
    facts = (*format_facts(said, words), *format_relation(said, package.relation, words))
    return told | {
        "facts": [(label, _cut(text)) for label, text in facts],
        "work": format_work(said, words),
        "identity": package.identity_verdict.value,
        "draft": bool(said["draft"]),
        "steps": [
            {
                "step": step["step"],
                "title": words.text(f"archive.step.{step['step']}"),
                "verdict": step["verdict"],
                "is_partial": ran_partly(Verdict(step["verdict"]), step["codes"]),
            }
            for step in said["steps"]
        ],
    }


def _describe_answer(package: ReceivedPackage, name: str) -> dict[str, Any]:
    """What a receipt of it would say, None where it couldn't be verified; the files that it shares with others."""
    findings = None
    if package.said is not None:
        in_chinese = describe_package(package, catalogue(DOCUMENT_LANGUAGE))
        findings = gather_findings(in_chinese, package.diagnostics, name).model_dump(mode="json")
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
    """A text as long as a page shows it: a hostile index may hold megabytes in a title."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _assign(package: ReceivedPackage) -> Iterator[tuple[str, str]]:
    """Each finding with its step: a package's description counts those of each step, in their order."""
    steps = iter([step["step"] for step in (package.said or {"steps": ()})["steps"] for _ in step["codes"]])
    for item in package.diagnostics:
        yield next(steps, _FURTHER), dump_diagnostics([item])


def _list_words(row: ReceivedRow, package: ReceivedPackage) -> Iterator[tuple[str, str]]:
    """By what a package can be looked for."""
    said: Mapping[str, Any] = package.said or {}
    contents: Mapping[str, Any] = package.contents or {}
    project = said.get("project") or {}
    yield "name", row.name
    if (name := _cut(said.get("name") or "")) not in row.name:
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
