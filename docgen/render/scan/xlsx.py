"""Lists the tags and texts of a workbook in the order of rendering, even where the workbook has faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from docgen.diagnostics import Location, error
from docgen.errors import TemplateError
from docgen.render.scan.lookalikes import TemplateText
from docgen.render.scan.tags import Tag, Word, parse_tag
from docgen.render.values.typed import TAG

if TYPE_CHECKING:
    from docgen.render.xlsx.bands import BandBody
    from docgen.render.xlsx.rows import TemplateCell
    from docgen.render.xlsx.sheet import SheetSource


def list_xlsx_tags(data: bytes, name: str) -> list[Tag]:
    """List every tag of a workbook; TemplateError T201 where it is none. Compiling checks its rows and formulas."""
    return [tag for sheet in _read_sheets(data, name) for tag in _SheetLister(sheet, name).list_tags()]


def list_xlsx_texts(data: bytes, name: str) -> Iterator[TemplateText]:
    """List the text of each cell, tags included; TemplateError T201 where it is no workbook."""
    for sheet in _read_sheets(data, name):
        for fixed in sheet.bands.fixed_rows:
            for row in fixed.rows:
                for cell in row.cells:
                    text = cell.source if cell.kind == "text" else cell.value if cell.kind == "static" else None
                    if isinstance(text, str):
                        yield TemplateText(text, Location("xlsx", file=name, sheet=sheet.name, cell=cell.name))


def _read_sheets(data: bytes, name: str) -> list[SheetSource]:
    from docgen.ooxml.xml import PackageError
    from docgen.render.xlsx.compile import read_sheets
    from docgen.render.xlsx.package import Workbook

    try:
        sheets, _ = read_sheets(Workbook(data), name)
    except PackageError as problem:
        raise TemplateError(error("T201", Location(file=name), template=name)) from problem
    return [sheet for sheet in sheets if sheet is not None]


class _SheetLister:
    def __init__(self, sheet: SheetSource, file: str) -> None:
        self.sheet = sheet
        self.file = file
        self.unit = (sheet.name,)

    def list_tags(self) -> Iterator[Tag]:
        yield from self.list_body(self.sheet.bands.root)

    def list_body(self, body: BandBody) -> Iterator[Tag]:
        from docgen.render.xlsx.bands import FixedRows

        for part in body.parts:
            if isinstance(part, FixedRows):
                for row in part.rows:
                    for cell in row.tagged:
                        yield from self.list_cell(cell)
                continue
            for inner in part.bodies:
                assert inner.marker is not None
                yield self.make_row_tag(inner.marker.word, inner.marker.rest, inner.marker.cell)
                yield from self.list_body(inner)
            yield self.make_row_tag("end", "", part.end.cell, "endfor" if part.is_loop else "endif")

    def make_row_tag(self, word: str, rest: str, cell: str, keyword: str = "") -> Tag:
        inner = f"{keyword or word} {rest}".strip()
        place = Location("xlsx", file=self.file, sheet=self.sheet.name, cell=cell)
        return Tag(f"{{%tr {inner} %}}", inner, cast("Word", word), keyword or word, place, self.unit, "cell")

    def list_cell(self, cell: TemplateCell) -> Iterator[Tag]:
        place = Location("xlsx", file=self.file, sheet=self.sheet.name, cell=cell.name)
        unit = (*self.unit, cell.name)
        # Of a cell that is exactly one tag, and of a formula's note, only the expression is stored.
        texts = TAG.findall(cell.source) if cell.kind == "text" else [f"{{{{ {cell.source} }}}}"] if cell.source else []
        for typed in texts:
            tag = parse_tag(typed, place, unit, "cell")
            if tag is not None:
                yield tag
