"""The receiver's side: packages that came together, each verified, and how they belong to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from docgen.archive.verify.package import verify_package
from docgen.archive.verify.relations import Relation, Relations, find_relative
from docgen.archive.verify.report import VerifyReport
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits
from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.pipeline.packages.remaking import PaperMaker
from docgen.pipeline.services.attempts import attempt_each


@dataclass(frozen=True, slots=True)
class VerifiedPackage:
    """What a package is, and which of the others it belongs to; None for one that belongs to none."""

    report: VerifyReport
    relation: Relation | None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found of it."""
        return (*self.report.diagnostics, *(self.relation.diagnostics if self.relation is not None else ()))


@dataclass(frozen=True, slots=True)
class Verification:
    """The packages that could be read, what kept the others from it (``unread``), and the worst of their exit codes."""

    packages: tuple[VerifiedPackage, ...]
    unread: tuple[Diagnostic, ...]
    exit_code: int


def verify_packages(
    paths: Sequence[Path], progress: Callable[[str, int, int], None], limits: Limits = DEFAULT_LIMITS
) -> Verification:
    """Verify packages, each once; ``progress`` is told of each before it is read."""
    verify = partial(verify_package, limits=limits, remake=PaperMaker())
    attempts = attempt_each(tuple(dict.fromkeys(paths)), verify, progress)
    reports = [(report, find_relative(report)) for _, report in attempts.results]
    relations = Relations(relative for _, relative in reports if relative is not None)
    unread = tuple(found for _, came in attempts.each if isinstance(came, DocgenError) for found in came.diagnostics)
    packages = tuple(
        VerifiedPackage(report, relations.find(relative) if relative is not None else None)
        for report, relative in reports
    )
    return Verification(packages, unread, attempts.exit_code)
