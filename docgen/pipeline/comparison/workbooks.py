"""Compare two workbooks: their sheets, and the value or formula of each cell."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docgen.diagnostics import Location, Param, Term, error
from docgen.errors import SourceError
from docgen.pipeline.comparison.fields import format_optional
from docgen.pipeline.comparison.model import Change, find_kind

Cells = dict[str, Any]


def compare_workbooks(before: Path, after: Path) -> Iterator[Change]:
    """Compare sheets, and in each sheet the cells; SourceError D104 for a damaged file."""
    old, new = _read_sheets(before), _read_sheets(after)
    for sheet in dict.fromkeys([*old, *new]):
        name = (Term("diff.sheet", {"name": sheet}),)
        if sheet not in old or sheet not in new:
            yield Change("cell", "added" if sheet not in old else "removed", name)
            continue
        yield from _compare_cells(name, (before, old[sheet]), (after, new[sheet]), sheet)


def _compare_cells(
    name: tuple[Param, ...], before: tuple[Path, Cells], after: tuple[Path, Cells], sheet: str
) -> Iterator[Change]:
    for cell in dict.fromkeys([*before[1], *after[1]]):
        one, other = before[1].get(cell), after[1].get(cell)
        if one == other:
            continue
        old_place, new_place = (Location("xlsx", str(path), sheet=sheet, cell=cell) for path in (before[0], after[0]))
        old, new = format_optional(one), format_optional(other)
        kind = find_kind(old, new)
        yield Change("cell", kind, (*name, cell), old, new, place_before=old_place, place_after=new_place)


def _read_sheets(path: Path) -> dict[str, Cells]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path)
            return {
                sheet.title: {
                    cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
                }
                for sheet in book.worksheets
            }
    except Exception:  # what openpyxl raises on a damaged workbook is no closed set
        raise SourceError(error("D104", Location(file=str(path)), path=str(path))) from None
