"""Review many good cases: judge them by several processes, compare them with each other, write commented copies."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.batch.engines.engine import Answer, Crash, EngineError, Procedure, Task, run_in_order
from docgen.batch.engines.pool import choose_engine
from docgen.batch.ledger.result import dump_diagnostics, parse_diagnostics
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_OK, DocgenError, OutputError, report_bug
from docgen.pipeline.services.annotation import Annotation, annotate_case, write_copy
from docgen.pipeline.services.case import OTHER_TEXTS, READ_TEXTS, CaseJudgement, judge_case
from docgen.pipeline.stages.outcome import Options

_ALONE = 8
_LEAST_SHARED, _MOSTLY = 3, 0.6
_NAMED = 5


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A file to be judged, and the folder that was searched (the file's own, where the file was named)."""

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """The path of the file in that folder."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def inner(self) -> Path:
        """The folder of the file in that folder."""
        return self.path.relative_to(self.root).parent


@dataclass(frozen=True, slots=True)
class SharedParagraph:
    """A paragraph that other texts have, too: its location and beginning, the number of others, some of their names."""

    location: Location
    excerpt: str
    count: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewedFile:
    """The review of a file; ``exit_code`` is 0 where it could be judged. ``copy`` is the commented copy."""

    case: FoundCase
    cases: tuple[CaseJudgement, ...]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int = EXIT_OK
    shared: tuple[SharedParagraph, ...] = ()
    copy: Path | None = None
    is_compared: bool = False

    def list_diagnostics(self, case: CaseJudgement) -> tuple[Diagnostic, ...]:
        """The diagnostics of one of its cases; of a single case all diagnostics of the file."""
        return self.diagnostics if len(self.cases) == 1 else case.diagnostics

    @property
    def shared_count(self) -> int | None:
        """How many paragraphs others have, too; None where there were no others to compare with."""
        return len(self.shared) if self.is_compared else None


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    path: Path
    options: Options
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """The answer of a worker; diagnostics of each case (``in_cases``) and of the file are text, to cross processes."""

    cases: tuple[CaseJudgement, ...]
    in_cases: tuple[str, ...]
    diagnostics: str
    exit_code: int = EXIT_OK


@dataclass(frozen=True, slots=True)
class _CopyTask:
    number: int
    path: Path
    diagnostics: str
    annotation: Annotation


def find_cases(arguments: Iterable[Path], copies: Path | None = None) -> tuple[list[FoundCase], int]:
    """Find the texts among the arguments and in folders, each once; and count the other files in the folders.

    The folder of commented ``copies`` is skipped.
    """
    cases: dict[Path, FoundCase] = {}
    others = 0
    for argument in arguments:
        if not argument.is_dir():
            cases.setdefault(argument.absolute(), FoundCase(argument, argument.parent))
            continue
        for path in sorted(argument.rglob("*")):
            inner = path.relative_to(argument).parts
            if not path.is_file() or any(part.startswith((".", "~$")) for part in inner):
                continue
            if copies is not None and copies.absolute() in path.absolute().parents:
                continue
            if path.suffix.lower() in (*READ_TEXTS, *OTHER_TEXTS):
                cases.setdefault(path.absolute(), FoundCase(path, argument))
            else:
                others += 1
    return list(cases.values()), others


def review_cases(
    cases: Sequence[FoundCase],
    choose: Callable[[Path], Options],
    parts: Mapping[str, str],
    *,
    annotation: Annotation | None = None,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[ReviewedFile]:
    """Review each file, in order; one that can't be read doesn't stop the others. ``choose`` gives a folder's options.

    With ``annotation`` a commented copy of each Word file is written, which also marks shared paragraphs. OutputError
    B114 when processes can't be started.
    """
    options = {root: choose(root) for root in dict.fromkeys(case.root for case in cases)}
    assigned_parts = tuple(parts.items())
    tasks = [_Task(number, case.path, options[case.root], assigned_parts) for number, case in enumerate(cases)]
    reviewed: list[ReviewedFile] = []
    for task, answer in _run(_judge, tasks, jobs):
        if progress is not None:
            progress(task.path.name, task.number + 1, len(tasks))
        reviewed.append(_receive(cases[task.number], answer))
    if len(reviewed) > 1:
        reviewed = list(_compare(reviewed))
    return reviewed if annotation is None else annotate_cases(reviewed, annotation, jobs)


def _judge(task: _Task) -> _Answer:
    try:
        outcome = judge_case(task.path, task.options, dict(task.parts))
    except DocgenError as fault:
        return _Answer((), (), dump_diagnostics(fault.diagnostics), fault.exit_code)
    except Exception as fault:
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        bug = [report_bug(fault, Location(file=str(task.path)))]
        return _Answer((), (), dump_diagnostics(bug), EXIT_BUG)
    bare = tuple(replace(case, diagnostics=()) for case in outcome.cases)
    dumped = tuple(dump_diagnostics(case.diagnostics) for case in outcome.cases)
    return _Answer(bare, dumped, dump_diagnostics(outcome.diagnostics))


def _receive(case: FoundCase, answer: _Answer | Crash) -> ReviewedFile:
    if isinstance(answer, Crash):
        place = Location(file=str(case.path))
        return ReviewedFile(case, (), (error("B113", place, path=str(case.path), reason=answer.reason),), EXIT_BUG)
    judged = tuple(
        replace(item, diagnostics=parse_diagnostics(text))
        for item, text in zip(answer.cases, answer.in_cases, strict=True)
    )
    return ReviewedFile(case, judged, parse_diagnostics(answer.diagnostics), answer.exit_code)


def _compare(reviewed: Sequence[ReviewedFile]) -> Iterator[ReviewedFile]:
    """Add to each file the paragraphs that it shares with others: C154 for each, C157 where most are shared."""
    owners: dict[str, dict[int, None]] = defaultdict(dict)
    for number, item in enumerate(reviewed):
        for case in item.cases:
            for mark in case.marks:
                owners[mark.digest][number] = None
    for number, item in enumerate(reviewed):
        marks = [mark for case in item.cases for mark in case.marks]
        shared_marks = [(mark, [other for other in owners[mark.digest] if other != number]) for mark in marks]
        shared_marks = [(mark, others) for mark, others in shared_marks if others]
        by_other = Counter(other for _, others in shared_marks for other in others)
        alike = [other for other, count in by_other.items() if count >= _LEAST_SHARED and count >= _MOSTLY * len(marks)]
        diagnostics: list[Diagnostic] = []
        if alike:
            most = max(by_other[other] for other in alike)
            named = format_first_few(sorted(reviewed[other].case.name for other in alike))
            diagnostics.append(
                warning("C157", Location(file=str(item.case.path)), path=named, count=most, all=len(marks))
            )
        shared: list[SharedParagraph] = []
        for mark, others in shared_marks:
            names = [reviewed[other].case.name for other in others]
            shared.append(SharedParagraph(mark.location, mark.excerpt, len(others), tuple(names[:_NAMED])))
            if not set(alike) & set(others):
                diagnostics.append(warning("C154", mark.location, excerpt=mark.excerpt, others=format_first_few(names)))
        yield replace(item, is_compared=True, shared=tuple(shared), diagnostics=(*item.diagnostics, *diagnostics))


def annotate_cases(
    reviewed: Sequence[ReviewedFile], annotation: Annotation, jobs: int | None = None
) -> list[ReviewedFile]:
    """Write a commented copy of each file that could be judged; a failure is reported with its file.

    Raises as ``review_cases``.
    """
    return list(_annotate(reviewed, annotation, jobs))


def _annotate(reviewed: Sequence[ReviewedFile], annotation: Annotation, jobs: int | None) -> Iterator[ReviewedFile]:
    tasks = [
        _CopyTask(
            number, item.case.path, dump_diagnostics(item.diagnostics), replace(annotation, inner=item.case.inner)
        )
        for number, item in enumerate(reviewed)
        if item.exit_code == EXIT_OK
    ]
    copies: dict[int, Path | tuple[Diagnostic, ...]] = {}
    for task, answer in _run(_copy, tasks, jobs):
        if isinstance(answer, Crash):
            place = Location(file=str(task.path))
            copies[task.number] = (error("B113", place, path=str(task.path), reason=answer.reason),)
        elif isinstance(answer, str):
            copies[task.number] = parse_diagnostics(answer)
        else:
            try:
                copies[task.number] = write_copy(answer, task.path, task.annotation)
            except DocgenError as fault:
                copies[task.number] = tuple(fault.diagnostics)
    for number, item in enumerate(reviewed):
        outcome = copies.get(number, ())
        if isinstance(outcome, Path):
            yield replace(item, copy=outcome)
            continue
        code = max(item.exit_code, EXIT_CANNOT_RUN if outcome else EXIT_OK)
        yield replace(item, diagnostics=(*item.diagnostics, *outcome), exit_code=code)


def _copy(task: _CopyTask) -> bytes | str:
    """Make the commented copy; returns diagnostics as text where that fails."""
    try:
        return annotate_case(task.path, parse_diagnostics(task.diagnostics), task.annotation)
    except DocgenError as fault:
        return dump_diagnostics(fault.diagnostics)


def _run(
    perform: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int | None
) -> Iterator[tuple[Task, Answer | Crash]]:
    try:
        yield from run_in_order(choose_engine(jobs, len(tasks), _ALONE), Procedure(perform), tasks)
    except EngineError as fault:
        raise OutputError(fault.diagnostic) from None
