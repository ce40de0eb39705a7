"""Reads and writes a workbook's package: its parts, relationships, content types and sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_cell, number_column
from docgen.ooxml.names import CONTENT_TYPES, OFFICE_RELATIONS, SHEET, SHEET_TYPE, name_tag
from docgen.ooxml.package import OfficePackage, fold_part, read_types
from docgen.ooxml.xml import PackageError, parse_xml, use_prefixes

if TYPE_CHECKING:
    from lxml.etree import _Element

_WORKBOOK_TYPE = SHEET_TYPE + "sheet.main+xml"
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})", re.I)


def parse_part(data: bytes) -> _Element:
    """Parse a part; SpreadsheetML's elements lose their prefix, which some programs write."""
    return use_prefixes(parse_xml(data), {SHEET: None})


def parse_drawing(data: bytes) -> _Element:
    """Parse a VML part, which Excel doesn't always write well-formed."""
    return parse_xml(data, recover=True)


def write_drawing(root: _Element) -> str:
    """Write a VML part without an XML declaration, with which Excel refuses it."""
    from lxml import etree

    return etree.tostring(root, encoding="unicode")


def parse_sheet(data: bytes) -> _Element:
    """Parse a worksheet; rows and cells without a number get the one behind the row or cell before them."""
    root = parse_part(data)
    sheet_data = root.find(name_tag("sheetData"))
    rows = [] if sheet_data is None else list(sheet_data.iterchildren(name_tag("row")))
    row_number, sorted_rows = 0, True
    for row in rows:
        cells = list(row.iterchildren(name_tag("c")))
        names = [_CELL.fullmatch(cell.get("r", "").strip()) for cell in cells]
        stated = row.get("r") or next((name[2] for name in names if name is not None), None)
        before, row_number = row_number, int(stated or row_number + 1)
        sorted_rows = sorted_rows and before < row_number
        row.set("r", str(row_number))
        column = 0
        for cell, name in zip(cells, names, strict=True):
            column = number_column(name[1]) if name is not None else column + 1
            cell.set("r", name_cell(row_number, column))
    if sheet_data is not None and not sorted_rows:
        sheet_data[:] = sorted(rows, key=lambda row: int(row.get("r", "0")))
    return root


def write_inner(element: _Element, around: _Element | None = None) -> str:
    """Write an element as XML inside another one (by default its part's root), without that one's namespaces."""
    from lxml import etree

    text = etree.tostring(element, encoding="unicode", with_tail=False)
    outer = element.getroottree().getroot() if around is None else around
    for prefix, uri in outer.nsmap.items():
        text = text.replace(f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"', "", 1)
    return text


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet in the workbook's list; ``part`` is '' where it is no worksheet (a chart sheet)."""

    name: str
    part: str


class Workbook(OfficePackage):
    """The parts of a template's workbook, by name; changes to them are in every document."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        types = read_types(self.read(CONTENT_TYPES))
        # Names of parts don't depend on case: here they have the case of the content types.
        names = {fold_part(name): name for name in types}
        self.parts = {names.get(fold_part(name), name): content for name, content in self.parts.items()}
        self._names = {fold_part(name): name for name in self.parts}
        self.workbook = self.find_related("", "officeDocument") or ""
        self.book = parse_part(self.read(self.workbook))
        # Only .xlsx files: no templates (.xltx), no macros (.xlsm).
        if self.book.tag != name_tag("workbook") or types.get(self.workbook) != _WORKBOOK_TYPE:
            raise PackageError("part", str(self.book.tag))
        related = {item.id: item.target for item in self.list_relations(self.workbook, "worksheet")}
        self.sheets: list[SheetEntry] = []
        for sheet in self.book.iterfind(f"{name_tag('sheets')}/{name_tag('sheet')}"):
            part = related.get(sheet.get(f"{{{OFFICE_RELATIONS}}}id", ""), "")
            self.sheets.append(SheetEntry(sheet.get("name", ""), part if part in self.parts else ""))

    @property
    def is_1904(self) -> bool:
        """Whether the workbook counts its days from 1904."""
        properties = self.book.find(name_tag("workbookPr"))
        return properties is not None and is_true(properties.get("date1904"))


def is_true(value: str | None) -> bool:
    """Whether an attribute's text means true."""
    return value in ("1", "true", "on")
