"""``docgen build --watch``: what a save touches is made anew, and nothing that is half saved disturbs it."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import processes
from support.batch_support import write_profiles, write_records
from support.command_line import ROOT, start_docgen

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C as POSIX has it")


class Project:
    """A record, and the words that watch it."""

    def __init__(self, folder: Path) -> None:
        (self.record,) = write_records(folder / "记录", 1)
        self.out = folder / "输出"
        self.templates = folder / "模板"
        (self.templates / "docx").mkdir(parents=True)
        self.template = self.templates / "docx" / "form.docx"
        self.template.write_bytes((ROOT / "templates" / "docx" / "form.docx").read_bytes())
        self.words = ["build", self.record, "-o", self.out, "--profiles", write_profiles(folder), "--templates"]
        self.words += [self.templates, "--watch", "--format", "json"]


class Watcher:
    """The command at work, and the rounds that it tells."""

    def __init__(self, project: Project, process: subprocess.Popen[bytes]) -> None:
        self.record, self.out, self.template = project.record, project.out, project.template
        self.process = process
        self._rounds: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._rounds.put(json.loads(line))

    def wait(self, seconds: float = 20) -> dict[str, Any]:
        """The next round."""
        return self._rounds.get(timeout=seconds)

    def is_quiet(self, seconds: float = 1.0) -> bool:
        try:
            self._rounds.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def stop(self) -> int:
        processes.send(self.process, signal.SIGINT)
        return self.process.wait(20)


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    project = Project(tmp_path)
    with start_docgen(*project.words) as process:
        yield Watcher(project, process)


def name_all(paths: list[str]) -> list[str]:
    return sorted(Path(path).name.partition("_")[0] for path in paths)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_saves_are_followed_until_interrupted(watcher: Watcher) -> None:
    first = watcher.wait()
    assert name_all(first["written"]) == ["放飞计划.docx", "放飞记录", "风筝卡片", "风筝检查表"]
    time.sleep(0.5)  # until the system tells of changes
    edit(watcher.record, "放线三百米。", "放线四百米。")
    start = time.monotonic()
    changed = watcher.wait()
    assert time.monotonic() - start < 3  # under load; a second when nothing else runs
    assert changed["seconds"] < 1
    assert name_all(changed["written"]) == ["放飞计划.docx"]
    edit(watcher.record, "date: 2030-03-02", "date: 三月")
    faulty = watcher.wait()
    assert [item["code"] for item in faulty["new"]][:1] == ["R106"]
    assert (faulty["ok"], faulty["written"]) == (False, [])
    edit(watcher.record, "date: 三月", "date: 2030-03-02")
    mended = watcher.wait()
    assert [item["code"] for item in mended["gone"]][:1] == ["R106"]
    assert (mended["ok"], mended["new"], mended["written"]) == (True, [], [])
    assert not list(watcher.out.glob("*.zip"))
    assert watcher.stop() == 0


def test_template_remakes_its_documents_and_lock_files_do_not_matter(watcher: Watcher) -> None:
    watcher.wait()
    time.sleep(0.5)
    whole = watcher.template.read_bytes()
    (watcher.template.parent / "~$form.docx").write_bytes(b"lock")
    (watcher.template.parent / "~WRD0001.tmp").write_bytes(whole[:100])
    assert watcher.is_quiet()
    watcher.template.write_bytes(whole[: len(whole) // 2])  # half saved …
    time.sleep(0.15)
    watcher.template.write_bytes(changed_style(whole))  # … and whole
    done = watcher.wait()
    while not done["written"]:
        done = watcher.wait()
    assert name_all(done["written"]) == ["风筝卡片"]
    watcher.template.write_bytes(b"no template")
    broken = watcher.wait()
    assert [item["code"] for item in broken["new"]] == ["T101"]
    watcher.template.write_bytes(whole)
    back = watcher.wait()
    assert [item["code"] for item in back["gone"]] == ["T101"]
    assert name_all(back["written"]) == ["风筝卡片"]


def changed_style(template: bytes) -> bytes:
    """The template with another size of its text."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/styles.xml":
                data = data.replace(b"</w:styles>", b"<!-- changed --></w:styles>")
            target.writestr(entry.filename, data)
    return out.getvalue()
