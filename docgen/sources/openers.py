"""Opening evidence: whether a picture, a PDF or an Office file is whole, and what it says of itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.content.pdf import PdfAction, PdfError, read_pdf
from docgen.content.pictures import PictureError, PictureFacts, can_decode, read_heif_picture, read_picture
from docgen.ooxml.package import open_zip, read_part
from docgen.ooxml.xml import PackageError, parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lxml.etree import _Element

    from docgen.content.formats import Format

_DECODED = ("jpg", "png", "gif", "bmp", "webp", "tiff")
_HEIF = ("heic", "avif")
_PDF_FAULTS = {"encrypted": "E114", "cipher": "E116", "damaged": "E111"}
_MAX_PART = 16 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file shows when it is opened; ``fault`` is the code of what is wrong with it.

    ``made`` is the day that a PDF says it was made; ``printed`` is a copy of a picture for a page, where it was asked
    for; ``actions`` is what in a PDF acts or hides.
    """

    fault: str | None = None
    pages: int | None = None
    taken: dt.datetime | None = None
    turned: bool = False
    width: int | None = None
    height: int | None = None
    made: dt.date | None = None
    printed: bytes | None = None
    actions: tuple[PdfAction, ...] = ()


def open_contents(path: Path, content_format: Format, *, printing: bool = False) -> Contents:
    """What a file shows when it is opened; OSError only when it can't be read at all.

    With ``printing`` a picture is decoded fine enough for a page, and its copy for one comes along.
    """
    if content_format.name in _DECODED or (content_format.name in _HEIF and can_decode(content_format.name)):
        return _open_picture(path, printing)
    if content_format.name == "encrypted":
        return Contents("E115")
    opener = _OPENERS.get(content_format.name)
    return opener(path) if opener is not None else Contents()


def _open_picture(path: Path, printing: bool) -> Contents:
    with path.open("rb") as stream:
        try:
            return _make_contents(read_picture(stream, printing=printing))
        except PictureError as problem:
            if problem.key == "huge":
                return _make_contents(problem.facts, "E117")
            return Contents("E110")


def _open_heif(path: Path) -> Contents:
    with path.open("rb") as stream:
        try:
            return _make_contents(read_heif_picture(stream))
        except PictureError:
            return Contents("E110")


def _make_contents(facts: PictureFacts, fault: str | None = None) -> Contents:
    return Contents(fault, facts.pages, facts.taken, facts.turned, facts.width, facts.height, printed=facts.printed)


def _open_pdf(path: Path) -> Contents:
    with path.open("rb") as stream:
        try:
            facts = read_pdf(stream)
        except PdfError as problem:
            return Contents(_PDF_FAULTS[problem.key])
    return Contents(None, facts.pages, made=facts.made, actions=facts.actions)


def _open_zip(path: Path) -> Contents:
    try:
        with open_zip(path) as archive:
            return Contents("E118") if archive.testzip() else Contents()
    except ValueError:
        return Contents("E118")


def _open_ofd(path: Path) -> Contents:
    """An OFD (GB/T 33190) is a zip that lists its pages in the document's root part."""
    whole = _open_zip(path)
    return whole if whole.fault is not None else Contents(pages=_count_ofd_pages(path))


def _count_ofd_pages(path: Path) -> int | None:
    """The pages of all documents in an OFD; None where its parts don't say."""
    try:
        with open_zip(path) as archive:

            def parse(name: str) -> _Element:
                return parse_xml(read_part(archive, name, _MAX_PART) or b"")

            roots = [str(item.text).strip().lstrip("/") for item in parse("OFD.xml").iter("{*}DocRoot")]
            return sum(len(list(parse(root).iterfind("{*}Pages/{*}Page"))) for root in roots) or None
    except PackageError:
        return None


_OPENERS: dict[str, Callable[[Path], Contents]] = {
    "heic": _open_heif,
    "avif": _open_heif,
    "pdf": _open_pdf,
    "docx": _open_zip,
    "xlsx": _open_zip,
    "pptx": _open_zip,
    "ofd": _open_ofd,
}
