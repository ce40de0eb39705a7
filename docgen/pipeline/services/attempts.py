"""The same work on one file after the other: one that can't be read doesn't keep the others from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK, DocgenError


class _Judged(Protocol):
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]: ...


Result = TypeVar("Result", bound=_Judged)


@dataclass(frozen=True, slots=True)
class Attempts(Generic[Result]):
    """What came of each file, in their order: a result, or what kept it from one."""

    each: tuple[tuple[Path, Result | DocgenError], ...]

    @property
    def results(self) -> list[tuple[Path, Result]]:
        """The results, each with its file."""
        return [(path, came) for path, came in self.each if not isinstance(came, DocgenError)]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that was found."""
        return tuple(found for _, came in self.each for found in came.diagnostics)

    @property
    def exit_code(self) -> int:
        """The worst exit code of the files without a result."""
        return max((came.exit_code for _, came in self.each if isinstance(came, DocgenError)), default=EXIT_OK)


def attempt_each(
    paths: Sequence[Path], work: Callable[[Path], Result], progress: Callable[[str, int, int], None] | None = None
) -> Attempts[Result]:
    """Do the work on each file, of which ``progress`` is told before."""
    each: list[tuple[Path, Result | DocgenError]] = []
    for number, path in enumerate(paths):
        if progress is not None:
            progress(path.name, number, len(paths))
        try:
            each.append((path, work(path)))
        except DocgenError as fault:
            each.append((path, fault))
    return Attempts(tuple(each))
