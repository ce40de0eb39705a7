"""Dask's workers as an engine: who takes part, what travels together, whose fault a death is."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import KilledWorker

from docgen.batch.engines import Crash, EngineError, Procedure, cluster
from docgen.batch.engines.cluster import Cluster, WorkerPlace
from docgen.batch.engines.cluster_worker import Probe, find_misfits, list_traits, perform_packed
from docgen.diagnostics import Diagnostic


def double(task: int) -> int:
    if task == 3:
        os._exit(7)
    return task * 2


def idle(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def allow_a_second(_: float) -> float:
    return 1.0


def never() -> bool:
    return False


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers of this machine."""
    opened = Cluster(WorkerPlace(jobs=2, folder=tmp_path), lambda item: pytest.fail(item.code))
    yield opened
    opened.close()


@pytest.mark.heavy
def test_a_task_that_kills_three_workers_is_a_crash_and_no_other_task_is(small: Cluster, tmp_path: Path) -> None:
    answers = dict(small.run(Procedure(double), iter(range(1, 40)), never))
    crash = answers.pop(3)
    assert isinstance(crash, Crash)
    assert crash.reason.startswith("KilledWorker ×3: tcp://")
    assert len(set(crash.reason.partition(": ")[2].split(", "))) == 3
    assert answers == {task: task * 2 for task in range(1, 40) if task != 3}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.heavy
def test_a_task_that_takes_too_long_is_told_and_the_others_go_on(small: Cluster) -> None:
    tasks = [0.0, 600.0, 0.1, 0.2, 0.3]
    answers = dict(small.run(Procedure(idle, allow=allow_a_second), iter(tasks), never))
    late = answers.pop(600.0)
    assert isinstance(late, Crash)
    assert late.late
    assert answers == {task: task for task in tasks if task != 600.0}


@dataclass
class Future:
    """What a stand-in gives for a task: done at once, or when a worker comes."""

    key: Any
    packed: bytes
    client: Client
    status: str = "pending"
    callbacks: list[Callable[[Any], None]] = field(default_factory=list)

    def __hash__(self) -> int:
        return id(self)

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self.callbacks.append(callback)
        self.client.settle(self)

    def result(self, timeout: float) -> Any:
        return perform_packed(self.packed)

    def exception(self, timeout: float) -> Exception:
        if self.client.fault is not None:
            return self.client.fault
        worker: Any = SimpleNamespace(address=f"tcp://10.0.0.{self.client.dead}:1")
        return KilledWorker(self.key, worker, 0)

    def cancel(self) -> None:
        self.status = "cancelled"


@dataclass
class Client:
    """A client without a cluster: tasks are done here, those with a deadly one end the worker."""

    workers: dict[str, list[tuple[str, dict[str, str]]] | Exception]
    deadly: frozenset[int] = frozenset()
    strands: bool = False
    fault: Exception | None = None
    status: str = "running"
    scheduler: Any = None
    resources: dict[str, dict[str, float]] = field(default_factory=dict)
    sent: list[list[int]] = field(default_factory=list)
    asked: int = 0
    dead: int = 0

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        if self.status != "running":
            raise OSError("connection refused")
        members = {
            name: {"status": "running", "nthreads": 1, "memory_limit": 1, "resources": self.resources.get(name, {})}
            for name in self.workers
        }
        return {"workers": members}

    def run(self, function: Any, probe: Probe, workers: list[str], on_error: str) -> dict[str, Any]:
        self.asked += len(workers)
        for name in workers:
            if self.workers[name] == []:
                self.resources[name] = {probe.token: 1}
        return {name: self.workers[name] for name in workers}

    def submit(self, function: Any, packed: bytes, key: Any, resources: dict[str, float], pure: bool) -> Future:
        import pickle

        self.sent.append(list(pickle.loads(packed)[1]))
        return Future(key, packed, self)

    def settle(self, future: Future) -> None:
        if self.strands:
            self.strands = False
            return
        kills = self.deadly & set(self.sent[-1])
        self.dead += bool(kills)
        future.status = "error" if kills else "finished"
        for callback in future.callbacks:
            callback(future)

    def processing(self) -> dict[str, list[Any]]:
        return {}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Cluster]:
    monkeypatch.setattr(cluster, "_LOOK", 0.0)

    def make(client: Client, told: list[Diagnostic] | None = None) -> Cluster:
        made = Cluster(WorkerPlace(), (told if told is not None else []).append)
        made._client = client  # type: ignore[assignment]
        return made

    return make


def triple(task: int) -> int:
    return task * 3


def test_many_short_tasks_travel_together_and_a_deadly_one_is_found_among_them(engine: Callable[..., Cluster]) -> None:
    client = Client({"a": [], "b": []}, deadly=frozenset({500}))
    answers = dict(engine(client).run(Procedure(triple), iter(range(1000)), never))
    crash = answers.pop(500)
    assert isinstance(crash, Crash)
    assert client.dead == 3
    assert answers == {task: task * 3 for task in range(1000) if task != 500}
    assert len(client.sent[0]) == 1
    assert max(map(len, client.sent)) == 200
    assert sum(tasks == [500] for tasks in client.sent) == 2


def test_what_a_task_raises_is_not_taken_for_a_lost_connection(engine: Callable[..., Cluster]) -> None:
    client = Client({"a": []}, deadly=frozenset({1}), fault=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left"):
        list(engine(client).run(Procedure(triple), iter([1]), never))


def test_no_more_is_taken_after_stopping(engine: Callable[..., Cluster]) -> None:
    client, answers = Client({"a": []}), list[int]()
    for task, _ in engine(client).run(Procedure(triple), iter(range(9)), lambda: bool(answers)):
        answers.append(task)
    assert answers == [0]
    assert client.sent == [[0]]


def test_a_worker_that_does_not_fit_is_told_once_and_asked_once(engine: Callable[..., Cluster]) -> None:
    strange = ModuleNotFoundError("No module named 'docgen'")
    misfit = [("other", {"name": "zlib", "theirs": "1.2", "ours": "1.3"})]
    client, told = Client({"a": [], "b": misfit, "c": strange}), list[Diagnostic]()
    answers = dict(engine(client, told).run(Procedure(triple), iter(range(50)), never))
    assert len(answers) == 50
    assert [(item.code, item.params["worker"]) for item in told] == [("B150", "b"), ("B150", "c")]
    assert client.asked == 3


def test_no_worker_that_fits_ends_the_run(engine: Callable[..., Cluster]) -> None:
    client = Client({"b": [("unseen", {"path": "/share"})]})
    with pytest.raises(EngineError) as caught:
        list(engine(client).run(Procedure(triple), iter([1]), never))
    assert caught.value.diagnostic.code == "B155"
    assert client.sent == []


def test_a_scheduler_that_goes_away_ends_the_run(engine: Callable[..., Cluster]) -> None:
    client = Client({"a": []})
    run = engine(client).run(Procedure(triple), iter(range(9)), never)
    next(run)
    client.status = "closed"
    with pytest.raises(EngineError) as caught:
        list(run)
    assert caught.value.diagnostic.code == "B151"


def test_what_waits_for_workers_that_left_is_sent_again_when_one_comes(engine: Callable[..., Cluster]) -> None:
    client = Client({"a": []}, strands=True)
    run = engine(client).run(Procedure(triple), iter([4]), never)
    # the only worker left with its task, and another one came
    client.workers, moved = {"a": []}, Client.scheduler_info

    def scheduler_info(n_workers: int) -> dict[str, Any]:
        if client.sent:
            client.workers = {"b": []}
        return moved(client, n_workers)

    client.scheduler_info = scheduler_info  # type: ignore[method-assign]
    assert list(run) == [(4, 12)]
    assert client.sent == [[4], [4]]


def test_a_library_that_is_absent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(EngineError) as caught:
        Cluster(WorkerPlace(), lambda _: None).connect()
    assert caught.value.diagnostic.code == "B153"


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 0.5)
    with pytest.raises(EngineError) as caught:
        Cluster(WorkerPlace("tcp://127.0.0.1:9"), lambda _: None).connect()
    assert caught.value.diagnostic.code == "B152"
    assert caught.value.diagnostic.params["address"] == "tcp://127.0.0.1:9"


def test_what_a_worker_does_not_see_as_the_coordinator_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.batch.engines.cluster_worker._PAUSE", 0.0)
    probe_file, record = tmp_path / "probe", tmp_path / "record.yaml"
    probe_file.write_text("token")
    record.write_text("four")
    traits = list_traits(with_office=False)

    def find(**changes: Any) -> list[str]:
        said = {"token": "token", "file": probe_file, "seen": ((record, 4), (tmp_path, None)), "traits": traits}
        return [key for key, _ in find_misfits(Probe(**said | changes))]

    assert find() == []
    assert find(token="another") == ["unseen"]
    assert find(file=tmp_path / "absent" / "probe") == ["unseen"]
    assert find(seen=((record, 5), (tmp_path / "absent", None))) == ["unseen", "unseen"]
    assert find(traits=traits | {"docgen": "0.0.1"}) == ["other"]
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert find() == ["readonly"]
