"""With ``--only`` an error is what makes these documents wrong; the workbook for them has what they need."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.command_line import ROOT, CommandLine
from support.intake_support import fill_workbook
from support.office_schemas import OoxmlCheck

from docgen.pipeline.stages.chosen import find_chosen_reads
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.workbook.sheets import build_layout, reduce_layout
from docgen.trees import parse_tree

PROFILE = "db4201-t665-2022"
SAMPLE = ROOT / "samples" / PROFILE / "park" / "record.yaml"
FORM = "质量提升服务满意度评价表"
SHEETS = ["填写说明", "项目", "参与单位", "企业", FORM, "_选项", "_docgen"]
Change = Callable[[Any], None]


@pytest.fixture
def docgen(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture(scope="module")
def sample() -> Any:
    data: Any = parse_tree(SAMPLE.read_text("utf-8"), "record.yaml").data
    # nothing beside the record: what is tried is the record
    return {**data, "evidence": []}


def put(*path: str | int, value: object) -> Change:
    """What writes a value into a record."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def repeat(name: str) -> Change:
    return lambda data: data[name].append(copy.deepcopy(data[name][0]))


def write_record(folder: Path, sample: Any, change: Change) -> Path:
    data = copy.deepcopy(sample)
    change(data)
    path = folder / "record.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        (put("parties", 0, "uscc", value="9142"), "R111", "warning"),
        (put("enterprises", 0, "uscc", value="9142"), "R111", "warning"),
        (put("enterprises", 0, "staff", value="many"), "R105", "warning"),
        (put("activities", 0, "date", value="soon"), "R106", "warning"),
        (put("activities", 0, "enterprises", value=["nobody"]), "R115", "warning"),
        (repeat("activities"), "R114", "warning"),
        (put("project", "dated", value="2020-31-01"), "R106", "warning"),
        (put("project", "period", "end", value="2020-01"), "R113", "error"),
        (put("parties", 0, "role", value="nobody"), "R109", "error"),
        (put("parties", 0, "key", value=""), "R102", "error"),
        (put("enterprises", 0, "contact", "phone", value=["1"]), "R103", "error"),
        (repeat("enterprises"), "R114", "error"),
        (put("forms", "satisfaction", 0, "of", value="nobody"), "R115", "error"),
        (put("forms", "satisfaction", 0, "attitude", value="perhaps"), "R109", "error"),
    ],
)
def test_a_fault_is_as_grave_as_it_is_for_the_chosen_document(
    change: Change, code: str, severity: str, sample: Any, tmp_path: Path, docgen: CommandLine
) -> None:
    record = write_record(tmp_path, sample, change)
    checked = docgen.json("check", record, "--only", "satisfaction")
    told = [item for item in checked.document["diagnostics"] if item["code"] == code]
    assert {item["severity"] for item in told} == {severity}, checked.document["diagnostics"]
    assert checked.code == (severity == "error"), checked.document["diagnostics"]
    assert all("place" not in item["location"] for item in told)
    assert docgen.json("check", record).code == 1


def test_the_documents_are_made_and_the_warning_says_why(sample: Any, tmp_path: Path, docgen: CommandLine) -> None:
    record = write_record(tmp_path, sample, put("parties", 0, "uscc", value="9142"))
    built = docgen("build", record, "-o", tmp_path / "a", "--only", "satisfaction")
    assert built.code == 0, built
    assert "这次要的文书不用这一项" in built.out + built.err
    assert len(list((tmp_path / "a").rglob("*.docx"))) == len(sample["enterprises"])
    assert docgen("build", record, "-o", tmp_path / "b", "--only", "satisfaction", "--strict").code == 1
    assert not (tmp_path / "b").exists() or not list((tmp_path / "b").rglob("*.docx"))


def test_a_type_that_the_profile_does_not_have_is_refused(sample: Any, tmp_path: Path, docgen: CommandLine) -> None:
    record = write_record(tmp_path, sample, lambda data: None)
    checked = docgen.json("check", record, "--only", "satisfacton")
    assert (checked.code, checked.codes) == (2, ["X151"])
    made = docgen.json("new", tmp_path / "new", "--profile", PROFILE, "--workbook", "--only", "satisfacton")
    assert (made.code, made.codes) == (2, ["X151"])
    assert docgen.json("new", tmp_path / "new", "--profile", PROFILE, "--only", "satisfaction").codes == ["X132"]


@pytest.fixture
def reduced(sample: Any, tmp_path: Path, docgen: CommandLine) -> Path:
    """A workbook for one form, filled with the sample's data."""
    folder = tmp_path / "项目"
    assert docgen("new", folder, "--profile", PROFILE, "--workbook", "--only", "satisfaction").code == 0
    path = folder / "填报工作簿.xlsx"
    book = openpyxl.load_workbook(path)
    loaded = find_profile(Resources(), PROFILE)
    layout = reduce_layout(build_layout(loaded), find_chosen_reads(loaded, ("satisfaction",), Resources()).holds)
    forms = {"satisfaction": sample["forms"]["satisfaction"]}
    parties = [{name: value for name, value in item.items() if name != "people"} for item in sample["parties"]]
    enterprises = [
        {name: value for name, value in item.items() if name != "benefits"} for item in sample["enterprises"]
    ]
    data = {**sample, "parties": parties, "enterprises": enterprises, "activities": [], "trainings": [], "forms": forms}
    fill_workbook(book, layout, data)
    book.save(path)
    return path


def test_a_workbook_for_one_form_has_the_sheets_that_it_needs(
    reduced: Path, tmp_path: Path, docgen: CommandLine, ooxml_check: OoxmlCheck
) -> None:
    assert openpyxl.load_workbook(reduced).sheetnames == SHEETS
    assert docgen("new", tmp_path / "empty", "--profile", PROFILE, "--workbook", "--only", "satisfaction").code == 0
    assert ooxml_check(tmp_path / "empty" / "填报工作簿.xlsx") == []
    checked = docgen.json("check", reduced, "--only", "satisfaction")
    assert checked.code == 0
    # neither absent sheets nor what a package should hold
    assert {"W110", "W119", "C234"}.isdisjoint(checked.codes)
    assert docgen("build", reduced, "-o", tmp_path / "out", "--only", "satisfaction").code == 0
    assert len(list((tmp_path / "out").rglob("*.docx"))) == 5


def test_a_sheet_that_it_had_and_that_is_gone_is_told(reduced: Path, docgen: CommandLine) -> None:
    book = openpyxl.load_workbook(reduced)
    del book[FORM]
    book.save(reduced)
    told = docgen.json("check", reduced, "--only", "satisfaction").find("W119")
    assert FORM in told["message"]
    assert "活动" not in told["message"]


def test_a_batch_makes_the_forms_tells_the_warning_once_and_returns_what_counts(
    reduced: Path, tmp_path: Path, docgen: CommandLine
) -> None:
    book = openpyxl.load_workbook(reduced)
    columns = {
        name: {str(cell.value).rstrip("*"): cell.column for cell in book[name][3]} for name in ("企业", "参与单位")
    }
    book["参与单位"].cell(5, columns["参与单位"]["统一社会信用代码"]).value = "9142"
    for row in (5, 6):
        book["企业"].cell(row, columns["企业"]["从业人数"]).value = "#DIV/0!"
    book.save(reduced)
    ran = docgen("batch", reduced, "-o", tmp_path / "a", "--only", "satisfaction", "--jobs", "1")
    assert ran.code == 0, ran
    assert (ran.out + ran.err).count("R111  “") == 1
    assert (ran.out + ran.err).count("W130  “") == 1
    assert len(list((tmp_path / "a").glob("*.docx"))) == 5
    assert not list((tmp_path / "a").glob("*退回*"))
    returned = tmp_path / "退回.xlsx"
    assert docgen("check", reduced, "--only", "satisfaction", "--return", returned).code == 0
    assert [name for name in openpyxl.load_workbook(returned).sheetnames if name in SHEETS] == SHEETS
    again = docgen.json("check", returned, "--only", "satisfaction")
    assert (again.code, {"W110", "W119"} & set(again.codes)) == (0, set())


@pytest.mark.parametrize(
    ("profile_id", "document", "sheets"),
    [
        (PROFILE, "satisfaction-analysis", {FORM, "活动", "培训"}),
        (PROFILE, "training-sign-in", {"培训", "培训人数"}),
        ("db3203-t1023-2023", "evaluation", {"评价指标"}),
        ("t-hebqia-draft", "element-evaluation", {"评分细则"}),
    ],
)
def test_what_is_computed_or_referred_to_is_asked_for(
    profile_id: str, document: str, sheets: set[str], tmp_path: Path, docgen: CommandLine
) -> None:
    assert docgen("new", tmp_path / "a", "--profile", profile_id, "--workbook", "--only", document).code == 0
    names = set(openpyxl.load_workbook(tmp_path / "a" / "填报工作簿.xlsx").sheetnames)
    assert sheets | {"项目", "企业"} <= names
    whole = build_layout(find_profile(Resources(), profile_id))
    assert len(names) < len(whole.sheets) / 2


def test_other_evidence_is_opened_where_it_is_packed_or_signed(
    sample: Any, tmp_path: Path, docgen: CommandLine
) -> None:
    (tmp_path / "扫描.pdf").write_bytes(b"%PDF-1.7\n" + b"broken " * 40)
    signed = next(item.id for item in find_profile(Resources(), PROFILE).profile.documents if item.per == "project")
    scan = {"key": "scan", "kind": "other", "file": "扫描.pdf", "document": signed}
    record = write_record(tmp_path, {**sample, "evidence": [scan]}, lambda data: None)
    assert "E111" in docgen.json("check", record).codes
    assert "E111" in docgen.json("check", record, "--only", signed).codes
    assert "E111" not in docgen.json("check", record, "--only", "satisfaction").codes
    (tmp_path / "扫描.pdf").unlink()
    assert "E101" in docgen.json("check", record, "--only", "satisfaction").codes
