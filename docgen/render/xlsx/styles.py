"""Reads a workbook's cell formats and column widths."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.ooxml.names import name_tag
from docgen.ooxml.xml import local_name, write_xml
from docgen.render.xlsx.formats import StylePart
from docgen.render.xlsx.package import Workbook, is_true, parse_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.I)
_DEFAULT_SIZE = 11.0
_DEFAULT_WIDTH = 9.0
# ECMA-376 part 1, 18.8.22: what a font holds, in the order that Microsoft's schema asks for.
_FONT_ORDER = (
    *map(name_tag, ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign")),
    *map(name_tag, ("sz", "color", "name", "family", "charset", "scheme")),
)


@dataclass(frozen=True, slots=True)
class CellFormat:
    """A cell format: whether it shows dates, check boxes or numbers in the format General, and whether it wraps text.

    ``size`` is its font's size in points.
    """

    is_date: bool = False
    is_box: bool = False
    is_general: bool = False
    wraps: bool = False
    size: float = _DEFAULT_SIZE


def order_fonts(package: Workbook) -> None:
    """Put the children of fonts in the schema's order; openpyxl writes another one, which Excel tolerates."""
    part = package.find_related(package.workbook, "styles")
    if part is None:
        return
    root, changed = parse_part(package.parts[part]), False
    for font in root.iterfind(f"{name_tag('fonts')}/{name_tag('font')}"):
        places = [_FONT_ORDER.index(child.tag) for child in font if child.tag in _FONT_ORDER]
        if len(places) == len(font) and places != sorted(places):
            font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(child.tag))
            changed = True
    if changed:
        package.parts[part] = write_xml(root)


def read_styles(package: Workbook) -> list[CellFormat]:
    """Read the workbook's cell formats, by number."""
    relation = package.find_related(package.workbook, "styles")
    if relation is None:
        return []
    root = parse_part(package.parts[relation])
    codes = {
        int(item.get("numFmtId", "0")): item.get("formatCode", "")
        for item in root.iterfind(f"{name_tag('numFmts')}/{name_tag('numFmt')}")
    }
    sizes = [_read_size(font) for font in root.iterfind(f"{name_tag('fonts')}/{name_tag('font')}")]
    styles = []
    for xf in root.iterfind(f"{name_tag('cellXfs')}/{name_tag('xf')}"):
        alignment, font = xf.find(name_tag("alignment")), int(xf.get("fontId", "0"))
        styles.append(
            CellFormat(
                _is_date_format(int(xf.get("numFmtId", "0")), codes),
                any(local_name(item) == "xfComplement" for item in xf.iter()),
                int(xf.get("numFmtId", "0")) == 0,
                alignment is not None and is_true(alignment.get("wrapText")),
                sizes[font] if font < len(sizes) else _DEFAULT_SIZE,
            )
        )
    return styles


def read_style_part(package: Workbook, styles: Sequence[CellFormat]) -> StylePart | None:
    """Read the part with the cell formats ``styles``; None where a workbook has none."""
    name = package.find_related(package.workbook, "styles")
    general = frozenset(number for number, style in enumerate(styles) if style.is_general)
    return StylePart(name, package.parts[name], len(styles), general) if name is not None and styles else None


def read_widths(sheet: _Element) -> defaultdict[int, float]:
    """Read the widths of a sheet's columns (from 1), in digits of the default font."""
    form = sheet.find(name_tag("sheetFormatPr"))
    stated = form.get("defaultColWidth") if form is not None else None
    default = float(stated) if stated else _DEFAULT_WIDTH
    widths: defaultdict[int, float] = defaultdict(lambda: default)
    for column in sheet.iterfind(f"{name_tag('cols')}/{name_tag('col')}"):
        if column.get("width"):
            # A range that ends far to the right means all the other columns; their widths aren't needed.
            for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 1000) + 1):
                widths[number] = float(column.get("width", "0"))
    return widths


def _read_size(font: _Element) -> float:
    size = font.find(name_tag("sz"))
    return float(size.get("val", _DEFAULT_SIZE)) if size is not None else _DEFAULT_SIZE


def _is_date_format(number: int, codes: dict[int, str]) -> bool:
    if number not in codes:
        return number in _DATE_FORMATS
    section = _NOT_CODE.sub("", codes[number].partition(";")[0])
    return re.search("[ymdhs]", section, re.I) is not None
