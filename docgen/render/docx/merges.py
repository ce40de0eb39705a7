"""Cells merged over rows where rows go away or are repeated: a merge begins at the first row that is left of it.

Word notes a merge in each of its cells: the first begins it, the others go on. Where the first stands in a row that a
tag replaces, nothing would begin it, and Word leaves the cells out; where such a row is passed once more, another merge
begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.measure import W
from docgen.render.docx.walk import is_tag_row

if TYPE_CHECKING:
    from lxml.etree import _Element

_TOKEN = re.compile(
    r'<w:tr docgen="(?P<begins>[\d ]*)"/>|<w:(?P<open>tbl|tr|tc)[ >]|</w:(?P<close>tbl|tr)>'
    r'|<w:gridBefore w:val="(?P<free>\d+)"/>|<w:gridSpan w:val="(?P<span>\d+)"/>'
    r'|<w:vMerge(?: w:val="(?P<merge>\w+)")?/>'
)


def mark_merges(root: _Element) -> bool:
    """Mark where a row goes away that begins a merge; whether there are merges in a table whose rows tags replace."""
    from lxml import etree

    found = False
    if next(root.iter(f"{W}vMerge"), None) is None:
        return found
    for row in list(root.iter(f"{W}tr")):
        if not is_tag_row(row):
            continue
        table = next(row.iterancestors(f"{W}tbl"), None)
        found = found or (table is not None and table.find(f".//{W}vMerge") is not None)
        begun = [column for column, merge in _list_merges(row) if merge == "restart"]
        if begun:
            row.addprevious(etree.Element(f"{W}tr", docgen=" ".join(map(str, begun))))
    return found


def _list_merges(row: _Element) -> list[tuple[int, str]]:
    """The columns of a row whose cells are merged over rows, each with what its cell notes."""
    column = _read(row.find(f"{W}trPr/{W}gridBefore"), 0)
    merges: list[tuple[int, str]] = []
    for cell in row.iter(f"{W}tc"):
        if next(cell.iterancestors(f"{W}tr")) is row:
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                merges.append((column, merge.get(f"{W}val", "continue")))
            column += _read(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
    return merges


def _read(element: _Element | None, default: int) -> int:
    value = "" if element is None else element.get(f"{W}val", "")
    return int(value) if value.isdecimal() else default


@dataclass(slots=True)
class _Table:
    """Where in a table the text is: ``above`` are the merged columns of the row before, each with its span."""

    above: dict[int, int] = field(default_factory=dict)
    here: dict[int, int] = field(default_factory=dict)
    begins: set[int] = field(default_factory=set)
    column: int = 0
    span: int = 0

    def take(self, token: re.Match[str]) -> str:
        """Go on to a token of the table; what is written in its place."""
        if token["begins"] is not None:
            self.begins.update(map(int, token["begins"].split()))
            return ""
        if token["open"] == "tr":
            self.here, self.column, self.span = {}, 0, 0
        elif token["open"] == "tc":
            self.column, self.span = self.column + self.span, 1
        elif token["close"] == "tr":
            self.above, self.begins = self.here, set()
        elif token["free"]:
            self.column = int(token["free"])
        elif token["span"]:
            self.span = int(token["span"])
        elif token[0].startswith("<w:vMerge"):
            self.here[self.column] = self.span
            goes_on = self.above.get(self.column) == self.span and self.column not in self.begins
            if token["merge"] != "restart" and not goes_on:
                return '<w:vMerge w:val="restart"/>'
        return token[0]


def mend_merges(text: str) -> str:
    """Begin each merge of a rendered part at its first row, and take the marks out."""
    tables: list[_Table] = []

    def mend(token: re.Match[str]) -> str:
        if token["open"] == "tbl":
            tables.append(_Table())
        elif token["close"] == "tbl" and tables:
            tables.pop()
        return tables[-1].take(token) if tables else token[0]

    return _TOKEN.sub(mend, text)
