"""Two runs at one output folder, in processes of their own: one waits or is refused, whichever commands they are."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from support.batch_runs import Batch, count, expect
from support.command_line import CommandLine, make_environment

from docgen.archive.writing.occupancy import occupy_folder
from docgen.errors import OutputError

_HOLD = """
import sys, time
from pathlib import Path
from docgen.archive.writing.occupancy import occupy_folder
with occupy_folder(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Batch:
    return Batch(tmp_path, CommandLine(capsys), 2)


@contextmanager
def hold(folder: Path, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has a folder for so long."""
    words = [sys.executable, "-c", _HOLD, str(folder), str(seconds)]
    with subprocess.Popen(words, env=make_environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"held"
        try:
            yield process
        finally:
            process.kill()


def start(*words: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "docgen", *map(str, words)]
    return subprocess.Popen(command, env=make_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def list_names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir() if path.name != ".docgen-batch"}


def test_a_batch_and_a_build_are_refused_while_another_run_goes_on(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.pipeline.stages.release.occupy_folder", partial(occupy_folder, patience=0.3))
    build = ("build", batch.records[0], "-o", batch.out, "--profiles", batch.profiles)
    with hold(batch.out, 600):
        for words in (batch.words("--jobs", 1), [str(word) for word in build]):
            ran = batch.docgen.json(*words)
            assert (ran.code, ran.codes) == (2, ["B101"])
            assert str(batch.out) in ran.find("B101")["message"]
        assert list_names(batch.out) == set()
    assert count(batch.run()) == expect(made=2)


def test_a_build_waits_for_another_run_that_is_soon_done(batch: Batch) -> None:
    with hold(batch.out, 2):
        ran = batch.docgen("build", batch.records[0], "-o", batch.out, "--profiles", batch.profiles)
    assert ran.code == 0, ran.err


def test_a_killed_run_holds_nobody_up(tmp_path: Path) -> None:
    with hold(tmp_path / "out", 600) as process:
        with pytest.raises(OutputError), occupy_folder(tmp_path / "out", 0.1):
            pass
        process.kill()
        process.wait()
        with occupy_folder(tmp_path / "out", 5):
            assert list_names(tmp_path / "out") == set()  # nothing is left there, nothing is needed there


def test_two_builds_of_one_record_at_once_make_it_once(batch: Batch) -> None:
    words = ("build", batch.records[0], "-o", batch.out, "--profiles", batch.profiles)
    processes = [start(*words) for _ in range(2)]
    told = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 2], told
    assert "X152" in "".join(told)
    assert list_names(batch.out) == {"FZ-00001_春季放飞.zip", "FZ-00001_春季放飞_文书"}
    (package,) = batch.out.glob("*.zip")
    assert batch.docgen("verify", package).code == 0


def test_two_builds_of_two_records_at_once_both_succeed(batch: Batch) -> None:
    processes = [start("build", record, "-o", batch.out, "--profiles", batch.profiles) for record in batch.records]
    told = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert len(list_names(batch.out)) == 4


def test_two_batches_at_once_leave_one_sound_result(batch: Batch) -> None:
    processes = [start(*batch.words("--jobs", 1)) for _ in range(2)]
    told = [process.communicate(timeout=120)[1].decode() for process in processes]
    codes = sorted(process.returncode for process in processes)
    assert codes == [0, 2] or codes == [0, 0], told  # one may have begun when the other was done
    assert codes == [0, 0] or "B101" in "".join(told)
    assert count(batch.run()) == expect(kept=2)


def test_a_build_beside_a_batch_touches_nothing_of_its(batch: Batch) -> None:
    first = start(*batch.words("--jobs", 1))
    deadline = time.monotonic() + 60
    while not (batch.out / ".docgen-batch").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    second = start("build", batch.records[0], "-o", batch.out, "--profiles", batch.profiles)
    told = [process.communicate(timeout=120)[1].decode() for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 2), told
    assert "X152" in told[1]  # it waited, and found that the batch had made it
    assert count(batch.run()) == expect(kept=2)
