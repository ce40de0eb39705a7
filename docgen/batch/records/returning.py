"""Write the copies that are returned to the clerk: the faulty rows of each workbook, diagnostics at their cells."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.writing.target import write_target
from docgen.batch.ledger import Ledger, LedgerEntry
from docgen.batch.ledger.jobs import make_absolute
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_FAULTS, DocgenError
from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue

if TYPE_CHECKING:
    from docgen.batch.records.intake import OpenedIntake

_SUFFIX = ".xlsx"


def return_workbooks(
    ledger: Ledger, out: Path, workbooks: Iterable[OpenedIntake], words: Catalogue, *, force: bool
) -> tuple[dict[Path, int], list[Diagnostic]]:
    """Write the copies; returns their paths, each with its number of enterprises, and diagnostics.

    An older copy is replaced, or removed when nothing has to be corrected, unless somebody changed it meanwhile.
    """
    from docgen.batch.records.intake import return_rows  # imported late: it loads the profile's modules

    written: dict[Path, int] = {}
    diagnostics: list[Diagnostic] = []
    for opened in workbooks:
        path = opened.source.path
        faulty = [entry for entry in ledger.iterate() if _goes_back(entry, path)]
        row_diagnostics = [item for entry in faulty for item in entry.list_diagnostics()]
        make = partial(return_rows, opened, [entry.job.row for entry in faulty], row_diagnostics, words)
        copies, refused = return_copy(ledger, out / name_copy(path), make if faulty else None, force=force)
        written |= dict.fromkeys(copies, len(faulty))
        diagnostics += refused
    return written, diagnostics


def return_copy(
    ledger: Ledger, target: Path, make: Callable[[], bytes] | None, *, force: bool
) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """Write a copy, or without ``make`` remove an older one; returns its path, or why it couldn't be written.

    One that somebody changed meanwhile stays (B116).
    """
    note = f"returned {target.name}"
    is_kept = is_ours(target, ledger.read_note(note))
    if make is None:
        if is_kept:
            with contextlib.suppress(OSError):  # open in Excel: it stays, and isn't ours any more
                target.unlink()
        return (), ()
    if target.exists() and not is_kept and not force:
        return (), (error("B116", Location("xlsx", file=str(target)), path=str(target)),)
    try:
        data = make()
        write_target(data, target, force=is_kept or force)
    except DocgenError as fault:
        return (), tuple(fault.diagnostics)
    ledger.write_note(note, hashlib.sha256(data).hexdigest())
    return (target,), ()


def was_returned(ledger: Ledger, path: Path) -> bool:
    """Whether a workbook has the name of a copy that this batch returned."""
    return bool(ledger.read_note(f"returned {path.name}"))


def name_copy(path: Path) -> str:
    """The name of a workbook's copy; the copy of a copy is numbered as the second one."""
    mark = catalogue(DOCUMENT_LANGUAGE).text("batch.returned")
    again = re.fullmatch(rf"(.+{re.escape(mark)})(\d*)", path.stem)
    stem = f"{again[1]}{int(again[2] or 1) + 1}" if again is not None else path.stem + mark
    return stem + _SUFFIX


def is_ours(target: Path, digest: str) -> bool:
    """Whether a copy exists, unchanged since it was written; a changed one belongs to whoever edits it."""
    with contextlib.suppress(OSError):
        return bool(digest) and hash_file(target) == digest
    return False


def _goes_back(entry: LedgerEntry, path: Path) -> bool:
    """Whether the clerk has to correct the rows of an enterprise; False where making it failed."""
    if not entry.is_settled or entry.exit_code != EXIT_FAULTS or not entry.job.row:
        return False
    return make_absolute(entry.job.path) == path
