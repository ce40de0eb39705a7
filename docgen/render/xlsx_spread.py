"""A workbook with as many columns as its document: the last column of the template stands for each of them.

A template that prints ``columns[0]`` and ``row.cells[0]`` in its last column is *spread* once for each set of columns:
that column is repeated, with its formats, ``[0]`` becoming ``[1]``, ``[2]`` and so on; its width is shared out and its
values are aligned as the columns ask; merged titles and the print area reach to the last one. What comes out is an
ordinary template.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from docgen.render.opc import pack_member, read_parts, write_parts
from docgen.render.xlsx_package import main, parse_xml, write_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

Column = tuple[int, str]
"""A column's width (its share of the room) and how it is aligned."""
_ALIGNMENTS = ("left", "center", "right")
_MARK, _VALUE = "columns[0]", "cells[0]"
_STYLES = "xl/styles.xml"
_STRINGS = "xl/sharedStrings.xml"
_WORKBOOK = "xl/workbook.xml"
_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def spells_columns(source: str) -> bool:
    """Whether a template, as Jinja sees it, has a column that stands for all of a document's."""
    return _MARK in source


def spread_columns(data: bytes, columns: Sequence[Column]) -> bytes:
    """The template for these columns; they share the room that its last column has."""
    parts = read_parts(data)
    strings = _read_strings(parts)
    styles = _Styles(parse_xml(parts[_STYLES]))
    last = ""
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        sheet = parse_xml(parts[name])
        pattern = next((_letters(cell) for cell in sheet.iter(main("c")) if _MARK in _read(cell, strings)), None)
        if pattern is None:
            continue
        last = _name_column(_number_column(pattern) + len(columns) - 1)
        _spread_cells(sheet, pattern, columns, strings, styles)
        _spread_widths(sheet, _number_column(pattern), [width for width, _ in columns])
        for element in (*sheet.iter(main("mergeCell")), *sheet.iter(main("dimension"))):
            element.set("ref", re.sub(rf":{pattern}(\d+)$", rf":{last}\1", element.get("ref", "")))
        parts[name] = write_xml(sheet).encode()
        parts[_WORKBOOK] = _spread_print_area(parts[_WORKBOOK], pattern, last)
    parts[_STYLES] = write_xml(styles.root).encode()
    return write_parts(pack_member(name, content) for name, content in parts.items())


def _read_strings(parts: dict[str, bytes]) -> list[str]:
    if _STRINGS not in parts:
        return []
    return ["".join(text.text or "" for text in item.iter(main("t"))) for item in parse_xml(parts[_STRINGS])]


def _read(cell: _Element, strings: Sequence[str]) -> str:
    value = cell.findtext(main("v"))
    if cell.get("t") == "s" and value is not None:
        return strings[int(value)]
    return "".join(text.text or "" for text in cell.iter(main("t")))


class _Styles:
    """The formats of a workbook, and those that were made of them with another alignment."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        formats = root.find(main("cellXfs"))
        assert formats is not None, "every workbook has formats of cells"
        self._formats = formats
        self._made: dict[tuple[int, str], int] = {}

    def align(self, style: int, align: str) -> int:
        """The number of the format that differs from this one in its alignment alone."""
        if (style, align) not in self._made:
            made = copy.deepcopy(self._formats[style])
            alignment = made.find(main("alignment"))
            if alignment is None or align not in _ALIGNMENTS or alignment.get("horizontal") == align:
                return style
            alignment.set("horizontal", align)
            self._formats.append(made)
            self._formats.set("count", str(len(self._formats)))
            self._made[style, align] = len(self._formats) - 1
        return self._made[style, align]


def _spread_cells(
    sheet: _Element, pattern: str, columns: Sequence[Column], strings: Sequence[str], styles: _Styles
) -> None:
    for row in sheet.iter(main("row")):
        row.attrib.pop("spans", "")
        cell = next((item for item in row.iterfind(main("c")) if _letters(item) == pattern), None)
        if cell is None:
            continue
        style, holds_value = int(cell.get("s", "0")), _VALUE in _read(cell, strings)
        for number, (_, align) in enumerate(columns):
            here = cell
            if number:
                here = _copy_cell(cell, _name_column(_number_column(pattern) + number), number, strings)
                row.append(here)
            if holds_value:
                here.set("s", str(styles.align(style, align)))


def _copy_cell(cell: _Element, letters: str, number: int, strings: Sequence[str]) -> _Element:
    from lxml import etree

    text, made = _read(cell, strings), copy.deepcopy(cell)
    made.set("r", re.sub("^[A-Z]+", letters, cell.get("r", "")))
    for child in list(made):
        made.remove(child)
    made.attrib.pop("t", "")
    if text:
        made.set("t", "inlineStr")
        shown = etree.SubElement(etree.SubElement(made, main("is")), main("t"))
        shown.text = text.replace("[0]", f"[{number}]")
    return made


def _spread_widths(sheet: _Element, at: int, widths: Sequence[int]) -> None:
    cols = sheet.find(main("cols"))
    column = next((item for item in cols if int(item.get("min", "0")) == at), None) if cols is not None else None
    if cols is None or column is None:
        return
    room, total = float(column.get("width", "80")), sum(widths)
    cols.remove(column)
    for number, width in enumerate(widths):
        made = copy.deepcopy(column)
        made.set("min", str(at + number))
        made.set("max", str(at + number))
        made.set("width", f"{room * width / total:.2f}")
        cols.append(made)


def _spread_print_area(workbook: bytes, pattern: str, last: str) -> bytes:
    book = parse_xml(workbook)
    for name in book.iter(main("definedName")):
        if name.get("name") == "_xlnm.Print_Area":
            name.text = re.sub(rf":\${pattern}\$", f":${last}$", name.text or "")
    return write_xml(book).encode()


def _letters(cell: _Element) -> str:
    found = _REFERENCE.fullmatch(cell.get("r", ""))
    return found[1] if found is not None else ""


def _number_column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _name_column(number: int) -> str:
    return "".join(_spell_column(number))[::-1]


def _spell_column(number: int) -> Iterator[str]:
    while number:
        number, rest = divmod(number - 1, 26)
        yield chr(65 + rest)
