"""Inspects files of a package within limits: whether they open, are of the format they claim, hold active content."""

from __future__ import annotations

import codecs
import io
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from docgen.archive.bag.active import report_active
from docgen.archive.bag.office import OfficeError, OfficeFacts, inspect_office
from docgen.archive.bag.unpackaged import search_ole, search_text
from docgen.archive.plan.model import Rendition
from docgen.archive.zip.hashing import CHUNK
from docgen.archive.zip.limits import DEFAULT_LIMITS, MIB, Limits, ReadingCost
from docgen.archive.zip.names import escape_name
from docgen.content.formats import HEAD_BYTES, OLE_MAGIC, Format, expect_formats, find_suffix, sniff_data, sniff_head
from docgen.content.pdf import PdfError, read_pdf, sum_up_actions
from docgen.content.pictures import MAX_PIXELS
from docgen.content.programs import is_program
from docgen.diagnostics import Diagnostic, Location, Term, error, has_errors, info, warning

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
# Pillow logs small faults; without a handler Python would print them
logging.getLogger("PIL").addHandler(logging.NullHandler())

_OFFICE = frozenset(
    (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".dotx", ".dotm", ".xltx", ".xltm", ".potx", ".ppsx")
)
_PAGES = frozenset((".html", ".htm", ".xhtml", ".mht", ".mhtml", ".svg"))
_TEXTS = frozenset((".txt", ".csv", ".md", ".json", ".yaml", ".yml", ".xml", *_PAGES))
_SHOWN = 3
_OLD_OFFICE = ("doc", "xls", "ppt", "ole", "rtf", "html")


@dataclass(frozen=True, slots=True)
class OpenableFile:
    """A file to be opened: its path in the bag, its place and bytes, and the index's rendition of it, if any."""

    path: str
    place: Location
    data: bytes
    stated: Rendition | None
    work: ReadingCost = field(default_factory=ReadingCost, compare=False)

    @property
    def shown(self) -> str:
        """The path as messages show it."""
        return escape_name(self.path)


_Inspection = Callable[[OpenableFile], Iterator[Diagnostic]]


def can_open(size: int, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a file is small enough to be opened; others are hashed only."""
    return size <= limits.document * MIB


def report_unopened(path: str, place: Location) -> Diagnostic:
    """V165: a file isn't opened, since its format is unknown or it is too large; its digest is checked all the same."""
    return info("V165", place, member=escape_name(path))


def report_program(
    path: str, place: Location, data: bytes = b"", sniffed: Format | None = None
) -> Iterator[Diagnostic]:
    """V190 for a program or a script, by its name or its first bytes; ``sniffed`` is their format, where known."""
    if is_program(path, data, sniffed):
        yield warning("V190", place, member=escape_name(path))


def is_unopenable(path: str, head: bytes) -> bool:
    """Whether the first bytes of a file tell that it won't be opened, as those of a film; the rest needn't be kept.

    A zip or an OLE file may still turn out to be a document.
    """
    if len(head) < HEAD_BYTES:
        return False
    sniffed = sniff_head(head)
    return sniffed.name not in ("zip", "ole") and _choose_inspection(path, sniffed) is _report_unopened


def inspect_document(file: OpenableFile) -> tuple[Diagnostic, ...]:
    """Open a file: its faults and its active content, V165 where its format is unknown.

    The suffix decides as what the file has to open, the content whether it is that. Raises nothing but the
    OverLimitError of ``work``.
    """
    sniffed = sniff_data(file.data)
    diagnostics = tuple(_choose_inspection(file.path, sniffed)(file))
    return (
        *report_program(file.path, file.place, file.data, sniffed),
        *_check_suffix(file, sniffed, diagnostics),
        *diagnostics,
    )


def _choose_inspection(path: str, sniffed: Format) -> _Inspection:
    suffix = find_suffix(path).lower()
    if suffix in _OFFICE:
        return _inspect_old_office if sniffed.name in _OLD_OFFICE else _inspect_office
    if suffix == ".pdf":
        return _inspect_pdf
    if suffix in _PICTURES:
        return _report_unopened if sniffed.name in ("heic", "avif") else _inspect_picture
    if suffix in _TEXTS:
        return _inspect_text
    return _BY_CONTENT.get(sniffed.name, _report_unopened)


def _check_suffix(file: OpenableFile, sniffed: Format, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """V166 where the content is another format than the suffix claims, unless that is reported as a fault already."""
    expected = expect_formats(find_suffix(file.path).lower())
    if not expected or sniffed in expected or sniffed.name in ("text", "unknown"):
        return  # plain text has no marks of a format, and an unknown format proves nothing
    if sniffed.kind == expected[0].kind == "text" or any(item.code in _FORMAT_FAULTS for item in diagnostics):
        return
    yield warning("V166", file.place, member=file.shown, kind=Term(f"format.{sniffed.name}"))


def _report_unopened(file: OpenableFile) -> Iterator[Diagnostic]:
    yield report_unopened(file.path, file.place)


def _inspect_old_office(file: OpenableFile) -> Iterator[Diagnostic]:
    """A file of the old Office formats, whatever its suffix: searched for active content, but not file."""
    search = search_ole if file.data.startswith(OLE_MAGIC) else search_text
    yield from report_active(search(file.data), file.shown, file.place)
    yield from _report_unopened(file)


def _inspect_any_office(file: OpenableFile) -> Iterator[Diagnostic]:
    """A document under a suffix of no format; one that doesn't open is no fault, since nothing claims that it does."""
    try:
        facts = inspect_office(file.data, file.work)
    except OfficeError:
        yield from _report_unopened(file)
        return
    yield from _report_facts(file, facts)


def _inspect_any_pdf(file: OpenableFile) -> Iterator[Diagnostic]:
    """A PDF under a suffix of no format; as for documents."""
    diagnostics = list(_inspect_pdf(file))
    yield from _report_unopened(file) if has_errors(diagnostics) else diagnostics


def _report_facts(file: OpenableFile, facts: OfficeFacts) -> Iterator[Diagnostic]:
    yield from report_active(facts.active, file.shown, file.place)
    if facts.archives:
        shown = "、".join(escape_name(part) for part in facts.archives[:_SHOWN])
        yield info("V200", file.place, member=file.shown, count=len(facts.archives), parts=shown)


def _inspect_office(file: OpenableFile) -> Iterator[Diagnostic]:
    try:
        facts = inspect_office(file.data, file.work)
    except OfficeError as problem:
        reason = Term(f"archive.office.{problem.key}", {"part": escape_name(problem.part)})
        yield error("V161", file.place, member=file.shown, reason=reason)
        return
    yield from _report_facts(file, facts)
    stated = file.stated.content_digest if file.stated else None
    if stated is not None and stated != facts.content_digest:
        yield error("V168", file.place, member=file.shown)


def _inspect_pdf(file: OpenableFile) -> Iterator[Diagnostic]:
    try:
        facts = read_pdf(io.BytesIO(file.data))
    except PdfError as problem:
        yield error("V162", file.place, member=file.shown, reason=Term(f"archive.pdf.{problem.key}"))
        return
    stated = file.stated.pages.value if file.stated else None
    if stated is not None and stated != facts.pages:
        yield error("V163", file.place, member=file.shown, stated=stated, counted=facts.pages)
    for action, pages in sum_up_actions(facts.actions):
        yield warning("E119", file.place, file=file.shown, what=action, where=pages)


def _inspect_picture(file: OpenableFile) -> Iterator[Diagnostic]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(file.data)) as picture:
                kind, pixels = picture.format or "", picture.width * picture.height
                if pixels <= MAX_PIXELS:
                    picture.verify()
    except Exception:  # Pillow may raise any error on hostile bytes
        yield error("V164", file.place, member=file.shown)
        return
    if pixels > MAX_PIXELS:
        yield report_unopened(file.path, file.place)
    elif kind not in _PICTURES[find_suffix(file.path).lower()]:
        yield warning("V166", file.place, member=file.shown, kind=kind)


def _inspect_text(file: OpenableFile) -> Iterator[Diagnostic]:
    contents = search_text(file.data, is_page=find_suffix(file.path).lower() in _PAGES)
    yield from report_active(contents, file.shown, file.place)
    if not is_text(file.data):
        yield error("V169", file.place, member=file.shown)


def is_text(data: bytes) -> bool:
    """Whether bytes read as UTF-8, GB 18030 or UTF-16."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-16-le"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(data), CHUNK):
                decoder.decode(data[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeError:  # what UTF-16 raises without its byte order mark
            continue
        return True
    return False


_FORMAT_FAULTS = frozenset(("V161", "V162", "V164", "V166", "V169"))
_BY_CONTENT: dict[str, _Inspection] = {
    "pdf": _inspect_any_pdf,
    **dict.fromkeys(("docx", "xlsx", "pptx"), _inspect_any_office),
    **dict.fromkeys(_OLD_OFFICE, _inspect_old_office),
}
