"""Putting results in their place: written down first, then moved; who may have which name; waiting for the disk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.archive.names import fold_name
from docgen.archive.target import sync_files
from docgen.batch.fingerprint import FileMark, follow_output, hash_file
from docgen.batch.jobs import Job
from docgen.batch.ledger import Ledger
from docgen.batch.result import JobResult, Produced
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_CANNOT_RUN

_SYNCED_TOGETHER = 100


@dataclass(slots=True)
class Placing:
    """Where results go: ``out``, an absolute path. With ``force`` they replace what somebody else put there."""

    ledger: Ledger
    out: Path
    setting: str
    force: bool
    unsynced: list[FileMark] = field(default_factory=list)

    def settle(self, job: Job, result: JobResult) -> JobResult:
        """Write a result down, then move its outputs into place; a refusal turns it into a failure. What came of it."""
        number = self.ledger.find_number(job.key)
        refused, losers = self._claim(job, number, result.outputs)
        if refused:
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, outputs=(), diagnostics=refused)
        for loser, fault in losers:
            self.ledger.settle(loser, self.setting, JobResult("failed", EXIT_CANNOT_RUN, (fault,)))
        former = self.ledger.list_outputs(job.key)
        self.ledger.settle(job.key, self.setting, result)
        for output in result.outputs:
            fault_found = self._move(output)
            if fault_found is not None:
                result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, diagnostics=(fault_found,))
                self.ledger.settle(job.key, self.setting, replace(result, outputs=()))
        if result.outputs:
            now = {fold_name(item.path) for item in result.outputs}
            self._remove([item.mark for item in former if fold_name(item.path) not in now])
        return result

    def note_unsynced(self, mark: FileMark) -> None:
        """Remember an output that the disk may not have yet."""
        self.unsynced.append(mark)
        if len(self.unsynced) >= _SYNCED_TOGETHER:
            self.sync()

    def sync(self) -> None:
        """Wait until the disk has what was moved into place, many files together: one by one it takes far longer."""
        sync_files([self.out / mark.path for mark in self.unsynced])
        marks = [follow_output(mark, self.out / mark.path) for mark in self.unsynced]
        self.ledger.mark_outputs(marks, synced=True)
        self.unsynced.clear()

    def _claim(
        self, job: Job, number: int, outputs: Iterable[Produced]
    ) -> tuple[tuple[Diagnostic, ...], list[tuple[str, Diagnostic]]]:
        """Who may not have the places of these outputs: this job (its faults), or jobs behind it that took them first.

        Of two jobs that want one place the first in order has it, whichever was done first.
        """
        refused: list[Diagnostic] = []
        losers: list[tuple[str, Diagnostic]] = []
        place = Location(file=str(job.path))
        for output in outputs:
            holder = self.ledger.find_claim(output.path)
            if holder is None:
                target = self.out / output.path
                if target.exists() and not self.force:
                    refused.append(error("B111", place, path=str(target)))
            elif holder.key == job.key:
                continue
            elif holder.is_current and number < holder.number:
                at = Location(file=str(holder.record))
                losers.append((holder.key, error("B110", at, name=output.path, other=str(job.path))))
            elif holder.is_current or (holder.record.exists() and not self.force):
                refused.append(error("B110", place, name=output.path, other=str(holder.record)))
        return tuple(refused), losers

    def _move(self, output: Produced) -> Diagnostic | None:
        target = self.out / output.path
        try:
            Path(output.staged).replace(target)
        except OSError as fault:
            place = Location(file=str(target))
            return error("B112", place, path=str(target), reason=fault.strerror or str(fault))
        self.note_unsynced(output.mark)
        return None

    def _remove(self, marks: Iterable[FileMark]) -> None:
        """Take away what a job made before under other names, unless somebody changed it."""
        for mark in marks:
            path = self.out / mark.path
            with contextlib.suppress(OSError):
                if path.is_file() and hash_file(path) == mark.sha256:
                    path.unlink()
