"""The review of many good cases: judged by several processes, held against each other, commented, in one table."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.batch.engine import Answer, Crash, EngineError, Procedure, Task, run_in_order
from docgen.batch.pool import choose_engine
from docgen.batch.result import dump_diagnostics, parse_diagnostics
from docgen.content.shown_names import show_some
from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_OK, DocgenError, OutputError, describe_bug
from docgen.pipeline.services.annotation import Annotation, annotate_case, write_copy
from docgen.pipeline.services.case import OTHER_TEXTS, READ_TEXTS, CaseJudgement, judge_case
from docgen.pipeline.stages.outcome import Options

_ALONE = 8
_LEAST_SHARED, _MOSTLY = 3, 0.6
_NAMED = 5


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A file to be judged, and the folder that it was found in (its own, where it was named itself)."""

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """Its path in that folder."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def inner(self) -> Path:
        """The folder in that folder."""
        return self.path.relative_to(self.root).parent


@dataclass(frozen=True, slots=True)
class Shared:
    """A paragraph that stands in other texts, too: where, how it begins, in how many others, and names of some."""

    location: Location
    excerpt: str
    count: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewedFile:
    """What came of a file; ``exit_code`` is 0 where it could be judged. ``copy`` is the commented one."""

    case: FoundCase
    cases: tuple[CaseJudgement, ...]
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int = EXIT_OK
    shared: tuple[Shared, ...] = ()
    copy: Path | None = None
    is_compared: bool = False

    def list_found(self, case: CaseJudgement) -> tuple[Diagnostic, ...]:
        """What was found in one of its cases; in the only one, all."""
        return self.diagnostics if len(self.cases) == 1 else case.diagnostics

    @property
    def shared_count(self) -> int | None:
        """How many paragraphs stand in others, too; None where there were none to compare with."""
        return len(self.shared) if self.is_compared else None


@dataclass(frozen=True, slots=True)
class _Task:
    number: int
    path: Path
    options: Options
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """``told`` is what was found in each case, ``found`` in the whole file; as text, to cross processes."""

    cases: tuple[CaseJudgement, ...]
    told: tuple[str, ...]
    found: str
    exit_code: int = EXIT_OK


@dataclass(frozen=True, slots=True)
class _Copying:
    number: int
    path: Path
    found: str
    annotation: Annotation


def find_cases(arguments: Iterable[Path], copies: Path | None = None) -> tuple[list[FoundCase], int]:
    """The texts among the arguments and in folders, none twice; and how many other files the folders hold.

    What lies in the folder of commented ``copies`` is neither.
    """
    found: dict[Path, FoundCase] = {}
    others = 0
    for argument in arguments:
        if not argument.is_dir():
            found.setdefault(argument.absolute(), FoundCase(argument, argument.parent))
            continue
        for path in sorted(argument.rglob("*")):
            inner = path.relative_to(argument).parts
            if not path.is_file() or any(part.startswith((".", "~$")) for part in inner):
                continue
            if copies is not None and copies.absolute() in path.absolute().parents:
                continue
            if path.suffix.lower() in (*READ_TEXTS, *OTHER_TEXTS):
                found.setdefault(path.absolute(), FoundCase(path, argument))
            else:
                others += 1
    return list(found.values()), others


def review_cases(
    cases: Sequence[FoundCase],
    choose: Callable[[Path], Options],
    parts: Mapping[str, str],
    *,
    annotation: Annotation | None = None,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[ReviewedFile]:
    """Judge each file, in their order; one that can't be read keeps none from it. ``choose`` gives a folder's options.

    With ``annotation`` a commented copy of each Word file is written, with what it shares with others. OutputError
    B114 when processes can't be started.
    """
    options = {root: choose(root) for root in dict.fromkeys(case.root for case in cases)}
    said = tuple(parts.items())
    tasks = [_Task(number, case.path, options[case.root], said) for number, case in enumerate(cases)]
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
        found = [describe_bug(fault, Location(file=str(task.path)))]
        return _Answer((), (), dump_diagnostics(found), EXIT_BUG)
    bare = tuple(replace(case, diagnostics=()) for case in outcome.cases)
    told = tuple(dump_diagnostics(case.diagnostics) for case in outcome.cases)
    return _Answer(bare, told, dump_diagnostics(outcome.diagnostics))


def _receive(case: FoundCase, answer: _Answer | Crash) -> ReviewedFile:
    if isinstance(answer, Crash):
        place = Location(file=str(case.path))
        return ReviewedFile(case, (), (error("B113", place, path=str(case.path), reason=answer.reason),), EXIT_BUG)
    judged = tuple(
        replace(item, diagnostics=parse_diagnostics(told)) for item, told in zip(answer.cases, answer.told, strict=True)
    )
    return ReviewedFile(case, judged, parse_diagnostics(answer.found), answer.exit_code)


def _compare(reviewed: Sequence[ReviewedFile]) -> Iterator[ReviewedFile]:
    """Each file with the paragraphs that it shares with others: told one by one, or, where most are, all at once."""
    owners: dict[str, dict[int, None]] = defaultdict(dict)
    for number, item in enumerate(reviewed):
        for case in item.cases:
            for mark in case.marks:
                owners[mark.digest][number] = None
    for number, item in enumerate(reviewed):
        marks = [mark for case in item.cases for mark in case.marks]
        found = [(mark, [other for other in owners[mark.digest] if other != number]) for mark in marks]
        found = [(mark, others) for mark, others in found if others]
        by_other = Counter(other for _, others in found for other in others)
        alike = [other for other, count in by_other.items() if count >= _LEAST_SHARED and count >= _MOSTLY * len(marks)]
        told: list[Diagnostic] = []
        if alike:
            most = max(by_other[other] for other in alike)
            named = show_some(sorted(reviewed[other].case.name for other in alike))
            told.append(warning("C157", Location(file=str(item.case.path)), path=named, count=most, all=len(marks)))
        shared: list[Shared] = []
        for mark, others in found:
            names = [reviewed[other].case.name for other in others]
            shared.append(Shared(mark.location, mark.excerpt, len(others), tuple(names[:_NAMED])))
            if not set(alike) & set(others):
                told.append(warning("C154", mark.location, excerpt=mark.excerpt, others=show_some(names)))
        yield replace(item, is_compared=True, shared=tuple(shared), diagnostics=(*item.diagnostics, *told))


def annotate_cases(
    reviewed: Sequence[ReviewedFile], annotation: Annotation, jobs: int | None = None
) -> list[ReviewedFile]:
    """Write a commented copy of each file that could be judged; what keeps one from being made is told of its file.

    Raises as ``review_cases``.
    """
    return list(_annotate(reviewed, annotation, jobs))


def _annotate(reviewed: Sequence[ReviewedFile], annotation: Annotation, jobs: int | None) -> Iterator[ReviewedFile]:
    tasks = [
        _Copying(number, item.case.path, dump_diagnostics(item.diagnostics), replace(annotation, inner=item.case.inner))
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
        came = copies.get(number, ())
        if isinstance(came, Path):
            yield replace(item, copy=came)
            continue
        code = max(item.exit_code, EXIT_CANNOT_RUN if came else EXIT_OK)
        yield replace(item, diagnostics=(*item.diagnostics, *came), exit_code=code)


def _copy(task: _Copying) -> bytes | str:
    """The commented copy, or what keeps it from being made, as text."""
    try:
        return annotate_case(task.path, parse_diagnostics(task.found), task.annotation)
    except DocgenError as fault:
        return dump_diagnostics(fault.diagnostics)


def _run(
    perform: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int | None
) -> Iterator[tuple[Task, Answer | Crash]]:
    try:
        yield from run_in_order(choose_engine(jobs, len(tasks), _ALONE), Procedure(perform), tasks)
    except EngineError as fault:
        raise OutputError(fault.diagnostic) from None
