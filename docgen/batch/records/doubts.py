"""Find doubtful values by comparing the rows of a whole workbook, and report each with its row.

Some values are doubtful only beside those of other rows: a code that two enterprises have, an amount far from the
others in its column. A workbook is compared once, when one of its rows is to be made or it has changed. A row that
stays up to date gets the doubts that a change in other rows causes, without being made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.batch.ledger import Ledger, LedgerEntry
from docgen.batch.ledger.fingerprint import digest_data
from docgen.batch.ledger.jobs import Job, make_absolute, make_key
from docgen.batch.ledger.result import dump_diagnostics, parse_diagnostics
from docgen.batch.records.intake import OpenedIntake
from docgen.checks.doubts.base import COMPARED, is_about_confirming
from docgen.diagnostics import Diagnostic, Severity
from docgen.pipeline.stages.prepare import find_record_doubts
from docgen.sources.intake.reading.split import split_enterprises


@dataclass(frozen=True, slots=True)
class WorkbookDoubts:
    """The doubts about a workbook: by enterprise (with those about shared data), and ``notes`` that concern no row."""

    rows: dict[str, tuple[Diagnostic, ...]]
    notes: tuple[Diagnostic, ...]


class BookDoubts:
    """Finds the doubts about a run's workbooks, each workbook once, when it is first asked for."""

    def __init__(self, ledger: Ledger, out: Path, open_workbook: Callable[[Path], OpenedIntake]) -> None:
        self._ledger = ledger
        self._out = out
        self._open = open_workbook
        self._by_path: dict[Path, WorkbookDoubts] = {}

    def find(self, job: Job) -> tuple[Diagnostic, ...]:
        """The doubts about an enterprise."""
        return self._compare(make_absolute(job.path)).rows.get(job.row, ())

    def has_changed(self, entry: LedgerEntry) -> bool:
        """Whether the doubts about an enterprise differ from those in the ledger."""
        return bool(entry.job.row) and self._renew(entry) is not None

    def report(self, workbooks: Iterable[Path]) -> list[Diagnostic]:
        """Update the doubts in the ledger about rows that stay up to date; returns those that concern no row."""
        notes: list[Diagnostic] = []
        renewed: set[Path] = set()
        for path in map(make_absolute, workbooks):
            name, digest = f"doubts {make_key(path, self._out)}", digest_data(self._open(path).source.data)
            noted = json.loads(self._ledger.read_note(name) or "{}")
            if path not in self._by_path and noted.get("digest") == digest:
                notes += parse_diagnostics(noted["notes"])
                continue
            renewed.add(path)
            dumped = dump_diagnostics(self._compare(path).notes)
            notes += self._compare(path).notes
            self._ledger.write_note(name, json.dumps({"digest": digest, "notes": dumped}, ensure_ascii=False))
        for entry in self._ledger.iterate() if renewed else ():
            is_kept = entry.is_settled and not entry.was_made
            if is_kept and entry.job.row and make_absolute(entry.job.path) in renewed:
                now = self._renew(entry)
                if now is not None:
                    self._ledger.retell(entry.job.key, now)
        return notes

    def _renew(self, entry: LedgerEntry) -> tuple[Diagnostic, ...] | None:
        """The diagnostics of an enterprise with its present doubts; None where these are unchanged."""
        former = entry.list_diagnostics()
        kept = tuple(item for item in former if item.code not in COMPARED)
        wrong = {item.location for item in kept if item.severity is Severity.ERROR}
        now = tuple(item for item in self.find(entry.job) if item.location not in wrong)
        old = [item for item in former if item.code in COMPARED]
        return None if dump_diagnostics(old) == dump_diagnostics(now) else (*kept, *now)

    def _compare(self, path: Path) -> WorkbookDoubts:
        if path not in self._by_path:
            self._by_path[path] = find_workbook_doubts(self._open(path))
        return self._by_path[path]


def find_workbook_doubts(opened: OpenedIntake) -> WorkbookDoubts:
    """Find the doubts about a workbook as a whole."""
    source: Any = opened.source
    count = len(source.data.get("confirmed", ()))
    reasons = {source.locate(("confirmed", at, "reason")) for at in range(count)}
    whole, values = [], []
    for item in find_record_doubts(source, opened.loaded):
        if is_about_confirming(item) or item.location in reasons:
            whole.append(item)
        elif item.code in COMPARED:
            values.append(item)
    split = split_enterprises(source, opened.loaded, values)
    rows = {state.key: (*split.common, *state.diagnostics) for state in split.enterprises}
    return WorkbookDoubts(rows, tuple(whole))
