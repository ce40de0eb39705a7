"""The texts of a Word or Excel file as people see them, paragraph by paragraph and row by row."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.ooxml.package import open_zip, read_part, read_relations
from docgen.ooxml.xml import PackageError, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHEET_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/")
_WORD_PARTS = ("word/document.xml", "word/header", "word/footer", "word/footnotes.xml", "word/endnotes.xml")


def measure_texts(data: bytes) -> int:
    """How large the parts are, in bytes, that hold what a file says."""
    with open_zip(data) as archive:
        return sum(entry.file_size for entry in archive.infolist() if _is_text(entry.filename))


def _is_text(name: str) -> bool:
    return name.startswith((*_WORD_PARTS, *_SHEET_PARTS)) and name.endswith((".xml", ".rels"))


def read_rows(data: bytes, name: str, most: int) -> tuple[tuple[str, ...], ...]:
    """What a file says: a row for each of a sheet's without empty cells, one for each paragraph of a document.

    Raises PackageError or ValueError when it can't be read, or its texts take more than ``most`` bytes.
    """
    if measure_texts(data) > most:
        raise PackageError("large")
    with open_zip(data) as archive:
        names = [entry.filename for entry in archive.infolist() if _is_text(entry.filename)]
        parts = {part: read_part(archive, part, most) or b"" for part in names}
    rows = _read_sheets(parts) if name.lower().endswith(".xlsx") else _read_document(parts)
    return tuple(row for row in rows if row)


def _read_document(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    for name in sorted(parts):
        if name.startswith(_WORD_PARTS) and name.endswith(".xml"):
            for paragraph in parse_xml(parts[name]).iter(f"{_W}p"):
                yield (" ".join("".join(_list_runs(paragraph)).split()),)


def _list_runs(paragraph: _Element) -> Iterator[str]:
    for element in paragraph.iter(f"{_W}t", f"{_W}delText", f"{_W}tab", f"{_W}br", f"{_W}sym", f"{_W}instrText"):
        yield element.text or " "


def _read_sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, ...]]:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        root = parse_xml(parts["xl/sharedStrings.xml"])
        shared = ["".join(text.text or "" for text in item.iter(f"{_S}t")) for item in root.iter(f"{_S}si")]
    relations = read_relations(parts.get("xl/_rels/workbook.xml.rels"), "xl/workbook.xml")
    targets = {relation.id: relation.target for relation in relations}
    for sheet in parse_xml(parts["xl/workbook.xml"]).iter(f"{_S}sheet"):
        yield (sheet.get("name", ""),)
        target = posixpath.normpath(targets.get(sheet.get(f"{_R}id", ""), "").lstrip("/"))
        data = parts.get(target)
        if data is None:
            continue
        root = parse_xml(data)
        for row in root.iter(f"{_S}row"):
            cells = (" ".join(_read_cell(cell, shared).split()) for cell in row.iter(f"{_S}c"))
            yield tuple(text for text in cells if text)
        for name in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
            yield from ((element.text,) for element in root.iter(f"{_S}{name}") if element.text)


def _read_cell(cell: _Element, shared: list[str]) -> str:
    formula = cell.find(f"{_S}f")
    if formula is not None:
        return f"={formula.text or ''} {cell.findtext(f'{_S}v') or ''}"
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{_S}t"))
    value = cell.findtext(f"{_S}v") or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else value
    return value
