"""A record with more enterprises: the work grows with them and no faster; counted in calls of functions, not timed."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import prepare_record

ROOT = Path(__file__).resolve().parents[2]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "growth.py"))


def count_calls(work: Callable[[], object]) -> int:
    """How many functions are called, those of C included."""
    calls = 0

    def note(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def spoil(data: Any) -> Any:
    """Faults and lacks of every enterprise, so that places are asked for and values are left out of the record."""
    for enterprise in data["enterprises"]:
        enterprise["staff"] = "四十六"
        del enterprise["legal_representative"]
    for entry in data["forms"]["evaluation"][::2]:
        del entry["of"]
    return data


CHANGES: dict[str, Callable[[Any], Any]] = {"sound": lambda data: data, "faulty": spoil}


def count_by_size(change: str, suffix: str, folder: Path) -> list[int]:
    counted = []
    for size in (4, 8, 16, 24):  # the first one fills what is kept between records
        path = folder / f"{size}.{suffix}"
        BENCHMARK["write_record"](CHANGES[change](BENCHMARK["make_record"](size)), path)
        counted.append(count_calls(lambda path=path: prepare_record(path, Options())))  # type: ignore[misc]
    return counted


@pytest.mark.heavy
@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize("change", CHANGES)
def test_work_grows_with_the_enterprises_and_no_faster(suffix: str, change: str, tmp_path: Path) -> None:
    # A process of its own: what other tests left in caches (patterns that `re` drops when it holds 512) isn't counted.
    command = [sys.executable, __file__, change, suffix, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})
    _, few, some, many = json.loads(run.stdout)
    # A little slower is right: prose that stands again in the same words is read once in a process.
    assert 0.99 < (many - some) / (some - few) < 1.001


if __name__ == "__main__":
    print(json.dumps(count_by_size(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
