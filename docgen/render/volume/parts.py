"""Reads a PDF to bind: opens it, or says why it can't be bound, and finds the targets of its bookmarks and links."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from docgen.content.pdf import PdfError

if TYPE_CHECKING:
    from pikepdf import Object, Page, Pdf

_IN_MEMORY = 256 << 10  # bytes; smaller files are read into memory, since the number of open files is limited


@dataclass(frozen=True, slots=True)
class PdfSource:
    """A PDF to bind, its bytes or its path.

    ``ours`` was made from a template, so its margins are free; ``drawn`` is a picture on a page; the free space of a
    ``found`` one is unknown.
    """

    file: bytes | Path
    kind: Literal["ours", "drawn", "found"] = "found"


@dataclass(frozen=True, slots=True)
class PdfTarget:
    """The target of a link: the page (from 0) and the view of it (``/XYZ``, ``/Fit`` … with their numbers)."""

    page: int
    view: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline; without a target it only groups others."""

    title: str
    target: PdfTarget | None
    children: tuple[Bookmark, ...] = ()


def open_part(source: bytes | Path) -> Pdf:
    """Open a PDF to bind.

    PdfError ``encrypted`` for any protected PDF, since the volume is not, and ``damaged`` for one without pages.
    """
    import pikepdf

    try:
        small = isinstance(source, bytes) or source.stat().st_size <= _IN_MEMORY
        data = source.read_bytes() if isinstance(source, Path) and small else source
        pdf = pikepdf.open(io.BytesIO(data) if isinstance(data, bytes) else data)
        count = len(pdf.pages)
    except pikepdf.PasswordError as problem:
        raise PdfError("encrypted") from problem
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError) as problem:
        raise PdfError("damaged") from problem
    if pdf.is_encrypted or not count:
        pdf.close()
        raise PdfError("encrypted" if count else "damaged")
    return pdf


def count_bindable(source: bytes | Path) -> int:
    """Count the pages of a PDF to bind; raises as ``open_part``."""
    with open_part(source) as pdf:
        return len(pdf.pages)


class LinkReader:
    """Reads the links and bookmarks of a PDF, with the pages that they lead to."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._named: dict[str, Object] | None = None

    def read_bookmarks(self) -> tuple[Bookmark, ...]:
        """Read the outline; empty where it can't be read."""
        import pikepdf

        if "/Outlines" not in self._pdf.Root:
            return ()
        try:
            return tuple(self._read_items(self._pdf.open_outline().root))
        except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError):
            return ()  # a broken outline is dropped; the pages are bound all the same

    def _read_items(self, items: Any) -> Iterator[Bookmark]:
        for item in items:
            destination = item.destination
            if destination is None and item.action is not None and item.action.get("/S") == "/GoTo":
                destination = item.action.get("/D")
            yield Bookmark(str(item.title), self._find_target(destination), tuple(self._read_items(item.children)))

    def read_link(self, annotation: Any) -> tuple[bool, PdfTarget | None]:
        """Read whether an annotation links into the same PDF, and its target (None where that doesn't exist)."""
        import pikepdf

        if "/Dest" in annotation:
            return True, self._find_target(annotation["/Dest"])
        action = annotation.get("/A")
        if isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo":
            return True, self._find_target(action.get("/D"))
        return False, None

    def _find_target(self, destination: Any) -> PdfTarget | None:
        import pikepdf

        if isinstance(destination, pikepdf.Name | pikepdf.String | str):
            destination = self._list_named_targets().get(str(destination))
        if isinstance(destination, pikepdf.Dictionary):
            destination = destination.get("/D")
        if not isinstance(destination, pikepdf.Array) or not len(destination):
            return None
        page: Any
        page, *view = list(destination)
        if isinstance(page, int):  # a page number, as in links to other files
            number = page if 0 <= page < len(self._pages) else None
        else:
            number = self._pages.get(page.objgen) if isinstance(page, pikepdf.Dictionary) else None
        return PdfTarget(number, tuple(view)) if number is not None else None

    def _list_named_targets(self) -> dict[str, Object]:
        import pikepdf

        if self._named is None:
            self._named = {}
            root = self._pdf.Root
            if "/Dests" in root:
                self._named |= {str(name): value for name, value in root["/Dests"].items()}
            if "/Names" in root and "/Dests" in root["/Names"]:
                tree = pikepdf.NameTree(root["/Names"]["/Dests"])
                self._named |= {str(name): value for name, value in tree.items()}
        return self._named


def count_open_states(page: Page) -> tuple[int, int]:
    """Count the graphics states that a page's instructions leave open, and those that they close without opening.

    Zero and zero for nearly every page; on others, whatever is drawn afterwards would be displaced.
    """
    import pikepdf

    depth = lowest = 0
    try:
        for instruction in pikepdf.parse_content_stream(page, "q Q"):
            depth += 1 if str(instruction.operator) == "q" else -1
            lowest = min(lowest, depth)
    except pikepdf.PdfError:  # viewers show as much of the page as they can read
        return 0, 0
    return depth - lowest, -lowest
