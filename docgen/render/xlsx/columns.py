"""Updates references to a sheet whose last column is repeated, before the workbook is compiled.

From outside, a range over the column covers all its copies, and a single cell of it is the first copy's. In a formula
that is repeated with the column, it is that of the same copy; with ``$`` it covers all copies, as with rows.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_cell, name_column, number_column, split_cell
from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import local_name, write_markup
from docgen.render.xlsx.formulas import UnreadableFormulaError, find_sheet, split_formula
from docgen.render.xlsx.notes import list_shapes
from docgen.render.xlsx.package import Workbook, parse_drawing, parse_part, write_drawing
from docgen.render.xlsx.spots import DRAWING, EXCEL_MAIN, list_anchor_numbers, list_areas, list_formulas

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docgen.render.xlsx.spots import ReferenceSpot

_END = r"(\$?)([A-Za-z]{1,3})((?:\$?[1-9]\d{0,6})?)"
_OPERAND = re.compile(rf"(:?(?:(?:'(?:[^']|'')+'|[^!'\[\]:]+)!)?){_END}(?::{_END})?")
_WORD = re.compile(rf"{_END}(?::{_END})?")
# In these elements one cell of the column covers all its copies.
_WIDE = frozenset(("hyperlink", "conditionalFormatting", "dataValidation", "protectedRange", "ignoredError", "sqref"))
_ON_SHEET = ("drawing", "comments", "threadedComment", "vmlDrawing", "table", "pivotTable", "tableSingleCells")
_ELSEWHERE = ("chart", "chartEx", "chartUserShapes", "ctrlProp", "pivotCacheDefinition")


@dataclass(frozen=True, slots=True)
class RepeatedColumn:
    """A column (``at``) of a sheet (by number) that is repeated ``added`` times."""

    sheet: int
    at: int
    added: int
    numbers: dict[str, int]

    def move(self, column: int) -> int:
        """Find a column's new number; that of the first copy doesn't change."""
        return column + self.added if column > self.at else column

    def spread_formula(self, text: str, home: int, own: int | None = None, *, pin: bool = False) -> str:
        """Rewrite a formula on sheet ``home``, in copy ``own`` of the column if it is repeated with it.

        With ``pin`` it is relative to each copy: references to other columns get a ``$``.
        """
        head = text[:1] if text[:1] in ("=", "#") else ""
        try:
            pairs = split_formula(text[len(head) :])
        except UnreadableFormulaError:
            return text
        return head + "".join(self._spread_operand(operand, home, own, pin) + rest for operand, rest in pairs)

    def _spread_operand(self, operand: str, home: int, own: int | None, pin: bool) -> str:
        match = _OPERAND.fullmatch(operand)
        if match is None or find_sheet(match[1], home, self.numbers) != self.sheet:
            return operand
        prefix, fixed1, col1, row1, fixed2, col2, row2 = match.groups()
        if not (row1 or col2) or max(number_column(col1), number_column(col2 or "A")) > 16_384:
            return operand
        first = self._spread_end(fixed1, col1, own, 0)
        second = self._spread_end(fixed2, col2, own, self.added) if col2 else None
        ends = [(first, row1)] if second is None else [(first, row1), (second, row2)]
        return prefix + ":".join(
            f"{'$' if pin and number != self.at else fixed}{name_column(number)}{row}" for (fixed, number), row in ends
        )

    def _spread_end(self, fixed: str, letters: str, own: int | None, added: int) -> tuple[str, int]:
        column = number_column(letters)
        if column == self.at:
            return fixed, column + (own if own is not None and not fixed else added)
        return fixed, self.move(column)

    def spread_areas(self, text: str, *, wide: bool) -> str:
        """Rewrite areas of the sheet; with ``wide`` a single cell of the column covers all its copies."""
        words = []
        for word in text.split():
            match = _WORD.fullmatch(word)
            if match is None:
                words.append(word)
                continue
            fixed1, col1, row1, fixed2, col2, row2 = match.groups()
            first, last = number_column(col1), number_column(col2 or col1)
            end = last + self.added if last > self.at or (last == self.at and (wide or col2)) else last
            start = f"{fixed1}{name_column(self.move(first))}{row1}"
            stop = f"{fixed2 or ''}{name_column(end)}{row2 if col2 else row1}"
            words.append(stop if start == stop and not col2 else f"{start}:{stop}")
        return " ".join(words)

    def is_within(self, text: str) -> bool:
        """Whether areas lie in the column alone."""
        matches = [_WORD.fullmatch(word) for word in text.split()]
        columns = {number_column(col) for match in matches if match for col in (match[2], match[5]) if col}
        return columns == {self.at}


def follow_columns(package: Workbook, sheet: _Element, repeated: RepeatedColumn) -> None:
    """Update all references of the workbook, but in the cells of ``sheet``, the XML of the repeated column's sheet."""
    home = repeated.sheet
    part = package.sheets[home].part
    _follow_sheet(sheet, repeated)
    for number, entry in enumerate(package.sheets):
        if number != home and entry.part:
            root = parse_part(package.parts[entry.part])
            if _follow_formulas(root, repeated, number):
                package.parts[entry.part] = write_markup(root).encode()
    _follow_formulas(package.book, repeated, home)
    package.parts[package.workbook] = write_markup(package.book).encode()
    seen: set[str] = set()
    _follow_related(package, part, repeated, home, seen)
    for number, entry in enumerate(package.sheets):
        if entry.part:
            _follow_related(package, entry.part, repeated, number, seen)
    _follow_related(package, package.workbook, repeated, home, seen)


def _follow_related(package: Workbook, part: str, repeated: RepeatedColumn, number: int, seen: set[str]) -> None:
    for relation in package.list_relations(part):
        name = relation.target
        if relation.kind not in (*_ON_SHEET, *_ELSEWHERE) or name in seen or name not in package.parts:
            continue
        seen.add(name)
        is_vml = name.endswith(".vml")
        root = parse_drawing(package.parts[name]) if is_vml else parse_part(package.parts[name])
        changed = _follow_formulas(root, repeated, number)
        if relation.kind in _ON_SHEET and number == repeated.sheet:
            _follow_areas(root, repeated)
            _follow_corners(root, repeated)
            changed = True
        if relation.kind == "pivotCacheDefinition":
            changed |= _follow_sources(root, repeated)
        if changed:
            package.parts[name] = (write_drawing(root) if is_vml else write_markup(root)).encode()
        _follow_related(package, name, repeated, number, seen)


def _follow_formulas(root: _Element, repeated: RepeatedColumn, home: int) -> bool:
    changed = False
    for spot in list(list_formulas(root)):
        made = repeated.spread_formula(spot.text, home)
        if made != spot.text:
            spot.put(made)
            changed = True
    return changed


def _follow_sheet(sheet: _Element, repeated: RepeatedColumn) -> None:
    home = repeated.sheet
    owners = _find_owners(sheet, repeated)
    sparklines = _list_sparklines(sheet, repeated)
    for spot in list(list_formulas(sheet)):
        parent = spot.element.getparent()
        if parent is None or parent.tag == name_tag("c"):
            continue
        pin = any(item in owners for item in (spot.element, *spot.element.iterancestors()))
        spot.put(repeated.spread_formula(spot.text, home, 0 if pin else None, pin=pin))
    _follow_areas(sheet, repeated)
    for sparkline, text in sparklines:
        _spread_sparkline(sparkline, text, repeated)
    _follow_corners(sheet, repeated)
    for pane in sheet.iter(name_tag("pane")):
        split = pane.get("xSplit", "")
        if split.isdecimal() and int(split) >= repeated.at and pane.get("state", "split").startswith("frozen"):
            pane.set("xSplit", str(int(split) + repeated.added))
    for item in sheet.iterfind(f"{name_tag('colBreaks')}/{name_tag('brk')}"):
        if int(item.get("id", "0")) >= repeated.at:
            item.set("id", str(int(item.get("id", "0")) + repeated.added))


def _list_sparklines(sheet: _Element, repeated: RepeatedColumn) -> list[tuple[_Element, str]]:
    """List the sparklines in the column's cells, with the ranges that they draw."""
    sparklines = [item for item in sheet.iter() if local_name(item) == "sparkline"]
    texts = [
        (item, item.findtext(f"{EXCEL_MAIN}sqref", ""), item.findtext(f"{EXCEL_MAIN}f", "")) for item in sparklines
    ]
    return [(item, text) for item, where, text in texts if repeated.is_within(where)]


def _spread_sparkline(sparkline: _Element, text: str, repeated: RepeatedColumn) -> None:
    for own in range(repeated.added, -1, -1):
        made = copy.deepcopy(sparkline) if own else sparkline
        for child in made:
            if local_name(child) == "f":
                child.text = repeated.spread_formula(text, repeated.sheet, own)
            else:
                child.text = name_cell(split_cell((child.text or "").replace("$", ""))[0], repeated.at + own)
        if own:
            sparkline.addnext(made)


def _find_owners(sheet: _Element, repeated: RepeatedColumn) -> set[_Element]:
    """Find the rules whose cells lie in the repeated column alone: their formulas are relative to each copy."""
    owners = set()
    for spot in list_areas(sheet):
        owner = spot.element if spot.attribute else spot.element.getparent()
        if owner is not None and local_name(spot.element) in _WIDE and repeated.is_within(spot.text):
            owners.add(owner)
    return owners


def _follow_areas(root: _Element, repeated: RepeatedColumn) -> None:
    for spot in list(list_areas(root)):
        spot.put(repeated.spread_areas(spot.text, wide=_is_wide(spot)))


def _is_wide(spot: ReferenceSpot) -> bool:
    parent = spot.element.getparent()
    if spot.element.tag == f"{EXCEL_MAIN}sqref" and parent is not None and local_name(parent) == "sparkline":
        return False
    return local_name(spot.element) in _WIDE


def _follow_corners(root: _Element, repeated: RepeatedColumn) -> None:
    for column in root.iter(f"{DRAWING}col"):
        column.text = str(repeated.move(int(column.text or 0) + 1) - 1)
    for shape in list_shapes(root):
        for element in shape.iter():
            name = local_name(element)
            if name == "Column":
                element.text = str(repeated.move(int(element.text or 0) + 1) - 1)
            elif name == "Anchor":
                numbers = list_anchor_numbers(element)
                for at in (0, 4) if numbers else ():
                    numbers[at] = str(repeated.move(int(numbers[at]) + 1) - 1)
                element.text = ", ".join(numbers) or element.text


def _follow_sources(root: _Element, repeated: RepeatedColumn) -> bool:
    sources = [
        source
        for source in root.iter(name_tag("worksheetSource"), name_tag("rangeSet"))
        if source.get("ref") and repeated.numbers.get(source.get("sheet", "").lower()) == repeated.sheet
    ]
    for source in sources:
        source.set("ref", repeated.spread_areas(source.get("ref", ""), wide=True))
    return bool(sources)
