"""A batch from its first job to its last: skip what is up to date, have workers make the rest, publish it.

What workers, workbooks and combining need is imported when there is something to make: a run in which everything is
up to date would spend most of its time on it.
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
from docgen.batch.answer_order import AnswerOrder
from docgen.batch.combine import Membership, combine_documents
from docgen.batch.engine import Crash, Engine, EngineError, Procedure
from docgen.batch.fingerprint import digest_data, list_settings
from docgen.batch.jobs import Job, find_jobs, make_absolute, name_job
from docgen.batch.ledger import Ledger, open_ledger
from docgen.batch.ledger_file import FOLDER, clear_attempts, keep_ledger_file
from docgen.batch.profile_digest import name_note
from docgen.batch.publishing import Publisher
from docgen.batch.result import JobResult, dump_diagnostics, dump_result, parse_result
from docgen.batch.summary import SummaryFiles, write_summary
from docgen.batch.task import Task
from docgen.batch.up_to_date import UpToDateCheck
from docgen.batch.work import begin_worker, perform_as_text
from docgen.content.foreign_names import format_foreign
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, error, info
from docgen.errors import EXIT_BUG, DocgenError, OutputError
from docgen.messages import Catalogue
from docgen.resources import Resources, count_cores
from docgen.sources.intake.kinds import is_workbook

if TYPE_CHECKING:
    from docgen.batch.book_doubts import BookDoubts
    from docgen.batch.intake import OpenedIntake
    from docgen.batch.ledger_rows import LedgerEntry
    from docgen.pipeline.stages.outcome import Options

_PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class Request:
    """What to make of which records, and where.

    Of the ``options``, ``force`` makes everything anew and replaces what stands there; with ``only`` documents of some
    types are made, no packages. ``combine`` puts the Word files together, too, to be printed. ``by_content`` reads
    every file to see whether it has changed. Without ``jobs`` as many are made at once as there are cores.
    ``by_hand`` are the keys of a workbook's enterprises whose documents are made though values lack, as
    ``options.blanks_by_hand`` has all of them made.
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
        """What is kept apart in one output folder: packages, or the documents of some types."""
        only = self.options.only
        return f"only {' '.join(sorted(only))}" if only else "packages"


class Listener(Protocol):
    """Who is told how the batch goes."""

    def begin(self, total: int) -> None:
        """So many jobs there are."""

    def advance(self, name: str, *, is_new: bool) -> None:
        """A job is done now, or was found up to date; others before it may still be under way."""

    def settle(self, name: str, result: JobResult | None) -> None:
        """What came of a job, in the order of the jobs; without a result it was up to date."""

    def should_stop(self) -> bool:
        """Whether to finish what is under way and stop."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How a batch ended: ``counts`` as ``Ledger.count`` gives them, what concerns the batch as a whole, its summary.

    There is no summary when nothing could be read: then nothing in the output folder was touched. ``sent_back`` is how
    many enterprises are in the ``returned`` workbooks.
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
    """Make what is missing or out of date, and write the summary; one bad record never stops the others.

    Without an ``engine`` the records are done by ``request.jobs`` processes of this machine.
    Raises OutputError when the output folder can't be used or another run works in it (B101–B103), or PDF is wanted and
    there is no LibreOffice (A210).
    """
    _name_converter(request.options)
    prepare_folder(request.out)
    with occupy_folder(request.out, _PATIENCE):
        put_back = keep_ledger_file(request.out)
        with open_ledger(request.out, request.product) as ledger:
            run = _Run(request, find_resources, listener, ledger, engine)
            notes = run.perform()
            was_read, is_new = ledger.has_read(), ledger.run == 1
            outcome = _finish(run, notes, words) if was_read else _leave(ledger, notes, request.out)
        if not was_read:
            put_back()
        if is_new and not was_read:
            _take_back(request.out)
    return outcome


def _finish(run: _Run, notes: list[Diagnostic], words: Catalogue) -> BatchOutcome:
    """Everything after the jobs: what goes back to the clerk, the combined file, the summary."""
    request, ledger, counts = run.request, run.ledger, run.ledger.count()
    returned: dict[Path, int] = {}
    combined: tuple[Path, ...] = ()
    is_done = not counts["open"]
    membership = Membership({}, ())
    if run.workbooks:
        from docgen.batch.orders import note_orders
        from docgen.batch.returning import return_workbooks

        opened = tuple(run.open_workbooks())
        membership = note_orders(ledger, opened, request.out)
        if is_done:  # else there are rows of which nobody knows whether they are faulty
            returned, refused = return_workbooks(ledger, request.out, opened, words, force=request.options.force)
            notes += refused
    if request.combine and is_done:
        is_whole = not run.unread and not counts["failed"]
        combined, found = combine_documents(
            ledger, request.out, membership, is_whole=is_whole, force=request.options.force
        )
        notes += found
    notes += _report_former(ledger, run.unread, request.out)
    summary = write_summary(ledger, counts, request.out, words)
    rows = sum(returned.values())
    return BatchOutcome(counts, tuple(notes), counts["worst"], not is_done, summary, combined, tuple(returned), rows)


def _leave(ledger: Ledger, notes: list[Diagnostic], out: Path) -> BatchOutcome:
    """Nothing could be read: whatever stands in the output folder stays, its summary, too."""
    counts = ledger.count()
    if ledger.run > 1:
        notes.append(info("B125", Location(file=str(out)), folder=str(out)))
    return BatchOutcome(counts, tuple(notes), counts["worst"], counts["open"] > 0)


def _take_back(out: Path) -> None:
    """Take away what was made for a first run that had nothing to do."""
    shutil.rmtree(out / FOLDER, ignore_errors=True)
    with contextlib.suppress(OSError):  # somebody's files are there
        out.rmdir()


def _report_former(ledger: Ledger, arguments: Iterable[Path], out: Path) -> list[Diagnostic]:
    """B126: of inputs that can't be read now, what was made of them before."""
    unread = {make_absolute(path): path for path in (*arguments, *ledger.list_unread())}
    former = {make_absolute(path): count for path, count in ledger.count_outputs()} if unread else {}
    names = [name_job(Job("", path, path.parent)) for place, path in unread.items() if place in former]
    number = sum(former[place] for place in unread if place in former)
    told = [info("B126", Location(file=str(out)), names=show_some(names), count=number, folder=str(out))]
    return told if names else []


def prepare_folder(out: Path) -> None:
    """Make the output folder; OutputError B103."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(error("B103", Location(file=str(out)), path=str(out), reason=reason)) from None


class _Run:
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
        self._under_way: set[int] = set()
        self.unread: list[Path] = []
        self._find_resources = find_resources
        self._listener = listener
        self._out = make_absolute(request.out)
        self._staging = self._out / FOLDER / f"run-{ledger.run}"
        self._options = _free_options(request)
        setting = self._digest_setting()
        self._doubts: BookDoubts | None = None
        self._turns = AnswerOrder(self._staging)
        self._placing = Publisher(ledger, self._out, setting, request.options.force, self._find_held)
        self._standing = UpToDateCheck(
            ledger, self._out, setting, self._placing.note_unsynced, trust_stamps=not request.by_content
        )
        sound = (item for item in dict.fromkeys(request.arguments) if format_foreign(str(make_absolute(item))) is None)
        self.workbooks = list(filter(_is_workbook, sound))

    def perform(self) -> list[Diagnostic]:
        """Do all that is to be done; what concerns no single job is given back."""
        notes: list[Diagnostic] = []
        clear_attempts(self._out)
        total = self.ledger.register(self._find_jobs(notes))
        if self.workbooks:
            from docgen.batch.book_doubts import BookDoubts
            from docgen.batch.orders import Succession

            self._placing.is_gone = Succession(self.ledger, self.open_workbooks(), self._out).is_gone
            self._doubts = BookDoubts(self.ledger, self._out, self._open_intake)
        self._listener.begin(total)
        try:
            tasks = self._list_tasks()
            while (first := next(tasks, None)) is not None:
                self._work(chain((first,), tasks))
                tasks = self._list_lost()
        finally:
            self._placing.sync()
            clear_attempts(self._out)
        if self._doubts is not None:
            notes += self._doubts.tell(opened.source.path for opened in self.open_workbooks())
        return notes

    def _work(self, tasks: Iterator[Task]) -> None:
        if self._engine is None:
            from docgen.batch.pool import open_engine

            self._engine = open_engine(self.request.jobs)
        self._staging.mkdir(parents=True, exist_ok=True)
        try:
            for task, answer in self._engine.run(
                Procedure(perform_as_text, begin_worker), self._note_begun(tasks), self._listener.should_stop
            ):
                if task.number not in self._under_way:
                    continue  # another attempt at it was done first
                self._under_way.remove(task.number)
                text = dump_result(_describe_crash(task, answer)) if isinstance(answer, Crash) else answer
                self._receive(self.ledger.find(task.number).job, task.number, text)
        except EngineError as fault:
            raise OutputError(fault.diagnostic) from None

    def _note_begun(self, tasks: Iterator[Task]) -> Iterator[Task]:
        for task in tasks:
            self._under_way.add(task.number)
            yield task

    def _digest_setting(self) -> str:
        """What decides the outcome besides the record: the options, the version, the day of records without one."""
        said = self._options
        wanted = (said.draft, said.strict, said.blanks_by_hand, said.guard, said.with_record, said.redact, said.bind)
        chosen = (said.profile_id, said.only, said.until, *wanted, *_name_converter(said))
        some = [sorted(self.request.by_hand)] if self.request.by_hand else []
        more = ["sm3"] if said.adding_sm3 else []
        return digest_data([docgen.__version__, list_settings(), *chosen, *some, *more])

    def _find_jobs(self, notes: list[Diagnostic]) -> Iterator[Job]:
        """The jobs of every argument: records, those in folders, and the enterprises of workbooks."""
        if self.workbooks:
            from docgen.batch.intake import forget_intakes, list_rows, report_empty

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
            with contextlib.suppress(DocgenError):  # told when its rows were looked for
                yield self._open_intake(path)

    def _open_intake(self, path: Path) -> OpenedIntake:
        from docgen.batch.intake import make_intake_key, open_intake

        options = replace(self._options, resources=self._find_resources(Job("", path, path.parent)))
        return open_intake(make_intake_key(make_absolute(path), options))

    def _list_tasks(self) -> Iterator[Task]:
        """The jobs that have to be done, one when it is asked for; the others are noted as they are."""
        for entry in self.ledger.iterate():
            if self._listener.should_stop():
                return
            try:
                resources = self._find_resources(entry.job)
            except DocgenError as fault:
                failed = JobResult("failed", fault.exit_code, tuple(fault.diagnostics))
                self._receive(entry.job, entry.number, dump_result(failed))
                continue
            must = self.request.options.force or entry.job.key in self._placing.lost
            must = must or (self._options.strict and self._doubts is not None and self._doubts.has_changed(entry))
            if must or not self._standing.keeps(entry, resources):
                yield self._make_task(entry)
            else:
                self._receive(entry.job, entry.number, None)

    def _list_lost(self) -> Iterator[Task]:
        """The jobs that were found up to date before one ahead of them took an output of theirs."""
        numbers = sorted(self.ledger.find_number(key) for key in self._placing.lost)
        for number in filter(self._turns.keeps, numbers):
            if self._listener.should_stop():
                return
            yield self._make_task(self.ledger.find(number))

    def _make_task(self, entry: LedgerEntry) -> Task:
        job = entry.job
        by_hand = self._options.blanks_by_hand or job.row in self.request.by_hand
        options = replace(self._options, resources=self._find_resources(job), label=job.label, blanks_by_hand=by_hand)
        doubts = dump_diagnostics(self._doubts.find(job) if self._doubts is not None and job.row else ())
        return Task(entry.number, make_absolute(job.path), job.row, self._staging, options, doubts)

    def _find_held(self, number: int) -> JobResult:
        return parse_result(self._turns.read(number))

    def _note_origin(self, result: JobResult) -> None:
        """Remember what a profile was loaded from, so that the next run knows it without loading it."""
        name = name_note(result.profile_id)
        if result.profile_origin and self.ledger.read_note(name) != result.profile_origin:
            self.ledger.write_note(name, result.profile_origin)

    def _receive(self, job: Job, number: int, text: str | None) -> None:
        """Take what came of a job, None when it is up to date, and settle it when it is its turn, with those behind it.

        Before its turn what only adds files is put into place: that a record takes long hides nobody's outputs.
        """
        if not self._turns.keeps(number):
            self._listener.advance(name_job(job), is_new=text is not None)
        if number != self._turns.next:
            self._turns.hold(number, text)
            if text is not None:
                self._placing.settle_ahead(job, number, parse_result(text))
            return
        while self._settle(job, number, text) and self._turns.pass_on():
            number = self._turns.next
            text, job = self._turns.take(), self.ledger.find(number).job

    def _settle(self, job: Job, number: int, text: str | None) -> bool:
        """Settle the job whose turn it is; False when it has to be done again first."""
        if text is None and job.key in self._placing.lost:
            self._turns.hold(number, None)
            return False
        if text is None:
            entry = self.ledger.find(number)
            found = entry.list_diagnostics() if entry.state == "faulty" else ()
            kept = JobResult(entry.state, entry.exit_code, found, about=entry.about) if found else None
            self._listener.settle(name_job(job), kept)
            return True
        result = parse_result(text)
        self._note_origin(result)
        self._listener.settle(name_job(job), self._placing.settle(job, number, result))
        shutil.rmtree(self._staging / str(number), ignore_errors=True)
        return True


def _free_options(request: Request) -> Options:
    """What every job is made with. Where its outputs go, nothing stands: only the batch knows what it may replace.

    Each process has its part of the cores for LibreOffice.
    """
    options, cores = request.options, count_cores()
    mapping = make_absolute(options.mapping) if options.mapping is not None else None
    share = max(cores // (request.jobs or cores), 1)
    return replace(
        options, mapping=mapping, package=not options.only, force=True, loose=False, durable=False, converters=share
    )


def _name_converter(options: Options) -> tuple[str, ...]:
    """What makes PDFs, where any are wanted, and the fonts that it has: other ones make other files."""
    if not options.converting:
        return ()
    from docgen.pipeline.stages.pdf import open_converter

    converter = open_converter(options)
    return (converter.identity.converter, converter.identity.fonts) if converter is not None else ()


def _is_workbook(argument: Path) -> bool:
    """Whether an argument is a workbook that is there."""
    return is_workbook(argument) and argument.is_file()


def _describe_crash(task: Task, crash: Crash) -> JobResult:
    place = Location(file=str(task.path))
    return JobResult("failed", EXIT_BUG, (error("B113", place, path=str(task.path), reason=crash.reason),))
