"""Updates the parts around a workbook's sheets that refer to rows: defined names, drawings, charts, tables, notes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from docgen.ooxml.cells import split_cell
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import PartRelation, name_relations
from docgen.ooxml.xml import local_name, parse_xml, write_markup
from docgen.render.xlsx.charts import draw_figures, follow_chart, list_figures
from docgen.render.xlsx.package import Workbook, parse_drawing, parse_part, write_drawing
from docgen.render.xlsx.patch import Fill, Slots, TemplateBook
from docgen.render.xlsx.refs import Piece, parse_areas
from docgen.render.xlsx.shapes import (
    find_corner,
    follow_comments,
    follow_drawing,
    follow_links,
    follow_shapes,
    follow_table,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lxml.etree import _Element

_FOLLOW = {
    "drawing": follow_drawing,
    "chartUserShapes": follow_drawing,
    "table": follow_table,
    "comments": follow_comments,
    "threadedComment": follow_comments,
    "vmlDrawing": follow_shapes,
    "ctrlProp": follow_links,
}
_CHARTS = ("chart", "chartEx")
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_HOLDERS = ("drawing", "chartUserShapes")
# Parts that Excel would trust and makes again if they aren't there.
_CALCULATED = ("calcChain", "volatileDependencies")


def prepare_workbook(package: Workbook, book: TemplateBook) -> list[Piece]:
    """Split the workbook's own part: defined names follow their rows, and formulas are calculated on opening."""
    slots = Slots()
    root = package.book
    properties = root.find(name_tag("workbookPr"))
    if properties is not None:
        # LibreOffice writes it, though the schema doesn't know it; it has no meaning for days after 1900.
        properties.attrib.pop("dateCompatibility", "")
    calculation = root.find(name_tag("calcPr"))
    if calculation is not None:
        calculation.set("fullCalcOnLoad", "1")
    for name in root.iterfind(f"{name_tag('definedNames')}/{name_tag('definedName')}"):
        if book.any_moves:
            sheet, label = int(name.get("localSheetId", "0")), name.get("name", "")
            name.text = book.follow_formula(slots, name.text or "", sheet, place=label)
    for relation in package.list_relations(package.workbook):
        if relation.kind in _CALCULATED:
            package.unrelate(package.workbook, relation.kind, relation.target)
    if calculation is None:
        names = root.find(name_tag("definedNames"))
        before = names if names is not None else root.find(name_tag("sheets"))
        assert before is not None
        element = root.makeelement(name_tag("calcPr"), {"fullCalcOnLoad": "1"})
        following = before.getnext()
        while following is not None and following.tag in (name_tag("functionGroups"), name_tag("externalReferences")):
            before, following = following, following.getnext()
        before.addnext(element)
    return slots.split(write_markup(root))


def split_related_parts(package: Workbook, book: TemplateBook, epoch: dt.date) -> dict[str, list[Piece]]:
    """Split the parts of the sheets that refer to rows into pieces."""
    splitter = _Splitter(package, book, epoch)
    for relation in package.list_relations(package.workbook, "pivotCacheDefinition"):
        splitter.split_pivot_cache(relation.target)
    for number, sheet in enumerate(package.sheets):
        if sheet.part:
            splitter.split_related(sheet.part, number)
    for name in [name for name in package.parts if name.startswith("xl/charts/chart")]:
        splitter.split_chart(name, 0)
    return splitter.pieces


class _Splitter:
    """Splits parts into pieces; ``seen`` are the parts that were split, ``walked`` those whose relations were."""

    def __init__(self, package: Workbook, book: TemplateBook, epoch: dt.date) -> None:
        self.package = package
        self.book = book
        self.epoch = epoch
        self.pieces: dict[str, list[Piece]] = {}
        self.seen: set[str] = set()
        self.walked: set[str] = set()

    def split_related(self, part: str, sheet: int) -> None:
        """Split the parts that a part refers to."""
        if part in self.walked:
            return
        self.walked.add(part)
        for relation in self.package.list_relations(part):
            if relation.kind in _FOLLOW:
                self.split_part(relation, sheet)
            elif relation.kind in _CHARTS:
                self.split_chart(relation.target, sheet)
            elif relation.kind == "pivotTable":
                self.split_pivot_table(relation.target, sheet)
            elif relation.kind == "tableSingleCells":
                self.split_single_cells(relation.target, sheet)
        self.split_targets(name_relations(part), sheet)

    def take(self, part: str) -> _Element | None:
        """Parse a part that wasn't split yet; None for any other."""
        if part in self.seen or part not in self.package.parts:
            return None
        self.seen.add(part)
        data = self.package.parts[part]
        return parse_drawing(data) if part.endswith(".vml") else parse_part(data)

    def put(self, part: str, root: _Element, slots: Slots) -> None:
        """Keep the pieces of a part in which anything follows the rows."""
        if slots.fills:
            text = write_drawing(root) if part.endswith(".vml") else write_markup(root)
            self.pieces[part] = slots.split(text)

    def split_part(self, relation: PartRelation, sheet: int) -> None:
        part, slots = relation.target, Slots()
        data = self.package.parts.get(part, b"")
        moves = self.book.any_moves or b"textlink" in data or b"drawingml/2006/chart" in data
        root = self.take(part) if moves else None
        if root is not None:
            rows = {anchor: split_cell(find_corner(anchor))[0] for anchor in root}
            _FOLLOW[relation.kind](root, self.book, slots, sheet)
            if self.book.knows_values and relation.kind == "drawing":
                self.lift_charts(part, slots, sheet, rows)
            self.put(part, root, slots)
        if relation.kind in _HOLDERS:
            self.split_related(part, sheet)

    def lift_charts(self, part: str, slots: Slots, sheet: int, rows: Mapping[_Element, int]) -> None:
        """Lift the charts out of a drawing: one that has no figure to draw, or no rows to stand on, is left out.

        ``rows`` are the drawing's shapes, each with the row that it begins in.
        """
        relations = self.package.list_relations(part)
        charts = {
            item.id: item.target for item in relations if item.kind == "chart" and item.target in self.package.parts
        }
        for anchor, row in rows.items():
            names = [str(name) for frame in anchor.iter(_CHART) for name in frame.attrib.values()]
            parts = [parse_part(self.package.parts[charts[name]]) for name in names if name in charts]
            references = [reference for chart in parts for reference in list_figures(chart, self.book)]
            if references:
                home = self.book.bands[sheet].find_body(row)
                draw = partial(draw_figures, references=references, epoch=self.epoch, sheet=sheet, home=home)
                slots.lift(anchor, draw)

    def split_chart(self, part: str, sheet: int) -> None:
        root, slots = self.take(part), Slots()
        if root is not None:
            follow_chart(root, self.book, slots, self.epoch, part)
            self.put(part, root, slots)
            self.split_related(part, sheet)

    def split_pivot_cache(self, part: str) -> None:
        """Split the source of pivot tables, which are refreshed when the file is opened."""
        root, slots = self.take(part), Slots()
        if root is None:
            return
        for source in root.iter(name_tag("worksheetSource"), name_tag("rangeSet")):
            is_named = self.book.any_moves and bool(source.get("name"))  # a defined name, which is updated by itself
            if self.book.follow_source(slots, source, part, head=1) or is_named:
                root.set("refreshOnLoad", "1")
                self.pieces[part] = slots.split(write_markup(root))

    def split_pivot_table(self, part: str, sheet: int) -> None:
        root, slots = self.take(part), Slots()
        place = root.find(name_tag("location")) if root is not None else None
        if root is None or place is None or not self.book.moves(sheet):
            return
        ref = place.get("ref", "")
        area = parse_areas(ref)[0]
        self.book.check_whole(area.first, area.last, sheet, root.get("name", part), growing=False)
        place.set("ref", self.book.follow_range(slots, ref, sheet))
        self.put(part, root, slots)

    def split_single_cells(self, part: str, sheet: int) -> None:
        root, slots = self.take(part), Slots()
        if root is not None and self.book.moves(sheet):
            for cell in root.iter(name_tag("singleXmlCell")):
                cell.set("r", self.book.follow_range(slots, cell.get("r", ""), sheet))
            self.put(part, root, slots)

    def split_targets(self, part: str, sheet: int) -> None:
        """Split relationships whose target is a place in the workbook (``#表!A3``), as links of pictures have."""
        data = self.package.parts.get(part, b"")
        if b'"#' not in data or part in self.seen:
            return
        self.seen.add(part)
        root, slots = parse_xml(data), Slots()
        for link in root.iter():
            target = link.get("Target", "")
            if local_name(link) == "Relationship" and target.startswith("#"):
                plain = unquote(target)
                followed = self.book.follow_formula(slots, plain, sheet, place=part)
                if followed != plain:
                    if plain != target:
                        slots.fills[-1] = _quote(slots.fills[-1])
                    link.set("Target", followed)
        self.put(part, root, slots)


def _quote(fill: Fill) -> Fill:
    return lambda placement: quote(fill(placement), safe="#!$&';:,()")
