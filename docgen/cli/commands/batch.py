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
from docgen.cli.report import Report, finish, format_diagnostic, weigh
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.diagnostics import UNREAD, Diagnostic, Severity, error
from docgen.errors import EXIT_INTERRUPTED
from docgen.messages.description import identify
from docgen.messages.shell import show_path

if TYPE_CHECKING:
    from docgen.batch import BatchOutcome, JobResult
    from docgen.pipeline import Options

_TOLD_FAULTS = 5


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
    """Make what is missing or out of date; ends with the worst of all exit codes."""
    announce_reading(session, inputs)
    from docgen.batch import Request, run_batch
    from docgen.batch.ledger_file import FOLDER

    named: tuple[str, ...] = ()
    if options.only:  # knowing profiles takes longer than seeing that nothing has changed
        from docgen.pipeline.services.profiles import name_chosen

        named = name_chosen(options.only, lambda: session.join_resources(inputs[0].parent), options.profile_id)
    if combine and len(named) != 1:
        raise UsageFault(error("B122"), click.get_current_context())
    if options.blanks_by_hand and not named:
        raise UsageFault(error("B133"), click.get_current_context())
    options = replace(options, only=named)
    request = Request(inputs, out, options, combine, by_content, None if engine.is_dask else jobs)
    session.find_resources()
    seen = inputs if options.mapping is None else (*inputs, options.mapping)
    workers = open_engine(
        session, engine, jobs=jobs, folder=out / FOLDER, inputs=seen, with_office=bool(options.converting)
    )
    with listen_to_interrupts(session) as interrupts, workers as opened:
        teller = Teller(session, interrupts)
        outcome = run_batch(
            request, lambda job: session.join_resources(job.path.parent, job.root), teller, session.words, opened
        )
    return _report(session, replace(outcome, diagnostics=(*outcome.diagnostics, *engine.told)), teller)


class Teller:
    """Tells how the batch goes: a line of progress on a terminal, the errors of each faulty record as they come.

    What would be an error, if a chosen document read it, is told, too. Those in a workbook are kept for the end: the
    same one in many rows is told once.
    """

    def __init__(self, session: Session, interrupts: Interrupts) -> None:
        self._session = session
        self._interrupts = interrupts
        self._total = self._settled = self._worked = self._bad = 0
        self._begun = time.monotonic()
        self.told: list[Diagnostic] = []
        self.kept: list[Diagnostic] = []
        self._whose: dict[Hashable, list[str]] = {}
        self._lines_told: set[Hashable] = set()
        self.silent: list[Diagnostic] = []
        """What a program is told where no summary is written that it could read."""
        self.doubtful = 0
        """How many records were made though something in them should be looked at: it stands in the summary alone."""

    def begin(self, total: int) -> None:
        self._total = total
        self._begun = time.monotonic()
        self._session.console.show_progress(self._session.text("batch.preparing"), 0, total)

    def advance(self, name: str, *, is_new: bool) -> None:
        self._settled += 1
        self._worked += is_new
        if not self._session.console.shows_progress:
            return
        left = self._total - self._settled
        texts = self._session.text
        label = texts("batch.progress", name=name, bad=self._bad, left=left, time=self._format_time(left))
        self._session.console.show_progress(label, self._settled, self._total)

    def settle(self, name: str, result: JobResult | None) -> None:
        if result is not None:
            self._bad += result.exit_code > 0
            self._tell(name, result)

    def should_stop(self) -> bool:
        return self._interrupts.number > 0

    def _format_time(self, left: int) -> str:
        """How long the rest will take if it goes on as it went; unknown before the first is made."""
        if not self._worked:
            return "…"
        seconds = int((time.monotonic() - self._begun) / self._worked * left) + 1
        minutes, rest = divmod(seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"

    def list_whose(self) -> dict[Hashable, list[str]]:
        """Of problems that several records have and others don't: which have them."""
        return {item: names for item, names in self._whose.items() if 1 < len(names) < self._total}

    def _is_new(self, item: Diagnostic) -> bool:
        told = identify(item, self._session.words)
        is_new = told not in self._lines_told
        self._lines_told.add(told)
        return is_new

    def _tell(self, name: str, result: JobResult) -> None:
        from docgen.batch.result import list_faults

        told = weigh(self._session, result.diagnostics)
        doubts = (item for item in told if item.severity is Severity.WARNING and item.gap is None)
        self.doubtful += any(UNREAD not in item.params for item in doubts)
        faults = list_faults(name, told)
        if self._session.is_json:
            self.silent += filter(self._is_new, faults)
            return
        # a line that several records share, as those of a table share its mapping's, is told with the first
        at_once = [item for item in faults if not may_repeat(item) and self._is_new(item)]
        for item in filter(may_repeat, faults):
            self.kept.append(item)
            label = name.removeprefix(f"{Path(item.location.file or '').name} ")
            names = self._whose.setdefault(identify(item, self._session.words), [])
            if label not in names:
                names.append(label)
        self.told += at_once
        for item in at_once[:_TOLD_FAULTS]:
            for line in format_diagnostic(self._session, item):
                self._session.console.say(line)
        if len(at_once) > _TOLD_FAULTS:
            self._session.console.say(
                "    " + self._session.text("batch.more_faults", number=len(at_once) - _TOLD_FAULTS)
            )


def _report(session: Session, outcome: BatchOutcome, teller: Teller) -> int:
    counts, texts = outcome.counts, session.text
    from docgen.batch import format_counts
    from docgen.batch.result import drop_repeats
    from docgen.batch.written_files import list_batch_files

    told = format_counts(counts, session.words)
    hints: list[str] = []
    if outcome.summary is not None:
        if teller.doubtful:
            said = {"number": teller.doubtful, "path": str(outcome.summary.workbook)}
            hints.append(texts("batch.doubtful", **said))
        # those in a returned workbook are marked there
        others = counts["faulty"] + counts["failed"] > outcome.sent_back
        hints += [texts("batch.look", path=str(outcome.summary.workbook))] if others else []
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B105", left=counts["open"]))
    data: dict[str, Any] = {"batch": counts}
    grave = (item for item in (*notes, *teller.told, *teller.kept) if item.severity is Severity.ERROR)
    beside = next((item.location.file for item in grave if item.location.kind == "yaml"), None)
    if outcome.returned and beside:
        # what a mapping says wrongly can't be mended in the copy of the table
        hints.append(texts("batch.mend-mapping", path=show_path(Path(beside))))
    else:
        hints += [texts("batch.mend-copy", path=show_path(path)) for path in outcome.returned]
    # what is about the project was found again with every enterprise
    found = drop_repeats((*notes, *teller.kept, *(teller.silent if outcome.summary is None else ())))
    report = Report(
        found,
        list_batch_files(outcome, session.words),
        (told,),
        data,
        tuple(hints),
        code,
        tuple(teller.told),
        teller.list_whose(),
    )
    return finish(session, report)
