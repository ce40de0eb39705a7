"""Makes the clerk's copies: of each workbook the faulty rows, with every diagnostic at its cell."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.writing.target import write_target
from docgen.batch.jobs import make_absolute
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import LedgerEntry
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_FOUND, DocgenError
from docgen.messages import DOCUMENT_LANGUAGE, Catalogue, catalogue

if TYPE_CHECKING:
    from docgen.batch.intake import OpenedIntake

_SUFFIX = ".xlsx"


def return_workbooks(
    ledger: Ledger, out: Path, workbooks: Iterable[OpenedIntake], words: Catalogue, *, force: bool
) -> tuple[dict[Path, int], list[Diagnostic]]:
    """Write the copies; gives their places, how many enterprises are in each, and why one couldn't be written.

    An older copy is replaced, or taken away when nothing is left to mend, unless somebody changed it meanwhile.
    """
    from docgen.batch.intake import return_rows  # a profile's parts take time to load

    written: dict[Path, int] = {}
    found: list[Diagnostic] = []
    for opened in workbooks:
        path = opened.source.path
        faulty = [entry for entry in ledger.iterate() if _goes_back(entry, path)]
        told = [item for entry in faulty for item in entry.list_diagnostics()]
        make = partial(return_rows, opened, [entry.job.row for entry in faulty], told, words)
        copies, refused = return_copy(ledger, out / name_copy(path), make if faulty else None, force=force)
        written |= dict.fromkeys(copies, len(faulty))
        found += refused
    return written, found


def return_copy(
    ledger: Ledger, target: Path, make: Callable[[], bytes] | None, *, force: bool
) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """Write a copy, or without ``make`` take an older one away; its place, or why it couldn't be written.

    One that somebody changed meanwhile stays (B116).
    """
    note = f"returned {target.name}"
    is_kept = is_ours(target, ledger.read_note(note))
    if make is None:
        if is_kept:
            with contextlib.suppress(OSError):  # open in Excel: it stays, and is no longer ours
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
    """Whether a workbook has the name of a copy that this batch gave back."""
    return bool(ledger.read_note(f"returned {path.name}"))


def name_copy(path: Path) -> str:
    """The name of a workbook's copy; what comes back from a copy is the second copy, not a copy of the copy."""
    mark = catalogue(DOCUMENT_LANGUAGE).text("batch.returned")
    again = re.fullmatch(rf"(.+{re.escape(mark)})(\d*)", path.stem)
    stem = f"{again[1]}{int(again[2] or 1) + 1}" if again is not None else path.stem + mark
    return stem + _SUFFIX


def is_ours(target: Path, digest: str) -> bool:
    """Whether a copy is there, unchanged since it was written; one that somebody works in is theirs."""
    with contextlib.suppress(OSError):
        return bool(digest) and hash_file(target) == digest
    return False


def _goes_back(entry: LedgerEntry, path: Path) -> bool:
    """Whether the clerk has something to mend in the rows of an enterprise: not where making it failed."""
    if not entry.is_settled or entry.exit_code != EXIT_FOUND or not entry.job.row:
        return False
    return make_absolute(entry.job.path) == path
