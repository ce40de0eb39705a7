"""What a record says doesn't apply, and what only follows from it: what is told, what the index says, what is filed."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from docgen.archive.verify.package import verify_package
from docgen.diagnostics import Diagnostic, Severity
from docgen.pipeline import Options, build_record
from docgen.pipeline.stages.prepare import prepare_record
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.record_file import parse_source, read_source

Data = dict[str, Any]
SAMPLES = Path(__file__).parents[2] / "samples"
COMPLETE = (
    "chengdu-sme-guide-2024/service",
    "db3203-t1023-2023/complete",
    "db4201-t629-2020/station",
    "db4201-t665-2022/park",
    "t-hebqia-draft/scored",
)
_ABSENT = {"R201", "A151", "C201"}


def read_sample(name: str) -> Data:
    data = read_source(SAMPLES / name / "record.yaml").data
    assert isinstance(data, dict)
    return data


def check(name: str, data: Data) -> tuple[Diagnostic, ...]:
    path = SAMPLES / name / "record.json"
    prepared = prepare_record(parse_source(json.dumps(data, ensure_ascii=False, indent=1), str(path)), Options())
    return prepared if isinstance(prepared, tuple) else prepared.diagnostics


def build(name: str, data: Data, folder: Path) -> tuple[Data, list[str], Path]:
    """The index of the record's first package, the names of its notes, and the package."""
    source = folder / "record"
    shutil.copytree(SAMPLES / name, source)
    (source / "record.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    outcome = build_record(source / "record.yaml", folder / "out", Options())
    package = next(output.path for output in outcome.outputs if output.kind == "package")
    with zipfile.ZipFile(package) as members:
        names = [member.partition("/")[2] for member in members.namelist()]
        index = json.loads(members.read(f"{members.namelist()[0].partition('/')[0]}/package.json"))
    return index, [member for member in names if "不适用" in member], package


def name_item(name: str, found: Diagnostic) -> str:
    """The filing item of what is lacking."""
    profile = find_profile(Resources(), name.partition("/")[0]).profile
    named = str(found.params["item"])
    item = profile.find_filing_item(named.partition("/")[0])
    return item.key if item is not None else named


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("how", [lambda _, found: str(found.params["item"]), name_item], ids=["document", "item"])
def test_the_advice_to_say_that_it_does_not_apply_works(name: str, how: Callable[[str, Diagnostic], str]) -> None:
    data = read_sample(name)
    data["forms"] = {}
    data["evidence"] = []
    lacking = [item for item in check(name, data) if item.code in ("R201", "A151")]
    assert lacking
    named = dict.fromkeys(how(name, item) for item in lacking)
    data["not_applicable"] = [{"item": item, "reason": "本期没有"} for item in named]
    left = check(name, data)
    assert not [item for item in left if item.code in _ABSENT]


def test_one_copy_that_never_came_back(tmp_path: Path) -> None:
    name = "db4201-t665-2022/park"
    data = read_sample(name)
    forms = data["forms"]["satisfaction"]
    key = forms[0]["of"]
    data["forms"]["satisfaction"] = forms[1:]
    assert [item.params["item"] for item in check(name, data) if item.code == "R201"] == [f"satisfaction/{key}"]
    data["not_applicable"] = [{"item": f"satisfaction/{key}", "reason": "企业已经注销"}]
    index, notes, package = build(name, data, tmp_path)
    item = next(item for item in index["items"] if item["key"] == "g")
    assert item["status"] == "present"
    assert item["reason"].startswith("有的文书不适用：质量提升服务满意度评价表（")
    assert item["reason"].endswith("：企业已经注销")
    assert [note.rpartition("/")[0] for note in notes] == ["data/g_企业评价记录"]
    assert f"note/satisfaction/{key}" in [document["id"] for document in index["documents"]]
    assert verify_package(package).is_intact


def test_an_item_that_does_not_apply_lets_what_is_filled_be_filed() -> None:
    name = "db4201-t665-2022/park"
    data = read_sample(name)
    data["forms"]["satisfaction"] = data["forms"]["satisfaction"][1:]
    data["not_applicable"] = [{"item": "g", "reason": "企业已经注销"}]
    found = check(name, data)
    assert not [item for item in found if item.code == "R201"]
    told = [item for item in found if item.code == "R206"]
    assert [item.severity for item in told] == [Severity.WARNING]
    assert "质量提升服务满意度评价表（" in str(told[0].params["documents"])


def revise_the_plan(data: Data) -> None:
    data["forms"]["implementation-plan"][0]["revised"] = "2023-07-20"


def lose_a_member(data: Data) -> None:
    data["forms"]["team-list"][0]["members"][0]["left"] = "2023-08-01"


def be_served_by_a_stranger(data: Data) -> None:
    data["activities"][1]["people"] = ["王五"]


@pytest.mark.parametrize("change", [revise_the_plan, lose_a_member, be_served_by_a_stranger])
@pytest.mark.parametrize("reason", ["", "没有发生变更"])
def test_nobody_says_that_nothing_changed_where_the_record_shows_a_change(
    tmp_path: Path, change: Callable[[Data], None], reason: str
) -> None:
    name = "db4201-t665-2022/single-enterprise"
    data = read_sample(name)
    change(data)
    data["not_applicable"] = [{"item": "h", "reason": reason}] if reason else []
    found = check(name, data)
    assert "C232" in {item.code for item in found}
    assert not [item for item in found if item.severity is Severity.ERROR]
    index, notes, package = build(name, data, tmp_path)
    item = next(item for item in index["items"] if item["key"] == "h")
    assert item["status"] == "unstated"
    assert reason in item["reason"]
    assert not notes
    assert "h" in [absence["id"] for absence in index["missing"]]
    verdict = verify_package(package)
    assert [(told.code, told.severity) for told in verdict.diagnostics if told.code == "V151"] == [
        ("V151", Severity.WARNING)
    ]


def test_a_change_on_record_excuses_no_stranger_that_it_does_not_name() -> None:
    name = "db4201-t665-2022/park"
    data = read_sample(name)
    data["activities"][1]["people"] = ["王五"]
    assert [str(item.params["value"]) for item in check(name, data) if item.code == "C232"] == ["王五"]
    data["forms"]["change-record"][0]["agreement"] += "，王五临时代替一天"
    assert not [item for item in check(name, data) if item.code == "C232"]
