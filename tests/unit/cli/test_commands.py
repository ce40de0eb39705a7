"""verify, new, profile, schema, explain, doctor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.archive_samples import build, render_papers
from support.command_line import CommandLine

from docgen.cli.session import Session
from docgen.cli.views import computer_checks
from docgen.resources import shipped_folder

pytestmark = pytest.mark.heavy

PROFILES = sorted(folder.name for folder in shipped_folder("profiles").iterdir() if folder.is_dir())


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.delenv("DOCGEN_LANG", raising=False)
    return CommandLine(capsys)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "收到 的"
    folder.mkdir()
    return build(folder, render_papers)


def test_verify_tells_name_identity_steps_and_result(docgen: CommandLine, package: Path) -> None:
    ran = docgen("verify", package)
    assert ran.code == 0
    assert package.stem in ran.out
    assert "通过    归档文件未被改动" in ran.out
    assert "未检测  病毒检测" in ran.out
    assert ran.out.endswith("结论：没有发现错误。\n")
    described = docgen.json("verify", package).document["packages"][0]
    assert len(described["identity"]) == 64
    assert described["identity"] in ran.out
    assert [step["verdict"] for step in described["steps"]].count("failed") == 0


def test_verify_finds_a_spoiled_package(docgen: CommandLine, package: Path) -> None:
    data = bytearray(package.read_bytes())
    place = len(data) // 3
    data[place : place + 40] = bytes(40)
    package.write_bytes(data)
    ran = docgen.json("verify", package)
    assert ran.code == 1
    assert ran.document["packages"][0]["ok"] is False
    assert ran.document["counts"]["error"] > 0


def test_what_is_no_zip_exits_with_1_and_what_is_not_there_with_2(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip")
    assert docgen("verify", tmp_path / "x.zip").code == 1
    assert docgen("verify", tmp_path / "y.zip").code == 2


def test_verify_goes_on_after_a_missing_file(docgen: CommandLine, package: Path, tmp_path: Path) -> None:
    ran = docgen.json("verify", tmp_path / "y.zip", package)
    assert ran.code == 2
    assert [item["ok"] for item in ran.document["packages"]] == [True]


@pytest.mark.parametrize("profile_id", PROFILES)
def test_new_makes_a_record_its_schema_and_a_folder(docgen: CommandLine, tmp_path: Path, profile_id: str) -> None:
    folder = tmp_path / "我的 项目"
    ran = docgen("new", folder, "--profile", profile_id)
    assert ran.code == 0
    lines = (folder / "record.yaml").read_text("utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=record.schema.json"
    assert f"profile: {profile_id}" in lines
    assert json.loads((folder / "record.schema.json").read_text("utf-8"))["$schema"]
    assert list((folder / "佐证材料").iterdir()) == []
    assert "docgen check" in ran.err


def test_new_never_writes_over_a_file(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "record.yaml").write_text("mine")
    ran = docgen.json("new", tmp_path, "--profile", PROFILES[0])
    assert (ran.code, ran.codes) == (2, ["X117"])
    assert [path.name for path in tmp_path.iterdir()] == ["record.yaml"]
    assert (tmp_path / "record.yaml").read_text() == "mine"


def test_new_says_what_stands_in_the_way(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = docgen.json("new", tmp_path / "file" / "x", "--profile", PROFILES[0])
    assert (ran.code, ran.codes) == (2, ["X118"])


def test_new_knows_its_profiles(docgen: CommandLine, tmp_path: Path) -> None:
    ran = docgen.json("new", tmp_path / "x", "--profile", "nix")
    assert (ran.code, ran.codes) == (2, ["P101"])
    assert not (tmp_path / "x").exists()


def test_profiles_are_listed(docgen: CommandLine) -> None:
    assert [item["id"] for item in docgen.json("profile", "list").document["profiles"]] == PROFILES
    assert all(name in docgen("profile", "list").out for name in PROFILES)


def test_a_list_of_profiles_says_how_far_a_draft_is(docgen: CommandLine) -> None:
    for ran in (docgen("profile", "list"), docgen("profile", "show", "chengdu-sme-guide-2024")):
        assert "报批稿" in ran.out
    assert "报批稿" not in docgen("profile", "show", "t-hebqia-draft").out


@pytest.mark.heavy
def test_an_unsound_profile_does_not_hide_the_others(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "profile.yaml").write_text("id: odd\n")
    ran = docgen.json("profile", "list", "--profiles", tmp_path)
    assert ran.code == 2
    assert [item["id"] for item in ran.document["profiles"]] == PROFILES
    assert ran.document["counts"]["error"] > 0


@pytest.mark.parametrize("profile_id", PROFILES)
def test_a_profile_is_shown(docgen: CommandLine, profile_id: str) -> None:
    described = docgen.json("profile", "show", profile_id).document["profile"]
    shown = docgen("profile", "show", profile_id).out
    for document in described["documents"]:
        assert document["id"] in shown
        assert document["title"] in shown
    assert described["standard"]["number"] in shown


@pytest.mark.parametrize("profile_id", PROFILES)
def test_a_shipped_profile_is_sound(docgen: CommandLine, profile_id: str) -> None:
    ran = docgen("profile", "check", shipped_folder("profiles") / profile_id)
    assert (ran.code, ran.err) == (0, "")
    assert profile_id in ran.out


def test_a_faulty_profile_is_told_with_places(docgen: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "profile.yaml").write_text("id: x\nversion: 1\n")
    ran = docgen.json("profile", "check", tmp_path)
    assert ran.code == 1
    assert ran.document["profile"] is None
    assert all(item["location"]["file"].endswith("profile.yaml") for item in ran.document["diagnostics"])


def test_a_folder_without_a_profile_is_told(docgen: CommandLine, tmp_path: Path) -> None:
    ran = docgen.json("profile", "check", tmp_path)
    assert (ran.code, ran.codes) == (2, ["X120"])


@pytest.mark.parametrize("profile_id", PROFILES)
def test_the_schema_is_data(docgen: CommandLine, profile_id: str) -> None:
    schema = json.loads(docgen("schema", profile_id).out)
    assert docgen.json("schema", profile_id).document["schema"] == schema


def test_a_code_is_explained(docgen: CommandLine) -> None:
    ran = docgen("explain", "x106")
    assert ran.code == 0
    assert ran.out.startswith("X106  值不在可选范围内\n说明\n    … 不能是“…”\n原因\n")
    assert "{" not in ran.out


def test_an_unknown_code_offers_the_nearest(docgen: CommandLine) -> None:
    ran = docgen("explain", "X1066", "X101")
    assert ran.code == 2
    assert "您要的可能是 X106。" in ran.err
    assert "X101" in ran.out


def test_all_codes_are_listed(docgen: CommandLine) -> None:
    listed = docgen("explain").out.splitlines()
    assert listed == sorted(listed)
    assert len(listed) == len(docgen.json("explain").document["codes"]) > 100


@pytest.mark.heavy
def test_the_doctor_looks_at_everything(docgen: CommandLine) -> None:
    ran = docgen.json("doctor")
    names = [item["name"] for item in ran.document["checks"]]
    assert names == [
        "python", "docgen", "libraries", "profiles", "templates", "schemas", "own",
        "office", "cluster", "fangsong", "kaiti", "xiaobiaosong", "console", "temporary",
    ]  # fmt: skip
    assert ran.code == (1 if ran.document["counts"]["error"] else 0)
    assert len(docgen("doctor").out.splitlines()) == len(names)


def test_the_doctor_finds_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_codes(result: computer_checks.ComputerCheck) -> list[str]:
        return [item.code for item in result.diagnostics]

    assert find_codes(computer_checks.check_python((3, 10))) == ["X121"]
    assert find_codes(computer_checks.check_folder("profiles", tmp_path)) == ["X123"]
    assert find_codes(computer_checks.check_office(None)) == ["X124"]
    session = Session({"lang": "zh"})
    assert find_codes(computer_checks.check_font(session, "fangsong", ("仿宋",), ["dejavu sans"])) == ["X125"]
    assert computer_checks.check_font(session, "fangsong", ("仿宋",), ["/f.ttf: 仿宋_gb2312"]).fine
    assert find_codes(computer_checks.check_temporary(tmp_path / "none")) == ["X127"]
    monkeypatch.setitem(computer_checks._LIBRARIES, "lxml", "no_such_module")
    assert find_codes(computer_checks.check_libraries()) == ["X122"]


def test_the_doctor_tells_of_a_console_without_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer_checks, "find_encoding", lambda stream: "cp1252")
    monkeypatch.setattr(computer_checks, "shows_chinese", lambda stream: False)
    assert [item.code for item in computer_checks.check_console().diagnostics] == ["X126"]
