"""A workbook with as many columns as its document: the last column of the template stands for each of them.

A template that prints ``columns[0]`` and ``row.cells[0]`` in its last column is *spread* once for each set of columns:
that column is repeated, with its formats, ``[0]`` becoming ``[1]``, ``[2]`` and so on; its width is shared out and its
values are aligned as the columns ask; merged titles and the print area reach to the last one, and what stands behind it
moves to the right. What comes out is an ordinary template.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_column, number_column
from docgen.ooxml.names import SHEET, name_tag
from docgen.ooxml.xml import escape_text, write_markup
from docgen.render.xlsx.package import Workbook, parse_part, parse_sheet
from docgen.render.xlsx.text import RichText, join_split_tags, read_cell_text, read_strings
from docgen.render.xlsx.values import write_text

if TYPE_CHECKING:
    from lxml.etree import _Element

Column = tuple[int, str]
"""A column's width (its share of the room) and how it is aligned."""
_ALIGNMENTS = ("left", "center", "right")
_MARK, _VALUE = "columns[0]", "cells[0]"
_LAST_COLUMN = 16_384


def spells_columns(source: str) -> bool:
    """Whether a template, as Jinja sees it, has a column that stands for all of a document's."""
    return _MARK in source


def spread_columns(data: bytes, columns: Sequence[Column]) -> bytes:
    """The template for these columns; they share the room that its last column has."""
    package = Workbook(data)
    strings = read_strings(package)
    styles = _Styles(package)
    for entry in package.sheets:
        sheet = parse_sheet(package.parts[entry.part]) if entry.part else None
        pattern = None if sheet is None else _find_pattern(sheet, strings)
        if sheet is None or pattern is None:
            continue
        at, added = number_column(pattern), len(columns) - 1
        last = name_column(at + added)
        _spread_cells(sheet, pattern, columns, strings, styles)
        _spread_widths(sheet, at, [width for width, _ in columns])
        for element in (*sheet.iter(name_tag("mergeCell")), *sheet.iter(name_tag("dimension"))):
            element.set("ref", _spread_range(element.get("ref", ""), at, added))
        package.parts[entry.part] = write_markup(sheet).encode()
        _spread_print_area(package, pattern, last)
    styles.write()
    return package.save()


def _find_pattern(sheet: _Element, strings: Sequence[RichText]) -> str | None:
    """The letters of the column that stands for all."""
    return next((_letters(cell) for cell in sheet.iter(name_tag("c")) if _MARK in _read(cell, strings)), None)


def _read(cell: _Element, strings: Sequence[RichText]) -> str:
    text = read_cell_text(cell, strings)
    return "" if text is None else text.plain


class _Styles:
    """The formats of a workbook, and those that were made of them with another alignment."""

    def __init__(self, package: Workbook) -> None:
        self._package = package
        self._part = package.find_related(package.workbook, "styles")
        self._root = None if self._part is None else parse_part(package.parts[self._part])
        self._formats = None if self._root is None else self._root.find(name_tag("cellXfs"))
        self._made: dict[tuple[int, str], int] = {}

    def write(self) -> None:
        """Write the formats into the workbook."""
        if self._part is not None and self._root is not None:
            self._package.parts[self._part] = write_markup(self._root).encode()

    def align(self, style: int, align: str) -> int:
        """The number of the format that differs from this one in its alignment alone."""
        if self._formats is None:
            return style
        if (style, align) not in self._made:
            made = copy.deepcopy(self._formats[style])
            alignment = made.find(name_tag("alignment"))
            if alignment is None or align not in _ALIGNMENTS or alignment.get("horizontal") == align:
                return style
            alignment.set("horizontal", align)
            self._formats.append(made)
            self._formats.set("count", str(len(self._formats)))
            self._made[style, align] = len(self._formats) - 1
        return self._made[style, align]


def _spread_cells(
    sheet: _Element, pattern: str, columns: Sequence[Column], strings: Sequence[RichText], styles: _Styles
) -> None:
    at = number_column(pattern)
    for row in sheet.iter(name_tag("row")):
        row.attrib.pop("spans", "")
        cell = next((item for item in row.iterfind(name_tag("c")) if _letters(item) == pattern), None)
        for behind in row.iterfind(name_tag("c")):
            if number_column(_letters(behind)) > at:
                behind.set("r", _move_name(behind.get("r", ""), len(columns) - 1))
        if cell is None:
            continue
        style, holds_value = int(cell.get("s", "0")), _VALUE in _read(cell, strings)
        here = cell
        for number, (_, align) in enumerate(columns):
            if number:
                made = _copy_cell(cell, name_column(at + number), number, strings)
                here.addnext(made)
                here = made
            if holds_value:
                here.set("s", str(styles.align(style, align)))


def _move_name(name: str, added: int) -> str:
    letters = name.rstrip("0123456789")
    return name_column(number_column(letters) + added) + name.removeprefix(letters)


def _spread_range(ref: str, at: int, added: int) -> str:
    """A range whose first cell moves when it stands behind the column, and whose last one when it isn't before it."""
    first, colon, last = ref.partition(":")
    ends = [(first, at + 1), (last, at)] if colon else [(first, at + 1)]
    return colon.join(
        _move_name(name, added) if number_column(name.rstrip("0123456789")) >= least else name for name, least in ends
    )


def _copy_cell(cell: _Element, letters: str, number: int, strings: Sequence[RichText]) -> _Element:
    from lxml import etree

    text, made = read_cell_text(cell, strings), copy.deepcopy(cell)
    made.set("r", re.sub("^[A-Z]+", letters, cell.get("r", "")))
    for child in list(made):
        made.remove(child)
    made.attrib.pop("t", "")
    if text is not None:
        made.set("t", "inlineStr")
        made.append(etree.fromstring(_write_inline(text, number)))
    return made


def _write_inline(text: RichText, number: int) -> str:
    """A text as a cell holds it by itself, of this column instead of the first."""
    runs = [
        (properties, write_text(escape_text(typed.replace("[0]", f"[{number}]"))))
        for properties, typed in join_split_tags(text.runs)
    ]
    plain = len(runs) == 1 and not runs[0][0]
    inner = runs[0][1] if plain else "".join(f"<r>{properties}{typed}</r>" for properties, typed in runs)
    return f'<is xmlns="{SHEET}">{inner}</is>'


def _spread_widths(sheet: _Element, at: int, widths: Sequence[int]) -> None:
    cols = sheet.find(name_tag("cols"))
    if cols is None:
        return
    for column in list(cols):
        first, last = int(column.get("min", "0")), int(column.get("max", "0"))
        room, total = float(column.get("width", "80")), sum(widths)
        spans = [(first, min(last, at - 1), room)] if first < at else []
        if first <= at <= last:
            spans += [(at + number, at + number, room * width / total) for number, width in enumerate(widths)]
        if last > at:
            added = len(widths) - 1
            spans.append((max(first, at + 1) + added, min(last + added, _LAST_COLUMN), room))
        for start, end, width in spans:
            if start <= end:
                made = copy.deepcopy(column)
                made.set("min", str(start))
                made.set("max", str(end))
                if width != room:
                    made.set("width", f"{width:.2f}")
                column.addprevious(made)
        cols.remove(column)


def _spread_print_area(package: Workbook, pattern: str, last: str) -> None:
    for name in package.book.iter(name_tag("definedName")):
        if name.get("name") == "_xlnm.Print_Area":
            name.text = re.sub(rf":\${pattern}\$", f":${last}$", name.text or "")
    package.parts[package.workbook] = write_markup(package.book).encode()


def _letters(cell: _Element) -> str:
    return cell.get("r", "").rstrip("0123456789")
