"""Tests end, whatever they start: programs hear Ctrl-C, and are killed with their children when a test is over."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import processes

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.heavy, pytest.mark.skipif(sys.platform == "win32", reason="signals and groups as in POSIX")]

NURSE = """\
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
HANGING = f"""\
import sys
from support import processes

def test_hanging():
    processes.run([sys.executable, "-c", {NURSE!r}])

def test_sound():
    pass
"""


@pytest.fixture
def _ignored() -> Iterator[None]:
    """Interrupts are ignored, as in what a shell starts in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ignored")
def test_a_program_hears_ctrl_c_though_tests_run_in_the_background() -> None:
    words = [sys.executable, "-c", "import signal; print(signal.getsignal(signal.SIGINT).__name__)"]
    assert processes.run(words).stdout == b"default_int_handler\n"


def is_alive(number: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried doesn't."""
    try:
        told = Path(f"/proc/{number}/stat").read_text("utf-8")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="read from /proc")
def test_nothing_outlives_its_block() -> None:
    child = 0
    with pytest.raises(ZeroDivisionError), processes.start([sys.executable, "-c", NURSE]) as process:  # noqa: PT012
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert is_alive(child)
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(child)


def test_what_hangs_fails_and_the_others_run(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(HANGING, "utf-8")
    words = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, tmp_path / "test_it.py"]
    done = processes.run([*words, "--timeout", "6", "-n", "1", "-p", "no:cacheprovider"], cwd=ROOT)
    told = done.stdout.decode()
    assert done.returncode == 1, told
    assert "Timeout (>6.0s)" in told
    assert "1 failed, 1 passed" in told
