"""Finds doubtful values by comparing the rows of a whole workbook, and tells each with its row.

Whether a value is odd often shows only beside those of other rows: a code that two enterprises have, an amount far from
the others of its column. A workbook is looked through once, when one of its rows is to be made or it has changed; a row
that stays up to date is told what another one's change has made doubtful of it, without being made anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.batch.fingerprint import digest_data
from docgen.batch.intake import OpenedIntake
from docgen.batch.jobs import Job, make_absolute, make_key
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import LedgerEntry
from docgen.batch.result import dump_diagnostics, parse_diagnostics
from docgen.checks.doubts.base import COMPARED, is_about_confirming
from docgen.diagnostics import Diagnostic, Severity
from docgen.pipeline.stages.prepare import doubt_whole
from docgen.sources.intake.reading.split import split_enterprises


@dataclass(frozen=True, slots=True)
class Doubted:
    """By enterprise what is doubted of its rows and of what all have in common, and what is no row's."""

    rows: dict[str, tuple[Diagnostic, ...]]
    notes: tuple[Diagnostic, ...]


class BookDoubts:
    """The doubts of a run's workbooks, each looked for once, and not before they are asked for."""

    def __init__(self, ledger: Ledger, out: Path, open_workbook: Callable[[Path], OpenedIntake]) -> None:
        self._ledger = ledger
        self._out = out
        self._open = open_workbook
        self._found: dict[Path, Doubted] = {}

    def find(self, job: Job) -> tuple[Diagnostic, ...]:
        """What is doubted of an enterprise."""
        return self._look(make_absolute(job.path)).rows.get(job.row, ())

    def has_changed(self, entry: LedgerEntry) -> bool:
        """Whether an enterprise is told of other doubts than those that were told before."""
        return bool(entry.job.row) and self._renew(entry) is not None

    def tell(self, workbooks: Iterable[Path]) -> list[Diagnostic]:
        """Bring what is known of rows that stay up to date to the present doubts; gives what is no row's."""
        notes: list[Diagnostic] = []
        renewed: set[Path] = set()
        for path in map(make_absolute, workbooks):
            name, digest = f"doubts {make_key(path, self._out)}", digest_data(self._open(path).source.data)
            known = json.loads(self._ledger.read_note(name) or "{}")
            if path not in self._found and known.get("digest") == digest:
                notes += parse_diagnostics(known["notes"])
                continue
            renewed.add(path)
            told = dump_diagnostics(self._look(path).notes)
            notes += self._look(path).notes
            self._ledger.write_note(name, json.dumps({"digest": digest, "notes": told}, ensure_ascii=False))
        for entry in self._ledger.iterate() if renewed else ():
            is_kept = entry.is_settled and not entry.was_made
            if is_kept and entry.job.row and make_absolute(entry.job.path) in renewed:
                now = self._renew(entry)
                if now is not None:
                    self._ledger.retell(entry.job.key, now)
        return notes

    def _renew(self, entry: LedgerEntry) -> tuple[Diagnostic, ...] | None:
        """What is told of an enterprise with its present doubts; None where they are the former ones."""
        former = entry.list_diagnostics()
        kept = tuple(item for item in former if item.code not in COMPARED)
        wrong = {item.location for item in kept if item.severity is Severity.ERROR}
        now = tuple(item for item in self.find(entry.job) if item.location not in wrong)
        old = [item for item in former if item.code in COMPARED]
        return None if dump_diagnostics(old) == dump_diagnostics(now) else (*kept, *now)

    def _look(self, path: Path) -> Doubted:
        if path not in self._found:
            self._found[path] = doubt_book(self._open(path))
        return self._found[path]


def doubt_book(opened: OpenedIntake) -> Doubted:
    """What is doubted in a workbook, looked through as a whole."""
    source: Any = opened.source
    given = len(source.data.get("confirmed", ()))
    reasons = {source.locate(("confirmed", at, "reason")) for at in range(given)}
    whole, values = [], []
    for item in doubt_whole(source, opened.loaded):
        if is_about_confirming(item) or item.location in reasons:
            whole.append(item)
        elif item.code in COMPARED:
            values.append(item)
    split = split_enterprises(source, opened.loaded, values)
    rows = {state.key: (*split.common, *state.diagnostics) for state in split.enterprises}
    return Doubted(rows, tuple(whole))
