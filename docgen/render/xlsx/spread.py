"""Repeats the last column of a workbook template, so that it has as many columns as its document.

A template that prints ``columns[0]`` and ``row.cells[0]`` in its last column is *spread* once for each set of columns:
that column is repeated with its formats, and ``[0]`` becomes ``[1]``, ``[2]`` and so on. The copies share its width and
align their values as the columns ask; merged titles and the print area grow to the last copy, and columns behind it
move to the right. The result is an ordinary template.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_column, number_column, split_cell, split_range
from docgen.ooxml.names import SHEET, name_tag
from docgen.ooxml.xml import write_markup
from docgen.render.xlsx.columns import RepeatedColumn, follow_columns
from docgen.render.xlsx.formulas import SharedFormulas
from docgen.render.xlsx.package import Workbook, parse_part, parse_sheet
from docgen.render.xlsx.spots import list_areas
from docgen.render.xlsx.text import BookText, has_tag, join_split_tags, read_cell_text, read_strings
from docgen.render.xlsx.values import escape_cell_text, write_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.render.xlsx.patch import PlaceReport

Column = tuple[int, str]
"""A column's share of the width, and its alignment."""
_ALIGNMENTS = ("left", "center", "right")
_MARK, _VALUE = "columns[0]", "cells[0]"
_LAST_COLUMN = 16_384
_FIXED = ("table", "pivotTable")
_FIXED_AREAS = (name_tag("table"), name_tag("location"))


def has_repeated_column(source: str) -> bool:
    """Whether a template's Jinja source has a column that is repeated for each of a document's columns."""
    return _MARK in source


def spread_columns(data: bytes, columns: Sequence[Column]) -> bytes:
    """Make the template for these columns, which share the width of its last column."""
    package = Workbook(data)
    strings = read_strings(package)
    styles = _Styles(package)
    numbers = {entry.name.lower(): number for number, entry in enumerate(package.sheets)}
    for number, entry in enumerate(package.sheets):
        sheet = parse_sheet(package.parts[entry.part]) if entry.part else None
        pattern = None if sheet is None else _find_pattern(sheet, strings)
        if sheet is None or pattern is None:
            continue
        repeated = RepeatedColumn(number, number_column(pattern), len(columns) - 1, numbers)
        _expand_shared(sheet)
        _spread_cells(sheet, repeated, columns, strings, styles)
        _spread_widths(sheet, repeated.at, [width for width, _ in columns])
        follow_columns(package, sheet, repeated)
        _spread_notes(package, entry.part, repeated)
        package.parts[entry.part] = write_markup(sheet).encode()
    styles.write()
    return package.save()


def check_columns(package: Workbook, strings: Sequence[BookText], report: PlaceReport) -> None:
    """Report tables and pivot tables over the repeated column: they can't have more columns."""
    for entry in package.sheets:
        related = package.list_relations(entry.part) if entry.part else []
        fixed = [item.target for item in related if item.kind in _FIXED and item.target in package.parts]
        pattern = _find_pattern(parse_sheet(package.parts[entry.part]), strings) if fixed else None
        for part in fixed if pattern is not None else ():
            root = parse_part(package.parts[part])
            areas = [spot.text for spot in list_areas(root) if spot.element.tag in _FIXED_AREAS]
            if any(start <= number_column(pattern or "") <= end for _, start, _, end in map(split_range, areas)):
                name = root.get("displayName") or root.get("name") or part
                report("T473", entry.name, place=name, column=pattern or "")


def _find_pattern(sheet: _Element, strings: Sequence[BookText]) -> str | None:
    """Find the letters of the column that is to be repeated."""
    return next((_find_letters(cell) for cell in sheet.iter(name_tag("c")) if _MARK in _read_text(cell, strings)), None)


def _read_text(cell: _Element, strings: Sequence[BookText]) -> str:
    text = read_cell_text(cell, strings)
    return "" if text is None else text.plain


class _Styles:
    """The cell formats of a workbook, and copies of them with another alignment."""

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
        """Find or make the number of the format that differs from this one in its alignment alone."""
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


def _expand_shared(sheet: _Element) -> None:
    """Give each cell its own formula, since cells with a shared formula move."""
    shared = SharedFormulas()
    for cell in sheet.iter(name_tag("c")):
        formula = cell.find(name_tag("f"))
        if formula is not None and formula.get("t") == "shared":
            formula.text = shared.expand(cell.get("r", ""), formula.get("si", ""), formula.text or "")
            for name in ("t", "si", "ref"):
                formula.attrib.pop(name, "")


def _spread_cells(
    sheet: _Element,
    repeated: RepeatedColumn,
    columns: Sequence[Column],
    strings: Sequence[BookText],
    styles: _Styles,
) -> None:
    for row in sheet.iter(name_tag("row")):
        row.attrib.pop("spans", "")
        for cell in list(row.iterfind(name_tag("c"))):
            column = number_column(_find_letters(cell))
            if column != repeated.at:
                cell.set("r", f"{name_column(repeated.move(column))}{row.get('r')}")
                _spread_formula(cell, cell, repeated, None)
                continue
            style, holds_value = int(cell.get("s", "0")), _VALUE in _read_text(cell, strings)
            copies = [cell, *(_copy_cell(cell, repeated, number, strings) for number in range(1, len(columns)))]
            for number, (made, (_, align)) in reversed(list(enumerate(zip(copies, columns, strict=True)))):
                _spread_formula(made, cell, repeated, number)
                if number:
                    cell.addnext(made)
                if holds_value:
                    made.set("s", str(styles.align(style, align)))


def _spread_formula(cell: _Element, pattern: _Element, repeated: RepeatedColumn, own: int | None) -> None:
    formula, former = cell.find(name_tag("f")), pattern.find(name_tag("f"))
    if formula is None or former is None:
        return
    formula.text = repeated.spread_formula(former.text or "", repeated.sheet, own)
    if formula.get("ref"):
        ref = former.get("ref", "")
        formula.set("ref", cell.get("r", "") if ":" not in ref else repeated.spread_areas(ref, wide=False))


def _copy_cell(cell: _Element, repeated: RepeatedColumn, number: int, strings: Sequence[BookText]) -> _Element:
    from lxml import etree

    text, made = read_cell_text(cell, strings), copy.deepcopy(cell)
    made.tail = None
    made.set("r", re.sub("^[A-Z]+", name_column(repeated.at + number), cell.get("r", "")))
    if made.find(name_tag("f")) is not None:
        return made
    for child in list(made):
        made.remove(child)
    made.attrib.pop("t", "")
    if text is not None:
        made.set("t", "inlineStr")
        made.append(etree.fromstring(_write_inline(text, number)))
    return made


def _spread_notes(package: Workbook, part: str, repeated: RepeatedColumn) -> None:
    """Repeat the notes with the values of the column's formulas for each copy."""
    name = package.find_related(part, "comments")
    root = None if name is None else parse_part(package.parts[name])
    if name is None or root is None:
        return
    for note in list(root.iter(name_tag("comment"))):
        ref = note.get("ref", "")
        text = "".join(item.text or "" for item in note.iter(name_tag("t")))
        if split_cell(ref)[1] != repeated.at or not has_tag(text):
            continue
        for number in range(repeated.added, 0, -1):
            made = copy.deepcopy(note)
            made.set("ref", f"{name_column(repeated.at + number)}{split_cell(ref)[0]}")
            for item in made.iter(name_tag("t")):
                item.text = (item.text or "").replace("[0]", f"[{number}]")
            note.addnext(made)
    package.parts[name] = write_markup(root).encode()


def _write_inline(text: BookText, number: int) -> str:
    """Write a text as an inline string, with the index of this copy instead of the first one's."""
    runs = [
        (properties, write_text(escape_cell_text(typed.replace("[0]", f"[{number}]"))))
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


def _find_letters(cell: _Element) -> str:
    return cell.get("r", "").rstrip("0123456789")
