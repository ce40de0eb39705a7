"""Gathers the faults of a table by kind for a page: each once, with the rows that have it and the cell to mend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from docgen.batch.ledger.result import dump_diagnostics
from docgen.batch.records.checking import CheckedRow
from docgen.batch.records.intake import OpenedIntake
from docgen.diagnostics import CONFIRM, UNREAD, Diagnostic, Location, Severity
from docgen.pipeline.stages.documents import is_gap
from docgen.sources.intake.reading.owners import find_table
from docgen.sources.intake.returning.edit_cells import format_typed_value
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import Column

_MOST_WORDS, _NAMED = 60, 3
_GRAVE = (Severity.ERROR, Severity.WARNING)


class Cells(Protocol):
    """Leads from a fault's place to the cell in which it is mended."""

    def describe(self, at: Location) -> dict[str, Any] | None:
        """The cell, what it is called and what stands in it; None where what is wrong isn't one cell's."""


@dataclass(slots=True)
class FaultOfRows:
    """A fault, and the rows that have it."""

    item: Diagnostic
    rows: list[CheckedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GatheredFaults:
    """Every fault once, in the order in which it was found."""

    all: tuple[FaultOfRows, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The faults themselves."""
        return tuple(fault.item for fault in self.all)

    def describe(self, cells: Cells, mapping: Path | None) -> dict[str, Any]:
        """The faults by their kind, errors first, each by its number among ``diagnostics``; the rest are notes."""
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        notes: list[int] = []
        for number, fault in enumerate(self.all):
            item = fault.item
            if item.severity not in _GRAVE or (
                item.severity is Severity.WARNING and (UNREAD in item.params or item.gap is not None)
            ):
                notes.append(number)
                continue
            described = {
                "found": number,
                "id": _name_place(item),
                "names": [row.name for row in fault.rows[:_NAMED]],
                "count": len(fault.rows),
                "cell": cells.describe(item.location),
                "by_hand": [row.key for row in fault.rows if row.fits_pen] if is_gap(item) else [],
                "can_confirm": CONFIRM in item.params and item.location.cell is not None,
                "in_match": mapping is not None and item.location.file == str(mapping),
            }
            groups.setdefault((item.severity.value, item.code), []).append(described)
        ranked = sorted(groups.items(), key=lambda group: group[0][0] != "error")
        return {
            "groups": [
                {
                    "severity": severity,
                    "code": code,
                    "items": items,
                    "by_hand": list(dict.fromkeys(key for item in items for key in item["by_hand"])),
                }
                for (severity, code), items in ranked
            ],
            "notes": notes,
        }


def gather(common: Iterable[Diagnostic], rows: Iterable[CheckedRow]) -> GatheredFaults:
    """What was found in the rows and in the table as a whole; a fault that several rows have is one."""
    by_content: dict[str, FaultOfRows] = {}
    for item in common:
        by_content.setdefault(dump_diagnostics((item,)), FaultOfRows(item))
    for row in rows:
        for item in row.diagnostics:
            fault = by_content.setdefault(dump_diagnostics((item,)), FaultOfRows(item))
            if not fault.rows or fault.rows[-1] is not row:
                fault.rows.append(row)
    return GatheredFaults(tuple(by_content.values()))


def describe_rows(rows: Sequence[CheckedRow], by_hand: Collection[str]) -> dict[str, Any]:
    """How many rows there are, can be made and can't, and which are made with gaps."""
    ready = sum(row.is_ready for row in rows)
    penned = [{"key": row.key, "name": row.name} for row in rows if row.key in by_hand]
    return {"total": len(rows), "ready": ready, "faulty": len(rows) - ready, "by_hand": penned}


def _name_place(item: Diagnostic) -> str:
    """The same for a fault of the same kind in the same cell, so that a page can tell what has stayed."""
    at = item.location
    place = [at.sheet, at.cell] if at.cell is not None else [dump_diagnostics((item,))]
    return hashlib.sha256(json.dumps([item.code, *place]).encode()).hexdigest()[:12]


def describe_cell(book: SourceBook, at: Location, label: str, words: Sequence[str]) -> dict[str, Any]:
    """A cell to be mended: where it is, what it is called, what stands in it; ``words`` are those to choose from."""
    row = next((row for row in book.by_name[at.sheet or ""].rows if row.number == at.line), None)
    shown = format_typed_value(row.cells.get(at.column or 0) if row is not None else None, book.epoch)
    return {
        "sheet": at.sheet,
        "name": at.cell,
        "row": at.line,
        "column": at.column,
        "label": label,
        "value": shown,
        "is_long": "\n" in shown.strip(),
        "words": list(words),
        "example": "",
    }


class TableCells:
    """Leads from a fault's place to the cell in which it is mended."""

    def __init__(self, opened: OpenedIntake) -> None:
        places = find_table(opened.source.tree).places
        self._book = places.book
        self._sheets: dict[str, list[MatchedSheet]] = {}
        row_sheets = [sheet for rows in places.rows.values() for sheet, _ in rows]
        cell_sheets = [sheet for sheet, _ in places.cells.values()]
        for sheet in {id(sheet): sheet for sheet in (*row_sheets, *cell_sheets)}.values():
            self._sheets.setdefault(sheet.grid.name, []).append(sheet)

    def describe(self, at: Location) -> dict[str, Any] | None:
        """The cell, what it is called and what stands in it; None where what is wrong isn't one cell's."""
        grid = self._book.by_name.get(at.sheet or "")
        if at.kind != "xlsx" or at.cell is None or grid is None or not at.line or not at.column:
            return None
        column = self._find_column(at)
        covered = any(at.column in sheet.covered.get(at.line, ()) for sheet in self._sheets.get(grid.name, ()))
        if column is None or covered:
            return None
        words = list(column.words)[:_MOST_WORDS] if column.kind == "choice" else []
        described = describe_cell(self._book, at, " ".join(column.label.split()), words)
        return described | {"is_long": described["is_long"] or column.kind == "prose", "example": column.example}

    def _find_column(self, at: Location) -> Column | None:
        """The column of a cell; None where the cell only stands for its row, which lacks the column that is meant."""
        for sheet in self._sheets.get(at.sheet or "", ()):
            single = sheet.cells.get(at.line or 0) if at.column == sheet.value_column else None
            column = single or (sheet.places.get(at.column or 0) if (at.line or 0) > sheet.header_row else None)
            if column is not None and _is_about(at, column):
                return column
        return None


def _is_about(at: Location, column: Column) -> bool:
    if at.place is None:
        return True
    steps = [step for step in at.place if isinstance(step, str)]
    return not steps or not column.path or steps[-1] in column.path or column.path[0] in steps
