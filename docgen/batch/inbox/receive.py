"""Verify many received packages by several processes; an unchanged package isn't verified again.

Results are in a ledger beside the summary, so a run that was stopped or killed goes on where it ended. Nothing is ever
written into the inbox. Memory doesn't grow with the number of packages.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Protocol

import docgen
from docgen.archive.verify.inbox import is_inbox, list_inbox
from docgen.archive.verify.report import COUNTED
from docgen.archive.writing.target import refuse_target
from docgen.archive.zip.limits import MIB, Limits
from docgen.batch.engines import Crash, Engine, EngineError, Procedure
from docgen.batch.engines.pool import open_engine
from docgen.batch.inbox.marks import compare_package, read_state
from docgen.batch.inbox.packages import NOTE, NOTE_FORM, ReceivedPackage, ReceivedPackages
from docgen.batch.inbox.verifying import PackageTask, begin_verifying, verify_as_text
from docgen.batch.ledger import Ledger, open_ledger
from docgen.batch.ledger.fingerprint import digest_data
from docgen.batch.ledger.jobs import Job, make_absolute, make_key
from docgen.batch.ledger.result import JobResult, parse_result
from docgen.batch.ledger.rows import LedgerEntry, parse_marks
from docgen.content.foreign_names import guess_foreign_name
from docgen.diagnostics import Diagnostic, Location, error, has_errors
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_OK, OutputError
from docgen.messages import Catalogue
from docgen.pipeline.stages.outcome import NOTHING, Proving

_PRODUCT = "received"
_SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Reception:
    """The request to verify packages: packages and inboxes (``arguments``), the workbook of the summary (``out``).

    With ``force`` every package is verified again, and other files in the summary's place are replaced. ``strict``
    treats warnings as errors. Without ``jobs`` as many are verified at once as there are cores. With ``identities``,
    known from elsewhere, each package's has to be among them. ``names`` are the names that senders gave to packages, by
    path, to be shown instead of paths. ``with_contents`` describes the contents of each, too; ``proving`` is what is
    proven of each.
    """

    arguments: tuple[Path, ...]
    out: Path | None
    limits: Limits
    strict: bool = False
    force: bool = False
    jobs: int | None = None
    identities: tuple[str, ...] = ()
    names: Mapping[Path, str] = field(default_factory=dict)
    with_contents: bool = False
    proving: Proving = NOTHING


class ReceptionListener(Protocol):
    """A listener to the progress of verifying."""

    def begin(self, total: int) -> None:
        """Called once, with the number of packages."""

    def advance(self, package: ReceivedPackage) -> None:
        """Called when a package is done or unchanged; its relations to others aren't known yet."""

    def should_stop(self) -> bool:
        """Whether to finish the running tasks and stop."""

    def report_package(self, package: ReceivedPackage) -> None:
        """Called with the result of each package, in order, when all are done."""


@dataclass(frozen=True, slots=True)
class ReceptionOutcome:
    """The outcome: how many packages have each verdict, are there in all (``total``), and are unchanged (``kept``)."""

    counts: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int
    was_stopped: bool


def receive_packages(
    request: Reception, listener: ReceptionListener, words: Catalogue, engine: Engine | None = None
) -> ReceptionOutcome:
    """Verify packages; one that is broken or hostile, crashes its reader or takes too long doesn't stop the others.

    Without an ``engine`` that is done by ``request.jobs`` processes of this machine. Raises OutputError when the
    summary can't be written (A101–A107), another run uses its ledger (B101, B102), or no process can be started (B114).
    """
    with contextlib.ExitStack() as stack:
        out = request.out
        folder = out.parent if out is not None else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if out is not None:
            refuse_target(out, force=request.force or out.is_file())  # the ledger tells whether it is ours
        ledger = stack.enter_context(open_ledger(folder, _PRODUCT))
        if out is not None:
            _refuse_others(ledger, out, force=request.force)
        results = ReceivedPackages(ledger, request.identities, request.names, strict=request.strict)
        run = _ReceptionRun(request, listener, results, engine or open_engine(request.jobs))
        notes = run.perform()
        results.relate()
        counts: Counter[str] = Counter(kept=run.kept)
        code = EXIT_CANNOT_RUN if has_errors(notes) else EXIT_OK
        for package in results.iterate():
            listener.report_package(package)
            counts.update([package.verdict, "total"])
            code = max(code, package.exit_code)
        counted = {name: counts[name] for name in COUNTED}
        if out is not None:
            from docgen.batch.inbox.book import write_received  # workbooks take time to load

            ledger.write_note(f"{_SUMMARY} {out.name}", "ours")
            # "kept" is left out, so that the same packages give the same files
            write_received(results.iterate, out, {name: counted[name] for name in counted if name != "kept"}, words)
    return ReceptionOutcome(counted, tuple(notes), code, counted["open"] > 0)


def _refuse_others(ledger: Ledger, out: Path, *, force: bool) -> None:
    """A101 when there is a file in the place of the summary or its data that no run here wrote."""
    if not ledger.read_note(f"{_SUMMARY} {out.name}"):
        for path in (out, out.with_suffix(".json")):
            refuse_target(path, force=force)


class _ReceptionRun:
    def __init__(
        self, request: Reception, listener: ReceptionListener, results: ReceivedPackages, engine: Engine
    ) -> None:
        self._request = request
        self._listener = listener
        self._results = results
        self._ledger = results.ledger
        self._engine = engine
        demands = [*(["contents"] if request.with_contents else []), *_describe_proving(request.proving)]
        self._setting = digest_data([docgen.__version__, NOTE_FORM, asdict(request.limits), *demands])
        self._under_way: set[int] = set()
        self.kept = 0

    def perform(self) -> list[Diagnostic]:
        """Verify the packages that have to be verified; returns the diagnostics that concern no single package."""
        notes: list[Diagnostic] = []
        self._listener.begin(self._ledger.register(self._find(notes)))
        work = Procedure(verify_as_text, begin_verifying, _limit_seconds)
        try:
            for task, answer in self._engine.run(work, self._list_tasks(), self._listener.should_stop):
                if task.number not in self._under_way:
                    continue  # another attempt was done first
                self._under_way.remove(task.number)
                self._settle(task, answer)
        except EngineError as fault:
            raise OutputError(fault.diagnostic) from None
        return notes

    def _find(self, notes: list[Diagnostic]) -> Iterator[Job]:
        folder = self._request.out.parent if self._request.out is not None else Path()
        for argument in self._request.arguments:
            if (shown := guess_foreign_name(str(make_absolute(argument)))) is not None:
                notes.append(error("B124", Location(file=shown), names=shown, count=1))
                continue
            if not is_inbox(argument):
                yield Job(make_key(argument, folder), argument, argument.parent)
                continue
            for path in list_inbox(argument, notes):
                yield Job(make_key(path, folder), path, argument)

    def _list_tasks(self) -> Iterator[PackageTask]:
        for entry in self._ledger.iterate():
            if self._listener.should_stop():
                return
            if not self._request.force and self._keeps(entry):
                self.kept += 1
                self._listener.advance(
                    self._results.judge(replace(entry, is_settled=True))
                )  # the ledger notes it later
                continue
            self._under_way.add(entry.number)
            request = self._request
            yield PackageTask(entry.number, entry.job.path, request.limits, request.with_contents, request.proving)

    def _keeps(self, entry: LedgerEntry) -> bool:
        """Whether a package was verified in its present state, by this version and with these limits."""
        if entry.state != "made" or entry.setting != self._setting:
            return False
        (mark,) = parse_marks(entry.inputs)
        mark_now = compare_package(mark, entry.job.path)
        if mark_now is not None:
            self._ledger.keep(entry.job.key, None if mark_now == mark else [mark_now])
        return mark_now is not None

    def _settle(self, task: PackageTask, answer: str | Crash) -> None:
        key = self._ledger.find(task.number).job.key
        if isinstance(answer, Crash):
            result, note = _describe_crash(task, answer), ""
        else:
            result_text, note = json.loads(answer)
            result = parse_result(result_text)
        self._ledger.write_note(f"{NOTE} {key}", note)
        self._ledger.settle(key, self._setting, result)
        self._listener.advance(self._results.judge(self._ledger.find(task.number)))


def _describe_proving(proving: Proving) -> Iterator[object]:
    """What is proven, and the digests of the profiles and templates that the verdicts depend on."""
    if proving.digests:
        yield "digests"
    if proving.steps:
        from docgen.batch.ledger.profile_digest import digest_profiles
        from docgen.content.files import hash_file

        own = (path for folder in proving.resources.own_templates for path in sorted(folder.rglob("*.*")))
        yield [proving.steps, digest_profiles(proving.resources), [hash_file(path) for path in own if path.is_file()]]


def _limit_seconds(task: PackageTask) -> float:
    """The seconds that a package may take: those of the limits and one for each MiB; more for each proving step."""
    seconds = task.limits.seconds * (1 + len(task.proving.steps))
    try:
        return seconds + read_state(task.path).size / MIB
    except OSError:
        return seconds


def _describe_crash(task: PackageTask, crash: Crash) -> JobResult:
    place, path = Location("archive", file=str(task.path)), str(task.path)
    if crash.late:
        return JobResult(
            "failed", EXIT_CANNOT_RUN, (error("B137", place, path=path, seconds=round(_limit_seconds(task))),)
        )
    return JobResult("failed", EXIT_BUG, (error("B138", place, path=path, reason=crash.reason),))
