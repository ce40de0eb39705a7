"""Publish results: note them in the ledger, move outputs into place, sync the disk; resolve conflicts over names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.archive.writing.target import sync_files
from docgen.archive.zip.names import fold_name
from docgen.batch.ledger import Job, Ledger
from docgen.batch.ledger.fingerprint import FileMark, follow_output
from docgen.batch.ledger.result import JobResult, ProducedOutput
from docgen.batch.ledger.rows import OutputOwner
from docgen.content.files import hash_file
from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import EXIT_CANNOT_RUN

_SYNCED_TOGETHER = 100


@dataclass(slots=True)
class Publisher:
    """Publishes results in ``out``, an absolute path; with ``force`` they replace files that somebody else put there.

    Jobs are settled in their order: of two that want one path the first gets it. ``is_gone`` tells whether a row of a
    former run is no longer in its workbook. ``lost`` has the keys of jobs that lost an output to another one: they have
    to be done again. ``find_held`` gives the result of a job that was done before its turn, by its number. Without
    ``waits`` moved files aren't synced to the disk: the next run reads them instead.
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
        """Note the result of the job whose turn it is, then move its outputs into place.

        A refusal turns it into a failure. Returns the final result.
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
        """Publish a result before its turn, if it only adds files; else it waits.

        When a job before it turns out to want such a path, ``settle`` withdraws the result: then it waits, too.
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
                self._withdraw(job, number)

    def _publish(self, job: Job, result: JobResult) -> JobResult:
        outputs = result.outputs
        now = {fold_name(item.path) for item in outputs}
        former = [item for item in self.ledger.list_outputs(job.key) if fold_name(item.path) not in now]
        self.ledger.settle(job.key, self.setting, result)
        faults = tuple(fault for fault in map(self._move, outputs) if fault is not None)
        if faults:
            # former outputs stay, and stay the job's, until all new ones are in place
            kept = [ProducedOutput(item.kind, item.path, item.title, item.mark) for item in former]
            result = replace(result, state="failed", exit_code=EXIT_CANNOT_RUN, diagnostics=faults)
            self.ledger.settle(job.key, self.setting, replace(result, outputs=(*outputs, *kept)))
        elif outputs:
            self._remove([item.mark for item in former])
        return result

    def _free(self, claim: OutputOwner) -> None:
        """Take an output from a job, for the one that is being settled."""
        if claim.is_current and claim.number in self._ahead:
            self._withdraw(claim.job, claim.number)
            return
        self.ledger.reopen(claim)
        self.lost.add(claim.job.key)

    def _withdraw(self, job: Job, number: int) -> None:
        """Withdraw a result that was published before its turn, so that it waits."""
        self._ahead.remove(number)
        self.ledger.withdraw(job.key)
        for item in self.find_held(number).outputs:
            with contextlib.suppress(OSError):  # reported when its turn comes
                (self.out / item.path).replace(item.staged)

    def note_unsynced(self, mark: FileMark) -> None:
        """Note an output that the disk may not have yet."""
        self.unsynced.append(mark)
        if len(self.unsynced) >= _SYNCED_TOGETHER:
            self.sync()

    def sync(self) -> None:
        """Sync the outputs that were moved, many at a time: one by one it takes far longer."""
        if self.waits:
            sync_files([self.out / mark.path for mark in self.unsynced])
        marks = [follow_output(mark, self.out / mark.path) for mark in self.unsynced]
        self.ledger.mark_outputs(marks, synced=self.waits)
        self.unsynced.clear()

    def _claim(
        self, job: Job, number: int, outputs: Iterable[ProducedOutput]
    ) -> tuple[tuple[Diagnostic, ...], list[OutputOwner]]:
        """Claim the paths of outputs for the job whose turn it is: the refusals, and the claims of others to free.

        A result of a job behind it gives no claim: that one gets its turn later.
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
                refused.append(error("B110", place, name=output.path, other=_format_job(holder.job)))
            else:
                freed.append(holder)
        return tuple(refused), freed

    def _has_left(self, job: Job) -> bool:
        """Whether the record or row of a former run no longer exists."""
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
        """Remove former outputs of a job that have other names now, unless somebody changed them."""
        for mark in marks:
            path = self.out / mark.path
            with contextlib.suppress(OSError):
                if path.is_file() and hash_file(path) == mark.sha256:
                    path.unlink()


def _format_job(job: Job) -> str:
    """Format the job that has a path already: its record, of a row its enterprise, too."""
    return f"{job.path} {job.label}" if job.row else str(job.path)
