"""A document as it stands in its file: lines in their order with what their format says, before anyone reads headings.

``DocumentContent`` is what a document means: title, sections. Whoever must find out by other signs what a line is (a
bare line that names a part, a table that is a form) begins here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docgen.content.blocks import Paragraph, Picture, Run, Table
from docgen.diagnostics import NOWHERE, Location

OutsideKind = Literal["footnote", "hidden", "chunk", "chart", "field", "unfilled"]
"""A foot or end note; hidden text; a file inside the file, or beside it, that nobody reads; a chart; a field without an
end; what a content control shows until it is filled in."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its heading level by style or mark-up, the number that a program prints before it, how it is set.

    ``size`` is in half points. In a line that ``wraps``, line breaks only show where the source was wrapped.
    ``is_heading`` is what the reader takes it for by its looks; it may be a heading inside a part. ``is_label`` is a
    short cell beside a longer one, ``is_field`` one in a row of nothing but short cells, ``is_framed`` what stands in a
    table of one cell.
    """

    paragraph: Paragraph
    level: int | None = None
    number: str = ""
    is_heading: bool = False
    is_title: bool = False
    is_subtitle: bool = False
    is_caption: bool = False
    is_centred: bool = False
    is_bold: bool = False
    size: int | None = None
    wraps: bool = False
    is_label: bool = False
    is_field: bool = False
    is_framed: bool = False

    @property
    def text(self) -> str:
        """Its text without spaces at the ends."""
        return self.paragraph.text.strip()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, and what each of its cells holds."""

    table: Table
    cells: tuple[tuple[tuple[FlowItem, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A text box, where it is anchored."""

    items: tuple[FlowItem, ...]
    location: Location = NOWHERE


FlowItem = Line | Grid | Box | Picture


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that stands in the file and not among its lines, with its text."""

    kind: OutsideKind
    text: str = ""
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Flow:
    """All of a document: its lines, tables, boxes and pictures in order, and what stands outside of them."""

    items: tuple[FlowItem, ...]
    outside: tuple[Outside, ...] = ()


def iterate_lines(items: tuple[FlowItem, ...]) -> Iterator[Line]:
    """Every line, those in cells and boxes, too."""
    for item in items:
        if isinstance(item, Line):
            yield item
        elif isinstance(item, Box):
            yield from iterate_lines(item.items)
        elif isinstance(item, Grid):
            for row in item.cells:
                for cell in row:
                    yield from iterate_lines(cell)


def cut_runs(runs: tuple[Run, ...], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Runs before and behind a place in their text."""
    before: list[Run] = []
    behind: list[Run] = []
    for run in runs:
        head, tail = run.text[: max(at, 0)], run.text[max(at, 0) :]
        at -= len(run.text)
        before += [_with_text(run, head)] if head else []
        behind += [_with_text(run, tail)] if tail else []
    return tuple(before), tuple(behind)


def _with_text(run: Run, text: str) -> Run:
    return Run(text, run.bold, run.italic, run.east_asian)
