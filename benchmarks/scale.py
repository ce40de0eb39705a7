"""What Dask costs on this machine: a task, a record, and the coordinator with very many tasks.

    python benchmarks/scale.py [RECORDS [TASKS]]     (0 leaves a part out; docs/scale.md: 200 100000)

RECORDS (32) of the sample's size are made by docgen's own processes and by Dask's workers, two each, and a quarter
as many: the processor's seconds of a start and of a record, everything counted that the command starts. TASKS
(5,000) trivial records go through the real ledger, with two of Dask's workers: how many a second, the processor's time
of the coordinator, its memory on its way and that of the cluster's process. Goals: at most 15 % above docgen's own
processes; 1,000 a second; memory flat.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "benchmarks")]

TRIED = (1, 10, 100)
GOALS = {"above": 0.15, "a second": 1000.0}


def measure_task(count: int = 200) -> None:
    """Milliseconds of a task of Dask's that does nothing, with so many records in it."""
    from docgen.batch.engines import Procedure, cluster

    opened = cluster.Cluster(cluster.WorkerPlace(jobs=2), print)
    try:
        most = cluster._MOST
        for together in TRIED:
            cluster._MOST = together
            list(opened.run(Procedure(do_nothing), iter(range(200)), never))
            start, spent = time.perf_counter(), time.process_time()
            list(opened.run(Procedure(do_nothing), iter(range(count * together)), never))
            took, used = time.perf_counter() - start, time.process_time() - spent
            each = took / count * 1000
            here = used / count * 1000
            print(f"a task of Dask's with {together:3} records: {each:.2f} ms, {here:.2f} of processor here")
        cluster._MOST = most
    finally:
        opened.close()


def do_nothing(task: Any) -> Any:
    return task


def never() -> bool:
    return False


def measure_records(folder: Path, count: int) -> None:
    """The processor's seconds a record beyond what a start takes, by docgen's own processes and by Dask's workers."""
    import batch as records

    sizes = (count // 4, count)
    for size in sizes:
        records.write_records(folder / f"in{size}", size)
    spent = {
        engine: {size: measure_batch(folder / f"in{size}", folder / f"{engine}{size}", engine) for size in sizes}
        for engine in ("local", "dask")
    }
    each = {engine: (took[sizes[1]] - took[sizes[0]]) / (sizes[1] - sizes[0]) for engine, took in spent.items()}
    more = each["dask"] / each["local"] - 1
    print(f"a record, ms of processor: {each['local'] * 1000:.0f}, by Dask {each['dask'] * 1000:.0f}, {more:+.1%}")
    start = {engine: took[sizes[0]] - each[engine] * sizes[0] for engine, took in spent.items()}
    print(f"  a start, s of processor: {start['local']:.1f}, by Dask {start['dask']:.1f}; all of it: {spent}")
    print(f"  goal: at most {GOALS['above']:+.0%} a record")


def measure_batch(records: Path, out: Path, engine: str) -> float:
    """The processor's seconds of the real command with everything that it starts."""
    words = ["batch", str(records), "-o", str(out), "--jobs", "2", "--engine", engine]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "docgen", *words], env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_coordinator(folder: Path, count: int) -> None:
    """A batch of records that are done at once: each is registered, sent, noted in the ledger and summed up."""
    from docgen.batch import Request, run_batch
    from docgen.batch.engines.cluster import Cluster, WorkerPlace
    from docgen.batch.records import runner
    from docgen.messages import catalogue
    from docgen.pipeline import Options
    from docgen.resources import Resources

    for number in range(count):
        place = folder / "in" / f"{number // 1000:03}" / f"{number:06}"
        place.mkdir(parents=True)
        (place / "record.yaml").touch()
    runner.perform_as_text = answer  # what the workers do
    watcher = Watcher(count)
    cluster = Cluster(WorkerPlace(jobs=2, folder=folder / "out" / ".docgen-batch"), print)
    try:
        start = time.perf_counter()
        request = Request((folder / "in",), folder / "out", Options())
        outcome = run_batch(request, lambda _: Resources(), watcher, catalogue("zh"), cluster)
        took = time.perf_counter() - start
    finally:
        cluster.close()
    assert outcome.counts["made"] == count, outcome.counts
    print(f"{count} trivial records: {count / watcher.seconds:.0f} a second (goal {GOALS['a second']:.0f})")
    used = watcher.used / count * 1000
    print(f"  the coordinator's processor: {used:.2f} s a thousand, enough for {1000 / used:.0f} a second")
    print(f"  with finding them and the summary {took:.0f} s; MB of the coordinator, and of the cluster's process:")
    print("  " + ", ".join(f"{share} %: {ours} {theirs}" for share, (ours, theirs) in watcher.sizes.items()))


def answer(task: Any) -> str:
    """A record that was made, and has no output."""
    from docgen.batch.ledger.result import JobResult, RecordFacts, dump_result

    return dump_result(JobResult("made", 0, about=RecordFacts(str(task.number), "trivial"), profile_id="none"))


class Watcher:
    """Hears how the batch goes; looks at the clock, the processor's time and the memory of this process."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._done = 0
        self._begun = self._spent = 0.0
        self.seconds = self.used = 0.0
        self.sizes: dict[int, tuple[str, ...]] = {}

    def begin(self, total: int) -> None:
        assert total == self._count

    def advance(self, name: str, *, is_new: bool) -> None:
        assert is_new, name
        if not self._done:
            self._begun, self._spent = time.perf_counter(), time.process_time()
            self._look()
        self._done += 1
        self.seconds, self.used = time.perf_counter() - self._begun, time.process_time() - self._spent
        if self._done % (self._count // 4) == 0:
            self._look()

    def _look(self) -> None:
        processes = (os.getpid(), *(child.pid for child in multiprocessing.active_children()))
        pages = (int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in processes)
        self.sizes[self._done * 100 // self._count] = tuple(
            f"{count * resource.getpagesize() / 1e6:.1f}" for count in pages
        )

    def settle(self, name: str, result: object) -> None:
        pass

    def should_stop(self) -> bool:
        return False


def main() -> None:
    records, tasks = (int(word) for word in (*sys.argv[1:3], *("32", "5000")[len(sys.argv) - 1 :]))
    sys.path.append(str(ROOT / "benchmarks"))
    measure_task()
    for measure, count in ((measure_records, records), (measure_coordinator, tasks)):
        if count:
            with tempfile.TemporaryDirectory() as name:
                measure(Path(name), count)


if __name__ == "__main__":
    main()
