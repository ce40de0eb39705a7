"""``docgen build`` with much evidence: killed at any moment, shown on a terminal, read back by other programs."""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from support import made_up
from support.command_line import list_tree, make_environment, run_docgen, start_docgen

from docgen.archive.verify.package import verify_package
from docgen.cli.layout import measure_text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and pseudo-terminals are POSIX's")

FILES, FILE_SIZE = 12, 6_000_000
NAME = "FZ-1_春季放飞"


def write_project(folder: Path) -> Path:
    """A record of the made-up standard with 72 MB of evidence."""
    made_up.write_profile(folder / "profiles")
    record = made_up.write_record(folder)
    lines = ["evidence:"]
    for number in range(FILES):
        name = f"放飞录像{number:02}.mp4"
        (folder / name).write_bytes(random.Random(number).randbytes(FILE_SIZE))
        lines.append(f"  - {{key: v{number}, kind: photograph, title: 放飞录像{number}, file: {name}}}")
    record.write_text(record.read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")
    return record


def list_words(record: Path, out: Path) -> list[str]:
    return ["--profiles", str(record.parent / "profiles"), "build", str(record), "-o", str(out), "--force"]


def start(record: Path, out: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The command, killed when the block ends."""
    return start_docgen(*list_words(record, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure_staged(out: Path) -> int:
    """The bytes of the package that is being written; -1 while there is none."""
    sizes = []
    for path in out.glob(f".docgen-*/{NAME}.zip"):
        with contextlib.suppress(FileNotFoundError):  # just moved to its place
            sizes.append(path.stat().st_size)
    return max(sizes, default=-1)


@pytest.mark.timeout(600)
def test_kill_9_leaves_the_old_package_or_the_new_one(tmp_path: Path) -> None:
    record, out = write_project(tmp_path), tmp_path / "out"
    package, folder = out / f"{NAME}.zip", out / f"{NAME}_文书"
    assert run_docgen(*list_words(record, out)).code == 0
    old, old_documents = package.read_bytes(), list_tree(folder)
    with (tmp_path / "放飞录像07.mp4").open("r+b") as file:
        file.write(b"another film")
    record.write_text(record.read_text("utf-8").replace("三级风为宜", "四级风为宜"), "utf-8")
    begun = time.monotonic()
    assert run_docgen(*list_words(record, tmp_path / "new")).code == 0
    took = time.monotonic() - begun
    new, new_documents = (tmp_path / "new" / package.name).read_bytes(), list_tree(tmp_path / "new" / folder.name)
    assert new != old
    assert new_documents != old_documents

    def after(share: float) -> Callable[[float], bool]:
        moment = (share + random.uniform(-0.05, 0.05)) * took
        return lambda elapsed: elapsed >= moment

    def at_bytes(share: float) -> Callable[[float], bool]:
        size = int((share + random.uniform(0, 0.1)) * len(new))
        return lambda _elapsed: measure_staged(out) >= size

    def is_moving(_elapsed: float) -> bool:
        return package.stat().st_ino != standing or not folder.exists()

    moments = [after(0.2), after(0.5), after(0.8), after(0.95)]
    moments += [at_bytes(share) for share in (0.0, 0.2, 0.4, 0.6, 0.85)]
    results: list[str] = []
    for is_time in [*moments, is_moving]:
        package.write_bytes(old)
        standing = package.stat().st_ino
        with start(record, out) as process:
            begun = time.monotonic()
            while process.poll() is None and not is_time(time.monotonic() - begun):
                time.sleep(0.0005)
        left = package.read_bytes()
        assert left in (old, new), "a package that is neither the old nor the new one"
        assert verify_package(package).is_intact
        if folder.exists():
            assert list_tree(folder) in (old_documents, new_documents)
        results.append("new" if left == new else "old")
        assert {path.name for path in out.iterdir() if not path.name.startswith(".docgen-")} <= {
            package.name,
            folder.name,
        }
    assert "old" in results
    assert run_docgen(*list_words(record, out)).code == 0
    assert package.read_bytes() == new
    assert list_tree(folder) == new_documents
    assert sorted(path.name for path in out.iterdir()) == [package.name, folder.name], "nothing of the killed runs"


def run_on_terminal(words: list[str], columns: int, **environment: str) -> str:
    """The command with a terminal of so many columns as its stderr; what it wrote there."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**make_environment(**environment), "COLUMNS": str(columns)}
    written = b""
    with start_docgen(*words, stdout=slave, stderr=slave, env=env) as process:
        os.close(slave)
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            written += piece
        os.close(master)
        assert process.wait() == 0
    return written.decode("utf-8")


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_terminal_shows_the_bytes_that_are_packed(tmp_path: Path, columns: int) -> None:
    record = write_project(tmp_path)
    shown = run_on_terminal(list_words(record, tmp_path / "out"), columns, NO_COLOR="1")
    assert "\x1b" not in shown
    drawn = [line for line in shown.split("\r") if line.startswith("打包")]
    assert len(drawn) >= 2
    assert "100%" in drawn[-1]
    assert all("\n" not in line and measure_text(line) < columns for line in drawn), drawn
    if columns >= 80:
        assert re.search(r"\[#+\]  100%  72\.0 MB/72\.0 MB  17/17 个文件", drawn[-1])
    coloured = run_on_terminal(list_words(record, tmp_path / "out"), columns)
    assert ("\x1b[32m#" in coloured) == (columns >= 40)


def test_without_a_terminal_there_is_no_bar(tmp_path: Path) -> None:
    record = write_project(tmp_path)
    ran = run_docgen(*list_words(record, tmp_path / "out"))
    assert ran.err.count("\r") == 0
    assert "打包" not in ran.err
