"""``docgen fill``: a document for each row of any sheet, from anybody's template.

Everything wrong with template and data is told at once; what is wrong with a row refuses its document alone. What was
made is known by the batch's ledger, so the next run makes only what changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import docgen
from docgen.archive.writing.occupancy import occupy_folder
from docgen.archive.writing.target import write_target
from docgen.batch.combine import Membership, combine_documents
from docgen.batch.engine import Crash, Engine, EngineError, Procedure, ThisProcess
from docgen.batch.fill.copies import Planner, Wishes
from docgen.batch.fill.documents import Copy, FillTask, Plan, make_as_text, make_documents
from docgen.batch.fill.names import spell_name
from docgen.batch.fill.sheet import DataFile, DataSheet, read_data
from docgen.batch.fill.template import FillTemplate, read_template
from docgen.batch.fingerprint import digest_data, list_settings, mark_output
from docgen.batch.jobs import Job, make_absolute, make_key
from docgen.batch.ledger import Ledger, open_ledger
from docgen.batch.ledger_file import FOLDER
from docgen.batch.placing import Placing
from docgen.batch.pool import choose_engine
from docgen.batch.result import JobResult, Produced, drop_repeats, parse_result
from docgen.batch.returning import is_ours, name_copy
from docgen.batch.standing import Standing
from docgen.batch.summary import SummaryFiles, write_summary
from docgen.diagnostics import Diagnostic, Location, error, has_errors
from docgen.errors import EXIT_BUG, EXIT_FOUND, EXIT_OK, OutputError
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


@dataclass(frozen=True, slots=True)
class FillOutcome:
    """How it ended: counts as in the summary, what was found, what was written."""

    counts: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int
    was_stopped: bool = False
    summary: SummaryFiles | None = None
    combined: tuple[Path, ...] = ()
    returned: Path | None = None


def read_both(request: FillRequest) -> tuple[FillTemplate, DataFile, DataSheet, list[Diagnostic]]:
    """The template and the data that it fits, the sheet of it, and what was told; SourceError, TemplateError."""
    first = read_template(request.template, None, compiles=False)  # only what it asks for
    lists = first.list_lists()
    asked = {*first.list_names(), *lists, *(name for inner in lists.values() for name in inner)}
    data = read_data(request.data, asked)
    headers = [header for sheet in data.sheets for header in (*sheet.headers.values(), *sheet.lower, sheet.name)]
    template = read_template(request.template, headers)
    sheet, told = data.choose(template.list_names(), request.wishes.sheet)
    return template, data, sheet, [*data.told, *told]


@dataclass(frozen=True, slots=True)
class Talk:
    """Who is told how many of how many documents are done, and who may stop it."""

    advance: Callable[[int, int], None]
    should_stop: Callable[[], bool]


def fill_template(request: FillRequest, words: Catalogue, talk: Talk) -> FillOutcome:
    """Fill a template; raises SourceError and TemplateError where one can't be read, OutputError as a batch does."""
    template, data, sheet, told = read_both(request)
    planner = Planner(template, data, sheet, request.wishes)
    plan, copies = planner.plan()
    whole = [*told, *template.faults, *planner.faults]
    if request.combine and is_workbook(template.file):
        whole.append(error("W214", Location(file=template.file), path=template.file))
    if not copies:
        whole.append(error("W215", data.book.locate(sheet.name), sheet=sheet.name))
    grave = has_errors(whole)
    whole += planner.strays
    run = _Run(request, plan, copies, planner.row_faults, talk)
    if grave or request.out is None:
        rows = () if has_errors(template.faults) else run.check(unknown=has_errors(planner.faults))
        found = (*whole, *(item for result in rows for item in result.diagnostics))
        refused = sum(len(copy.rows) for copy, result in zip(copies, rows, strict=False) if result.state != "made")
        total = sum(len(copy.rows) for copy in copies)
        refused = total if grave else refused
        counts = {"total": len(copies), "rows": total, "rows_made": 0, "rows_refused": refused}
        return FillOutcome(counts, drop_repeats(found), EXIT_FOUND if has_errors(found) else EXIT_OK)
    try:
        request.out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        place = Location(file=str(request.out))
        raise OutputError(error("B103", place, path=str(request.out), reason=fault.strerror or str(fault))) from None
    with occupy_folder(request.out, _PATIENCE), open_ledger(request.out, f"fill {request.template.name}") as ledger:
        return run.make(ledger, request.out, words, whole)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run; ``faults`` are those of rows, by their numbers."""

    request: FillRequest
    plan: Plan
    copies: Sequence[Copy]
    faults: Mapping[int, Sequence[Diagnostic]]
    talk: Talk

    def check(self, *, unknown: bool) -> list[JobResult]:
        """What would come of each document; with ``unknown`` names those aren't told again for each."""
        results: list[JobResult] = []
        for copy in self.copies:
            data, found, _ = self.plan.render(copy)
            kept = tuple(item for item in found if not (unknown and item.code in _UNKNOWN))
            kept = (*self._list_faults(copy), *kept)
            results.append(JobResult("faulty" if not data or has_errors(kept) else "made", EXIT_OK, kept))
        return results

    def _list_faults(self, copy: Copy) -> list[Diagnostic]:
        return [item for row in copy.rows for item in self.faults.get(row.number, ())]

    def make(self, ledger: Ledger, out: Path, words: Catalogue, whole: list[Diagnostic]) -> FillOutcome:
        """Make what isn't made yet, then the files about all of it."""
        request, out = self.request, make_absolute(out)
        setting = self._digest_setting()
        keys = self._list_keys(out)
        placing = Placing(ledger, out, setting, request.force, lambda _: JobResult("open", EXIT_OK))
        placing.waits = False  # the next run compares by content what the disk may not have
        placing.is_gone = lambda job: job.key not in keys
        standing = Standing(ledger, out, setting, placing.note_unsynced, trust_stamps=True)
        ledger.register(self._make_job(key, copy) for key, copy in zip(keys, self.copies, strict=True))
        staging = out / FOLDER / f"run-{ledger.run}"
        for left in (out / FOLDER).glob("run-*"):  # by a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        kept, wanted, jobs = 0, list[Copy](), dict[int, Job]()
        for entry, copy in zip(ledger.iterate(), self.copies, strict=True):
            same = entry.state in ("made", "faulty") and entry.setting == setting and entry.is_same
            same = same and (entry.is_there or entry.diagnostics == "[]") and not request.force
            if same and standing.keeps_files(entry):
                kept += 1
            else:
                wanted.append(copy)
                jobs[copy.number] = entry.job
        try:
            converter = self._open_converter() if request.pdf else None
            made = self._collect(wanted, staging, kept)
            waiting: dict[int, JobResult] = {}
            turns = iter(jobs)
            turn = next(turns, 0)
            for number, result in self._convert(dict(made), converter).items() if converter is not None else made:
                waiting[number] = result
                while turn in waiting:  # in the order of the rows, whichever was done first
                    placing.settle(jobs[turn], turn, waiting.pop(turn))
                    turn = next(turns, 0)
            for number, result in sorted(waiting.items()):  # their turn didn't come: somebody stopped the run
                placing.settle(jobs[number], number, result)
        except EngineError as fault:
            raise OutputError(error("B114", reason=str(fault))) from None
        finally:
            placing.sync()
            shutil.rmtree(staging, ignore_errors=True)
        return self._finish(ledger, out, words, whole)

    def _digest_setting(self) -> str:
        plan, request = self.plan, self.request
        template = hashlib.sha256(plan.template.data).hexdigest()
        fields = [str(item) for item in plan.template.fields.items()]
        options = [plan.mode, request.pdf, request.wishes.draft, plan.is_grouped, dict(plan.sheet.headers)]
        return digest_data([docgen.__version__, list_settings(), template, fields, options])

    def _list_keys(self, out: Path) -> dict[str, None]:
        """What tells each document from the others in this run and the next: its key, its group, or its row."""
        base = f"{make_key(self.plan.data.path, out)}#{spell_name(self.plan.sheet.name)}"
        wishes, keys = self.request.wishes, dict[str, None]()
        for copy in self.copies:
            key = f"{base}#{copy.title if wishes.key or wishes.group_by else copy.rows[0].number}"
            keys[key if key not in keys else f"{key}#{copy.rows[0].number}"] = None
        return keys

    def _make_job(self, key: str, copy: Copy) -> Job:
        path = make_absolute(self.plan.data.path)
        rows = [repr([*row.cells.items()]) for rows in (copy.rows, *copy.lists.values()) for row in rows]
        content = digest_data([rows, copy.name, [str(item) for item in self._list_faults(copy)]])
        place = digest_data([row.number for row in copy.rows])
        return Job(key, path, path.parent, str(copy.rows[0].number), copy.title, content, place)

    def _collect(self, copies: Sequence[Copy], staging: Path, kept: int) -> Iterator[tuple[int, JobResult]]:
        """What came of the documents that are made now, by their numbers, as they come."""
        sound = [copy for copy in copies if not self._list_faults(copy)]
        for copy in copies:
            if faults := self._list_faults(copy):
                _, found, _ = self.plan.render(copy)
                yield copy.number, JobResult("faulty", EXIT_FOUND, (*faults, *found))
        done = kept + len(copies) - len(sound)
        engine: Engine = choose_engine(self.request.jobs, len(sound), _ALONE)
        here = isinstance(engine, ThisProcess) or self.plan.data.tree is not None
        plan = self.plan if here else self.plan.lighten()
        chunks = (tuple(sound[at : at + _CHUNK]) for at in range(0, len(sound), _CHUNK))
        tasks: Iterator[FillTask] = (FillTask(plan, chunk, staging, self.request.wishes.draft) for chunk in chunks)
        answers: Iterator[tuple[FillTask, Sequence[JobResult] | Sequence[str] | Crash]]
        if here:
            answers = ThisProcess().run(Procedure(make_documents), tasks, self.talk.should_stop)
        else:
            answers = engine.run(Procedure(make_as_text), tasks, self.talk.should_stop)
        for task, answer in answers:
            for at, copy in enumerate(task.copies):
                result = self._crash(copy, answer) if isinstance(answer, Crash) else answer[at]
                yield copy.number, parse_result(result) if isinstance(result, str) else result
            done += len(task.copies)
            self.talk.advance(done, len(self.copies))

    def _crash(self, copy: Copy, crash: Crash) -> JobResult:
        place = Location(file=str(self.plan.data.path))
        return JobResult("failed", EXIT_BUG, (error("B113", place, path=copy.title, reason=crash.reason),))

    def _open_converter(self) -> Converter:
        """What converts; OutputError A210 without LibreOffice, before anything is made."""
        from docgen.pipeline.stages.pdf import require_office
        from docgen.render.pdf import Converter

        return Converter(require_office(), self.request.converting)

    def _convert(self, results: Mapping[int, JobResult], converter: Converter) -> dict[int, JobResult]:
        """The same results with a PDF of each document; A211 for one that LibreOffice can't convert."""
        from docgen.render.office.process import Ending
        from docgen.render.pdf import OfficeFile

        made = {number: result for number, result in results.items() if result.outputs}
        files = [OfficeFile(Path(item.outputs[0].path).suffix, Path(item.outputs[0].staged)) for item in made.values()]
        day = dt.datetime.fromtimestamp(int(list_settings() or 315532800), dt.UTC).date()
        converted = dict(results)
        for (number, result), data in zip(made.items(), converter.convert(files, day), strict=True):
            name = Path(result.outputs[0].path).with_suffix(".pdf").name
            if isinstance(data, Ending):
                place = Location(file=str(self.plan.data.path))
                fault = error("A211", place, title=result.about.name, reason=data.describe())
                converted[number] = replace(
                    result, state="failed", exit_code=EXIT_FOUND, outputs=(), diagnostics=(fault,)
                )
                continue
            path = Path(result.outputs[0].staged).with_suffix(".pdf")
            path.write_bytes(data)
            pdf = Produced("pdf", name, result.about.name, replace(mark_output(path), path=name), str(path))
            converted[number] = replace(result, outputs=(*result.outputs, pdf))
        return converted

    def _finish(self, ledger: Ledger, out: Path, words: Catalogue, whole: list[Diagnostic]) -> FillOutcome:
        request, counts = self.request, dict(ledger.count())
        entries = list(ledger.iterate())
        refused = [copy for copy, entry in zip(self.copies, entries, strict=True) if entry.state != "made"]
        found = [item for entry in entries for item in entry.list_diagnostics()]
        total = sum(len(copy.rows) for copy in self.copies)
        lost = sum(len(copy.rows) for copy in refused)
        counts |= {"rows": total, "rows_made": total - lost, "rows_refused": lost}
        combined: tuple[Path, ...] = ()
        is_done = not counts["open"]
        notes = list(whole)
        if request.combine and is_done:
            is_whole = not counts["failed"]
            combined, told = combine_documents(ledger, out, Membership({}, ()), is_whole=is_whole, force=request.force)
            notes += told
        returned = self._return(ledger, out, words, refused, [*whole, *found]) if is_done else None
        summary = write_summary(ledger, counts, out, words)
        code = max(counts["worst"], EXIT_FOUND if has_errors(notes) else EXIT_OK)
        return FillOutcome(counts, drop_repeats((*notes, *found)), code, not is_done, summary, combined, returned)

    def _return(
        self, ledger: Ledger, out: Path, words: Catalogue, refused: Sequence[Copy], found: Sequence[Diagnostic]
    ) -> Path | None:
        """The clerk's own table with the rows that were refused alone, marked; it goes when all are made."""
        data, sheet = self.plan.data, self.plan.sheet
        target = out / name_copy(data.path)
        note = f"returned {target.name}"
        ours = is_ours(target, ledger.read_note(note))
        if data.tree is not None or not refused or (target.exists() and not ours and not self.request.force):
            if ours:
                target.unlink(missing_ok=True)
            return None
        from docgen.sources.intake.returning.return_copy import return_rows

        stay = {row.number for copy in refused for row in copy.rows}
        gone = {sheet.name: {row.number for row in sheet.rows} - stay}
        told = [item for item in found if item.location.kind == "xlsx" and item.location.file == data.book.file]
        content = return_rows(data.book, gone, told, words)
        write_target(content, target, force=True)
        ledger.write_note(note, hashlib.sha256(content).hexdigest())
        return target
