"""Verifying received packages, as ``docgen verify`` does over an inbox."""

from __future__ import annotations

from typing import Any

from docgen.archive.zip.limits import Limits
from docgen.batch.receive import Reception, receive_packages
from docgen.batch.received import ReceivedPackage
from docgen.batch.received_book import describe_package
from docgen.diagnostics import Diagnostic
from docgen.messages import Catalogue, catalogue
from docgen.web.jobs.model import JobOutcome, JobTask, Produced, Progress


def verify_received(task: JobTask, progress: Progress) -> JobOutcome:
    """The verdict on each package, and the summary of all."""
    words = catalogue(task.lang)
    task.results.mkdir(exist_ok=True)
    out = task.results / f"{words.text('received.title')}.xlsx"
    listener = _Listener(progress, words, {item.path.name: item.path.stat().st_size for item in task.order.sources})
    paths = tuple(item.path for item in task.order.sources)
    outcome = receive_packages(Reception(paths, out, Limits()), listener, words)
    data = {"verify": dict(outcome.counts), "packages": listener.described}
    outputs = tuple(
        Produced(path.name, path.name, "table") for path in (out, out.with_suffix(".json")) if path.is_file()
    )
    return JobOutcome(data, (*outcome.diagnostics, *listener.found), outputs)


class _Listener:
    """Passes on how it goes, and gathers what is told."""

    def __init__(self, progress: Progress, words: Catalogue, sizes: dict[str, int]) -> None:
        self._progress = progress
        self._words = words
        self._sizes = sizes
        self.found: list[Diagnostic] = []
        self.described: list[dict[str, Any]] = []

    def begin(self, total: int) -> None:
        self._progress.begin(total, sum(self._sizes.values()))

    def advance(self, name: str) -> None:
        self._progress.advance(name, self._sizes.get(name, 0))

    def should_stop(self) -> bool:
        return self._progress.should_stop()

    def tell(self, package: ReceivedPackage) -> None:
        self.found += package.diagnostics
        self.described.append(describe_package(package, self._words))
