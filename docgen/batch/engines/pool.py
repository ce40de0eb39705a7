"""The engine of this machine: worker processes that may die. A crash costs the one task that was under way.

Each worker has a pipe of its own and one task at a time, so that a death is always one task's. Workers are spawned, as
on Windows, so that every system behaves alike. Why no library does it: ``concurrent.futures`` and loky fail every task
that is waiting when a worker dies, and don't tell whose crash it was. Pebble tells it, but one pipe with locks serves
all its workers, and when the only worker dies while it has no task, its pool is broken for good. None of them shields
a worker that is starting from Ctrl-C or gives up, with the exit code, when workers die before they take a task.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic

from docgen.batch.engines.engine import Answer, Crash, Engine, EngineError, Procedure, Task, ThisProcess
from docgen.resources import count_cores

_READY = "ready"
_FALSE_STARTS = 3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    task: Any = None
    is_ready: bool = False
    until: float | None = None


class Pool:
    """Does the tasks of each run in ``size`` processes that are started for it; one that dies is replaced."""

    def __init__(self, size: int) -> None:
        self._size = size

    def run(
        self, work: Procedure[Task, Answer], tasks: Iterator[Task], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Answer | Crash]]:
        """As ``Engine.run``: no task is taken before a worker is free for it."""
        yield from Workers(work, self._size).run(tasks, should_stop)


class Workers(Generic[Task, Answer]):
    """The processes that do the tasks of one run, all by the same procedure.

    They start with the first tasks, or before there is one (``start``). With ``nests`` a task may start processes of
    its own; the system then doesn't end its worker with us, so that the task has to see to that itself.
    """

    def __init__(self, work: Procedure[Task, Answer], size: int, *, nests: bool = False) -> None:
        self._work = work
        self._size = size
        self._nests = nests
        self._workers: list[_Worker] = []
        self._false_starts = 0

    def run(self, tasks: Iterator[Task], should_stop: Callable[[], bool]) -> Iterator[tuple[Task, Answer | Crash]]:
        """As ``Engine.run``; every process has ended afterwards."""
        try:
            more = True
            while True:
                more = more and not should_stop()
                more = more and self._feed(tasks)
                busy = [worker for worker in self._workers if worker.task is not None]
                if not busy:
                    return
                yield from self._collect(busy)
        finally:
            self.stop()

    def start(self) -> None:
        """Start every process now, so that no task has to wait for it."""
        while len(self._workers) < self._size:
            self._workers.append(self._start())

    def stop(self) -> None:
        """End every process, at once where it is at work."""
        for worker in self._workers:
            if worker.task is not None:
                worker.process.terminate()
            worker.pipe.close()
        for worker in self._workers:
            self._bury(worker)
        self._workers.clear()

    def _feed(self, tasks: Iterator[Any]) -> bool:
        """Give every free worker a task; whether there may be more."""
        for at in range(self._size):
            if at < len(self._workers) and self._workers[at].task is not None:
                continue
            task = next(tasks, None)
            if task is None:
                return False
            if at == len(self._workers):
                self._workers.append(self._start())
            self._send(at, task)
        return True

    def _send(self, at: int, task: Any) -> None:
        worker = self._workers[at]
        try:
            worker.pipe.send(task)
        except OSError:  # it died while it was idle: that is no fault of the task
            self._bury(worker)
            worker = self._workers[at] = self._start()
            worker.pipe.send(task)
        worker.task = task
        if worker.is_ready:
            self._begin(worker)

    def _begin(self, worker: _Worker) -> None:
        """The worker begins its task: from now on its time counts."""
        allow = self._work.allow
        worker.until = time.monotonic() + allow(worker.task) if allow is not None else None

    def _collect(self, busy: list[_Worker]) -> Iterator[tuple[Any, Any]]:
        """What came from a worker, or the end of one whose time is over."""
        ends = [worker.until for worker in busy if worker.until is not None]
        came = wait([worker.pipe for worker in busy], max(min(ends) - time.monotonic(), 0) if ends else None)
        for worker in busy:
            if worker.pipe in came:
                yield from self._receive(worker)
            elif worker.until is not None and worker.until <= time.monotonic():
                worker.process.kill()
                yield from self._replace(worker, late=True)

    def _receive(self, worker: _Worker) -> Iterator[tuple[Any, Any]]:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            yield from self._replace(worker)
            return
        if answer == _READY:
            worker.is_ready, self._false_starts = True, 0
            self._begin(worker)
            return
        task, worker.task, worker.until = worker.task, None, None
        if isinstance(answer, Exception):
            raise answer
        yield task, answer

    def _replace(self, worker: _Worker, *, late: bool = False) -> Iterator[tuple[Any, Crash]]:
        """Bury a worker; its task is told as its last one, or given to the next worker if it never began."""
        code, task = self._bury(worker), worker.task
        at = self._workers.index(worker)
        self._workers[at] = self._start()
        if worker.is_ready:
            yield task, Crash(code, late)
            return
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise EngineError(Crash(code).reason)
        self._send(at, task)

    def _bury(self, worker: _Worker) -> int:
        """Wait for the end of a worker's process, forced after some seconds; its exit code."""
        worker.pipe.close()
        worker.process.join(5)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        return worker.process.exitcode or 0

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        arguments = (theirs, self._work.perform, self._work.prepare)
        process = context.Process(target=_serve, args=arguments, daemon=not self._nests)
        with shielded():
            process.start()
        theirs.close()
        return _Worker(process, ours)


def open_engine(jobs: int | None = None) -> Engine:
    """The processes of this machine, ``jobs`` of them; without it one for each core."""
    return Pool(jobs or count_cores())


def choose_engine(jobs: int | None, tasks: int, alone: int) -> Engine:
    """The engine for so many short tasks: fewer than ``alone`` are done here, as starting processes takes longer."""
    return ThisProcess() if (jobs or count_cores()) == 1 or tasks < alone else open_engine(jobs)


@contextmanager
def shielded() -> Iterator[None]:
    """What is started here never gets a Ctrl-C: the terminal sends it to every process of the group.

    Where the system can, the signal waits for us meanwhile; the child inherits that it is held back.
    """
    if hasattr(signal, "pthread_sigmask"):
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # starting it later would let the signal through
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    else:
        yield


def _serve(pipe: Connection, work: Callable[[Any], Any], prepare: Callable[[], None] | None) -> None:
    """A worker's life: a task, its answer, the next one; it ends when its master is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        if prepare is not None:
            prepare()
        pipe.send(_READY)
        while True:
            task = pipe.recv()
            try:
                answer = work(task)
            except Exception as fault:
                answer = fault
            pipe.send(answer)
