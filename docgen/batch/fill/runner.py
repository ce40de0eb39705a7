"""``docgen fill``: a document for each row of any sheet, from anybody's template.

Everything wrong with template and data is reported at once; what is wrong with a row refuses its document alone. What
was made is known by the batch's ledger, so the next run makes only what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import docgen
from docgen.archive.writing.occupancy import occupy_folder
from docgen.batch.engines.engine import Crash, Engine, EngineError, Procedure, ThisProcess, run_in_order
from docgen.batch.fill.copies import Planner, Wishes
from docgen.batch.fill.documents import Copy, FillTask, Plan, make_documents
from docgen.batch.fill.names import format_name
from docgen.batch.fill.sheet import DataFile, DataSheet, read_data
from docgen.batch.fill.template import FillTemplate, read_template, read_words
from docgen.batch.ledger import Ledger, UpToDateCheck, open_ledger
from docgen.batch.ledger.file import FOLDER, clear_attempts
from docgen.batch.ledger.fingerprint import digest_data, list_settings
from docgen.batch.ledger.jobs import Job, make_absolute, make_key
from docgen.batch.ledger.result import JobResult, drop_repeats
from docgen.batch.records.combine import Membership, combine_documents
from docgen.batch.records.publishing import Publisher
from docgen.batch.records.returning import name_copy, return_copy
from docgen.batch.records.runner import BatchOutcome, prepare_folder
from docgen.batch.records.summary import write_summary
from docgen.diagnostics import Diagnostic, Location, error, has_errors
from docgen.errors import EXIT_BUG, EXIT_FAULTS, EXIT_OK, OutputError, TemplateError
from docgen.messages import Catalogue
from docgen.render.scan.template import is_workbook
from docgen.resources import Converting

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


def _read_both(request: FillRequest) -> tuple[FillTemplate, DataFile, DataSheet, list[Diagnostic]]:
    """The template, the data that it fits, its sheet, and what was reported of that; SourceError, TemplateError."""
    match, asked = request.wishes.match, {*map(format_name, read_words(request.template))}
    absent = [tag for tag in match if format_name(tag) not in asked]
    if absent:
        place = Location(file=str(request.template))
        raise TemplateError(*(error("N230", place, tag=tag) for tag in absent))
    data = read_data(request.data, asked | {*map(format_name, match.values())})
    headers = [header for sheet in data.sheets for header in (*sheet.headers.values(), *sheet.lower, sheet.name)]
    template = read_template(request.template, headers, match)
    return template, data, *data.choose(template.list_names(), request.wishes.sheet)


@dataclass(frozen=True, slots=True)
class Talk:
    """Who is told how many of how many documents are done, and who may stop it."""

    advance: Callable[[int, int], None]
    should_stop: Callable[[], bool]


NOBODY = Talk(lambda _done, _total: None, lambda: False)


@dataclass(frozen=True, slots=True)
class TriedCopy:
    """A document that was made to see what comes of it: its bytes, what is wrong, whether that refuses it."""

    copy: Copy
    data: bytes
    diagnostics: tuple[Diagnostic, ...]
    is_refused: bool


def fill_template(request: FillRequest, words: Catalogue, talk: Talk, engine: Engine | None = None) -> BatchOutcome:
    """Fill a template; raises SourceError and TemplateError where one can't be read, OutputError as a batch does.

    Without an ``engine`` many documents are made by ``request.jobs`` processes of this machine, a few by this one.
    """
    filling = plan_filling(request, talk, engine)
    if has_errors(filling.whole) or request.out is None:
        return filling.check()
    prepare_folder(request.out)
    with occupy_folder(request.out, _PATIENCE), open_ledger(request.out, f"fill {request.template.name}") as ledger:
        return filling.make(ledger, make_absolute(request.out), words)


def plan_filling(request: FillRequest, talk: Talk = NOBODY, engine: Engine | None = None) -> Filling:
    """Plan the documents, and make and write none; SourceError and TemplateError as ``fill_template``."""
    template, data, sheet, notes = _read_both(request)
    planner = Planner(template, data, sheet, request.wishes)
    plan, copies = planner.plan()
    whole = [*notes, *template.faults, *planner.faults]
    if request.combine and is_workbook(template.file):
        whole.append(error("W214", Location(file=template.file), path=template.file))
    if not copies:
        whole.append(error("W215", data.book.locate(sheet.name), sheet=sheet.name))
    return Filling(request, plan, copies, whole, planner.strays, talk, engine)


@dataclass(frozen=True, slots=True)
class Filling:
    """The documents that there will be: ``whole`` is what is wrong with all of them, ``strays`` are rows of nobody.

    With an error in ``whole`` no document can be made.
    """

    request: FillRequest
    plan: Plan
    copies: Sequence[Copy]
    whole: Sequence[Diagnostic]
    strays: Sequence[Diagnostic]
    talk: Talk
    engine: Engine | None = None

    def try_copies(self) -> Iterator[TriedCopy]:
        """Each document as it would be; names that nobody gives aren't reported again for each."""
        reported = _UNKNOWN if has_errors(self.whole) else ()
        for copy in self.copies if not has_errors(self.plan.template.faults) else ():
            data, diagnostics, _ = self.plan.render(copy)
            is_refused = not data or (has_errors(diagnostics) and not self.request.wishes.draft)
            yield TriedCopy(copy, data, tuple(item for item in diagnostics if item.code not in reported), is_refused)

    def check(self) -> BatchOutcome:
        """What would come of the documents."""
        refused: list[Copy] = []
        diagnostics = [*self.whole, *self.strays]
        for tried in self.try_copies():
            diagnostics += tried.diagnostics
            refused += [tried.copy] if tried.is_refused else []
        if has_errors(self.whole):
            refused = [*self.copies]
        counts = {"total": len(self.copies), **_count_rows(self.copies, refused)}
        code = EXIT_FAULTS if has_errors(diagnostics) else EXIT_OK
        return BatchOutcome(counts, drop_repeats(diagnostics), code, was_stopped=False)

    def make(self, ledger: Ledger, out: Path, words: Catalogue) -> BatchOutcome:
        """Make what isn't made yet, then the files about all of it."""
        request, setting = self.request, self._digest_setting()
        keys = self._list_keys(out)
        publisher = Publisher(ledger, out, setting, request.force, lambda _: JobResult("open", EXIT_OK))
        publisher.waits = False  # the next run compares by content what the disk may not have
        publisher.is_gone = lambda job: job.key not in keys
        up_to_date = UpToDateCheck(ledger, out, setting, publisher.note_unsynced, trust_stamps=True)
        ledger.register(self._make_job(key, copy) for key, copy in zip(keys, self.copies, strict=True))
        clear_attempts(out)
        staging = out / FOLDER / f"run-{ledger.run}"
        jobs = {
            copy.number: entry.job
            for entry, copy in zip(ledger.iterate(), self.copies, strict=True)
            if request.force or not up_to_date.keeps(entry, None)
        }
        done = len(self.copies) - len(jobs)
        try:
            if request.pdf:
                from docgen.pipeline.stages.pdf import require_office

                require_office()
            staging.mkdir()
            for task, results in self._work([copy for copy in self.copies if copy.number in jobs], staging):
                for copy, result in zip(task.copies, results, strict=True):
                    publisher.settle(jobs[copy.number], copy.number, result)
                done += len(task.copies)
                self.talk.advance(done, len(self.copies))
        except EngineError as fault:
            raise OutputError(fault.diagnostic) from None
        finally:
            publisher.sync()
            clear_attempts(out)
        return self._finish(ledger, out, words)

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
        engine = self._choose_engine(len(copies))
        is_here = isinstance(engine, ThisProcess)
        plan = self.plan if is_here else self.plan.lighten()
        converting = (self.request.converting or Converting()) if self.request.pdf else None
        size = 1 if engine is self.engine and converting is None else _CHUNK  # it finds out how many go together
        chunks = [tuple(copies[at : at + size]) for at in range(0, len(copies), size)]
        draft, instances = self.request.wishes.draft, 0 if is_here else 1
        tasks = [FillTask(plan, chunk, staging, draft, converting, instances) for chunk in chunks]
        for task, answer in run_in_order(engine, Procedure(make_documents), tasks, self.talk.should_stop):
            yield task, [self._crash(copy, answer) for copy in task.copies] if isinstance(answer, Crash) else answer

    def _choose_engine(self, number: int) -> Engine:
        """Who makes so many documents: this process where they need all of the data, or where it is done sooner.

        PDFs are made here, too: LibreOffice takes all cores by itself.
        """
        if self.plan.data.tree is not None:
            return ThisProcess()
        if self.engine is not None or self.request.pdf or number < _ALONE:
            return self.engine or ThisProcess()
        from docgen.batch.engines.pool import choose_engine

        return choose_engine(self.request.jobs, number, _ALONE)

    def _crash(self, copy: Copy, crash: Crash) -> JobResult:
        place = Location(file=str(self.plan.data.path))
        return JobResult("failed", EXIT_BUG, (error("B113", place, path=copy.title, reason=crash.reason),))

    def _finish(self, ledger: Ledger, out: Path, words: Catalogue) -> BatchOutcome:
        request, entries = self.request, list(ledger.iterate())
        settled = [(copy, entry) for copy, entry in zip(self.copies, entries, strict=True) if entry.is_settled]
        refused = [copy for copy, entry in settled if entry.state != "made"]
        counts = {**ledger.count(), **_count_rows([copy for copy, _ in settled], refused)}
        counts["rows"] = sum(len(copy.rows) for copy in self.copies)
        whole = [*self.whole, *self.strays]
        diagnostics = [*whole, *(item for entry in entries for item in entry.list_diagnostics())]
        combined: tuple[Path, ...] = ()
        returned: tuple[Path, ...] = ()
        notes: tuple[Diagnostic, ...] = ()
        is_done = not counts["open"]
        if request.combine and is_done:
            combined, notes = combine_documents(
                ledger, out, Membership({}, ()), is_whole=not counts["failed"], force=request.force
            )
        if is_done and self.plan.data.tree is None:
            target, make = out / name_copy(self.plan.data.path), self._mark_rows(refused, diagnostics, words)
            returned, faults = return_copy(ledger, target, make, force=request.force)
            notes += faults
        summary = write_summary(ledger, counts, out, words)
        code = max(counts["worst"], EXIT_FAULTS if has_errors((*whole, *notes)) else EXIT_OK)
        return BatchOutcome(
            counts, drop_repeats((*notes, *diagnostics)), code, not is_done, summary, combined, returned, len(refused)
        )

    def _mark_rows(
        self, refused: Sequence[Copy], diagnostics: Sequence[Diagnostic], words: Catalogue
    ) -> Callable[[], bytes] | None:
        """What writes the clerk's own table with the rows that were refused alone, marked; None where all are made."""
        if not refused:
            return None
        from docgen.sources.intake.returning.return_copy import return_rows

        book, sheet = self.plan.data.book, self.plan.sheet
        gone = {sheet.name: {row.number for row in sheet.rows} - {row.number for copy in refused for row in copy.rows}}
        marked = [item for item in diagnostics if item.location.kind == "xlsx" and item.location.file == book.file]
        return lambda: return_rows(book, gone, marked, words)


def _count_rows(copies: Sequence[Copy], refused: Sequence[Copy]) -> dict[str, int]:
    """How many rows there are in documents, in those that are made, and in those that are ``refused``."""
    rows, lost = (sum(len(copy.rows) for copy in some) for some in (copies, refused))
    return {"rows": rows, "rows_refused": lost, "rows_made": rows - lost}
