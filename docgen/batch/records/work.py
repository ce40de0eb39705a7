"""The functions that worker processes run; apart from ``worker``, so that importing them loads nothing it needs."""

from __future__ import annotations

from docgen.batch.ledger.result import dump_result
from docgen.batch.records.task import Task


def begin_worker() -> None:
    """Load what every task needs, and prepare the process for long work; once in each process."""
    from docgen.batch.records.worker import prepare_worker

    prepare_worker()


def perform_as_text(task: Task) -> str:
    """Perform a task; the result is text, the form in which it crosses processes."""
    from docgen.batch.records.worker import perform

    return dump_result(perform(task))
