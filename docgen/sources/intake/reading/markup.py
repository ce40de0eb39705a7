"""Reads a web page or an XML workbook of Excel 2003, which many systems export as ``.xls``, into a Book.

The cells of a page are texts, also numbers; cells that span several are merged.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.ooxml.xml import XmlError, parse_xml
from docgen.sources.intake.reading.encodings import USUAL, find_encoding, find_mark
from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SheetGrid, SheetRow, SourceBook, make_number
from docgen.trees.text_file import report_missing_file

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 64 * 1024 * 1024
_SHEET_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_SS = f"{{{_SHEET_SPACE}}}"
LOOKED_AT = 65536
_PAGE = re.compile(rb"<(?:table|html|!doctype html)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_WIDEST, _DEEPEST = 16384, 1_048_576


def is_markup(head: bytes) -> bool:
    """Whether a file with these first bytes is a web page or Excel's XML of 2003."""
    plain = head[:LOOKED_AT].replace(b"\0", b"")
    is_tagged = plain.lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + codecs.BOM_UTF16_BE + b" \t\r\n").startswith(b"<")
    return is_tagged and (_SHEET_SPACE.encode() in plain or _PAGE.search(plain) is not None)


def read_markup(path: Path) -> SourceBook:
    """The tables of a page, or the sheets of an XML workbook; SourceError if there is none or it can't be read."""
    place = Location(file=str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(error("W102", place, path=str(path), limit=MAX_BYTES >> 20))
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(report_missing_file(path)) from None
    except OSError as fault:
        raise SourceError(error("W103", place, path=str(path), reason=fault.strerror or str(fault))) from None
    if _SHEET_SPACE.encode() in raw[:LOOKED_AT]:
        try:
            grids = tuple(_read_sheets(parse_xml(raw)))
        except XmlError as fault:
            raise SourceError(error("W101", place, path=str(path), reason=str(fault))) from None
    else:
        grids = tuple(_read_tables(raw, path.stem))
    if not grids:
        raise SourceError(error("W155", place, path=str(path)))
    return SourceBook(str(path), grids, source="other")


def _read_tables(raw: bytes, name: str) -> Iterator[SheetGrid]:
    """The tables of a page without nested tables; several are numbered."""
    from lxml import etree

    marked = _CHARSET.search(raw[:4096])
    encoding = _find_encoding(raw, marked[1].decode("ascii") if marked is not None else None)
    root = etree.fromstring(
        raw.decode(encoding, "replace").encode(), etree.HTMLParser(encoding="utf-8", no_network=True)
    )
    if root is None:
        return
    tables = [table for table in root.iter("table") if table.find(".//table") is None]
    filled = [grid for table in tables if (grid := _read_table(table)).rows]
    for number, grid in enumerate(filled, 1):
        yield SheetGrid(name if len(filled) == 1 else f"{name}-{number}", grid.rows, grid.merged)


def _find_encoding(raw: bytes, declared: str | None) -> str:
    """The first encoding that decodes the whole text: by its mark, the declared one, UTF-8, GB 18030."""
    declared = "gb18030" if declared is not None and declared.lower() in ("gb2312", "gbk") else declared
    return find_encoding(raw, (find_mark(raw), declared, *USUAL)) or "gb18030"


def _read_table(table: _Element) -> SheetGrid:
    rows: list[SheetRow] = []
    merged: list[tuple[int, int, int, int]] = []
    below: dict[int, int] = {}
    for number, line in enumerate(table.iter("tr"), 1):
        cells: dict[int, GridValue] = {}
        at = 1
        for cell in line.iterchildren("td", "th"):
            while below.get(at, 0) >= number:
                at += 1
            wide, deep = _read_span(cell, "colspan", _WIDEST), _read_span(cell, "rowspan", _DEEPEST)
            text = _read_text(cell)
            if text:
                cells[at] = text
            if wide > 1 or deep > 1:
                merged.append((number, at, number + deep - 1, at + wide - 1))
            below.update(dict.fromkeys(range(at, at + wide), number + deep - 1))
            at += wide
        if cells:
            rows.append(SheetRow(number, cells))
    return SheetGrid("", tuple(rows), tuple(merged))


def _read_span(cell: _Element, name: str, most: int) -> int:
    typed = str(cell.get(name, "1")).strip()
    return max(1, min(int(typed), most)) if typed.isascii() and typed.isdigit() else 1


def _read_text(cell: _Element) -> str:
    """The text of a cell, with the page's line breaks."""
    for broken in cell.iter("br"):
        broken.tail = f"\ue000{broken.tail or ''}"
    lines = "".join(str(part) for part in cell.itertext()).split("\ue000")
    return "\n".join(_SPACES.sub(" ", line).strip() for line in lines).strip()


def _read_sheets(root: _Element) -> Iterator[SheetGrid]:
    """The sheets of Excel's XML of 2003."""
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        rows: list[SheetRow] = []
        merged: list[tuple[int, int, int, int]] = []
        number = 0
        for line in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
            number = _read_number(line, "Index", number + 1)
            cells: dict[int, GridValue] = {}
            at = 0
            for cell in line.iterfind(f"{_SS}Cell"):
                at = _read_number(cell, "Index", at + 1)
                wide, deep = (_read_number(cell, name, 0) for name in ("MergeAcross", "MergeDown"))
                value = _read_data(cell.find(f"{_SS}Data"))
                if value is not None:
                    cells[at] = value
                if wide or deep:
                    merged.append((number, at, number + deep, at + wide))
                at += wide
            if cells:
                rows.append(SheetRow(number, cells))
            number += _read_number(line, "Span", 0)
        yield SheetGrid(sheet.get(f"{_SS}Name", ""), tuple(rows), tuple(merged))


def _read_number(element: _Element, name: str, otherwise: int) -> int:
    typed = element.get(f"{_SS}{name}", "")
    return min(int(typed), _DEEPEST) if typed.isascii() and typed.isdigit() else otherwise


def _read_data(data: _Element | None) -> GridValue | None:
    text = "".join(str(part) for part in data.itertext()) if data is not None else ""
    if data is None or not text:
        return None
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        return make_number("number", text.strip())
    return SheetCell("bool", text) if kind == "Boolean" else SheetCell("error", text) if kind == "Error" else text
