"""``docgen batch`` as users run it: incremental, never stopped by one record, resumed after a kill."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from support import processes
from support.batch_runs import BOOK, Batch, count, expect
from support.batch_support import mend, spoil
from support.command_line import CommandLine, run_docgen, start_docgen
from support.office_schemas import OoxmlCheck

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def batch(tmp_path: Path, docgen: CommandLine) -> Batch:
    return Batch(tmp_path, docgen, 4)


def test_makes_each_package_as_build_does_and_only_once(batch: Batch, tmp_path: Path) -> None:
    first = batch.run()
    assert (first.code, count(first)) == (0, expect(made=4))
    outputs = batch.list_outputs()
    alone = tmp_path / "单独"
    assert batch.docgen("build", batch.records[2], "-o", alone, "--profiles", batch.profiles).code == 0
    (package,) = alone.glob("*.zip")
    assert outputs[package.name] == package.read_bytes()
    again = batch.run()
    assert (again.code, count(again)) == (0, expect(kept=4))
    assert batch.list_outputs() == outputs


def test_faulty_record_stops_nobody_and_is_told_again(batch: Batch) -> None:
    spoil(batch.records[1])
    batch.records[3].write_text("profile: [", "utf-8")
    ran = batch.run()
    assert (ran.code, count(ran)) == (2, expect(made=2, faulty=1, failed=1))
    told = batch.read_results()["results"]
    assert [item["state"] for item in told] == ["made", "faulty", "made", "failed"]
    assert {item["code"] for item in told[1]["diagnostics"]} >= {"R106"}
    again = batch.run()
    assert (again.code, count(again)) == (2, expect(kept=2, faulty=1, failed=1))
    assert batch.read_results()["results"][1]["diagnostics"] == told[1]["diagnostics"]
    mend(batch.records[1])
    batch.records[3].unlink()
    mended = batch.run()
    assert (mended.code, count(mended)) == (0, expect(made=1, kept=2))


def test_summary_is_a_workbook_that_tells_what_came_of_each(batch: Batch) -> None:
    spoil(batch.records[0])
    batch.run()
    book = load_workbook(batch.out / BOOK)
    results, found = book["结果"], book["问题"]
    assert [cell.value for cell in results[3]][:5] == ["序号", "项目记录", "项目编号", "项目名称", "结果"]
    assert [results.cell(row, 5).value for row in (4, 5)] == ["有错误", "已生成"]
    link = re.fullmatch(r'=HYPERLINK\("([^"]+)","[^"]+"\)', str(results.cell(5, 10).value))
    assert link is not None
    assert (batch.out / link[1]).is_file()
    assert found.cell(2, 3).value == "错误"
    assert "第" in str(found.cell(2, 2).value)


def test_changed_input_remakes_its_record_only(batch: Batch) -> None:
    first = batch.records[0]
    first.write_text(first.read_text("utf-8").replace("line: 放线三百米。", "line: {file: 放线.md}"), "utf-8")
    (first.parent / "放线.md").write_text("放线三百米。", "utf-8")
    batch.run()
    (first.parent / "放线.md").write_text("放线四百米。", "utf-8")
    assert count(batch.run()) == expect(made=1, kept=3)
    batch.records[2].touch()  # saved again, nothing changed
    assert count(batch.run()) == expect(kept=4)


def test_evidence_that_comes_later_is_noticed(batch: Batch) -> None:
    record = batch.records[0]
    text = record.read_text("utf-8") + "evidence:\n  - {key: a, kind: photograph, title: 照片, file: 附件/a.txt}\n"
    record.write_text(text, "utf-8")
    assert count(batch.run()) == expect(made=3, faulty=1)
    (record.parent / "附件").mkdir()
    (record.parent / "附件" / "a.txt").write_text("说明", "utf-8")
    assert count(batch.run()) == expect(made=1, kept=3)


def test_output_that_is_gone_or_altered_is_made_again(batch: Batch) -> None:
    batch.run()
    outputs = batch.list_outputs()
    one, two, *_ = sorted(outputs)
    (batch.out / one).unlink()
    (batch.out / two).write_bytes(outputs[two][:-1] + b"x")
    assert count(batch.run()) == expect(made=2, kept=2)
    assert batch.list_outputs() == outputs


def test_changed_template_remakes_what_depends_on_it(batch: Batch, tmp_path: Path) -> None:
    for record in batch.records[:3]:  # the card is made of the shape form, for those who have a colour
        text = record.read_text("utf-8")
        record.write_text(text[: text.index("  kite-card:")], "utf-8")
    shipped = Path(__file__).resolve().parents[2] / "templates" / "docx" / "form.docx"
    own = tmp_path / "模板"
    (own / "docx").mkdir(parents=True)
    (own / "docx" / "form.docx").write_bytes(shipped.read_bytes())
    assert count(batch.run("--templates", own)) == expect(made=4)
    with ZipFile(shipped) as source, ZipFile(own / "docx" / "form.docx", "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry))
        target.comment = b"the same parts in another file"
    assert count(batch.run("--templates", own)) == expect(made=1, kept=3)


def test_changed_profile_and_options_remake_all(batch: Batch) -> None:
    batch.run()
    profile = batch.profiles / "kites" / "profile.yaml"
    profile.write_text(profile.read_text("utf-8") + "\n# 说明不算\n", "utf-8")
    assert count(batch.run()) == expect(kept=4)
    profile.write_text(profile.read_text("utf-8").replace("title: 放飞计划", "title: 放飞方案"), "utf-8")
    assert count(batch.run()) == expect(made=4)
    assert count(batch.run("--without-record")) == expect(made=4)


def test_two_records_with_one_name_are_told_and_the_first_has_it(batch: Batch) -> None:
    double = batch.records[3].read_text("utf-8").replace("FZ-00004", "FZ-00002")
    batch.records[3].write_text(double, "utf-8")
    ran = batch.run()
    assert (ran.code, count(ran)) == (2, expect(made=3, failed=1))
    assert [item["code"] for item in batch.read_results()["results"][3]["diagnostics"]] == ["B110"]
    batch.records[3].write_text(double.replace("FZ-00002", "FZ-00004"), "utf-8")
    assert count(batch.run()) == expect(made=1, kept=3)


def test_file_of_somebody_else_is_not_overwritten(batch: Batch) -> None:
    batch.out.mkdir()
    theirs = batch.out / "FZ-00001_春季放飞.zip"
    theirs.write_bytes(b"theirs")
    ran = batch.run()
    assert (ran.code, count(ran)) == (2, expect(made=3, failed=1))
    assert theirs.read_bytes() == b"theirs"
    assert count(batch.run("--force")) == expect(made=4)
    assert theirs.read_bytes() != b"theirs"


def test_renamed_project_leaves_no_older_package(batch: Batch) -> None:
    batch.run()
    record = batch.records[0]
    record.write_text(record.read_text("utf-8").replace("春季放飞", "秋季放飞"), "utf-8")
    assert count(batch.run()) == expect(made=1, kept=3)
    assert sorted(batch.list_outputs()) == [
        "FZ-00001_秋季放飞.zip", *(f"FZ-0000{number}_春季放飞.zip" for number in (2, 3, 4))
    ]  # fmt: skip


def test_one_type_for_every_enterprise(batch: Batch) -> None:
    ran = batch.run("--only", "kite-check")
    assert (ran.code, count(ran)) == (0, expect(made=4))
    assert sorted(batch.list_outputs()) == [
        f"风筝检查表_燕子＜风筝＞社 & 坊_FZ-0000{number}.docx" for number in (1, 2, 3, 4)
    ]
    assert count(batch.run()) == expect(made=4)  # packages beside them
    assert count(batch.run("--only", "kite-check")) == expect(kept=4)


def test_forms_are_combined_into_one_file_to_print(batch: Batch, ooxml_check: OoxmlCheck) -> None:
    words = ("--only", "kite-check", "--combine")
    ran = batch.run(*words)
    assert ran.code == 0
    path = batch.out / "风筝检查表_合订.docx"
    assert str(path) in [item["path"] for item in ran.document["outputs"]]
    assert len(Document(str(path)).sections) == 4
    assert ooxml_check(path) == []
    first = path.read_bytes()
    stamp = path.stat().st_mtime_ns
    batch.run(*words)
    assert path.stat().st_mtime_ns == stamp  # nothing changed
    record = batch.records[1]
    record.write_text(record.read_text("utf-8").replace("date: 2030-03-02", "date: 2030-03-03"), "utf-8")
    assert count(batch.run(*words)) == expect(made=1, kept=3)
    assert path.read_bytes() != first
    assert batch.run("--combine").codes == ["B122"]


def test_empty_folder_and_unknown_type(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    ran = batch.docgen.json("batch", tmp_path / "空", "-o", tmp_path / "b")
    assert (ran.code, ran.codes) == (1, ["B104"])
    ran = batch.run("--only", "kite-chek")
    assert (ran.code, count(ran)) == (2, expect(failed=4))


def start(batch: Batch, jobs: int = 2) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return start_docgen(*batch.words("--jobs", jobs), stdout=subprocess.DEVNULL)


def wait_for_outputs(batch: Batch, number: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if len(list(batch.out.glob("*.zip"))) >= number:
            return
        time.sleep(0.005)
    assert process.poll() is None, process.communicate()


@posix
@pytest.mark.timeout(900)
@pytest.mark.parametrize("moments", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_killed_at_many_moments_and_run_again(tmp_path: Path, docgen: CommandLine, moments: int) -> None:
    whole = Batch(tmp_path / "一次做完", docgen, 60)
    assert run_docgen(*whole.words("--jobs", 2)).code == 0
    expected = whole.list_outputs()
    assert len(expected) == 60
    batch = Batch(tmp_path / "多次中断", docgen, 60)
    chance = random.Random(7)
    kills = 0
    while kills < moments:
        before = len(list(batch.out.glob("*.zip")))
        with start(batch) as process:
            if before < 54:
                wait_for_outputs(batch, before + chance.randint(1, 3), process)
            time.sleep(chance.random() * 0.3)
            kills += process.poll() is None
        for path in batch.out.glob("*.zip"):  # no half file, at any time
            assert path.read_bytes() == expected[path.name]
        if before >= 54:
            for path in sorted(batch.out.glob("*.zip"))[:30]:  # begin again with half of them
                path.unlink()
    standing = len(list(batch.out.glob("*.zip")))
    ran = batch.run()
    assert ran.code == 0
    assert batch.list_outputs() == expected
    assert count(ran)["made"] <= 60 - standing + 2
    assert count(ran)["kept"] >= standing - 2


@posix
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_worker_costs_one_record(tmp_path: Path, docgen: CommandLine, jobs: int) -> None:
    batch = Batch(tmp_path, docgen, 60)
    with start(batch, jobs) as process:
        wait_for_outputs(batch, 2, process)
        kill_at_work(batch, process)
        process.communicate()
    assert process.returncode == 3
    results = batch.read_results()["results"]
    failed = [item for item in results if item["state"] == "failed"]
    assert [item["diagnostics"][0]["code"] for item in failed] == ["B113"]
    assert "SIGKILL" in failed[0]["diagnostics"][0]["message"]
    assert sum(item["state"] == "made" for item in results) == 59
    assert count(batch.run()) == expect(made=1, kept=59)


def kill_at_work(batch: Batch, process: subprocess.Popen[bytes]) -> None:
    """Kill a worker in the middle of its job, as SIGKILL does.

    All workers are halted, and what they had finished is given time to be moved: they are in the middle of jobs when as
    many are still without a result that could be moved.
    """
    staging = batch.out / ".docgen-batch" / "run-1"
    while process.poll() is None:
        workers = find_workers(process.pid)
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        time.sleep(0.3)
        under_way = [path for path in staging.iterdir() if not (path / "result.json").exists()]
        if len(under_way) == len(workers):
            os.kill(workers[0], signal.SIGKILL)
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
        if len(under_way) == len(workers):
            return
        time.sleep(0.003)
    assert process.poll() is None, process.communicate()


def find_workers(parent: int) -> list[int]:
    """The worker processes: children that were started as such."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_text("utf-8")
            owner = (path / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
        except OSError:
            continue
        if owner == str(parent) and "spawn_main" in words:
            found.append(int(path.name))
    if not found:
        pytest.skip("no /proc to find a worker in")
    return found


@posix
def test_first_interrupt_finishes_what_is_under_way(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 60)
    with start(batch) as process:
        wait_for_outputs(batch, 3, process)
        processes.send(process, signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told.decode()
    counts = batch.read_results()["counts"]
    assert 0 < counts["open"] < 57
    assert counts["failed"] == counts["faulty"] == 0
    assert counts["made"] == len(batch.list_outputs()) == 60 - counts["open"]
    assert count(batch.run()) == expect(made=counts["open"], kept=counts["made"])


@posix
def test_second_interrupt_stops_at_once(tmp_path: Path, docgen: CommandLine) -> None:
    batch = Batch(tmp_path, docgen, 60)
    with start(batch) as process:
        wait_for_outputs(batch, 3, process)
        processes.send(process, signal.SIGINT)
        processes.send(process, signal.SIGINT)
        time.sleep(0.02)
        processes.send(process, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert sorted(path.name for path in (batch.out / ".docgen-batch").glob("run-*")) == []
    assert batch.run().code == 0
    assert len(batch.list_outputs()) == 60
