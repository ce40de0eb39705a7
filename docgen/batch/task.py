"""What a worker is told, and how it is begun; what it needs to work is imported there, and only when there is work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from docgen.batch.result import dump_result
from docgen.resources import Resources


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of every job: packages, or with ``only`` the documents of some types.

    ``staging`` is where outputs wait to be moved; it lies on the output folder's disk.
    """

    staging: Path
    profile_id: str | None = None
    only: tuple[str, ...] = ()
    draft: bool = False
    strict: bool = False
    guard: bool = False
    with_record: bool = True
    redact: bool = False
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a worker gets it."""

    order: Order
    number: int
    path: Path
    row: str
    label: str
    resources: Resources


def begin_worker() -> None:
    """Load what every job needs, and make the process ready for long work; once in each process."""
    from docgen.batch.worker import prepare_worker

    prepare_worker()


def perform_as_text(task: Task) -> str:
    """Do a job; the result as text, since diagnostics don't cross processes as they are."""
    from docgen.batch.worker import perform

    return dump_result(perform(task))
