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

_RecordCopy = bytes  # where a field is called bytes, the type can't be
MOST_OF_A_KIND = 1000
"""The findings of one code that a step lists; further ones are counted (V136)."""

COUNTED = ("total", "sound", "unproven", "faulty", "failed", "open", "kept")
"""The counts of packages that came together: all, those of each verdict, those whose verdict is an earlier one."""


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
    """通过, 不通过, 未检测, 不适用; the text is ``archive.verdict.<value>``. A step that isn't run never passes.

    The steps of docgen's index aren't applicable to a bag of another program.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step, its verdict and its findings."""

    step: Step
    verdict: Verdict
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def title(self) -> Term:
        """The step's name."""
        return Term(f"archive.step.{self.step.value}")

    @property
    def verdict_title(self) -> Term:
        """The verdict's name, another one for a step that ran in part."""
        partly = ran_partly(self.verdict, (item.code for item in self.diagnostics))
        return Term("archive.verdict.partly" if partly else f"archive.verdict.{self.verdict.value}")


@dataclass(frozen=True, slots=True)
class NameReading:
    """The encoding guessed for members' names, its confidence (``archive.confidence.*``), the raw bytes by name."""

    encoding: str
    confidence: str
    raw: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result of verifying one package.

    ``identity`` is the sha256 of the received ``tagmanifest-sha256.txt``, None without that file; ``name`` the top
    folder, "" without one; ``files`` and ``bytes`` count the members, inflated; ``index`` is None when
    ``package.json`` can't be read. ``work`` is the cost of reading beside its limits. ``names`` is set where the
    encoding of names isn't stated and was guessed. ``is_proven`` tells whether a payload manifest was checked, whatever
    the outcome. ``record`` is the record's copy, None without one. ``compared_files`` are the files that are compared
    with those of other packages: sha256 by path. ``payload`` counts the payload's files and bytes. ``digests`` are
    those of the whole zip by algorithm, where they were asked for.
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
    compared_files: Mapping[str, str] = field(default_factory=dict, repr=False)
    payload: tuple[int, int] = (0, 0)
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings, in the order of the steps."""
        return tuple(item for step in self.steps for item in step.diagnostics)

    @property
    def is_intact(self) -> bool:
        """Whether the payload was checked and no step has an error; other steps need not have been run."""
        return self.is_proven and not has_errors(self.diagnostics)


SKIPPED = "V224"
"""The code of the reason why a step that was asked for wasn't run."""


def ran_partly(verdict: Verdict, codes: Iterable[str]) -> bool:
    """Whether a step without a verdict ran in part: it has findings other than the reason why it wasn't run."""
    return verdict is Verdict.NOT_RUN and any(code != SKIPPED for code in codes)


def skip_step(step: Step, place: Location, reason: Term) -> StepResult:
    """The result of a step that was asked for and can't be run (V224)."""
    diagnostic = info(SKIPPED, place, step=Term(f"archive.step.{step.value}"), reason=reason)
    return StepResult(step, Verdict.NOT_RUN, (diagnostic,))


def restore_steps(
    descriptions: Iterable[Mapping[str, Any]], diagnostics: Iterable[Diagnostic]
) -> tuple[StepResult, ...]:
    """The results of steps from their descriptions and the diagnostics of them all, in the same order."""
    rest = iter(diagnostics)
    return tuple(
        StepResult(Step(step["step"]), Verdict(step["verdict"]), tuple(next(rest) for _ in step["codes"]))
        for step in descriptions
    )


def judge(step: Step, diagnostics: Iterable[Diagnostic], *, complete: bool = True) -> StepResult:
    """The result of a step that ran: failed with an error, else passed if it ran completely."""
    findings = tuple(_limit_each_code(diagnostics))
    if has_errors(findings):
        return StepResult(step, Verdict.FAILED, findings)
    return StepResult(step, Verdict.PASSED if complete else Verdict.NOT_RUN, findings)


def _limit_each_code(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The first diagnostics of each code, and V136 with the number of further ones."""
    counts: Counter[str] = Counter()
    last: dict[str, Diagnostic] = {}
    for item in diagnostics:
        counts[item.code] += 1
        if counts[item.code] <= MOST_OF_A_KIND:
            yield item
        else:
            last[item.code] = item
    for code, item in last.items():
        package = replace(item.location, member=None)
        yield report_more(item.at(package), counts[code] - MOST_OF_A_KIND)


def report_more(item: Diagnostic, count: int) -> Diagnostic:
    """V136: the number of further findings of the same code."""
    return replace(item, code="V136", params={"code": item.code, "count": count})
