"""``import docgen``: what a function answers is what its command prints, on sound and on faulty input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.batch_support import spoil, write_profiles, write_records
from support.command_line import ROOT, CommandLine, make_environment

import docgen
from docgen.api import DEFAULT_OPTIONS

SAMPLES = ROOT / "samples"
FILL = SAMPLES / "fill"
TEXT = """# 一台秤管住灌装量

## 企业简介

本厂成立于2018年3月，属食品加工业，员工14人。

## 启示

小厂做体系，难在删繁就简。
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of the made-up standard."""
    return write_profiles(tmp_path)


@pytest.fixture
def options(own: Path) -> docgen.Options:
    return docgen.Options(docgen.Resources(own_profiles=(own,)))


@pytest.fixture
def records(tmp_path: Path) -> list[Path]:
    """A sound record, a faulty one, one that can't be read, one that isn't there."""
    paths = write_records(tmp_path / "记录", 3)
    spoil(paths[1])
    paths[2].write_text("profile: [", "utf-8")
    return [*paths, tmp_path / "没有.yaml"]


def compare(answer: docgen.Answer, printed: dict[str, Any], **moved: Path) -> None:
    """The answer is what was printed; ``here`` is where the function wrote, ``there`` where the command did."""
    said = json.dumps(answer.describe(), ensure_ascii=False)
    if moved:
        said = said.replace(str(moved["here"]), str(moved["there"]))
    assert json.loads(said) == printed
    assert answer.ok == printed["ok"]


def test_check(call: CommandLine, own: Path, records: list[Path], options: docgen.Options) -> None:
    for given, code in ((records[:1], 0), (records[:2], 1), (records, 2)):
        answer = docgen.check(given, options=options)
        assert answer.exit_code == code
        compare(answer, call.json("check", *given, "--profiles", own).document)


def test_warnings_count_as_errors_where_that_is_asked_for(call: CommandLine) -> None:
    record = SAMPLES / "db3203-t1023-2023" / "step-skipped" / "record.yaml"
    for strict in (False, True):
        answer = docgen.check(str(record), options=docgen.Options(strict=strict), language="en")
        compare(answer, call.json("check", record, "--lang", "en", *(["--strict"] if strict else [])).document)


def test_status(call: CommandLine, own: Path, records: list[Path], options: docgen.Options, tmp_path: Path) -> None:
    empty = tmp_path / "空"
    empty.mkdir()
    for given in (records[:2], [tmp_path / "记录", empty]):
        compare(docgen.status(given, options=options), call.json("status", *given, "--profiles", own).document)


def test_build(call: CommandLine, own: Path, records: list[Path], options: docgen.Options, tmp_path: Path) -> None:
    for number, record in enumerate(records[:2]):
        here, there = tmp_path / f"甲{number}", tmp_path / f"乙{number}"
        answer = docgen.build(record, here, options=options)
        assert [item.kind == "package" for item in answer.outputs].count(True) == (1 if answer.ok else 0)
        compare(answer, call.json("build", record, "-o", there, "--profiles", own).document, here=here, there=there)


def test_what_can_not_be_run_is_raised_with_what_the_command_tells(
    call: CommandLine, records: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(docgen.DocgenError) as caught:
        docgen.build(records[3], tmp_path / "出")
    fault = caught.value
    told = docgen.Answer("build", fault.exit_code, tuple(fault.diagnostics))
    compare(told, call.json("build", records[3], "-o", tmp_path / "出").document)
    assert told.exit_code == 2


def test_batch(call: CommandLine, own: Path, records: list[Path], options: docgen.Options, tmp_path: Path) -> None:
    for name, given in (("好", records[:1]), ("全", records), ("无", records[3:])):
        here, there = tmp_path / f"甲{name}", tmp_path / f"乙{name}"
        answer = docgen.batch(given, here, options=options, jobs=1)
        ran = call.json("batch", *given, "-o", there, "--profiles", own, "--jobs", 1)
        compare(answer, ran.document, here=here, there=there)
        assert bool(answer.outputs) == (name != "无")


def test_a_batch_of_one_type_combined(
    call: CommandLine, own: Path, records: list[Path], options: docgen.Options, tmp_path: Path
) -> None:
    here, there = tmp_path / "甲", tmp_path / "乙"
    chosen = docgen.Options(options.resources, only=("flight-plan",))
    answer = docgen.batch(records[:1], here, options=chosen, combine=True, jobs=1)
    words = ("--profiles", own, "--only", "flight-plan", "--combine", "--jobs", 1)
    compare(answer, call.json("batch", *records[:1], "-o", there, *words).document, here=here, there=there)
    with pytest.raises(docgen.DocgenError) as caught:
        docgen.batch(records[:1], here, options=options, combine=True)
    assert [item.code for item in caught.value.diagnostics] == ["B122"]


def test_fill(call: CommandLine, tmp_path: Path) -> None:
    letter, rows = FILL / "整改通知.docx", tmp_path / "名单.csv"
    rows.write_text("编号,企业名称\n1,甲公司\n2,\n", "utf-8")
    here, there = tmp_path / "甲", tmp_path / "乙"
    compare(docgen.fill(letter, rows), call.json("fill", letter, rows, "--check").document)
    answer = docgen.fill(FILL / "标签.docx", FILL / "名单.xlsx", here, jobs=1)
    ran = call.json("fill", FILL / "标签.docx", FILL / "名单.xlsx", "-o", there, "--jobs", 1)
    compare(answer, ran.document, here=here, there=there)
    assert answer.outputs


def test_case(call: CommandLine, tmp_path: Path) -> None:
    text, broken = tmp_path / "案例" / "一.md", tmp_path / "案例" / "坏.docx"
    text.parent.mkdir()
    text.write_text(TEXT, "utf-8")
    compare(docgen.case(text), call.json("case", text).document)
    compare(docgen.case(text, parts={"启示": "e"}), call.json("case", text, "--parts", "启示=e").document)
    broken.write_bytes(b"PK")
    here, there = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"
    answer = docgen.case(text.parent, table=here, jobs=1)
    ran = call.json("case", text.parent, "-o", there, "--jobs", 1)
    compare(answer, ran.document, here=here, there=there)
    assert answer.exit_code == 2
    empty = tmp_path / "空"
    empty.mkdir()
    compare(docgen.case(empty), call.json("case", empty).document)


def test_verify(call: CommandLine, records: list[Path], options: docgen.Options, tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    built = docgen.build(records[0], inbox, options=options)
    (package,) = (item.path for item in built.outputs if item.kind == "package")
    broken = inbox / "坏.zip"
    broken.write_bytes(package.read_bytes()[:-500])
    for given in ([package], [package, broken, inbox / "没有.zip"], [inbox]):
        compare(docgen.verify(given, jobs=1), call.json("verify", *given, "--jobs", 1).document)
    other = "0" * 64
    compare(docgen.verify(package, identities=[other]), call.json("verify", package, "--identity", other).document)
    proven = docgen.verify(package, rebuild=True, standard=True, options=options)
    asked = ("--rebuild", "--standard", "--profiles", options.resources.own_profiles[0])
    compare(proven, call.json("verify", package, *asked).document)
    assert not {"rebuild", "standard"} & {
        item["step"] for item in proven.data["packages"][0]["steps"] if item["verdict"] == "not_run"
    }


def test_verify_into_a_summary(call: CommandLine, records: list[Path], options: docgen.Options, tmp_path: Path) -> None:
    inbox, here, there = tmp_path / "收件", tmp_path / "甲", tmp_path / "乙"
    docgen.build(records[0], inbox, options=options)
    (inbox / "坏.zip").write_bytes(b"PK")
    for folder in (here, there):
        folder.mkdir()
    answer = docgen.verify(inbox, here / "结果.xlsx", jobs=1)
    ran = call.json("verify", inbox, "-o", there / "结果.xlsx", "--jobs", 1)
    compare(answer, ran.document, here=here, there=there)
    assert [item.path.name for item in answer.outputs] == ["结果.xlsx", "结果.json"]
    assert "packages" not in answer.data


def test_the_settings_beside_the_record_count_and_those_of_the_current_folder_do_not(
    records: list[Path], own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docgen.toml").write_text('profiles = "标准"', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert docgen.check(records[0]).exit_code == 2
    (records[0].parent / "docgen.toml").write_text('profiles = "../../标准"', "utf-8")
    assert docgen.check(records[0]).ok
    assert docgen.batch(records[0], tmp_path / "出", jobs=1).ok


def test_the_default_options_are_nobody_s_to_change() -> None:
    with pytest.raises(AttributeError):
        DEFAULT_OPTIONS.draft = True  # type: ignore[misc]


def test_every_name_is_there_and_no_other() -> None:
    assert {name for name in docgen.__all__ if getattr(docgen, name) is not None} == set(docgen.__all__)
    assert set(docgen.__all__) <= set(dir(docgen))
    with pytest.raises(AttributeError, match="has no attribute 'bundle'"):
        docgen.bundle  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.heavy
def test_asking_for_the_version_loads_nothing_else() -> None:
    program = "import sys, docgen; docgen.__version__; print([n for n in sys.modules if n.startswith('docgen.')])"
    done = subprocess.run([sys.executable, "-c", program], env=make_environment(), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.heavy
def test_a_program_on_several_cores_needs_nothing_but_the_usual_guard(tmp_path: Path) -> None:
    """Workers are spawned: the script is read again in each of them."""
    write_profiles(tmp_path)
    write_records(tmp_path / "记录", 2)
    script = tmp_path / "program.py"
    script.write_text(
        "import docgen\n"
        "from pathlib import Path\n"
        "if __name__ == '__main__':\n"
        "    options = docgen.Options(docgen.Resources(own_profiles=(Path('标准'),)))\n"
        "    print(docgen.batch('记录', '出', options=options, jobs=2).data['batch']['made'])\n",
        "utf-8",
    )
    environment = {**os.environ, **make_environment()}
    done = subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "2"
