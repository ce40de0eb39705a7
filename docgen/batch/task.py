"""The task of a worker process, and the order that all tasks of a run share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.pipeline.stages.outcome import Options


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a worker gets it: packages are wanted, or with ``options.only`` the documents of some types.

    ``staging`` is where outputs wait to be moved, in a folder for each task and in it one for each attempt; it lies on
    the output folder's disk. ``doubts`` is what is doubted of a row of a workbook, as text.
    """

    number: int
    path: Path
    row: str
    staging: Path
    options: Options
    doubts: str = "[]"
