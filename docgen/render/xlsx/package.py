"""A workbook's parts and how they hang together: relationships, content types, sheets."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.render.opc import read_parts
from docgen.render.xlsx.columns import name_column, number_column
from docgen.render.xml_prefixes import use_prefix

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_CONTENT_TYPES = "[Content_Types].xml"
_LETTERS = re.compile("[A-Z]{1,3}(?=[0-9])")


class NotAWorkbookError(ValueError):
    """Bytes that are no .xlsx file, or one that is broken."""


def main(name: str) -> str:
    """An element's name in SpreadsheetML's namespace."""
    return f"{{{MAIN}}}{name}"


def parse_xml(data: bytes) -> _Element:
    """Parse a part; no document types, no network. Raises NotAWorkbookError.

    What is SpreadsheetML has no prefix, whatever the program wrote that saved the part.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotAWorkbookError(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotAWorkbookError("document type declaration")
    return use_prefix(root, MAIN, None)


def parse_sheet(data: bytes) -> _Element:
    """Parse a worksheet. Each row and cell says where it stands: what says nothing stands behind the one before it."""
    root = parse_xml(data)
    row_number = 0
    for row in root.iterfind(f"{main('sheetData')}/{main('row')}"):
        row_number = int(row.get("r") or row_number + 1)
        row.set("r", str(row_number))
        column = 0
        for cell in row.iterchildren(main("c")):
            found = _LETTERS.match(cell.get("r", ""))
            column = number_column(found[0]) if found is not None else column + 1
            cell.set("r", f"{name_column(column)}{row_number}")
    return root


def write_xml(root: _Element) -> str:
    """A part's XML as text."""
    from lxml import etree

    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + etree.tostring(root, encoding="unicode")


def write_inner(element: _Element) -> str:
    """Write an element as text inside its part: without the declarations that the part's root makes."""
    from lxml import etree

    text = etree.tostring(element, encoding="unicode", with_tail=False)
    for prefix, uri in element.getroottree().getroot().nsmap.items():
        text = text.replace(f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"', "", 1)
    return text


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part; ``target`` is the name of the other part ('' when it lies outside)."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; ``part`` is '' for what is no worksheet (a chart sheet)."""

    name: str
    part: str


class Package:
    """The parts of a workbook, by name; what is changed or removed here goes into every document."""

    def __init__(self, data: bytes) -> None:
        try:
            self.parts = read_parts(data)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise NotAWorkbookError(str(error)) from error
        if _CONTENT_TYPES not in self.parts:
            raise NotAWorkbookError("no content types")
        # Names of parts don't depend on case: they are spelled here as the content types spell them.
        stated = [item.get("PartName", "").lstrip("/") for item in parse_xml(self.parts[_CONTENT_TYPES])]
        spelled = {name.lower(): name for name in stated}
        self.parts = {spelled.get(name.lower(), name): data for name, data in self.parts.items()}
        self._spelled = {name.lower(): name for name in self.parts}
        self.workbook = next(
            (item.target for item in self.list_relations("") if item.kind == "officeDocument"), ""
        ).lstrip("/")
        if self.workbook not in self.parts:
            raise NotAWorkbookError("no workbook")
        self.book = parse_xml(self.parts[self.workbook])
        if self.book.tag != main("workbook") or not self._is_plain_workbook():
            raise NotAWorkbookError(str(self.book.tag))
        related = {item.id: item for item in self.list_relations(self.workbook)}
        self.sheets: list[SheetEntry] = []
        for sheet in self.book.iterfind(f"{main('sheets')}/{main('sheet')}"):
            relation = related.get(sheet.get(f"{{{RELATION}}}id", ""))
            is_worksheet = relation is not None and relation.kind == "worksheet" and relation.target in self.parts
            self.sheets.append(SheetEntry(sheet.get("name", ""), relation.target if relation and is_worksheet else ""))

    def _is_plain_workbook(self) -> bool:
        """Whether it says that it is an .xlsx file: no template (.xltx), no macros (.xlsm)."""
        return any(
            item.get("PartName") == f"/{self.workbook}" and item.get("ContentType") == _WORKBOOK_TYPE
            for item in parse_xml(self.parts[_CONTENT_TYPES])
        )

    def list_relations(self, part: str) -> list[Relation]:
        """The relationships of a part ('' for the package's own), with the last word of their type as kind."""
        rels = name_rels(part)
        if rels not in self.parts:
            return []
        found = []
        for item in parse_xml(self.parts[rels]).iterfind(f"{{{_PACKAGE_RELATIONS}}}Relationship"):
            target = item.get("Target", "")
            if item.get("TargetMode") == "External":
                target = ""
            elif target.startswith("/"):
                target = target[1:]
            else:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
            target = self._spelled.get(target.lower(), target)
            found.append(Relation(item.get("Id", ""), item.get("Type", "").rpartition("/")[2], target))
        return found

    def find_related(self, part: str, kind: str) -> Relation | None:
        """The first relationship of that kind to a part that is there, or None."""
        return next((r for r in self.list_relations(part) if r.kind == kind and r.target in self.parts), None)

    def remove_part(self, owner: str, kind: str, part: str) -> None:
        """Remove a part, ``owner``'s relationships of that kind to it, and its content type."""
        self.parts.pop(part, None)
        self.parts.pop(name_rels(part), None)
        rels = name_rels(owner)
        gone = {item.id for item in self.list_relations(owner) if item.kind == kind and item.target == part}
        root = parse_xml(self.parts[rels])
        for item in list(root):
            if item.get("Id") in gone:
                root.remove(item)
        if len(root):
            self.parts[rels] = write_xml(root).encode()
        else:
            del self.parts[rels]
        types = parse_xml(self.parts[_CONTENT_TYPES])
        for item in list(types):
            name = item.get("PartName", "").lstrip("/")
            if name and name not in self.parts and name != _CONTENT_TYPES:
                types.remove(item)
        self.parts[_CONTENT_TYPES] = write_xml(types).encode()

    @property
    def is_1904(self) -> bool:
        """Whether the workbook counts its days from 1904."""
        properties = self.book.find(main("workbookPr"))
        return properties is not None and is_true(properties.get("date1904"))


def name_rels(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def is_true(value: str | None) -> bool:
    """An attribute's yes."""
    return value in ("1", "true", "on")
