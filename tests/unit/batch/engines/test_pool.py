"""Workers that die take one task with them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from docgen.batch.engines import Crash, EngineError, Procedure
from docgen.batch.engines.pool import Pool, Workers


def double(task: int) -> int:
    if task == 3:
        os._exit(7)
    if task == 4:
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    return task * 2


def fail_to_start() -> None:
    os._exit(5)


def never() -> bool:
    return False


@pytest.mark.heavy
def test_crash_costs_one_task() -> None:
    answers = dict(Pool(2).run(Procedure(double), iter(range(1, 9)), never))
    crashes = {task: answer for task, answer in answers.items() if isinstance(answer, Crash)}
    assert {task: answer for task, answer in answers.items() if task not in crashes} == {
        task: task * 2 for task in (1, 2, 5, 6, 7, 8)
    }
    assert crashes[3].reason == "exit code 7"
    assert crashes[4].code != 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals have names on POSIX")
def test_crash_is_named_by_its_signal() -> None:
    assert Crash(-9).reason == "SIGKILL"


@pytest.mark.heavy
def test_no_task_is_begun_after_stopping() -> None:
    begun: list[int] = []

    def give() -> Iterator[int]:
        for number in (5, 6, 7, 8):
            begun.append(number)
            yield number

    answers: list[object] = []
    for _, answer in Pool(1).run(Procedure(double), give(), lambda: bool(answers)):
        answers.append(answer)
    assert answers == [10]
    assert begun == [5]


@pytest.mark.heavy
def test_workers_that_cannot_start_end_the_run() -> None:
    with pytest.raises(EngineError, match="exit code 5"):
        list(Pool(1).run(Procedure(double, fail_to_start), iter([1, 2]), never))


def idle(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def allow_a_second(_: float) -> float:
    return 1.0


@pytest.mark.heavy
def test_a_task_that_takes_too_long_is_ended_and_the_others_go_on() -> None:
    begun = time.monotonic()
    answers = dict(Pool(2).run(Procedure(idle, allow=allow_a_second), iter([600.0, 0.0, 0.1, 0.2]), never))
    late = answers.pop(600.0)
    assert isinstance(late, Crash)
    assert late.late
    assert answers == {0.0: 0.0, 0.1: 0.1, 0.2: 0.2}
    assert time.monotonic() - begun < 60


def name_process(_: int) -> int:
    return os.getpid()


@pytest.mark.heavy
def test_workers_started_early_do_their_run() -> None:
    workers = Workers(Procedure(name_process), 1)
    workers.start()
    (early,) = multiprocessing.active_children()
    assert list(workers.run(iter([1, 2]), never)) == [(1, early.pid), (2, early.pid)]
    assert multiprocessing.active_children() == []


@pytest.mark.heavy
def test_workers_started_early_do_what_they_were_started_for() -> None:
    """Their run names no procedure, and another run that comes first takes none of them."""
    workers = Workers(Procedure(double), 1)
    workers.start()
    (early,) = multiprocessing.active_children()
    ((_, other),) = Pool(1).run(Procedure(name_process), iter([5]), never)
    assert other != early.pid
    assert list(workers.run(iter([5]), never)) == [(5, 10)]


@pytest.mark.heavy
def test_a_worker_that_dies_before_its_first_task_is_replaced() -> None:
    workers = Workers(Procedure(double), 1)
    workers.start()
    (early,) = multiprocessing.active_children()
    early.kill()
    early.join()
    assert list(workers.run(iter([5]), never)) == [(5, 10)]


@pytest.mark.heavy
def test_workers_started_for_a_run_that_does_not_come_are_ended() -> None:
    workers = Workers(Procedure(double), 2)
    workers.start()
    assert len(multiprocessing.active_children()) == 2
    workers.stop()
    assert multiprocessing.active_children() == []
