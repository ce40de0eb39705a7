"""Places pictures over their cells, or the merged areas that begin there, as large as those allow."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from docgen.diagnostics import error
from docgen.ooxml.cells import split_range
from docgen.ooxml.names import OFFICE_RELATIONS, name_tag
from docgen.ooxml.xml import parse_xml, quote_attribute
from docgen.render.values.images import HeicError, ImageError, prepare_image
from docgen.render.xlsx.package import Workbook, parse_sheet
from docgen.render.xlsx.styles import read_widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.etree import _Element

    from docgen.render.values.images import PreparedImage
    from docgen.render.xlsx.values import Findings, PlacedPicture

_SPREADSHEET = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_EMU_PER_DIGIT, _EMU_PER_POINT = 7 * 9525, 12_700
_USUAL_HEIGHT = 15.0
_MARGIN = 2 * 9525
_BEHIND = (
    *("legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems"),
    *("tableParts", "extLst"),
)
"""The elements that follow a sheet's drawing in the schema's order."""


def place_pictures(data: bytes, findings: Findings) -> bytes:
    """Place the pictures of a workbook; reports T125 or T130 for one that can't be read."""
    package = Workbook(data)
    parts = {entry.name: entry.part for entry in package.sheets}
    for sheet, placed in groupby(findings.pictures, lambda item: item.sheet):
        frames = _Frames(parse_sheet(package.read(parts[sheet])))
        pictures = [(item, image) for item in placed if (image := _prepare_picture(item, frames, findings)) is not None]
        _draw_pictures(package, parts[sheet], frames, pictures)
    return package.save()


def _prepare_picture(item: PlacedPicture, frames: _Frames, findings: Findings) -> PreparedImage | None:
    columns, rows = frames.measure(item.row, item.column)
    try:
        return prepare_image(item.value.data, sum(columns) - 2 * _MARGIN, sum(rows) - 2 * _MARGIN)
    except ImageError as problem:
        findings.sheet, findings.cell = item.sheet, item.cell
        code, tag = "T130" if isinstance(problem, HeicError) else "T125", f"{{{{ {item.tag} }}}}"
        place = findings.place()
        findings.report(error(code, place, template=findings.file, tag=tag, path=item.value.description))
        return None


class _Frames:
    """The sizes of a sheet's cells."""

    def __init__(self, root: _Element) -> None:
        self._widths = read_widths(root)
        form = root.find(name_tag("sheetFormatPr"))
        self._usual = float(form.get("defaultRowHeight", _USUAL_HEIGHT)) if form is not None else _USUAL_HEIGHT
        self._heights = {int(row.get("r", "0")): row.get("ht") for row in root.iter(name_tag("row"))}
        merged = (split_range(item.get("ref", "")) for item in root.iter(name_tag("mergeCell")))
        self._merged = {(top, left): (bottom, right) for top, left, bottom, right in merged}

    def measure(self, row: int, column: int) -> tuple[list[int], list[int]]:
        """Measure the widths of the columns and the heights of the rows of a cell or its merged area, in EMU."""
        bottom, right = self._merged.get((row, column), (row, column))
        widths = [round(self._widths[at] * _EMU_PER_DIGIT) for at in range(column, right + 1)]
        heights = [float(self._heights.get(at) or self._usual) for at in range(row, bottom + 1)]
        return widths, [round(height * _EMU_PER_POINT) for height in heights]


def _draw_pictures(
    package: Workbook, part: str, frames: _Frames, pictures: Sequence[tuple[PlacedPicture, PreparedImage]]
) -> None:
    drawing = package.find_related(part, "drawing")
    if drawing is None:
        drawing = package.find_free("xl/drawings/drawing{}.xml")
        package.put(drawing, f'<xdr:wsDr xmlns:xdr="{_SPREADSHEET}" xmlns:a="{_DRAWN}"/>'.encode())
        package.declare(drawing, _DRAWING_TYPE)
        relation, sheet = package.relate(part, f"{OFFICE_RELATIONS}/drawing", drawing), package.parse(part)
        element = sheet.makeelement(name_tag("drawing"), {f"{{{OFFICE_RELATIONS}}}id": relation})
        behind = {name_tag(name) for name in _BEHIND}
        sheet.insert(next((at for at, item in enumerate(sheet) if item.tag in behind), len(sheet)), element)
    root, ids = package.parse(drawing), dict[str, str]()
    for number, (item, image) in enumerate(pictures, len(root) + 1001):  # above the ids of the template's own shapes
        media = f"xl/media/docgen_{image.digest[:16]}.{image.extension}"
        if media not in ids:
            package.put(media, image.data)
            package.declare_suffix(image.extension, f"image/{image.extension}")
            ids[media] = package.relate(drawing, f"{OFFICE_RELATIONS}/image", media)
        root.append(parse_xml(_write_anchor(number, ids[media], item, image, frames).encode()))


def _write_anchor(number: int, relation: str, item: PlacedPicture, image: PreparedImage, frames: _Frames) -> str:
    columns, rows = frames.measure(item.row, item.column)
    column, across = _find_corner(columns, (sum(columns) - image.width) // 2)
    row, down = _find_corner(rows, (sum(rows) - image.height) // 2)
    size = f'cx="{image.width}" cy="{image.height}"'
    named = f'id="{number}" name="docgen {number}" descr={quote_attribute(item.value.description)}'
    return (
        f'<xdr:oneCellAnchor xmlns:xdr="{_SPREADSHEET}" xmlns:a="{_DRAWN}"><xdr:from>'
        f"<xdr:col>{item.column - 1 + column}</xdr:col><xdr:colOff>{across}</xdr:colOff>"
        f"<xdr:row>{item.row - 1 + row}</xdr:row><xdr:rowOff>{down}</xdr:rowOff></xdr:from><xdr:ext {size}/>"
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr {named}/><xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr>'
        f'</xdr:nvPicPr><xdr:blipFill><a:blip xmlns:r="{OFFICE_RELATIONS}" r:embed="{relation}"/>'
        f'<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/>'
        "</xdr:oneCellAnchor>"
    )


def _find_corner(sizes: Iterable[int], offset: int) -> tuple[int, int]:
    """Find the cell in which a distance from the first cell's edge ends, and the distance from its own edge."""
    index = 0
    for size in sizes:
        if offset < size:
            break
        offset, index = offset - size, index + 1
    return index, offset
