"""The flow of a document: its lines in the file's order with their formats, before headings are recognised.

``DocumentContent`` is the interpreted document with title and sections. Code that needs other signs to interpret a line
(a plain line that names a part, a table that is a form) uses the flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docgen.content.blocks import Paragraph, Picture, Run, Table
from docgen.diagnostics import NOWHERE, Location

OutsideKind = Literal["footnote", "hidden", "chunk", "chart", "field", "unfilled"]
"""The kinds: a foot or end note; hidden text; an embedded or linked file that isn't read; a chart; a field without an
end; the placeholder of a content control."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its heading level by style or mark-up, its automatic number, and its format.

    ``size`` is in half points. In a line that ``wraps``, line breaks only show where the source was wrapped.
    ``is_heading``: it looks like a heading, perhaps of a subsection. ``is_label``: a short cell beside a longer one.
    ``is_field``: a cell in a row of short cells only. ``is_framed``: it is in a table of one cell.
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
        """The paragraph's text without spaces at the ends."""
        return self.paragraph.text.strip()


@dataclass(frozen=True, slots=True)
class FlowTable:
    """A table, and the content of each cell."""

    table: Table
    cells: tuple[tuple[tuple[FlowItem, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class TextBox:
    """A text box at its anchor."""

    items: tuple[FlowItem, ...]
    location: Location = NOWHERE


FlowItem = Line | FlowTable | TextBox | Picture


@dataclass(frozen=True, slots=True)
class Outside:
    """An item of the file outside of its lines, with its text."""

    kind: OutsideKind
    text: str = ""
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Flow:
    """The content of a file: lines, tables, boxes and pictures in order, and the items outside of them."""

    items: tuple[FlowItem, ...]
    outside: tuple[Outside, ...] = ()


def iterate_lines(items: tuple[FlowItem, ...]) -> Iterator[Line]:
    """All lines, including those in cells and boxes."""
    for item in items:
        if isinstance(item, Line):
            yield item
        elif isinstance(item, TextBox):
            yield from iterate_lines(item.items)
        elif isinstance(item, FlowTable):
            for row in item.cells:
                for cell in row:
                    yield from iterate_lines(cell)


def cut_runs(runs: tuple[Run, ...], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs before and after an index in their text."""
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
