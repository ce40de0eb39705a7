"""The task of a worker process, and the functions that it runs; they import late what only workers need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.batch.result import dump_result

if TYPE_CHECKING:
    from docgen.pipeline.stages.outcome import Options


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a worker gets it: it makes packages, or with ``options.only`` the documents of some types.

    ``staging`` is where outputs wait to be moved, with a folder for each task and in it one for each attempt; it is on
    the same disk as the output folder. ``doubts`` are the doubts about a row of a workbook, as text.
    """

    number: int
    path: Path
    row: str
    staging: Path
    options: Options
    doubts: str = "[]"


def begin_worker() -> None:
    """Load what every task needs, and prepare the process for long work; once in each process."""
    from docgen.batch.worker import prepare_worker

    prepare_worker()


def perform_as_text(task: Task) -> str:
    """Perform a task; the result is text, since diagnostics can't be pickled."""
    from docgen.batch.worker import perform

    return dump_result(perform(task))
