"""Checks that filed documents open: Word, Excel, PDF, pictures and plain text; each bounded in size."""

from __future__ import annotations

import codecs
import io
import logging
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from docgen.archive.bag.active import Active, report_active
from docgen.archive.bag.loose import search_ole, search_text
from docgen.archive.bag.office import OfficeError, OfficeFacts, inspect_office
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
# it tells of small faults through logging; without a handler Python would print them
logging.getLogger("PIL").addHandler(logging.NullHandler())

_OFFICE = frozenset(
    (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".dotx", ".dotm", ".xltx", ".xltm", ".potx", ".ppsx")
)
_PAGES = frozenset((".html", ".htm", ".xhtml", ".mht", ".mhtml", ".svg"))
_TEXTS = frozenset((".txt", ".csv", ".md", ".json", ".yaml", ".yml", ".xml", *_PAGES))
_SHOWN = 3
_OLD_OFFICE = ("doc", "xls", "ppt", "ole", "rtf", "html")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to be opened: its path in the bag, where it is, its bytes, and what the index says of it."""

    path: str
    place: Location
    data: bytes
    stated: Rendition | None
    work: ReadingCost = field(default_factory=ReadingCost, compare=False)

    @property
    def shown(self) -> str:
        """The path as it may be shown."""
        return escape_name(self.path)


def can_open(size: int, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a file is small enough to be opened; others are hashed only."""
    return size <= limits.document * MIB


def suffix_of(path: str) -> str:
    """The file's suffix in lower case, with its dot."""
    return find_suffix(path).lower()


def report_unopened(path: str, place: Location) -> Diagnostic:
    """V165: the file's kind is not known or it is too large; its bytes were compared all the same."""
    return info("V165", place, member=escape_name(path))


def report_program(path: str, place: Location, data: bytes = b"", found: Format | None = None) -> Iterator[Diagnostic]:
    """V190 for a program or a script, told by its name or how it begins."""
    if is_program(path, data, found):
        yield warning("V190", place, member=escape_name(path))


def is_left(path: str, head: bytes) -> bool:
    """Whether a file that begins so isn't opened, whatever follows: a film, say; its beginning tells all that is told.

    Of a zip and an old document the rest tells what it is.
    """
    if len(head) < HEAD_BYTES:
        return False
    found = sniff_head(head)
    return found.name not in ("zip", "ole") and _inspector(suffix_of(path), found) is _leave


def inspect_document(opened: Opened) -> tuple[Diagnostic, ...]:
    """What is wrong with a file when it is opened, and what in it acts; V165 among it when its kind isn't known.

    What a file is, its content says; its suffix says what it has to be. Nothing is raised but ``work``'s
    OverLimitError.
    """
    found = sniff_data(opened.data)
    told = tuple(_inspector(suffix_of(opened.path), found)(opened))
    return (
        *report_program(opened.path, opened.place, opened.data, found),
        *_compare_suffix(opened, found, told),
        *told,
    )


def _inspector(suffix: str, found: Format) -> Callable[[Opened], Iterator[Diagnostic]]:
    if suffix in _OFFICE:
        return _inspect_old if found.name in _OLD_OFFICE else _inspect_office
    if suffix == ".pdf":
        return _inspect_pdf
    if suffix in _PICTURES:
        return _leave if found.name in ("heic", "avif") else _inspect_picture
    if suffix in _TEXTS:
        return _inspect_text
    return _BY_CONTENT.get(found.name, _leave)


def _compare_suffix(opened: Opened, found: Format, told: Collection[Diagnostic]) -> Iterator[Diagnostic]:
    """V166 when a file is something else than its suffix says and nothing worse was found."""
    expected = expect_formats(suffix_of(opened.path))
    if not expected or found in expected or found.name in ("text", "unknown"):
        return  # plain text has no marks, and what docgen doesn't know says nothing
    if found.kind == expected[0].kind == "text" or any(item.code in _FOUND_WRONG for item in told):
        return
    yield warning("V166", opened.place, member=opened.shown, kind=Term(f"format.{found.name}"))


def _leave(opened: Opened) -> Iterator[Diagnostic]:
    yield report_unopened(opened.path, opened.place)


def _inspect_old(opened: Opened) -> Iterator[Diagnostic]:
    """A file of the old Office formats, whatever its suffix: what acts in it is searched for, the rest isn't opened."""
    search = search_ole if opened.data.startswith(OLE_MAGIC) else search_text
    yield from _report(opened, search(opened.data))
    yield from _leave(opened)


def _inspect_any_office(opened: Opened) -> Iterator[Diagnostic]:
    """A zip under a suffix that says nothing: what acts in it if it is a document, and that it wasn't opened else."""
    try:
        facts = inspect_office(opened.data, opened.work)
    except OfficeError:
        yield from _leave(opened)
        return
    yield from _report_facts(opened, facts)


def _inspect_any_pdf(opened: Opened) -> Iterator[Diagnostic]:
    found = list(_inspect_pdf(opened))
    yield from ([report_unopened(opened.path, opened.place)] if has_errors(found) else found)


def _report(opened: Opened, active: Iterable[Active]) -> Iterator[Diagnostic]:
    return report_active(active, opened.shown, opened.place)


def _report_facts(opened: Opened, facts: OfficeFacts) -> Iterator[Diagnostic]:
    yield from _report(opened, facts.active)
    if facts.archives:  # an archive is never unpacked
        shown = "、".join(escape_name(part) for part in facts.archives[:_SHOWN])
        yield info("V200", opened.place, member=opened.shown, count=len(facts.archives), parts=shown)


def _inspect_office(opened: Opened) -> Iterator[Diagnostic]:
    try:
        facts = inspect_office(opened.data, opened.work)
    except OfficeError as problem:
        reason = Term(f"archive.office.{problem.key}", {"part": escape_name(problem.part)})
        yield error("V161", opened.place, member=opened.shown, reason=reason)
        return
    yield from _report_facts(opened, facts)
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
    yield from _report(opened, search_text(opened.data, is_page=suffix_of(opened.path) in _PAGES))
    if not is_text(opened.data):
        yield error("V169", opened.place, member=opened.shown)


def is_text(data: bytes) -> bool:
    """Whether bytes read as UTF-8, GB 18030 or UTF-16."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-16-le"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(data), CHUNK):
                decoder.decode(data[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeError:  # UTF-16 without its mark raises no more than that
            continue
        return True
    return False


_FOUND_WRONG = frozenset(("V161", "V162", "V164", "V166", "V169"))
_BY_CONTENT: dict[str, Callable[[Opened], Iterator[Diagnostic]]] = {
    "pdf": _inspect_any_pdf,
    **dict.fromkeys(("docx", "xlsx", "pptx"), _inspect_any_office),
    **dict.fromkeys(_OLD_OFFICE, _inspect_old),
}
