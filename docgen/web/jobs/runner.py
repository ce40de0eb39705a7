"""Starts jobs, a few at a time, and goes on with those that a server before this one left."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

from docgen.batch.engines import Crash, EngineError, Procedure
from docgen.batch.engines.pool import Workers
from docgen.diagnostics import error
from docgen.web.jobs.folder import CANCEL, CLOSE, forget_outcome, read_order, write_order, write_outcome
from docgen.web.jobs.kinds import KINDS
from docgen.web.jobs.ledger import JobLedger
from docgen.web.jobs.model import JobOutcome, JobTask, Order, PageJob, State
from docgen.web.jobs.process import load_usual, perform_job
from docgen.web.settings import PageSettings
from docgen.web.workplace import Workplace


class JobRunner:
    """Does jobs as tasks of an engine: a thread of the server waits for each, a process of its own works."""

    def __init__(self, ledger: JobLedger, workplace: Workplace, settings: PageSettings) -> None:
        self._ledger = ledger
        self._workplace = workplace
        self._settings = settings
        self._slots = threading.Semaphore(settings.at_once)
        self._threads: dict[str, threading.Thread] = {}
        self._standby: Workers[JobTask, State] | None = None
        self._lock = threading.Lock()
        self._is_closing = False

    def start(self, job_id: str, kind: str, order: Order) -> PageJob:
        """Take a job; its folder, with the uploads, is there. It begins when its turn comes."""
        write_order(self._workplace.find(job_id), order)
        job = self._ledger.add(job_id, kind)
        self._begin(job)
        return job

    def restart(self, job: PageJob, kind: str, order: Order) -> None:
        """Go on in the folder of a job that is over, as another kind; its uploads and results are still there."""
        folder = self._workplace.find(job.id)
        forget_outcome(folder)
        write_order(folder, order)
        self._ledger.reopen(job.id, kind)
        self._begin(replace(job, kind=kind, state="waiting", ended=None))

    def resume(self) -> None:
        """Go on with every job that isn't over, the oldest first."""
        for job in reversed(self._ledger.list_all()):
            if job.is_over:
                continue
            (self._workplace.find(job.id) / CLOSE).unlink(missing_ok=True)
            if self._workplace.find(job.id).is_dir() and job.kind in KINDS:
                self._begin(job)
            else:
                self._ledger.set_state(job.id, "failed")

    def stand_by(self) -> None:
        """Start the process of the next job, where nothing is under way, so that the job needn't wait for it."""
        with self._lock:
            if not self._settings.stands_by or self._is_closing or self._standby is not None or self._threads:
                return
            worker = Workers(Procedure(perform_job, load_usual), 1, nests=True)
            try:
                worker.start()
            except OSError:
                return  # the job tries again, and says why it can't be done
            self._standby = worker

    def cancel(self, job_id: str) -> None:
        """Ask a job to finish what is under way and to end; one that waits ends now."""
        job = self._ledger.find(job_id)
        if job is None or job.is_over:
            return
        (self._workplace.find(job_id) / CANCEL).touch()
        if job.state == "waiting":
            self._ledger.set_state(job_id, "cancelled")

    def clear(self, job_id: str) -> None:
        """End a job and throw away all that belongs to it."""
        folder = self._workplace.find(job_id)
        self._ledger.set_state(job_id, "cancelled")
        thread = self._threads.get(job_id)
        if thread is not None and thread.is_alive():
            (folder / CLOSE).touch()
            thread.join(10)
        self._workplace.remove(job_id)
        self._ledger.remove(job_id)

    def close(self) -> None:
        """End what is under way, at once; the next server goes on with it."""
        self._is_closing = True
        alive = {name: thread for name, thread in self._threads.items() if thread.is_alive()}
        for job_id in alive:
            if (folder := self._workplace.find(job_id)).is_dir():
                (folder / CLOSE).touch()
        for thread in alive.values():
            thread.join(10)
        if (worker := self._take_standby()) is not None:
            worker.stop()

    def _take_standby(self) -> Workers[JobTask, State] | None:
        with self._lock:
            worker, self._standby = self._standby, None
        return worker

    def _begin(self, job: PageJob) -> None:
        thread = threading.Thread(target=self._run, args=(job,), daemon=True)
        self._threads[job.id] = thread
        thread.start()

    def _run(self, job: PageJob) -> None:
        try:
            with self._slots:
                self._work(job)
        finally:
            if self._threads.get(job.id) is threading.current_thread():  # none that went on meanwhile
                del self._threads[job.id]
            self.stand_by()

    def _work(self, job: PageJob) -> None:
        current = self._ledger.find(job.id)
        if self._is_closing or current is None or current.is_over:
            return
        self._ledger.set_state(job.id, "working")
        folder, settings = self._workplace.find(job.id), self._settings
        chosen = (settings.lang, settings.resources, settings.verifying)
        task = JobTask(job.id, KINDS[job.kind].perform, folder, read_order(folder), *chosen)
        try:
            worker = self._take_standby() or Workers(Procedure(perform_job), 1, nests=True)
            for _, answer in worker.run(iter([task]), lambda: False):
                self._settle(job, answer)
        except (EngineError, OSError) as fault:
            self._fail(job, str(fault))
        except Exception as fault:  # a defect of docgen's own in the process, or of the answer
            if os.environ.get("DOCGEN_DEBUG"):
                raise
            self._fail(job, type(fault).__name__)

    def _settle(self, job: PageJob, answer: State | Crash) -> None:
        folder = self._workplace.find(job.id)
        if not isinstance(answer, Crash):
            self._ledger.set_state(job.id, answer)
        elif (folder / CANCEL).exists():
            self._ledger.set_state(job.id, "cancelled")
        elif not ((folder / CLOSE).exists() or self._is_closing):
            self._fail(job, answer.reason)

    def _fail(self, job: PageJob, reason: str) -> None:
        folder = self._workplace.find(job.id)
        if folder.is_dir():
            write_outcome(folder, JobOutcome(diagnostics=(error("N167", reason=reason),)))
        self._ledger.set_state(job.id, "failed")
