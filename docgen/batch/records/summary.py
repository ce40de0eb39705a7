"""Write a batch's summary: a workbook for people and JSON for programs, row by row from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docgen
from docgen.archive.writing.target import open_target
from docgen.batch.book_styles import (
    MAX_ROWS,
    BookStyles,
    begin_book,
    fit_row,
    format_diagnostic,
    set_page,
    write_head,
    write_link,
    write_table,
)
from docgen.batch.ledger import Ledger, LedgerEntry, LedgerOutput
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SCHEMA_VERSION = 1
_GAP = "R207"
_LISTED_OUTPUTS = 3
_COUNTED = ("rows", "rows_made", "rows_refused", "total", "made", "kept", "faulty", "failed", "open")
_WIDTHS = (6, 34, 20, 40, 10, 8, 8, 8, 8, 46, 60, 40)
_DIAGNOSTIC_WIDTHS = (34, 24, 8, 8, 70, 60)


@dataclass(frozen=True, slots=True)
class SummaryFiles:
    """The files of a summary."""

    workbook: Path
    data: Path


def write_summary(ledger: Ledger, counts: Mapping[str, int], out: Path, words: Catalogue) -> SummaryFiles:
    """Write the summary of a run, unless the same one exists already.

    Raises OutputError when it can't be written (A101–A107: it may be open in Excel).
    """
    names = catalogue(DOCUMENT_LANGUAGE)
    files = SummaryFiles(out / names.text("batch.file.xlsx"), out / names.text("batch.file.json"))
    contents = [docgen.__version__, words.lang, ledger.digest_results()]
    if ledger.read_note("summary") == (_describe_written(contents, files) or None):
        return files
    with open_target(files.data, force=True) as file:
        for chunk in _dump(ledger, counts, words):
            file.write(chunk.encode())
    with open_target(files.workbook, force=True) as file:
        _write_workbook(file, ledger, counts, words)
    ledger.write_note("summary", _describe_written(contents, files))
    return files


def _describe_written(contents: list[str], files: SummaryFiles) -> str:
    """Describe a summary by its contents and the digests of its files; "" where a file is missing."""
    try:
        return json.dumps([*contents, hash_file(files.workbook), hash_file(files.data)])
    except OSError:
        return ""


def format_state(entry: LedgerEntry) -> str:
    """The state of a job for people: made, kept, faulty, failed, open."""
    if not entry.is_settled:
        return "open"
    return "kept" if entry.state == "made" and not entry.was_made else entry.state


def _dump(ledger: Ledger, counts: Mapping[str, int], words: Catalogue) -> Iterator[str]:
    yield f'{{\n "schema_version": {SCHEMA_VERSION},\n "counts": {json.dumps(dict(counts))},\n "results": ['
    comma = ""
    for entry in ledger.iterate():
        yield comma + "\n  " + json.dumps(_describe(entry, words), ensure_ascii=False)
        comma = ","
    yield "\n ]\n}\n"


def _describe(entry: LedgerEntry, words: Catalogue) -> dict[str, Any]:
    settled = entry.is_settled
    return {
        "record": str(entry.job.path),
        **({"row": entry.job.row, "label": entry.job.label} if entry.job.row else {}),
        "state": format_state(entry),
        "exit_code": entry.exit_code if settled else None,
        "project": {"number": entry.about.number, "name": entry.about.name},
        "profile": entry.profile_id,
        "enterprises": entry.about.enterprises,
        "documents": entry.about.documents,
        "by_hand": _list_gaps(entry, words),
        "diagnostics": [_describe_diagnostic(item, words) for item in _find_diagnostics(entry)],
        "outputs": [
            {
                "kind": item.kind,
                "path": item.path,
                "title": item.title,
                "size": item.mark.size,
                "sha256": item.mark.sha256,
            }
            for item in _find_outputs(entry)
        ],
    }


def _find_diagnostics(entry: LedgerEntry) -> tuple[Diagnostic, ...]:
    return entry.list_diagnostics() if entry.is_settled else ()


def _list_gaps(entry: LedgerEntry, words: Catalogue) -> list[str]:
    """The labels of values that were left free, to be filled in by hand, in the documents of a job."""
    diagnostics = _find_diagnostics(entry) if entry.state == "made" else ()
    labels = (item.params["label"] for item in diagnostics if item.code == _GAP)
    return list(dict.fromkeys(words.format_param(label) for label in labels))


def _find_outputs(entry: LedgerEntry) -> tuple[LedgerOutput, ...]:
    """The outputs of a job; those that an older run made of a record that is faulty now aren't its result."""
    return entry.outputs if entry.is_settled and entry.state == "made" else ()


def _describe_diagnostic(item: Diagnostic, words: Catalogue) -> dict[str, Any]:
    where = item.location
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": words.message(item),
        "mend": words.mend(item),
        "clause": item.clause,
        "file": where.file,
        "line": where.line,
        "path": where.path,
        "sheet": where.sheet,
        "cell": where.cell,
    }


def _write_workbook(file: Any, ledger: Ledger, counts: Mapping[str, int], words: Catalogue) -> None:
    book = begin_book(file, words.text("batch.title"))
    writer = _BatchSheetWriter(ledger, words, BookStyles(book))
    # Rows are written as they come, so each sheet is finished before the next is begun.
    writer.write_results(book.add_worksheet(words.text("batch.sheet.results")), counts)
    writer.write_diagnostics(book.add_worksheet(words.text("batch.sheet.found")))
    book.close()


class _BatchSheetWriter:
    def __init__(self, ledger: Ledger, words: Catalogue, styles: BookStyles) -> None:
        self._ledger = ledger
        self._words = words
        self._styles = styles

    def write_results(self, sheet: Worksheet, counts: Mapping[str, int]) -> None:
        words, styles = self._words, self._styles
        set_page(sheet, _WIDTHS)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 0)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, words.text("batch.title"), styles.title)
        sheet.merge_range(1, 0, 1, len(_WIDTHS) - 1, format_counts(counts, words), styles.note)
        write_head(sheet, 2, words.text("batch.columns").split("|"), styles)
        row = 3
        for entry in self._ledger.iterate():
            self._write_result(sheet, row, entry)
            row += 1
            if row >= MAX_ROWS:
                break
        sheet.autofilter(2, 0, max(row - 1, 2), len(_WIDTHS) - 1)

    def _write_result(self, sheet: Worksheet, row: int, entry: LedgerEntry) -> None:
        words, styles = self._words, self._styles
        state, about = format_state(entry), entry.about
        outputs = self._format_outputs([item.path for item in _find_outputs(entry)])
        first = next((item for item in _find_diagnostics(entry) if item.severity is Severity.ERROR), None)
        message = f"{first.code} {words.message(first)}" if first is not None else ""
        gaps = words.text("batch.gaps_joint").join(_list_gaps(entry, words))
        texts = {
            1: name_record(entry, words),
            2: about.number,
            3: about.name,
            9: "\n".join(outputs),
            10: message,
            11: gaps,
        }
        fit_row(sheet, row, [(text, _WIDTHS[column]) for column, text in texts.items()])
        sheet.write_number(row, 0, entry.number, styles.center)
        sheet.write_string(row, 1, name_record(entry, words), styles.text)
        sheet.write_string(row, 2, about.number, styles.text)
        sheet.write_string(row, 3, about.name, styles.text)
        sheet.write_string(row, 4, words.text(f"batch.state.{state}"), styles.states[state])
        for column, value in enumerate((about.enterprises, about.documents, entry.errors, entry.warnings), 5):
            if entry.is_settled:
                sheet.write_number(row, column, value, styles.center)
            else:
                sheet.write_blank(row, column, None, styles.center)
        self._write_outputs(sheet, row, outputs)
        sheet.write_string(row, 10, message, styles.text)
        sheet.write_string(row, 11, gaps, styles.text)

    def _format_outputs(self, names: list[str]) -> list[str]:
        """Format the outputs of a job, a line each; of many only the first ones."""
        if len(names) <= _LISTED_OUTPUTS:
            return names
        return [*names[:_LISTED_OUTPUTS], self._words.text("batch.more", number=len(names) - _LISTED_OUTPUTS)]

    def _write_outputs(self, sheet: Worksheet, row: int, names: list[str]) -> None:
        """Write the names of outputs; a single one is a link."""
        if len(names) == 1:
            write_link(sheet, (row, 9), names[0], names[0], self._styles.link)
        else:
            sheet.write_string(row, 9, "\n".join(names), self._styles.text)

    def write_diagnostics(self, sheet: Worksheet) -> None:
        words = self._words
        rows = (
            (name_record(entry, words), format_place(item.location, words), *format_diagnostic(item, words))
            for entry in self._ledger.iterate(found_only=True)
            for item in _find_diagnostics(entry)
        )
        write_table(sheet, words.text("batch.found_columns").split("|"), _DIAGNOSTIC_WIDTHS, rows, self._styles)


def format_counts(counts: Mapping[str, int], words: Catalogue) -> str:
    """Format how many jobs there are and how they ended, in a line."""
    parts = [
        words.text(f"batch.count.{name}", number=counts[name])
        for name in _COUNTED
        if counts.get(name) or name == "total"
    ]
    return words.text("batch.joint").join(parts)


def name_record(entry: LedgerEntry, words: Catalogue) -> str:
    """The record of a job as it was given; of a workbook's row the enterprise and the workbook."""
    path, label = str(entry.job.path), entry.job.label
    return words.text("batch.row", label=label, path=path) if label else path


def format_place(where: Location, words: Catalogue) -> str:
    """Format a place inside a record for a column: the line, the cell, or the path of the value."""
    if where.sheet is not None:
        return f"{where.sheet}!{where.cell}" if where.cell else where.sheet
    line = words.text("batch.line", number=where.line) if where.line else ""
    return " ".join(filter(None, (line, where.path)))
