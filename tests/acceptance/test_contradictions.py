"""What is right is left alone: ordinary spellings in the small records of the negative samples, and ten records.

The ten are projects as they come, each with the papers that its story needs and no others: what they lack is told, and
nothing else may be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command_line import CommandLine
from support.negative_samples import change_text, copy_base_files, read_base

FACTS = Path(__file__).resolve().parents[1] / "facts"
RIGHT: list[dict[str, Any]] = yaml.safe_load((FACTS / "right-values.yaml").read_text("utf-8"))
RECORDS = sorted((FACTS / "right-records").glob("*.yaml"))
LACKING = {"R201", "R202", "R203", "R204", "A151", "C201", "C220", "C234", "C270"}
"""Papers, values and size classes that a record doesn't give."""
UNSERVED = {"665-refused": {"C227"}}
"""A project that ended before anybody was served."""


@pytest.mark.parametrize("right", RIGHT, ids=[item["name"] for item in RIGHT])
def test_what_is_right_is_left_alone(right: dict[str, Any], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text(change_text(read_base(right["profile"]), right), "utf-8")
    copy_base_files(tmp_path, right["profile"])
    found = CommandLine(capsys).json("check", record).document["diagnostics"]
    assert [(item["code"], item["message"]) for item in found if item["severity"] != "info"] == []


@pytest.mark.parametrize("record", RECORDS, ids=[path.stem for path in RECORDS])
def test_a_right_record_is_told_what_it_lacks_and_nothing_else(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = CommandLine(capsys).json("check", record).document["diagnostics"]
    known = LACKING | UNSERVED.get(record.stem, set())
    told = [(item["code"], item["message"]) for item in found if item["severity"] != "info"]
    assert [item for item in told if item[0] not in known] == []


def test_each_standard_has_a_right_record() -> None:
    profiles = {yaml.safe_load(path.read_text("utf-8"))["profile"] for path in RECORDS}
    assert len(RECORDS) == 10
    assert len(profiles) == 5
