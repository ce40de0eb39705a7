"""Restarts vertical cell merges where rows are removed or repeated: a merge starts at its first remaining row.

Word marks each cell of a merge: the first restarts it, the others continue it. Where a tag replaces the row with the
first cell, no cell would restart the merge, and Word leaves the others out; where such a row is passed again, another
merge starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx.tree.walk import is_tag_row
from docgen.render.docx.wordml.measure import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_TOKEN = re.compile(
    r'<w:tr docgen="(?P<begins>[\d ]*)"/>|<w:(?P<open>tbl|tr|tc)[ >]|</w:(?P<close>tbl|tr)>'
    r'|<w:gridBefore w:val="(?P<free>\d+)"/>|<w:gridSpan w:val="(?P<span>\d+)"/>'
    r'|<w:vMerge(?: w:val="(?P<merge>\w+)")?/>'
)


def mark_merges(root: _Element) -> bool:
    """Mark each row that a tag replaces and a merge starts in; whether any table with such rows has merged cells."""
    from lxml import etree

    has_merges = False
    if next(root.iter(f"{W}vMerge"), None) is None:
        return has_merges
    for row in list(root.iter(f"{W}tr")):
        if not is_tag_row(row):
            continue
        table = next(row.iterancestors(f"{W}tbl"), None)
        has_merges = has_merges or (table is not None and table.find(f".//{W}vMerge") is not None)
        columns = [column for column, merge in _list_merges(row) if merge == "restart"]
        if columns:
            row.addprevious(etree.Element(f"{W}tr", docgen=" ".join(map(str, columns))))
    return has_merges


def _list_merges(row: _Element) -> list[tuple[int, str]]:
    """List the columns of a row whose cells are merged vertically, each with its ``w:vMerge`` value."""
    column = _read_number(row.find(f"{W}trPr/{W}gridBefore"), 0)
    merges: list[tuple[int, str]] = []
    for cell in row.iter(f"{W}tc"):
        if next(cell.iterancestors(f"{W}tr")) is row:
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None:
                merges.append((column, merge.get(f"{W}val", "continue")))
            column += _read_number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
    return merges


def _read_number(element: _Element | None, default: int) -> int:
    value = "" if element is None else element.get(f"{W}val", "")
    return int(value) if value.isdecimal() else default


@dataclass(slots=True)
class _MergedTable:
    """The position in a table while its text is read; ``above`` are the merged columns of the last row, with spans."""

    above: dict[int, int] = field(default_factory=dict)
    here: dict[int, int] = field(default_factory=dict)
    begins: set[int] = field(default_factory=set)
    column: int = 0
    span: int = 0

    def replace_token(self, token: re.Match[str]) -> str:
        """Move on to a token of the table; returns the text that replaces it."""
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
            continues = self.above.get(self.column) == self.span and self.column not in self.begins
            if token["merge"] != "restart" and not continues:
                return '<w:vMerge w:val="restart"/>'
        return token[0]


def restart_merges(text: str) -> str:
    """Start each merge of a rendered part at its first remaining row, and remove the marks."""
    tables: list[_MergedTable] = []

    def replace_token(token: re.Match[str]) -> str:
        if token["open"] == "tbl":
            tables.append(_MergedTable())
        elif token["close"] == "tbl" and tables:
            tables.pop()
        return tables[-1].replace_token(token) if tables else token[0]

    return _TOKEN.sub(replace_token, text)
