"""Writes the first sheet of a returned workbook: the list of faults, each with a link to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.diagnostics import Severity
from docgen.ooxml.cells import name_column
from docgen.ooxml.names import name_tag
from docgen.ooxml.package import OfficePackage
from docgen.sources.intake.returning.elements import add_element, make_element
from docgen.sources.intake.returning.own_sheets import add_link, add_looks, add_row, draw_sheet, fit_paper, place_sheet
from docgen.sources.intake.workbook.layout import ISSUE_SHEET

if TYPE_CHECKING:
    from lxml.etree import _Element

_WIDTHS = (6, 26, 9, 8, 60, 60, 9)
_LINE = 30
_HEIGHT = 15


@dataclass(frozen=True, slots=True)
class Issue:
    """A line of the list of faults, in the reader's language."""

    sheet: str | None
    cell: str | None
    severity: Severity
    grade: str
    message: str
    mend: str
    code: str


def write_issues(
    parts: OfficePackage, workbook: str, heads: Sequence[str], title: str, issues: Sequence[Issue]
) -> None:
    """Write the list as the workbook's first sheet, replacing that of an earlier return."""
    names = [
        str(item.get("name")) for item in parts.parse(workbook).iterfind(f"{name_tag('sheets')}/{name_tag('sheet')}")
    ]
    root = _draw(heads, title, issues, add_looks(parts, workbook), frozenset(names))
    part, at = place_sheet(parts, workbook, ISSUE_SHEET, root, 0)
    _activate(parts, workbook, parts.parse(workbook), part, at)


def _activate(parts: OfficePackage, workbook: str, book: _Element, part: str, at: int) -> None:
    """Make the list the active sheet, and the only selected one: Excel edits selected sheets together."""
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
    root, data = draw_sheet(_WIDTHS, is_selected=True)
    add_row(data, 1, [(title, looks["title"])], 26)
    add_row(data, 2, [(head, looks["head"]) for head in heads], 20)
    links = make_element("hyperlinks")
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
        add_row(data, row, values, _HEIGHT * lines + 3)
        if linked:
            add_link(links, f"C{row}", str(issue.sheet), str(issue.cell))
    add_element(root, "autoFilter", ref=f"A2:{name_column(len(heads))}{len(issues) + 2}")
    if len(links):
        root.append(links)
    fit_paper(root)
    return root
