"""How far a project has come, at a glance; a record that was just begun is told in a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.batch_clerk import Clerk
from support.command_line import COMPLETE, ROOT, CommandLine
from support.growing import SAMPLES, Growing

PROFILES = sorted(path.name for path in (ROOT / "profiles").iterdir())
MANY = 24
"""About twenty lines."""


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def april(tmp_path: Path) -> Path:
    return Growing("db3203-t1023-2023/complete", tmp_path / "project").cut("d")


class TestFreshRecord:
    @pytest.mark.parametrize("profile", PROFILES)
    def test_check_sums_up_what_is_not_filled_in(self, profile: str, tmp_path: Path, docgen: CommandLine) -> None:
        docgen("new", tmp_path, "--profile", profile)
        ran = docgen("check", tmp_path / "record.yaml")
        assert ran.code == 1
        assert len((ran.out + ran.err).splitlines()) <= MANY
        assert "没有发现写错的内容" in ran.err
        told = docgen.json("check", tmp_path / "record.yaml").document["diagnostics"]
        assert {item["kind"] for item in told} - {"note"} == {"gap"}
        assert len(docgen("check", tmp_path / "record.yaml", "--all").err.splitlines()) > len(told)

    @pytest.mark.parametrize("profile", PROFILES)
    def test_so_it_does_of_a_workbook(self, profile: str, tmp_path: Path, docgen: CommandLine) -> None:
        docgen("new", tmp_path, "--profile", profile, "--workbook")
        ran = docgen("check", next(tmp_path.glob("*.xlsx")))
        assert len((ran.out + ran.err).splitlines()) <= MANY

    def test_what_is_wrong_is_told_in_full(self, tmp_path: Path, docgen: CommandLine) -> None:
        docgen("new", tmp_path, "--profile", "db3203-t1023-2023")
        record = tmp_path / "record.yaml"
        text = record.read_text("utf-8").replace("    uscc:", "    uscc: 91320300MA2TR6Y15X", 1)
        record.write_text(text, "utf-8")
        ran = docgen("check", record)
        assert "R129" in ran.err
        assert "另有 1 个问题" in ran.err
        faults = [item for item in docgen.json("check", record).document["diagnostics"] if item["kind"] == "fault"]
        assert [item["code"] for item in faults] == ["R129"]

    def test_few_gaps_are_told_each(self, april: Path, docgen: CommandLine) -> None:
        data = yaml.safe_load(april.read_text("utf-8"))
        del data["forms"]["diagnosis-report"][0]["advice"]
        april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
        ran = docgen("check", april, "--until", "d")
        assert "缺少“整改建议" in ran.err or "R202" in ran.err
        assert "按环节汇总" not in ran.err

    def test_nothing_is_begun(self, tmp_path: Path, docgen: CommandLine) -> None:
        docgen("new", tmp_path, "--profile", "db4201-t665-2022")
        (project,) = docgen.json("status", tmp_path / "record.yaml").document["projects"]
        assert project["counts"]["done"] == project["counts"]["begun"] == 0
        assert project["faults"] == 0


class TestApril:
    def test_each_step_with_its_documents_and_what_comes_next(self, april: Path, docgen: CommandLine) -> None:
        ran = docgen("status", april)
        assert ran.code == 0
        assert "4 类备齐、6 类未开始" in ran.out
        assert "下一个环节“e 制定方案”还没有开始，要写：认证提升方案" in ran.out.replace("\n     ", "")
        assert "--until d" in ran.out

    def test_what_is_missing_is_said_in_words(self, april: Path, docgen: CommandLine) -> None:
        data = yaml.safe_load(april.read_text("utf-8"))
        del data["forms"]["diagnosis-report"][1]["advice"], data["forms"]["survey-record"][0]["date"]
        april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
        (project,) = docgen.json("status", april).document["projects"]
        documents = {item["id"]: item for step in project["steps"] for item in step["documents"]}
        lacking = [item for item in documents.values() if item["state"] == "lacking"]
        assert [len(item["missing"]) for item in lacking] == [1, 1]
        assert not any("." in label for item in lacking for label in item["missing"])
        assert any("补全“" in item["text"] for item in project["next"])

    def test_a_signed_scan_is_seen(self, docgen: CommandLine) -> None:
        (project,) = docgen.json("status", ROOT / "samples/db4201-t629-2020/station/record.yaml").document["projects"]
        forms = [
            item for step in project["steps"] for item in step["documents"] if item["document"] == "service-record"
        ]
        assert sum(item["signed_scan"] for item in forms) == 1
        assert {item["signed_scan"] for step in project["steps"] for item in step["documents"]} == {True, False, None}


def test_an_error_counts_for_the_documents_that_read_it(april: Path, tmp_path: Path, docgen: CommandLine) -> None:
    data = yaml.safe_load(april.read_text("utf-8"))
    data["enterprises"][0]["uscc"] = "91320300MA2TR6Y15X"
    april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    (project,) = docgen.json("status", april).document["projects"]
    types: dict[str, set[str]] = {}
    for step in project["steps"][:4]:
        for item in step["documents"]:
            types.setdefault(item["document"], set()).add(item["state"])
    for name, states in types.items():
        ran = docgen.json("build", april, "-o", tmp_path / name, "--only", name)
        assert bool(ran.document["outputs"]) == (states == {"ready"}), (name, states, ran.document["diagnostics"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_of_a_finished_project_every_step_is_done(sample: str, docgen: CommandLine) -> None:
    (project,) = docgen.json("status", ROOT / "samples" / sample / "record.yaml").document["projects"]
    assert {step["state"] for step in project["steps"]} <= {"done", "not_applicable"}
    assert "docgen build" in project["next"][-1]["command"]


def test_a_folder_has_a_row_for_each_record(tmp_path: Path, april: Path, docgen: CommandLine) -> None:
    for name in ("one", "two"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "record.yaml").write_bytes(april.read_bytes())
    (tmp_path / "all" / "three").mkdir()
    (tmp_path / "all" / "three" / "record.yaml").write_text("", "utf-8")
    ran = docgen("status", tmp_path / "all", "-o", tmp_path / "status.html")
    assert ran.code == 2  # one can't be read, and says so
    assert ran.out.count("4 类备齐") == 2
    assert "不能用" in ran.out
    page = (tmp_path / "status.html").read_text("utf-8")
    assert page.count("不能用") == 1
    assert docgen("status", tmp_path / "project").code == 0


def test_a_folder_shows_records_of_any_name_and_workbooks(tmp_path: Path, april: Path, docgen: CommandLine) -> None:
    folder = tmp_path / "all"
    docgen("new", folder / "甲", "--profile", "db4201-t665-2022", "--workbook")
    workbook = next((folder / "甲").glob("*.xlsx"))
    docgen("check", workbook, "--return", folder / "甲" / "退回.xlsx")
    (folder / "乙.yaml").write_bytes(april.read_bytes())
    (folder / "丙.json").write_text('{"profile": "db3203-t1023-2023", "project": {"name": "丙"}}', "utf-8")
    (folder / "对照.yaml").write_text("profile: db3203-t1023-2023\nsheets: []\n", "utf-8")
    (folder / "别的.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "附件.json").write_text('{"rows": []}', "utf-8")
    ran = docgen("status", folder)
    listed = {line.split("  ")[0].rpartition("/")[2] for line in ran.out.splitlines()[1:]}
    assert listed == {"乙.yaml", "丙.json", workbook.name}


def test_next_steps_repeat_nothing_and_name_all(tmp_path: Path, april: Path, docgen: CommandLine) -> None:
    docgen("new", tmp_path / "fresh", "--profile", "db4201-t665-2022")
    (project,) = docgen.json("status", tmp_path / "fresh" / "record.yaml").document["projects"]
    assert [item["text"][:4] for item in project["next"]] == ["补全项目", "下一个环"]
    assert "缺少“项目周期开始”。" in project["missing"]
    (project,) = docgen.json("status", april).document["projects"]
    unsigned = {
        item["document"]
        for step in project["steps"]
        for item in step["documents"]
        if item["state"] == "ready" and item["signed_scan"] is False
    }
    command = project["next"][0]["command"]
    assert {word for word in command.split() if word in unsigned} == unsigned


def test_a_workbook_has_a_row_for_each_enterprise(tmp_path: Path, docgen: CommandLine) -> None:
    clerk = Clerk(tmp_path, docgen, 6)
    clerk.change(clerk.path, (3,), "三月")
    ran = docgen.json("status", clerk.path, "--profiles", clerk.profiles)
    (project,) = ran.document["projects"]
    shares = [item["steps"] for item in project["enterprises"]]
    assert len(shares) == 6
    ready = [sum(share["ready"] for share in item.values()) for item in shares]
    assert [at for at, number in enumerate(ready, 1) if number < max(ready)] == [3]


def test_the_page_stands_by_itself(april: Path, tmp_path: Path, docgen: CommandLine) -> None:
    page = tmp_path / "status.html"
    assert docgen("status", april, "-o", page).code == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "http" not in text.replace('http-equiv="Content', "")
    assert "@page { size: A4" in text
    assert "现场调研记录" in text
    assert docgen("status", april, "-o", page).code == 2  # nothing is overwritten without being told
    assert docgen("status", april, "-o", page, "--force").code == 0


def test_names_are_no_markup(april: Path, tmp_path: Path, docgen: CommandLine) -> None:
    data = yaml.safe_load(april.read_text("utf-8"))
    data["project"]["name"] = "<b>项目</b>&{{ 1 }}"
    april.write_text(yaml.dump(data, allow_unicode=True), "utf-8")
    docgen("status", april, "-o", tmp_path / "status.html")
    assert "&lt;b&gt;项目&lt;/b&gt;&amp;{{ 1 }}" in (tmp_path / "status.html").read_text("utf-8")


def test_what_is_no_record_is_told(tmp_path: Path, docgen: CommandLine) -> None:
    assert docgen.json("status", tmp_path / "none.yaml").code == 2
    (tmp_path / "empty").mkdir()
    assert "B104" in docgen.json("status", tmp_path / "empty").codes
    assert COMPLETE.is_file()
