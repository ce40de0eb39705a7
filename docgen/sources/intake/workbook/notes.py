"""Gathers diagnostics of reading a workbook: errors and warnings at their cell, infos once a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Param, Severity
from docgen.ooxml.cells import name_cell
from docgen.sources.intake.workbook.grid import SourceBook

_NAMED = 5


@dataclass(slots=True)
class _MergedInfo:
    """An info about several cells of a column: that of the first one, and the names of all."""

    first: Diagnostic
    cells: list[str]


class DiagnosticGatherer:
    """Gathers diagnostics; infos of the same code in the same column are merged into one that lists the cells.

    The texts of those codes have the parameters ``count`` and ``cells``.
    """

    def __init__(self, book: SourceBook) -> None:
        self._book = book
        self._entries: list[Diagnostic | _MergedInfo] = []
        self._merged: dict[tuple[str, str, int], _MergedInfo] = {}

    def _add(
        self, severity: Severity, code: str, at: tuple[str, int | None, int | None], params: dict[str, Param]
    ) -> None:
        self._entries.append(Diagnostic(code, severity, params, self._book.locate(*at)))

    def error(self, code: str, sheet: str, row: int | None = None, column: int | None = None, **params: Param) -> None:
        """An error at a cell, a row or a sheet."""
        self._add(Severity.ERROR, code, (sheet, row, column), params)

    def warning(
        self, code: str, sheet: str, row: int | None = None, column: int | None = None, **params: Param
    ) -> None:
        """A warning at a cell, a row or a sheet."""
        self._add(Severity.WARNING, code, (sheet, row, column), params)

    def info(self, code: str, sheet: str, row: int | None = None, column: int | None = None, **params: Param) -> None:
        """An info about a row or a sheet."""
        self._add(Severity.INFO, code, (sheet, row, column), params)

    def report_tidied(
        self, code: str, sheet: str, row: int, column: int, *, severity: Severity = Severity.INFO, **params: Param
    ) -> None:
        """Note a value that was read despite its unusual spelling; reported once for all such cells of a column."""
        cell = name_cell(row, column)
        merged = self._merged.get((code, sheet, column))
        if merged is not None:
            merged.cells.append(cell)
            return
        first = Diagnostic(code, severity, params, self._book.locate(sheet, row, column))
        self._merged[(code, sheet, column)] = made = _MergedInfo(first, [cell])
        self._entries.append(made)

    def finish(self) -> Iterator[Diagnostic]:
        """All diagnostics, in order."""
        for item in self._entries:
            if isinstance(item, Diagnostic):
                yield item
                continue
            cells = format_first_few(item.cells, _NAMED)
            yield replace(item.first, params={**item.first.params, "count": len(item.cells), "cells": cells})
