"""The functions that worker processes run; importing this module loads nothing of what they need."""

from __future__ import annotations

from docgen.batch.result import dump_result
from docgen.batch.task import Task


def begin_worker() -> None:
    """Load what every job needs, and make the process ready for long work; once in each process."""
    from docgen.batch.worker import prepare_worker

    prepare_worker()


def perform_as_text(task: Task) -> str:
    """Do a job; the result as text, since diagnostics don't cross processes as they are."""
    from docgen.batch.worker import perform

    return dump_result(perform(task))
