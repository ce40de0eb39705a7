"""Reads the body of a Word file into paragraphs and tables, with insertions and without deletions.

Content outside of the printed lines (notes, hidden text, embedded files) is collected in ``outside``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docgen.content.blocks import Run
from docgen.content.docx.numbering import ListNumbering, NumberKind
from docgen.content.docx.styles import TextStyles
from docgen.content.flow import Outside, OutsideKind
from docgen.diagnostics import Location
from docgen.ooxml.xml import find_child, local_name, read_attribute, read_switch, read_value

if TYPE_CHECKING:
    from lxml.etree import _Element

_EXCERPT = 20
_THROUGH = frozenset(
    {"ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "rubyBase", "bdo", "dir"}
)
_SHOWN = frozenset({"t", "sym", "drawing", "pict", "object"})
_BREAKS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph: its runs and its format.

    ``number`` is the kind of number that it has of itself and ``label`` that number as it is printed; ``layout`` is
    equal for paragraphs that are set alike. ``boxes`` are the text boxes that are anchored in it; ``is_framed`` tells
    that it stands in a table of one cell.
    """

    runs: tuple[Run, ...]
    location: Location
    level: int | None = None
    is_title: bool = False
    is_caption: bool = False
    is_centred: bool = False
    size: int | None = None
    list_id: str | None = None
    list_level: int = 0
    number: NumberKind | None = None
    pictures: tuple[PurePosixPath, ...] = ()
    layout: tuple[str | None, ...] = ()
    label: str = ""
    boxes: tuple[tuple[WordBlock, ...], ...] = ()
    is_framed: bool = False
    is_subtitle: bool = False

    @property
    def text(self) -> str:
        """Its text without spaces at the ends."""
        return "".join(run.text for run in self.runs).strip()

    @property
    def is_bold(self) -> bool:
        """Whether all of its text is bold."""
        return all(run.bold for run in self.runs if run.text.strip())


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table: its cells as runs, and their content as ``cells``; the later cells of a merge are empty."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    header_rows: int
    location: Location
    cells: tuple[tuple[tuple[WordBlock, ...], ...], ...] = ()


WordBlock = WordParagraph | WordTable


@dataclass(slots=True)
class _ParagraphContent:
    """The content of a paragraph; ``sizes`` are those of its runs, in half points."""

    runs: list[Run] = field(default_factory=list)
    pictures: list[PurePosixPath] = field(default_factory=list)
    boxes: list[tuple[WordBlock, ...]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class BodyReader:
    """Reads a body: counts its paragraphs, tracks open fields, and collects the content outside of the lines.

    ``notes`` are the texts of foot and end notes; ``unended`` the beginnings of fields that have no end; ``unfilled``
    the runs of content controls that nobody filled in.
    """

    file: str
    styles: TextStyles
    numbering: ListNumbering
    targets: dict[str, str]
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    count: int = 0
    fields: list[bool] = field(default_factory=list)
    unended: set[_Element] = field(default_factory=set)
    unfilled: set[_Element] = field(default_factory=set)
    outside: list[Outside] = field(default_factory=list)
    framed: int = 0

    def read_body(self, body: _Element) -> Iterator[WordBlock]:
        """The blocks of a whole body; a field without an end hides no text."""
        self.unended, self.unfilled = _find_unended_fields(body), _find_unfilled_runs(body)
        yield from self.read(body)

    def read(self, parent: _Element) -> Iterator[WordBlock]:
        """The blocks below an element; paragraphs whose mark was deleted join the next."""
        held: WordParagraph | None = None
        for element in _iterate_blocks(parent):
            if local_name(element) in ("altChunk", "subDoc"):
                self.set_aside("chunk", "")
                continue
            if local_name(element) == "tbl":
                if held is not None:
                    yield held
                    held = None
                yield from self.read_table(element)
                continue
            paragraph = self.read_paragraph(element)
            if paragraph is None:
                continue
            if held is not None:
                joined = (*held.runs, *paragraph.runs)
                pictures = (*held.pictures, *paragraph.pictures)
                paragraph = replace(paragraph, runs=joined, pictures=pictures, location=held.location)
            held = paragraph
            if find_child(element, "pPr", "rPr", "del") is None:
                yield paragraph
                held = None
        if held is not None:
            yield held

    def read_paragraph(self, element: _Element) -> WordParagraph | None:
        """A paragraph; None for a line of a table of contents and for an empty paragraph."""
        self.count += 1
        properties = find_child(element, "pPr")
        if not len(element) or (len(element) == 1 and properties is not None and not len(properties)):
            return None
        inside = self._read_content(element, properties)
        if self.styles.is_contents(properties):
            return None
        text = "".join(run.text for run in inside.runs).strip()
        place = Location("docx", self.file, paragraph=self.count, excerpt=text[:_EXCERPT] or None)
        numbered = self.styles.find_in_paragraph(properties, "numPr")
        list_id = read_value(numbered, "numId")
        list_level = int(read_value(numbered, "ilvl") or 0)
        if list_id in (None, "0"):
            list_id = None
        return WordParagraph(
            runs=tuple(inside.runs),
            location=place,
            level=self.styles.find_level(properties),
            is_title=self.styles.is_title(properties),
            is_caption=self.styles.is_caption(properties),
            is_centred=read_attribute(self.styles.find_in_paragraph(properties, "jc"), "val") == "center",
            size=max(inside.sizes, default=None),
            list_id=list_id,
            list_level=list_level,
            number=None if list_id is None else self.numbering.find_kind(list_id, list_level),
            pictures=tuple(inside.pictures),
            layout=self.read_layout(properties, inside.runs),
            label="" if list_id is None else self.numbering.count(list_id, list_level),
            boxes=tuple(inside.boxes),
            is_framed=self.framed > 0,
            is_subtitle=self.styles.is_subtitle(properties),
        )

    def _read_content(self, element: _Element, properties: _Element | None) -> _ParagraphContent:
        """What is printed of a paragraph; hidden text and placeholders are set aside."""
        inside = _ParagraphContent()
        for run in self.iterate_runs(element):
            formats = find_child(run, "rPr")
            text = self.read_run(run, inside.pictures)
            inside.boxes += self.read_boxes(run)
            if text and run in self.unfilled:
                self.set_aside("unfilled", text)
                continue
            if text and self.styles.is_switched("vanish", formats, properties):
                self.set_aside("hidden", text)
                continue
            if not text:
                continue
            size = self.styles.find_size(formats, properties)
            inside.sizes += [] if size is None else [size]
            bold = self.styles.is_switched("b", formats, properties)
            italic = self.styles.is_switched("i", formats, properties)
            _append(inside.runs, Run(text, bold, italic, self.styles.is_east_asian(formats, properties)))
        return inside

    def set_aside(self, kind: OutsideKind, text: str) -> None:
        """Collect content outside of the printed lines, with its paragraph."""
        last = self.outside[-1] if self.outside else None
        goes_on = last is not None and (last.kind, last.location.paragraph) == (kind, self.count)
        if last is not None and goes_on and kind in ("hidden", "unfilled"):
            self.outside[-1] = replace(last, text=last.text + text)
            return
        excerpt = " ".join(text.split())[:_EXCERPT] or None
        place = Location("docx", self.file, paragraph=max(self.count, 1), excerpt=excerpt)
        self.outside.append(Outside(kind, text, place))

    def read_boxes(self, run: _Element) -> Iterator[tuple[WordBlock, ...]]:
        """The text boxes in a run; a copy for old readers is skipped."""
        for content in _iterate_boxes(run):
            # a reader of its own: paragraphs in boxes aren't counted, and stand where their box is anchored
            inner = BodyReader(self.file, self.styles, self.numbering, self.targets, self.notes, max(self.count - 1, 0))
            inner.outside, inner.unended, inner.unfilled = self.outside, self.unended, self.unfilled
            blocks = tuple(inner.read(content))
            if any(not isinstance(block, WordParagraph) or block.text for block in blocks):
                yield blocks

    def read_layout(self, properties: _Element | None, runs: list[Run]) -> tuple[str | None, ...]:
        """The layout of a paragraph, for comparison: style, alignment, indent, leading spaces."""
        indent = find_child(properties, "ind")
        typed = "typed" if runs and runs[0].text[:4].isspace() and len(runs[0].text) >= 4 else None
        indents = [read_attribute(indent, name) for name in ("left", "leftChars", "start", "startChars")]
        return (self.styles.style_of(properties), read_value(properties, "jc"), typed, *indents)

    def iterate_runs(self, parent: _Element) -> Iterator[_Element]:
        """The printed runs of a paragraph, with insertions and without deletions."""
        for child in parent:
            name = local_name(child)
            if name in ("r", "oMath"):
                yield child
            elif name == "AlternateContent":
                yield from _choose([list(self.iterate_runs(branch)) for branch in child])
            elif name == "subDoc":
                self.set_aside("chunk", "")
            elif name in ("sdt", "oMathPara") or name in _THROUGH:
                yield from self.iterate_runs(child)

    def read_run(self, run: _Element, pictures: list[PurePosixPath]) -> str:
        """The text of a run without field codes, notes and text boxes; pictures are noted."""
        if local_name(run) == "oMath":
            return "".join(leaf.text or "" for leaf in run.iter() if local_name(leaf) == "t")
        pieces: list[str] = []
        for child in run:
            if local_name(child) == "fldChar":
                self.read_field_mark(child)
            elif all(self.fields):
                pieces.append(self.read_piece(child, pictures))
        return "".join(pieces)

    def read_piece(self, child: _Element, pictures: list[PurePosixPath]) -> str:
        """The text of a part of a run."""
        name = local_name(child)
        if name == "t":
            return child.text or ""
        if name == "br":
            return "\n" if read_attribute(child, "type") in (None, "textWrapping") else ""
        if name == "sym":
            return _read_symbol(child)
        if name == "ruby":
            return "".join(self.read_run(inner, pictures) for inner in self.iterate_runs(child))
        if name in ("drawing", "pict", "object", "AlternateContent"):
            pictures += self.find_pictures(child)
            return _read_alternatives(child) if name == "AlternateContent" else ""
        if name in ("footnoteReference", "endnoteReference"):
            self.read_note(name.removesuffix("Reference"), read_attribute(child, "id") or "")
        return _BREAKS.get(name, "")

    def read_note(self, kind: str, key: str) -> None:
        """Set a foot or end note aside."""
        note = self.notes.get((kind, key), "")
        if note.strip():
            self.set_aside("footnote", note)

    def read_field_mark(self, mark: _Element) -> None:
        """Track a field: its result is text, its code isn't; a field without an end is ignored."""
        kind = read_attribute(mark, "fldCharType")
        if mark in self.unended:
            return
        if kind == "begin":
            self.fields.append(False)
        elif kind == "separate" and self.fields:
            self.fields[-1] = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def find_pictures(self, element: _Element) -> Iterator[PurePosixPath]:
        """The pictures inside a drawing, as the parts of the file that hold them."""
        for inner in element.iter():
            name = local_name(inner)
            if name == "graphicData" and any(local_name(child) == "chart" for child in inner):
                self.set_aside("chart", "")
            key = read_attribute(inner, "embed") if name == "blip" else read_attribute(inner, "id")
            if name in ("blip", "imagedata") and key in self.targets:
                yield PurePosixPath(self.targets[key])

    def read_table(self, element: _Element) -> Iterator[WordBlock]:
        """A table; the content of a table with a single cell (a frame) belongs to the body."""
        rows = [row for row in _iterate_through(element, "tr") if find_child(row, "trPr", "del") is None]
        cells = [list(_iterate_through(row, "tc")) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:
            self.framed += 1
            yield from self.read(cells[0][0])
            self.framed -= 1
            return
        first = self.count + 1
        contents = tuple(tuple(tuple(self.read_cell(cell)) for cell in row) for row in cells)
        table = tuple(tuple(_join_cell(cell) for cell in row) for row in contents)
        heads = 0
        while heads < len(rows) and read_switch(find_child(rows[heads], "trPr"), "tblHeader"):
            heads += 1
        texts = ("".join(run.text for run in cell).strip() for row in table for cell in row)
        excerpt = next((text[:_EXCERPT] for text in texts if text), None)
        if table:
            yield WordTable(table, heads or 1, Location("docx", self.file, paragraph=first, excerpt=excerpt), contents)

    def read_cell(self, cell: _Element) -> list[WordBlock]:
        """The content of a cell; empty for a later cell of a merge."""
        merged = find_child(cell, "tcPr", "vMerge")
        is_later = merged is not None and read_attribute(merged, "val") != "restart"
        blocks = list(self.read(cell))
        return [] if is_later else blocks


def _join_cell(blocks: tuple[WordBlock, ...]) -> tuple[Run, ...]:
    """A cell as runs, with its paragraphs and nested tables joined by line breaks."""
    runs: list[Run] = []
    for block in blocks:
        inner = [block.runs] if isinstance(block, WordParagraph) else [part for row in block.rows for part in row]
        for part in inner:
            if runs and part:
                _append(runs, replace(runs[-1], text="\n"))
            for run in part:
                _append(runs, run)
    return tuple(runs)


def _read_alternatives(element: _Element) -> str:
    """The text of the first alternative with any, the fallback included."""
    texts = ("".join(leaf.text or "" for leaf in branch if local_name(leaf) == "t") for branch in element)
    return next((text for text in texts if text), "")


def _choose(branches: list[list[_Element]]) -> list[_Element]:
    """The alternative that is read: the first that holds text or a picture, else the first."""
    for branch in branches:
        if any(local_name(leaf) in _SHOWN for element in branch for leaf in element.iter()):
            return branch
    return branches[0] if branches else []


def _find_unended_fields(body: _Element) -> set[_Element]:
    """The beginnings of fields without an end, after which the content is text and not a field code.

    A field must end in the same text; a text box is a text of its own.
    """
    opened: dict[_Element | None, list[_Element]] = defaultdict(list)
    for element in body.iter("{*}fldChar"):
        kind = read_attribute(element, "fldCharType")
        story = opened[next(element.iterancestors("{*}txbxContent"), None)]
        if kind == "begin":
            story.append(element)
        elif kind == "end" and story:
            story.pop()
    return {element for story in opened.values() for element in story}


def _find_unfilled_runs(body: _Element) -> set[_Element]:
    """The runs of content controls that show their placeholder."""
    return {
        run
        for control in body.iter("{*}sdt")
        if read_switch(find_child(control, "sdtPr"), "showingPlcHdr")
        for run in control.iter("{*}r")
    }


def _iterate_boxes(element: _Element) -> Iterator[_Element]:
    """The contents of the text boxes below an element, without nested boxes."""
    for child in element:
        name = local_name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            branches = (list(_iterate_boxes(branch)) for branch in child)
            yield from next((contents for contents in branches if contents), [])
        else:
            yield from _iterate_boxes(child)


def _append(runs: list[Run], run: Run) -> None:
    """Add a run, joined to the last one if their formats are equal."""
    if runs and replace(runs[-1], text="") == replace(run, text=""):
        run = replace(run, text=runs.pop().text + run.text)
    runs.append(run)


def _read_symbol(element: _Element) -> str:
    code = read_attribute(element, "char") or ""
    try:
        return chr(int(code, 16))
    except ValueError:
        return ""


def _iterate_blocks(parent: _Element) -> Iterator[_Element]:
    """The paragraphs and tables below an element, through content controls and insertions; no table of contents."""
    for child in parent:
        name = local_name(child)
        if name in ("p", "tbl", "altChunk", "subDoc"):
            yield child
        elif name == "sdt":
            gallery = read_value(child, "sdtPr", "docPartObj", "docPartGallery")
            if gallery != "Table of Contents":
                yield from _iterate_blocks(child)
        elif name == "AlternateContent":
            yield from _choose([list(_iterate_blocks(branch)) for branch in child])
        elif name in _THROUGH:
            yield from _iterate_blocks(child)


def _iterate_through(parent: _Element, name: str) -> Iterator[_Element]:
    """The rows of a table, or the cells of a row, through content controls."""
    for child in parent:
        if local_name(child) == name:
            yield child
        elif local_name(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _iterate_through(child, name)
