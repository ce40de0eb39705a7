"""What a worker process is given: a task, with the order that all tasks of a run share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
