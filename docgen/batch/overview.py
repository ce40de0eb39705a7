"""The figures of many packages: read by several processes, summed by district, industry and grade."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from docgen.batch.engine import Crash, EngineError, Procedure, run_in_order
from docgen.batch.pool import choose_engine
from docgen.batch.result import dump_diagnostics, parse_diagnostics
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
"""Whether a package's figures count: a project counts once, by its full package, else by that which goes farthest."""

_ALONE = 16


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A package and whether it counts, or why it can't be read.

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
        """Count an enterprise in."""
        self.enterprises += 1
        self.grades[item.grade] = self.grades.get(item.grade, 0) + 1
        self.work = add_work(self.work, item.work)
        self.opinions += item.opinions


@dataclass(slots=True)
class Overview:
    """All that counts, summed: of few words, however many packages there are.

    ``work`` sums what each project did, where joint trainings count once; ``regions`` and ``divisions`` sum what the
    enterprises took part in, by GB/T 2260 code and by division of GB/T 4754 ("" where nobody said).
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
        """Count a package in."""
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
class _Look:
    number: int
    path: Path
    resources: Resources


@dataclass(frozen=True, slots=True)
class _Seen:
    figures: PackageFigures | None
    faults: str = "[]"


def find_packages(arguments: Iterable[Path], out: Path) -> Iterator[Path]:
    """The packages among the arguments, and those in folders (every zip, by name); none twice."""
    seen: set[Path] = set()
    for argument in arguments:
        found = [argument]
        if argument.is_dir():
            found = sorted(
                path
                for path in argument.rglob("*")
                if path.suffix.lower() == ".zip"
                and not any(part.startswith(".") for part in path.relative_to(argument).parts)
            )
        for path in found:
            key = path.absolute()
            if key not in seen and key != out.absolute():
                seen.add(key)
                yield path


def read_rows(paths: Iterable[Path], resources: Resources, jobs: int | None) -> Iterator[OverviewRow]:
    """A row for each package, in their order; whatever a zip holds, it is told and the others go on.

    ``jobs`` processes read them, without it one for each core. Packages of a stage, which end before the project does,
    come last: whether one counts is known when all others are.
    """
    known: dict[str, Path] = {}
    stages: list[tuple[Path, PackageFigures]] = []
    for path, seen in _look_all(list(paths), resources, jobs):
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
            other = next((known[key] for key in keys if key in known), None)
            counted = "again" if figures.record_digest and figures.record_digest in known else counted
            known |= {key: known.get(key, path) for key in keys}
        yield OverviewRow(path, figures, counted, other)
    for path, figures in sorted(stages, key=lambda stage: len(stage[1].index.later)):
        keys = _list_keys(figures)
        other = next((known[key] for key in keys if key in known), None)
        yield OverviewRow(path, figures, "counted" if other is None else "stage", other)
        known |= {key: known.get(key, path) for key in keys}


def _list_keys(figures: PackageFigures) -> list[str]:
    """What two packages of one project have in common: the record, or the project's number."""
    return [key for key in (figures.record_digest, f"{figures.index.project.number} ") if key.strip()]


def _look_all(paths: list[Path], resources: Resources, jobs: int | None) -> Iterator[tuple[Path, _Seen]]:
    looks = [_Look(number, path, resources) for number, path in enumerate(paths)]
    try:
        for look, answer in run_in_order(choose_engine(jobs, len(looks), _ALONE), Procedure(_look), looks):
            yield look.path, _describe_crash(look, answer) if isinstance(answer, Crash) else answer
    except EngineError as fault:
        raise OutputError(fault.diagnostic) from None


def _look(look: _Look) -> _Seen:
    try:
        figures = read_figures(look.path, look.resources)
    except DocgenError as fault:
        return _Seen(None, dump_diagnostics(fault.diagnostics))
    # of the index only its counts and what is missing are told; its documents needn't cross processes
    return _Seen(replace(figures, index=figures.index.model_copy(update={"documents": ()})))


def _describe_crash(look: _Look, crash: Crash) -> _Seen:
    place = Location("archive", file=str(look.path))
    return _Seen(None, dump_diagnostics([error("B113", place, path=str(look.path), reason=crash.reason)]))
