"""What the acceptance tests share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from docgen.batch.engines.engine import ThisProcess
from docgen.batch.engines.pool import Workers

_START = 0.06
"""Seconds: a real worker begins later than that. What was saved in the last 0.05 seconds before is taken for unsure."""


@pytest.fixture(autouse=True)
def work_of_one_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch with one worker does its work in the test's own process: starting another takes most of a test's time.

    Batches with more workers, and those that a test runs as a process of its own, have real ones.
    """
    run_apart = Workers.run

    def run(
        workers: Workers[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Any, Any]]:
        if workers._size > 1:
            yield from run_apart(workers, tasks, should_stop)
            return
        time.sleep(_START)
        yield from ThisProcess().run(workers._work, tasks, should_stop)

    monkeypatch.setattr(Workers, "run", run)
