"""Reads the cells of a row into an item's raw data; runs for every cell of a workbook, so its speed matters."""

from __future__ import annotations

from typing import Any

from docgen.sources.intake.reading.prose import part_paragraphs
from docgen.sources.intake.reading.references import References
from docgen.sources.intake.reading.values import CellPlace, FaultyCell, ValueReader, is_plain, split_texts
from docgen.sources.intake.workbook.grid import GridValue, SheetRow
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import NUMBER_KINDS, Column
from docgen.trees import RawPath

_LONGEST_TEXT = 32767
_PLAIN = frozenset(("text", "prose", "yes_no"))
_SPECIAL = {"prose": "\n", "yes_no": "#"}
"""What makes a text of a plain kind more than a text: paragraphs, an error value."""


class RowReader:
    """Reads rows; ``failed`` collects the paths of faulty cells."""

    def __init__(self, values: ValueReader, references: References) -> None:
        self._values = values
        self._references = references
        self.failed: set[RawPath] = set()

    def fill(
        self,
        item: dict[str, Any],
        sheet: MatchedSheet,
        row: SheetRow,
        place: RawPath,
        *,
        owner: str,
        document: str | None,
    ) -> None:
        """Read the cells of a row into an item."""
        places, number, name, days = sheet.places, row.number, sheet.grid.name, self._values.days
        for at, value in row.cells.items():
            column = places.get(at)
            if column is None or column is sheet.layout.owner or column.document != document:
                continue
            kind = column.kind
            read: Any
            if type(value) is str:
                special = _SPECIAL.get(kind)
                if kind in _PLAIN and len(value) < _LONGEST_TEXT and (special is None or special not in value):
                    read = value.strip(" \t\n\r\u3000\xa0\u200b\ufeff") or None
                elif value in column.words and kind == "choice":
                    read = column.words[value]
                else:
                    read = self._try(value, column, CellPlace(name, number, at), owner, place)
            elif kind in NUMBER_KINDS and value[0] == "number" and is_plain(value[1]):
                read = value[1]
            elif kind == "date" and value[0] == "date" and value[1] in days:
                read = days[value[1]]
            else:
                read = self._try(value, column, CellPlace(name, number, at), owner, place)
            if read is not None:
                path = column.path
                if len(path) == 1:
                    item[path[0]] = read
                else:
                    put(item, path, read)
        self._pass_covered(sheet, row, place, document)

    def _pass_covered(self, sheet: MatchedSheet, row: SheetRow, place: RawPath, document: str | None) -> None:
        """Mark values under a merged cell as failed: the merged cell is reported, the missing values aren't."""
        for at in sheet.covered.get(row.number, ()):
            column = sheet.places.get(at)
            if column is not None and column is not sheet.layout.owner and column.document == document:
                self.failed.add((*place, *column.path))

    def _try(self, value: GridValue, column: Column, spot: CellPlace, owner: str, place: RawPath) -> Any:
        try:
            return self.read_value(value, column, spot, owner)
        except FaultyCell:
            self.failed.add((*place, *column.path))
            return None

    def read_value(self, value: GridValue, column: Column, spot: CellPlace, owner: str) -> Any:  # noqa: PLR0911 - by kind
        """Read one cell by its column; FaultyCell for a fault, which was reported."""
        if column.key in ("Evidence.document", "NotApplicable.item") and isinstance(value, str):
            return self._references.find_document(value.strip(), column, spot)
        text = self._values.read_text(value, column, spot)
        if text is None:
            return None
        kind = column.kind
        if kind == "choices":
            return self._values.read_choices(text, column, spot)
        if kind == "prose":
            return part_paragraphs(text)
        if kind == "texts":
            return split_texts(text)
        if kind == "reference":
            return self._references.find(text, column, spot, owner)
        if kind == "references":
            return self._references.find_several(text, column, spot)
        return text


def put(item: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value at a path of names into nested mappings."""
    for step in path[:-1]:
        item = item.setdefault(step, {})
    item[path[-1]] = value
