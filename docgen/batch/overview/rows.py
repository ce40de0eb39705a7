"""Read the figures of many packages by several processes, and sum them by district, industry and grade."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from docgen.batch.engines import Crash, EngineError, Procedure, run_in_order
from docgen.batch.engines.pool import choose_engine
from docgen.batch.ledger.result import dump_diagnostics, parse_diagnostics
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import DocgenError, OutputError
from docgen.pipeline.stages.figures import (
    NO_OPINIONS,
    NO_WORK,
    EnterpriseFigures,
    Opinions,
    PackageFigures,
    WorkFigures,
    add_work,
    read_figures,
)
from docgen.record.classification import find_division
from docgen.resources import Resources

Counted = Literal["counted", "again", "stage", "supplement", "redacted"]
"""Whether a package's figures count: a project counts once, by its full package, else by its most advanced one."""

_ALONE = 16


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A row of the overview: a package and whether it counts, or its diagnostics where it can't be read.

    ``other`` is an earlier one of the same record, or of the same project number with another record.
    """

    path: Path
    figures: PackageFigures | None
    counted: Counted | None
    other: Path | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class GroupSums:
    """The sums of enterprises that have something in common."""

    enterprises: int = 0
    grades: dict[str, int] = field(default_factory=dict)
    work: WorkFigures = NO_WORK
    opinions: Opinions = NO_OPINIONS

    def add(self, item: EnterpriseFigures) -> None:
        """Add an enterprise to the sums."""
        self.enterprises += 1
        self.grades[item.grade] = self.grades.get(item.grade, 0) + 1
        self.work = add_work(self.work, item.work)
        self.opinions += item.opinions


@dataclass(slots=True)
class Overview:
    """The sums of all packages that count; their size doesn't grow with the number of packages.

    ``work`` sums what each project did, where joint trainings count once; ``regions`` and ``divisions`` sum what the
    enterprises took part in, by GB/T 2260 code and by division of GB/T 4754 ("" where it isn't stated).
    """

    packages: int = 0
    counted: int = 0
    unread: int = 0
    work: WorkFigures = NO_WORK
    opinions: Opinions = NO_OPINIONS
    missing: int = 0
    all: GroupSums = field(default_factory=GroupSums)
    regions: dict[str, GroupSums] = field(default_factory=dict)
    divisions: dict[str, GroupSums] = field(default_factory=dict)
    grades: list[str] = field(default_factory=list)

    def add(self, row: OverviewRow) -> None:
        """Add a package to the sums."""
        self.packages += 1
        figures = row.figures
        if figures is None:
            self.unread += 1
            return
        if row.counted != "counted":
            return
        self.counted += 1
        self.missing += len(figures.index.missing)
        self.work = add_work(self.work, figures.work)
        self.opinions += figures.opinions
        self.grades += [grade for grade in figures.grades if grade not in self.grades]
        for item in figures.enterprises:
            self.all.add(item)
            self.regions.setdefault(item.region, GroupSums()).add(item)
            self.divisions.setdefault(find_division(item.industry_code), GroupSums()).add(item)

    @property
    def all_grades(self) -> list[str]:
        """The grades in the order of the profiles, best first; "" for enterprises without one comes last."""
        return [*self.grades, *([""] if self.all.grades.get("") else [])]


@dataclass(frozen=True, slots=True)
class _ReadTask:
    number: int
    path: Path
    resources: Resources


@dataclass(frozen=True, slots=True)
class _ReadAnswer:
    figures: PackageFigures | None
    faults: str = "[]"


def find_packages(arguments: Iterable[Path], out: Path) -> Iterator[Path]:
    """Find the packages among the arguments, and those in folders (every zip, by name); each once."""
    seen: set[Path] = set()
    for argument in arguments:
        paths = [argument]
        if argument.is_dir():
            paths = sorted(
                path
                for path in argument.rglob("*")
                if path.suffix.lower() == ".zip"
                and not any(part.startswith(".") for part in path.relative_to(argument).parts)
            )
        for path in paths:
            key = path.absolute()
            if key not in seen and key != out.absolute():
                seen.add(key)
                yield path


def read_rows(paths: Iterable[Path], resources: Resources, jobs: int | None) -> Iterator[OverviewRow]:
    """Read a row for each package, in order; one that can't be read is reported in its row.

    ``jobs`` processes read them, without it one for each core. Packages of a stage, which end before the project does,
    come last: whether one counts depends on all others.
    """
    paths_by_key: dict[str, Path] = {}
    stages: list[tuple[Path, PackageFigures]] = []
    for path, seen in _read_all(list(paths), resources, jobs):
        figures = seen.figures
        if figures is None:
            yield OverviewRow(path, None, None, diagnostics=parse_diagnostics(seen.faults))
            continue
        if figures.index.until is not None and figures.index.kind == "main":
            stages.append((path, figures))
            continue
        counted: Counted = "counted" if figures.index.kind == "main" else figures.index.kind
        other = None
        if counted == "counted":
            keys = _list_keys(figures)
            other = next((paths_by_key[key] for key in keys if key in paths_by_key), None)
            counted = "again" if figures.record_digest and figures.record_digest in paths_by_key else counted
            paths_by_key |= {key: paths_by_key.get(key, path) for key in keys}
        yield OverviewRow(path, figures, counted, other)
    for path, figures in sorted(stages, key=lambda stage: len(stage[1].index.later)):
        keys = _list_keys(figures)
        other = next((paths_by_key[key] for key in keys if key in paths_by_key), None)
        yield OverviewRow(path, figures, "counted" if other is None else "stage", other)
        paths_by_key |= {key: paths_by_key.get(key, path) for key in keys}


def _list_keys(figures: PackageFigures) -> list[str]:
    """The keys that packages of one project share: the record's digest, the project's number."""
    return [key for key in (figures.record_digest, f"{figures.index.project.number} ") if key.strip()]


def _read_all(paths: list[Path], resources: Resources, jobs: int | None) -> Iterator[tuple[Path, _ReadAnswer]]:
    looks = [_ReadTask(number, path, resources) for number, path in enumerate(paths)]
    try:
        for look, answer in run_in_order(choose_engine(jobs, len(looks), _ALONE), Procedure(_read), looks):
            yield look.path, _describe_crash(look, answer) if isinstance(answer, Crash) else answer
    except EngineError as fault:
        raise OutputError(fault.diagnostic) from None


def _read(look: _ReadTask) -> _ReadAnswer:
    try:
        figures = read_figures(look.path, look.resources)
    except DocgenError as fault:
        return _ReadAnswer(None, dump_diagnostics(fault.diagnostics))
    # the overview needs no list of documents, so it needn't cross processes
    return _ReadAnswer(replace(figures, index=figures.index.model_copy(update={"documents": ()})))


def _describe_crash(look: _ReadTask, crash: Crash) -> _ReadAnswer:
    place = Location("archive", file=str(look.path))
    return _ReadAnswer(None, dump_diagnostics([error("B113", place, path=str(look.path), reason=crash.reason)]))
