"""The side of the process that does a job: calls the kind's function, tells how far it is, ends with the server."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

from docgen.errors import EXIT_INTERRUPTED, DocgenError, describe_bug
from docgen.web.jobs.folder import CANCEL, CLOSE, RESULTS, write_outcome, write_step
from docgen.web.jobs.model import JobOutcome, JobTask, State, Step

_LOOK, _TELL = 0.25, 0.2
_PATIENCE = 20.0
"""The seconds that a cancelled job has to finish what is under way."""


def perform_job(task: JobTask) -> State:
    """Do a job and write down what came of it. Nothing is raised."""
    threading.Thread(target=_watch, args=(task.folder,), daemon=True).start()
    (task.folder / RESULTS).mkdir(exist_ok=True)
    progress = FolderProgress(task.folder)
    state: State = "done"
    try:
        module, _, name = task.perform.partition(":")
        outcome = getattr(import_module(module), name)(task, progress)
    except DocgenError as fault:
        outcome, state = JobOutcome(diagnostics=tuple(fault.diagnostics)), "failed"
    except Exception as fault:
        if os.environ.get("DOCGEN_DEBUG"):
            raise
        outcome, state = JobOutcome(diagnostics=(describe_bug(fault),)), "failed"
    write_outcome(task.folder, outcome)
    progress.flush()
    return "cancelled" if progress.should_stop() else state


class FolderProgress:
    """Writes how far a job is into its folder, a few times a second at most."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._step = Step()
        self._told = 0.0

    def begin(self, total: int, total_bytes: int = 0) -> None:
        """As ``Progress.begin``."""
        self._step = Step(total=total, total_bytes=total_bytes)
        self.flush()

    def advance(self, name: str, size: int = 0) -> None:
        """As ``Progress.advance``."""
        step = self._step
        self._step = replace(step, done=step.done + 1, bytes=step.bytes + size, name=name)
        if time.monotonic() - self._told >= _TELL:
            self.flush()

    def should_stop(self) -> bool:
        """As ``Progress.should_stop``."""
        return (self._folder / CANCEL).exists()

    def flush(self) -> None:
        """Write it now."""
        self._told = time.monotonic()
        write_step(self._folder, self._step)


def _watch(folder: Path) -> None:
    """End this process when the server is gone or says so, and when somebody who cancelled waited long enough."""
    parent = parent_process()
    cancelled: float | None = None
    while True:
        if parent is not None and wait([parent.sentinel], _LOOK):
            os._exit(EXIT_INTERRUPTED)
        if (folder / CLOSE).exists():
            os._exit(EXIT_INTERRUPTED)
        if cancelled is None and (folder / CANCEL).exists():
            cancelled = time.monotonic()
        if cancelled is not None and time.monotonic() - cancelled > _PATIENCE:
            os._exit(EXIT_INTERRUPTED)
