"""``docgen fill``: a document for each row of any sheet, from anybody's template.

Everything wrong with template and data is told at once; what is wrong with a row refuses its document alone. What was
made is known by the batch's ledger, so the next run makes only what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import docgen
from docgen.archive.writing.occupancy import occupy_folder
from docgen.batch.combine import Membership, combine_documents
from docgen.batch.engine import Crash, Engine, EngineError, Procedure, ThisProcess, run_in_order
from docgen.batch.fill.copies import Planner, Wishes
from docgen.batch.fill.documents import Copy, FillTask, Plan, make_documents
from docgen.batch.fill.names import format_name
from docgen.batch.fill.sheet import DataFile, DataSheet, read_data
from docgen.batch.fill.template import FillTemplate, read_template, read_words
from docgen.batch.fingerprint import digest_data, list_settings
from docgen.batch.jobs import Job, make_absolute, make_key
from docgen.batch.ledger import Ledger, open_ledger
from docgen.batch.ledger_file import FOLDER, clear_attempts
from docgen.batch.publishing import Publisher
from docgen.batch.result import JobResult, drop_repeats
from docgen.batch.returning import name_copy, return_copy
from docgen.batch.runner import BatchOutcome, prepare_folder
from docgen.batch.summary import write_summary
from docgen.batch.up_to_date import UpToDateCheck
from docgen.diagnostics import Diagnostic, Location, error, has_errors
from docgen.errors import EXIT_BUG, EXIT_FOUND, EXIT_OK, OutputError, TemplateError
from docgen.messages import Catalogue
from docgen.render.scan.template import is_workbook
from docgen.resources import Converting

if TYPE_CHECKING:
    from docgen.render.pdf import Converter

_PATIENCE = 0.0
_CHUNK, _ALONE = 50, 1500
"""How many documents are a task; fewer than ``_ALONE`` are made before other processes have started."""
_UNKNOWN = frozenset({"T120", "T221"})


@dataclass(frozen=True, slots=True)
class FillRequest:
    """What is to be filled, where to, and how; without ``out`` everything is checked and nothing written."""

    template: Path
    data: Path
    out: Path | None
    wishes: Wishes
    combine: bool = False
    pdf: bool = False
    converting: Converting | None = None
    force: bool = False
    jobs: int | None = None


def read_both(request: FillRequest) -> tuple[FillTemplate, DataFile, DataSheet, list[Diagnostic]]:
    """The template and the data that it fits, the sheet of it, and what was told; SourceError, TemplateError."""
    match, asked = request.wishes.match, {*map(format_name, read_words(request.template))}
    absent = [tag for tag in match if format_name(tag) not in asked]
    if absent:
        place = Location(file=str(request.template))
        raise TemplateError(*(error("N230", place, tag=tag) for tag in absent))
    data = read_data(request.data, asked | {*map(format_name, match.values())})
    headers = [header for sheet in data.sheets for header in (*sheet.headers.values(), *sheet.lower, sheet.name)]
    template = read_template(request.template, headers, match)
    sheet, told = data.choose(template.list_names(), request.wishes.sheet)
    return template, data, sheet, told


@dataclass(frozen=True, slots=True)
class Talk:
    """Who is told how many of how many documents are done, and who may stop it."""

    advance: Callable[[int, int], None]
    should_stop: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TriedCopy:
    """A document that was made to see what comes of it: its bytes, what was found, whether that refuses it."""

    copy: Copy
    data: bytes
    found: tuple[Diagnostic, ...]
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What would come of a template and data: what is wrong with the whole, rows of nobody, each document in turn.

    With an error in ``whole`` no document can be made.
    """

    plan: Plan
    whole: Sequence[Diagnostic]
    strays: Sequence[Diagnostic]
    copies: Iterator[TriedCopy]


def try_template(request: FillRequest) -> Trial:
    """Fill a template and write nothing; raises as ``fill_template``."""
    run, whole = _plan(request, Talk(lambda _done, _total: None, lambda: False))
    return Trial(run.plan, whole, run.strays, run.try_copies(is_grave=has_errors(whole)))


def fill_template(request: FillRequest, words: Catalogue, talk: Talk, engine: Engine | None = None) -> BatchOutcome:
    """Fill a template; raises SourceError and TemplateError where one can't be read, OutputError as a batch does.

    Without an ``engine`` many documents are made by ``request.jobs`` processes of this machine, a few by this one.
    """
    run, whole = _plan(request, talk, engine)
    if has_errors(whole) or request.out is None:
        return run.check(whole, is_grave=has_errors(whole))
    prepare_folder(request.out)
    with occupy_folder(request.out, _PATIENCE), open_ledger(request.out, f"fill {request.template.name}") as ledger:
        return run.make(ledger, make_absolute(request.out), words, whole)


def _plan(request: FillRequest, talk: Talk, engine: Engine | None = None) -> tuple[_Run, list[Diagnostic]]:
    """The documents that there will be, and what is wrong with the whole."""
    template, data, sheet, told = read_both(request)
    planner = Planner(template, data, sheet, request.wishes)
    plan, copies = planner.plan()
    whole = [*told, *template.faults, *planner.faults]
    if request.combine and is_workbook(template.file):
        whole.append(error("W214", Location(file=template.file), path=template.file))
    if not copies:
        whole.append(error("W215", data.book.locate(sheet.name), sheet=sheet.name))
    return _Run(request, plan, copies, talk, engine, planner.strays), whole


@dataclass(frozen=True, slots=True)
class _Run:
    request: FillRequest
    plan: Plan
    copies: Sequence[Copy]
    talk: Talk
    engine: Engine | None = None
    strays: Sequence[Diagnostic] = ()

    def try_copies(self, *, is_grave: bool) -> Iterator[TriedCopy]:
        """Each document as it would be; names that nobody gives aren't told again for each."""
        for copy in self.copies if not has_errors(self.plan.template.faults) else ():
            data, told, _ = self.plan.render(copy)
            found = tuple(item for item in told if not (is_grave and item.code in _UNKNOWN))
            yield TriedCopy(copy, data, found, not data or (has_errors(told) and not self.request.wishes.draft))

    def check(self, whole: Sequence[Diagnostic], *, is_grave: bool) -> BatchOutcome:
        """What would come of the documents."""
        refused: list[Copy] = []
        found = [*whole, *self.strays]
        for tried in self.try_copies(is_grave=is_grave):
            found += tried.found
            refused += [tried.copy] if tried.is_refused else []
        total, lost = _count_rows(self.copies), _count_rows(self.copies if is_grave else refused)
        counts = {"total": len(self.copies), "rows": total, "rows_made": total - lost, "rows_refused": lost}
        return BatchOutcome(counts, drop_repeats(found), EXIT_FOUND if has_errors(found) else EXIT_OK, False)

    def make(self, ledger: Ledger, out: Path, words: Catalogue, whole: list[Diagnostic]) -> BatchOutcome:
        """Make what isn't made yet, then the files about all of it."""
        whole = [*whole, *self.strays]
        request, setting = self.request, self._digest_setting()
        keys = self._list_keys(out)
        placing = Publisher(ledger, out, setting, request.force, lambda _: JobResult("open", EXIT_OK))
        placing.waits = False  # the next run compares by content what the disk may not have
        placing.is_gone = lambda job: job.key not in keys
        standing = UpToDateCheck(ledger, out, setting, placing.note_unsynced, trust_stamps=True)
        ledger.register(self._make_job(key, copy) for key, copy in zip(keys, self.copies, strict=True))
        clear_attempts(out)
        staging = out / FOLDER / f"run-{ledger.run}"
        wanted: dict[int, Copy] = {}
        jobs: dict[int, Job] = {}
        for entry, copy in zip(ledger.iterate(), self.copies, strict=True):
            if request.force or not standing.keeps(entry, None):
                wanted[copy.number], jobs[copy.number] = copy, entry.job
        done = len(self.copies) - len(wanted)
        try:
            converter = self._open_converter() if request.pdf else None
            staging.mkdir()
            for task, results in self._work(list(wanted.values()), staging):
                for copy, result in zip(task.copies, self._convert(results, converter), strict=True):
                    placing.settle(jobs[copy.number], copy.number, result)
                done += len(task.copies)
                self.talk.advance(done, len(self.copies))
        except EngineError as fault:
            raise OutputError(fault.diagnostic) from None
        finally:
            placing.sync()
            clear_attempts(out)
        return self._finish(ledger, out, words, whole)

    def _digest_setting(self) -> str:
        plan, request = self.plan, self.request
        template = hashlib.sha256(plan.template.data).hexdigest()
        fields = [str(item) for item in plan.template.fields.items()]
        options = [plan.mode, request.pdf, request.wishes.draft, plan.is_grouped, dict(plan.sheet.headers)]
        return digest_data([docgen.__version__, list_settings(), template, fields, options])

    def _list_keys(self, out: Path) -> dict[str, None]:
        """What tells each document from the others in this run and the next: its key, its group, or its row."""
        base = f"{make_key(self.plan.data.path, out)}#{format_name(self.plan.sheet.name)}"
        wishes, keys = self.request.wishes, dict[str, None]()
        for copy in self.copies:
            key = f"{base}#{copy.title if wishes.key or wishes.group_by else copy.rows[0].number}"
            keys[key if key not in keys else f"{key}#{copy.rows[0].number}"] = None
        return keys

    def _make_job(self, key: str, copy: Copy) -> Job:
        path = make_absolute(self.plan.data.path)
        rows = [repr([*row.cells.items()]) for rows in (copy.rows, *copy.lists.values()) for row in rows]
        content = digest_data([rows, copy.name, [str(item) for item in copy.faults]])
        place = digest_data([row.number for row in copy.rows])
        return Job(key, path, path.parent, str(copy.rows[0].number), copy.title, content, place)

    def _work(self, copies: Sequence[Copy], staging: Path) -> Iterator[tuple[FillTask, Sequence[JobResult]]]:
        """The documents in their order, some at a time, with what came of each."""
        engine = self._workers or ThisProcess()
        if self._workers is None and self.plan.data.tree is None and len(copies) >= _ALONE:
            from docgen.batch.pool import choose_engine

            engine = choose_engine(self.request.jobs, len(copies), _ALONE)  # for fewer starting processes takes longer
        plan = self.plan if isinstance(engine, ThisProcess) else self.plan.lighten()
        converting = (self.request.converting or Converting()) if self.request.pdf and self._workers else None
        size = _CHUNK if self._workers is None or converting else 1  # such an engine finds out how many go together
        chunks = [tuple(copies[at : at + size]) for at in range(0, len(copies), size)]
        tasks = [FillTask(plan, chunk, staging, self.request.wishes.draft, converting) for chunk in chunks]
        for task, answer in run_in_order(engine, Procedure(make_documents), tasks, self.talk.should_stop):
            yield task, [self._crash(copy, answer) for copy in task.copies] if isinstance(answer, Crash) else answer

    @property
    def _workers(self) -> Engine | None:
        """The engine that was asked for, where documents can be made without all of the data."""
        return self.engine if self.plan.data.tree is None else None

    def _crash(self, copy: Copy, crash: Crash) -> JobResult:
        place = Location(file=str(self.plan.data.path))
        return JobResult("failed", EXIT_BUG, (error("B113", place, path=copy.title, reason=crash.reason),))

    def _open_converter(self) -> Converter | None:
        """What converts here, None where workers do; OutputError A210 without LibreOffice, before anything is made."""
        from docgen.pipeline.stages.pdf import require_office
        from docgen.render.pdf import Converter

        office = require_office()
        return Converter(office, self.request.converting) if self._workers is None else None

    def _convert(self, results: Sequence[JobResult], converter: Converter | None) -> Iterator[JobResult]:
        """The same results, with a PDF of each document where this process makes them."""
        if converter is None:
            return iter(results)
        from docgen.batch.fill.pdfs import add_pdfs

        return add_pdfs(results, converter, str(self.plan.data.path))

    def _finish(self, ledger: Ledger, out: Path, words: Catalogue, whole: list[Diagnostic]) -> BatchOutcome:
        request, counts = self.request, dict(ledger.count())
        entries = list(ledger.iterate())
        settled = [(copy, e.state == "made") for copy, e in zip(self.copies, entries, strict=True) if e.is_settled]
        refused = [copy for copy, is_made in settled if not is_made]
        found = [*whole, *(item for entry in entries for item in entry.list_diagnostics())]
        counts["rows"], counts["rows_refused"] = _count_rows(self.copies), _count_rows(refused)
        counts["rows_made"] = _count_rows([copy for copy, is_made in settled if is_made])
        combined: tuple[Path, ...] = ()
        returned: tuple[Path, ...] = ()
        notes: tuple[Diagnostic, ...] = ()
        is_done = not counts["open"]
        if request.combine and is_done:
            combined, notes = combine_documents(
                ledger, out, Membership({}, ()), is_whole=not counts["failed"], force=request.force
            )
        if is_done and self.plan.data.tree is None:
            target = out / name_copy(self.plan.data.path)
            returned, told = return_copy(ledger, target, self._mark_rows(refused, found, words), force=request.force)
            notes += told
        summary = write_summary(ledger, counts, out, words)
        code = max(counts["worst"], EXIT_FOUND if has_errors((*whole, *notes)) else EXIT_OK)
        return BatchOutcome(
            counts, drop_repeats((*notes, *found)), code, not is_done, summary, combined, returned, len(refused)
        )

    def _mark_rows(
        self, refused: Sequence[Copy], found: Sequence[Diagnostic], words: Catalogue
    ) -> Callable[[], bytes] | None:
        """What writes the clerk's own table with the rows that were refused alone, marked; None where all are made."""
        if not refused:
            return None
        from docgen.sources.intake.returning.return_copy import return_rows

        book, sheet = self.plan.data.book, self.plan.sheet
        gone = {sheet.name: {row.number for row in sheet.rows} - {row.number for copy in refused for row in copy.rows}}
        told = [item for item in found if item.location.kind == "xlsx" and item.location.file == book.file]
        return lambda: return_rows(book, gone, told, words)


def _count_rows(copies: Sequence[Copy]) -> int:
    return sum(len(copy.rows) for copy in copies)
