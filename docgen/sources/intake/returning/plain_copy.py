"""Writes a workbook of another format as ``.xlsx``: its values, number formats and merged cells only."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from docgen.sources.intake.workbook.grid import GridValue, SheetCell, SourceBook, WatchTable, format_cell

_LOOKS = {"percent": "0.##%", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "month": 'yyyy"年"m"月"'}
_LONGEST_NAME = 31
Range = tuple[int, int, int, int]


def write_plain(book: SourceBook, watch: WatchTable | None = None) -> bytes:
    """The bytes of the workbook, which gives the same Book when read; ``watch`` is called for each row."""
    import xlsxwriter

    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, settings | {"date_1904": book.epoch == 1904})
    workbook.set_properties({"created": dt.datetime(2000, 1, 1)})
    looks: dict[str, Any] = {}
    count, total = 0, 2 * sum(len(sheet.rows) for sheet in book.sheets)  # packing takes as long as laying down

    def find_look(code: str) -> Any:
        if code not in looks:
            looks[code] = workbook.add_format({"num_format": code})
        return looks[code]

    for sheet in book.sheets:
        worksheet = workbook.add_worksheet(sheet.name[:_LONGEST_NAME])
        for top, left, bottom, right in _list_apart(sheet.merged):
            worksheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
        for row in sheet.rows:
            count += 1
            if watch is not None:
                watch(count, total)
            for column, value in row.cells.items():
                _write_cell(worksheet, (row.number - 1, column - 1), value, find_look)
    workbook.close()
    if watch is not None:
        watch(total, total)
    return buffer.getvalue()


def _write_cell(worksheet: Any, at: tuple[int, int], value: GridValue, find_look: Callable[[str], Any]) -> None:
    if isinstance(value, str) or value.kind == "error":
        worksheet.write_string(*at, format_cell(value), find_look("@"))
    elif value.kind == "bool":
        worksheet.write_boolean(*at, value.text == "1")
    elif value.text:
        worksheet.write_number(*at, float(value.text), find_look(_choose_look(value)))


def _choose_look(value: SheetCell) -> str:
    return _LOOKS.get(value.kind) or ("0" * value.zeros if value.zeros > 1 else "General")


def _list_apart(merged: Iterable[Range]) -> Iterator[Range]:
    """The ranges without single cells and without overlaps, which a workbook may not hold."""
    kept: list[Range] = []
    for area in merged:
        top, left, bottom, right = area
        alone = (top, left) == (bottom, right)
        if not alone and all(top > b or bottom < t or left > r or right < a for t, a, b, r in kept):
            kept.append(area)
            yield area
