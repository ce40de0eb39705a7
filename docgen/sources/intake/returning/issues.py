"""The sheet that lists what is to be mended, each line with a link to its cell; the first that a clerk sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.diagnostics import Severity
from docgen.ooxml.cells import name_cell, name_column
from docgen.ooxml.names import OFFICE_RELATIONS, SHEET, SHEET_TYPE, name_tag
from docgen.ooxml.package import Package
from docgen.sources.intake.workbook.layout import ISSUE_SHEET

if TYPE_CHECKING:
    from lxml.etree import _Element

_WIDTHS = (6, 26, 9, 8, 60, 60, 9)
_LINE = 30
_HEIGHT = 15


@dataclass(frozen=True, slots=True)
class Issue:
    """A line of the list, in the reader's words."""

    sheet: str | None
    cell: str | None
    severity: Severity
    grade: str
    message: str
    mend: str
    code: str


def write_issues(parts: Package, workbook: str, heads: Sequence[str], title: str, issues: Sequence[Issue]) -> None:
    """Write the list into the workbook's first sheet, in place of that of an earlier return."""
    book = parts.parse(workbook)
    sheets = book.find(name_tag("sheets"))
    assert sheets is not None
    names = [str(item.get("name")) for item in sheets]
    looks = _add_looks(parts, workbook)
    root = _draw(heads, title, issues, looks, frozenset(names))
    from lxml import etree

    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if ISSUE_SHEET in names:
        rid = sheets[names.index(ISSUE_SHEET)].get(f"{{{OFFICE_RELATIONS}}}id")
        part = next(item.target for item in parts.list_relations(workbook, "worksheet") if item.id == rid)
        parts.put(part, data)
        parts.forget_relations(part)
        at = names.index(ISSUE_SHEET)
    else:
        part = parts.find_free("xl/worksheets/issues{}.xml")
        parts.put(part, data)
        parts.declare(part, SHEET_TYPE + "worksheet+xml")
        rid = parts.relate(workbook, f"{OFFICE_RELATIONS}/worksheet", part)
        number = 1 + max(int(item.get("sheetId", 0)) for item in sheets)
        given = {"name": ISSUE_SHEET, "sheetId": str(number), f"{{{OFFICE_RELATIONS}}}id": rid}
        sheets.insert(0, etree.Element(name_tag("sheet"), given))
        # names that belong to one sheet know it by its place
        for item in book.iterfind(f"{name_tag('definedNames')}/{name_tag('definedName')}"):
            if item.get("localSheetId") is not None:
                item.set("localSheetId", str(int(item.get("localSheetId", 0)) + 1))
        at = 0
    _activate(parts, workbook, book, part, at)


def _activate(parts: Package, workbook: str, book: _Element, part: str, at: int) -> None:
    """Open the workbook at the list; two selected sheets would be edited as one."""
    for other in (item.target for item in parts.list_relations(workbook, "worksheet")):
        if other != part and other in parts:
            for view in parts.parse(other).iterfind(f"{name_tag('sheetViews')}/{name_tag('sheetView')}"):
                if view.get("tabSelected") is not None:
                    del view.attrib["tabSelected"]
    for view in book.iterfind(f"{name_tag('bookViews')}/{name_tag('workbookView')}"):
        view.set("activeTab", str(at))
        view.set("firstSheet", "0")


def _draw(
    heads: Sequence[str], title: str, issues: Sequence[Issue], looks: dict[str, int], names: frozenset[str]
) -> _Element:
    from lxml import etree

    root = etree.fromstring(f'<worksheet xmlns="{SHEET}"/>')
    view = _add(_add(root, "sheetViews"), "sheetView", tabSelected="1", workbookViewId="0", showGridLines="0")
    _add(view, "pane", ySplit="2", topLeftCell="A3", activePane="bottomLeft", state="frozen")
    columns = _add(root, "cols")
    for at, width in enumerate(_WIDTHS, 1):
        _add(columns, "col", min=str(at), max=str(at), width=str(width), customWidth="1")
    data = _add(root, "sheetData")
    _add_row(data, 1, [(title, looks["title"])], 26)
    _add_row(data, 2, [(head, looks["head"]) for head in heads], 20)
    links = etree.Element(name_tag("hyperlinks"))
    for number, issue in enumerate(issues, 1):
        row = number + 2
        linked = issue.sheet in names and issue.cell is not None
        values = [
            (str(number), looks["cell"]),
            (issue.sheet or "", looks["cell"]),
            (issue.cell or "", looks["link" if linked else "cell"]),
            (issue.grade, looks[issue.severity.value]),
            (issue.message, looks["cell"]),
            (issue.mend, looks["cell"]),
            (issue.code, looks["cell"]),
        ]
        lines = max(1 + len(issue.message) // _LINE, 1 + len(issue.mend) // _LINE)
        _add_row(data, row, values, _HEIGHT * lines + 3)
        if linked:
            sheet = str(issue.sheet).replace("'", "''")
            _add(links, "hyperlink", ref=f"C{row}", location=f"'{sheet}'!{issue.cell}", display=str(issue.cell))
    _add(root, "autoFilter", ref=f"A2:{name_column(len(heads))}{len(issues) + 2}")
    if len(links):
        root.append(links)
    _add(root, "pageMargins", left="0.4", right="0.4", top="0.5", bottom="0.5", header="0.3", footer="0.3")
    setup = _add(root, "pageSetup", paperSize="9", orientation="landscape", fitToHeight="0")
    setup.set("fitToWidth", "1")
    fit = etree.Element(name_tag("sheetPr"))
    _add(fit, "pageSetUpPr", fitToPage="1")
    root.insert(0, fit)
    return root


def _add_row(data: _Element, number: int, values: Sequence[tuple[str, int]], height: int) -> None:
    row = _add(data, "row", r=str(number), ht=str(min(height, 400)), customHeight="1")
    for at, (text, look) in enumerate(values, 1):
        cell = _add(row, "c", r=name_cell(number, at), s=str(look))
        if text:
            cell.set("t", "inlineStr")
            _add(_add(cell, "is"), "t").text = text


def _add_looks(parts: Package, workbook: str) -> dict[str, int]:
    """The list's formats, added to the workbook's styles."""
    from docgen.sources.intake.returning.marks import find_styles

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
    """The index of a format that is spelled so already, else of the new one: a second return adds nothing."""
    from lxml import etree

    wanted = etree.tostring(made, method="c14n")
    for at, item in enumerate(holder):
        if etree.tostring(item, method="c14n", with_tail=False) == wanted:
            return at
    holder.append(made)
    return len(holder) - 1


def _add_font(fonts: _Element, *, bold: bool = False, size: int = 11, colour: str = "", underline: bool = False) -> int:
    font = _make("font")
    if bold:
        _add(font, "b")
    if underline:
        _add(font, "u")
    _add(font, "sz", val=str(size))
    if colour:
        _add(font, "color", rgb=colour)
    _add(font, "name", val="宋体")
    _add(font, "family", val="3")
    _add(font, "charset", val="134")
    return _find_or_add(fonts, font)


def _add_fill(fills: _Element, colour: str) -> int:
    fill = _make("fill")
    _add(_add(fill, "patternFill", patternType="solid"), "fgColor", rgb=colour)
    return _find_or_add(fills, fill)


def _add_border(borders: _Element) -> int:
    border = _make("border")
    for side in ("left", "right", "top", "bottom"):
        _add(_add(border, side, style="thin"), "color", rgb="FFBFBFBF")
    _add(border, "diagonal")
    return _find_or_add(borders, border)


def _add_format(formats: _Element, font: int, fill: int, border: int) -> int:
    made = _make(
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
    _add(made, "alignment", vertical="center", wrapText="1" if border else "0")
    return _find_or_add(formats, made)


def _make(tag: str, **given: str) -> _Element:
    from lxml import etree

    return etree.Element(name_tag(tag), given)


def _add(parent: _Element, tag: str, **given: Any) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, name_tag(tag), given)
