"""Making documents from a table, as ``docgen batch`` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docgen.batch import BatchOutcome, JobResult, Request, run_batch
from docgen.batch.ledger.result import drop_repeats
from docgen.diagnostics import Diagnostic, Severity, error, sort_diagnostics
from docgen.errors import EXIT_INTERRUPTED, SourceError
from docgen.messages import catalogue
from docgen.pipeline.services.profiles import resolve_chosen
from docgen.pipeline.stages.outcome import Options
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile
from docgen.web.work.forms_choice import read_choices


def make_forms(task: JobTask, progress: Progress) -> JobOutcome:
    """The documents of every row that can be made, all in one Word file, and the workbook that goes back."""
    choices = read_choices(task.order)
    path = task.order.sources[0].path
    options = choices.make_options(task.folder, task.resources)
    by_hand, is_one = frozenset(choices.by_hand), len(choices.only) == 1
    request = Request((path,), task.results, options, is_one, by_hand=by_hand)
    outcome, listener = _run(task, request, progress)
    outputs = tuple(item for item in list_outputs(outcome, task.results) if item.kind != "data")
    data = {"batch": outcome.counts, "sent_back": outcome.sent_back}
    # faults of rows are on the page of the table; these kept documents from being made
    errors = [item for item in (*outcome.diagnostics, *listener.failed) if item.severity is Severity.ERROR]
    return JobOutcome(data, drop_repeats(errors), outputs)


def make_documents(task: JobTask, progress: Progress) -> JobOutcome:
    """``docgen batch`` for a program: what could be made of each record or row, the summary, the returned workbook.

    Faults stand in the summary; they are told only where there is none, as the command does.
    """
    order_options, paths = task.order.options, tuple(item.path for item in task.order.sources)
    profile_id = next(iter(order_options.get("profile", ())), None)
    only = resolve_chosen(tuple(order_options.get("only", ())), lambda: task.resources, profile_id)
    if (combine := "combine" in order_options) and len(only) != 1:
        raise SourceError(error("B122"))
    if (by_hand := "blanks-by-hand" in order_options) and not only:
        raise SourceError(error("B133"))
    options = Options(task.resources, profile_id, only=only, blanks_by_hand=by_hand)
    outcome, listener = _run(task, Request(paths, task.results, options, combine), progress)
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B105", left=outcome.counts["open"]))
    data = {"exit_code": code, "ok": code == 0, "batch": outcome.counts}
    silent = listener.diagnostics if outcome.summary is None else ()
    return JobOutcome(data, sort_diagnostics(drop_repeats((*notes, *silent))), list_outputs(outcome, task.results))


def list_outputs(outcome: BatchOutcome, results: Path) -> tuple[ResultFile, ...]:
    """What a batch gave back: the combined file, the returned workbook and the summary first, then the documents."""
    summary = outcome.summary
    special: list[tuple[Path, str]] = [(path, "combined") for path in outcome.combined]
    special += [(path, "returned") for path in outcome.returned]
    special += [(summary.workbook, "results"), (summary.data, "data")] if summary is not None else []
    special_paths = {path.resolve() for path, _ in special}
    made = sorted(
        path
        for path in results.rglob("*")
        if path.is_file()
        and not path.relative_to(results).parts[0].startswith(".")
        and path.resolve() not in special_paths
    )
    listed = [*special, *((path, "document") for path in made)]
    return tuple(ResultFile(path.relative_to(results).as_posix(), path.name, kind) for path, kind in listed)


def _run(task: JobTask, request: Request, progress: Progress) -> tuple[BatchOutcome, _Listener]:
    listener = _Listener(progress)
    return run_batch(request, lambda _job: task.resources, listener, catalogue(task.lang)), listener


class _Listener:
    """Passes on the progress of a batch, and gathers the diagnostics of its jobs, and those of the failed ones."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.diagnostics: list[Diagnostic] = []
        self.failed: list[Diagnostic] = []

    def begin(self, total: int) -> None:
        self._progress.begin(total)

    def advance(self, name: str, *, is_new: bool) -> None:
        del is_new
        self._progress.advance(name)

    def settle(self, name: str, result: JobResult | None) -> None:
        del name
        diagnostics: tuple[Any, ...] = result.diagnostics if result is not None else ()
        self.diagnostics += diagnostics
        self.failed += diagnostics if result is not None and result.state == "failed" else ()

    def should_stop(self) -> bool:
        return self._progress.should_stop()
