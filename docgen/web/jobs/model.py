"""The model of a job: its order, its state, its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits
from docgen.diagnostics import Diagnostic
from docgen.messages import Language
from docgen.resources import Resources

State = Literal["waiting", "working", "done", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a job works on: where it lies and what its sender calls it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: a title for people, the files, and choices as plain data (JSON)."""

    title: str
    sources: tuple[SourceFile, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageJob:
    """A job as the ledger has it; times are seconds since 1970."""

    id: str
    kind: str
    state: State
    created: float
    ended: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ENDED


_TABLES = ("returned", "results", "table")


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file among the results: its path in their folder, its name for people, what it is (``document``, …)."""

    path: str
    name: str
    kind: str = "file"

    @property
    def is_document(self) -> bool:
        """Whether it is a Word or Excel file to be printed: no table of results, no workbook that goes back."""
        return self.path.lower().endswith((".docx", ".xlsx")) and self.kind not in _TABLES


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What came of a job: plain data (JSON) for its page, what was found, the files in the results' folder.

    ``peak`` is the most memory in bytes that one of its processes had at once; 0 where the system doesn't tell.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[ResultFile, ...] = ()
    peak: int = 0


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is: items and bytes done and in all, and what is under way; 0 in all where that isn't known."""

    done: int = 0
    total: int = 0
    bytes: int = 0
    total_bytes: int = 0
    name: str = ""


class Progress(Protocol):
    """Who is told by a job how it goes, and asked whether to stop."""

    def begin(self, total: int, total_bytes: int = 0) -> None:
        """So many items, and bytes, there are."""

    def advance(self, name: str, size: int = 0) -> None:
        """One item more is done, of so many bytes."""

    def should_stop(self) -> bool:
        """Whether somebody cancelled: finish what is under way and give back what there is."""


@dataclass(frozen=True, slots=True)
class JobTask:
    """What the process that works is given; ``limits`` are those within which packages are read.

    Results go into ``results``, where those of a killed run still lie.
    """

    id: str
    perform: str
    folder: Path
    order: Order
    lang: Language
    resources: Resources
    limits: Limits = DEFAULT_LIMITS

    @property
    def results(self) -> Path:
        """The folder of what is given back."""
        return self.folder / "results"
