"""A batch of records of the sample's size: documents a second a core, two processes against one, a second run.

    python benchmarks/batch.py [RECORDS]

The records differ in their numbers; their evidence is linked, not copied. A fifth of them is made by one
process and by two. Goals: 300 documents a second a core, packages and checks included; two jobs 1.6 times one; nothing
changed 50 times faster.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "benchmarks")]

SAMPLE = ROOT / "samples" / "db3203-t1023-2023" / "complete"
NUMBER, DOSSIER = "XZ-RZTS-2023-017", "Z109"
STAGE_RECORDS = 20
GOALS = {"a core": 300.0, "two jobs": 1.6, "second run": 50.0}
STAGES = {
    "load": ("docgen.pipeline.stages.prepare", ("open_source",)),
    "validate": ("docgen.pipeline.stages.prepare", ("validate_record", "derive_facts")),
    "evidence": ("docgen.pipeline.stages.prepare", ("gather_evidence", "check_scans", "find_absent_pictures")),
    "plan and check": ("docgen.pipeline.stages.prepare", ("plan_documents", "find_lacks", "report_lacks", "run_rules")),
    "file": ("docgen.pipeline.stages.prepare", ("prepare_packages",)),
    "render": ("docgen.pipeline.build", ("render_documents",)),
    "pack": ("docgen.pipeline.build", ("pack_record",)),
}


def write_records(folder: Path, count: int) -> None:
    """So many records with numbers of their own, each with links to the sample's evidence."""
    text = (SAMPLE / "record.yaml").read_text("utf-8")
    files = [path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file() and path.name != "record.yaml"]
    for number in range(count):
        target = folder / f"{number:05}"
        target.mkdir(parents=True)
        own = text.replace(NUMBER, f"XZ-RZTS-2023-{number:05}").replace(DOSSIER, f"Z{number + 1:06}")
        (target / "record.yaml").write_text(own, "utf-8")
        for file in files:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            link_file(SAMPLE / file, target / file)


def link_file(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def run_batch(records: Path, out: Path, jobs: int) -> float:
    """The seconds of the real command."""
    words = [sys.executable, "-m", "docgen", "batch", str(records), "-o", str(out), "--jobs", str(jobs)]
    start = time.perf_counter()
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - start


class Clock:
    """Sums the processor's time that named functions take, each without those inside it that are named, too."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STAGES, 0.0)
        self._inside = [0.0]

    def wrap(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            start = time.process_time()
            self._inside.append(0.0)
            try:
                result = work(*args, **options)
                return list(result) if isinstance(result, Iterator) else result
            finally:
                took = time.process_time() - start
                self.spent[stage] += took - self._inside.pop()
                self._inside[-1] += took

        return timed


@contextmanager
def watched_stages() -> Iterator[Clock]:
    """The stages of the pipeline, each with a clock around it."""
    from importlib import import_module

    clock, before = Clock(), []
    for stage, (module_name, names) in STAGES.items():
        module = import_module(module_name)
        for name in names:
            before.append((module, name, getattr(module, name)))
            setattr(module, name, clock.wrap(stage, getattr(module, name)))
    try:
        yield clock
    finally:
        for module, name, work in before:
            setattr(module, name, work)


def measure_stages(records: Path, out: Path) -> tuple[int, float, dict[str, float]]:
    """Documents of a record, seconds of the processor for a record, and the stages' part of them."""
    from docgen.batch.records.worker import prepare_worker
    from docgen.pipeline import Options, build_record
    from docgen.render.store import TemplateStore

    prepare_worker()
    options = Options(force=True, loose=False, durable=False)
    store = TemplateStore(options.resources)
    paths = sorted(records.glob("*/record.yaml"))
    first = build_record(paths[0], out, options, store=store)
    chosen = paths[:STAGE_RECORDS]
    with watched_stages() as clock:
        start = time.process_time()
        for path in chosen:
            build_record(path, out, options, store=store)
        whole = time.process_time() - start
    assert first.summary is not None
    spent = {name: seconds / whole for name, seconds in clock.spent.items()}
    return first.summary.documents, whole / len(chosen), {**spent, "rest": 1 - sum(spent.values())}


def tell(name: str, value: float, unit: str) -> None:
    goal = GOALS[name]
    print(f"{name:14}{value:10.1f} {unit:32} goal {goal:g}: {'reached' if value >= goal else 'missed'}")


def main(count: int = 1000) -> None:
    """Print the tables."""
    from docgen.batch.engines.pool import count_cores

    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        fifth = max(count // 5, 1)
        write_records(root / "all", count)
        write_records(root / "fifth", fifth)
        documents, seconds, shares = measure_stages(root / "fifth", root / "stages")
        print(f"{count} records of {documents} documents each; {count_cores()} cores")
        print(f"\n{'stage':18}{'ms a record':>12}{'share':>9}")
        for name, share in shares.items():
            print(f"{name:18}{share * seconds * 1000:12.1f}{share:9.1%}")
        one = run_batch(root / "fifth", root / "one", 1)
        both = run_batch(root / "fifth", root / "both", 2)
        two = run_batch(root / "all", root / "two", 2)
        again = run_batch(root / "all", root / "two", 2)
        print(f"\n{'run':34}{'s':>9}{'documents/s':>14}")
        print(f"{f'one job, {fifth} records':34}{one:9.1f}{fifth * documents / one:14.0f}")
        print(f"{f'two jobs, {fifth} records':34}{both:9.1f}{fifth * documents / both:14.0f}")
        print(f"{f'two jobs, {count} records':34}{two:9.1f}{count * documents / two:14.0f}")
        print(f"{'the same again, nothing changed':34}{again:9.1f}\n")
        tell("a core", documents / seconds, "documents a second")
        tell("two jobs", one / both, "times one job")
        tell("second run", two / again, "times faster than the first")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
