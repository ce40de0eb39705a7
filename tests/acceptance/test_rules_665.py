"""The park sample, one thing changed at a time, and what its packages hold: figures, changes, the late supplement."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from docx import Document
from support.command_line import CommandLine

from docgen.archive.verify.package import verify_package
from docgen.pipeline import Options, build_record

Data = dict[str, Any]
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "db4201-t665-2022"
PARK = SAMPLES / "park" / "record.yaml"


def find(items: list[Data], name: str, value: str) -> Data:
    return next(item for item in items if item.get(name) == value)


def type_figures(data: Data) -> None:
    data["forms"]["benefit-area"][0] |= {"trainings": "16", "enterprises": "6", "benefit": "60"}


def type_what_is_so(data: Data) -> None:
    figures = {"enterprises": "5", "trained": "5", "trainings": "4", "attendances": "87", "visits": "16"}
    data["forms"]["benefit-area"][0] |= figures | {"person_days": "22.0", "problems": "13", "benefit": "53.5"}


def forget_the_changes(data: Data) -> None:
    del data["forms"]["change-record"]


def say_not_applicable(data: Data) -> None:
    forget_the_changes(data)
    data["not_applicable"] = [{"item": "h", "reason": "没有变更"}]


def leave_a_goal_open(data: Data) -> None:
    results = data["forms"]["work-summary"][0]["results"]
    results.remove(find(results, "goal", "g3"))


def serve_one_too_late(data: Data) -> None:
    find(data["activities"], "key", "muhe-3")["date"] = "2025-01-08"


def visit_nobody_of_one(data: Data) -> None:
    data["activities"] = [item for item in data["activities"] if not item["key"].startswith("muhe-")]
    find(data["activities"], "key", "joint-visit")["enterprises"].remove("muhe")


def extend_the_contract(data: Data) -> None:
    data["forms"]["service-agreement"][0]["end"] = "2025-03-31"


def ask_too_early(data: Data) -> None:
    find(data["forms"]["satisfaction"], "of", "heyu")["date"] = "2024-09-10"


def hear_of_it_before(data: Data) -> None:
    find(data["forms"]["feedback"], "of", "heyu")["date"] = "2024-12-10"


def answer_before_the_complaint(data: Data) -> None:
    data["forms"]["complaint-record"][0]["replied"] = "2024-06-20"


def agree_before_it_is_proposed(data: Data) -> None:
    data["forms"]["change-record"][0]["agreed"] = "2024-06-30"


def work_a_third_of_a_day(data: Data) -> None:
    find(data["trainings"], "key", "t-law")["person_days"] = "0.3"


def serve_one_enterprise(data: Data) -> None:
    data["project"]["scope"] = "enterprise"


def penalise(data: Data) -> None:
    data["forms"]["provider-check"][0]["lines"]["c"]["verdict"] = "不符合"


def drop_the_reviewed_plan(data: Data) -> None:
    del data["forms"]["plan-review"]
    data["evidence"] = [item for item in data["evidence"] if item["item"] != "c"]


CHANGES: list[tuple[Callable[[Data], None], dict[tuple[str, str], int]]] = [
    (type_figures, {("C230", "warning"): 3}),
    (type_what_is_so, {}),
    (forget_the_changes, {("C232", "warning"): 4}),
    (say_not_applicable, {("C232", "warning"): 4}),
    (leave_a_goal_open, {("C206", "error"): 1}),
    (serve_one_too_late, {("C204", "warning"): 1, ("C211", "warning"): 5}),
    (visit_nobody_of_one, {("C227", "error"): 1}),
    (extend_the_contract, {("C228", "warning"): 1}),
    (ask_too_early, {("C211", "warning"): 1}),
    (hear_of_it_before, {("C211", "warning"): 1}),
    (answer_before_the_complaint, {("C211", "warning"): 1}),
    (agree_before_it_is_proposed, {("C211", "warning"): 1}),
    (work_a_third_of_a_day, {("C231", "warning"): 1}),
    (serve_one_enterprise, {("C226", "warning"): 1, ("R201", "error"): 3}),
    (penalise, {("C229", "error"): 1}),
    (drop_the_reviewed_plan, {("R201", "error"): 1}),
]


def judge(change: Callable[[Data], None] | None, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[Data]:
    data = yaml.load(PARK.read_text("utf-8"), yaml.BaseLoader)
    if change is not None:
        change(data)
    shutil.copytree(PARK.parent / "佐证材料", folder / "佐证材料")
    path = folder / "record.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    found: list[Data] = CommandLine(capsys).json("check", path).document["diagnostics"]
    return [item for item in found if item["code"] != "C233"]


def test_the_sample_itself_has_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(None, tmp_path, capsys) == []


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_one_change_is_seen_and_nothing_else(
    change: Callable[[Data], None],
    expected: dict[tuple[str, str], int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = judge(change, tmp_path, capsys)
    counted: dict[tuple[str, str], int] = {}
    for item in found:
        kind = (item["code"], item["severity"])
        counted[kind] = counted.get(kind, 0) + 1
        assert item["location"]["line"]
        assert item["clause"]
    assert counted == expected, found


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("park")
    outcome = build_record(PARK, folder, Options())
    paths = [output.path for output in outcome.outputs if output.kind == "package"]
    return {"supplement" if "补充" in path.name else "main": path for path in paths}


def read_members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {entry.filename.partition("/")[2]: package.read(entry) for entry in package.infolist()}


def find_member(path: Path, words: str) -> bytes:
    return next(data for name, data in read_members(path).items() if words in name and name.startswith("data/"))


def read_cells(data: bytes) -> list[str]:
    (table,) = Document(io.BytesIO(data)).tables
    return [cell.text for row in table.rows for cell in row.cells]


def test_form_b_counts_each_event_and_each_enterprise_once(packages: dict[str, Path]) -> None:
    cells = read_cells(find_member(packages["main"], "园区质量提升效益评价表"))
    wanted = ["（ 5 ）家", "（ 4 ）次", "（ 87 ）人次", "（ 22 ）人·天", "（ 16 ）次", "帮助企业解决质量问题（ 13 ）个"]
    assert [text for text in wanted if text not in cells] == []
    assert any(text.startswith("实施项目产生总体质量效益为（ 53.50 ）万元") for text in cells)
    # one opinion block for each party (W12), ticked as the record says
    assert sum("☑满意" in text and "☑认可" in text for text in dict.fromkeys(cells)) >= 2


def test_form_a_counts_what_the_enterprise_took_part_in(packages: dict[str, Path]) -> None:
    cells = read_cells(find_member(packages["main"], "企业质量提升效益评价表_武汉禾屿"))
    # three visits of its own and the joint one: 1.5 + 1 + 1 + 1.5; four trainings: 1 + 1 + 0.5 + 0.5
    assert "（ 8 ）人·天" in cells
    assert cells.count("（ 4 ）次") == 2
    assert "（ 17.50 ）万元" in cells


def test_every_package_is_intact_and_the_supplement_names_its_base(packages: dict[str, Path]) -> None:
    for path in packages.values():
        report = verify_package(path)
        assert report.is_intact, report.diagnostics
    main, later = (json.loads(read_members(packages[key])["package.json"]) for key in ("main", "supplement"))
    assert later["supplements"]["name"] == main["package_name"]
    assert len(later["supplements"]["identity"]) == 64
    titles = [document["title"] for document in later["documents"]]
    assert titles == [f"企业质量提升情况反馈表（{name}）" for name in ("武汉禾屿食品有限公司", "武汉江芷饮品有限公司")]
    assert not [document for document in main["documents"] if "反馈表" in document["title"]]


def test_settings_of_the_standard_are_listed_in_the_package(packages: dict[str, Path]) -> None:
    index = json.loads(read_members(packages["main"])["package.json"])
    assert {item["id"] for item in index["settings"]} >= {"W1", "W2", "W3", "W5", "W6", "W7", "W8", "W9", "W10", "W14"}


def test_the_analysis_counts_the_answers(packages: dict[str, Path]) -> None:
    data = find_member(packages["main"], "满意度回收分析表")
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    rows = {
        row[0]: row[2:5]
        for row in sheet.iter_rows(values_only=True)
        if row[0] in ("满意", "基本满意", "不满意", "收回份数")
    }
    assert rows == {"满意": (3, 4, 3), "基本满意": (1, 0, 1), "不满意": (0, 0, 0), "收回份数": (4, 4, 4)}


def test_without_a_change_item_h_does_not_apply_by_the_record(tmp_path: Path) -> None:
    # nobody said so: there is no page that reads like the agency's statement
    outcome = build_record(SAMPLES / "single-enterprise" / "record.yaml", tmp_path, Options())
    members = read_members(next(output.path for output in outcome.outputs if output.kind == "package"))
    assert not [name for name in members if name.startswith("data/h_")]
    item = next(item for item in json.loads(members["package.json"])["items"] if item["key"] == "h")
    assert item["status"] == "not_applicable"
    assert item["reason"].startswith("依记录，项目实施过程中没有发生变更")


def test_that_nothing_changed_is_explained_on_a_page_where_somebody_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    shutil.copytree(SAMPLES / "single-enterprise", folder)
    record = folder / "record.yaml"
    said = "not_applicable: [{item: h, reason: 双方确认没有发生变更}]\n"
    record.write_text(record.read_text("utf-8") + said, "utf-8")
    outcome = build_record(record, tmp_path / "out", Options())
    members = read_members(next(output.path for output in outcome.outputs if output.kind == "package"))
    names = [name for name in members if name.startswith("data/h_")]
    assert names == ["data/h_项目变更记录/0000_不适用说明.docx"]
    text = "\n".join(
        cell
        for table in Document(io.BytesIO(members[names[0]])).tables
        for row in table.rows
        for cell in (c.text for c in row.cells)
    ) + "\n".join(p.text for p in Document(io.BytesIO(members[names[0]])).paragraphs)
    assert "双方确认没有发生变更" in text
    index = json.loads(members["package.json"])
    item = next(item for item in index["items"] if item["key"] == "h")
    assert item["status"] == "not_applicable"
    assert item["reason"] == "双方确认没有发生变更"


def fill_sheet(sheet: Any, rows: list[Data]) -> None:
    """Write rows below the example, each cell under the heading that it names."""
    heads = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3] if cell.value}
    for at, row in enumerate(rows, 5):
        for head, value in row.items():
            sheet.cell(at, heads[head]).value = value


def test_three_hundred_satisfaction_forms_come_from_one_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = CommandLine(capsys)
    assert run("new", tmp_path / "填报", "--profile", "db4201-t665-2022", "--workbook").code == 0
    path = next((tmp_path / "填报").glob("*.xlsx"))
    book = openpyxl.load_workbook(path)
    project = {
        "项目编号": "WH-ZLTS-2024-300",
        "项目名称": "区域质量提升咨询服务项目",
        "服务范围": "区域",
        "项目周期开始": "2024-02",
        "项目周期结束": "2024-12",
        "成文日期": "2024-12-20",
    }
    for row in book["项目"].iter_rows(min_row=4):
        row[2].value = project.get(str(row[1].value).rstrip("*"), row[2].value)
    fill_sheet(book["参与单位"], [{"序号": 1, "角色": "技术服务机构", "名称": "湖北衡知标准技术服务有限公司"}])
    names = [f"武汉试填第{number}号食品有限公司" for number in range(1, 301)]
    enterprises = [
        {"序号": at, "企业名称": name, "企业地址": f"武汉市东西湖区试填路{at}号"} for at, name in enumerate(names, 1)
    ]
    fill_sheet(book["企业"], enterprises)
    answers = ("满意", "基本满意", "不满意")
    forms = [
        {
            "序号": at,
            "企业": name,
            "技术服务人员": "温岚",
            "主要服务内容": f"第{at}家的现场指导。",
            "主要服务成果": "解决质量问题1个。",
            "对项目组的服务态度": answers[at % 3],
        }
        for at, name in enumerate(names, 1)
    ]
    fill_sheet(book["质量提升服务满意度评价表"], forms)
    book.save(path)
    ran = run("build", path, "-o", tmp_path / "out", "--only", "satisfaction")
    assert ran.code == 0, ran.err[-2000:]
    made = sorted((tmp_path / "out").rglob("*.docx"))
    assert len(made) == 300
    cells = read_cells_of(next(item for item in made if "第17号" in item.name))
    assert "武汉试填第17号食品有限公司" in cells
    assert any("第17家的现场指导。" in cell for cell in cells)
    assert any("☑不满意" in cell for cell in cells)


def read_cells_of(path: Path) -> list[str]:
    return [cell.text for table in Document(path).tables for row in table.rows for cell in row.cells]


def test_one_record_serves_two_standards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What both ask of an enterprise is typed once; a form that both have is called by its standard, too."""
    data = yaml.load((SAMPLES / "negative" / "base.yaml").read_text("utf-8"), yaml.BaseLoader)
    other = "db3203-t1023-2023"
    sample = yaml.load((SAMPLES.parent / other / "negative" / "base.yaml").read_text("utf-8"), yaml.BaseLoader)
    # Both standards are served by the facts of the second one's sample: its enterprise, activities and trainings.
    for name in ("benefits", "address"):
        sample["enterprises"][0][name] = data["enterprises"][0][name]
    own = json.loads(json.dumps(data["forms"]).replace('"lingdu"', '"chengli"'))
    both = {
        **sample,
        "profile": "db4201-t665-2022",
        "project": {**sample["project"], "scope": "enterprise"},
        "parties": [*sample["parties"], *data["parties"]],
        "activities": [
            *sample["activities"],
            {"key": "v1", "title": "控制点设置", "date": "2024-01-10", "method": "研讨", "person_days": "1.5"},
        ],
        "forms": {**own, **{f"{other}/{name}": entries for name, entries in sample["forms"].items()}},
    }
    assert {"deviation-record", "satisfaction", "work-summary"} <= {*own} & {*sample["forms"]}
    path = tmp_path / "record.json"
    path.write_text(json.dumps(both, ensure_ascii=False, indent=1), "utf-8")
    shutil.copy(SAMPLES / "negative" / "现场.jpg", tmp_path)
    run = CommandLine(capsys)
    assert run("check", path, "--profile", other).code == 0
    built = {"db4201-t665-2022": "benefit-enterprise", other: "evaluation"}
    texts = {}
    for profile, document in built.items():
        ran = run("build", path, "-o", tmp_path / profile, "--profile", profile, "--only", document)
        assert ran.code == 0, ran.err
        made = next((tmp_path / profile).rglob("*.docx"))
        texts[profile] = "\n".join([*(p.text for p in Document(made).paragraphs), *read_cells_of(made)])
    assert all("徐州澄砺消防器材有限公司" in text for text in texts.values())
    assert "（ 7.75 ）万元" in texts["db4201-t665-2022"]
    # A fault in a form that is called by its standard is told under the name that it has in the file.
    both["forms"][f"{other}/work-summary"][0]["date"] = "2024年13月"
    path.write_text(json.dumps(both, ensure_ascii=False, indent=1), "utf-8")
    (found,) = run.json("check", path, "--profile", other).document["diagnostics"][:1]
    lines = path.read_text("utf-8").splitlines()
    assert (found["code"], "2024年13月" in lines[found["location"]["line"] - 1]) == ("R106", True)
