"""Sheets as XML, cell by cell as somebody writes them, and how openpyxl reads a workbook beside how docgen does."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl

from docgen.sources.intake.workbook.grid import SheetCell, SheetGrid, SourceBook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STRINGS = "<si><t>共享一</t></si><si><t>共享二</t></si>"

FILLED = {
    "": "<v>98.5</v>",
    "n": "<v>7</v>",
    "s": "<v>1</v>",
    "str": "<f>A1</f><v>公式的文字</v>",
    "inlineStr": "<is><t>某市二路2号</t></is>",
    "b": "<v>1</v>",
    "e": "<v>#N/A</v>",
    "d": "<v>2024-03-01T00:00:00</v>",
}
RICH = (
    "<is><r><rPr><b/></rPr><t>甲</t></r><rPh sb='0' eb='1'><t>jia</t></rPh>"
    "<r><t>乙</t></r><phoneticPr fontId='1'/></is>"
)
EMPTY = (
    None,
    "",
    "<v/>",
    "<v></v>",
    "<is/>",
    "<is></is>",
    "<is><t/></is>",
    "<is><t></t></is>",
    "<is><r><t/></r></is>",
    "<is><rPh sb='0' eb='1'><t>jia</t></rPh></is>",
    "<f>A1</f>",
    "<f>A1</f><v/>",
    "<!-- nothing -->",
)


def format_cell(kind: str, inside: str | None, place: str = "") -> str:
    """A cell; ``None`` inside: its tag closes itself."""
    given = (f' r="{place}"' if place else "") + (f' t="{kind}"' if kind else "")
    return f"<c{given}/>" if inside is None else f"<c{given}>{inside}</c>"


def format_parts(rows: str, strings: str = STRINGS) -> dict[str, str]:
    """The parts of a workbook with one sheet."""
    return {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
            f'<Override PartName="/xl/sheet.xml" ContentType="{CONTENT}.worksheet+xml"/>'
            f'<Override PartName="/xl/strings.xml" ContentType="{CONTENT}.sharedStrings+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="a" Type="{OFFICE}/worksheet" Target="sheet.xml"/>'
            f'<Relationship Id="b" Type="{OFFICE}/sharedStrings" Target="strings.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="表" sheetId="1" r:id="a"/></sheets></workbook>'
        ),
        "xl/sheet.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }


def prefix(xml: str) -> str:
    """The same elements with a prefix before each name."""
    marked = xml.replace("</", "\0").replace("<!", "\1").replace("<", "<x:").replace("\0", "</x:").replace("\1", "<!")
    return marked.replace("xmlns=", "xmlns:x=")


def space_out(xml: str) -> str:
    """The same elements with line ends between them, and inside their tags."""
    lined = xml.replace("><", ">\n  <").replace(' t="', '\n t="').replace("<c>", "<c >")
    # a text itself isn't touched: neither an empty one nor one that stands in its element
    for name in ("v", "t"):
        lined = lined.replace(f"<{name}>\n  </{name}>", f"<{name}></{name}>")
    return lined


def save(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def list_ours(grid: SheetGrid) -> dict[tuple[int, int], object]:
    found: dict[tuple[int, int], object] = {}
    for row in grid.rows:
        for at, value in row.cells.items():
            read = format(value)
            if read is not None:
                found[(row.number, at)] = read
    return found


def format(value: str | SheetCell) -> object:
    if isinstance(value, str):
        return value
    if value.kind == "uncalculated":
        return None  # openpyxl knows of no such thing
    if value.kind == "bool":
        return value.text in ("1", "true")
    return value.text if value.kind == "error" else float(value.text)


def list_theirs(path: Path) -> dict[str, dict[tuple[int, int], object]]:
    book = openpyxl.load_workbook(path, data_only=True)
    found: dict[str, dict[tuple[int, int], object]] = {}
    for sheet in book.worksheets:
        cells = found[sheet.title] = {}
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, dt.datetime):
                    value = (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    value = float(value)
                if value not in (None, ""):
                    cells[(cell.row, cell.column)] = value
    return found


def compare(book: SourceBook, theirs: dict[str, dict[tuple[int, int], object]]) -> list[tuple[object, ...]]:
    """The cells in which two readings differ; a day is a number to one and a date to the other."""
    differing: list[tuple[object, ...]] = []
    for grid in book.sheets:
        ours, other = list_ours(grid), theirs.get(grid.name, {})
        for place in sorted(ours.keys() | other.keys()):
            mine, their = ours.get(place), other.get(place)
            dated = isinstance(mine, float) and isinstance(their, str | dt.time | dt.timedelta)
            if mine != their and not dated and str(mine).replace("\r", "") != str(their).replace("_x000D_", ""):
                differing.append((grid.name, place, mine, their))
    return differing
