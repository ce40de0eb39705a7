"""Several machines: scheduler, workers and coordinator in networks of their own, and what goes wrong between them."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import processes
from support.batch_support import write_profiles, write_records
from support.networks import Network, enlarge, open_network, small_disk

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 60
WORKERS = ("one", "two", "three")
ENV = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "DOCGEN_LANG": "zh",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",  # eleven probes are the least
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
}
pytestmark = [pytest.mark.heavy, pytest.mark.timeout(180)]


@dataclass
class Machines:
    """The running programs, by the machine that each is on; ``folder`` is what all of them see."""

    network: Network
    folder: Path
    stack: ExitStack
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: object, hidden: Path | None = None) -> subprocess.Popen[bytes]:
        log = self.stack.enter_context((self.folder / f"{name}.log").open("ab"))
        placed = self.network.place(name, words, hidden=hidden)
        process = self.stack.enter_context(processes.start(placed, cwd=self.folder, env=ENV, stdout=log, stderr=log))
        self.running[name] = process
        return process

    def start_scheduler(self) -> None:
        words = ("-m", "dask", "scheduler", "--host", self.network.find_address("hub"), "--port", 8786)
        self.start("hub", sys.executable, *words, "--no-dashboard")

    def start_worker(self, name: str, hidden: Path | None = None) -> None:
        limits = ("--nthreads", 1, "--memory-limit", "1GB", "--no-dashboard", "--local-directory", self.folder / "dask")
        words = ("-m", "dask", "worker", self.scheduler, "--host", self.network.find_address(name), *limits)
        # as a service does: Dask's worker ends when its scheduler can't be reached any more
        anew = ("sh", "-c", 'while :; do "$@"; sleep 0.2; done', "service", sys.executable, *words)
        self.start(name, *anew, hidden=hidden)

    @property
    def scheduler(self) -> str:
        return f"tcp://{self.network.find_address('hub')}:8786"

    def start_batch(self, out: Path, records: str = "records") -> subprocess.Popen[bytes]:
        return self.start("desk", *self.format_batch(out, records))

    def format_batch(self, out: Path, records: str) -> tuple[object, ...]:
        words = (sys.executable, "-m", "docgen", "--profiles", "标准", "batch", records, "-o", out)
        return (*words, "--engine", "dask", "--scheduler", self.scheduler)

    def batch(self, out: Path, records: str = "records") -> subprocess.CompletedProcess[bytes]:
        return processes.run(self.network.place("desk", self.format_batch(out, records)), cwd=self.folder, env=ENV)

    def list_worker_processes(self, name: str) -> list[int]:
        """The processes that do a worker's tasks: its nanny, the service's child, spawned them."""
        parents, spawned = dict[int, int](), list[int]()
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                text, words = path.read_text(), (path.parent / "cmdline").read_bytes()
            except OSError:
                continue
            parents[number := int(path.parent.name)] = int(text.rpartition(")")[2].split()[1])
            spawned += [number] if b"spawn_main" in words else []
        return [number for number in spawned if parents.get(parents[number]) == self.running[name].pid]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("shared")
    write_records(folder / "records", RECORDS)
    write_profiles(folder)
    with open_network("hub", *WORKERS, "blind", "desk") as network, ExitStack() as stack:
        stack.enter_context(small_disk(folder / "disk", 1))
        machines = Machines(network, folder, stack)
        machines.start_scheduler()
        for name in WORKERS:
            machines.start_worker(name)
        yield machines


@pytest.fixture(scope="module")
def expected(machines: Machines) -> dict[str, str]:
    """What one machine makes of the same records."""
    return make_locally(machines, "records", machines.folder / "local")


def make_locally(machines: Machines, records: str, out: Path) -> dict[str, str]:
    words = (sys.executable, "-m", "docgen", "--profiles", "标准", "batch", records, "-o", out)
    ran = processes.run(words, cwd=machines.folder, env=ENV)
    assert ran.returncode == 0, ran.stderr.decode()
    return digest(out)


def digest(out: Path) -> dict[str, str]:
    """The packages by their names; nothing but the ledger is left of the way there."""
    assert [path.name for path in (out / ".docgen-batch").iterdir()] == ["ledger.sqlite"]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.glob("*.zip"))}


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def count(out: Path) -> int:
    return len(list(out.glob("*.zip")))


def test_a_worker_that_sees_another_folder_is_told_and_left_out(machines: Machines, expected: dict[str, str]) -> None:
    machines.start_worker("blind", hidden=machines.folder)
    wait_until(lambda: b"Registered to" in (machines.folder / "blind.log").read_bytes())
    try:
        ran = machines.batch(machines.folder / "blind")
        doctor = (sys.executable, "-m", "docgen", "doctor", "--engine", "dask", "--scheduler", machines.scheduler)
        told = processes.run(machines.network.place("desk", doctor), cwd=machines.folder, env=ENV)
    finally:
        processes.send(machines.running["blind"], signal.SIGKILL)
    said = ran.stderr.decode()
    assert ran.returncode == 0, said
    assert said.count("B150") == 1
    assert machines.network.find_address("blind") in said
    assert "看不到" in said
    assert digest(machines.folder / "blind") == expected
    summary = "批次结果.json"
    assert (machines.folder / "blind" / summary).read_bytes() == (machines.folder / "local" / summary).read_bytes()
    assert "节点 4 个，可用 3 个" in told.stdout.decode()


def test_a_killed_worker_costs_nothing(machines: Machines, expected: dict[str, str]) -> None:
    out = machines.folder / "worker"
    process = machines.start_batch(out)
    wait_until(lambda: count(out) > 3)
    (victim,) = machines.list_worker_processes("two")
    os.kill(victim, signal.SIGKILL)
    assert process.wait() == 0
    assert digest(out) == expected


def test_a_killed_coordinator_goes_on_where_it_was(machines: Machines, expected: dict[str, str]) -> None:
    out = machines.folder / "coordinator"
    process = machines.start_batch(out)
    wait_until(lambda: count(out) > 10)
    processes.send(process, signal.SIGKILL)
    process.wait()
    stood = {path: path.stat().st_mtime_ns for path in out.glob("*.zip")}
    assert len(stood) < RECORDS
    ran = machines.batch(out)
    assert ran.returncode == 0, ran.stderr.decode()
    assert digest(out) == expected
    kept = sum(path.stat().st_mtime_ns == changed for path, changed in stood.items())
    assert kept >= len(stood) - 1  # one may have been moved and not noted


def test_a_network_that_is_cut_costs_nothing(machines: Machines, expected: dict[str, str]) -> None:
    out = machines.folder / "network"
    process = machines.start_batch(out)
    wait_until(lambda: count(out) > 3)
    machines.network.cut("three")
    try:
        assert process.wait() == 0
    finally:
        machines.network.mend("three")
    assert digest(out) == expected


def test_a_full_disk_is_told_and_the_next_run_does_the_rest(machines: Machines, expected: dict[str, str]) -> None:
    out = machines.folder / "disk"
    full = machines.batch(out)
    said = full.stderr.decode()
    assert full.returncode == 2, said
    assert 0 < count(out) < RECORDS
    assert "B156" in said or "A106" in said
    enlarge(out, 100)
    ran = machines.batch(out)
    assert ran.returncode == 0, ran.stderr.decode()
    assert digest(out) == expected


def test_a_scheduler_that_goes_away_ends_the_run_so_that_it_can_go_on(
    machines: Machines, expected: dict[str, str]
) -> None:
    out = machines.folder / "scheduler"
    process = machines.start_batch(out)
    wait_until(lambda: count(out) > 3)
    processes.send(machines.running["hub"], signal.SIGKILL)
    assert process.wait() == 2
    said = (machines.folder / "desk.log").read_text("utf-8")
    assert "B151" in said
    assert "再运行一次同样的命令" in said
    assert 3 < count(out) < RECORDS
    machines.start_scheduler()
    ran = machines.batch(out)
    assert ran.returncode == 0, ran.stderr.decode()
    assert digest(out) == expected


@pytest.mark.slow
@pytest.mark.timeout(5 * 3600)  # more than all of its waits together
def test_everything_goes_wrong_among_many_records(machines: Machines, capsys: pytest.CaptureFixture[str]) -> None:
    """What it comes to is printed as it goes, so that it can be read however the run ends."""
    number, out = int(os.environ.get("DOCGEN_MANY_RECORDS", "5000")), machines.folder / "many"
    begun = time.monotonic()

    def report(what: str) -> None:
        with capsys.disabled():
            print(f"\n{number} records, {time.monotonic() - begun:.0f} s: {what}", end="", flush=True)

    write_records(machines.folder / "all", number)
    process = machines.start_batch(out, "all")
    wait_until(lambda: count(out) > number // 10, 3000)
    for victim in machines.list_worker_processes("one"):
        os.kill(victim, signal.SIGKILL)
    report(f"a worker is killed, {count(out)} made")
    wait_until(lambda: count(out) > number // 4, 3000)
    processes.send(process, signal.SIGKILL)
    process.wait()
    made = count(out)
    report(f"the coordinator is killed, {made} made")
    assert made < number
    (machines.folder / "desk.log").write_bytes(b"")
    process = machines.start_batch(out, "all")
    wait_until(lambda: count(out) > number // 3, 3000)
    machines.network.cut("two")
    report(f"a network is cut for a minute, {count(out)} made")
    time.sleep(60)
    machines.network.mend("two")
    assert process.wait(3000) == 0
    kept = re.search(r"没有变化 (\d+) 份", (machines.folder / "desk.log").read_text("utf-8"))
    assert kept is not None
    assert int(kept[1]) >= made - 1
    packages = digest(out)
    report(f"done, {kept[1]} of them kept; one machine makes them for comparison")
    assert packages == make_locally(machines, "all", machines.folder / "all-local")
    report(f"{len(packages)} packages, the same bytes as by one machine\n")
