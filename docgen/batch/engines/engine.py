"""The seam between many tasks and who does them: an engine runs tasks and gives what came of each, as it comes.

Nothing else about an engine is known to those who use one. It may do tasks in any order, at once, and one of them twice
(the first answer counts): therefore a task only gives an answer back, or writes into a place that no other attempt has,
and who asked for it puts that into its place, once.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from docgen.diagnostics import Diagnostic, error

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class EngineError(RuntimeError):
    """The engine can't do anything at all, or nothing more; ``diagnostic`` tells it in the user's words."""

    def __init__(self, reason: str, diagnostic: Diagnostic | None = None) -> None:
        super().__init__(reason)
        self.diagnostic = diagnostic or error("B114", reason=reason)


@dataclass(frozen=True, slots=True)
class Crash:
    """A task's worker ended; ``code`` is its exit code, negative for a signal. ``late``: the task took too long.

    ``description`` is the engine's own where it knows no exit code.
    """

    code: int
    late: bool = False
    description: str = ""

    @property
    def reason(self) -> str:
        """What ended it, as systems call it."""
        if self.description:
            return self.description
        if self.code < 0:
            with suppress(ValueError):
                return signal.Signals(-self.code).name
        return f"exit code {self.code}"


@dataclass(frozen=True, slots=True)
class Procedure(Generic[Task, Answer]):
    """What is done with each task: ``perform``, and ``prepare`` once before, where tasks are done.

    Both are functions of modules. A task that takes longer than ``allow`` gives in seconds is a late crash; without it
    there is no limit. Tasks and answers can be pickled.
    """

    perform: Callable[[Task], Answer]
    prepare: Callable[[], None] | None = None
    allow: Callable[[Task], float] | None = None


class Engine(Protocol):
    """Who does tasks."""

    def run(
        self, work: Procedure[Task, Answer], tasks: Iterator[Task], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Answer | Crash]]:
        """The answers as they come; no task is taken from ``tasks`` long before it is begun.

        When ``should_stop`` says so, what is under way is finished and no more begun. Leaving the loop early ends what
        is under way at once. EngineError when nothing can be done.
        """


class ThisProcess:
    """An engine that needs no start: one task after the other, here. It survives no crash and knows no limit."""

    def run(
        self, work: Procedure[Task, Answer], tasks: Iterator[Task], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Answer | Crash]]:
        """As ``Engine.run``."""
        while not should_stop() and (task := next(tasks, None)) is not None:
            yield task, work.perform(task)


def run_in_order(
    engine: Engine,
    work: Procedure[Task, Answer],
    tasks: Sequence[Task],
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Task, Answer | Crash]]:
    """Every task with its answer, in their order; tasks must be told apart by equality. Raises as ``Engine.run``."""
    numbers = {task: number for number, task in enumerate(tasks)}
    waiting: dict[int, Answer | Crash] = {}
    turn = 0
    for task, answer in engine.run(work, iter(tasks), should_stop):
        if numbers[task] >= turn:
            waiting.setdefault(numbers[task], answer)
        while turn in waiting:
            yield tasks[turn], waiting.pop(turn)
            turn += 1
