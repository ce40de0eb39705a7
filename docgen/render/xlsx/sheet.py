"""Reads a template's sheet: its rows and cells, their tags, and the faults of those."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.ooxml.cells import number_column
from docgen.ooxml.names import name_tag
from docgen.render.xlsx.bands import BandBody, Marker, MarkerWord, SheetBands, build_bands
from docgen.render.xlsx.formulas import SharedFormulas, UnreadableFormulaError, parse_formula
from docgen.render.xlsx.package import Workbook, is_true, parse_sheet, write_inner
from docgen.render.xlsx.rows import RUN_MARK, TemplateCell, TemplateRow
from docgen.render.xlsx.text import BookText, has_tag, join_split_tags, read_cell_text, read_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from docgen.render.xlsx.styles import CellFormat

_FORMULA_TAG = re.compile(r"\{\{.+?\}\}|\{%.+?%\}")
_MARKER = re.compile(r"\{%-?tr\s+(for|if|elif|else|endfor|endif)\b\s*(.*?)\s*-?%\}", re.S)
_MARKER_LIKE = re.compile(r"\{%-?\s*tr\b")
_VERTICAL = re.compile(r"\s*\{%-?\s*vm\s*-?%\}")
_MARKER_FAULTS = {"unopened": "T208", "unclosed": "T209", "misplaced": "T210"}


@dataclass(slots=True)
class SheetSource:
    """A template's sheet: its XML without its rows, and its rows as a tree."""

    name: str
    index: int
    part: str
    root: _Element
    bands: SheetBands

    def walk_tagged(self) -> Iterator[tuple[TemplateCell, BandBody]]:
        """Iterate over the cells with a tag or a formula, each with its body."""
        for fixed in self.bands.fixed_rows:
            body = self.bands.find_body(fixed.first)
            for row in fixed.rows:
                for cell in row.tagged:
                    yield cell, body


@dataclass(slots=True)
class TemplateReading:
    """The data of the workbook that reading its sheets needs, and the faults of the sheets.

    With ``needs_facts`` every formula needs a note with its value; without, programs calculate it on opening.
    """

    file: str
    strings: list[BookText]
    styles: list[CellFormat]
    sheets: Mapping[str, int]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    needs_facts: bool = True

    def report(self, code: str, sheet: str, cell: str | None = None, **params: Param) -> None:
        """Report a fault of a cell of the template, once."""
        location = Location("xlsx", file=self.file, sheet=sheet, cell=cell)
        diagnostic = Diagnostic(code, Severity.ERROR, params, location)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)


def read_sheet(package: Workbook, index: int, reading: TemplateReading, facts: dict[str, str]) -> SheetSource:
    """Read a sheet; ``facts`` has the expressions of notes by cell, and loses those that belong to a formula."""
    entry = package.sheets[index]
    root = parse_sheet(package.parts[entry.part])
    reader = _SheetReader(index, entry.name, reading, facts)
    data = root.find(name_tag("sheetData"))
    rows = [] if data is None else [reader.read_row(row) for row in data]
    if data is not None:
        del data[:]
    bands = build_bands(reader.markers, [row for row in rows if row is not None])
    for fault in bands.faults:
        reading.report(_MARKER_FAULTS[fault.kind], entry.name, fault.marker.cell, word=fault.marker.word)
    source = SheetSource(entry.name, index, entry.part, root, bands)
    for cell, body in source.walk_tagged():
        if cell.merged and not any(item.band and item.band.is_loop for item in body.ancestors()):
            reading.report("T211", entry.name, cell.name)
    for name in facts:
        reading.report("T213", entry.name, name)
    return source


class _SheetReader:
    def __init__(self, index: int, sheet: str, reading: TemplateReading, facts: dict[str, str]) -> None:
        self.index = index
        self.sheet = sheet
        self.reading = reading
        self.facts = facts
        self.markers: list[Marker] = []
        self.shared = SharedFormulas()

    def read_row(self, element: _Element) -> TemplateRow | None:
        """Read a row; None for a row with a marker."""
        number = int(element.get("r", ""))
        texts = [(cell, read_cell_text(cell, self.reading.strings)) for cell in element.iterchildren(name_tag("c"))]
        markers = [(cell, text) for cell, text in texts if text and _MARKER_LIKE.search(text.plain)]
        if markers:
            self._read_marker(number, markers, [cell for cell, _ in texts])
            return None
        cells = [self._read_cell(cell, text, number) for cell, text in texts]
        attributes = {str(name): str(value) for name, value in element.items() if name not in ("r", "spans")}
        attributes = {name: value for name, value in attributes.items() if not name.startswith("{")}
        has_own_height = is_true(attributes.get("customHeight"))
        if not has_own_height and any(cell.kind in ("text", "value") for cell in cells):
            # The height fits the tag's text; without one, programs fit it to the value's when they open the file.
            attributes.pop("ht", None)
        row = TemplateRow(number, "".join(f' {name}="{value}"' for name, value in attributes.items()), cells)
        row.has_own_height = has_own_height
        return row

    def _read_marker(self, row: int, markers: list[tuple[_Element, BookText]], cells: list[_Element]) -> None:
        cell, text = markers[0]
        name = cell.get("r", "")
        match = _MARKER.fullmatch(text.plain.strip())
        if match is None:
            self.reading.report("T205", self.sheet, name, text=text.plain)
            return
        for other, _ in markers[1:]:
            self.reading.report("T207", self.sheet, other.get("r"), first=name)
        marked = [element for element, _ in markers]
        for other in cells:
            if other not in marked and _holds_content(other):
                self.reading.report("T206", self.sheet, other.get("r"), marker=name)
        self.markers.append(Marker(row, name, cast("MarkerWord", match[1]), match[2]))

    def _read_cell(self, element: _Element, text: BookText | None, row: int) -> TemplateCell:
        column = element.get("r", "").rstrip("0123456789")
        style = element.get("s")
        cell = TemplateCell(column, number_column(column), row, "" if style is None else f' s="{style}"')
        cell.style_number = int(style or 0)
        styles = self.reading.styles
        if cell.style_number < len(styles):
            cell.is_date = styles[cell.style_number].is_date
            cell.is_box = styles[cell.style_number].is_box
        formula = element.find(name_tag("f"))
        if formula is not None:
            for tag in dict.fromkeys(_FORMULA_TAG.findall(formula.text or "")):
                self.reading.report("T217", self.sheet, element.get("r"), text=tag, part=f"={formula.text}")
            self._read_formula(cell, formula, element.get("cm"))
        elif text is not None and has_tag(text.plain):
            self._read_tags(cell, text)
        else:
            self._read_static(cell, element, text)
        return cell

    def _read_static(self, cell: TemplateCell, element: _Element, text: BookText | None) -> None:
        attributes = "".join(f' {name}="{element.get(name)}"' for name in ("t", "cm", "vm", "ph") if element.get(name))
        inner = "".join(write_inner(child) for child in element)
        cell.content = f"{attributes}>{inner}</c>" if inner else f"{attributes}/>"
        cell.value = text.plain if text is not None else element.findtext(name_tag("v"))

    def _read_tags(self, cell: TemplateCell, text: BookText) -> None:
        runs = list(text.runs)
        vertical = _VERTICAL.match(text.plain)
        if vertical is not None:
            cell.merged = True
            runs = _drop_start(runs, vertical.end())
        plain = "".join(part for _, part in runs)
        expression = read_expression(plain)
        if expression is not None:
            cell.kind, cell.source = "value", expression
            return
        cell.kind = "text"
        runs = join_split_tags(runs)
        if len(runs) == 1 and not runs[0][0]:
            cell.source = plain
        else:
            cell.runs = tuple(properties for properties, _ in runs)
            cell.source = "".join(RUN_MARK.format(at) + part for at, (_, part) in enumerate(runs))

    def _read_formula(self, cell: TemplateCell, element: _Element, dynamic: str | None) -> None:
        cell.kind = "formula"
        kind, text = element.get("t", "normal"), element.text or ""
        several = kind == "array" and element.get("ref", cell.name).replace("$", "") not in (
            *(cell.name, f"{cell.name}:{cell.name}"),
        )
        if kind == "dataTable" or several:
            self.reading.report("T215", self.sheet, cell.name)
            return
        cell.array = kind == "array"
        if cell.array and dynamic:
            cell.style += f' cm="{dynamic}"'  # a dynamic array, which spills into as many cells as it needs
        if kind == "shared":
            text = self.shared.expand(cell.name, element.get("si", ""), text)
        try:
            cell.formula = parse_formula(text, self.index, self.reading.sheets)
        except UnreadableFormulaError:
            self.reading.report("T214", self.sheet, cell.name, formula=text)
        fact = self.facts.pop(cell.name, None)
        if fact is None and not self.reading.needs_facts:
            cell.source = "''"
        elif fact is None:
            self.reading.report("T212", self.sheet, cell.name, formula=text)
        else:
            cell.source = fact


def _holds_content(cell: _Element) -> bool:
    """Whether a cell holds more than an empty text, which some programs write into empty cells."""
    return cell.find(name_tag("f")) is not None or any((item.text or "").strip() for item in cell.iter())


def _drop_start(runs: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    shortened = []
    for properties, text in runs:
        dropped = min(length, len(text))
        length -= dropped
        shortened.append((properties, text[dropped:]))
    return [run for run in shortened if run[1]] or [("", "")]
