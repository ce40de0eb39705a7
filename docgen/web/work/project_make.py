"""Builds a project as ``docgen build`` does: drafts, blank forms, the package, a preview of one document."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.batch.ledger.result import drop_repeats
from docgen.diagnostics import Severity, error, sort_diagnostics
from docgen.errors import SourceError
from docgen.messages import catalogue
from docgen.pipeline import build_record
from docgen.pipeline.stages.outcome import Options, Outcome
from docgen.web.faults import JobCancelledError
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile
from docgen.web.work.looks import can_draw, look_at

if TYPE_CHECKING:
    from docgen.archive.writing.package import PackingProgress

_UNCONVERTED = "A211"


def make_project(task: JobTask, progress: Progress) -> JobOutcome:
    """Make what was chosen; report what kept the rest from being made."""
    fields = {name: next(iter(values), "") for name, values in task.order.options.items()}
    what, pdf = fields["what"], bool(fields.get("pdf"))
    options = {
        "draft": Options(task.resources, draft=True, package=False, pdf=pdf),
        "blank": Options(task.resources, blank=True, package=False, pdf=pdf),
        "package": Options(task.resources, pdf=pdf, until=fields.get("until", "")),
        "volume": Options(task.resources, bind=True, until=fields.get("until", "")),
    }[what]
    outcome = _build(task, options, progress)
    if outcome is None:
        return JobOutcome({"project": fields["project"], "what": what, "unconverted": []})
    diagnostics = drop_repeats(outcome.diagnostics)
    words = catalogue(task.lang)
    data = {
        "project": fields["project"],
        "what": what,
        "lacks": sum(item.gap is not None and item.severity is Severity.ERROR for item in diagnostics),
        "unconverted": [words.message(item) for item in diagnostics if item.code == _UNCONVERTED],
    }
    shown = [item for item in diagnostics if item.code != _UNCONVERTED and (item.gap is None or what == "package")]
    return JobOutcome(data, sort_diagnostics(shown), list_made(task.results))


def look_at_document(task: JobTask, progress: Progress) -> JobOutcome:
    """Preview a document: its text, and its pages as pictures where LibreOffice and pdftoppm are."""
    fields = task.order.options
    options = Options(task.resources, draft=True, package=False, only=tuple(fields["only"]), pdf=can_draw())
    outcome = _build(task, options, progress)
    data = {"project": fields["project"][0]}
    if outcome is None:
        return JobOutcome(data | look_at(task.results, ()))
    made = list_made(task.results)
    data |= look_at(task.results, made)
    diagnostics = [item for item in drop_repeats(outcome.diagnostics) if item.gap is None]
    return JobOutcome(data, sort_diagnostics(diagnostics), made)


def _build(task: JobTask, options: Options, progress: Progress) -> Outcome | None:
    """Build in an empty folder of results; None when the job was cancelled."""
    folder = task.folder.parent.parent
    record = folder / task.order.options["path"][0]
    if not record.is_file() or not record.resolve().is_relative_to(folder.resolve()):
        raise SourceError(error("N206"))
    shutil.rmtree(task.results, ignore_errors=True)
    task.results.mkdir()
    reporter = _BuildReporter(progress)
    try:
        return build_record(record, task.results, options, reporter.report_document, watch=reporter.report_packing)
    except JobCancelledError:
        return None


class _BuildReporter:
    """Reports a build's progress to the job: documents first, then the bytes of the package."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._is_packing = False
        self._files = self._bytes = 0

    def report_document(self, title: str, number: int, total: int) -> None:
        """Count a document that is about to be made."""
        self._raise_if_cancelled()
        if number == 0:
            self._progress.begin(total)
        else:
            self._progress.advance(title)

    def report_packing(self, state: PackingProgress) -> None:
        """Count the bytes written to the package."""
        self._raise_if_cancelled()
        if not self._is_packing:
            self._progress.begin(state.all_files, state.all_bytes)
        self._is_packing = True
        while self._files < state.files or self._bytes < state.bytes:
            self._progress.advance(state.package, state.bytes - self._bytes)
            self._files, self._bytes = self._files + 1, state.bytes

    def _raise_if_cancelled(self) -> None:
        if self._progress.should_stop():
            raise JobCancelledError


def list_made(results: Path) -> tuple[ResultFile, ...]:
    """The files made, packages and volumes first."""
    order = {".zip": 0, ".pdf": 1}
    files = [path for path in results.rglob("*") if path.is_file() and not path.name.startswith(".")]
    kinds = {".zip": "package", ".pdf": "pdf"}
    return tuple(
        ResultFile(path.relative_to(results).as_posix(), path.name, kinds.get(path.suffix.lower(), "document"))
        for path in sorted(files, key=lambda path: (order.get(path.suffix.lower(), 2), path.as_posix()))
    )
