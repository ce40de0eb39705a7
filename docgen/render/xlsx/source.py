"""Writes the Jinja source of a workbook: its loops, and a call with the values of each group of fixed rows.

The rendering provides the functions that it calls; they record which rows were rendered, and where. Each tag is on a
line of its own, so that the line of an error identifies the cell.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.ooxml.xml import escape_text
from docgen.render.xlsx.bands import BandBody, FixedRows, RowBand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.render.xlsx.rows import TemplateCell
    from docgen.render.xlsx.sheet import SheetSource

_TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.S)


@dataclass(slots=True)
class JinjaSource:
    """The Jinja source of a workbook, and the cell that each of its lines comes from."""

    chunks: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    places: list[tuple[str, str]] = field(default_factory=list)
    line: int = 1

    @property
    def text(self) -> str:
        """The source."""
        return "".join(self.chunks)

    def add(self, text: str, place: tuple[str, str] | None = None) -> None:
        """Add text; ``place`` is the sheet and the cell it comes from."""
        if place is not None:
            self.lines.append(self.line)
            self.places.append(place)
        self.chunks.append(text)
        self.line += text.count("\n")

    def locate(self, line: int) -> tuple[str, str]:
        """Find the sheet and the cell that a line comes from; ('', '') if none."""
        at = bisect_right(self.lines, line) - 1
        return self.places[at] if at >= 0 else ("", "")


def write_source(sheets: Iterable[SheetSource]) -> JinjaSource:
    """Write the source of a workbook."""
    source = JinjaSource()
    for sheet in sheets:
        source.add(f"{{%\nset _0 = _sheet({sheet.index}) %}}")
        _SourceWriter(source, sheet.name).write_body(sheet.bands.root)
    return source


def write_text_source(text: str) -> str:
    """Write a cell's text as Jinja source; the text between the tags is escaped, as the values will be."""
    parts = _TAG.split(text)
    return "".join(part if at % 2 else escape_text(part) for at, part in enumerate(parts))


class _SourceWriter:
    def __init__(self, source: JinjaSource, sheet: str) -> None:
        self.source = source
        self.sheet = sheet
        self.count = 0

    def write_body(self, body: BandBody) -> None:
        for part in body.parts:
            if isinstance(part, FixedRows):
                self.write_fixed_rows(part)
            else:
                self.write_band(part)

    def write_band(self, band: RowBand) -> None:
        self.source.add(f"{{%\nset _0 = _band({band.index}) %}}")
        for number, body in enumerate(band.bodies):
            marker = body.marker
            assert marker is not None
            self.source.add(f"{{%\n{marker.word} {marker.rest} %}}", (self.sheet, marker.cell))
            self.source.add(f"{{%\nset _0 = _expand({number}) %}}")
            self.write_body(body)
        self.source.add(f"{{%\n{band.end.word} %}}", (self.sheet, band.end.cell))
        self.source.add("{%\nset _0 = _end() %}")

    def write_fixed_rows(self, fixed: FixedRows) -> None:
        names = [self.write_cell(cell) for row in fixed.rows for cell in row.tagged]
        self.source.add(f"{{%\nset _0 = _rows({', '.join([str(fixed.index), *names])}) %}}")

    def write_cell(self, cell: TemplateCell) -> str:
        self.count += 1
        name = f"_{self.count}"
        place = (self.sheet, cell.name)
        if cell.kind == "text":
            self.source.add(f"{{%\nset _0 = _open('{cell.name}') %}}", place)
            self.source.add(write_text_source(cell.source))
            self.source.add(f"{{%\nset {name} = _close() %}}", place)
        else:
            self.source.add(f"{{%\nset {name} = ({cell.source}) %}}", place)
        return name
