"""``docgen verify DIR``: many packages, each verified once, whatever becomes of the others; one summary."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.archive_samples import build, render_papers
from support.command_line import CommandLine, list_tree, run_docgen, start_docgen
from support.foreign_bags import ForeignBag, write_folder, write_zip
from support.office_schemas import check_file
from support.processes import send

from docgen.archive.plan.model import Supplemented
from docgen.archive.verify.inbox import is_inbox, list_inbox
from docgen.archive.verify.package import verify_package
from docgen.archive.zip.limits import DEFAULT_LIMITS
from docgen.batch.engines.engine import Engine, Procedure, ThisProcess
from docgen.batch.engines.pool import Pool
from docgen.batch.inbox import ReceivedPackage, Reception, receive_packages
from docgen.batch.inbox.marks import compare_package, mark_package, read_state
from docgen.batch.inbox.verifying import PackageTask, verify_as_text
from docgen.diagnostics import Diagnostic
from docgen.messages import catalogue


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sound"), render_papers)


@pytest.fixture
def inbox(tmp_path: Path, sound: Path) -> Path:
    """Five sound packages in two folders, one that was changed, one cut off, one that is no zip, and other files."""
    folder = tmp_path / "收件"
    for name in ("乙/1.zip", "乙/2.ZIP", "甲/3.zip", "甲/下/4.zip", "5.zip", "坏.zip", "断.zip"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(sound, folder / name)
    data = bytearray(sound.read_bytes())
    data[data.index(b"PNG") + 20] ^= 1
    (folder / "坏.zip").write_bytes(data)
    (folder / "断.zip").write_bytes(sound.read_bytes()[:3000])
    (folder / "空.zip").write_bytes(b"")
    (folder / "说明.txt").write_text("…", "utf-8")
    (folder / ".藏").mkdir()
    (folder / ".藏" / "0.zip").write_bytes(b"")
    return folder


ORDER = ["5.zip", "坏.zip", "断.zip", "空.zip", "乙/1.zip", "乙/2.ZIP", "甲/3.zip", "甲/下/4.zip"]
STATES = ["sound", "faulty", "faulty", "faulty", "sound", "sound", "sound", "sound"]

NONE = dict.fromkeys(("total", "sound", "unproven", "faulty", "failed", "open", "kept"), 0)


def age(folder: Path) -> None:
    """What was saved in the last two seconds is compared by its content: wait until nothing is."""
    del folder
    time.sleep(2.1)


def verify(docgen: CommandLine, inbox: Path, *more: object) -> tuple[Any, dict[str, Any]]:
    ran = docgen.json("verify", inbox, "-o", inbox.parent / "结果.xlsx", "--jobs", 1, *more)
    return ran, json.loads((inbox.parent / "结果.json").read_text("utf-8"))


def list_states(results: dict[str, Any], inbox: Path) -> list[tuple[str, str]]:
    return [(Path(item["path"]).relative_to(inbox).as_posix(), item["state"]) for item in results["packages"]]


def test_every_package_is_in_one_summary(docgen: CommandLine, inbox: Path) -> None:
    before = list_tree(inbox)
    ran, results = verify(docgen, inbox)
    assert ran.code == 1
    assert list_states(results, inbox) == list(zip(ORDER, STATES, strict=True))
    assert ran.document["verify"] == {
        "total": 8,
        "sound": 5,
        "unproven": 0,
        "faulty": 3,
        "failed": 0,
        "open": 0,
        "kept": 0,
    }
    assert sorted(ran.codes) == ["V102", "V102", "V131", "V189"]
    told = next(item for item in results["packages"] if item["path"].endswith("坏.zip"))
    assert [item["code"] for item in told["diagnostics"] if item["severity"] == "error"] == ["V131"]
    assert told["diagnostics"][0]["member"].endswith(".png")
    assert check_file(inbox.parent / "结果.xlsx") == []
    sheet, found = openpyxl.load_workbook(inbox.parent / "结果.xlsx").worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[2] for row in rows] == ["没有发现错误", *["有错误"] * 3, *["没有发现错误"] * 4]
    assert rows[1][1].startswith('=HYPERLINK("收件/坏.zip"')
    assert rows[1][3].startswith("V131 ")
    assert {row[3].value for row in found.iter_rows(min_row=2)} >= {"V131", "V102"}
    assert list_tree(inbox) == before, "nothing is written into the inbox"


def test_a_second_run_verifies_only_what_changed(
    docgen: CommandLine, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, first = verify(docgen, inbox)
    workbook = (inbox.parent / "结果.xlsx").read_bytes()
    done: list[str] = []

    def note(path: Path, *more: Any) -> Any:
        done.append(path.name)
        return verify_package(path, *more)

    monkeypatch.setattr("docgen.pipeline.services.receiving.verify_package", note)
    age(inbox)
    for _ in range(2):
        ran, again = verify(docgen, inbox)
        assert (done, ran.document["verify"]["kept"], again) == ([], 8, first)
    assert (inbox.parent / "结果.xlsx").read_bytes() == workbook
    shutil.copy(inbox / "5.zip", inbox / "坏.zip")
    (inbox / "空.zip").unlink()
    shutil.copy(inbox / "5.zip", inbox / "新.zip")
    ran, _ = verify(docgen, inbox)
    assert sorted(done) == ["坏.zip", "新.zip"]
    assert ran.document["verify"] == {
        "total": 8,
        "sound": 7,
        "unproven": 0,
        "faulty": 1,
        "failed": 0,
        "open": 0,
        "kept": 6,
    }
    done.clear()
    monkeypatch.chdir(inbox.parent)
    Path("docgen.toml").write_text("[verify]\nelements = 11000000\n")
    verify(docgen, inbox)
    assert len(done) == 8, "other limits, other results"
    done.clear()
    verify(docgen, inbox, "--force")
    assert len(done) == 8
    monkeypatch.setattr("docgen.__version__", "0.0.0")
    done.clear()
    verify(docgen, inbox)
    assert len(done) == 8


def test_an_identity_from_elsewhere_is_compared_without_verifying_again(
    docgen: CommandLine, inbox: Path, sound: Path
) -> None:
    identity = str(verify_package(sound).identity)
    ran, _ = verify(docgen, inbox)
    assert "V188" not in ran.codes
    age(inbox)
    verify(docgen, inbox)  # marks what was young
    _, results = verify(docgen, inbox, "--identity", identity)
    assert list_states(results, inbox) == list(zip(ORDER, STATES, strict=True))
    compared = [item["identity_from_elsewhere"] for item in results["packages"]]
    assert compared == ["passed", "passed", "failed", "failed", *["passed"] * 4], "one that can't be read has none"
    ran, results = verify(docgen, inbox, "--identity", "0" * 64)
    assert (ran.code, ran.document["verify"]["kept"], ran.document["verify"]["faulty"]) == (1, 8, 8)
    assert {item["identity_from_elsewhere"] for item in results["packages"]} == {"failed"}
    sheet = openpyxl.load_workbook(inbox.parent / "结果.xlsx").worksheets[0]
    assert {row[12].value for row in sheet.iter_rows(min_row=5)} == {"不一致"}
    assert "标识与另行取得的一致 6 个，不一致 2 个" in docgen("verify", inbox, "--identity", identity, "--jobs", 1).out
    assert "整个重做的档案包看不出来" in docgen("verify", inbox, "--jobs", 1).out
    _, results = verify(docgen, inbox)
    assert list_states(results, inbox) == list(zip(ORDER, STATES, strict=True))


def test_what_no_manifest_proves_is_not_sound_in_either_report(docgen: CommandLine, tmp_path: Path) -> None:
    files = ForeignBag(algorithms=()).list_files() | {"manifest-whirlpool.txt": b"0" * 128 + b"  data/x\n"}
    package = write_zip(tmp_path / "袋.zip", files)
    few = docgen.json("verify", package)
    many = docgen.json("verify", package, "-o", tmp_path / "结果.xlsx", "--jobs", 1)
    told = json.loads((tmp_path / "结果.json").read_text("utf-8"))["packages"][0]
    assert (few.code, many.code) == (1, 1)
    assert (told["state"], told.pop("diagnostics")[0]["severity"]) == ("unproven", "info")
    assert told == few.document["packages"][0]
    assert (told["ok"], told["fixity_checked"]) == (False, False)
    assert "没有一份归档文件的校验清单能在本机核对" in docgen("verify", package).out


def test_a_bag_one_folder_too_deep_is_a_package(docgen: CommandLine, tmp_path: Path) -> None:
    write_folder(tmp_path / "套/袋", ForeignBag().list_files())
    (tmp_path / "套/.DS_Store").write_bytes(b"")
    ran = docgen.json("verify", tmp_path / "套")
    assert (ran.code, ran.document["packages"][0]["path"]) == (0, str(tmp_path / "套"))
    assert "V175" in ran.codes


def test_in_place_with_its_time_put_back_is_another_package(docgen: CommandLine, inbox: Path) -> None:
    age(inbox)
    verify(docgen, inbox)
    path = inbox / "5.zip"
    found, data = path.stat(), (inbox / "坏.zip").read_bytes()
    path.write_bytes(data)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    _, results = verify(docgen, inbox)
    assert results["packages"][0]["state"] == "faulty"


def test_without_a_summary_all_is_told_at_once(docgen: CommandLine, inbox: Path, tmp_path: Path) -> None:
    ran = docgen.json("verify", inbox, "--jobs", 1)
    assert ran.code == 1
    assert list_states(ran.document, inbox) == list(zip(ORDER, STATES, strict=True))
    assert ran.document["packages"][0]["steps"][0]["title"] == "压缩包可读、结构正常"
    shown = docgen("verify", inbox, "--jobs", 1)
    assert "没有发现错误" in shown.out
    assert "共 8 个档案包，没有发现错误 5 个，有错误 3 个" in shown.out
    assert [path.name for path in tmp_path.iterdir()] == ["收件"], "no ledger is left anywhere"


def test_a_file_of_somebody_else_keeps_its_place(docgen: CommandLine, inbox: Path) -> None:
    target = inbox.parent / "结果.xlsx"
    target.write_bytes(b"mine")
    ran = docgen.json("verify", inbox, "-o", target, "--jobs", 1)
    assert (ran.code, ran.codes) == (2, ["A101"])
    assert target.read_bytes() == b"mine"
    assert docgen("verify", inbox, "-o", target, "--jobs", 1, "--force").code == 1
    assert docgen("verify", inbox, "-o", target, "--jobs", 1).code == 1
    assert docgen.json("verify", inbox, "-o", inbox.parent / "无" / "结果.xlsx").codes == ["A103"]


def test_an_empty_inbox_and_a_missing_package_are_told(docgen: CommandLine, inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    ran = docgen.json("verify", tmp_path / "空", inbox / "5.zip", inbox / "没有.zip", "--jobs", 1)
    assert (ran.code, sorted(ran.codes)) == (2, ["V101", "V180"])
    assert [item["state"] for item in ran.document["packages"]] == ["sound", "failed"]


def test_bag_folders_are_packages_and_depth_stops_nobody(docgen: CommandLine, inbox: Path) -> None:
    """What of a bag folder is verified is told elsewhere; here that it is one package, marked by all its files."""
    bag = inbox / "袋"
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (bag / "data" / "x.zip").write_bytes(b"")
    refused: list[Diagnostic] = []
    assert [path.relative_to(inbox).as_posix() for path in list_inbox(inbox, refused)] == [*ORDER, "袋"]
    assert not is_inbox(bag)
    age(inbox)
    before = read_state(bag)
    mark = mark_package(bag, before)
    assert compare_package(mark, bag) == mark
    (bag / "data" / "x.zip").write_bytes(b"x")
    assert compare_package(mark, bag) is None
    deep = inbox / "深"
    deep.mkdir()
    try:
        for _ in range(1500):  # more than functions may call each other
            deep /= "d"
            deep.mkdir()
        shutil.copy(inbox / "5.zip", deep / "底.zip")
        found = [path.name for path in list_inbox(inbox, refused)]
    except OSError:
        pytest.skip("no such depth here")
    finally:
        (deep / "底.zip").unlink(missing_ok=True)
        while deep != inbox:
            deep.rmdir()
            deep = deep.parent
    assert sorted(found) == sorted([Path(name).name for name in [*ORDER, "底.zip", "袋"]])
    assert {(item.code, item.params["member"], item.params["count"]) for item in refused} == {("V189", "说明.txt", 1)}


@pytest.mark.skipif(sys.platform == "win32", reason="names are bytes elsewhere")
def test_a_name_that_is_not_utf8_is_told_and_stops_nobody(docgen: CommandLine, inbox: Path, sound: Path) -> None:
    try:
        shutil.copy(sound, Path(os.fsdecode(os.fsencode(inbox) + b"/" + "收件".encode("gbk") + b".zip")))
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    ran, results = verify(docgen, inbox)
    assert (ran.code, ran.find("B124")["severity"]) == (2, "error")
    assert len(results["packages"]) == 8


def test_supplements_are_joined_to_their_base(docgen: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "收件"
    folder.mkdir()
    base = build(tmp_path)
    identity = verify_package(base).identity
    base.rename(folder / "甲.zip")
    for name, stated in (("补充.zip", str(identity)), ("别的.zip", "b" * 64)):
        supplements = Supplemented(name=base.stem, identity=stated, last_number=4)
        build(tmp_path, kind="supplement", supplements=supplements, package_name="补充").rename(folder / name)
    _, results = verify(docgen, folder)
    told = {Path(item["path"]).name: item for item in results["packages"]}
    assert told["甲.zip"]["belongs_to"] is None
    assert told["补充.zip"]["belongs_to"]["verified"] is True
    assert told["别的.zip"]["belongs_to"]["verified"] is False
    assert "A251" in [item["code"] for item in told["别的.zip"]["diagnostics"]]
    assert told["别的.zip"]["state"] == "faulty"


class Told:
    """A listener that remembers; ``stop_after`` so many packages it wants to stop."""

    def __init__(self, stop_after: int = 1000) -> None:
        self.packages: list[ReceivedPackage] = []
        self.done = 0
        self._stop_after = stop_after

    def begin(self, total: int) -> None:
        assert total

    def advance(self, package: ReceivedPackage) -> None:
        assert package.verdict != "open"
        self.done += 1

    def should_stop(self) -> bool:
        return self.done >= self._stop_after

    def report_package(self, package: ReceivedPackage) -> None:
        self.packages.append(package)

    @property
    def verdicts(self) -> dict[str, str]:
        return {package.path.name: package.verdict for package in self.packages}


def meet_trouble(task: PackageTask) -> str:
    """A stand-in for what a package might do to who reads it."""
    if task.path.name == "坏.zip":
        time.sleep(600)
    if task.path.name == "断.zip":
        os._exit(11)
    if task.path.name == "4.zip":
        return verify_as_text(replace(task, limits=None))  # type: ignore[arg-type]  # a defect of ours
    return verify_as_text(task)


class Trouble:
    """An engine that does something else with each task than it was told."""

    def __init__(self, inner: Engine, perform: Callable[[Any], Any]) -> None:
        self._inner = inner
        self._perform = perform

    def run(
        self, work: Procedure[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Any, Any]]:
        yield from self._inner.run(replace(work, perform=self._perform), tasks, should_stop)


@pytest.mark.heavy
@pytest.mark.parametrize("jobs", [1, 3])
def test_one_that_hangs_or_kills_its_reader_stops_nobody(
    jobs: int, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # real processes
    told, limits = Told(), replace(DEFAULT_LIMITS, seconds=2)
    request = Reception((inbox,), inbox.parent / "结果.xlsx", limits)
    begun = time.monotonic()
    outcome = receive_packages(request, told, catalogue("zh"), Trouble(Pool(jobs), meet_trouble))
    assert time.monotonic() - begun < 60
    assert outcome.exit_code == 3
    found = {package.path.name: [item.code for item in package.diagnostics] for package in told.packages}
    assert (found["坏.zip"], found["断.zip"], found["4.zip"]) == (["B137"], ["B138"], ["X113"])
    assert (
        sorted(told.verdicts.values(), key=["failed", "faulty", "sound"].index)
        == ["failed"] * 3 + ["faulty"] + ["sound"] * 4
    )
    assert [package.path.relative_to(inbox).as_posix() for package in told.packages] == ORDER


class Twice:
    """An engine that does each task twice, the second answer first, and the others mixed up."""

    def run(
        self, work: Procedure[Any, Any], tasks: Iterator[Any], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[Any, Any]]:
        answers = [(task, work.perform(task)) for task in tasks for _ in range(2) if not should_stop()]
        random.Random(1).shuffle(answers)
        yield from answers


def test_every_task_twice_in_any_order_gives_the_same(inbox: Path) -> None:
    told = []
    engines: list[Engine] = [ThisProcess(), Twice()]
    for number, engine in enumerate(engines):
        out = inbox.parent / f"{number}.xlsx"
        receive_packages(Reception((inbox,), out, DEFAULT_LIMITS, force=True), Told(), catalogue("zh"), engine)
        told.append((out.read_bytes(), out.with_suffix(".json").read_bytes()))
    assert told[0] == told[1]


def test_what_was_stopped_goes_on(inbox: Path) -> None:
    request = Reception((inbox,), inbox.parent / "结果.xlsx", DEFAULT_LIMITS)
    first = Told(stop_after=3)
    outcome = receive_packages(request, first, catalogue("zh"), ThisProcess())
    assert (outcome.was_stopped, outcome.counts["open"], outcome.counts["total"]) == (True, 5, 8)
    assert list(first.verdicts.values()) == [*STATES[:3], *["open"] * 5]
    second = Told()
    outcome = receive_packages(request, second, catalogue("zh"), ThisProcess())
    assert (outcome.counts["kept"], outcome.counts["open"]) == (3, 0)
    assert list(second.verdicts.values()) == STATES


@pytest.mark.heavy
def test_as_many_processes_as_you_like_give_the_same(inbox: Path) -> None:
    told = []
    for jobs in (1, 4):
        out = inbox.parent / f"结果{jobs}.xlsx"
        ran = run_docgen("verify", inbox, "-o", out, "--jobs", jobs, "--force")
        results = out.with_suffix(".json").read_bytes()
        told.append((ran.code, ran.out.replace(out.stem, ""), ran.err.replace(out.name, ""), out.read_bytes(), results))
    assert told[0] == told[1]


@pytest.mark.heavy
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_finishes_what_is_under_way(inbox: Path, sound: Path) -> None:
    for number in range(400):
        shutil.copy(sound, inbox / f"多{number:03}.zip")
    out = inbox.parent / "结果.xlsx"
    with start_docgen("verify", inbox, "-o", out, "--jobs", 2) as process:
        assert process.stderr is not None
        assert "收件" in process.stderr.readline().decode()
        ledger = inbox.parent / ".docgen-batch" / "ledger.sqlite"
        while not ledger.exists():
            time.sleep(0.05)
        time.sleep(0.5)
        send(process, signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert "B139" in errors.decode()
    assert "还没有检测" in output.decode()
    done = run_docgen("verify", inbox, "-o", out, "--format", "json")
    assert done.document["verify"]["open"] == 0
    assert done.document["verify"]["total"] == 408
