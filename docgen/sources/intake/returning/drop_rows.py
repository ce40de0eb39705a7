"""Removes rows from a sheet and moves the others up, with formulas that refer to cells of their own row.

A formula that refers to other rows or sheets would change its meaning; its result replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from docgen.ooxml.cells import name_cell, name_column, split_cell, split_range
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import OfficePackage

if TYPE_CHECKING:
    from lxml.etree import _Element

_REFERENCE = re.compile(r"\$?[A-Z]{1,3}(\$?)(\d+)")


def drop_rows(parts: OfficePackage, sheet_part: str, gone: Collection[int]) -> None:
    """Remove rows from a sheet, with their notes, links and ranges."""
    sheet = parts.parse(sheet_part)
    data = sheet.find(name_tag("sheetData"))
    if data is None or not gone:
        return
    _name_places(data)
    _unshare_formulas(data)
    ordered = sorted(gone)
    moved: dict[int, int] = {}
    above = 0
    for row in data.findall(name_tag("row")):
        number = int(str(row.get("r")))
        while above < len(ordered) and ordered[above] < number:
            above += 1
        if number in gone:
            data.remove(row)
            continue
        moved[number] = number - above
        if above:
            _move_row(row, number, number - above)
    _move_ranges(sheet, "mergeCells", "mergeCell", moved, gone)
    _move_ranges(sheet, "hyperlinks", "hyperlink", moved, gone)
    for comments in parts.list_relations(sheet_part, "comments"):
        _move_comments(parts, sheet_part, parts.parse(comments.target), gone, ordered)


class StoredNumber(NamedTuple):
    """A number in the spelling that a cell stores."""

    digits: str


def set_texts(parts: OfficePackage, sheet_part: str, texts: Mapping[tuple[int, int], str | StoredNumber]) -> None:
    """Write texts and numbers into cells by row and column, replacing their content; cells keep their formats.

    Missing rows are created.
    """
    from lxml import etree

    data = parts.parse(sheet_part).find(name_tag("sheetData"))
    if data is None:
        return
    _name_places(data)
    rows = {int(str(row.get("r"))): row for row in data.iterfind(name_tag("row"))}
    for (number, column), text in texts.items():
        row = rows.get(number)
        if row is None:
            above = max((other for other in rows if other < number), default=None)
            row = rows[number] = etree.Element(name_tag("row"), {"r": str(number)})
            data.insert(0 if above is None else data.index(rows[above]) + 1, row)
        reference = name_cell(number, column)
        cell = next((item for item in row if item.get("r") == reference), None)
        if cell is None:
            at = sum(split_cell(str(item.get("r")))[1] < column for item in row)
            cell = etree.Element(name_tag("c"), {"r": reference})
            row.insert(at, cell)
        if cell.find(name_tag("f")) is not None:
            _unshare_formulas(data)  # other cells may share the formula
        for child in list(cell):
            cell.remove(child)
        if isinstance(text, StoredNumber) or not text:
            cell.attrib.pop("t", "")
        if isinstance(text, StoredNumber):
            etree.SubElement(cell, name_tag("v")).text = text.digits
        if isinstance(text, StoredNumber) or not text:
            continue
        cell.set("t", "inlineStr")
        text_element = etree.SubElement(etree.SubElement(cell, name_tag("is")), name_tag("t"))
        text_element.text = text


def _name_places(data: _Element) -> None:
    """Add the missing row and cell references that a program left implicit."""
    number = 0
    for row in data.iterfind(name_tag("row")):
        cells = row.findall(name_tag("c"))
        named = [split_cell(str(cell.get("r")))[0] for cell in cells if cell.get("r") is not None]
        number = int(float(str(row.get("r")))) if row.get("r") is not None else named[-1] if named else number + 1
        row.set("r", str(number))
        column = 0
        for cell in cells:
            place = cell.get("r")
            column = split_cell(str(place).upper())[1] if place is not None else column + 1
            cell.set("r", name_cell(number, column))


def _unshare_formulas(data: _Element) -> None:
    """Replace shared formulas with a formula in each cell."""
    from openpyxl.formula.translate import Translator

    shared: dict[str, tuple[str, str]] = {}
    for formula in data.iter(name_tag("f")):
        if formula.get("t") != "shared":
            continue
        cell = formula.getparent()
        assert cell is not None
        place, number = str(cell.get("r")), str(formula.get("si"))
        if formula.text:
            shared[number] = formula.text, place
        elif number in shared:
            text, origin = shared[number]
            formula.text = Translator(f"={text}", origin).translate_formula(place).removeprefix("=")
        for name in ("t", "si", "ref"):
            if formula.get(name) is not None:
                del formula.attrib[name]


def _move_row(row: _Element, old: int, new: int) -> None:
    """Give a row another number; a formula that refers to other rows goes, its result stays."""
    row.set("r", str(new))
    for cell in row.iterfind(name_tag("c")):
        place = str(cell.get("r"))
        cell.set("r", place[: len(place) - len(str(old))] + str(new))
        formula = cell.find(name_tag("f"))
        if formula is None or formula.text is None:
            continue
        numbers = {int(number) for _, number in _REFERENCE.findall(formula.text)}
        if numbers <= {old} and "!" not in formula.text and formula.get("t") is None:
            formula.text = _REFERENCE.sub(lambda match: match[0][: -len(match[2])] + str(new), formula.text)
        elif cell.find(name_tag("v")) is not None:
            cell.remove(formula)


def _move_ranges(
    sheet: _Element, holder_name: str, item_name: str, moved: Mapping[int, int], gone: Collection[int]
) -> None:
    """Move merged cells or links with the rows; those that touch a removed row go."""
    holder = sheet.find(name_tag(holder_name))
    if holder is None:
        return
    for item in list(holder.iterfind(name_tag(item_name))):
        top, left, bottom, right = split_range(str(item.get("ref")))
        if any(row in gone for row in range(top, bottom + 1)):
            holder.remove(item)
            continue
        first, last = moved.get(top, top), moved.get(bottom, bottom)
        start = name_cell(first, left)
        item.set("ref", start if (top, left) == (bottom, right) else f"{start}:{name_column(right)}{last}")
    if not len(holder):
        sheet.remove(holder)
    elif holder.get("count") is not None:
        holder.set("count", str(len(holder)))


def _move_comments(
    parts: OfficePackage, sheet_part: str, root: _Element, gone: Collection[int], ordered: list[int]
) -> None:
    """Move the notes of a sheet and their drawings with the rows; those of removed rows go."""
    from bisect import bisect_left

    excel = "urn:schemas-microsoft-com:office:excel"
    listed = root.find(name_tag("commentList"))
    for item in list(listed) if listed is not None else ():
        number, column = split_cell(str(item.get("ref")))
        if number in gone and listed is not None:
            listed.remove(item)
        else:
            item.set("ref", name_cell(number - bisect_left(ordered, number), column))
    for drawing in parts.list_relations(sheet_part, "vmlDrawing"):
        shapes = parts.parse(drawing.target)
        for shape in list(shapes):
            row = shape.find(f".//{{{excel}}}Row")
            if row is None:
                continue
            number = int(row.text or 0) + 1
            if number in gone:
                shapes.remove(shape)
            else:
                row.text = str(number - 1 - bisect_left(ordered, number))
