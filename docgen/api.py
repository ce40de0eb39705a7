"""The API for programs (``import docgen``): a function for each command, which returns an ``Answer``.

A record is read with the ``docgen.toml`` of its own folder, as the page reads it; that of the current folder is
ignored. ``Options.resources`` come first. A call that can't be run at all raises a DocgenError with its diagnostics;
where a command goes on after one of many files couldn't be read, so does the function, and its answer has the exit
code 2.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits
from docgen.diagnostics import Diagnostic, Severity, error, has_errors, promote_warnings, sort_diagnostics
from docgen.errors import EXIT_FAULTS, EXIT_OK, DocgenError, SourceError
from docgen.languages import Language
from docgen.messages import catalogue
from docgen.messages.answer import Answer, Written, WrittenFile
from docgen.messages.description import identify
from docgen.pipeline import Options, Proving
from docgen.resources import Converting, Resources
from docgen.settings import read_settings

if TYPE_CHECKING:
    from docgen.batch import Job, JobResult
    from docgen.batch.engines import Engine
    from docgen.batch.inbox import ReceivedPackage

Source: TypeAlias = str | Path
Sources: TypeAlias = Source | Iterable[Source]
"""A file or folder, or several."""

DEFAULT_OPTIONS = Options()
_MANY = 8
_LISTED, _ERRORS_OF_EACH = 50, 5


def check(records: Sources, *, options: Options = DEFAULT_OPTIONS, language: Language = "zh") -> Answer:
    """Check records or intake workbooks, write nothing: ``docgen check``."""
    from docgen.pipeline import Outcome, check_record
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.checking import describe_summary, place_in_record

    checked = attempt_each(_list_paths(records), lambda path: check_record(path, _open(options, path.parent)))
    diagnostics: list[Diagnostic] = []
    described: list[dict[str, Any]] = []
    for path, outcome in checked.each:
        diagnostics += place_in_record(outcome.diagnostics, path)
        described.append(describe_summary(path, outcome.summary if isinstance(outcome, Outcome) else None))
    make_answer = _AnswerMaker("check", language, strict=options.strict)
    return make_answer(checked.exit_code, diagnostics, data={"records": described})


def status(records: Sources, *, options: Options = DEFAULT_OPTIONS, language: Language = "zh") -> Answer:
    """The progress of projects, given as records or as folders that hold some: ``docgen status``."""
    from docgen.batch.records.folders import list_records
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.progress import ProjectProgress, measure_progress
    from docgen.pipeline.services.progress_description import describe_project

    refused: list[Diagnostic] = []
    paths = list_records(_list_paths(records), refused)
    attempts = attempt_each(paths, lambda path: measure_progress(path, _open(options, path.parent)))
    words = catalogue(language)
    projects = [result for _, result in attempts.each if isinstance(result, ProjectProgress)]
    unread = [str(path) for path, result in attempts.each if not isinstance(result, ProjectProgress)]
    data = {"projects": [describe_project(words, project) for project in projects], "unusable": unread}
    make_answer = _AnswerMaker("status", language, strict=options.strict)
    return make_answer(attempts.exit_code, (*refused, *attempts.diagnostics), data=data)


def build(record: Source, out: Source, *, options: Options = DEFAULT_OPTIONS, language: Language = "zh") -> Answer:
    """The documents of a record and its package: ``docgen build``. An error in the record leaves nothing written."""
    from docgen.pipeline import build_record
    from docgen.pipeline.services.checking import describe_summary

    path = Path(record)
    outcome = build_record(path, Path(out), _open(options, path.parent))
    data = {"record": describe_summary(path, outcome.summary)}
    make_answer = _AnswerMaker("build", language, strict=options.strict)
    return make_answer(EXIT_OK, outcome.diagnostics, outcome.outputs, data)


def batch(
    inputs: Sources,
    out: Source,
    *,
    options: Options = DEFAULT_OPTIONS,
    combine: bool = False,
    by_content: bool = False,
    jobs: int | None = None,
    language: Language = "zh",
) -> Answer:
    """A package for each of many records, with ``options.only`` the documents of some types: ``docgen batch``.

    The faults of the records are in the summary, a workbook and a JSON file among the outputs. SourceError B122 when
    ``combine`` is set without exactly one type in ``options.only``, B133 when ``options.blanks_by_hand`` has none.
    """
    from docgen.batch import Request, run_batch
    from docgen.batch.ledger.result import drop_repeats
    from docgen.batch.records.written_files import list_batch_files
    from docgen.pipeline.services.profiles import resolve_chosen

    paths, words = _list_paths(inputs), catalogue(language)
    only: tuple[str, ...] = ()
    if options.only:
        folder = paths[0].parent if paths else Path()
        only = resolve_chosen(options.only, lambda: _open(options, folder).resources, options.profile_id)
    if combine and len(only) != 1:
        raise SourceError(error("B122"))
    if options.blanks_by_hand and not only:
        raise SourceError(error("B133"))
    request = Request(paths, Path(out), replace(options, only=only), combine, by_content, jobs)
    listener = _BatchListener(partial(identify, words=words), strict=options.strict)

    def find_resources(job: Job) -> Resources:
        settings = read_settings(job.path.parent)
        return settings.merge(read_settings(job.root)).join(options.resources)

    outcome = run_batch(request, find_resources, listener, words, _choose_engine(jobs))
    diagnostics = drop_repeats((*outcome.diagnostics, *(listener.faults if outcome.summary is None else ())))
    make_answer = _AnswerMaker("batch", language, strict=options.strict)
    return make_answer(outcome.exit_code, diagnostics, list_batch_files(outcome, words), {"batch": outcome.counts})


def fill(
    template: Source,
    data: Source,
    out: Source | None = None,
    *,
    name: str | None = None,
    group_by: str | None = None,
    key: str | None = None,
    sheet: str | None = None,
    combine: bool = False,
    options: Options = DEFAULT_OPTIONS,
    jobs: int | None = None,
    language: Language = "zh",
) -> Answer:
    """A document for each row of a sheet, from any template: ``docgen fill``; without ``out`` rows are only checked.

    It uses the options ``draft``, ``blanks_by_hand``, ``pdf``, ``force``, ``strict`` and ``resources.converting``.
    """
    from docgen.batch.fill.copies import Wishes
    from docgen.batch.fill.runner import FillRequest, Talk, fill_template
    from docgen.batch.records.written_files import list_batch_files

    words = catalogue(language)
    wishes = Wishes(name, group_by, key, sheet, "by_hand" if options.blanks_by_hand else "error", options.draft)
    request = FillRequest(
        Path(template),
        Path(data),
        Path(out) if out is not None else None,
        wishes,
        combine,
        options.pdf,
        options.resources.converting,
        options.force,
        jobs,
    )
    outcome = fill_template(request, words, Talk(lambda _done, _total: None, lambda: False))
    make_answer = _AnswerMaker("fill", language, strict=options.strict)
    outputs = list_batch_files(outcome, words)
    return make_answer(outcome.exit_code, outcome.diagnostics, outputs, {"fill": dict(outcome.counts)})


def case(
    files: Sources,
    *,
    parts: Mapping[str, str] | None = None,
    table: Source | None = None,
    annotate: Source | None = None,
    options: Options = DEFAULT_OPTIONS,
    jobs: int | None = None,
    language: Language = "zh",
) -> Answer:
    """Length and shares of good cases, given as files or as folders of them: ``docgen case``.

    ``parts`` maps headings, by number or words, to the parts that they begin. ``table`` is where the workbook of all
    cases goes, ``annotate`` where commented copies go.
    """
    from docgen.archive.writing.target import open_target
    from docgen.batch.cases import find_cases, review_cases
    from docgen.batch.cases.book import write_case_book
    from docgen.batch.cases.view import describe_files
    from docgen.pipeline.services.annotation import Annotation

    paths, words = _list_paths(files), catalogue(language)
    copies = Path(annotate) if annotate is not None else None
    cases, _ = find_cases(paths, copies)
    annotation = None
    if copies is not None:
        is_many = len(paths) > 1 or any(path.is_dir() for path in paths)
        annotation = Annotation(copies, language, is_many, options.strict, options.force)
    reviewed = review_cases(cases, lambda folder: _open(options, folder), parts or {}, annotation=annotation, jobs=jobs)
    written = [WrittenFile(item.copy, item.case.name) for item in reviewed if item.copy is not None]
    if table is not None:
        with open_target(Path(table), force=options.force) as file:
            write_case_book(file, reviewed, options.strict)
        written.insert(0, WrittenFile(Path(table), words.text("cli.case.table")))
    diagnostics = tuple(diagnostic for item in reviewed for diagnostic in item.diagnostics)
    if not reviewed:
        diagnostics = (error("C158", folder="、".join(map(str, paths))),)
    code = max((item.exit_code for item in reviewed), default=EXIT_OK)
    make_answer = _AnswerMaker("case", language, strict=options.strict)
    described = describe_files(words, reviewed, strict=options.strict)
    return make_answer(code, diagnostics, written, {"cases": described})


def verify(
    packages: Sources,
    out: Source | None = None,
    *,
    identities: Iterable[str] = (),
    rebuild: bool = False,
    standard: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    options: Options = DEFAULT_OPTIONS,
    jobs: int | None = None,
    language: Language = "zh",
) -> Answer:
    """The receiver's verdict on packages and on the packages in folders: ``docgen verify``.

    With ``out``, a workbook, the summary is written there and as JSON beside it, and the answer holds only the first
    errors. Each package's identity has to be among ``identities``, where they are given. ``rebuild`` and ``standard``
    run further steps, with the profiles and templates of ``options.resources``; ``options.strict`` and
    ``options.force`` are used, too.
    """
    from docgen.archive.verify.identity import parse_identity
    from docgen.archive.verify.inbox import is_inbox
    from docgen.pipeline.services.receiving import judge_package, verify_packages
    from docgen.pipeline.services.signing import check_signature

    paths, words = _list_paths(packages), catalogue(language)
    expected = tuple(parse_identity(item) or item for item in identities)  # an invalid one matches no package
    proving = Proving(rebuild, standard, options.resources if rebuild or standard else Resources())
    make_answer = _AnswerMaker("verify", language, strict=options.strict)
    if out is None and len(paths) < _MANY and not any(map(is_inbox, paths)):
        verified = verify_packages(paths, lambda _name, _number, _total: None, limits, proving)
        judged = [
            judge_package(item, expected, check_signature(item.report.path, None), strict=options.strict)
            for item in verified.packages
        ]
        counts = verified.count(item.state for item in judged)
        diagnostics = (*verified.unread, *(diagnostic for item in judged for diagnostic in item.diagnostics))
        data = {"verify": counts, "packages": [item.describe(words) for item in judged]}
        return make_answer(verified.least_code, diagnostics, data=data)
    from docgen.batch.inbox import Reception, receive_packages

    target = Path(out) if out is not None else None
    request = Reception(paths, target, limits, options.strict, options.force, jobs, expected, proving=proving)
    listener = _ReceptionListener(words.lang, is_brief=target is not None)
    outcome = receive_packages(request, listener, words, _choose_engine(jobs))
    data = {"verify": dict(outcome.counts)} | ({"packages": listener.described} if target is None else {})
    outputs: tuple[Written, ...] = ()
    if target is not None:
        title = words.text("received.title")
        outputs = (WrittenFile(target, title), WrittenFile(target.with_suffix(".json"), title))
    return make_answer(outcome.exit_code, (*outcome.diagnostics, *listener.diagnostics), outputs, data)


class _AnswerMaker:
    """Makes the answer of a function: diagnostics sorted, warnings promoted when strict, the exit code raised."""

    def __init__(self, command: str, language: Language, *, strict: bool) -> None:
        self._command = command
        self._language = language
        self._strict = strict

    def __call__(
        self,
        code: int,
        diagnostics: Iterable[Diagnostic],
        outputs: Iterable[Written] = (),
        data: Mapping[str, Any] | None = None,
    ) -> Answer:
        ordered = sort_diagnostics(promote_warnings(diagnostics) if self._strict else diagnostics)
        code = max(code, EXIT_FAULTS if has_errors(ordered) else EXIT_OK)
        return Answer(self._command, code, ordered, tuple(outputs), data or {}, self._language)


class _BatchListener:
    """Keeps the faults of the records of a batch, each once."""

    def __init__(self, identify_fault: Callable[[Diagnostic], Hashable], *, strict: bool) -> None:
        self._identify = identify_fault
        self._strict = strict
        self._kept: dict[Hashable, Diagnostic] = {}

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        return tuple(self._kept.values())

    def begin(self, total: int) -> None:
        """Progress isn't shown."""

    def advance(self, name: str, *, is_new: bool) -> None:
        """Progress isn't shown."""

    def settle(self, name: str, result: JobResult | None) -> None:
        from docgen.batch.ledger.result import list_faults

        if result is not None:
            diagnostics = promote_warnings(result.diagnostics) if self._strict else result.diagnostics
            for item in list_faults(name, diagnostics):
                self._kept.setdefault(self._identify(item), item)

    def should_stop(self) -> bool:
        return False


class _ReceptionListener:
    """Keeps the results of packages; where a summary holds them (``is_brief``), only the first errors of the first."""

    def __init__(self, language: Language, *, is_brief: bool) -> None:
        self._words = catalogue(language)
        self._is_brief = is_brief
        self._total = self._listed = 0
        self.diagnostics: list[Diagnostic] = []
        self.described: list[dict[str, Any]] = []

    def begin(self, total: int) -> None:
        self._total = total

    def advance(self, package: ReceivedPackage) -> None:
        """Progress isn't shown."""

    def should_stop(self) -> bool:
        return False

    def report_package(self, package: ReceivedPackage) -> None:
        from docgen.batch.inbox.book import describe_package

        if not self._is_brief:
            self.diagnostics += package.diagnostics
            self.described.append(describe_package(package, self._words))
            return
        if self._listed < _LISTED:
            errors = [item for item in package.diagnostics if item.severity is Severity.ERROR]
            self.diagnostics += errors[:_ERRORS_OF_EACH]
        self._listed += package.verdict != "sound" or self._total <= _LISTED


def _list_paths(sources: Sources) -> tuple[Path, ...]:
    return (Path(sources),) if isinstance(sources, str | Path) else tuple(map(Path, sources))


def _open(options: Options, folder: Path) -> Options:
    """The options for something in a folder, whose ``docgen.toml`` counts, too."""
    return replace(options, resources=read_settings(folder).join(options.resources))


def _choose_engine(jobs: int | None) -> Engine | None:
    """The engine of the calling process for one job, so that a script needs no ``__main__`` guard; None for more."""
    from docgen.batch.engines.engine import ThisProcess

    return ThisProcess() if jobs == 1 else None


__all__ = [
    "Answer",
    "Converting",
    "Diagnostic",
    "DocgenError",
    "Limits",
    "Options",
    "Resources",
    "batch",
    "build",
    "case",
    "check",
    "fill",
    "status",
    "verify",
]
