"""The folder in which outputs are prepared, and what killed runs leave of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support import processes

from docgen.archive.writing.staging import REPLACED, open_staging, sweep_stagings
from docgen.archive.writing.target import move_target, open_target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the lock of a killed process is looked at with flock")

ROOT = Path(__file__).resolve().parents[4]
HOLD = """\
import sys
from pathlib import Path
from docgen.archive.writing.staging import REPLACED, open_staging

with open_staging(Path(sys.argv[1])) as staging:
    (staging / "half.zip").write_bytes(b"half")
    if len(sys.argv) > 2:
        (staging / REPLACED).mkdir()
        (Path(sys.argv[1]) / sys.argv[2]).rename(staging / REPLACED / sys.argv[2])
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def started() -> Iterator[ExitStack]:
    """The processes of a test."""
    with ExitStack() as started:
        yield started


def hold(started: ExitStack, *arguments: object) -> subprocess.Popen[bytes]:
    """Another process that holds a staging folder."""
    words = [sys.executable, "-c", HOLD, *arguments]
    process = started.enter_context(processes.start(words, stdin=subprocess.PIPE, cwd=ROOT))
    assert process.stdout is not None
    assert process.stdout.readline().rstrip() == b"ready"
    return process


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_empty_hidden_and_gone_at_the_end(tmp_path: Path) -> None:
    with open_staging(tmp_path) as staging:
        assert staging.parent == tmp_path
        assert staging.name.startswith(".docgen-")
        (staging / "x").mkdir()
        (staging / "x" / "y").write_bytes(b"")
    assert list_names(tmp_path) == []


@pytest.mark.heavy
def test_a_living_run_keeps_its_folder_and_a_killed_one_loses_it(tmp_path: Path, started: ExitStack) -> None:
    living, killed = hold(started, tmp_path), hold(started, tmp_path)
    assert len(list_names(tmp_path)) == 2
    killed.kill()
    killed.wait()
    with open_target(tmp_path / "p.zip", force=False) as file:
        file.write(b"whole")
    (staging,) = (name for name in list_names(tmp_path) if name != "p.zip")
    assert (tmp_path / staging / "half.zip").is_file()
    living.communicate()
    assert list_names(tmp_path) == ["p.zip"]


def test_a_run_in_the_same_process_keeps_its_folder(tmp_path: Path) -> None:
    with open_staging(tmp_path) as first, open_staging(tmp_path) as second:
        sweep_stagings(tmp_path)
        assert first.is_dir()
        assert second.is_dir()


@pytest.mark.heavy
def test_what_a_killed_run_moved_aside_goes_back(tmp_path: Path, started: ExitStack) -> None:
    (tmp_path / "文书").mkdir()
    (tmp_path / "文书" / "旧.docx").write_bytes(b"old")
    killed = hold(started, tmp_path, "文书")
    assert not (tmp_path / "文书").exists()
    killed.kill()
    killed.wait()
    sweep_stagings(tmp_path)
    assert list_names(tmp_path) == ["文书"]
    assert (tmp_path / "文书" / "旧.docx").read_bytes() == b"old"


@pytest.mark.heavy
def test_what_was_replaced_by_now_does_not_come_back(tmp_path: Path, started: ExitStack) -> None:
    (tmp_path / "文书").mkdir()
    killed = hold(started, tmp_path, "文书")
    killed.kill()
    killed.wait()
    (tmp_path / "文书").mkdir()
    (tmp_path / "文书" / "新.docx").write_bytes(b"new")
    sweep_stagings(tmp_path)
    assert list_names(tmp_path) == ["文书"]
    assert list_names(tmp_path / "文书") == ["新.docx"]


def test_what_is_put_aside_goes_back_when_the_block_fails(tmp_path: Path) -> None:
    (tmp_path / "文书").mkdir()

    def fail() -> None:
        with open_staging(tmp_path) as staging:
            (staging / REPLACED).mkdir()
            (tmp_path / "文书").rename(staging / REPLACED / "文书")
            raise RuntimeError("made up")

    with pytest.raises(RuntimeError, match="made up"):
        fail()
    assert list_names(tmp_path) == ["文书"]


def test_a_folder_killed_before_its_lock_goes_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / ".docgen-0123456789ab").mkdir()
    others = [".docgen-mine", ".docgen-0123456789ab.txt", ".git"]
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / ".docgen-fedcba987654").write_text("a file", "utf-8")
    sweep_stagings(tmp_path)
    assert list_names(tmp_path) == sorted([*others, ".docgen-fedcba987654"])


def test_a_full_folder_without_a_lock_is_nobodys_to_delete(tmp_path: Path) -> None:
    (tmp_path / ".docgen-0123456789ab").mkdir()
    (tmp_path / ".docgen-0123456789ab" / "x").write_bytes(b"")
    sweep_stagings(tmp_path)
    assert list_names(tmp_path) == [".docgen-0123456789ab"]


def test_a_staged_target_waits_to_be_moved(tmp_path: Path) -> None:
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")
    with open_staging(tmp_path) as staging:
        with open_target(target, force=True, staging=staging) as file:
            file.write(b"new")
        assert target.read_bytes() == b"old"
        move_target(staging, target)
        assert target.read_bytes() == b"new"
    assert list_names(tmp_path) == ["p.zip"]
