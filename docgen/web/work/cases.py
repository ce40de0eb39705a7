"""Reviewing good cases, as ``docgen case`` does."""

from __future__ import annotations

from docgen.batch.cases import FoundCase, review_cases
from docgen.pipeline.stages.outcome import Options
from docgen.web.jobs.model import JobOutcome, JobTask, Progress


def review_texts(task: JobTask, progress: Progress) -> JobOutcome:
    """What was found in each text."""
    progress.begin(len(task.order.sources), sum(item.path.stat().st_size for item in task.order.sources))
    found = [FoundCase(item.path, item.path.parent) for item in task.order.sources]
    sizes = {item.path.name: item.path.stat().st_size for item in task.order.sources}
    reviewed = review_cases(
        found,
        lambda _folder: Options(task.resources),
        {},
        progress=lambda name, _done, _total: progress.advance(name, sizes.get(name, 0)),
    )
    data = {"cases": [{"path": item.case.name, "count": len(item.cases)} for item in reviewed]}
    return JobOutcome(data, tuple(found for item in reviewed for found in item.diagnostics))
