"""Reads the texts of a PDF: pages, comments, form fields, properties, embedded files.

pypdf may raise any exception on broken or hostile bytes. The texts read before that are kept; the inspection of
evidence reports the broken file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from pypdf import PdfReader

_MAX_OBJECTS = 200_000
# The texts in fonts, pictures and drawings are visible only through the page, whose text is extracted itself.
_DRAWN = frozenset(("/Resources", "/AP", "/DR", "/Thumb", "/Parent", "/P"))
_TEXTS = {"/JS": "script.txt", "/XFA": "form.xml", "/RC": "comment.xml", "/RV": "value.xml"}
"""Entries whose texts may be streams, with names for what the streams hold."""
_END = b"%%EOF"
_MOST_REVISIONS = 50


@dataclass(frozen=True, slots=True)
class InnerFile:
    """A file embedded in a PDF: its name and its bytes."""

    name: str
    data: bytes


def read_texts(data: bytes) -> Iterator[str | InnerFile]:
    """All texts of a PDF, page by page, and all embedded files; nothing if the PDF doesn't open.

    A program that adds changes at the end of the file leaves what was there before, which is read as well.
    """
    yield from _read_revision(data)
    place, revisions = data.find(_END), 0
    while place >= 0 and revisions < _MOST_REVISIONS:
        end, place = place + len(_END), data.find(_END, place + 1)
        if place >= 0:
            revisions += 1
            yield from _read_revision(data[:end])


def _read_revision(data: bytes) -> Iterator[str | InnerFile]:
    try:
        reader = _open(io.BytesIO(data))
        for page in reader.pages:
            yield page.extract_text()
        yield from _walk(reader)
    except Exception:  # see above
        return


def is_drawn(path: Path) -> bool:
    """Whether a PDF has a page that is a picture without text, such as a scan, which can't be searched."""
    try:
        with path.open("rb") as stream:
            return any(
                "/XObject" in _read_resources(page) and not page.extract_text().strip() for page in _open(stream).pages
            )
    except OSError:
        raise
    except Exception:  # what can't be read can't be searched
        return True


def _open(stream: BinaryIO) -> PdfReader:
    from pypdf import PdfReader

    reader = PdfReader(stream)
    if reader.is_encrypted:
        reader.decrypt("")
    return reader


def _read_resources(page: Any) -> Any:
    resources = page.get("/Resources")
    return resources.get_object() if resources is not None else {}


def _walk(reader: PdfReader) -> Iterator[str | InnerFile]:
    """The texts of the objects below the catalogue, each once: properties, outline, comments, fields, files."""
    from pypdf.generic import ByteStringObject, IndirectObject, StreamObject, TextStringObject

    waiting: list[Any] = [reader.trailer]
    seen: set[int] = set()
    while waiting and len(seen) <= _MAX_OBJECTS:
        node = waiting.pop()
        if isinstance(node, IndirectObject):
            if node.idnum in seen:
                continue
            seen.add(node.idnum)
            node = node.get_object()
        if isinstance(node, TextStringObject):
            yield str(node)
        elif isinstance(node, ByteStringObject):
            yield node.decode("gb18030", "replace")
        elif isinstance(node, dict):
            if isinstance(node, StreamObject) and node.get("/Type") == "/Metadata":
                yield InnerFile("metadata.xml", node.get_data())
            yield from _take_file(node)
            yield from _take_streams(node)
            waiting += [value for key, value in node.items() if key not in _DRAWN]
        elif isinstance(node, list):
            waiting += node


def _take_file(node: dict[Any, Any]) -> Iterator[InnerFile]:
    """The bytes of a file specification; one file may be held in several forms."""
    held = node.get("/EF")
    if held is None:
        return
    name = str(node.get("/UF") or node.get("/F") or "")
    for stream in {getattr(item, "idnum", id(item)): item for item in held.get_object().values()}.values():
        yield InnerFile(name, stream.get_object().get_data())


def _take_streams(node: dict[Any, Any]) -> Iterator[InnerFile]:
    """The texts of a script, a form or a comment that stand in streams of their own."""
    from pypdf.generic import StreamObject

    for key, name in _TEXTS.items():
        held = node.get(key)
        value = held.get_object() if held is not None else None
        for item in value if isinstance(value, list) else [value]:
            stream = item.get_object() if item is not None else None
            if isinstance(stream, StreamObject):
                yield InnerFile(name, stream.get_data())
