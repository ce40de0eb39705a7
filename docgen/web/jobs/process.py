"""The side of the process that does a job: calls the kind's function, tells how far it is, ends with the server."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

from docgen.batch.records.work import begin_worker
from docgen.errors import EXIT_INTERRUPTED, DocgenError, report_bug
from docgen.web.jobs.folder import CANCEL, CLOSE, RESULTS, write_outcome, write_step
from docgen.web.jobs.kinds import KINDS
from docgen.web.jobs.model import JobOutcome, JobProgress, JobTask, Progress, State

_LOOK = 0.25
"""How often, in seconds, is looked whether to end, and told how far it is."""
_PATIENCE = 20.0
"""The seconds that a cancelled job has to finish what is under way."""
_USUAL = ("table", "forms")
"""The kinds of jobs whose modules are loaded before there is a job."""


def load_usual() -> None:
    """Load what most jobs need, in a process that waits for one."""
    for name in _USUAL:
        _import_function(KINDS[name].perform)
    begin_worker()


def perform_job(task: JobTask) -> State:
    """Do a job and write down what came of it. Nothing is raised."""
    progress = FolderProgress(task.folder)
    threading.Thread(target=_watch, args=(task.folder, progress), daemon=True).start()
    (task.folder / RESULTS).mkdir(exist_ok=True)
    state: State = "done"
    try:
        outcome = _import_function(task.perform)(task, progress)
    except DocgenError as fault:
        outcome, state = JobOutcome(diagnostics=tuple(fault.diagnostics)), "failed"
    except Exception as fault:
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        outcome, state = JobOutcome(diagnostics=(report_bug(fault),)), "failed"
    write_outcome(task.folder, replace(outcome, peak=_measure_peak()))
    progress.flush()
    return "cancelled" if progress.should_stop() else state


def _import_function(name: str) -> Callable[[JobTask, Progress], JobOutcome]:
    module, _, function = name.partition(":")
    perform: Callable[[JobTask, Progress], JobOutcome] = getattr(import_module(module), function)
    return perform


def _measure_peak() -> int:
    """The most memory that this process or one that it started and that ended had at once."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


class FolderProgress:
    """Keeps how far a job is; a thread of its own writes that into the job's folder, however long an item takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._step = self._written = JobProgress()
        self._lock = threading.Lock()

    def begin(self, total: int, total_bytes: int = 0) -> None:
        """As ``Progress.begin``."""
        self._step = JobProgress(total=total, total_bytes=total_bytes)

    def advance(self, name: str, size: int = 0) -> None:
        """As ``Progress.advance``."""
        step = self._step
        self._step = replace(step, done=step.done + 1, bytes=step.bytes + size, name=name)

    def should_stop(self) -> bool:
        """As ``Progress.should_stop``."""
        return (self._folder / CANCEL).exists()

    def flush(self) -> None:
        """Write it now, if it changed."""
        with self._lock:  # the watcher's last look may meet the job's end
            step = self._step
            if step != self._written:
                write_step(self._folder, step)
                self._written = step


def _watch(folder: Path, progress: FolderProgress) -> None:
    """Tell how far it is; end this process when the server is gone or says so, and when who cancelled waited enough."""
    parent = parent_process()
    cancelled: float | None = None
    while True:
        if parent is not None and wait([parent.sentinel], _LOOK):
            os._exit(EXIT_INTERRUPTED)
        with suppress(OSError):  # the folder may be on its way out
            progress.flush()
        if (folder / CLOSE).exists():
            os._exit(EXIT_INTERRUPTED)
        if cancelled is None and (folder / CANCEL).exists():
            cancelled = time.monotonic()
        if cancelled is not None and time.monotonic() - cancelled > _PATIENCE:
            os._exit(EXIT_INTERRUPTED)
