"""An engine may do every task twice: what a batch gives is the same as from an engine that does each once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.batch_runs import CHOSEN, JSON, Batch, change_record
from support.command_line import CommandLine

from docgen.batch.engines import Procedure
from docgen.batch.engines.pool import Pool

Run = Callable[[Pool, Procedure[Any, Any], Iterator[Any], Callable[[], bool]], Iterator[tuple[Any, Any]]]
RUN = Pool.run


def double(tasks: Iterator[Any]) -> Iterator[Any]:
    for task in tasks:
        yield task
        yield task


def run_at_once(
    pool: Pool, work: Procedure[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
) -> Iterator[tuple[Any, Any]]:
    """Both attempts at the same time, each by a process of its own; whichever is done first comes first."""
    yield from RUN(pool, work, double(tasks), should_stop)


def run_here(*, late_first: bool) -> Run:
    """Both attempts one after the other; the one that wins came first or second, the other comes much later."""

    def run(
        pool: Pool, work: Procedure[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Any, Any]]:
        del pool, should_stop
        waiting: list[tuple[Any, Any]] = []
        for task in tasks:
            answers = [work.perform(task), work.perform(task)]
            yield task, answers.pop(late_first)
            waiting.append((task, answers.pop()))
            if len(waiting) > 2:
                yield waiting.pop(0)
        yield from waiting

    return run


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run_here(late_first=False), id="the first attempt wins"),
        pytest.param(run_here(late_first=True), id="the second attempt wins"),
        pytest.param(run_at_once, id="at once", marks=pytest.mark.heavy),
    ],
)
@pytest.mark.parametrize("chosen", [(), CHOSEN], ids=["packages", "documents"])
def test_every_task_twice_gives_the_same(
    run: Run, chosen: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two runs; between them records change, want each other's names, or can't be read any more."""
    batch = Batch(tmp_path, CommandLine(capsys), 5)
    sound = [record.read_text("utf-8") for record in batch.records]
    chance = random.Random(19)
    for _ in range(2):
        for number, record in enumerate(batch.records):
            change_record(record, sound[number], f"FZ-{number + 1:05}", chance)
        told = []
        for name, used in (("once", RUN), ("twice", run)):
            batch.out = tmp_path / name
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Pool, "run", used)
                ran = batch.run(*chosen, *(("--jobs", 2) if used is run_at_once else ()))
            results = (batch.out / JSON).read_text("utf-8").replace(str(batch.out), "")
            told.append((ran.code, ran.codes, results, batch.list_outputs()))
            assert not list((batch.out / ".docgen-batch").glob("run-*"))
        assert told[0] == told[1]
        assert "X113" not in told[1][2]
