"""``docgen check`` for a program: what was found in each record or workbook that came."""

from __future__ import annotations

from pathlib import Path

from docgen.diagnostics import Diagnostic, has_errors, sort_diagnostics
from docgen.errors import EXIT_FAULTS, EXIT_OK
from docgen.pipeline.build import check_record
from docgen.pipeline.services.attempts import attempt_each
from docgen.pipeline.services.checking import describe_summary, place_in_record
from docgen.pipeline.stages.outcome import Options, Outcome
from docgen.web.jobs.model import JobOutcome, JobTask, Progress


def check_records(task: JobTask, progress: Progress) -> JobOutcome:
    """The few figures of each record, and everything that was found in all of them."""
    order_options = task.order.options
    only, profile_id = tuple(order_options.get("only", ())), next(iter(order_options.get("profile", ())), None)
    options = Options(task.resources, profile_id, only=only, until=next(iter(order_options.get("until", ())), ""))
    progress.begin(len(task.order.sources))
    names = {item.path: item.name for item in task.order.sources}
    checked = attempt_each(
        tuple(names), lambda path: check_record(path, options), lambda name, _done, _total: progress.advance(name)
    )
    diagnostics: list[Diagnostic] = []
    described = []
    for path, outcome in checked.each:
        diagnostics += place_in_record(outcome.diagnostics, path)
        summary = outcome.summary if isinstance(outcome, Outcome) else None
        described.append(describe_summary(Path(names[path]), summary))
    code = max(checked.exit_code, EXIT_FAULTS if has_errors(diagnostics) else EXIT_OK)
    return JobOutcome({"exit_code": code, "ok": code == EXIT_OK, "records": described}, sort_diagnostics(diagnostics))
