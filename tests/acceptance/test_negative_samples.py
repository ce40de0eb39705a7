"""Each negative sample, through the real command: exactly the diagnostics that it names, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import CommandLine
from support.negative_samples import (
    NAMES,
    PROFILES,
    Expected,
    copy_base_files,
    find_code,
    make_record,
    read_base,
    read_expected,
)

# One run refuses a record whole; these codes can't be read on, but for a key that stands twice.
_CANNOT_RUN = ("S", "P", "R134", "R135")
_READ_ON = "S112"


def find_diagnostics(command: CommandLine, record: Path) -> tuple[int, list[Expected]]:
    ran = command.json("check", record)
    assert "Traceback" not in ran.out + ran.err
    found = [
        Expected(item["location"].get("line"), item["code"], item["severity"]) for item in ran.document["diagnostics"]
    ]
    return ran.code, found


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_base_is_sound_and_builds(profile: str, command: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text(read_base(profile), "utf-8")
    copy_base_files(tmp_path, profile)
    assert find_diagnostics(command, record) == (0, [])
    ran = command("build", record, "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    package = next((tmp_path / "out").glob("*.zip"))
    assert command("verify", package).code == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_is_said_at_its_line_and_nothing_else(name: str, command: CommandLine, tmp_path: Path) -> None:
    expected = read_expected(name)
    code, found = find_diagnostics(command, make_record(name, tmp_path))
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert find_code(name) in {item.code for item in found}, "a sample is named after its code"
    worst = {"error": 1, "warning": 0, "info": 0}
    refused = any(item.code.startswith(_CANNOT_RUN) and item.code != _READ_ON for item in found)
    assert code == (2 if refused else max(worst[item.severity] for item in found))


@pytest.mark.parametrize("name", [name for name in NAMES if find_code(name).startswith(("R10", "E10", "S11"))])
def test_nothing_is_written_for_a_record_with_an_error(name: str, command: CommandLine, tmp_path: Path) -> None:
    expected = read_expected(name)
    record = make_record(name, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    ran = command("build", record, "-o", tmp_path / "out")
    if any(item.severity == "error" for item in expected):
        assert ran.code in (1, 2)
        assert sorted(tmp_path.rglob("*")) == before
    else:
        assert ran.code == 0, ran.err


def test_every_code_that_a_record_can_bring_about_has_a_sample(command: CommandLine) -> None:
    explained = command.json("explain").document
    known = {item["code"] for item in explained["codes"]}
    wanted = {code for code in known if code[0] in "RSE" or code.startswith(("C1", "C2", "A15"))}
    shown = {item.code for name in NAMES for item in read_expected(name)}
    assert sorted(wanted - shown - set(NOT_FROM_A_SMALL_RECORD)) == []
    assert sorted(shown & set(NOT_FROM_A_SMALL_RECORD)) == []


NOT_FROM_A_SMALL_RECORD = {
    "E123": "depends on what can be decoded here: test_pipeline_evidence",
    "E125": "a file name that not every system keeps: test_content_foreign_names",
    "E142": "said when a document is made anew: test_evidence",
    "E152": "needs a long file: test_active_evidence",
    "R108": "no document of this standard asks for a time of day",
    "R130": "every type of this standard has its own words",
    "R131": "only a profile's own ids",
    "R205": "said when a template prints it: test_bad_input",
    "R207": "said when a batch leaves gaps for the pen: test_batch_by_hand",
    "C102": "docgen's own documents say how their marks are set; docgen case says it of others",
    "C104": "a part that isn't there is R202",
    "C106": "a case without a title is R202",
    "C110": "a record has no text outside the parts; docgen case says it of others",
    "C111": "a record's parts are in the profile's order",
    "C119": "a profile's fault",
    "C121": "a draft of its own: docgen case",
    "C122": "a draft of its own: docgen case",
    "C123": "a draft of its own: docgen case",
    "C124": "a draft of its own: docgen case",
    "C125": "a draft of its own: docgen case",
    "C126": "a draft of its own: docgen case",
    "C127": "a draft of its own: docgen case",
    "C128": "a draft of its own: docgen case",
    "C137": "a draft of its own: docgen case",
    "C138": "a draft of its own: docgen case",
    "C139": "a draft of its own: docgen case",
    "C140": "a draft of its own: docgen case",
    "C141": "a draft of its own: docgen case",
    "C142": "a draft of its own: docgen case",
    "C143": "a draft of its own: docgen case",
    "C144": "a draft of its own: docgen case",
    "C145": "a draft of its own: docgen case",
    "C146": "a draft of its own: docgen case",
    "C147": "a draft of its own: docgen case",
    "C148": "a profile's fault",
    "C150": "a draft of its own: docgen case",
    "C151": "a draft of its own: docgen case",
    "C152": "a draft of its own: docgen case",
    "C153": "a draft of its own: docgen case",
    "C154": "a draft of its own: docgen case",
    "C155": "a draft of its own: docgen case",
    "C156": "a draft of its own: docgen case",
    "C157": "a draft of its own: docgen case",
    "C158": "a draft of its own: docgen case",
    "C159": "a draft of its own: docgen case",
    "C202": "no rule of this standard limits a number from above",
    "C207": "no rule of this standard asks for a link",
    "C208": "needs two enterprises: test_bad_input",
    "C248": "a profile's fault",
    "C249": "a profile's fault",
    "C255": "a profile's fault",
    "C260": "said when a package is made: test_signed_copies",
    "C272": "no document of this standard is marked by a rubric: test_rules_hebqia",
    "S101": "there is no file to show: test_bad_input",
    "S102": "a disk's fault",
    "S103": "a folder is S121 for a record",
    "S104": "a matter of permissions",
    "S106": "64 MB: test_bad_input",
    "S121": "a folder: test_bad_input",
    "S122": "another kind of file: test_bad_input",
    "E106": "a matter of permissions",
    "E114": "needs an encrypted file: tests/unit/sources/test_evidence.py",
    "E115": "needs an encrypted file: tests/unit/sources/test_evidence.py",
    "E116": "needs an encrypted file: tests/unit/sources/test_evidence.py",
    "E117": "needs a large file: tests/unit/sources/test_evidence.py",
}
