"""Mending a table that was checked, as quick questions: a cell, a confirmation, a row that is made with gaps.

Each changes the copy of the table or the choices, looks through the table again and writes down what was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from docgen.diagnostics import CONFIRM
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.resources import Resources
from docgen.sources.intake.reading.owners import find_table
from docgen.sources.intake.returning.edit_cells import confirm_value, edit_cells, format_typed_value
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.web.jobs.folder import read_order, read_outcome, write_order, write_outcome
from docgen.web.jobs.model import JobOutcome
from docgen.web.work.forms_choice import read_choices
from docgen.web.work.forms_table import check_again, describe_offer, match_table, open_table, replace_file

Cell = tuple[str, int, int]
"""A sheet, a row, a column."""


def change_cells(folder: Path, resources: Resources, texts: Mapping[Cell, str]) -> None:
    """Write texts into cells; those that say what stands there already are left alone.

    Without any, the process only reads the table, to be ready for the next.
    """
    opened = open_table(folder, resources)
    if write_cells(find_table(opened.source.tree).places.book, texts):
        _look_again(folder, resources)


def write_cells(book: SourceBook, texts: Mapping[Cell, str]) -> bool:
    """Write texts into cells of a table's copy; whether any of them says something else than before."""
    changed: dict[str, dict[tuple[int, int], str]] = {}
    for (sheet, row, column), text in texts.items():
        grid = book.by_name.get(sheet)
        if grid is None:
            continue
        former = next((item.cells.get(column) for item in grid.rows if item.number == row), None)
        if _strip(text) != _strip(format_typed_value(former, book.epoch)):
            changed.setdefault(sheet, {})[row, column] = text.replace("\r\n", "\n").strip()
    if changed:
        replace_file(Path(book.file), edit_cells(book, changed))
    return bool(changed)


def _strip(text: str) -> str:
    """A text without what a field of a page doesn't give back as it was: lines, and what can't be seen."""
    return "".join(char for char in text if char.isprintable()).strip()


def confirm_cell(folder: Path, resources: Resources, number: int, reason: str) -> None:
    """Say why a doubted value is right; ``number`` is that of the doubt among what was found."""
    diagnostics = read_outcome(folder).diagnostics
    if not (0 <= number < len(diagnostics) and CONFIRM in diagnostics[number].params and reason.strip()):
        return
    opened = open_table(folder, resources)
    book = find_table(opened.source.tree).places.book
    confirmed = confirm_value(book, diagnostics[number], reason.strip(), catalogue(DOCUMENT_LANGUAGE))
    replace_file(Path(book.file), confirmed)
    _look_again(folder, resources)


def set_by_hand(folder: Path, resources: Resources, keys: tuple[str, ...], is_on: bool) -> None:
    """Have some enterprises made though values lack, or no longer."""
    order = read_order(folder)
    choices = read_choices(order)
    kept = dict.fromkeys(key for key in choices.by_hand if key not in keys) | (dict.fromkeys(keys) if is_on else {})
    write_order(folder, replace(choices, by_hand=tuple(kept)).put(order))
    _look_again(folder, resources)


def offer_match(folder: Path, resources: Resources) -> None:
    """Show again what can be chosen for the columns of somebody else's table, with what was chosen."""
    order = read_order(folder)
    choices = read_choices(order)
    if choices.match is not None:
        matcher = match_table(order.sources[0].path, choices, resources)
        write_outcome(folder, JobOutcome({"step": "match", **describe_offer(matcher, choices.match)}))


def _look_again(folder: Path, resources: Resources) -> None:
    write_outcome(folder, check_again(folder, resources))
