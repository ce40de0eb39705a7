"""Worker processes that may die: a crash costs the one task that was under way, and a new worker takes its place.

Each worker has a pipe of its own and one task at a time, so that a death is always one task's. Workers are spawned, as
on Windows, so that every system behaves alike. Why no library does it: ``concurrent.futures`` and loky fail every task
that is waiting when a worker dies, and don't tell whose crash it was. Pebble tells it, but one pipe with locks serves
all its workers, and when the only worker dies while it has no task, its pool is broken for good. None of them shields
a worker that is starting from Ctrl-C or gives up, with the exit code, when workers die before they take a task.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_READY = "ready"
_FALSE_STARTS = 3


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class PoolError(RuntimeError):
    """Workers die before they take a task: nothing can be done with them."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A worker died over a task; ``code`` is its exit code, negative for the signal that ended it."""

    code: int

    @property
    def reason(self) -> str:
        """What ended it, as systems call it."""
        if self.code < 0:
            with suppress(ValueError):
                return signal.Signals(-self.code).name
        return f"exit code {self.code}"


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    task: Task | None = None
    is_ready: bool = False


class Pool(Generic[Task, Answer]):
    """Runs ``work`` — a function of a module — over tasks in ``size`` processes; ``prepare`` once in each, first."""

    def __init__(self, work: Callable[[Task], Answer], size: int, prepare: Callable[[], None] | None = None) -> None:
        self._work = work
        self._prepare = prepare
        self._size = size
        self._workers: list[_Worker[Task]] = []
        self._false_starts = 0

    def run(self, tasks: Iterator[Task], should_stop: Callable[[], bool]) -> Iterator[tuple[Task, Answer | Crash]]:
        """The answers as they come; no task is taken from ``tasks`` before a worker is free for it.

        When ``should_stop`` says so, what is under way is finished and no more begun. PoolError when workers can't be
        started. Leaving the loop early ends the workers at once.
        """
        try:
            more = True
            while True:
                more = more and not should_stop()
                more = more and self._feed(tasks)
                busy = [worker for worker in self._workers if worker.task is not None]
                if not busy:
                    return
                yield from self._collect()
        finally:
            self.stop()

    def stop(self) -> None:
        """End every worker, at once where it is at work."""
        for worker in self._workers:
            if worker.task is not None:
                worker.process.terminate()
            worker.pipe.close()
        for worker in self._workers:
            self._bury(worker)
        self._workers.clear()

    def _feed(self, tasks: Iterator[Task]) -> bool:
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

    def _send(self, at: int, task: Task) -> None:
        worker = self._workers[at]
        try:
            worker.pipe.send(task)
        except OSError:  # it died while it was idle: that is no fault of the task
            self._bury(worker)
            worker = self._workers[at] = self._start()
            worker.pipe.send(task)
        worker.task = task

    def _collect(self) -> Iterator[tuple[Task, Answer | Crash]]:
        by_pipe: dict[Any, _Worker[Task]] = {item.pipe: item for item in self._workers if item.task is not None}
        for pipe in wait(list(by_pipe)):
            worker = by_pipe[pipe]
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._replace(worker)
                continue
            if answer == _READY:
                worker.is_ready, self._false_starts = True, 0
                continue
            task, worker.task = worker.task, None
            assert task is not None
            if isinstance(answer, Exception):
                raise answer
            yield task, answer

    def _replace(self, worker: _Worker[Task]) -> Iterator[tuple[Task, Crash]]:
        """Bury a worker; its task is told as its last one, or given to the next worker if it never began."""
        code, task = self._bury(worker), worker.task
        at = self._workers.index(worker)
        self._workers[at] = self._start()
        assert task is not None
        if worker.is_ready:
            yield task, Crash(code)
            return
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise PoolError(Crash(code).reason)
        self._send(at, task)

    def _bury(self, worker: _Worker[Task]) -> int:
        """Wait for the end of a worker's process, forced after some seconds; its exit code."""
        worker.pipe.close()
        worker.process.join(5)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        return worker.process.exitcode or 0

    def _start(self) -> _Worker[Task]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._work, self._prepare), daemon=True)
        with _shielded():
            process.start()
        theirs.close()
        return _Worker(process, ours)


def run_in_order(
    work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int | None, alone: int
) -> Iterator[tuple[Task, Answer | Crash]]:
    """Every task with its answer, in their order, by ``jobs`` processes (without it one for each core).

    Fewer than ``alone`` tasks are done here: starting processes takes longer. Tasks must be told apart by equality.
    PoolError as ``Pool.run``.
    """
    size = jobs or count_cores()
    if size == 1 or len(tasks) < alone:
        yield from ((task, work(task)) for task in tasks)
        return
    numbers = {task: number for number, task in enumerate(tasks)}
    waiting: dict[int, Answer | Crash] = {}
    turn = 0
    pool: Pool[Task, Answer] = Pool(work, size)
    for task, answer in pool.run(iter(tasks), lambda: False):
        waiting[numbers[task]] = answer
        while turn in waiting:
            yield tasks[turn], waiting.pop(turn)
            turn += 1


@contextmanager
def _shielded() -> Iterator[None]:
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
