"""Reading a template's sheet: its rows and cells, the tags in them, and what is wrong with them."""

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
from docgen.render.xlsx.text import BookText, is_taggy, join_split_tags, read_cell_text, read_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from docgen.render.xlsx.styles import CellFormat

_MARKER = re.compile(r"\{%-?tr\s+(for|if|elif|else|endfor|endif)\b\s*(.*?)\s*-?%\}", re.S)
_MARKER_LIKE = re.compile(r"\{%-?\s*tr\b")
_VERTICAL = re.compile(r"\s*\{%-?\s*vm\s*-?%\}")
_MARKER_FAULTS = {"unopened": "T208", "unclosed": "T209", "misplaced": "T210"}


@dataclass(slots=True)
class SheetSource:
    """A template's sheet, read: its XML without its rows, its rows as a tree, the notes that its formulas used."""

    name: str
    index: int
    part: str
    root: _Element
    bands: SheetBands

    def walk_tagged(self) -> Iterator[tuple[TemplateCell, BandBody]]:
        """Every cell with a tag or a formula, and the body it stands in."""
        for stretch in self.bands.stretches:
            body = self.bands.find_body(stretch.first)
            for row in stretch.rows:
                for cell in row.tagged:
                    yield cell, body


@dataclass(slots=True)
class Workshop:
    """What reading the sheets needs of the workbook, and where their faults are collected.

    Without ``needs_facts`` a formula may stand without the value that it gives, which it has when it is calculated.
    """

    file: str
    strings: list[BookText]
    styles: list[CellFormat]
    sheets: Mapping[str, int]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    needs_facts: bool = True

    def fault(self, code: str, sheet: str, cell: str | None = None, **params: Param) -> None:
        """Note what is wrong with a cell of the template."""
        location = Location("xlsx", file=self.file, sheet=sheet, cell=cell)
        found = Diagnostic(code, Severity.ERROR, params, location)
        if found not in self.diagnostics:
            self.diagnostics.append(found)


def read_sheet(package: Workbook, index: int, workshop: Workshop, facts: dict[str, str]) -> SheetSource:
    """Read a sheet. ``facts`` has the expressions of the notes by cell; those that a formula took are removed."""
    entry = package.sheets[index]
    root = parse_sheet(package.parts[entry.part])
    reader = _SheetReader(index, entry.name, workshop, facts)
    data = root.find(name_tag("sheetData"))
    rows = [] if data is None else [reader.read_row(row) for row in data]
    if data is not None:
        del data[:]
    bands = build_bands(reader.markers, [row for row in rows if row is not None])
    for fault in bands.faults:
        workshop.fault(_MARKER_FAULTS[fault.kind], entry.name, fault.marker.cell, word=fault.marker.word)
    source = SheetSource(entry.name, index, entry.part, root, bands)
    for cell, body in source.walk_tagged():
        if cell.merged and not any(item.band and item.band.is_loop for item in body.ancestors()):
            workshop.fault("T211", entry.name, cell.name)
    for name in facts:
        workshop.fault("T213", entry.name, name)
    return source


class _SheetReader:
    def __init__(self, index: int, sheet: str, workshop: Workshop, facts: dict[str, str]) -> None:
        self.index = index
        self.sheet = sheet
        self.workshop = workshop
        self.facts = facts
        self.markers: list[Marker] = []
        self.shared = SharedFormulas()

    def read_row(self, element: _Element) -> TemplateRow | None:
        """A row, or None for a row with a marker."""
        number = int(element.get("r", ""))
        texts = [(cell, read_cell_text(cell, self.workshop.strings)) for cell in element.iterchildren(name_tag("c"))]
        markers = [(cell, text) for cell, text in texts if text and _MARKER_LIKE.search(text.plain)]
        if markers:
            self._read_marker(number, markers, [cell for cell, _ in texts])
            return None
        cells = [self._read_cell(cell, text, number) for cell, text in texts]
        given = {str(name): str(value) for name, value in element.items() if name not in ("r", "spans")}
        given = {name: value for name, value in given.items() if not name.startswith("{")}
        by_hand = is_true(given.get("customHeight"))
        if not by_hand and any(cell.kind in ("text", "value") for cell in cells):
            # The height was fitted to the tag's text; without it, it is fitted to the value's when the file is opened.
            given.pop("ht", None)
        row = TemplateRow(number, "".join(f' {name}="{value}"' for name, value in given.items()), cells)
        row.has_own_height = by_hand
        return row

    def _read_marker(self, row: int, markers: list[tuple[_Element, BookText]], cells: list[_Element]) -> None:
        cell, text = markers[0]
        name = cell.get("r", "")
        match = _MARKER.fullmatch(text.plain.strip())
        if match is None:
            self.workshop.fault("T205", self.sheet, name, text=text.plain)
            return
        for other, _ in markers[1:]:
            self.workshop.fault("T207", self.sheet, other.get("r"), first=name)
        marked = [element for element, _ in markers]
        for other in cells:
            if other not in marked and _holds_content(other):
                self.workshop.fault("T206", self.sheet, other.get("r"), marker=name)
        self.markers.append(Marker(row, name, cast("MarkerWord", match[1]), match[2]))

    def _read_cell(self, element: _Element, text: BookText | None, row: int) -> TemplateCell:
        column = element.get("r", "").rstrip("0123456789")
        style = element.get("s")
        cell = TemplateCell(column, number_column(column), row, "" if style is None else f' s="{style}"')
        cell.style_number = int(style or 0)
        styles = self.workshop.styles
        if cell.style_number < len(styles):
            cell.is_date = styles[cell.style_number].is_date
            cell.is_box = styles[cell.style_number].is_box
        formula = element.find(name_tag("f"))
        if formula is not None:
            self._read_formula(cell, formula, element.get("cm"))
        elif text is not None and is_taggy(text.plain):
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
            self.workshop.fault("T215", self.sheet, cell.name)
            return
        cell.array = kind == "array"
        if cell.array and dynamic:
            cell.style += f' cm="{dynamic}"'  # it spills as far as it needs
        if kind == "shared":
            text = self.shared.expand(cell.name, element.get("si", ""), text)
        try:
            cell.formula = parse_formula(text, self.index, self.workshop.sheets)
        except UnreadableFormulaError:
            self.workshop.fault("T214", self.sheet, cell.name, formula=text)
        fact = self.facts.pop(cell.name, None)
        if fact is None and not self.workshop.needs_facts:
            cell.source = "''"
        elif fact is None:
            self.workshop.fault("T212", self.sheet, cell.name, formula=text)
        else:
            cell.source = fact


def _holds_content(cell: _Element) -> bool:
    """Whether a cell holds more than an empty text, which some programs write where there is nothing."""
    return cell.find(name_tag("f")) is not None or any((item.text or "").strip() for item in cell.iter())


def _drop_start(runs: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    kept = []
    for properties, text in runs:
        dropped = min(length, len(text))
        length -= dropped
        kept.append((properties, text[dropped:]))
    return [run for run in kept if run[1]] or [("", "")]
