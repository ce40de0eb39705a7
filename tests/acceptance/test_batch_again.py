"""``docgen batch`` once more: nothing that changed is passed over, nothing else is touched, loaded or written."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import processes
from support.batch_runs import BOOK, JSON, Batch, count, expect
from support.command_line import CommandLine, make_environment

import docgen as package

HEAVY = (
    "docgen.pipeline.build",
    "docgen.pipeline.stages.prepare",
    "docgen.render",
    "docgen.checks",
    "docgen.profile",
    "docgen.record",
    "pydantic",
    "lxml",
)
LEDGER = ".docgen-batch/ledger.sqlite"


@pytest.fixture
def batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Batch:
    made = Batch(tmp_path, CommandLine(capsys), 3)
    folder = made.records[0].parent / "附件"
    (folder / "现场").mkdir(parents=True)
    (folder / "a.txt").write_text("说明一", "utf-8")
    (folder / "现场" / "b.txt").write_text("说明二", "utf-8")
    with made.records[0].open("a", encoding="utf-8") as file:
        file.write("evidence:\n  - {key: a, kind: photograph, title: 照片, file: 附件/a.txt}\n")
        file.write("  - {key: b, kind: photograph, title: 照片, file: 附件/现场/}\n")
    return made


def age(folder: Path) -> None:
    """Let all files look as if they had been saved long ago, and wait until their entries aren't young any more."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, ns=(10**18, 10**18))
    time.sleep(2.1)


def learn(batch: Batch) -> None:
    """Two runs, so that the ledger has a stamp of every file."""
    age(batch.inputs)
    assert batch.run().code == 0
    assert count(batch.run()) == expect(kept=3)


def put(path: Path, data: bytes) -> None:
    """Other content of the same size under the same name, its time put back."""
    found = path.stat()
    assert len(data) == found.st_size
    path.write_bytes(data)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def swap_last(path: Path) -> bytes:
    data = path.read_bytes()
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("run", ["second", "third"])
def test_nothing_is_loaded_begun_or_written(batch: Batch, run: str) -> None:
    age(batch.inputs)
    batch.run()
    if run == "third":
        batch.run()
    before = {path: path.stat().st_mtime_ns for path in batch.out.rglob("*") if path.is_file()}
    heavy = (*HEAVY, "multiprocessing", *(("xlsxwriter",) if run == "third" else ()))
    code = (
        "import json, sys\n"
        "from docgen.cli.run import run\n"
        f"code = run({batch.words('--jobs', 2)!r})\n"
        f"loaded = [name for name in sys.modules if name.startswith({heavy!r})]\n"
        "sys.stdout.write(json.dumps([code, loaded]))\n"
    )
    done = processes.run([sys.executable, "-c", code], env=make_environment())
    told = done.stdout.decode().splitlines()
    assert json.loads(told[-1][told[-1].index("[0") :]) == [0, []]
    assert "没有变化 3 份" in told[0]
    after = {path: path.stat().st_mtime_ns for path in batch.out.rglob("*") if path.is_file()}
    summary = {BOOK, JSON} if run == "second" else set()  # it says now that nothing changed
    assert {path.name for path in before if before[path] != after[path]} == {"ledger.sqlite", *summary}


def test_summary_says_what_was_kept_and_is_left_alone_then(batch: Batch) -> None:
    batch.run()
    book, data = batch.out / BOOK, batch.out / JSON
    assert [item["state"] for item in batch.read_results()["results"]] == ["made"] * 3
    first = data.read_bytes()
    batch.run()
    assert [item["state"] for item in batch.read_results()["results"]] == ["kept"] * 3
    assert data.read_bytes() != first
    second, stamp = data.read_bytes(), book.stat().st_mtime_ns
    batch.run()
    assert (data.read_bytes(), book.stat().st_mtime_ns) == (second, stamp)
    book.write_bytes(b"somebody's")
    batch.run()
    assert (data.read_bytes(), book.stat().st_size > 1000) == (second, True)
    data.unlink()
    batch.run()
    assert data.read_bytes() == second
    assert batch.docgen(*batch.words("--lang", "en")).code == 0
    assert batch.docgen(*batch.words("--lang", "zh")).code == 0
    assert data.read_bytes() == second


@pytest.mark.parametrize("name", ["record.yaml", "附件/a.txt", "附件/现场/b.txt"])
def test_content_that_changed_is_found_though_size_and_time_are_the_same(batch: Batch, name: str) -> None:
    learn(batch)
    path = batch.records[0].parent / name
    other = path.with_name("anderes")
    data = path.read_bytes()
    changed = data.replace("放线三百米".encode(), "放线四百米".encode()) if name == "record.yaml" else swap_last(path)
    assert changed != data
    other.write_bytes(changed)
    shutil.copystat(path, other)
    other.replace(path)  # another file, with another number
    assert count(batch.run()) == expect(made=1, kept=2)
    assert count(batch.run()) == expect(kept=3)
    if sys.platform != "win32":  # where nobody notes when a file was touched
        put(path, data)
        assert count(batch.run()) == expect(made=1, kept=2)


def test_saved_twice_within_a_tick_of_the_clock(batch: Batch) -> None:
    """Saved, made and saved again at once: the same size, the same time."""
    record = batch.records[1]
    record.touch()
    batch.run()
    put(record, record.read_bytes().replace("放线三百米".encode(), "放线四百米".encode()))
    assert count(batch.run()) == expect(made=1, kept=2)
    put(record, record.read_bytes().replace("放线四百米".encode(), "放线五百米".encode()))
    assert count(batch.run()) == expect(made=1, kept=2)


def test_files_that_come_go_or_are_renamed_in_a_folder_of_evidence(batch: Batch) -> None:
    learn(batch)
    folder = batch.records[0].parent / "附件" / "现场"
    changes: list[Callable[[], object]] = [
        lambda: (folder / "c.txt").write_text("说明三", "utf-8"),
        lambda: (folder / "c.txt").rename(folder / "d.txt"),
        (folder / "d.txt").unlink,
    ]
    for change in changes:
        change()
        assert count(batch.run()) == expect(made=1, kept=2)
        assert count(batch.run()) == expect(kept=3)


def test_copy_of_records_and_outputs_elsewhere_is_known_again(batch: Batch, tmp_path: Path) -> None:
    """Other times, other numbers: everything is read once, and nothing made."""
    learn(batch)
    moved = tmp_path / "另一处"
    shutil.copytree(batch.inputs, moved / "记录")
    shutil.copytree(batch.out, moved / "输出")
    batch.inputs, batch.out = moved / "记录", moved / "输出"
    assert count(batch.run()) == expect(kept=3)


def test_output_with_other_content_is_made_again_though_it_looks_the_same(batch: Batch) -> None:
    learn(batch)
    outputs = batch.list_outputs()
    one, two, three = sorted(batch.out / name for name in outputs)
    stamps = one.stat()
    copy = batch.out / "copy"
    copy.write_bytes(swap_last(one))
    os.utime(copy, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    copy.replace(one)
    two.write_bytes(two.read_bytes()[:100])
    three.replace(copy)
    ran = batch.run()
    assert (ran.code, count(ran)) == (0, expect(made=3))
    copy.unlink()
    assert batch.list_outputs() == outputs


def test_outputs_that_changed_places_are_made_again(batch: Batch) -> None:
    learn(batch)
    outputs = batch.list_outputs()
    one, two, _ = sorted(batch.out / name for name in outputs)
    aside = batch.out / "aside"
    one.replace(aside)
    two.replace(one)
    aside.replace(two)
    assert count(batch.run()) == expect(made=2, kept=1)
    assert batch.list_outputs() == outputs


def test_every_file_is_read_where_that_is_asked_for(batch: Batch) -> None:
    """A stamp that is as it was while the content isn't: what a tool may do that puts everything back."""
    learn(batch)
    path = batch.records[0].parent / "附件" / "a.txt"
    path.write_bytes(swap_last(path))
    found = path.stat()
    with sqlite3.connect(batch.out / LEDGER) as ledger:
        for key, text in ledger.execute("SELECT key, inputs FROM job").fetchall():
            marks = json.loads(text)
            for mark in marks:
                if mark[0] == "附件/a.txt":
                    mark[2] = f"{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}"
            ledger.execute("UPDATE job SET inputs = ? WHERE key = ?", (json.dumps(marks, ensure_ascii=False), key))
    ledger.close()
    assert count(batch.run()) == expect(kept=3)
    assert count(batch.run("--by-content")) == expect(made=1, kept=2)


def test_change_of_the_profile_or_what_it_extends(batch: Batch) -> None:
    child = batch.profiles / "child"
    child.mkdir()
    standard = "standard: {number: XX/T 2—2031, title: 子标准, edition: '2031'}"
    (child / "profile.yaml").write_text(f"id: child\nversion: 1.0.0\nextends: kites\n{standard}\n", "utf-8")
    for record in batch.records[1:]:
        record.write_text(record.read_text("utf-8").replace("profile: kites", "profile: child"), "utf-8")
    assert count(batch.run()) == expect(made=3)
    base = batch.profiles / "kites" / "profile.yaml"
    base.write_text(base.read_text("utf-8").replace("title: 放飞计划", "title: 放飞方案"), "utf-8")
    assert count(batch.run()) == expect(made=3)
    path = child / "profile.yaml"
    path.write_text(path.read_text("utf-8") + "# 说明\n", "utf-8")
    assert count(batch.run()) == expect(kept=3)
    path.write_text(path.read_text("utf-8").replace("子标准", "另一个标准"), "utf-8")
    assert count(batch.run()) == expect(made=2, kept=1)
    (child / "filing.yaml").write_text("items:\n  - {key: z, label: 奖牌}\n", "utf-8")
    assert count(batch.run()) == expect(made=2, kept=1)


def test_profile_or_template_of_ones_own_that_comes_before(batch: Batch, tmp_path: Path) -> None:
    batch.run()
    first = tmp_path / "先看"
    shutil.copytree(batch.profiles, first)
    assert count(batch.run("--profiles", first)) == expect(kept=3)
    path = first / "kites" / "profile.yaml"
    path.write_text(path.read_text("utf-8").replace("title: 放飞计划", "title: 放飞方案"), "utf-8")
    words = [word for word in batch.words("--jobs", 1) if word != str(batch.profiles)]
    words.remove("--profiles")
    again = batch.docgen.json(*words, "--profiles", first, "--profiles", batch.profiles)
    assert count(again) == expect(made=3)
    shipped = Path(__file__).resolve().parents[2] / "templates" / "docx" / "report.docx"
    own = tmp_path / "模板" / "docx"
    own.mkdir(parents=True)
    settings = 'templates = "../../模板"\n'
    (batch.records[1].parent / "docgen.toml").write_text(settings, "utf-8")
    assert count(batch.run()) == expect(made=3)
    shutil.copy(shipped, own / "report.docx")
    assert count(batch.run()) == expect(kept=3)
    with (own / "report.docx").open("ab") as file:
        file.write(b"\0")
    assert count(batch.run())["kept"] == 2


def test_other_version_makes_all_anew(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    batch.run()
    monkeypatch.setattr(package, "__version__", "99.0")
    assert count(batch.run()) == expect(made=3)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    assert count(batch.run()) == expect(made=3)
