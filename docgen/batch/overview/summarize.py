"""Summarize packages: write one workbook from the zips alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.writing.target import open_target
from docgen.batch.overview.book import write_overview
from docgen.batch.overview.rows import Overview, OverviewRow, find_packages, read_rows
from docgen.diagnostics import Diagnostic, error
from docgen.errors import SourceError
from docgen.resources import Resources


@dataclass(frozen=True, slots=True)
class SummarizeOutcome:
    """The sums of a summary, and the diagnostics of packages that couldn't be read."""

    overview: Overview
    diagnostics: tuple[Diagnostic, ...]


def summarize_packages(
    arguments: Iterable[Path],
    out: Path,
    resources: Resources,
    *,
    jobs: int | None = None,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> SummarizeOutcome:
    """Write the workbook of packages, given or found in folders.

    A package that can't be read is reported, and the others are summed. SourceError B132 when there is none at all,
    the packages' own errors when none can be read; OutputError (A101–A107) when the workbook can't be written.
    """
    arguments = tuple(arguments)
    paths = list(find_packages(arguments, out))
    if not paths:
        raise SourceError(error("B132", folder="、".join(map(str, arguments))))
    diagnostics: list[Diagnostic] = []

    def watch(rows: Iterable[OverviewRow]) -> Iterator[OverviewRow]:
        for number, row in enumerate(rows, 1):
            diagnostics.extend(row.diagnostics)
            if progress is not None:
                progress(row.path.name, number, len(paths))
            yield row

    with open_target(out, force=force) as file:
        overview = write_overview(file, watch(read_rows(paths, resources, jobs)), out.parent)
        if overview.unread == overview.packages:
            raise SourceError(*diagnostics)  # an empty workbook replaces no other
    return SummarizeOutcome(overview, tuple(diagnostics))
