"""The command line as a promise: exit codes, the JSON document, stdout and stderr, and what a receiver is told."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import jsonschema
import pytest
import yaml
from support.command_line import COMPLETE, PROFILE, ROOT, CommandLine, list_tree, run_docgen
from support.negative_samples import FOLDER, make_record, read_base

SCHEMA = ROOT / "schemas" / f"{PROFILE}.json"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the short base record, built by the command as a process."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copy(FOLDER / "现场.jpg", folder)
    (folder / "record.yaml").write_text(read_base(), "utf-8")
    ran = run_docgen("build", "record.yaml", "-o", "out", cwd=folder)
    assert ran.code == 0, ran.err
    return next((folder / "out").glob("*.zip"))


# --- exit codes and the JSON document ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "arguments", "code"),
    [
        ("C204_survey-before-project", (), 0),
        ("C204_survey-before-project", ("--strict",), 1),
        ("R106_no-such-day", (), 1),
        ("S105_empty", (), 2),
    ],
)
def test_exit_codes(command: CommandLine, tmp_path: Path, sample: str, arguments: tuple[str, ...], code: int) -> None:
    record = make_record(sample, tmp_path)
    assert command(*arguments, "check", record).code == code
    assert command(*arguments, "build", record, "-o", tmp_path / "out").code == code


@pytest.mark.parametrize(
    "arguments",
    [(), ("nosuch",), ("build",), ("build", "record.yaml"), ("check", "--nosuch", "x"), ("explain", "Z999")],
)
def test_wrong_usage_is_2(command: CommandLine, arguments: tuple[str, ...]) -> None:
    ran = command(*arguments)
    assert ran.code == 2
    assert ran.err


@pytest.mark.parametrize("sample", ["C204_survey-before-project", "R106_no-such-day", "S105_empty"])
def test_the_json_document(command: CommandLine, tmp_path: Path, sample: str) -> None:
    ran = command.json("check", make_record(sample, tmp_path))
    document = ran.document
    assert document["schema_version"] == 1
    assert document["command"] == "check"
    assert document["ok"] is (ran.code == 0)
    assert set(document["counts"]) == {"error", "warning", "info"}
    assert sum(document["counts"].values()) == len(document["diagnostics"]) >= 1
    assert document["outputs"] == []
    for item in document["diagnostics"]:
        assert {"code", "severity", "message", "clause", "location"} <= set(item)
        assert item["severity"] in {"error", "warning", "info"}
        assert item["location"]["kind"] in {"yaml", "xlsx", "docx", "archive", "none"}
    assert ran.err == ""


def test_outputs_are_named(command: CommandLine, tmp_path: Path) -> None:
    ran = command.json("build", COMPLETE, "-o", tmp_path / "out")
    outputs = ran.document["outputs"]
    assert {item["kind"] for item in outputs} == {"document", "package"}
    written = {str(path) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {item["path"] for item in outputs} == written


def test_data_on_stdout_and_everything_else_on_stderr(tmp_path: Path) -> None:
    faulty = run_docgen("check", make_record("R106_no-such-day", tmp_path))
    assert "R106" in faulty.err
    assert "R106" not in faulty.out
    assert "反例底本项目" in faulty.out
    asked = run_docgen("schema", PROFILE)
    assert json.loads(asked.out)
    assert asked.err == ""
    wrong = run_docgen("check", tmp_path / "none.yaml", "--format", "json")
    assert wrong.document["ok"] is False
    assert wrong.err == ""


def test_the_language_can_be_chosen(tmp_path: Path) -> None:
    record = make_record("R106_no-such-day", tmp_path)
    english = run_docgen("check", record, "--lang", "en")
    assert "error" in english.err
    assert "must be a date" in english.err
    assert run_docgen("check", record, DOCGEN_LANG="en").err == english.err
    assert "应为日期" in run_docgen("check", record).err
    assert "应为日期" in run_docgen("check", record, "--lang", "zh", DOCGEN_LANG="en").err


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_any_console_shows_something(tmp_path: Path, encoding: str) -> None:
    """A console that can't show a character gets a plain one; JSON stays JSON."""
    record = make_record("R106_no-such-day", tmp_path)
    ran = run_docgen("check", record, "--format", "json", PYTHONIOENCODING="ascii" if encoding == "ascii" else "utf-8")
    assert ran.codes == ["R106"]


# --- new, schema ------------------------------------------------------------------------------------------------------


def test_a_fresh_record_says_what_is_missing(command: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "新 项目"
    assert command("new", folder, "--profile", PROFILE).code == 0
    ran = command.json("check", folder / "record.yaml")
    assert ran.code == 1
    assert set(ran.codes) <= {"R102", "R201", "R202", "R203", "R204", "C201", "C213", "C216", "C220", "A151"}
    assert {"R202", "R204"} <= set(ran.codes)
    built = command("build", folder / "record.yaml", "-o", tmp_path / "out")
    assert built.code == 1
    assert not (tmp_path / "out").exists()


def test_new_never_overwrites(command: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "新项目"
    assert command("new", folder, "--profile", PROFILE).code == 0
    (folder / "record.yaml").write_text("我填的", "utf-8")
    before = list_tree(folder)
    ran = command.json("new", folder, "--profile", PROFILE)
    assert ran.code == 2
    assert "X117" in ran.codes
    assert list_tree(folder) == before


def test_new_below_a_file(command: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    ran = command.json("new", tmp_path / "file" / "below", "--profile", PROFILE)
    assert (ran.code, ran.codes) == (2, ["X118"])


def read_schema(command: CommandLine) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(command("schema", PROFILE).out)
    return schema


def test_the_schema_is_the_shipped_one(command: CommandLine) -> None:
    assert read_schema(command) == json.loads(SCHEMA.read_text("utf-8"))


def test_the_schema_is_valid_and_takes_the_samples(command: CommandLine) -> None:
    schema = read_schema(command)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (COMPLETE.read_text("utf-8"), read_base()):
        for loader in (yaml.BaseLoader, yaml.SafeLoader):
            data = json.loads(json.dumps(yaml.load(text, loader), default=str))
            assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "sample",
    ["R101_misspelt-key", "R109_unknown-verdict", "R102_indicator-without-name", "R121_one-party-without-dash"],
)
def test_the_schema_refuses_what_the_check_refuses(command: CommandLine, tmp_path: Path, sample: str) -> None:
    data = yaml.load(make_record(sample, tmp_path).read_text("utf-8"), yaml.BaseLoader)
    assert list(jsonschema.Draft202012Validator(read_schema(command)).iter_errors(data))


# --- build, verify ----------------------------------------------------------------------------------------------------


def test_a_path_with_chinese_and_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "徐州 项目 & (1)"
    folder.mkdir()
    shutil.copy(FOLDER / "现场.jpg", folder)
    (folder / "记录 终稿.yaml").write_text(read_base(), "utf-8")
    ran = run_docgen("build", "记录 终稿.yaml", "-o", "成 果", cwd=folder)
    assert ran.code == 0, ran.err
    verified = run_docgen("verify", next((folder / "成 果").glob("*.zip")).relative_to(folder), cwd=folder)
    assert verified.code == 0, verified.err


def test_an_unpacked_package_is_a_bag(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as opened:
        opened.extractall(tmp_path)
    bag = bagit.Bag(str(next(tmp_path.iterdir())))
    bag.validate()


def test_the_package_verifies(command: CommandLine, package: Path) -> None:
    ran = command.json("verify", package)
    assert (ran.code, ran.codes) == (0, [])
    assert ran.document["packages"][0]["ok"] is True


Members = dict[str, bytes]


def flip(members: Members, name: str) -> Members:
    data = bytearray(members[name])
    data[len(data) // 2] ^= 1
    return {**members, name: bytes(data)}


def remove(members: Members, name: str) -> Members:
    return {other: data for other, data in members.items() if other != name}


def add(members: Members, name: str) -> Members:
    return {**members, f"{name}.bak": b"added"}


def rename(members: Members, name: str) -> Members:
    return {(f"{name[:-4]}2.jpg" if other == name else other): data for other, data in members.items()}


@pytest.mark.parametrize("touch", [flip, remove, add, rename])
def test_what_was_touched_is_named(
    command: CommandLine, package: Path, tmp_path: Path, touch: Callable[[Members, str], Members]
) -> None:
    with zipfile.ZipFile(package) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    photo = next(name for name in members if name.endswith(".jpg"))
    touched = touch(members, photo)
    path = tmp_path / "收到.zip"
    with zipfile.ZipFile(path, "w") as written:
        for name, data in touched.items():
            written.writestr(name, data)
    ran = command.json("verify", path)
    assert ran.code == 1
    named = {item["location"].get("member") for item in ran.document["diagnostics"] if item["code"].startswith("V13")}
    assert len(named) == 1
    assert named <= (set(members) ^ set(touched)) | {photo}
    shown = command("verify", path)
    assert shown.code == 1
    assert Path(next(iter(named))).name in shown.err


@pytest.mark.parametrize(("data", "code"), [(b"", 1), (b"no zip at all", 1), (None, 2)])
def test_what_is_no_package(command: CommandLine, tmp_path: Path, data: bytes | None, code: int) -> None:
    path = tmp_path / "收到.zip"
    if data is not None:
        path.write_bytes(data)
    ran = command.json("verify", path)
    assert ran.code == code
    assert ran.codes


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
def test_a_package_that_was_cut_off(command: CommandLine, package: Path, tmp_path: Path, cut: float) -> None:
    path = tmp_path / "收到.zip"
    data = package.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    ran = command.json("verify", path)
    assert ran.code == 1
    assert ran.codes


def test_a_draft_is_written_and_says_so(command: CommandLine, tmp_path: Path) -> None:
    record = make_record("R202_heading-without-text", tmp_path)
    ran = command.json("build", record, "-o", tmp_path / "out", "--draft")
    assert ran.code == 1, "a draft changes no severity"
    package = next(Path(item["path"]) for item in ran.document["outputs"] if item["kind"] == "package")
    assert command.json("verify", package).document["packages"][0]["draft"] is True
