"""The report of verifying a package: named steps with a verdict each, and the diagnostics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.archive.zip.limits import ReadingCost
from docgen.diagnostics import Diagnostic, Location, Term, has_errors, info

if TYPE_CHECKING:
    from docgen.archive.plan.model import PackageIndex

_RecordCopy = bytes
MOST_OF_A_KIND = 1000
"""So many findings of one kind a step tells one by one."""

COUNTED = ("total", "sound", "unproven", "faulty", "failed", "open", "kept")
"""How packages that came together are counted: all, those of each verdict, those whose verdict was known."""


class Step(StrEnum):
    """The steps of verifying, in their order; the text is ``archive.step.<value>``."""

    CONTAINER = "container"
    NAMES = "names"
    STRUCTURE = "structure"
    PAYLOAD = "payload"
    TAGS = "tags"
    INDEX = "index"
    FILING = "filing"
    PAGE = "page"
    PAPERS = "papers"
    DOCUMENTS = "documents"
    REBUILD = "rebuild"
    STANDARD = "standard"
    VIRUS = "virus"


class Verdict(StrEnum):
    """通过, 不通过, 未检测, 不适用; the text is ``archive.verdict.<value>``. What was not run never passes.

    What only docgen's index tells doesn't apply to a bag that isn't docgen's.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step, its verdict, and what it found."""

    step: Step
    verdict: Verdict
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def title(self) -> Term:
        """The step's name, in the reader's language when it is looked up."""
        return Term(f"archive.step.{self.step.value}")

    @property
    def spoken_verdict(self) -> Term:
        """The verdict's name, in the reader's language when it is looked up; of a step that ran in part, that."""
        partly = ran_partly(self.verdict, (item.code for item in self.diagnostics))
        return Term("archive.verdict.partly" if partly else f"archive.verdict.{self.verdict.value}")


@dataclass(frozen=True, slots=True)
class NameReading:
    """The encoding that was guessed for names, how sure that is (``archive.confidence.*``), and their bytes by name."""

    encoding: str
    confidence: str
    raw: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result of verifying one package.

    ``identity`` is the sha256 of ``tagmanifest-sha256.txt`` as it lies there, None when it doesn't; ``name`` the top
    folder, "" when there isn't one; ``files`` and ``bytes`` count the members, inflated; ``index`` is None when
    ``package.json`` can't be read. ``work`` counts what reading it cost, beside its limits; ``names`` tells how names
    were read that didn't state their encoding, None when there were none. ``is_proven`` tells whether a manifest of the
    payload was checked, whether or not anything wrong was found. ``record`` is the record's copy, None without one.
    ``used`` are the files that are compared with those of other packages, by path, with their sha256.
    ``payload`` counts the files that were filed, and their bytes. ``digests`` are those of the whole zip by algorithm,
    where they were asked for.
    """

    path: Path
    name: str
    identity: str | None
    files: int
    bytes: int
    steps: tuple[StepResult, ...]
    index: PackageIndex | None
    work: ReadingCost = field(default_factory=ReadingCost)
    names: NameReading | None = None
    is_proven: bool = False
    record: _RecordCopy | None = field(default=None, repr=False)
    used: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: tuple[int, int] = (0, 0)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the steps."""
        return tuple(item for step in self.steps for item in step.diagnostics)

    @property
    def is_intact(self) -> bool:
        """Whether the payload was compared and no error found; another step that was not run is no error."""
        return self.is_proven and not has_errors(self.diagnostics)


LEFT = "V224"
"""Tells why a step that was asked for wasn't run."""


def ran_partly(verdict: Verdict, codes: Iterable[str]) -> bool:
    """Whether a step without a verdict ran in part: it found something, and that isn't why it wasn't run."""
    return verdict is Verdict.NOT_RUN and any(code != LEFT for code in codes)


def leave(step: Step, place: Location, reason: Term) -> StepResult:
    """The result of a step that was asked for and can't be run (V224)."""
    told = info(LEFT, place, step=Term(f"archive.step.{step.value}"), reason=reason)
    return StepResult(step, Verdict.NOT_RUN, (told,))


def restore_steps(described: Iterable[Mapping[str, Any]], found: Iterable[Diagnostic]) -> tuple[StepResult, ...]:
    """The results of steps that were described, with what was found in all of them, in their order."""
    left = iter(found)
    return tuple(
        StepResult(Step(said["step"]), Verdict(said["verdict"]), tuple(next(left) for _ in said["codes"]))
        for said in described
    )


def judge(step: Step, diagnostics: Iterable[Diagnostic], *, complete: bool = True) -> StepResult:
    """The result of a step that ran: it fails on an error; without one it passes if it was ``complete``."""
    found = tuple(_cut_short(diagnostics))
    if has_errors(found):
        return StepResult(step, Verdict.FAILED, found)
    return StepResult(step, Verdict.PASSED if complete else Verdict.NOT_RUN, found)


def _cut_short(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The first of each kind, and V136 for how many more of it there are: nobody reads a hundred thousand."""
    counts: Counter[str] = Counter()
    last: dict[str, Diagnostic] = {}
    for item in diagnostics:
        counts[item.code] += 1
        if counts[item.code] <= MOST_OF_A_KIND:
            yield item
        else:
            last[item.code] = item
    for code, item in last.items():
        where = replace(item.location, member=None)
        yield report_more(item.at(where), counts[code] - MOST_OF_A_KIND)


def report_more(item: Diagnostic, count: int) -> Diagnostic:
    """V136: there are so many more of a finding."""
    return replace(item, code="V136", params={"code": item.code, "count": count})
