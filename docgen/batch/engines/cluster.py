"""The engine of several machines: Dask finds the worker, moves tasks and answers, and tells of workers that are gone.

What is decided here is what Dask doesn't know: which workers see the same folders, how many tasks travel together, and
whose fault it is when workers die. Tasks that travelled together are done alone after a worker died with them; one
with which two died is done while nothing else is under way, so that a third death is surely its own.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from docgen.batch.engines.cluster_worker import (
    Probe,
    Surroundings,
    examine_worker,
    list_traits,
    pack_tasks,
    perform_packed,
)
from docgen.batch.engines.engine import Answer, Crash, EngineError, Procedure, Task
from docgen.batch.engines.local_cluster import DASK_SETTINGS, open_local_cluster
from docgen.batch.engines.pool import shielded
from docgen.batch.ledger.jobs import make_absolute
from docgen.diagnostics import NOWHERE, Diagnostic, Term, error, info
from docgen.resources import count_cores

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECTING = 15.0
_LOOK = 1.0
"""Seconds between two looks at who is there."""
_COMING, _COMING_BACK = 60.0, 300.0
"""Seconds without any worker that fits, after which a run ends: before the first came, and later."""
_FETCHING = 10.0
"""Seconds for an answer: it may have died with its worker, and be made anew only when we have looked who is there."""
_DEATHS = 3
_TOGETHER = 1.0
"""Seconds that a task of Dask's should take: so many of ours travel together. What is lost with a worker is that."""
_MOST, _GROWTH = 200, 4
_PROBE = ".docgen-probe"


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Which cluster, and what its workers must see.

    Without ``scheduler`` it is one on this machine, for the run. At most ``jobs`` tasks are under way at once.
    ``folder`` is where results wait, None where none are written; ``inputs`` are files and folders that tasks read.
    ``with_office``: workers convert to PDF.
    """

    scheduler: str = ""
    jobs: int | None = None
    folder: Path | None = None
    inputs: tuple[Path, ...] = ()
    with_office: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A worker as the scheduler knows it; ``misfit`` says why it does nothing here, None where it fits."""

    address: str
    threads: int
    memory: int
    misfit: Diagnostic | None


@dataclass(slots=True, eq=False)
class _Piece:
    task: Any
    deaths: list[str] = field(default_factory=list)


class Cluster:
    """Does tasks on the workers of a cluster. ``tell`` hears of workers that are left out (B150)."""

    def __init__(self, place: WorkerPlace, tell: Callable[[Diagnostic], None]) -> None:
        self._place = place
        self._report_misfit = tell
        self._stack = ExitStack()
        self._client: Client | None = None

    def run(
        self, work: Procedure[Task, Answer], tasks: Iterator[Task], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Task, Answer | Crash]]:
        """As ``Engine.run``; what a worker of another machine has begun it finishes, and nobody takes the answer."""
        client = self.connect()
        with _probing(self._place) as probe:
            crew = _Crew(client, probe, self._report_misfit, self._place.jobs)
            yield from _ClusterRun(client, crew, work).go(tasks, should_stop)

    def list_members(self) -> list[Member]:
        """Every worker that is there now."""
        client = self.connect()
        with _probing(self._place) as probe:
            return _Crew(client, probe, lambda _: None, None).describe()

    def connect(self) -> Client:
        """The connection to the scheduler; EngineError B152 when nobody answers there, B153 without the library."""
        if self._client is None:
            self._client = self._stack.enter_context(_open_client(self._place))
        return self._client

    def close(self) -> None:
        """Leave the cluster; one on this machine ends."""
        self._client = None
        self._stack.close()


@contextmanager
def _open_client(place: WorkerPlace) -> Iterator[Client]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise EngineError("distributed", error("B153")) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is told in the user's words
    with ExitStack() as stack:
        try:
            address = place.scheduler or stack.enter_context(open_local_cluster(place.jobs or count_cores()))
            stack.enter_context(dask.config.set(DASK_SETTINGS))
            with shielded():
                client = stack.enter_context(Client(address, timeout=_CONNECTING, set_as_default=False, name="docgen"))
            # whose fault the death of a worker is, is found out here
            client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
        except (OSError, ValueError, TypeError, RuntimeError) as fault:
            reason = str(fault) or type(fault).__name__
            raise EngineError(reason, error("B152", address=place.scheduler or "–", reason=reason)) from None
        yield client


@contextmanager
def _probing(place: WorkerPlace) -> Iterator[Probe]:
    """What workers are asked; its file lies there as long as any may come. EngineError B156."""
    token = f"docgen-{secrets.token_hex(8)}"
    file = make_absolute(place.folder) / _PROBE if place.folder is not None else None
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(token, "utf-8")
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise EngineError(reason, error("B156", path=str(file.parent), reason=reason)) from None
    try:
        yield Probe(token, file, _list_seen(place.inputs), list_traits(with_office=place.with_office))
    finally:
        if file is not None:
            with suppress(OSError):  # the disk is gone, and the file with it
                file.unlink(missing_ok=True)


def _list_seen(inputs: Iterable[Path]) -> tuple[tuple[Path, int | None], ...]:
    """The inputs, and of a folder a file in it, too: an empty folder of that name may be anywhere."""
    seen: dict[Path, int | None] = {}
    for path in map(make_absolute, inputs):
        for seen_path in (path, _find_file(path)) if path.is_dir() else (path,):
            with suppress(OSError):  # one that isn't there is told by who reads it
                if seen_path is not None:
                    seen[seen_path] = None if seen_path.is_dir() else seen_path.stat().st_size
    return tuple(seen.items())


def _find_file(folder: Path) -> Path | None:
    """A file below a folder, always the same one; hidden ones come and go."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if shown := sorted(name for name in names if not name.startswith(".")):
            return Path(above, shown[0])
    return None


class _Crew:
    """The workers of a cluster that fit: each was looked at once."""

    def __init__(self, client: Client, probe: Probe, tell: Callable[[Diagnostic], None], most: int | None) -> None:
        self._client = client
        self._probe = probe
        self._report_misfit = tell
        self._most = most
        self._misfits: dict[str, Diagnostic] = {}
        self._looked, self._seen, self._patience = float("-inf"), time.monotonic(), _COMING
        self.number = 0
        """How many tasks can be under way at once."""

    @property
    def resource(self) -> dict[str, float]:
        """What a task asks for, and only workers that fit have."""
        return {self._probe.token: 1}

    def look(self) -> bool:
        """See who is there, at most once in a while; whether anybody new fits. EngineError B151, B155."""
        now = time.monotonic()
        if now < self._looked + _LOOK:
            return False
        self._looked = now
        with _telling_loss(self._client):
            there = self._list_workers()
            has_new = self._examine(there)
            if has_new:
                there = self._list_workers()
        fit = sum(bool(worker["resources"].get(self._probe.token)) for worker in there.values())
        self.number = min(fit, self._most or fit)
        if fit:
            self._seen, self._patience = now, _COMING_BACK
        is_hopeless = self._patience == _COMING and there and there.keys() <= self._misfits.keys()
        if now > self._seen + self._patience or is_hopeless:
            raise EngineError("no worker", error("B155", number=len(self._misfits)))
        return has_new

    def describe(self) -> list[Member]:
        """Everyone who is there."""
        with _telling_loss(self._client):
            there = self._list_workers()
            self._examine(there)
        return [
            Member(address, worker["nthreads"], worker["memory_limit"], self._misfits.get(address))
            for address, worker in there.items()
        ]

    def _list_workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return {address: worker for address, worker in workers.items() if worker["status"] == "running"}

    def _examine(self, there: Mapping[str, Any]) -> bool:
        """Look at workers that weren't looked at yet; whether any fits. One that dies meanwhile is looked at again."""
        fit = {address for address, worker in there.items() if worker["resources"].get(self._probe.token)}
        new = [address for address in there if address not in fit and address not in self._misfits]
        if not new:
            return False
        misfits_by_worker = self._client.run(examine_worker, self._probe, workers=new, on_error="return")
        for address, misfits in misfits_by_worker.items():
            if isinstance(misfits, OSError):
                continue
            if isinstance(misfits, Exception):  # what is asked isn't known there: no docgen, or another one
                reason = Term("cluster.misfit.unknown", {"reason": str(misfits) or type(misfits).__name__})
            elif misfits:
                key, params = misfits[0]
                reason = Term(f"cluster.misfit.{key}", dict(params))
            else:
                continue
            self._misfits[address] = info("B150", NOWHERE, worker=address, reason=reason)
            self._report_misfit(self._misfits[address])
        return [] in misfits_by_worker.values()


@contextmanager
def _telling_loss(client: Client) -> Iterator[None]:
    """EngineError B151 when the scheduler is gone."""
    try:
        yield
    except (OSError, TimeoutError, RuntimeError) as fault:
        raise _lose(client, str(fault)) from None
    if client.status != "running":
        raise _lose(client, client.status)


def _lose(client: Client, reason: str) -> EngineError:
    address = client.scheduler.address if client.scheduler is not None else ""
    return EngineError(reason, error("B151", address=address or "–", reason=reason))


class _ClusterRun:
    def __init__(self, client: Client, crew: _Crew, work: Procedure[Any, Any]) -> None:
        self._client = client
        self._crew = crew
        self._work = work
        self._surroundings = Surroundings.take()
        self._flying: dict[Future[Any], list[_Piece]] = {}
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()
        self._again: deque[_Piece] = deque()
        self._suspects: deque[_Piece] = deque()
        self._is_trial = False
        self._is_empty = False
        self._together = 1
        self._sent = 0

    def go(self, tasks: Iterator[Any], should_stop: Callable[[], bool]) -> Iterator[tuple[Any, Any]]:
        try:
            while True:
                if self._crew.look():
                    self._recall_stranded()
                self._is_empty = self._is_empty or should_stop()
                self._feed(tasks)
                if self._is_empty and not (self._flying or self._again or self._suspects):
                    return
                try:
                    future = self._done.get(timeout=_LOOK)
                except Empty:
                    continue
                yield from self._receive(future)
        finally:
            for future in self._flying:
                with suppress(Exception):  # the scheduler may be gone; we leave, whatever it says
                    future.cancel()
            self._flying.clear()

    def _feed(self, tasks: Iterator[Any]) -> None:
        """Send what fits; a suspect is sent when nothing else is under way, and nothing else until it is back."""
        while len(self._flying) < self._crew.number and not self._is_trial:
            if self._again:
                self._send([self._again.popleft()])
            elif self._suspects:
                if self._flying:
                    return
                self._is_trial = True
                self._send([self._suspects.popleft()])
            else:
                pieces = [] if self._is_empty else [_Piece(task) for task in islice(tasks, self._together)]
                self._is_empty = len(pieces) < self._together
                if not pieces:
                    return
                self._send(pieces)

    def _send(self, pieces: list[_Piece]) -> None:
        packed = pack_tasks(self._work, [piece.task for piece in pieces], self._surroundings)
        self._sent += 1
        (resource,) = self._crew.resource
        with _telling_loss(self._client):
            future = self._client.submit(
                perform_packed, packed, key=(resource, self._sent), resources=self._crew.resource, pure=False
            )
        self._flying[future] = pieces
        future.add_done_callback(self._done.put)

    def _receive(self, future: Future[Any]) -> Iterator[tuple[Any, Any]]:
        pieces = self._flying.pop(future, None)
        if pieces is None:
            return  # it was called back
        was_trial, self._is_trial = self._is_trial, False
        came = self._fetch(future)
        if came is None:
            self._put_back(pieces)
            return
        if isinstance(came, str):
            yield from self._suspect(pieces, came, is_proven=was_trial)
            return
        seconds, answers = came
        for piece, answer in zip(pieces, answers, strict=False):
            yield piece.task, answer
        self._again.extend(pieces[len(answers) :])  # one of them took too long, these weren't begun
        wanted = round(_TOGETHER * len(answers) / max(seconds, 1e-6))
        self._together = max(min(wanted, self._together * _GROWTH, _MOST), 1)

    def _fetch(self, future: Future[Any]) -> tuple[float, list[Any]] | str | None:
        """What came of tasks, or the worker that died with them; None when who has the answer can't be reached.

        Raises what a task raised.
        """
        from distributed import KilledWorker

        if future.status == "cancelled":
            raise _lose(self._client, "cancelled")
        fault: BaseException | None
        try:
            if future.status != "error":
                answer: tuple[float, list[Any]] = future.result(timeout=_FETCHING)
                return answer
            fault = future.exception(timeout=_FETCHING)
        except KilledWorker as killed:  # with the answer, and the next one while it was made anew
            fault = killed
        except TimeoutError:
            return None
        except (OSError, CancelledError) as lost:
            raise _lose(self._client, str(lost)) from None
        if isinstance(fault, KilledWorker):
            return str(fault.last_worker.address)
        raise fault or RuntimeError(future.status)

    def _suspect(self, pieces: list[_Piece], worker: str, *, is_proven: bool) -> Iterator[tuple[Any, Crash]]:
        """A worker died with these: each is tried again, alone; one that was alone with three deaths is a crash."""
        for piece in pieces:
            piece.deaths.append(worker)
            if is_proven and len(piece.deaths) >= _DEATHS:
                yield piece.task, Crash(0, description=f"KilledWorker ×{len(piece.deaths)}: {', '.join(piece.deaths)}")
            else:
                self._put_back([piece])

    def _put_back(self, pieces: Iterable[_Piece]) -> None:
        for piece in pieces:
            (self._suspects if len(piece.deaths) >= _DEATHS - 1 else self._again).append(piece)

    def _recall_stranded(self) -> None:
        """Send again what waits for workers that left: the scheduler doesn't see that a new one fits."""
        with _telling_loss(self._client):
            placed = {key for keys in self._client.processing().values() for key in keys}
        for future, pieces in list(self._flying.items()):
            if future.key not in placed and future.status == "pending":
                del self._flying[future]
                self._is_trial = False
                future.cancel()
                self._put_back(pieces)
