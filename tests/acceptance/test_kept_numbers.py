"""Numbers that were given once stay: what ``docgen status --numbers`` prints can be pasted, and nothing moves then."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.command_line import CommandLine
from support.damaged_samples import prepare, read_sample
from support.intake_support import fill_workbook, open_empty

from docgen.pipeline.services.numbers import find_numbers
from docgen.pipeline.stages.outcome import Options
from docgen.profile.load import find_profile
from docgen.profile.numbering import number_documents
from docgen.profile.plan import plan_documents
from docgen.resources import Resources
from docgen.sources.intake.workbook.sheets import build_layout

PROFILE = "db4201-t629-2020"
SAMPLE = Path(__file__).parents[2] / "samples" / PROFILE / "station" / "record.yaml"
Data = dict[str, Any]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def number(data: Data) -> dict[str, str]:
    subject = prepare(PROFILE, data).subject
    return {
        item.job.id: item.number for item in number_documents(subject.profile, subject.record, plan_documents(subject))
    }


def codes(data: Data) -> list[str]:
    return [item.code for item in prepare(PROFILE, data).diagnostics]


def paste(text: str, items: list[dict[str, Any]]) -> str:
    """The record with each number at its line, as a clerk would write it."""
    lines = text.split("\n")
    for item in sorted(items, key=lambda item: -item["line"]):
        at = item["line"] - 1
        if re.match(r"\s*- \{", lines[at]):
            lines[at] = lines[at].replace("{", f"{{number: {item['number']}, ", 1)
        else:
            indent = re.match(r"[\s-]*", lines[at])
            assert indent is not None
            lines.insert(at + 1, " " * len(indent[0]) + f"number: {item['number']}")
    return "\n".join(lines)


def test_what_is_printed_can_be_pasted_by_line(docgen: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    text = re.sub(r"\nevidence:\n(?:  .*\n)*", "\n", SAMPLE.read_text("utf-8"))
    record.write_text(text, "utf-8")
    first = docgen.json("status", record, "--numbers").document["numbers"][0]
    assert (first["kept"], len(first["numbers"])) == (0, 49)
    assert record.read_text("utf-8") == text, "status writes nothing"
    record.write_text(paste(text, first["numbers"]), "utf-8")
    again = docgen.json("status", record, "--numbers").document["numbers"][0]
    assert (again["kept"], again["numbers"], again["last_numbers"]) == (49, [], first["last_numbers"])
    assert docgen.json("check", record).codes == docgen.json("check", SAMPLE).codes
    # a service that came to light later is put first: what was numbered stays
    data = read_tree(record)
    data["forms"]["service-record"].insert(0, {**data["forms"]["service-record"][0], "key": "fw-0", "number": None})
    moved = number(data)
    assert {item["document"]: moved[item["document"]] for item in first["numbers"]} == {
        item["document"]: item["number"] for item in first["numbers"]
    }
    assert moved["service-record/fw-0"] == "JX07-C1-2023-0007"


def read_tree(path: Path) -> Data:
    from docgen.sources.record_file import read_source

    data = read_source(path).data
    assert isinstance(data, dict)
    return data


@pytest.mark.heavy
def test_what_is_printed_can_be_pasted_by_cell(tmp_path: Path) -> None:
    loaded = find_profile(Resources(), PROFILE)
    book = open_empty(loaded)
    data = {**read_sample(PROFILE), "evidence": []}
    kept = {item.id for item in loaded.profile.documents if item.per in ("project", "enterprises[]")}
    data["forms"] = {name: form for name, form in data["forms"].items() if name in {*kept, "service-record"}}
    for entry in data["forms"]["service-record"]:
        del entry["matching"]
    fill_workbook(book, build_layout(loaded), data)
    path = tmp_path / "填报.xlsx"
    book.save(path)
    first = find_numbers(path, Options())
    pasted = [item for item in first.open if item.owner is None]
    assert {item.id.partition("/")[0] for item in pasted} == set(data["forms"])
    drawn = openpyxl.load_workbook(path)
    for item in pasted:
        assert item.where.sheet is not None
        cell = drawn[item.where.sheet][item.where.cell]
        assert cell.value is None, item
        cell.value = item.number
    drawn.save(path)
    again = find_numbers(path, Options())
    assert (again.kept, again.last) == (len(pasted), first.last)
    assert {item.id for item in again.open} == {item.id for item in first.open} - {item.id for item in pasted}


def test_others_follow_the_highest_that_is_kept() -> None:
    data = read_sample(PROFILE)
    data["forms"]["service-record"][1]["number"] = "JX07-C1-2023-0040"
    given = number(data)
    assert [given[f"service-record/fw-{at}"][-4:] for at in range(1, 7)] == [
        "0041",
        "0040",
        "0042",
        "0043",
        "0044",
        "0045",
    ]
    assert given["matching-record/dj-1"] == "JX07-DJ-2023-0001", "another form begins anew"


def test_the_record_before_says_where_to_go_on() -> None:
    data = read_sample(PROFILE)
    data["project"]["last_numbers"] = ["JX07-C1-2023-0012", "JX07-DJ-2022-0099"]
    given = number(data)
    assert (given["service-record/fw-1"], given["matching-record/dj-1"]) == ("JX07-C1-2023-0013", "JX07-DJ-2023-0001")
    assert codes(data) == codes(read_sample(PROFILE))
    data["forms"]["service-record"][0]["number"] = "JX07-C1-2023-0012"
    assert "C275" in codes(data)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("JX07-C1-2022-0001", "C273"), ("JX07-C1-2023-2", "C310"), ("JX07-DJ-2023-0001", "C310")],
)
def test_a_kept_number_that_does_not_fit_is_an_error(typed: str, code: str) -> None:
    data = read_sample(PROFILE)
    data["forms"]["service-record"][0]["number"] = typed
    assert [item for item in codes(data) if item in ("C273", "C310")] == [code]


def test_a_kept_number_that_repeats_is_an_error() -> None:
    data = read_sample(PROFILE)
    for entry in data["forms"]["service-record"][:2]:
        entry["number"] = "JX07-C1-2023-0007"
    assert codes(data).count("C311") == 1


def test_a_record_with_an_error_prints_no_numbers(docgen: CommandLine, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    data = read_sample(PROFILE)
    data["forms"]["service-record"][0]["requested"] = "昨天"
    record.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    ran = docgen.json("status", record, "--numbers")
    assert (ran.code, ran.document["numbers"]) == (1, [])


def test_a_service_outside_the_period_is_told() -> None:
    data = read_sample(PROFILE)
    data["forms"]["service-record"][0]["requested"] = "2022-12-30 9:00"
    told = [item for item in prepare(PROFILE, data).diagnostics if item.code == "C204"]
    assert [(item.severity.value, item.params["date"]) for item in told] == [("warning", "2022-12-30")]


def test_a_kept_number_is_no_secret_of_whom_it_is_for(docgen: CommandLine, tmp_path: Path) -> None:
    record = SAMPLE.parents[1] / "failed-evaluation" / "record.yaml"
    assert "number: DXH03-C1-2023-0009" in record.read_text("utf-8")
    ran = docgen.json("build", record, "-o", tmp_path / "out", "--redact")
    assert ran.code == 0, ran.document["diagnostics"]
    assert len(list((tmp_path / "out").glob("*_公开版.zip"))) == 2
