"""Quick questions: answered by one process that stays warm, so that nothing slow or large is done in the server's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from docgen.batch.engines import Crash, EngineError, Procedure
from docgen.batch.engines.pool import Pool
from docgen.diagnostics import error
from docgen.errors import DocgenError
from docgen.web.faults import PageError

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Question:
    """``perform`` is ``module:function``; it is called with ``arguments``, which like the answer can be pickled."""

    number: int
    perform: str
    arguments: tuple[Any, ...] = field(default=())


class Desk:
    """Asks one question after the other; the process is started with the first and replaced when it dies."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Question | None] = SimpleQueue()
        self._answers: dict[int, Future[Any]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._count = 0

    async def ask(self, perform: str, *arguments: Any) -> Any:
        """The function's answer; PageError with what a DocgenError says, or N167 when its process ends or is late."""
        answer: Future[Any] = Future()
        with self._lock:
            self._count += 1
            self._answers[self._count] = answer
            self._waiting.put(Question(self._count, perform, arguments))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, daemon=True)
                self._thread.start()
        return await asyncio.wrap_future(answer)

    def close(self) -> None:
        """Let the process go."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(5)

    def _serve(self) -> None:
        questions: Iterator[Question] = iter(self._waiting.get, None)
        try:
            for question, answer in Pool(1).run(Procedure(reply, None, _allow), questions, lambda: False):
                self._settle(self._answers.pop(question.number), answer)
        except Exception as fault:
            for waiting in filter(Future.set_running_or_notify_cancel, self._drain()):
                waiting.set_exception(
                    _end_error(str(fault) if isinstance(fault, EngineError) else type(fault).__name__)
                )

    def _drain(self) -> list[Future[Any]]:
        with self._lock:
            self._thread = None
            self._waiting = SimpleQueue()
            waiting, self._answers = list(self._answers.values()), {}
        return waiting

    def _settle(self, waiting: Future[Any], answer: Any) -> None:
        if not waiting.set_running_or_notify_cancel():
            return  # whoever asked is gone
        if isinstance(answer, Crash):
            waiting.set_exception(_end_error(answer.reason))
        elif isinstance(answer, _Refused):
            waiting.set_exception(PageError(400, *answer.diagnostics))
        else:
            waiting.set_result(answer)


@dataclass(frozen=True, slots=True)
class _Refused:
    """What a DocgenError says, on its way from the process."""

    diagnostics_json: str

    @property
    def diagnostics(self) -> tuple[Any, ...]:
        from docgen.batch.ledger.result import parse_diagnostics

        return parse_diagnostics(self.diagnostics_json)


def reply(question: Question) -> Any:
    """Answer a question, in the process that does so."""
    from docgen.batch.ledger.result import dump_diagnostics

    module, _, name = question.perform.partition(":")
    try:
        return getattr(import_module(module), name)(*question.arguments)
    except DocgenError as fault:
        return _Refused(dump_diagnostics(fault.diagnostics))


def _allow(question: Question) -> float:
    del question
    return _SECONDS


def _end_error(reason: str) -> PageError:
    return PageError(500, error("N167", reason=reason))
