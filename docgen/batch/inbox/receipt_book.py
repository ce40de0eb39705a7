"""Write the register of receipts as a workbook for people, or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from docgen.archive.receipts.register import RegisterEntry
from docgen.archive.writing.target import open_target, refuse_target, write_target
from docgen.batch.book_styles import BookStyles, begin_book, write_table
from docgen.messages import Catalogue

SCHEMA_VERSION = 1
_WIDTHS = (14, 14, 10, 30, 26, 20, 18, 16, 6, 20, 20)


def write_entries(entries: Sequence[RegisterEntry], out: Path, words: Catalogue, *, force: bool) -> None:
    """Write receipts to ``out``: JSON where it ends in ``.json``, else a workbook; OutputError (A101–A107)."""
    refuse_target(out, force=force)
    if out.suffix.lower() == ".json":
        document = {"schema_version": SCHEMA_VERSION, "receipts": [asdict(entry) for entry in entries]}
        write_target((json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), out, force=force)
        return
    with open_target(out, force=force) as file:
        title = words.text("receipt.register")
        book = begin_book(file, title)
        titles = words.text("receipt.columns").split("|")
        rows = (_format(entry, words) for entry in entries)
        write_table(book.add_worksheet(title), titles, _WIDTHS, rows, BookStyles(book))
        book.close()


def _format(entry: RegisterEntry, words: Catalogue) -> tuple[str, ...]:
    decision = words.text(f"receipt.decision.{entry.decision}")
    signed = words.text("receipt.signed") if entry.is_signed else ""
    about = (entry.file, entry.title, entry.sender, entry.archive_number, entry.project_number)
    return (entry.number, entry.issued.replace("T", " "), decision, *about, signed, entry.identity, entry.sha256)
