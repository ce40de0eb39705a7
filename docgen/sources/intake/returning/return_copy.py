"""Returns the clerk's file with its faulty cells coloured, a note on each, and a list of all faults.

The file's XML is patched, and everything else in it is kept: widths, lists, formulas with their results, charts, data
of other programs. (openpyxl would lose results, pictures and extensions.) A second return replaces the marks of the
first. The original file isn't changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.errors import SourceError
from docgen.messages import Catalogue
from docgen.ooxml.cells import name_cell
from docgen.ooxml.names import OFFICE_RELATIONS, name_tag
from docgen.ooxml.package import OfficePackage
from docgen.ooxml.xml import PackageError
from docgen.profile.labels import simplify_word
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.owners import find_row_owners, find_table, list_reference_fields
from docgen.sources.intake.reading.source import is_part, open_workbook
from docgen.sources.intake.reading.xlsx_reader import report_broken_package
from docgen.sources.intake.returning.confirmable import write_confirmable
from docgen.sources.intake.returning.drop_rows import drop_rows, set_texts
from docgen.sources.intake.returning.issues import Issue, write_issues
from docgen.sources.intake.returning.marks import add_formats, clear_marks, find_styles, mark_cells
from docgen.sources.intake.returning.notes_parts import write_notes
from docgen.sources.intake.returning.plain_copy import write_plain
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import ABOUT_SHEET, ALL_WORD, ISSUE_SHEET, MULTIPLE_JOINT, PART_WORD
from docgen.sources.intake.workbook.names import UNNAMED
from docgen.sources.intake.workbook.places import IntakeTree
from docgen.sources.record_file import RawSource
from docgen.trees import RawPath

_HEADS = ("number", "sheet", "cell", "grade", "message", "mend", "code")
_GRAVE = (Severity.ERROR, Severity.WARNING)
_ROWS_NAMED = frozenset(("W121", "W122", "W126", "W145"))
Texts = Mapping[str, Mapping[tuple[int, int], str]]


def return_workbook(path: Path, diagnostics: Iterable[Diagnostic], words: Catalogue) -> bytes:
    """The workbook in a file with all diagnostics marked; SourceError if it can't be read."""
    return _patch(open_workbook(path), diagnostics, words, {}, {})


def return_faulty(
    source: RawSource,
    loaded: LoadedProfile,
    keys: Collection[str],
    diagnostics: Iterable[Diagnostic],
    words: Catalogue,
) -> bytes:
    """The workbook with only the rows of some enterprises, and their diagnostics marked.

    Common data stays. Each enterprise's key is written into the first column, so that the corrected workbook gives it
    the same key.
    """
    table = find_table(source.tree)
    wanted = frozenset(keys)
    owners = find_row_owners(table, loaded)
    gone: dict[str, set[int]] = {}
    for (sheet, row), row_owners in owners.items():
        if not row_owners & wanted:
            gone.setdefault(sheet, set()).add(row)
    texts = {**_find_texts(table, wanted), ABOUT_SHEET: _mark_part(table.places.book)}
    return _patch(table.places.book, diagnostics, words, gone, texts)


def return_rows(
    book: SourceBook, gone: Mapping[str, Collection[int]], diagnostics: Iterable[Diagnostic], words: Catalogue
) -> bytes:
    """A workbook without some rows of its sheets, with the diagnostics of the others marked."""
    return _patch(book, diagnostics, words, gone, {})


def _mark_part(book: SourceBook) -> dict[tuple[int, int], str]:
    """The cells of the hidden sheet that mark the copy as one with only some rows."""
    about = book.by_name.get(ABOUT_SHEET)
    if about is None or is_part(book):
        return {}
    row = 1 + max((row.number for row in about.rows), default=0)
    return {(row, 1): PART_WORD, (row, 2): Path(book.file).name}


def _find_texts(tree: IntakeTree, wanted: frozenset[str]) -> Texts:
    """The texts to write into the remaining rows: keys, and in joint events only the remaining enterprises."""
    data: Any = tree.data
    names = {item["key"]: item.get("name") or item["key"] for item in data.get("enterprises", ())}
    fields = list_reference_fields(tree.places.layout)
    texts: dict[str, dict[tuple[int, int], str]] = {}
    for path, rows in tree.places.rows.items():
        if len(path) != 2 or not isinstance(path[1], int):
            continue
        item = data[path[0]][path[1]]
        for sheet, row in rows:
            written = texts.setdefault(sheet.grid.name, {})
            if sheet.mark is not None and _needs_key(path, item, wanted):
                written[(row, sheet.mark)] = item["key"]
            for name, several in fields.get(str(path[0]), ()):
                value = item.get(name, ()) if several else ()
                remaining = [key for key in value if key in wanted]
                at = next((at for at, column in sheet.places.items() if column.path == (name,)), None)
                if at is not None and remaining and len(remaining) < len(value) and not _names_all(sheet, row, at):
                    written[(row, at)] = MULTIPLE_JOINT.join(names[key] for key in remaining)
    return texts


def _needs_key(path: RawPath, item: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    key = item.get("key")
    if not isinstance(key, str):
        return False
    return key in wanted if path[0] == "enterprises" else key.startswith(UNNAMED)


def _names_all(sheet: MatchedSheet, row: int, at: int) -> bool:
    value = next((item.cells.get(at) for item in sheet.rows if item.number == row), None)
    return isinstance(value, str) and simplify_word(value) == simplify_word(ALL_WORD)


@dataclass(frozen=True, slots=True)
class _Messages:
    """The messages of diagnostics, in the reader's language, for a copy that lacks the rows in ``gone``."""

    words: Catalogue
    gone: Mapping[str, Collection[int]]

    def format_message(self, diagnostic: Diagnostic) -> str:
        """The message; other rows that it names keep their numbers of the original file."""
        message = self.words.message(diagnostic)
        if not self.gone.get(diagnostic.location.sheet or "") or not (
            diagnostic.code in _ROWS_NAMED or "cells" in diagnostic.params
        ):
            return message
        return self.words.text("workbook.issue.original", message=message)


def _patch(
    book: SourceBook,
    diagnostics: Iterable[Diagnostic],
    words: Catalogue,
    gone: Mapping[str, Collection[int]],
    texts: Texts,
) -> bytes:
    """The workbook, as it is or as an .xlsx copy of another format, without some rows and with marks and texts."""
    try:
        parts = OfficePackage(Path(book.file) if book.source == "xlsx" else write_plain(book))
        return _mark_parts(parts, book, diagnostics, words, gone=gone, texts=texts)
    except PackageError as fault:
        raise SourceError(report_broken_package(book.file, fault)) from None


def _mark_parts(
    parts: OfficePackage,
    book: SourceBook,
    diagnostics: Iterable[Diagnostic],
    words: Catalogue,
    *,
    gone: Mapping[str, Collection[int]],
    texts: Texts,
) -> bytes:
    workbook = parts.find_related("", "officeDocument") or ""
    sheets = find_sheets(parts, workbook)
    for name in [*gone, *(texts.keys() - gone.keys())]:
        if name in sheets:
            if texts.get(name):
                set_texts(parts, sheets[name], texts[name])
            drop_rows(parts, sheets[name], gone.get(name, ()))
    if any(gone.values()):
        parts.unrelate(workbook, "calcChain")
    moved = [item for diagnostic in diagnostics if (item := _move(diagnostic, gone)) is not None]
    messages = _Messages(words, gone)
    if ABOUT_SHEET in sheets:
        # a foreign table has no such sheet: confirmations are read only from docgen's own
        write_confirmable(parts, book, moved, gone=gone, words=words)
    _mark_sheets(parts, workbook, sheets, moved, messages)
    order = {name: at for at, name in enumerate(sheets)}
    issues = [_make_issue(item, messages) for item in sorted(moved, key=lambda item: _rank(item, order))]
    heads = [words.text(f"workbook.issue.{name}") for name in _HEADS]
    count = sum(item.severity is Severity.ERROR for item in moved)
    title = words.text("workbook.issue.title", errors=count, others=len(moved) - count)
    write_issues(parts, workbook, heads, title, issues)
    return parts.save()


def _mark_sheets(
    parts: OfficePackage,
    workbook: str,
    sheets: Mapping[str, str],
    diagnostics: list[Diagnostic],
    messages: _Messages,
) -> None:
    """Colour the faulty cells of each sheet and put notes on them; marks of an earlier return go."""
    styles = find_styles(parts, workbook)
    formats = add_formats(styles) if styles is not None else {}
    for name, part in sheets.items():
        if name == ISSUE_SHEET:
            continue
        cells, notes = _gather(diagnostics, name, messages)
        root = parts.parse(part)
        clear_marks(root)
        if formats:
            mark_cells(root, cells, formats)
        write_notes(parts, part, notes)


def find_sheets(parts: OfficePackage, workbook: str) -> dict[str, str]:
    """The parts of the workbook's sheets by their names, in order."""
    related = {item.id: item.target for item in parts.list_relations(workbook, "worksheet")}
    sheets = parts.parse(workbook).iterfind(f"{name_tag('sheets')}/{name_tag('sheet')}")
    named = ((str(item.get("name")), str(item.get(f"{{{OFFICE_RELATIONS}}}id"))) for item in sheets)
    return {name: related[rid] for name, rid in named if rid in related}


def _move(diagnostic: Diagnostic, gone: Mapping[str, Collection[int]]) -> Diagnostic | None:
    """A diagnostic at its row's new location; None if the row was removed."""
    at = diagnostic.location
    rows = gone.get(at.sheet or "")
    if not rows or at.line is None:
        return diagnostic
    if at.line in rows:
        return None
    row = at.line - bisect_left(sorted(rows), at.line)
    cell = name_cell(row, at.column or 1)
    return replace(diagnostic, location=replace(at, line=row, cell=cell))


def _gather(
    diagnostics: list[Diagnostic], sheet: str, messages: _Messages
) -> tuple[dict[str, Severity], dict[str, str]]:
    """The cells of a sheet to colour, and the note for each."""
    cells: dict[str, Severity] = {}
    notes: dict[str, str] = {}
    for diagnostic in diagnostics:
        cell = diagnostic.location.cell
        if diagnostic.location.sheet != sheet or cell is None or diagnostic.severity not in _GRAVE:
            continue
        if cells.get(cell) is not Severity.ERROR:
            cells[cell] = diagnostic.severity
        note = messages.words.text(
            "workbook.issue.note", message=messages.format_message(diagnostic), mend=messages.words.mend(diagnostic)
        )
        notes[cell] = f"{notes[cell]}\n{note}" if cell in notes else note
    return cells, notes


def _rank(item: Diagnostic, order: Mapping[str, int]) -> tuple[int, int, int]:
    at: Location = item.location
    return order.get(at.sheet or "", len(order)), at.line or 0, at.column or 0


def _make_issue(item: Diagnostic, messages: _Messages) -> Issue:
    at, words = item.location, messages.words
    grade = words.text(f"cli.severity.{item.severity.value}")
    return Issue(at.sheet, at.cell, item.severity, grade, messages.format_message(item), words.mend(item), item.code)
