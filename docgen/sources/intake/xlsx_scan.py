"""The quick way through a sheet's XML as Excel, WPS, LibreOffice and the usual libraries write it.

A stream of parser calls costs more than everything that is done with the values. So a sheet is first matched as text.
Nothing can be missed by that: in XML a ``<`` is always the start of a tag, so the cells that were matched are counted
against those that stand there, and where the counts differ, or something unusual stands in the text, None is given and
the parser reads the sheet (``xlsx_reader``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from docgen.sources.intake.grid import Cell, GridValue, Row, count_column, split_range

MakeNumber = Callable[[str, str], Cell]
"""Style index (empty: none) and digits → the cell."""

_CELL = re.compile(
    r'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    r"(?:/>|>(<f[^>]*(?:/>|>[^<]*</f>))?(?:<v(?:/>|>([^<]*)</v>))?</c>)"
)
_ROW_NUMBER = re.compile(r' r="(\d+)"')
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
_MERGED = re.compile(r'<mergeCell ref="([A-Z0-9:]+)"')
_STRING = re.compile(r"<si><t(?: xml:space=\"preserve\")?(?:/>|>([^<]*)</t>)</si>")
_ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def scan_strings(text: str, unescape: Callable[[str], str]) -> list[str] | None:
    """The shared strings, or None when they aren't all plain."""
    if "<!" in text:
        return None
    found = _STRING.findall(text)
    if len(found) != text.count("<si>") or "<si/>" in text:
        return None
    special = ("&", "_x", "\r")
    if any(mark in text for mark in special):
        return [unescape(decode_entities(item)) if any(mark in item for mark in special) else item for item in found]
    return found


def decode_entities(text: str) -> str:
    """Text without XML's entities."""
    return _ENTITY.sub(_decode, text) if "&" in text else text


def _decode(match: re.Match[str]) -> str:
    if match[3]:
        return _ENTITIES[match[3]]
    return chr(int(match[1], 16) if match[1] else int(match[2]))


def scan_sheet(  # noqa: C901, PLR0912 - in one piece: a call per cell costs as much as the cell
    text: str, shared: list[str], make_number: MakeNumber, unescape: Callable[[str], str], limit: int
) -> tuple[list[Row], list[tuple[int, int, int, int]]] | None:
    """Rows and merged ranges of a sheet; None when it isn't written as usual or has more cells than ``limit``."""
    _, opened, rest = text.partition("<sheetData>")
    body, closed, tail = rest.partition("</sheetData>")
    if not opened or not closed or "<!" in text or text.count("<c ") > limit or text.count("<c>"):
        return None
    columns: dict[str, int] = {}
    numbers: dict[str, dict[str, Cell]] = {}
    rows: list[Row] = []
    for chunk in body.split("<row")[1:]:
        given, _, inside = chunk.partition(">")
        number = _ROW_NUMBER.search(given)
        if number is None:
            return None
        if given.endswith("/"):
            continue
        cells: dict[int, GridValue] = {}
        found = _CELL.findall(inside)
        if len(found) != inside.count("<c "):
            return None
        for letters, style, kind, formula, value in found:
            if not value and not formula and kind != "str":
                continue
            if kind == "s":
                taken: GridValue | None = shared[int(value)]
            elif (not kind or kind == "n") and value:
                known = numbers.get(style)
                if known is None:
                    known = numbers[style] = {}
                taken = known.get(value)
                if taken is None:
                    taken = known[value] = make_number(style, value)
            else:
                taken = _take_other(kind, value, formula, unescape)
            if taken:
                column = columns.get(letters)
                if column is None:
                    column = columns[letters] = count_column(letters)
                cells[column] = taken
        if cells:
            rows.append(Row(int(number[1]), cells, _HIDDEN.search(given) is not None))
    return rows, [split_range(reference) for reference in _MERGED.findall(tail)]


def _take_other(kind: str, value: str, formula: str, unescape: Callable[[str], str]) -> GridValue | None:
    if kind == "str" and (value or not formula):
        return unescape(decode_entities(value))
    if kind == "str":
        return None  # a formula that gives an empty text: calculated, and nothing
    if not value:
        return Cell("uncalculated", "") if formula else None
    if kind in ("e", "b"):
        return Cell("error" if kind == "e" else "bool", value)
    return value  # "d": a date as ISO 8601 spells it
