"""The outcome of packaging a folder: for each of its files, and for each planned document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from docgen.archive.plan.model import Role
from docgen.pipeline.stages.outcome import Outcome
from docgen.profile.plan import DocumentJob
from docgen.sources.manuscripts import Manuscript

Fate = Literal["document", "item", "unmatched", "rival", "duplicate", "unreadable", "left_out"]
"""Filed as a document, filed with an item, not matched, one of several for a document, the same bytes as another file,
unreadable, or excluded."""
Looked = Literal["text", "form", "names", "none"]
"""How far docgen could read a file: headings, lengths and figures; labels and cells; names alone; not at all."""


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file of the folder and its fate.

    ``item`` and ``title`` are those it is filed with, or the likeliest ones; ``points`` are the points of each reason
    for the match; ``why`` is the reason for not being matched, or the file that it equals.
    """

    path: PurePosixPath
    fate: Fate
    item: str = ""
    document: str = ""
    title: str = ""
    role: Role | None = None
    score: int = 0
    points: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    looked: Looked = "none"


@dataclass(frozen=True, slots=True)
class LackingDocument:
    """A document that is missing: neither handwritten nor made from the record."""

    document: str
    title: str
    item: str
    clause: str
    level: str


@dataclass(frozen=True, slots=True)
class PackagingOutcome(Outcome):
    """The outcome of a packaging run, file by file; ``items`` are the labels of the filing items by their keys."""

    files: tuple[FiledFile, ...] = ()
    generated: tuple[str, ...] = ()
    lacking: tuple[LackingDocument, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandwrittenFile:
    """A file of a document, with its role."""

    manuscript: Manuscript
    role: Role


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A handwritten document with its files: ``covers`` unless these are only scans of one that docgen makes."""

    job: DocumentJob
    files: tuple[HandwrittenFile, ...]
    covers: bool = True

    @property
    def scans(self) -> tuple[HandwrittenFile, ...]:
        """The scans of the signed document among its files."""
        return tuple(file for file in self.files if file.role == "signed")
