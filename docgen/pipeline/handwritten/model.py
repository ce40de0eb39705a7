"""The outcome for each file of the folder, and for each document that should be there."""

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
"""Filed as a document, filed with an item, not filed for want of a match, one of several for a document, the same bytes
as another file, broken, or no document at all."""
Looked = Literal["text", "form", "names", "none"]
"""How far docgen could look into a file: headings, lengths and figures; labels and cells; names alone; not at all."""


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file of the folder and its fate.

    ``item`` and ``title`` say where it is filed, or where it would most likely belong; ``points`` are the reasons and
    what each of them gave; ``why`` is the reason for not being matched, or what it is the same as.
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
    """A document that is neither written by hand nor can be made from the record."""

    document: str
    title: str
    item: str
    clause: str
    level: str


@dataclass(frozen=True, slots=True)
class PackagingOutcome(Outcome):
    """What a run found and made, file by file; ``items`` are the labels of the filing items by their keys."""

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
    """A document for which people made files: ``covers`` unless these are only scans of one that docgen makes."""

    job: DocumentJob
    files: tuple[HandwrittenFile, ...]
    covers: bool = True

    @property
    def scans(self) -> tuple[HandwrittenFile, ...]:
        """Those of its files that are scans of what was signed."""
        return tuple(file for file in self.files if file.role == "signed")
