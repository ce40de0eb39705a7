"""The plan of a package: its documents, where the bytes of their files come from, how many pages they have."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.plan.model import UNPAGED, FiledDocument, PackageIndex, PageCount, Role
from docgen.content.pdf import count_pages as count_pdf_pages
from docgen.diagnostics import Diagnostic, Location, warning
from docgen.record.archive_settings import IndexForm


@dataclass(frozen=True, slots=True)
class PlannedRendition:
    """A file to be packed: ``source`` is its bytes or the path it is streamed from, ``path`` its place in the bag.

    ``stamp`` is the file's size and modification time (ns) at its inspection; a file with another stamp isn't packed.
    """

    role: Role
    path: str
    media_type: str
    source: bytes | Path
    pages: PageCount = UNPAGED
    signed_digest: str | None = None
    stamp: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A document to be packed: its line of the index, without renditions yet, and its files."""

    document: FiledDocument
    renditions: tuple[PlannedRendition, ...]


@dataclass(frozen=True, slots=True)
class BoundVolume:
    """One PDF of everything, stored at the top of a package; the other fields are those of ``Volume``."""

    path: Path
    pages: int
    numbered: int
    numbering: IndexForm
    pdfa: str
    unclaimed: tuple[str, ...]


Bind = Callable[[PackageIndex], BoundVolume]
"""Makes the one PDF of everything from the completed index."""


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """The plan that a package is written from.

    ``index`` lacks documents and counts. ``moment`` is the modification time of every member (local time of the record;
    a zip stores no time zone). ``record`` is the text of ``record/record.json``, or None when it is left out. ``bind``
    makes the volume, if the package has one; ``sm3`` asks for manifests by that digest, too.
    """

    index: PackageIndex
    documents: tuple[PlannedDocument, ...]
    moment: dt.datetime
    record: bytes | None = None
    bind: Bind | None = None
    sm3: bool = False


def weigh_pages(
    stated: int | None, counted: int | None, name: str, where: Location
) -> tuple[PageCount, list[Diagnostic]]:
    """The counted pages, else the stated ones; A208 at ``where`` if the two differ."""
    if counted is None:
        return (PageCount(value=stated, source="stated") if stated is not None else PageCount()), []
    diagnostics = []
    if stated is not None and stated != counted:
        diagnostics.append(warning("A208", where, file=name, stated=stated, counted=counted))
    return PageCount(value=counted, source="counted"), diagnostics


def count_pages(pdf: bytes) -> PageCount:
    """The pages of a PDF that opens; PdfError of another."""
    return PageCount(value=count_pdf_pages(io.BytesIO(pdf)), source="counted")
