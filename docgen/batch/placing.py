"""Publishing results: noted in the ledger, moved into place, synced to the disk; two jobs that want one name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.archive.writing.target import sync_files
from docgen.archive.zip.names import fold_name
from docgen.batch.fingerprint import FileMark, follow_output, hash_file
from docgen.batch.jobs import Job
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import Claim
from docgen.batch.result import JobResult, Produced
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_CANNOT_RUN

_SYNCED_TOGETHER = 100


@dataclass(slots=True)
class Placing:
    """Where results go: ``out``, an absolute path. With ``force`` they replace what somebody else put there.

    ``is_gone`` tells of a row of a former run that its workbook doesn't have any more. ``lost`` has the keys of the
    jobs of which another one took an output: they have to be done (again), whatever was known of them.
    """

    ledger: Ledger
    out: Path
    setting: str
    force: bool
    is_gone: Callable[[Job], bool] = lambda _: False
    unsynced: list[FileMark] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    def settle(self, job: Job, result: JobResult) -> tuple[JobResult, list[tuple[Job, JobResult]]]:
        """Write a result down, then move its outputs into place; a refusal turns it into a failure.

        Gives what came of it, and the jobs that fail because this one, which is before them, has their place.
        """
        refused, freed, losers = self._claim(job, result.outputs)
        if refused:
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, outputs=(), diagnostics=refused)
            freed, losers = [], []
        for claim in freed:
            self.ledger.reopen(claim)
            self.lost.add(claim.job.key)
        for loser, failure in losers:
            self.ledger.settle(loser.key, self.setting, failure)
        outputs = result.outputs
        now = {fold_name(item.path) for item in outputs}
        former = [item for item in self.ledger.list_outputs(job.key) if fold_name(item.path) not in now]
        self.ledger.settle(job.key, self.setting, result)
        faults = tuple(fault for fault in map(self._move, outputs) if fault is not None)
        if faults:
            # what was made before stays, and stays the job's, until all of the new is in its place
            kept = [Produced(item.kind, item.path, item.title, item.mark) for item in former]
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, diagnostics=faults)
            self.ledger.settle(job.key, self.setting, replace(result, outputs=(*outputs, *kept)))
        elif outputs:
            self._remove([item.mark for item in former])
        return result, losers

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
        self, job: Job, outputs: Iterable[Produced]
    ) -> tuple[tuple[Diagnostic, ...], list[Claim], list[tuple[Job, JobResult]]]:
        """Why this job may not have the places of its outputs; whose former places they are; who loses them to it.

        Of two jobs that want one place the first in order has it, whichever was done first. What a job of this run had
        before counts only when it turns out to have it still: by its new result it may be called otherwise.
        """
        refused: list[Diagnostic] = []
        freed: list[Claim] = []
        losers: dict[str, tuple[Job, JobResult]] = {}
        place = Location(file=str(job.path))
        number = self.ledger.find_number(job.key)
        for output in outputs:
            holder = self.ledger.find_claim(output.path)
            if holder is None:
                target = self.out / output.path
                if target.exists() and not self.force:
                    refused.append(error("B111", place, path=str(target)))
            elif holder.job.key == job.key:
                continue
            elif holder.stands and number < holder.number:
                at = Location(file=str(holder.job.path))
                fault = error("B110", at, name=output.path, other=_name_other(job))
                losers[holder.job.key] = (holder.job, JobResult("failed", EXIT_CANNOT_RUN, (fault,)))
            elif (
                holder.stands or holder.is_unread or not (holder.is_current or self.force or self._has_left(holder.job))
            ):
                refused.append(error("B110", place, name=output.path, other=_name_other(holder.job)))
            else:
                freed.append(holder)
        return tuple(refused), freed, list(losers.values())

    def _has_left(self, job: Job) -> bool:
        """Whether what a former run made something of isn't there any more."""
        return not job.path.exists() or self.is_gone(job)

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


def _name_other(job: Job) -> str:
    """The job that has a name: its record, of a row its enterprise, too."""
    return f"{job.path} {job.label}" if job.row else str(job.path)
