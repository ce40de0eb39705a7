"""Run a batch: skip the jobs that are up to date, have workers do the others, publish their results.

What workers, workbooks and combining need is imported only when there is something to make: it would take most of the
time of a run in which everything is up to date.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import docgen
from docgen.archive.writing.occupancy import occupy_folder
from docgen.batch.engines import Crash, Engine, EngineError, Procedure
from docgen.batch.ledger import Ledger, UpToDateCheck, open_ledger
from docgen.batch.ledger.file import FOLDER, clear_attempts, keep_ledger_file
from docgen.batch.ledger.fingerprint import digest_data, list_settings
from docgen.batch.ledger.jobs import Job, find_jobs, make_absolute, name_job
from docgen.batch.ledger.profile_digest import name_note
from docgen.batch.ledger.result import JobResult, dump_diagnostics, dump_result, parse_result
from docgen.batch.records.answer_order import AnswerOrder
from docgen.batch.records.combine import Membership, combine_documents
from docgen.batch.records.publishing import Publisher
from docgen.batch.records.summary import SummaryFiles, write_summary
from docgen.batch.records.task import Task
from docgen.batch.records.work import begin_worker, perform_as_text
from docgen.content.foreign_names import guess_foreign_name
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, error, info
from docgen.errors import EXIT_BUG, DocgenError, OutputError
from docgen.messages import Catalogue
from docgen.resources import Resources, count_cores
from docgen.sources.intake.kinds import is_workbook

if TYPE_CHECKING:
    from docgen.batch.ledger import LedgerEntry
    from docgen.batch.records.doubts import BookDoubts
    from docgen.batch.records.intake import OpenedIntake
    from docgen.pipeline.stages.outcome import Options

_PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class Request:
    """The request for a batch: what to make of which records (``arguments``), and where (``out``).

    Of the ``options``, ``force`` makes everything again and replaces existing files; with ``only`` documents of some
    types are made, no packages. ``combine`` also joins the Word files for printing. ``by_content`` compares files by
    their content, not by size and time. Without ``jobs`` as many are done at once as there are cores. ``by_hand`` are
    the keys of a workbook's enterprises whose documents are made in spite of missing values;
    ``options.blanks_by_hand`` does so for all.
    """

    arguments: tuple[Path, ...]
    out: Path
    options: Options
    combine: bool = False
    by_content: bool = False
    jobs: int | None = None
    by_hand: frozenset[str] = frozenset()

    @property
    def product(self) -> str:
        """The kind of output, which has a ledger of its own: packages, or the documents of some types."""
        only = self.options.only
        return f"only {' '.join(sorted(only))}" if only else "packages"


class Listener(Protocol):
    """A listener to the progress of a batch."""

    def begin(self, total: int) -> None:
        """Called once, with the number of jobs."""

    def advance(self, name: str, *, is_new: bool) -> None:
        """Called when a job is done or up to date (not ``is_new``); jobs before it may still be running."""

    def settle(self, name: str, result: JobResult | None) -> None:
        """Called with the result of each job, in order; without a result it was up to date."""

    def should_stop(self) -> bool:
        """Whether to finish the running jobs and stop."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """The outcome of a batch: ``counts`` as by ``Ledger.count``, diagnostics of the batch as a whole, its summary.

    There is no summary when nothing could be read: then nothing in the output folder was changed. ``sent_back`` is the
    number of enterprises in the ``returned`` workbooks.
    """

    counts: dict[str, int]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int
    was_stopped: bool
    summary: SummaryFiles | None = None
    combined: tuple[Path, ...] = ()
    returned: tuple[Path, ...] = ()
    sent_back: int = 0


def run_batch(
    request: Request,
    find_resources: Callable[[Job], Resources],
    listener: Listener,
    words: Catalogue,
    engine: Engine | None = None,
) -> BatchOutcome:
    """Run a batch: make what is missing or out of date, and write the summary; one bad record never stops the others.

    Without an ``engine`` the records are done by ``request.jobs`` processes of this machine.
    Raises OutputError when the output folder can't be used or another run uses it (B101–B103), or PDF is wanted and
    there is no LibreOffice (A210).
    """
    _identify_converter(request.options)  # fails early without LibreOffice
    prepare_folder(request.out)
    with occupy_folder(request.out, _PATIENCE):
        put_back = keep_ledger_file(request.out)
        with open_ledger(request.out, request.product) as ledger:
            run = _BatchRun(request, find_resources, listener, ledger, engine)
            notes = run.perform()
            was_read, is_new = ledger.has_read(), ledger.run == 1
            outcome = _finish(run, notes, words) if was_read else _report_nothing_read(ledger, notes, request.out)
        if not was_read:
            put_back()
        if is_new and not was_read:
            _remove_folder(request.out)
    return outcome


def _finish(run: _BatchRun, notes: list[Diagnostic], words: Catalogue) -> BatchOutcome:
    """Do what follows the jobs: write the returned workbooks, the combined file, the summary."""
    request, ledger, counts = run.request, run.ledger, run.ledger.count()
    returned: dict[Path, int] = {}
    combined: tuple[Path, ...] = ()
    is_done = not counts["open"]
    membership = Membership({}, ())
    if run.workbooks:
        from docgen.batch.records.orders import write_orders
        from docgen.batch.records.returning import return_workbooks

        opened = tuple(run.open_workbooks())
        membership = write_orders(ledger, opened, request.out)
        if is_done:  # else it isn't known of all rows whether they are faulty
            returned, return_faults = return_workbooks(ledger, request.out, opened, words, force=request.options.force)
            notes += return_faults
    if request.combine and is_done:
        is_whole = not run.unread and not counts["failed"]
        combined, combining_faults = combine_documents(
            ledger, request.out, membership, is_whole=is_whole, force=request.options.force
        )
        notes += combining_faults
    notes += _report_former(ledger, run.unread, request.out)
    summary = write_summary(ledger, counts, request.out, words)
    rows = sum(returned.values())
    return BatchOutcome(counts, tuple(notes), counts["worst"], not is_done, summary, combined, tuple(returned), rows)


def _report_nothing_read(ledger: Ledger, notes: list[Diagnostic], out: Path) -> BatchOutcome:
    """Report that nothing could be read (B125 after a former run); the output folder stays as it is."""
    counts = ledger.count()
    if ledger.run > 1:
        notes.append(info("B125", Location(file=str(out)), folder=str(out)))
    return BatchOutcome(counts, tuple(notes), counts["worst"], counts["open"] > 0)


def _remove_folder(out: Path) -> None:
    """Remove the folders that were made for a first run that had nothing to do."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)
    with contextlib.suppress(OSError):  # it holds somebody's files
        out.rmdir()


def _report_former(ledger: Ledger, arguments: Iterable[Path], out: Path) -> list[Diagnostic]:
    """B126: inputs that can't be read now and of which a former run made outputs."""
    unread = {make_absolute(path): path for path in (*arguments, *ledger.list_unread())}
    former = {make_absolute(path): count for path, count in ledger.count_outputs()} if unread else {}
    names = [name_job(Job("", path, path.parent)) for place, path in unread.items() if place in former]
    number = sum(former[place] for place in unread if place in former)
    diagnostics = [info("B126", Location(file=str(out)), names=format_first_few(names), count=number, folder=str(out))]
    return diagnostics if names else []


def prepare_folder(out: Path) -> None:
    """Make the output folder; OutputError B103."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(error("B103", Location(file=str(out)), path=str(out), reason=reason)) from None


class _BatchRun:
    def __init__(
        self,
        request: Request,
        find_resources: Callable[[Job], Resources],
        listener: Listener,
        ledger: Ledger,
        engine: Engine | None,
    ) -> None:
        self.request = request
        self.ledger = ledger
        self._engine = engine
        self._under_way: dict[int, Job] = {}
        self.unread: list[Path] = []
        self._find_resources = find_resources
        self._listener = listener
        self._out = make_absolute(request.out)
        self._staging = self._out / FOLDER / f"run-{ledger.run}"
        self._options = _derive_job_options(request)
        setting = self._digest_setting()
        self._doubts: BookDoubts | None = None
        self._order = AnswerOrder(self._staging)
        self._publisher = Publisher(ledger, self._out, setting, request.options.force, self._find_held)
        self._up_to_date = UpToDateCheck(
            ledger, self._out, setting, self._publisher.note_unsynced, trust_stamps=not request.by_content
        )
        sound = (
            item for item in dict.fromkeys(request.arguments) if guess_foreign_name(str(make_absolute(item))) is None
        )
        self.workbooks = list(filter(_is_workbook, sound))

    def perform(self) -> list[Diagnostic]:
        """Do all jobs; returns the diagnostics that concern no single job."""
        notes: list[Diagnostic] = []
        clear_attempts(self._out)
        total = self.ledger.register(self._find_jobs(notes))
        if self.workbooks:
            from docgen.batch.records.doubts import BookDoubts
            from docgen.batch.records.orders import FormerRows

            self._publisher.is_gone = FormerRows(self.ledger, self.open_workbooks(), self._out).is_gone
            self._doubts = BookDoubts(self.ledger, self._out, self._open_intake)
        self._listener.begin(total)
        try:
            tasks = self._list_tasks()
            while (first := next(tasks, None)) is not None:
                self._work(chain((first,), tasks))
                tasks = self._list_lost()
        finally:
            self._publisher.sync()
            clear_attempts(self._out)
        if self._doubts is not None:
            notes += self._doubts.report(opened.source.path for opened in self.open_workbooks())
        return notes

    def _work(self, tasks: Iterator[Task]) -> None:
        if self._engine is None:
            from docgen.batch.engines.pool import open_engine

            self._engine = open_engine(self.request.jobs)
        self._staging.mkdir(parents=True, exist_ok=True)
        try:
            for task, answer in self._engine.run(
                Procedure(perform_as_text, begin_worker), tasks, self._listener.should_stop
            ):
                job = self._under_way.pop(task.number, None)
                if job is None:
                    continue  # another attempt was done first
                text = dump_result(_describe_crash(task, answer)) if isinstance(answer, Crash) else answer
                self._receive(job, task.number, text)
        except EngineError as fault:
            raise OutputError(fault.diagnostic) from None

    def _digest_setting(self) -> str:
        """Digest what decides an outcome besides the record: options, version, the day of records without one."""
        options = self._options
        wanted = (
            options.draft,
            options.strict,
            options.blanks_by_hand,
            options.guard,
            options.with_record,
            options.redact,
            options.bind,
        )
        chosen = (options.profile_id, options.only, options.until, *wanted, *_identify_converter(options))
        some = [sorted(self.request.by_hand)] if self.request.by_hand else []
        more = ["sm3"] if options.adding_sm3 else []
        return digest_data([docgen.__version__, list_settings(), *chosen, *some, *more])

    def _find_jobs(self, notes: list[Diagnostic]) -> Iterator[Job]:
        """The jobs of every argument: records, those in folders, and the enterprises of workbooks."""
        if self.workbooks:
            from docgen.batch.records.intake import forget_intakes, list_rows, report_empty

            forget_intakes()
        for argument in self.request.arguments:
            if argument not in self.workbooks:
                refused: list[Diagnostic] = []
                is_empty = True
                for job in find_jobs((argument,), self._out, refused):
                    is_empty = False
                    yield job
                if is_empty and not refused:
                    refused.append(error("B104", folder=str(argument)))
                notes += refused
                self.unread += [argument] if refused else []
                continue
            try:
                opened = self._open_intake(argument)
            except DocgenError as fault:
                notes += fault.diagnostics
                self.unread.append(argument)
                continue
            notes += opened.split.common
            if not opened.split.enterprises:
                notes.append(report_empty(argument))
                self.unread.append(argument)
            yield from list_rows(opened, argument, self._out)

    def open_workbooks(self) -> Iterator[OpenedIntake]:
        """The workbooks among the arguments that can be read, each once."""
        for path in self.workbooks:
            with contextlib.suppress(DocgenError):  # reported when its rows were listed
                yield self._open_intake(path)

    def _open_intake(self, path: Path) -> OpenedIntake:
        from docgen.batch.records.intake import make_intake_key, open_intake

        options = replace(self._options, resources=self._find_resources(Job("", path, path.parent)))
        return open_intake(make_intake_key(make_absolute(path), options))

    def _list_tasks(self) -> Iterator[Task]:
        """The tasks of the jobs that have to be done, lazily; those that are up to date are received as such."""
        for entry in self.ledger.iterate():
            if self._listener.should_stop():
                return
            try:
                resources = self._find_resources(entry.job)
            except DocgenError as fault:
                failed = JobResult("failed", fault.exit_code, tuple(fault.diagnostics))
                self._receive(entry.job, entry.number, dump_result(failed))
                continue
            must = self.request.options.force or entry.job.key in self._publisher.lost
            must = must or (self._options.strict and self._doubts is not None and self._doubts.has_changed(entry))
            if must or not self._up_to_date.keeps(entry, resources):
                yield self._make_task(entry)
            else:
                self._receive(entry.job, entry.number, None)

    def _list_lost(self) -> Iterator[Task]:
        """The tasks of jobs that were up to date before a job ahead of them took an output of theirs."""
        numbers = sorted(self.ledger.find_number(key) for key in self._publisher.lost)
        for number in filter(self._order.keeps, numbers):
            if self._listener.should_stop():
                return
            yield self._make_task(self.ledger.find(number))

    def _make_task(self, entry: LedgerEntry) -> Task:
        """The task of a job, which is under way from now on."""
        job = self._under_way[entry.number] = entry.job
        by_hand = self._options.blanks_by_hand or job.row in self.request.by_hand
        options = replace(self._options, resources=self._find_resources(job), label=job.label, blanks_by_hand=by_hand)
        doubts = dump_diagnostics(self._doubts.find(job) if self._doubts is not None and job.row else ())
        return Task(entry.number, make_absolute(job.path), job.row, self._staging, options, doubts)

    def _find_held(self, number: int) -> JobResult:
        return parse_result(self._order.read(number))

    def _note_origin(self, result: JobResult) -> None:
        """Note what a profile was loaded from, so that the next run needn't load it."""
        name = name_note(result.profile_id)
        if result.profile_origin and self.ledger.read_note(name) != result.profile_origin:
            self.ledger.write_note(name, result.profile_origin)

    def _receive(self, job: Job, number: int, text: str | None) -> None:
        """Receive the result of a job, None when it is up to date; settle it, and those waiting behind it, in order.

        A result that only adds files is published before its turn: a slow record holds up no other's outputs.
        """
        if not self._order.keeps(number):
            self._listener.advance(name_job(job), is_new=text is not None)
        if number != self._order.next:
            self._order.hold(number, text)
            if text is not None:
                self._publisher.settle_ahead(job, number, parse_result(text))
            return
        while self._settle(job, number, text) and self._order.pass_on():
            number = self._order.next
            text, job = self._order.take(), self.ledger.find(number).job

    def _settle(self, job: Job, number: int, text: str | None) -> bool:
        """Settle the job whose turn it is; False when it has to be done again first."""
        if text is None and job.key in self._publisher.lost:
            self._order.hold(number, None)
            return False
        if text is None:
            entry = self.ledger.find(number)
            diagnostics = entry.list_diagnostics() if entry.state == "faulty" else ()
            kept = JobResult(entry.state, entry.exit_code, diagnostics, about=entry.about) if diagnostics else None
            self._listener.settle(name_job(job), kept)
            return True
        result = parse_result(text)
        self._note_origin(result)
        self._listener.settle(name_job(job), self._publisher.settle(job, number, result))
        shutil.rmtree(self._staging / str(number), ignore_errors=True)
        return True


def _derive_job_options(request: Request) -> Options:
    """The options of every job: it writes into an empty folder, since only the batch decides what is replaced.

    Each process gets its part of the cores for LibreOffice.
    """
    options, cores = request.options, count_cores()
    mapping = make_absolute(options.mapping) if options.mapping is not None else None
    share = max(cores // (request.jobs or cores), 1)
    return replace(
        options, mapping=mapping, package=not options.only, force=True, loose=False, durable=False, converters=share
    )


def _identify_converter(options: Options) -> tuple[str, ...]:
    """The program that makes PDFs, and its fonts; () where no PDF is wanted. Others make other files."""
    if not options.converting:
        return ()
    from docgen.pipeline.stages.pdf import open_converter

    converter = open_converter(options)
    return (converter.identity.converter, converter.identity.fonts) if converter is not None else ()


def _is_workbook(argument: Path) -> bool:
    """Whether an argument is an existing workbook."""
    return is_workbook(argument) and argument.is_file()


def _describe_crash(task: Task, crash: Crash) -> JobResult:
    place = Location(file=str(task.path))
    return JobResult("failed", EXIT_BUG, (error("B113", place, path=str(task.path), reason=crash.reason),))
