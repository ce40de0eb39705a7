"""Publishing results: noted in the ledger, moved into place, synced to the disk; two jobs that want one name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.archive.writing.target import sync_files
from docgen.archive.zip.names import fold_name
from docgen.batch.fingerprint import FileMark, follow_output
from docgen.batch.jobs import Job
from docgen.batch.ledger import Ledger
from docgen.batch.ledger_rows import OutputOwner
from docgen.batch.result import JobResult, ProducedOutput
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_CANNOT_RUN

_SYNCED_TOGETHER = 100


@dataclass(slots=True)
class Publisher:
    """Where results go: ``out``, an absolute path. With ``force`` they replace what somebody else put there.

    Jobs are settled in their order: of two that want one place the first has it. ``is_gone`` tells of a row of a former
    run that its workbook doesn't have any more. ``lost`` has the keys of the jobs of which another one took an output:
    they have to be done (again), whatever was known of them. ``find_held`` gives the result of a job that was done
    before its turn, by its number. Without ``waits`` nobody waits
    until the disk has what was moved: the next run reads it.
    """

    ledger: Ledger
    out: Path
    setting: str
    force: bool
    find_held: Callable[[int], JobResult]
    is_gone: Callable[[Job], bool] = lambda _: False
    waits: bool = True
    unsynced: list[FileMark] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    _ahead: set[int] = field(default_factory=set)

    def settle(self, job: Job, number: int, result: JobResult) -> JobResult:
        """Write down the result of the job whose turn it is, then move its outputs into place.

        A refusal turns it into a failure. Gives what came of it.
        """
        if number in self._ahead:
            self._ahead.remove(number)
            return result
        refused, freed = self._claim(job, number, result.outputs)
        if refused:
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, outputs=(), diagnostics=refused)
            freed = []
        for claim in freed:
            self._free(claim)
        return self._publish(job, result)

    def settle_ahead(self, job: Job, number: int, result: JobResult) -> None:
        """Put a result in its place before its turn, if it adds files and touches none; else it waits.

        When one before it turns out to want such a place, ``settle`` takes the result back: then it waits, too.
        """
        if not result.outputs:
            self.ledger.settle(job.key, self.setting, result)
            return
        is_free = not self.ledger.list_outputs(job.key) and not any(
            self.ledger.find_claim(item.path) is not None or (self.out / item.path).exists() for item in result.outputs
        )
        if is_free:
            self._ahead.add(number)
            if self._publish(job, result) is not result:
                self._take_back(job, number)

    def _publish(self, job: Job, result: JobResult) -> JobResult:
        outputs = result.outputs
        now = {fold_name(item.path) for item in outputs}
        former = [item for item in self.ledger.list_outputs(job.key) if fold_name(item.path) not in now]
        self.ledger.settle(job.key, self.setting, result)
        faults = tuple(fault for fault in map(self._move, outputs) if fault is not None)
        if faults:
            # what was made before stays, and stays the job's, until all of the new is in its place
            kept = [ProducedOutput(item.kind, item.path, item.title, item.mark) for item in former]
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, diagnostics=faults)
            self.ledger.settle(job.key, self.setting, replace(result, outputs=(*outputs, *kept)))
        elif outputs:
            self._remove([item.mark for item in former])
        return result

    def _free(self, claim: OutputOwner) -> None:
        """Note that a job loses an output to the one that is being settled."""
        if claim.is_current and claim.number in self._ahead:
            self._take_back(claim.job, claim.number)
            return
        self.ledger.reopen(claim)
        self.lost.add(claim.job.key)

    def _take_back(self, job: Job, number: int) -> None:
        """Have a result that was put in its place before its turn wait for it after all."""
        self._ahead.remove(number)
        self.ledger.withdraw(job.key)
        for item in self.find_held(number).outputs:
            with contextlib.suppress(OSError):  # one that can't be moved is told when its turn comes
                (self.out / item.path).replace(item.staged)

    def note_unsynced(self, mark: FileMark) -> None:
        """Remember an output that the disk may not have yet."""
        self.unsynced.append(mark)
        if len(self.unsynced) >= _SYNCED_TOGETHER:
            self.sync()

    def sync(self) -> None:
        """Wait until the disk has what was moved into place, many files together: one by one it takes far longer."""
        if self.waits:
            sync_files([self.out / mark.path for mark in self.unsynced])
        marks = [follow_output(mark, self.out / mark.path) for mark in self.unsynced]
        self.ledger.mark_outputs(marks, synced=self.waits)
        self.unsynced.clear()

    def _claim(
        self, job: Job, number: int, outputs: Iterable[ProducedOutput]
    ) -> tuple[tuple[Diagnostic, ...], list[OutputOwner]]:
        """Why the job whose turn it is may not have the places of its outputs, and whose former places they are.

        Whatever is known already of a job behind it counts for nothing: that one gets its turn later.
        """
        refused: list[Diagnostic] = []
        freed: list[OutputOwner] = []
        place = Location(file=str(job.path))
        for output in outputs:
            holder = self.ledger.find_claim(output.path)
            if holder is None:
                target = self.out / output.path
                if target.exists() and not self.force:
                    refused.append(error("B111", place, path=str(target)))
            elif holder.job.key == job.key:
                continue
            elif holder.is_current and holder.number > number:
                freed.append(holder)
            elif (
                holder.stands or holder.is_unread or not (holder.is_current or self.force or self._has_left(holder.job))
            ):
                refused.append(error("B110", place, name=output.path, other=_name_other(holder.job)))
            else:
                freed.append(holder)
        return tuple(refused), freed

    def _has_left(self, job: Job) -> bool:
        """Whether what a former run made something of isn't there any more."""
        return not job.path.exists() or self.is_gone(job)

    def _move(self, output: ProducedOutput) -> Diagnostic | None:
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
