"""The task of a worker process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
