"""Binds the pages of many PDFs into one, with page numbers, outline, links and page labels; always the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.render.volume.claims import PdfClaim, read_claim, write_metadata
from docgen.render.volume.parts import Bookmark, LinkReader, PdfSource, PdfTarget, count_open_states, open_part
from docgen.render.volume.stamps import Corner, PageBox, draw_stamp, make_font, measure_strip, name_font, scale_stamp

if TYPE_CHECKING:
    from pikepdf import Array, Object, OutlineItem, Page, Pdf

PAGE_LINK = "https://page.invalid/"
"""The start of a link's address in a piece with ``links``; the number of the page that it leads to follows."""


@dataclass(frozen=True, slots=True)
class BoundPiece:
    """A titled piece of the volume: a document, or a paper (cover, index) whose pages have no number.

    ``label`` is the page label of such a paper in viewers; ``links``: its links are page numbers.
    """

    id: str
    title: str
    sources: tuple[PdfSource, ...]
    numbered: bool = True
    label: str = ""
    links: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """Pieces under one title of the outline; without a title they stand at the top level."""

    title: str
    pieces: tuple[BoundPiece, ...]


@dataclass(frozen=True, slots=True)
class VolumeProperties:
    """The properties of the bound PDF, and the corner of its page numbers."""

    title: str
    author: str
    producer: str
    moment: dt.date
    corner: Corner = "lower"


@dataclass(frozen=True, slots=True)
class BindingResult:
    """The result: its pages, the last page number, whether it claims PDF/A, else the ids of pieces that don't."""

    pages: int
    numbered: int
    claimed: bool
    unclaimed: tuple[str, ...] = ()


def bind(chapters: Sequence[Chapter], target: Path, about: VolumeProperties) -> BindingResult:
    """Write the volume to ``target``. PdfError where a source can't be bound; check with ``count_bindable`` before."""
    import pikepdf

    with ExitStack() as stack, pikepdf.new() as pdf:
        binder = _Binder(pdf, about, stack)
        return binder.bind(chapters, target)


class _Binder:
    def __init__(self, pdf: Pdf, about: VolumeProperties, stack: ExitStack) -> None:
        self._pdf = pdf
        self._about = about
        self._stack = stack
        self._font = make_font(pdf)
        self._save_state = pdf.make_stream(b"q\n")
        self._number = 0
        self._numbered: dict[int, Page] = {}
        self._labels: list[Any] = []
        self._index_pages: list[Page] = []
        self._claims: list[tuple[str, PdfClaim]] = []
        self._layers: list[Object] = []
        self._hidden: list[Object] = []

    def bind(self, chapters: Sequence[Chapter], target: Path) -> BindingResult:
        with self._pdf.open_outline() as outline:
            for chapter in chapters:
                items = [self._add_piece(piece) for piece in chapter.pieces]
                outline.root.extend([self._group_items(chapter.title, items)] if chapter.title and items else items)
        for page in self._index_pages:
            self._link_index(page)
        claimed, unclaimed = self._check_claims()
        self._write_properties(claimed=claimed)
        self._pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=_get_stream_mode(),
            min_version="1.7",
            fix_metadata_version=False,  # keep the metadata as written
        )
        return BindingResult(len(self._pdf.pages), self._number, claimed, unclaimed)

    def _add_piece(self, piece: BoundPiece) -> OutlineItem:
        first = len(self._pdf.pages)
        bookmarks: list[OutlineItem] = []
        for source in piece.sources:
            bookmarks += self._add_source(piece, source)
        self._add_label(piece, first)
        item = self._make_item(piece.title, PdfTarget(first, ()))
        item.children.extend(bookmarks)
        item.is_closed = True
        return item

    def _add_source(self, piece: BoundPiece, source: PdfSource) -> list[OutlineItem]:
        part = self._stack.enter_context(open_part(source.file))
        if source.kind != "drawn":
            self._claims.append((piece.id, read_claim(part)))
        first = len(self._pdf.pages)
        if "/AcroForm" in part.Root:  # form fields and seals become page content; nobody fills in a volume
            part.flatten_annotations()
        for page in part.pages:
            self._pdf.pages.append(page)
        self._add_layers(part)
        link_reader = LinkReader(part)
        for number, original in enumerate(part.pages):
            page = self._pdf.pages[first + number]
            self._redirect_links(page, original, link_reader, first)
            if "/StructParents" in page:
                del page["/StructParents"]
            if piece.numbered:
                self._stamp_page(page, source)
            elif piece.links:
                self._index_pages.append(page)
        return [self._copy_bookmark(item, first) for item in link_reader.read_bookmarks()]

    def _add_layers(self, part: Pdf) -> None:
        """Add a part's layers to the volume, so that hidden layers of a drawing stay hidden."""
        from pikepdf import Dictionary, Name

        layers = part.Root.get("/OCProperties")
        if not isinstance(layers, Dictionary):
            return
        shown = layers.get("/D", Dictionary())
        groups = {group.objgen: group for group in layers.get("/OCGs", [])}
        hidden = {group.objgen for group in shown.get("/OFF", [])}
        if shown.get("/BaseState") == Name.OFF:
            hidden |= groups.keys() - {group.objgen for group in shown.get("/ON", [])}
        for number, group in groups.items():
            copied = self._pdf.copy_foreign(group)
            self._layers.append(copied)
            self._hidden += [copied] if number in hidden else []

    def _stamp_page(self, page: Page, source: PdfSource) -> None:
        """Number a page; a page with unknown margins grows by a strip, so that the number covers nothing."""
        from pikepdf import Array, Dictionary

        self._number += 1
        self._numbered[self._number] = page
        corner = self._about.corner
        unit = float(page.get("/UserUnit", 1))
        box = read_box(page)
        scale, strip = scale_stamp(box, unit), 0.0
        opened = closed = 0
        if source.kind == "found":
            strip = measure_strip(box, unit)
            box = box.grow(strip, corner)
            _set_boxes(page, box)
            opened, closed = count_open_states(page)
        stamp = b"\nQ" * (opened + 1) + draw_stamp(self._number, box, corner, scale=scale, strip=strip)
        content = page.obj.get("/Contents")
        existing = list(content) if isinstance(content, Array) else [content] if content is not None else []
        page.obj["/Contents"] = Array([self._save_state] * (closed + 1) + [*existing, self._pdf.make_stream(stamp)])
        if "/Resources" not in page.obj:
            page.obj["/Resources"] = Dictionary()
        if "/Font" not in page.obj["/Resources"]:
            page.obj["/Resources"]["/Font"] = Dictionary()
        page.obj["/Resources"]["/Font"][name_font()] = self._font

    def _redirect_links(self, page: Page, original: Page, link_reader: LinkReader, first: int) -> None:
        """Redirect the links inside of a document to the same pages in the volume."""
        from pikepdf import Array, Dictionary

        annotations = original.obj.get("/Annots")
        if not isinstance(annotations, Array):
            return
        for old, new in zip(list(annotations), list(page.obj["/Annots"]), strict=True):
            if not isinstance(new, Dictionary) or not isinstance(old, Dictionary):
                continue
            if "/StructParent" in new:
                del new["/StructParent"]
            is_internal, target = link_reader.read_link(old)
            if is_internal:
                self._set_target(new, target, first)

    def _set_target(self, annotation: Object, target: PdfTarget | None, first: int) -> None:
        for key in ("/A", "/Dest"):
            if key in annotation:
                del annotation[key]
        if target is not None:
            annotation["/Dest"] = self._make_destination(target, first)

    def _link_index(self, page: Page) -> None:
        """Redirect the links of an index page from page numbers to pages."""
        from pikepdf import Dictionary

        for annotation in page.obj.get("/Annots", []):
            action = annotation.get("/A") if isinstance(annotation, Dictionary) else None
            address = str(action.get("/URI", "")) if isinstance(action, Dictionary) else ""
            if address.startswith(PAGE_LINK):
                number = address.removeprefix(PAGE_LINK)
                numbered = self._numbered.get(int(number)) if number.isdecimal() else None
                target = PdfTarget(numbered.index, ()) if numbered is not None else None
                self._set_target(annotation, target, 0)

    def _make_destination(self, target: PdfTarget, first: int) -> Array:
        from pikepdf import Array, Name

        page = self._pdf.pages[first + target.page]
        return Array([page.obj, *(target.view or (Name.Fit,))])

    def _make_item(self, title: str, target: PdfTarget | None, first: int = 0) -> OutlineItem:
        from pikepdf import OutlineItem

        return OutlineItem(title, self._make_destination(target, first) if target is not None else None)

    def _copy_bookmark(self, bookmark: Bookmark, first: int) -> OutlineItem:
        item = self._make_item(bookmark.title, bookmark.target, first)
        item.children.extend(self._copy_bookmark(child, first) for child in bookmark.children)
        item.is_closed = True
        return item

    def _group_items(self, title: str, items: Sequence[OutlineItem]) -> OutlineItem:
        from pikepdf import OutlineItem

        item = OutlineItem(title, items[0].destination)
        item.children.extend(items)
        return item

    def _add_label(self, piece: BoundPiece, first: int) -> None:
        """Label the pages of a piece for viewers: by the stamped number, or by the name of the paper."""
        from pikepdf import Dictionary, Name, String

        count = len(self._pdf.pages) - first
        if not piece.numbered:
            label = Dictionary(P=String(piece.label))
            if count > 1:
                label["/S"] = Name.D
            self._labels += [first, label]
        elif self._number == count or not self._labels or "/P" in self._labels[-1]:
            self._labels += [first, Dictionary(S=Name.D, St=self._number - count + 1)]

    def _check_claims(self) -> tuple[bool, tuple[str, ...]]:
        unclaimed = tuple(dict.fromkeys(name for name, claim in self._claims if not claim.holds))
        has_colours = any(claim.intent is not None for _, claim in self._claims)
        return not unclaimed and has_colours, unclaimed

    def _write_properties(self, *, claimed: bool) -> None:
        from pikepdf import Array, Dictionary, Name, Stream, String

        about, root = self._about, self._pdf.Root
        root["/Lang"] = String("zh-CN")
        root["/PageMode"] = Name.UseOutlines
        root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
        root["/PageLabels"] = self._pdf.make_indirect(Dictionary(Nums=Array(self._labels)))
        if self._layers:
            shown = Dictionary(Name=String("volume"), Order=Array(self._layers), OFF=Array(self._hidden))
            root["/OCProperties"] = Dictionary(OCGs=Array(self._layers), D=shown)
        packet = write_metadata(about.title, about.author, about.producer, about.moment, claimed=claimed)
        root["/Metadata"] = Stream(self._pdf, packet, Type=Name.Metadata, Subtype=Name.XML)
        if claimed:
            intent = next(claim.intent for _, claim in self._claims if claim.intent is not None)
            root["/OutputIntents"] = Array([self._pdf.copy_foreign(intent)])
        day = f"D:{about.moment:%Y%m%d}000000Z"
        texts = {"Title": about.title, "Author": about.author, "Creator": about.producer, "Producer": about.producer}
        for key, value in {**texts, "CreationDate": day, "ModDate": day}.items():
            if value:
                self._pdf.docinfo[f"/{key}"] = String(value)


def _get_stream_mode() -> Any:
    from pikepdf import ObjectStreamMode

    return ObjectStreamMode.generate


def read_box(page: Page) -> PageBox:
    """Read the visible box of a page: its crop box, cut to the media box."""
    media, crop = _read_rectangle(page.mediabox), _read_rectangle(page.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if left >= right or bottom >= top:
        left, bottom, right, top = media
    turned = page.obj.get("/Rotate", 0)
    return PageBox(left, bottom, right, top, int(turned) % 360 if isinstance(turned, int) else 0)


def _read_rectangle(values: Any) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in values)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _set_boxes(page: Page, box: PageBox) -> None:
    """Set the visible box of a page; the media box is enlarged where needed."""
    media = _read_rectangle(page.mediabox)
    page.obj["/CropBox"] = list(_round((box.left, box.bottom, box.right, box.top)))
    lower, upper = (
        (min(media[0], box.left), min(media[1], box.bottom)),
        (max(media[2], box.right), max(media[3], box.top)),
    )
    page.obj["/MediaBox"] = list(_round((*lower, *upper)))


def _round(values: Sequence[float]) -> Iterator[float]:
    return (round(value, 3) for value in values)
