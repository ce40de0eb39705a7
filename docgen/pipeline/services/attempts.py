"""Do the same work on many files; a file that can't be read doesn't stop the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK, DocgenError


class _HasDiagnostics(Protocol):
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]: ...


Result = TypeVar("Result", bound=_HasDiagnostics)


@dataclass(frozen=True, slots=True)
class Attempts(Generic[Result]):
    """The outcome of each file, in order: a result, or the error that prevented one."""

    each: tuple[tuple[Path, Result | DocgenError], ...]

    @property
    def results(self) -> list[tuple[Path, Result]]:
        """The results, each with its file."""
        return [(path, outcome) for path, outcome in self.each if not isinstance(outcome, DocgenError)]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of all files."""
        return tuple(item for _, outcome in self.each for item in outcome.diagnostics)

    @property
    def exit_code(self) -> int:
        """The worst exit code of the files without a result."""
        return max((outcome.exit_code for _, outcome in self.each if isinstance(outcome, DocgenError)), default=EXIT_OK)


def attempt_each(
    paths: Sequence[Path], work: Callable[[Path], Result], progress: Callable[[str, int, int], None] | None = None
) -> Attempts[Result]:
    """Do the work on each file; ``progress`` is called before each."""
    each: list[tuple[Path, Result | DocgenError]] = []
    for number, path in enumerate(paths):
        if progress is not None:
            progress(path.name, number, len(paths))
        try:
            each.append((path, work(path)))
        except DocgenError as fault:
            each.append((path, fault))
    return Attempts(tuple(each))
