"""Whether filed documents open: Word, Excel, PDF, pictures and plain text; each bounded in size."""

from __future__ import annotations

import codecs
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from docgen.archive.bag.office import OfficeError, inspect_office
from docgen.archive.plan.model import Rendition
from docgen.archive.zip.hashing import CHUNK
from docgen.archive.zip.limits import DEFAULT_LIMITS, MIB, Limits, Work
from docgen.archive.zip.names import show_name
from docgen.content.pdf import PdfError, read_pdf, sum_up_actions
from docgen.content.pictures import MAX_PIXELS
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning

MAX_OPENED = DEFAULT_LIMITS.document * MIB
"""Larger files aren't opened, only hashed, unless the limits say otherwise; in bytes."""

_PICTURES = {
    ".jpg": ("JPEG", "MPO"),
    ".jpeg": ("JPEG", "MPO"),
    ".png": ("PNG",),
    ".gif": ("GIF",),
    ".webp": ("WEBP",),
    ".tif": ("TIFF",),
    ".tiff": ("TIFF",),
    ".bmp": ("BMP",),
}
# it tells of small faults through logging; without a handler Python would print them
logging.getLogger("PIL").addHandler(logging.NullHandler())

_OFFICE = frozenset({".docx", ".xlsx"})
_TEXTS = frozenset({".txt", ".csv", ".md", ".json", ".yaml", ".yml", ".html", ".xml"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to be opened: its path in the bag, where it is, its bytes, and what the index says of it."""

    path: str
    place: Location
    data: bytes
    stated: Rendition | None
    work: Work = field(default_factory=Work, compare=False)

    @property
    def shown(self) -> str:
        """The path as it may be shown."""
        return show_name(self.path)


def can_open(path: str, size: int, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether docgen knows this kind of file and it is small enough to be opened; others are hashed only."""
    return size <= limits.document * MIB and suffix_of(path) in {*_OFFICE, ".pdf", *_PICTURES, *_TEXTS}


def suffix_of(path: str) -> str:
    """The file's suffix in lower case, with its dot."""
    return PurePosixPath(path).suffix.lower()


def report_unopened(path: str, place: Location) -> Diagnostic:
    """V165: the file's kind is not known or it is too large; its bytes were compared all the same."""
    return info("V165", place, member=show_name(path))


def inspect_document(opened: Opened) -> tuple[Diagnostic, ...]:
    """What is wrong with a file when it is opened; nothing is raised but ``work``'s OverLimitError."""
    return tuple(_inspector(suffix_of(opened.path))(opened))


def _inspector(suffix: str) -> Callable[[Opened], Iterator[Diagnostic]]:
    if suffix in _OFFICE:
        return _inspect_office
    if suffix == ".pdf":
        return _inspect_pdf
    return _inspect_picture if suffix in _PICTURES else _inspect_text


def _inspect_office(opened: Opened) -> Iterator[Diagnostic]:
    try:
        facts = inspect_office(opened.data, opened.work)
    except OfficeError as problem:
        reason = Term(f"archive.office.{problem.key}", {"part": show_name(problem.part)})
        yield error("V161", opened.place, member=opened.shown, reason=reason)
        return
    if facts.active:
        parts = "、".join(show_name(part) for part in facts.active[:3])
        yield warning("V167", opened.place, member=opened.shown, parts=parts)
    stated = opened.stated.content_digest if opened.stated else None
    if stated is not None and stated != facts.content_digest:
        yield error("V168", opened.place, member=opened.shown)


def _inspect_pdf(opened: Opened) -> Iterator[Diagnostic]:
    try:
        facts = read_pdf(io.BytesIO(opened.data))
    except PdfError as problem:
        yield error("V162", opened.place, member=opened.shown, reason=Term(f"archive.pdf.{problem.key}"))
        return
    stated = opened.stated.pages.value if opened.stated else None
    if stated is not None and stated != facts.pages:
        yield error("V163", opened.place, member=opened.shown, stated=stated, counted=facts.pages)
    for what, where in sum_up_actions(facts.actions):
        yield warning("E119", opened.place, file=opened.shown, what=what, where=where)


def _inspect_picture(opened: Opened) -> Iterator[Diagnostic]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(opened.data)) as picture:
                kind, pixels = picture.format or "", picture.width * picture.height
                if pixels <= MAX_PIXELS:
                    picture.verify()
    except Exception:  # what Pillow raises on hostile bytes is no closed set
        yield error("V164", opened.place, member=opened.shown)
        return
    if pixels > MAX_PIXELS:
        yield report_unopened(opened.path, opened.place)
    elif kind not in _PICTURES[suffix_of(opened.path)]:
        yield warning("V166", opened.place, member=opened.shown, kind=kind)


def _inspect_text(opened: Opened) -> Iterator[Diagnostic]:
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-16-le"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(opened.data), CHUNK):
                decoder.decode(opened.data[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeError:  # UTF-16 without its mark raises no more than that
            continue
        return
    yield error("V169", opened.place, member=opened.shown)
