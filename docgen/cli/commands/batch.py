"""``docgen batch``: a package for each of many records, or one type of document for every enterprise."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import options as shared
from docgen.cli.engines import EngineChoice, choose_engine, open_engine
from docgen.cli.groups import may_repeat
from docgen.cli.interrupts import Interrupts, listen_to_interrupts
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, apply_strictness, finish, format_diagnostic
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.diagnostics import UNREAD, Diagnostic, Severity, error
from docgen.errors import EXIT_INTERRUPTED
from docgen.messages.description import identify
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.batch import BatchOutcome, JobResult
    from docgen.pipeline import Options

_SHOWN_FAULTS = 5


@click.command("batch", cls=LocalizedCommand)
@click.argument("inputs", metavar="RECORD|DIR|INTAKE.xlsx", nargs=-1, required=True, type=shared.path_type)
@shared.out_option
@shared.profile_option
@shared.only_option
@shared.until_option
@shared.mapping_option
@shared.jobs_option
@choose_engine
@click.option("--combine", is_flag=True)
@click.option("--blanks-by-hand", is_flag=True)
@shared.draft_option
@shared.pdf_option
@shared.bind_option
@shared.sm3_option
@shared.guard_option
@shared.without_record_option
@shared.outside_option
@shared.redact_option
@click.option("--by-content", is_flag=True)
@shared.force_option
@shared.take_options
def batch(
    session: Session,
    *,
    inputs: tuple[Path, ...],
    out: Path,
    options: Options,
    jobs: int | None,
    engine: EngineChoice,
    combine: bool,
    by_content: bool,
) -> int:
    """Make what is missing or out of date; return the worst of all exit codes."""
    announce_reading(session, inputs)
    from docgen.batch import Request, run_batch
    from docgen.batch.ledger.file import FOLDER

    chosen: tuple[str, ...] = ()
    if options.only:  # loading profiles takes longer than seeing that nothing has changed
        from docgen.pipeline.services.profiles import resolve_chosen

        chosen = resolve_chosen(options.only, lambda: session.join_resources(inputs[0].parent), options.profile_id)
    if combine and len(chosen) != 1:
        raise UsageFault(error("B122"), click.get_current_context())
    if options.blanks_by_hand and not chosen:
        raise UsageFault(error("B133"), click.get_current_context())
    options = replace(options, only=chosen)
    request = Request(inputs, out, options, combine, by_content, None if engine.is_dask else jobs)
    session.find_resources()
    visible = inputs if options.mapping is None else (*inputs, options.mapping)
    workers = open_engine(
        session, engine, jobs=jobs, folder=out / FOLDER, inputs=visible, with_office=bool(options.converting)
    )
    with listen_to_interrupts(session) as interrupts, workers as opened:
        reporter = BatchReporter(session, interrupts)
        outcome = run_batch(
            request, lambda job: session.join_resources(job.path.parent, job.root), reporter, session.words, opened
        )
    return _report(session, replace(outcome, diagnostics=(*outcome.diagnostics, *engine.diagnostics)), reporter)


class BatchReporter:
    """Reports the progress of a batch: a line of progress on a terminal, the errors of each faulty record at once.

    Errors in values that no chosen document reads are reported, too. Those in a workbook are kept for the end, where
    the same error in many rows is shown once.
    """

    def __init__(self, session: Session, interrupts: Interrupts) -> None:
        self._session = session
        self._interrupts = interrupts
        self._total = self._settled = self._worked = self._bad = 0
        self._begun = time.monotonic()
        self.shown: list[Diagnostic] = []
        self.kept: list[Diagnostic] = []
        self.for_json: list[Diagnostic] = []
        """The errors for the JSON report of a batch without a summary."""
        self.doubtful = 0
        """The number of records made despite warnings, which only the summary lists."""
        self._records_by_problem: dict[Hashable, list[str]] = {}
        self._reported: set[Hashable] = set()

    def begin(self, total: int) -> None:
        self._total = total
        self._begun = time.monotonic()
        self._session.console.show_progress(self._session.text("batch.preparing"), 0, total)

    def advance(self, name: str, *, is_new: bool) -> None:
        self._settled += 1
        self._worked += is_new
        if not self._session.console.shows_progress:
            return
        remaining = self._total - self._settled
        time_left = self._format_time(remaining)
        label = self._session.text("batch.progress", name=name, bad=self._bad, left=remaining, time=time_left)
        self._session.console.show_progress(label, self._settled, self._total)

    def settle(self, name: str, result: JobResult | None) -> None:
        if result is not None:
            self._bad += result.exit_code > 0
            self._report_faults(name, result)

    def should_stop(self) -> bool:
        return self._interrupts.number > 0

    def _format_time(self, remaining: int) -> str:
        """The estimated time of the remaining records; ``…`` before the first is made."""
        if not self._worked:
            return "…"
        seconds = int((time.monotonic() - self._begun) / self._worked * remaining) + 1
        minutes, rest = divmod(seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"

    def list_records(self) -> dict[Hashable, list[str]]:
        """The records that have a problem, for each that several have and others don't."""
        return {problem: names for problem, names in self._records_by_problem.items() if 1 < len(names) < self._total}

    def _is_new(self, item: Diagnostic) -> bool:
        problem = identify(item, self._session.words)
        is_new = problem not in self._reported
        self._reported.add(problem)
        return is_new

    def _report_faults(self, name: str, result: JobResult) -> None:
        from docgen.batch.ledger.result import list_faults

        diagnostics = apply_strictness(self._session, result.diagnostics)
        doubts = (item for item in diagnostics if item.severity is Severity.WARNING and item.gap is None)
        self.doubtful += any(UNREAD not in item.params for item in doubts)
        faults = list_faults(name, diagnostics)
        if self._session.is_json:
            self.for_json += filter(self._is_new, faults)
            return
        # a line that several records share, such as one of a table's mapping, is reported with the first
        at_once = [item for item in faults if not may_repeat(item) and self._is_new(item)]
        for item in filter(may_repeat, faults):
            self.kept.append(item)
            label = name.removeprefix(f"{Path(item.location.file or '').name} ")
            names = self._records_by_problem.setdefault(identify(item, self._session.words), [])
            if label not in names:
                names.append(label)
        self.shown += at_once
        for item in at_once[:_SHOWN_FAULTS]:
            for line in format_diagnostic(self._session, item):
                self._session.console.write_message(line)
        if len(at_once) > _SHOWN_FAULTS:
            self._session.console.write_message(
                "    " + self._session.text("batch.more_faults", number=len(at_once) - _SHOWN_FAULTS)
            )


def _report(session: Session, outcome: BatchOutcome, reporter: BatchReporter) -> int:
    from docgen.batch import format_counts
    from docgen.batch.ledger.result import drop_repeats
    from docgen.batch.records.written_files import list_batch_files

    counts, texts = outcome.counts, session.text
    hints: list[str] = []
    if outcome.summary is not None:
        if reporter.doubtful:
            hints.append(texts("batch.doubtful", number=reporter.doubtful, path=str(outcome.summary.workbook)))
        # a returned workbook marks its own faults
        others = counts["faulty"] + counts["failed"] > outcome.sent_back
        hints += [texts("batch.look", path=str(outcome.summary.workbook))] if others else []
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B105", left=counts["open"]))
    data: dict[str, Any] = {"batch": counts}
    errors = (item for item in (*notes, *reporter.shown, *reporter.kept) if item.severity is Severity.ERROR)
    mapping = next((item.location.file for item in errors if item.location.kind == "yaml"), None)
    if outcome.returned and mapping:
        # a wrong mapping can't be mended in the copy of the table
        hints.append(texts("batch.mend-mapping", path=format_typed_path(Path(mapping))))
    else:
        hints += [texts("batch.mend-copy", path=format_typed_path(path)) for path in outcome.returned]
    # a fault of the project was reported with every enterprise
    diagnostics = drop_repeats((*notes, *reporter.kept, *(reporter.for_json if outcome.summary is None else ())))
    report = Report(
        diagnostics,
        list_batch_files(outcome, session.words),
        (format_counts(counts, session.words),),
        data,
        tuple(hints),
        code,
        tuple(reporter.shown),
        reporter.list_records(),
    )
    return finish(session, report)
