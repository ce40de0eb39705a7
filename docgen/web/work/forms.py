"""Making documents from a workbook, as ``docgen batch`` does."""

from __future__ import annotations

from docgen.batch import JobResult, Request, run_batch
from docgen.diagnostics import Diagnostic
from docgen.messages import catalogue
from docgen.pipeline.stages.outcome import Options
from docgen.web.jobs.model import JobOutcome, JobTask, Produced, Progress


def make_documents(task: JobTask, progress: Progress) -> JobOutcome:
    """What could be made of each record or row, the summary, and the returned workbook."""
    paths = tuple(item.path for item in task.order.sources)
    listener = _Listener(progress)
    options = Options(task.resources, only=tuple(task.order.options.get("only", ())))
    request = Request(paths, task.results, options)
    outcome = run_batch(request, lambda _job: task.resources, listener, catalogue(task.lang))
    made = sorted(
        path
        for path in task.results.rglob("*")
        if path.is_file() and not path.relative_to(task.results).parts[0].startswith(".")
    )
    outputs = tuple(Produced(path.relative_to(task.results).as_posix(), path.name) for path in made)
    return JobOutcome({"batch": outcome.counts}, (*outcome.diagnostics, *listener.found), outputs)


class _Listener:
    """Passes on how it goes, and gathers what was found."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.found: list[Diagnostic] = []

    def begin(self, total: int) -> None:
        self._progress.begin(total)

    def advance(self, name: str, *, is_new: bool) -> None:
        del is_new
        self._progress.advance(name)

    def settle(self, name: str, result: JobResult | None) -> None:
        del name
        self.found += result.diagnostics if result is not None else ()

    def should_stop(self) -> bool:
        return self._progress.should_stop()
