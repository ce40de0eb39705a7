"""Adds the sheets of a return to the clerk's workbook: their position and formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.ooxml.cells import name_cell
from docgen.ooxml.names import OFFICE_RELATIONS, SHEET, SHEET_TYPE, name_tag
from docgen.ooxml.package import OfficePackage
from docgen.sources.intake.returning.elements import add_element, make_element
from docgen.sources.intake.returning.marks import find_styles

if TYPE_CHECKING:
    from lxml.etree import _Element


def place_sheet(parts: OfficePackage, workbook: str, name: str, root: _Element, at: int) -> tuple[str, int]:
    """Insert a sheet at ``at``, or replace the one of that name; returns its part and its index."""
    from lxml import etree

    book = parts.parse(workbook)
    sheets = book.find(name_tag("sheets"))
    assert sheets is not None
    names = [str(item.get("name")) for item in sheets]
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if name in names:
        rid = sheets[names.index(name)].get(f"{{{OFFICE_RELATIONS}}}id")
        part = next(item.target for item in parts.list_relations(workbook, "worksheet") if item.id == rid)
        parts.put(part, data)
        parts.forget_relations(part)
        return part, names.index(name)
    part = parts.find_free("xl/worksheets/issues{}.xml")
    parts.put(part, data)
    parts.declare(part, SHEET_TYPE + "worksheet+xml")
    rid = parts.relate(workbook, f"{OFFICE_RELATIONS}/worksheet", part)
    number = 1 + max(int(item.get("sheetId", 0)) for item in sheets)
    attributes = {"name": name, "sheetId": str(number), f"{{{OFFICE_RELATIONS}}}id": rid}
    sheets.insert(at, etree.Element(name_tag("sheet"), attributes))
    # a name local to a sheet refers to it by index
    for item in book.iterfind(f"{name_tag('definedNames')}/{name_tag('definedName')}"):
        if item.get("localSheetId") is not None and int(item.get("localSheetId", 0)) >= at:
            item.set("localSheetId", str(int(item.get("localSheetId", 0)) + 1))
    return part, at


def draw_sheet(widths: Sequence[int], *, is_selected: bool = False) -> tuple[_Element, _Element]:
    """A sheet with columns of these widths, whose first two rows stay in sight; and its data, yet empty."""
    from lxml import etree

    root = etree.fromstring(f'<worksheet xmlns="{SHEET}"/>')
    selected = {"tabSelected": "1"} if is_selected else {}
    view = add_element(add_element(root, "sheetViews"), "sheetView", **selected, workbookViewId="0", showGridLines="0")
    add_element(view, "pane", ySplit="2", topLeftCell="A3", activePane="bottomLeft", state="frozen")
    columns = add_element(root, "cols")
    for at, width in enumerate(widths, 1):
        add_element(columns, "col", min=str(at), max=str(at), width=str(width), customWidth="1")
    return root, add_element(root, "sheetData")


def add_link(links: _Element, reference: str, sheet: str, cell: str) -> None:
    """Add a link from a cell to one of another sheet."""
    location = "'{}'!{}".format(sheet.replace("'", "''"), cell)
    add_element(links, "hyperlink", ref=reference, location=location, display=cell)


def add_row(data: _Element, number: int, values: Sequence[tuple[str, int]], height: int) -> None:
    """Add a row of texts, each with its format."""
    row = add_element(data, "row", r=str(number), ht=str(min(height, 400)), customHeight="1")
    for at, (text, look) in enumerate(values, 1):
        cell = add_element(row, "c", r=name_cell(number, at), s=str(look))
        if text:
            cell.set("t", "inlineStr")
            add_element(add_element(cell, "is"), "t").text = text


def fit_paper(root: _Element) -> None:
    """Print a sheet on A4 landscape with all columns on one page; call it after the other elements were added."""
    add_element(root, "pageMargins", left="0.4", right="0.4", top="0.5", bottom="0.5", header="0.3", footer="0.3")
    add_element(root, "pageSetup", paperSize="9", orientation="landscape", fitToHeight="0", fitToWidth="1")
    fit = make_element("sheetPr")
    add_element(fit, "pageSetUpPr", fitToPage="1")
    root.insert(0, fit)


def add_looks(parts: OfficePackage, workbook: str) -> dict[str, int]:
    """Add the formats of these sheets to the workbook's styles."""
    styles = find_styles(parts, workbook)
    if styles is None:
        return dict.fromkeys(("title", "head", "cell", "link", "error", "warning", "info"), 0)
    fonts, fills, borders = (styles.find(name_tag(name)) for name in ("fonts", "fills", "borders"))
    formats = styles.find(name_tag("cellXfs"))
    assert fonts is not None and fills is not None and borders is not None and formats is not None  # noqa: PT018
    plain, bold, title = _add_font(fonts), _add_font(fonts, bold=True), _add_font(fonts, bold=True, size=15)
    link = _add_font(fonts, colour="FF0563C1", underline=True)
    line = _add_border(borders)
    head, error, warning = (_add_fill(fills, colour) for colour in ("FFDDEBF7", "FFFFC7CE", "FFFFEB9C"))
    made = {
        "title": _add_format(formats, title, 0, 0),
        "head": _add_format(formats, bold, head, line),
        "cell": _add_format(formats, plain, 0, line),
        "link": _add_format(formats, link, 0, line),
        "error": _add_format(formats, plain, error, line),
        "warning": _add_format(formats, plain, warning, line),
        "info": _add_format(formats, plain, 0, line),
    }
    for holder in (fonts, fills, borders, formats):
        holder.set("count", str(len(holder)))
    return made


def _find_or_add(holder: _Element, made: _Element) -> int:
    """The index of an equal format, else of the added one, so that a second return adds nothing."""
    from lxml import etree

    wanted = etree.tostring(made, method="c14n")
    for at, item in enumerate(holder):
        if etree.tostring(item, method="c14n", with_tail=False) == wanted:
            return at
    holder.append(made)
    return len(holder) - 1


def _add_font(fonts: _Element, *, bold: bool = False, size: int = 11, colour: str = "", underline: bool = False) -> int:
    font = make_element("font")
    if bold:
        add_element(font, "b")
    if underline:
        add_element(font, "u")
    add_element(font, "sz", val=str(size))
    if colour:
        add_element(font, "color", rgb=colour)
    add_element(font, "name", val="宋体")
    add_element(font, "family", val="3")
    add_element(font, "charset", val="134")
    return _find_or_add(fonts, font)


def _add_fill(fills: _Element, colour: str) -> int:
    fill = make_element("fill")
    add_element(add_element(fill, "patternFill", patternType="solid"), "fgColor", rgb=colour)
    return _find_or_add(fills, fill)


def _add_border(borders: _Element) -> int:
    border = make_element("border")
    for side in ("left", "right", "top", "bottom"):
        add_element(add_element(border, side, style="thin"), "color", rgb="FFBFBFBF")
    add_element(border, "diagonal")
    return _find_or_add(borders, border)


def _add_format(formats: _Element, font: int, fill: int, border: int) -> int:
    made = make_element(
        "xf",
        numFmtId="0",
        fontId=str(font),
        fillId=str(fill),
        borderId=str(border),
        xfId="0",
        applyFont="1",
        applyFill="1",
        applyBorder="1",
        applyAlignment="1",
    )
    add_element(made, "alignment", vertical="center", wrapText="1" if border else "0")
    return _find_or_add(formats, made)
