"""Write the summary of an inbox: a workbook for people and JSON for programs, row by row."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.archive.verify.description import Judgement, complete_description
from docgen.archive.verify.relations import PackageRelation
from docgen.archive.verify.report import COUNTED
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
    write_number,
    write_table,
)
from docgen.batch.inbox.packages import ReceivedPackage
from docgen.diagnostics import Diagnostic, Severity
from docgen.messages import Catalogue

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SCHEMA_VERSION = 1
_STYLES = {"sound": "made", "unproven": "failed", "faulty": "faulty", "failed": "failed", "open": "open"}
_WIDTHS = (6, 30, 14, 46, 28, 12, 24, 6, 6, 8, 12, 34, 12)
_DIAGNOSTIC_WIDTHS = (40, 40, 8, 8, 60, 50)

Packages = Callable[[], Iterator[ReceivedPackage]]
"""Iterates all packages in order, from the beginning at each call."""


def write_received(packages: Packages, out: Path, counts: Mapping[str, int], words: Catalogue) -> None:
    """Write the workbook and, under the same name, the JSON; OutputError (A101–A107) when that can't be done."""
    with open_target(out.with_suffix(".json"), force=True) as file:
        for chunk in _dump(packages, counts, words):
            file.write(chunk.encode())
    with open_target(out, force=True) as file:
        _write_workbook(file, packages, counts, words, out.parent)


def format_counts(counts: Mapping[str, int], words: Catalogue) -> str:
    """Format how many packages there are, by verdict, in a line."""
    parts = (words.text(f"received.count.{name}", number=counts[name]) for name in COUNTED if counts.get(name))
    return words.text("batch.joint").join(parts) or words.text("received.count.total", number=0)


def describe_package(package: ReceivedPackage, words: Catalogue) -> dict[str, Any]:
    """A package for JSON, without its diagnostics; of one that couldn't be verified only its path."""
    intact = package.verdict == "sound"
    description: dict[str, Any] = {"path": package.shown, "ok": intact}
    if package.description is not None:
        verdict, items = package.identity_verdict, package.items
        judged = Judgement(package.relation, verdict, intact, items, package.repeats)
        description = complete_description(package.description, words, judged)
    return {**description, "state": package.verdict}


def format_relation(relation: PackageRelation | None, words: Catalogue) -> str:
    """Format the package that one belongs to, and whether that is here; "" for one that belongs to none."""
    if relation is None:
        return ""
    key = "received.base" if relation.is_verified else "received.no_base"
    return words.text(key, name=relation.name or relation.identity[:12])


def _dump(packages: Packages, counts: Mapping[str, int], words: Catalogue) -> Iterator[str]:
    yield f'{{\n "schema_version": {SCHEMA_VERSION},\n "counts": {json.dumps(dict(counts))},\n "packages": ['
    comma = ""
    for package in packages():
        diagnostics = [_describe_diagnostic(item, words) for item in package.diagnostics]
        description = describe_package(package, words) | {"diagnostics": diagnostics}
        yield comma + "\n  " + json.dumps(description, ensure_ascii=False)
        comma = ","
    yield "\n ]\n}\n"


def _describe_diagnostic(item: Diagnostic, words: Catalogue) -> dict[str, Any]:
    return {
        "code": item.code,
        "severity": item.severity.value,
        "message": words.message(item),
        "mend": words.mend(item),
        "member": item.location.member,
    }


def _write_workbook(file: Any, packages: Packages, counts: Mapping[str, int], words: Catalogue, folder: Path) -> None:
    book = begin_book(file, words.text("received.title"))
    writer = _InboxSheetWriter(packages, words, BookStyles(book))
    # Rows are written as they come, so each sheet is finished before the next is begun.
    writer.write_packages(book.add_worksheet(words.text("received.sheet.packages")), counts, folder)
    writer.write_diagnostics(book.add_worksheet(words.text("batch.sheet.found")))
    book.close()


class _InboxSheetWriter:
    def __init__(self, packages: Packages, words: Catalogue, styles: BookStyles) -> None:
        self._packages = packages
        self._words = words
        self._styles = styles

    def write_packages(self, sheet: Worksheet, counts: Mapping[str, int], folder: Path) -> None:
        words, styles = self._words, self._styles
        set_page(sheet, _WIDTHS)
        sheet.repeat_rows(3)
        sheet.freeze_panes(4, 2)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, words.text("received.title"), styles.title)
        sheet.merge_range(1, 0, 1, len(_WIDTHS) - 1, format_counts(counts, words), styles.note)
        sheet.merge_range(2, 0, 2, len(_WIDTHS) - 1, words.text("received.note"), styles.note)
        write_head(sheet, 3, words.text("received.columns").split("|"), styles)
        row = 4
        for package in self._packages():
            self._write_package(sheet, row, package, folder)
            row += 1
            if row >= MAX_ROWS:
                break
        sheet.autofilter(3, 0, max(row - 1, 3), len(_WIDTHS) - 1)

    def _write_package(self, sheet: Worksheet, row: int, package: ReceivedPackage, folder: Path) -> None:
        words, styles = self._words, self._styles
        description, path = package.description or {}, package.shown
        first = next((item for item in package.diagnostics if item.severity is Severity.ERROR), None)
        texts = {
            1: path,
            3: f"{first.code} {words.message(first)}" if first is not None else "",
            4: package.title,
            5: words.text(f"archive.kind.{description['kind']}") if description.get("kind") else "",
            6: format_relation(package.relation, words),
            11: description.get("identity") or "",
            12: words.text(f"received.identity.{package.identity_verdict.value}") if description else "",
        }
        fit_row(sheet, row, [(text, _WIDTHS[column]) for column, text in texts.items()])
        sheet.write_number(row, 0, package.number, styles.center)
        # an uploaded package is kept only for a while: its link leads to the folder of the workbook
        way = package.name or _find_link_target(package.path, folder)
        write_link(sheet, (row, 1), way, path, styles.link)
        verdict = words.text(f"received.verdict.{package.verdict}")
        sheet.write_string(row, 2, verdict, styles.states[_STYLES[package.verdict]])
        for column in (3, 4, 5, 6, 11, 12):
            sheet.write_string(row, column, texts[column], styles.text)
        is_done = package.verdict != "open"
        numbers = [package.count(severity) if is_done else None for severity in (Severity.ERROR, Severity.WARNING)]
        for column, value in enumerate([*numbers, description.get("files"), description.get("bytes")], 7):
            write_number(sheet, row, column, value, styles.whole)

    def write_diagnostics(self, sheet: Worksheet) -> None:
        words = self._words
        rows = (
            (package.shown, item.location.member or "", *format_diagnostic(item, words))
            for package in self._packages()
            for item in package.diagnostics
        )
        write_table(sheet, words.text("received.found_columns").split("|"), _DIAGNOSTIC_WIDTHS, rows, self._styles)


def _find_link_target(path: Path, folder: Path) -> str:
    """The target of a link from the workbook's folder to a package."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive
        return str(path.absolute())
