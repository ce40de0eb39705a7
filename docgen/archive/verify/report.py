"""What verifying a package found: named steps with a verdict each, and the diagnostics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from docgen.archive.plan.model import PackageIndex
from docgen.diagnostics import Diagnostic, Term, has_errors


class Step(StrEnum):
    """The steps of verifying, in their order; the text is ``archive.step.<value>``."""

    CONTAINER = "container"
    NAMES = "names"
    STRUCTURE = "structure"
    PAYLOAD = "payload"
    TAGS = "tags"
    INDEX = "index"
    FILING = "filing"
    DOCUMENTS = "documents"
    VIRUS = "virus"


class Verdict(StrEnum):
    """通过, 不通过, 未检测; the text is ``archive.verdict.<value>``. What was not run never passes."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


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
        partly = self.verdict is Verdict.NOT_RUN and self.diagnostics
        return Term("archive.verdict.partly" if partly else f"archive.verdict.{self.verdict.value}")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result of verifying one package.

    ``identity`` is the sha256 of ``tagmanifest-sha256.txt`` as it lies there, None when it doesn't; ``name`` the top
    folder, "" when there isn't one; ``files`` and ``bytes`` count the members, inflated; ``index`` is None when
    ``package.json`` can't be read.
    """

    path: Path
    name: str
    identity: str | None
    files: int
    bytes: int
    steps: tuple[StepResult, ...]
    index: PackageIndex | None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the steps."""
        return tuple(item for step in self.steps for item in step.diagnostics)

    @property
    def is_intact(self) -> bool:
        """Whether no error was found; a step that was not run is no error."""
        return not has_errors(self.diagnostics)


def judge(step: Step, diagnostics: Iterable[Diagnostic], *, complete: bool = True) -> StepResult:
    """The result of a step that ran: it fails on an error; without one it passes if it was ``complete``."""
    found = tuple(diagnostics)
    if has_errors(found):
        return StepResult(step, Verdict.FAILED, found)
    return StepResult(step, Verdict.PASSED if complete else Verdict.NOT_RUN, found)
