"""Packing when the world moves: evidence that changes, a disk that fills, much of everything."""

from __future__ import annotations

import os
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support import processes
from support.archive_samples import TOP, finish, make_evidence_plan, make_plan

from docgen.archive.verify.package import verify_package
from docgen.archive.writing.package import PackingProgress, write_package
from docgen.errors import ArchiveError
from docgen.sources.evidence import inspect_evidence

ROOT = Path(__file__).resolve().parents[4]
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")


def write_files(folder: Path, count: int, size: int) -> list[Path]:
    block = os.urandom(size)
    files = [folder / f"录像{number}.mp4" for number in range(count)]
    for number, path in enumerate(files):
        path.write_bytes(number.to_bytes(8, "big") + block[8:])
    return files


class Meddler:
    """Does something to a source when so many bytes of the package are written."""

    def __init__(self, at: int, act: object) -> None:
        self._at, self._act = at, act

    def __call__(self, state: PackingProgress) -> None:
        if state.bytes >= self._at and self._act is not None:
            act, self._act = self._act, None
            assert callable(act)
            act()


@pytest.mark.parametrize("change", ["grow", "cut", "overwrite"])
def test_evidence_that_another_thread_changes_is_named_and_nothing_is_left(tmp_path: Path, change: str) -> None:
    (source,) = write_files(tmp_path, 1, 24 << 20)
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")
    started, done = threading.Event(), threading.Event()

    def meddle() -> None:
        started.wait()
        with source.open("r+b") as file:
            if change == "grow":
                file.seek(0, os.SEEK_END)
                file.write(b"more")
            elif change == "cut":
                file.truncate(20 << 20)
            else:
                file.seek(23 << 20)
                file.write(b"other")
        done.set()

    def hand_over() -> None:
        started.set()
        assert done.wait(10)

    thread = threading.Thread(target=meddle)
    thread.start()
    with pytest.raises(ArchiveError) as caught:
        write_package(
            make_evidence_plan([source]), target, finish=finish, force=True, watch=Meddler(4 << 20, hand_over)
        )
    thread.join()
    assert [item.code for item in caught.value.diagnostics] == ["A112"]
    assert caught.value.diagnostics[0].params["path"] == str(source)
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.zip", source.name]


def test_evidence_that_vanishes_before_its_turn_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    files = write_files(tmp_path, 3, 2 << 20)
    target = tmp_path / "p.zip"
    with pytest.raises(ArchiveError) as caught:
        write_package(make_evidence_plan(files), target, finish=finish, watch=Meddler(1 << 20, files[2].unlink))
    assert [item.code for item in caught.value.diagnostics] == ["A111"]
    assert caught.value.diagnostics[0].params["path"] == str(files[2])
    assert sorted(path.name for path in tmp_path.iterdir()) == [files[0].name, files[1].name]


def test_evidence_that_is_gone_is_noticed_before_anything_is_written(tmp_path: Path) -> None:
    files = write_files(tmp_path, 3, 1000)
    files[2].unlink()
    seen: list[PackingProgress] = []
    with pytest.raises(ArchiveError) as caught:
        write_package(make_evidence_plan(files), tmp_path / "p.zip", finish=finish, watch=seen.append)
    assert caught.value.diagnostics[0].code == "A111"
    assert seen == []


FILL = """\
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.archive_samples import finish, make_evidence_plan
from docgen.archive.writing.package import write_package
from docgen.errors import OutputError

folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    write_package(make_evidence_plan(sorted(folder.glob("*.mp4"))), folder / "p.zip", finish=finish, force=True)
except OutputError as fault:
    print(fault.diagnostics[0].code, fault.diagnostics[0].params["path"])
"""


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
@pytest.mark.parametrize("limit", [0, 100, 700_000, 1_999_999, 4_000_300])
def test_a_file_system_that_takes_no_more_is_named_and_the_old_package_stays(tmp_path: Path, limit: int) -> None:
    """The system refuses to write beyond a limit, as a full disk does: in a member, in the directory, at the start."""
    write_files(tmp_path, 4, 1_000_000)
    (tmp_path / "p.zip").write_bytes(b"old")
    before = sorted(path.name for path in tmp_path.iterdir())
    code = FILL.format(tests=str(ROOT / "tests"))
    words = [sys.executable, "-c", code, str(tmp_path), str(limit)]
    done = processes.run(words, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"A106 {tmp_path / 'p.zip'}\n"
    assert (tmp_path / "p.zip").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk takes root on Linux")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    files = write_files(tmp_path, 4, 1_000_000)
    small = tmp_path / "small"
    small.mkdir()
    mounted = processes.run(["mount", "-t", "tmpfs", "-o", "size=2500k", "tmpfs", small])
    if mounted.returncode:
        pytest.skip(f"no mounting here: {mounted.stderr.decode().strip()}")
    try:
        (small / "p.zip").write_bytes(b"old")
        with pytest.raises(Exception, match="A106"):
            write_package(make_evidence_plan(files), small / "p.zip", finish=finish, force=True)
        assert [path.name for path in small.iterdir()] == ["p.zip"]
        assert (small / "p.zip").read_bytes() == b"old"
    finally:
        assert processes.run(["umount", small]).returncode == 0


@pytest.mark.heavy
@ON_LINUX
def test_each_source_is_opened_once_and_each_byte_read_once(tmp_path: Path) -> None:
    files = write_files(tmp_path, 40, 1_500_000)
    code = """\
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.archive_samples import finish, make_evidence_plan
from docgen.archive.writing.package import write_package
import docgen.archive.bag.index, jinja2, json

folder, opened, watching = Path(sys.argv[1]), [], True
def note(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".mp4"):
        opened.append(arguments[0])
sys.addaudithook(note)
def count():
    return int(Path("/proc/self/io").read_text().split()[1])
plan = make_evidence_plan(sorted(folder.glob("*.mp4")))
before = count()
write_package(plan, folder / "p.zip", finish=finish)
print(len(opened), len(set(opened)), count() - before)
"""
    words = [sys.executable, "-c", code.format(tests=str(ROOT / "tests"))]
    done = processes.run([*words, tmp_path], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    opens, distinct, read = map(int, done.stdout.split())
    assert (opens, distinct) == (40, 40)
    total = sum(path.stat().st_size for path in files)
    assert total <= read < total + 2_000_000, "the rest is Python's own modules and docgen's templates"


@pytest.mark.heavy
@ON_LINUX
def test_memory_does_not_grow_with_the_evidence(tmp_path: Path) -> None:
    """200 MB in 50 files, packed and verified by a process of its own: the peak above an empty package is small."""
    code = """\
import re, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.archive_samples import finish, make_evidence_plan
from docgen.archive.verify.package import verify_package
from docgen.archive.writing.package import write_package

folder = Path(sys.argv[1])
# what getrusage says is inherited from the process that started this one
peak = lambda: int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
files = sorted(folder.glob("*.mp4"))
write_package(make_evidence_plan(files[:1]), folder / "one.zip", finish=finish)
assert verify_package(folder / "one.zip").is_intact
first = peak()
write_package(make_evidence_plan(files), folder / "p.zip", finish=finish)
packed = peak()
assert verify_package(folder / "p.zip").is_intact
print(first, packed - first, peak() - packed)
"""
    write_files(tmp_path, 50, 4_000_000)
    words = [sys.executable, "-c", code.format(tests=str(ROOT / "tests"))]
    done = processes.run([*words, tmp_path], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    first, packing, verifying = map(int, done.stdout.split())
    assert first < 120
    assert packing < 24, "nine chunks of 1 MiB and what Python keeps"
    assert verifying < 24


def test_what_is_written_is_told_by_bytes_and_files(tmp_path: Path) -> None:
    files = write_files(tmp_path, 3, (2 << 20) + 5)
    seen: list[PackingProgress] = []
    plan = make_evidence_plan(files)
    write_package(plan, tmp_path / "p.zip", finish=finish, watch=seen.append)
    total = 3 * ((2 << 20) + 5)
    assert {(state.package, state.all_files, state.all_bytes) for state in seen} == {(TOP, 3, total)}
    assert [state.bytes for state in seen] == sorted(state.bytes for state in seen)
    assert seen[0].bytes == 1 << 20
    assert (seen[-1].files, seen[-1].bytes) == (3, total)
    assert len(seen) == 12


def test_rendered_documents_are_counted_too(tmp_path: Path) -> None:
    seen: list[PackingProgress] = []
    plan = make_plan()
    write_package(plan, tmp_path / "p.zip", finish=finish, watch=seen.append)
    assert seen[-1].files == seen[-1].all_files == sum(len(document.renditions) for document in plan.documents)
    assert seen[-1].bytes == seen[-1].all_bytes > 0


@pytest.mark.heavy
def test_five_thousand_files_are_packed_and_verified(tmp_path: Path) -> None:
    files = write_files(tmp_path, 5000, 2000)
    begun = time.monotonic()
    written = write_package(make_evidence_plan(files), tmp_path / "p.zip", finish=finish)
    assert written.index.counts.files == 5000
    report = verify_package(tmp_path / "p.zip")
    assert report.is_intact, report.diagnostics
    assert time.monotonic() - begun < 60
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert len(archive.namelist()) == written.files


def test_evidence_that_changed_after_it_was_inspected_is_not_packed_unseen(tmp_path: Path) -> None:
    (source,) = write_files(tmp_path, 1, 5000)
    looked = inspect_evidence(source).file
    assert looked is not None
    (planned,) = make_evidence_plan([source]).documents
    (rendition,) = planned.renditions
    stamped = replace(planned, renditions=(replace(rendition, stamp=looked.stamp),))
    plan = replace(make_evidence_plan([source]), documents=(stamped,))
    write_package(plan, tmp_path / "p.zip", finish=finish)
    source.write_bytes(source.read_bytes()[::-1])
    os.utime(source, ns=(0, looked.stamp[1] + 1 if looked.stamp else 0))
    with pytest.raises(ArchiveError) as caught:
        write_package(plan, tmp_path / "p.zip", finish=finish, force=True)
    assert caught.value.diagnostics[0].code == "A112"
