"""The compiled rows and cells of a template, which are written at any row of the output, any number of times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from docgen.render.xlsx.formulas import Formula

CellKind = Literal["static", "value", "text", "formula"]
"""The content of a cell: no tag, exactly one tag (a typed value), text with tags, a formula with its value."""

RUN_MARK = "\x02{}\x03"
"""Marks the start of each run in a rendered rich text; no value can hold these characters."""
SPLIT_RUNS = re.compile("\x02(\\d+)\x03")
_OWN_HEIGHT = re.compile(r' ht="([^"]*)"')


@dataclass(slots=True, eq=False)
class TemplateCell:
    """A cell of the template.

    ``style`` is its attribute as text; ``content`` the rest of a static cell (``t``, children); ``source`` the
    expression or text to render; ``runs`` the formats of a rich text's runs; ``merged`` says that it has a ``{% vm %}``
    tag; ``is_plain`` that it holds one value and nothing else. ``capacity`` is how much text one line of it holds (0:
    unknown); ``line_height`` is the line's height, 0 where its text doesn't decide the row's height.
    """

    column: str
    number: int
    row: int
    style: str = ""
    kind: CellKind = "static"
    content: str = "/>"
    source: str = ""
    runs: tuple[str, ...] = ()
    formula: Formula | None = None
    array: bool = False
    is_date: bool = False
    is_box: bool = False
    merged: bool = False
    value: object = None
    is_plain: bool = False
    style_number: int = 0
    capacity: float = 0.0
    line_height: float = 0.0

    @property
    def name(self) -> str:
        """Its name: B7."""
        return f"{self.column}{self.row}"


@dataclass(slots=True, eq=False)
class TemplateRow:
    """A row of the template; ``attributes`` are its own without the number.

    ``fragments``, joined by the row's number, are its XML, with a ``%s`` behind the name of each of the ``tagged``
    cells; ``blank`` is the row with all its cells empty, also in fragments. ``fits`` has the tagged cells whose text
    may need a higher row: their index, the length of text that always fits, the cell. ``has_own_height`` says that the
    height was set by hand.
    """

    number: int
    attributes: str
    cells: list[TemplateCell]
    tagged: tuple[TemplateCell, ...] = ()
    fragments: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    fits: tuple[tuple[int, int, TemplateCell], ...] = ()
    has_own_height: bool = False

    def __post_init__(self) -> None:
        for cell in self.cells:
            cell.is_plain = cell.kind == "value" and not cell.merged
        self.tagged = tuple(cell for cell in self.cells if cell.kind != "static")
        self.fragments = self._split({id(cell): "%s" for cell in self.tagged})
        self.blank = self._split({id(cell): f"{cell.style}/>" for cell in self.cells})

    def _split(self, contents: dict[int, str]) -> tuple[str, ...]:
        fragments = ['<row r="', f'"{self.attributes}>'.replace("%", "%%")]
        for cell in self.cells:
            fragments[-1] += f'<c r="{cell.column}'
            content = contents.get(id(cell)) or f"{cell.style}{cell.content}".replace("%", "%%")
            fragments.append(f'"{content}')
        fragments[-1] += "</row>"
        return tuple(fragments)

    def write(self, number: int, contents: tuple[str, ...] = (), height: str = "") -> str:
        """Write the row as row ``number`` of the output, with the contents of its tagged cells."""
        text = str(number).join(self.fragments) % contents
        own = _OWN_HEIGHT.search(text) if height and self.has_own_height else None
        if own is not None:
            return text.replace(own[0], f' ht="{max(float(own[1]), float(height)):g}"', 1)
        return text.replace(">", f' ht="{height}">', 1) if height else text

    def write_blank(self, number: int) -> str:
        """Write the row with all its cells empty."""
        return str(number).join(self.blank) % ()
