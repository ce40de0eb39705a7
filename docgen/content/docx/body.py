"""The body of a Word file → paragraphs and tables as they are read: deletions gone, insertions in, text boxes aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docgen.content.docx.styles import Numbering, NumberKind, Styles
from docgen.content.model import Run
from docgen.diagnostics import Location
from docgen.ooxml.xml import find_child, local_name, read_attribute, read_switch, read_value

if TYPE_CHECKING:
    from lxml.etree import _Element

_EXCERPT = 20
_THROUGH = frozenset(
    {"ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "Choice", "rubyBase"}
)
_BREAKS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph: its runs and what its format says.

    ``number`` is the kind of number that it has of itself, ``layout`` is equal for paragraphs that are set alike.
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
    """A table: cells as runs; the second and later cells of a merge are empty."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    header_rows: int
    location: Location


WordBlock = WordParagraph | WordTable


@dataclass(slots=True)
class BodyReader:
    """Reads a body; counts its paragraphs, and remembers the fields that are open."""

    file: str
    styles: Styles
    numbering: Numbering
    targets: dict[str, str]
    count: int = 0
    fields: list[bool] = field(default_factory=list)

    def read(self, parent: _Element) -> Iterator[WordBlock]:
        """The blocks below an element; paragraphs whose mark was deleted join the next."""
        held: WordParagraph | None = None
        for element in _iterate_blocks(parent):
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
        """One paragraph; None for a line of a table of contents."""
        self.count += 1
        properties = find_child(element, "pPr")
        runs: list[Run] = []
        pictures: list[PurePosixPath] = []
        sizes: list[int] = []
        for run in self.iterate_runs(element):
            formats = find_child(run, "rPr")
            text = self.read_run(run, pictures)
            if not text or read_switch(formats, "vanish"):
                continue
            size = self.styles.find_size(formats, properties)
            sizes += [] if size is None else [size]
            bold = self.styles.is_switched("b", formats, properties)
            italic = self.styles.is_switched("i", formats, properties)
            _append(runs, Run(text, bold, italic, self.styles.is_east_asian(formats, properties)))
        if self.styles.is_contents(properties):
            return None
        text = "".join(run.text for run in runs).strip()
        place = Location("docx", self.file, paragraph=self.count, excerpt=text[:_EXCERPT] or None)
        numbered = self.styles.find_in_paragraph(properties, "numPr")
        list_id = read_value(numbered, "numId")
        list_level = int(read_value(numbered, "ilvl") or 0)
        if list_id in (None, "0"):
            list_id = None
        return WordParagraph(
            tuple(runs),
            place,
            self.styles.find_level(properties),
            self.styles.is_title(properties),
            self.styles.is_caption(properties),
            read_attribute(self.styles.find_in_paragraph(properties, "jc"), "val") == "center",
            max(sizes, default=None),
            list_id,
            list_level,
            None if list_id is None else self.numbering.find_kind(list_id, list_level),
            tuple(pictures),
            self.read_layout(properties, runs),
        )

    def read_layout(self, properties: _Element | None, runs: list[Run]) -> tuple[str | None, ...]:
        """What sets a paragraph off from others: style, alignment, indent, spaces typed before it."""
        indent = find_child(properties, "ind")
        typed = "typed" if runs and runs[0].text[:4].isspace() and len(runs[0].text) >= 4 else None
        left = [read_attribute(indent, name) for name in ("left", "leftChars", "start", "startChars")]
        return (self.styles.style_of(properties), read_value(properties, "jc"), typed, *left)

    def iterate_runs(self, parent: _Element) -> Iterator[_Element]:
        """The runs of a paragraph as they are printed: what was inserted, not what was deleted."""
        for child in parent:
            name = local_name(child)
            if name in ("r", "oMath"):
                yield child
            elif name in ("sdt", "AlternateContent", "oMathPara") or name in _THROUGH:
                yield from self.iterate_runs(child)

    def read_run(self, run: _Element, pictures: list[PurePosixPath]) -> str:
        """The text of a run; field codes, notes and text boxes are left aside, pictures noted."""
        if local_name(run) == "oMath":
            return "".join(leaf.text or "" for leaf in run.iter() if local_name(leaf) == "t")
        pieces: list[str] = []
        for child in run:
            name = local_name(child)
            if name == "fldChar":
                self.read_field_mark(read_attribute(child, "fldCharType"))
            elif not all(self.fields):
                continue
            elif name == "t":
                pieces.append(child.text or "")
            elif name == "br":
                pieces.append("\n" if read_attribute(child, "type") in (None, "textWrapping") else "")
            elif name == "sym":
                pieces.append(_read_symbol(child))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                pictures += self.find_pictures(child)
            elif name == "ruby":
                pieces += (self.read_run(inner, pictures) for inner in self.iterate_runs(child))
            else:
                pieces.append(_BREAKS.get(name, ""))
        return "".join(pieces)

    def read_field_mark(self, kind: str | None) -> None:
        """Follow a field: its code isn't text, its result is."""
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
            key = read_attribute(inner, "embed") if name == "blip" else read_attribute(inner, "id")
            if name in ("blip", "imagedata") and key in self.targets:
                yield PurePosixPath(self.targets[key])

    def read_table(self, element: _Element) -> Iterator[WordBlock]:
        """A table; one of a single cell is a frame, and what it holds belongs to the body."""
        rows = [row for row in _iterate_through(element, "tr") if find_child(row, "trPr", "del") is None]
        cells = [list(_iterate_through(row, "tc")) for row in rows]
        if len(cells) == 1 and len(cells[0]) == 1:
            yield from self.read(cells[0][0])
            return
        first = self.count + 1
        table = tuple(tuple(self.read_cell(cell) for cell in row) for row in cells)
        heads = 0
        while heads < len(rows) and read_switch(find_child(rows[heads], "trPr"), "tblHeader"):
            heads += 1
        texts = ("".join(run.text for run in cell).strip() for row in table for cell in row)
        excerpt = next((text[:_EXCERPT] for text in texts if text), None)
        if table:
            yield WordTable(table, heads or 1, Location("docx", self.file, paragraph=first, excerpt=excerpt))

    def read_cell(self, cell: _Element) -> tuple[Run, ...]:
        """A cell as runs, its paragraphs one below the other; tables inside it are read along."""
        merged = find_child(cell, "tcPr", "vMerge")
        is_rest = merged is not None and read_attribute(merged, "val") != "restart"
        runs: list[Run] = []
        for block in self.read(cell):
            inner = [block.runs] if isinstance(block, WordParagraph) else [part for row in block.rows for part in row]
            for part in inner:
                if runs and part:
                    _append(runs, replace(runs[-1], text="\n"))
                for run in part:
                    _append(runs, run)
        return () if is_rest else tuple(runs)


def _append(runs: list[Run], run: Run) -> None:
    """Add a run; one in the same format as the last goes on with it."""
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
        if name in ("p", "tbl"):
            yield child
        elif name == "sdt":
            gallery = read_value(child, "sdtPr", "docPartObj", "docPartGallery")
            if gallery != "Table of Contents":
                yield from _iterate_blocks(child)
        elif name == "AlternateContent" or name in _THROUGH:
            yield from _iterate_blocks(child)


def _iterate_through(parent: _Element, name: str) -> Iterator[_Element]:
    """The rows of a table, or the cells of a row, through content controls."""
    for child in parent:
        if local_name(child) == name:
            yield child
        elif local_name(child) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _iterate_through(child, name)
