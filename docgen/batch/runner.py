"""A batch from its first job to its last: skip what is as it was, have the rest made, move it into place."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import docgen
from docgen.archive.names import fold_name
from docgen.archive.target import sync_files
from docgen.batch.combine import Combined, combine_documents
from docgen.batch.fingerprint import FileMark, Standing, compare_file, digest_data, hash_file, list_settings
from docgen.batch.intake import OpenedIntake, list_rows, make_intake_key, open_intake, report_empty
from docgen.batch.jobs import Job, find_jobs, make_absolute
from docgen.batch.ledger import FOLDER, Ledger, LedgerEntry, open_ledger
from docgen.batch.orders import note_orders
from docgen.batch.pool import Crash, Pool, PoolError
from docgen.batch.result import JobResult, Produced, parse_result
from docgen.batch.returning import return_workbooks
from docgen.batch.summary import SummaryFiles, write_summary
from docgen.batch.worker import Order, Task, perform_as_text, prepare_worker
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, DocgenError, OutputError
from docgen.messages import Catalogue
from docgen.profile.load import forget_profiles
from docgen.resources import Resources
from docgen.sources.intake.source import is_workbook

_SYNCED_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Request:
    """What to make of which records, and where; ``force`` makes everything anew and replaces what stands there.

    ``combine`` puts the Word files together, too, to be printed.
    """

    arguments: tuple[Path, ...]
    out: Path
    only: tuple[str, ...] = ()
    profile_id: str | None = None
    draft: bool = False
    strict: bool = False
    guard: bool = False
    with_record: bool = True
    redact: bool = False
    mapping: Path | None = None
    force: bool = False
    combine: bool = False
    jobs: int = 1

    @property
    def product(self) -> str:
        """What is kept apart in one output folder: packages, or the documents of some types."""
        return f"only {' '.join(sorted(self.only))}" if self.only else "packages"


class Listener(Protocol):
    """Who is told how the batch goes."""

    def begin(self, total: int) -> None:
        """So many jobs there are."""

    def settle(self, name: str, result: JobResult | None) -> None:
        """A job is done; without a result it stands as it was made before."""

    def should_stop(self) -> bool:
        """Whether to finish what is under way and stop."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How a batch ended: ``counts`` as ``Ledger.count`` gives them, what concerns the batch as a whole, its summary."""

    counts: dict[str, int]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int
    was_stopped: bool
    summary: SummaryFiles
    combined: tuple[Path, ...] = ()
    returned: tuple[Path, ...] = ()


def run_batch(
    request: Request, find_resources: Callable[[Job], Resources], listener: Listener, words: Catalogue
) -> BatchOutcome:
    """Make what is missing or out of date, and write the summary; one bad record never stops the others.

    Raises OutputError when the output folder can't be used or another batch works in it (B101–B103).
    """
    _prepare_folder(request.out)
    forget_profiles()
    with open_ledger(request.out, request.product) as ledger:
        run = _Run(request, find_resources, listener, ledger)
        notes = run.perform()
        workbooks = tuple(run.list_workbooks())
        membership = note_orders(ledger, workbooks, request.out)
        returned, refused = return_workbooks(ledger, request.out, workbooks, words, force=request.force)
        notes += refused
        counts = ledger.count()
        combined = Combined((), ())
        if request.combine and not counts["open"]:
            combined = combine_documents(ledger, request.out, membership, force=request.force)
            notes += combined.diagnostics
        summary = write_summary(ledger, counts, request.out, words)
    return BatchOutcome(
        counts, tuple(notes), counts["worst"], counts["open"] > 0, summary, combined.paths, tuple(returned)
    )


def _prepare_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(error("B103", Location(file=str(out)), path=str(out), reason=reason)) from None


class _Run:
    def __init__(
        self, request: Request, find_resources: Callable[[Job], Resources], listener: Listener, ledger: Ledger
    ) -> None:
        self._request = request
        self._find_resources = find_resources
        self._listener = listener
        self._ledger = ledger
        self._out = make_absolute(request.out)
        self._staging = self._out / FOLDER / f"run-{ledger.run}"
        self._standing = Standing()
        self._unsynced: list[FileMark] = []
        self._order = Order(
            self._staging,
            request.profile_id,
            request.only,
            draft=request.draft,
            strict=request.strict,
            guard=request.guard,
            with_record=request.with_record,
            redact=request.redact,
            mapping=make_absolute(request.mapping) if request.mapping is not None else None,
        )
        self._setting = self._digest_setting()

    def perform(self) -> list[Diagnostic]:
        """Do all that is to be done; what concerns no single job is given back."""
        notes: list[Diagnostic] = []
        self._clear_leftovers()
        total = self._ledger.register(self._find_jobs(notes))
        self._listener.begin(total)
        if not total and not notes:
            notes.append(error("B104", folder="、".join(map(str, self._request.arguments))))
        pool: Pool[Task, str] = Pool(perform_as_text, self._request.jobs, prepare_worker)
        try:
            for task, answer in pool.run(self._list_tasks(), self._listener.should_stop):
                self._settle(task, _describe_crash(task, answer) if isinstance(answer, Crash) else parse_result(answer))
        except PoolError as fault:
            raise OutputError(error("B114", reason=str(fault))) from None
        finally:
            self._sync()
            shutil.rmtree(self._staging, ignore_errors=True)
        return notes

    def _digest_setting(self) -> str:
        """What decides the outcome besides the record: the options, the version, the day of records without one."""
        order = self._order
        chosen = (order.profile_id, order.only, order.draft, order.strict, order.guard, order.with_record, order.redact)
        return digest_data([docgen.__version__, list_settings(), *chosen])

    def _find_jobs(self, notes: list[Diagnostic]) -> Iterator[Job]:
        """The jobs of every argument: records, those in folders, and the enterprises of workbooks."""
        for argument in self._request.arguments:
            if not is_workbook(argument) or not argument.is_file():
                yield from find_jobs((argument,), self._out, notes)
                continue
            try:
                opened = self._open_intake(argument)
            except DocgenError as fault:
                notes += fault.diagnostics
                continue
            notes += opened.split.common
            notes += () if opened.split.enterprises else (report_empty(argument),)
            yield from list_rows(opened, argument, self._out)

    def list_workbooks(self) -> Iterator[OpenedIntake]:
        """The workbooks among the arguments that can be read, each once."""
        for path in dict.fromkeys(item for item in self._request.arguments if is_workbook(item) and item.is_file()):
            with contextlib.suppress(DocgenError):  # told when its rows were looked for
                yield self._open_intake(path)

    def _open_intake(self, path: Path) -> OpenedIntake:
        resources = self._find_resources(Job("", path, path.parent))
        return open_intake(make_intake_key(make_absolute(path), resources, self._order.profile_id, self._order.mapping))

    def _clear_leftovers(self) -> None:
        """Throw away what a run that was killed had not moved yet."""
        for folder in (self._out / FOLDER).glob("run-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _list_tasks(self) -> Iterator[Task]:
        """The jobs that have to be done, one when it is asked for; the others are noted as they are."""
        for entry in self._ledger.iterate():
            job = entry.job
            try:
                resources = self._find_resources(job)
            except DocgenError as fault:
                self._settle_result(job, JobResult("failed", fault.exit_code, tuple(fault.diagnostics)))
                continue
            if self._request.force or not self._stands(entry, resources):
                yield Task(self._order, entry.number, make_absolute(job.path), job.row, job.label, resources)
            else:
                found = self._ledger.read_diagnostics(job.key) if entry.state == "faulty" else ()
                kept = JobResult(entry.state, entry.exit_code, found, about=entry.about) if found else None
                self._listener.settle(name_job(job), kept)

    def _stands(self, entry: LedgerEntry, resources: Resources) -> bool:
        """Whether a job's result is still what making it anew would give; the ledger learns new times of files."""
        if entry.state not in ("made", "faulty") or entry.setting != self._setting or not entry.is_same:
            return False
        if not self._standing.keeps(resources, entry.profile_id, entry.profile, entry.templates):
            return False
        folder = entry.job.path.parent
        inputs = [compare_file(mark, folder / mark.path) for mark in entry.inputs]
        if None in inputs or (entry.state == "made" and not self._outputs_stand(entry)):
            return False
        moved = [mark for mark in inputs if mark is not None]
        self._ledger.keep(entry.job.key, moved if moved != list(entry.inputs) else None)
        return True

    def _outputs_stand(self, entry: LedgerEntry) -> bool:
        for output in self._ledger.list_outputs(entry.job.key):
            mark = compare_file(output.mark, self._out / output.path, trust_time=output.synced)
            if mark is None:
                return False
            if not output.synced:
                self._note_unsynced(mark)
            elif mark != output.mark:
                self._ledger.mark_output(mark, synced=False)
        return True

    def _settle(self, task: Task, result: JobResult) -> None:
        entry = self._ledger.find(task.number)
        self._settle_result(entry.job, result)
        shutil.rmtree(self._staging / str(task.number), ignore_errors=True)

    def _settle_result(self, job: Job, result: JobResult) -> None:
        """Write a result down, then move its outputs into place; a refusal turns it into a failure."""
        number = self._ledger.find_number(job.key)
        refused, losers = self._claim(job, number, result.outputs)
        if refused:
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, outputs=(), diagnostics=refused)
        for loser, fault in losers:
            self._ledger.settle(loser, self._setting, JobResult("failed", EXIT_CANNOT_RUN, (fault,)))
        former = self._ledger.list_outputs(job.key)
        self._ledger.settle(job.key, self._setting, result)
        for output in result.outputs:
            fault_found = self._move(output)
            if fault_found is not None:
                result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, diagnostics=(fault_found,))
                self._ledger.settle(job.key, self._setting, replace(result, outputs=()))
        if result.outputs:
            now = {fold_name(item.path) for item in result.outputs}
            self._remove([item.mark for item in former if fold_name(item.path) not in now])
        self._listener.settle(name_job(job), result)

    def _claim(
        self, job: Job, number: int, outputs: Iterable[Produced]
    ) -> tuple[tuple[Diagnostic, ...], list[tuple[str, Diagnostic]]]:
        """Who may not have the places of these outputs: this job (its faults), or jobs behind it that took them first.

        Of two jobs that want one place the first in order has it, whichever was done first.
        """
        refused: list[Diagnostic] = []
        losers: list[tuple[str, Diagnostic]] = []
        place, force = Location(file=str(job.path)), self._request.force
        for output in outputs:
            holder = self._ledger.find_claim(output.path)
            if holder is None:
                target = self._out / output.path
                if target.exists() and not force:
                    refused.append(error("B111", place, path=str(target)))
            elif holder.key == job.key:
                continue
            elif holder.is_current and number < holder.number:
                at = Location(file=str(holder.record))
                losers.append((holder.key, error("B110", at, name=output.path, other=str(job.path))))
            elif holder.is_current or (holder.record.exists() and not force):
                refused.append(error("B110", place, name=output.path, other=str(holder.record)))
        return tuple(refused), losers

    def _move(self, output: Produced) -> Diagnostic | None:
        target = self._out / output.path
        try:
            Path(output.staged).replace(target)
        except OSError as fault:
            place = Location(file=str(target))
            return error("B112", place, path=str(target), reason=fault.strerror or str(fault))
        self._note_unsynced(output.mark)
        return None

    def _remove(self, marks: Iterable[FileMark]) -> None:
        """Take away what a job made before under other names, unless somebody changed it."""
        for mark in marks:
            path = self._out / mark.path
            with contextlib.suppress(OSError):
                if path.is_file() and hash_file(path) == mark.sha256:
                    path.unlink()

    def _note_unsynced(self, mark: FileMark) -> None:
        self._unsynced.append(mark)
        if len(self._unsynced) >= _SYNCED_TOGETHER:
            self._sync()

    def _sync(self) -> None:
        """Wait until the disk has what was moved into place, many files together: one by one it takes far longer."""
        sync_files([self._out / mark.path for mark in self._unsynced])
        for mark in self._unsynced:
            self._ledger.mark_output(mark, synced=True)
        self._unsynced.clear()


def name_job(job: Job) -> str:
    """A job's name for people: the folder of a record that is called as all are, else its file; a row with it."""
    usual = job.path.stem == "record" and job.path.parent.name
    name = job.path.parent.name if usual else job.path.name
    return f"{name} {job.label}" if job.row else name


def _describe_crash(task: Task, crash: Crash) -> JobResult:
    place = Location(file=str(task.path))
    return JobResult("failed", EXIT_BUG, (error("B113", place, path=str(task.path), reason=crash.reason),))
