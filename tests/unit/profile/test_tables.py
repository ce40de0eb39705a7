"""What registers and reports take from rows: tables below headings, names for keys, places to sign, blank forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docgen.content.blocks import Table
from docgen.diagnostics import Diagnostic
from docgen.errors import ProfileError
from docgen.pipeline import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.render.context.build import build_context
from docgen.render.values.values import Missing, MissingMode
from docgen.resources import Resources

PROFILE = """\
id: kites
version: "1"
standard: {number: XX/T 1, title: 风筝}
documents:
  - id: station-check
    title: 服务站核查表
    shape: checklist
    level: 应
    per: parties[]
    among: {equals: {path: "parties[].role", value: station}}
    responsible: market_regulator
    dated: date
    fields:
      - {key: date, label: 日期, type: date, level: 应}
      - {key: result, label: 结论, type: choice, options: [通过, 不通过], level: 应}
    checklist: {verdicts: [好, 坏], label: 内容, group_label: 类别, verdict_label: 结论, remark_label: 说明}
    lines:
      - {group: {key: g, label: 场地}, lines: [{key: l1, label: 平整}]}
  - id: plan
    title: 方案
    shape: report
    level: 应
    per: enterprises[]
    dated: date
    blank_rows: 3
    fields:
      - {key: date, label: 日期, type: date, level: 应}
      - key: targets
        label: 目标
        type: rows
        level: 应
        fields:
          - {key: indicator, label: 指标, type: reference, to: "enterprises[].indicators[]", level: 应}
          - {key: sure, label: 有把握, type: yes_no, level: 应}
          - {key: due, label: 完成时间, type: date}
          - {key: means, label: 办法, type: choices, options: [看, 问]}
    headings:
      - key: goals
        title: 目标
        rows: forms.plan[].targets[]
        columns:
          - {key: indicator, label: 指标, source: "forms.plan[].targets[].indicator"}
          - {key: sure, label: 有把握, source: "forms.plan[].targets[].sure"}
          - {key: due, label: 完成时间, source: "forms.plan[].targets[].due"}
          - {key: means, label: 办法, source: "forms.plan[].targets[].means"}
  - id: sign-in
    title: 签到表
    shape: register
    level: 应
    per: trainings[]
    dated: trainings[].date
    blank_rows: 4
    rows: forms.sign-in[].people[]
    fields:
      - {key: people, label: 签到, type: rows, by_hand: true, fields: [{key: name, label: 姓名, by_hand: true}]}
    columns:
      - {key: name, label: 姓名, source: "forms.sign-in[].people[].name"}
  - id: summary
    title: 汇总
    shape: register
    level: 自拟
    rows: facts.evaluations[]
    dated: date
    fields:
      - {key: date, label: 日期, type: date}
    columns:
      - {key: total, label: 合计, source: "facts.evaluations[].total"}
scoring:
  indicators: enterprises[].indicators[]
  clause: "6"
  points: 10
  families: [{key: f, label: 飞行}]
  bands: [{grade: 及格, from: 0}, {grade: 优秀, from: 10}]
  outcomes: {reached: 达成, missed: 未达成, unassessed: 未评}
  directions: {up: 升}
  rules: {any: 任一, all: 全部, ratio: 比例}
"""
FILING = """\
basis: 第5章
items:
  - {key: a, label: 全部, takes: [station-check, plan, sign-in, summary]}
"""
RECORD = """\
profile: kites
project: {number: F-1, name: 放飞, dated: 2030-04-05}
parties:
  - {key: office, role: market_regulator, name: 某局}
  - {key: hut, role: station, name: 风筝站}
enterprises:
  - key: swallow
    name: 燕子社
    indicators: [{key: high, family: f, name: 高度, unit: 米, before: 1, target: 2, after: 3}]
  - key: eagle
    name: 老鹰社
    indicators: [{key: high, family: f, name: 放飞高度, unit: 尺, before: 1, target: 2, after: 1}]
trainings:
  - {key: t1, title: 放线, date: 2030-03-01, enterprises: [swallow, eagle], attendance: {swallow: 3, eagle: 2}}
forms:
  station-check:
    - {of: hut, date: 2030-02-01, result: 通过, lines: {l1: {verdict: 好}}}
  plan:
    - of: swallow
      date: 2030-02-02
      targets:
        - {indicator: high, sure: 是, due: 2030-03-31, means: [看, 问]}
    - of: eagle
      date: 2030-02-03
      targets:
        - {indicator: high, sure: 否}
  summary:
    - date: 2030-04-01
"""


def prepare(folder: Path, profile: str = PROFILE, record: str = RECORD, blank: bool = False) -> PreparedRecord:
    kites = folder / "kites"
    kites.mkdir(exist_ok=True)
    (kites / "profile.yaml").write_text(profile, "utf-8")
    (kites / "filing.yaml").write_text(FILING, "utf-8")
    (folder / "record.yaml").write_text(record, "utf-8")
    options = Options(resources=Resources(own_profiles=(folder,)), blank=blank)
    prepared = prepare_record(folder / "record.yaml", options)
    assert isinstance(prepared, PreparedRecord), prepared
    return prepared


def see(prepared: PreparedRecord, job_id: str, mode: MissingMode = "error") -> dict[str, Any]:
    job = next(job for job in prepared.jobs if job.id == job_id)
    return build_context(prepared.subject, job, mode)


def read_table(context: dict[str, Any]) -> list[list[str]]:
    (section,) = context["sections"]
    (table,) = section.body.blocks
    assert isinstance(table, Table)
    return [["".join(run.text for run in cell) for cell in row] for row in table.rows]


def test_a_copy_is_made_only_for_the_items_that_are_meant(tmp_path: Path) -> None:
    assert [job.id for job in prepare(tmp_path).jobs if job.document.id == "station-check"] == ["station-check/hut"]
    blank = prepare(tmp_path, blank=True)
    assert [job.id for job in blank.jobs if job.document.id == "station-check"] == ["station-check/hut"]


def test_rows_stand_below_a_heading_as_a_table(tmp_path: Path) -> None:
    prepared = prepare(tmp_path)
    assert read_table(see(prepared, "plan/swallow")) == [
        ["指标", "有把握", "完成时间", "办法"],
        ["高度（米）", "是", "2030年3月31日", "看、问"],
    ]
    # the indicator of that enterprise, though another has one of the same key before it
    assert read_table(see(prepared, "plan/eagle"))[1] == ["放飞高度（尺）", "否", "", ""]


def test_a_blank_report_has_empty_rows(tmp_path: Path) -> None:
    rows = read_table(see(prepare(tmp_path, blank=True), "plan/swallow", "blank"))
    assert rows[1:] == [[""] * 4] * 3


def test_a_missing_table_is_told_as_the_rows_that_lack(tmp_path: Path) -> None:
    record = RECORD.replace("        - {indicator: high, sure: 否}\n", "").replace(
        "date: 2030-02-03\n      targets:\n", "date: 2030-02-03\n"
    )
    diagnostics = [item for item in prepare(tmp_path, record=record).diagnostics if isinstance(item, Diagnostic)]
    lacking = [item.params["label"] for item in diagnostics if item.code == "R202"]
    assert lacking == ["目标"]


def test_a_date_may_stand_elsewhere_in_the_record(tmp_path: Path) -> None:
    prepared = prepare(tmp_path)
    job = next(job for job in prepared.jobs if job.id == "sign-in/t1")
    assert job.dated is not None
    assert job.dated.isoformat() == "2030-03-01"
    assert see(prepared, "sign-in/t1")["dated"] == job.dated


def test_rows_to_sign_by_hand_are_free_in_a_filled_document(tmp_path: Path) -> None:
    context = see(prepare(tmp_path), "sign-in/t1")
    assert [row.number for row in context["rows"]] == [1, 2, 3, 4, 5], "as many as came"
    assert all(
        isinstance(cell.value, Missing) and cell.value.mode == "blank" for row in context["rows"] for cell in row.cells
    )


def test_who_came_to_a_training(tmp_path: Path) -> None:
    prepared = prepare(tmp_path)
    attendance = see(prepared, "sign-in/t1")["attendance"]
    assert [(item.enterprise.name, item.count) for item in attendance.rows] == [("燕子社", 3), ("老鹰社", 2)]
    assert attendance.total == 5
    blank = see(prepared, "sign-in/t1", "blank")["attendance"]
    assert [bool(item.count) for item in blank.rows] == [False, False]
    assert not blank.total


def test_a_document_of_the_project_sees_every_evaluation(tmp_path: Path) -> None:
    prepared = prepare(tmp_path)
    context = see(prepared, "summary/project")
    seen = [(item.number, item.enterprise.name, item.total, item.grade) for item in context["evaluations"]]
    assert seen == [(1, "燕子社", 10, "优秀"), (2, "老鹰社", 0, "及格")]
    assert [(item.grade, item.least, item.count) for item in context["grades"].counts] == [
        ("优秀", 10, 1),
        ("及格", 0, 1),
    ]
    assert (context["grades"].ungraded, context["grades"].enterprises) == (0, 2)
    blank = see(prepared, "summary/project", "blank")
    assert [(item.enterprise.name, bool(item.total), item.grade) for item in blank["evaluations"]] == [
        ("燕子社", False, ""),
        ("老鹰社", False, ""),
    ]
    assert not any(item.count for item in blank["grades"].counts)


def test_a_blank_form_offers_what_may_be_chosen(tmp_path: Path) -> None:
    context = see(prepare(tmp_path, blank=True), "station-check/hut", "blank")
    values = {item.key: item.value for item in context["labelled"]}
    assert values["result"] == "□通过　□不通过"
    assert not values["date"]
    assert "好、坏" in context["checklist"].legend
    assert "√" in context["legend"]
    assert context["party_item"].name == "风筝站"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rows: forms.plan[].targets[]\n        columns", "columns", "P124"),
        ("rows: forms.plan[].targets[]", "rows: forms.plan[].target[]", "P104"),
        ('source: "forms.plan[].targets[].due"', 'source: "forms.plan[].targets[].day"', "P104"),
        ('"parties[].role"', '"parties[].rule"', "P104"),
        ("trainings[].date", "trainings[].day", "P104"),
        ('to: "enterprises[].indicators[]"', 'to: "enterprises[].indicator[]"', "P104"),
    ],
)
def test_a_path_that_leads_nowhere_is_found(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in PROFILE
    with pytest.raises(ProfileError) as caught:
        prepare(tmp_path, profile=PROFILE.replace(old, new, 1))
    assert [item.code for item in caught.value.diagnostics] == [code]
