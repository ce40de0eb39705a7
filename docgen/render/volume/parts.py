"""A PDF that is to be bound: whether it can be, its bookmarks, and where its links lead."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from docgen.content.pdf import PdfError

if TYPE_CHECKING:
    from pikepdf import Object, Page, Pdf

_IN_MEMORY = 256 << 10  # a smaller file is read at once: only so many can be open at a time


@dataclass(frozen=True, slots=True)
class PdfSource:
    """A PDF to bind, its bytes or its path.

    ``ours`` was made from a template, whose margins are free; ``drawn`` is a picture on a page; of a ``found`` one
    nobody knows where it is free.
    """

    file: bytes | Path
    kind: Literal["ours", "drawn", "found"] = "found"


@dataclass(frozen=True, slots=True)
class PdfTarget:
    """A place in a PDF: the page, from 0 on, and how it is shown (``/XYZ``, ``/Fit`` … and their numbers)."""

    page: int
    view: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline; without a target it only holds others."""

    title: str
    target: PdfTarget | None
    children: tuple[Bookmark, ...] = ()


def open_part(source: bytes | Path) -> Pdf:
    """A PDF that can be bound.

    PdfError ``encrypted`` for any that is protected, since what is bound isn't, and ``damaged`` for one without pages.
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
    """The pages of a PDF that can be bound; raises as ``open_part``."""
    with open_part(source) as pdf:
        return len(pdf.pages)


class Destinations:
    """Where the links and bookmarks of a PDF lead."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._named: dict[str, Object] | None = None

    def read_bookmarks(self) -> tuple[Bookmark, ...]:
        """Its outline; none where that can't be read."""
        import pikepdf

        if "/Outlines" not in self._pdf.Root:
            return ()
        try:
            return tuple(self._read_items(self._pdf.open_outline().root))
        except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError):
            return ()  # a broken outline costs itself, never the pages

    def _read_items(self, items: Any) -> Iterator[Bookmark]:
        for item in items:
            lead = item.destination
            if lead is None and item.action is not None and item.action.get("/S") == "/GoTo":
                lead = item.action.get("/D")
            yield Bookmark(str(item.title), self._find(lead), tuple(self._read_items(item.children)))

    def read_link(self, annotation: Any) -> tuple[bool, PdfTarget | None]:
        """Whether an annotation leads to a place in the same PDF, and to which, None where there is no such place."""
        import pikepdf

        if "/Dest" in annotation:
            return True, self._find(annotation["/Dest"])
        action = annotation.get("/A")
        if isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo":
            return True, self._find(action.get("/D"))
        return False, None

    def _find(self, lead: Any) -> PdfTarget | None:
        import pikepdf

        if isinstance(lead, pikepdf.Name | pikepdf.String | str):
            lead = self._list_named().get(str(lead))
        if isinstance(lead, pikepdf.Dictionary):
            lead = lead.get("/D")
        if not isinstance(lead, pikepdf.Array) or not len(lead):
            return None
        page: Any
        page, *view = list(lead)
        if isinstance(page, int):  # as destinations in other files are told
            number = page if 0 <= page < len(self._pages) else None
        else:
            number = self._pages.get(page.objgen) if isinstance(page, pikepdf.Dictionary) else None
        return PdfTarget(number, tuple(view)) if number is not None else None

    def _list_named(self) -> dict[str, Object]:
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
    """How many graphics states the instructions of a page leave open, and how many they end that they never opened.

    Zero and zero for nearly every page; for others whatever is drawn behind would come to stand somewhere else.
    """
    import pikepdf

    depth = lowest = 0
    try:
        for instruction in pikepdf.parse_content_stream(page, "q Q"):
            depth += 1 if str(instruction.operator) == "q" else -1
            lowest = min(lowest, depth)
    except pikepdf.PdfError:  # a viewer shows as much of it as it can read
        return 0, 0
    return depth - lowest, -lowest
