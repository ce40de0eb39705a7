"""The complete sample, one thing changed at a time: the rule that must see it does, at a line, with its clause."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command_line import COMPLETE, CommandLine

Data = dict[str, Any]
RULED = ("C13", "C20", "C21", "C22")


def find(items: list[Data], name: str, value: str) -> Data:
    return next(item for item in items if item.get(name) == value)


def form(data: Data, name: str, of: str = "chengli") -> Data:
    return find(data["forms"][name], "of", of)


def enterprise(data: Data, key: str = "chengli") -> Data:
    return find(data["enterprises"], "key", key)


def indicator(data: Data, key: str) -> Data:
    return find(enterprise(data)["indicators"], "key", key)


def change_target(data: Data) -> None:
    find(form(data, "improvement-plan")["targets"], "indicator", "first-pass")["target"] = "96.0"


def drop_target(data: Data) -> None:
    targets = form(data, "improvement-plan")["targets"]
    targets.remove(find(targets, "indicator", "calibration"))


def unanswer(data: Data) -> None:
    form(data, "survey-record")["lines"]["d1"] = {"verdict": "不符合", "remark": "没有改进"}
    for opinion in form(data, "diagnosis-confirmation")["opinions"]:
        opinion["line"] = [key for key in opinion.get("line", []) if key != "d1"]


def report_another_figure(data: Data) -> None:
    case = form(data, "good-case")
    case["results"] = case["results"].replace("骨干员工流失率由18.2%降到9.1%", "骨干员工流失率由18.2%降到8.1%")


def report_no_figures(data: Data) -> None:
    case = form(data, "good-case")
    case["results"] = "四个问题逐一解决，合格率、准时率明显提高，投诉和质量损失明显下降，灌装、校准达到要求。" * 8


def swap_dates(data: Data) -> None:
    form(data, "diagnosis-report")["date"], form(data, "survey-record")["date"] = "2023-10-16", "2023-10-20"
    form(data, "improvement-plan")["date"] = "2023-11-05"


def run_too_long(data: Data) -> None:
    form(data, "audit-review-record")["started"] = "2023-11-20"


def leave_open(data: Data) -> None:
    form(data, "audit-review-record")["findings"][0]["closed"] = "否"


def close_without_date(data: Data) -> None:
    form(data, "audit-review-record")["findings"][0].pop("closed_on")


def close_too_early(data: Data) -> None:
    form(data, "audit-review-record")["findings"][0]["closed_on"] = "2024-05-01"


def fail_without_plan(data: Data) -> None:
    for item in enterprise(data)["indicators"]:
        if item.get("direction") in ("yes_no", "text"):
            item["reached"] = "否"
        elif "after" in item:
            item["after"] = "999" if item.get("direction") == "down" else "-1"
    form(data, "action-plan")["actions"] = []


def appoint_two(data: Data) -> None:
    members = form(data, "working-group")["members"]
    next(item for item in members if item["role"] != "组长")["role"] = "组长"


def sign_without_one(data: Data) -> None:
    form(data, "diagnosis-confirmation")["diagnosticians"] = "顾砚秋"


def claim_smaller(data: Data) -> None:
    enterprise(data)["size_class"] = "微型"


def grow(data: Data) -> None:
    enterprise(data).update({"staff": "1300", "revenue": "52000.00", "size_class": "大型"})


def hide_staff(data: Data) -> None:
    enterprise(data).pop("staff")


def move_away(data: Data) -> None:
    enterprise(data)["region"] = "320200"


def choose_unwilling(data: Data) -> None:
    find(data["forms"]["enrolment"][0]["candidates"], "enterprise", "chengli")["willing"] = "否"


def have_an_accident(data: Data) -> None:
    enterprise(data)["applied_on"] = "2023-09-01"
    find(data["forms"]["enrolment"][0]["candidates"], "enterprise", "chengli")["accident_free_since"] = "2021-09-02"


CHANGES: list[tuple[Callable[[Data], None], set[tuple[str, str]]]] = [
    (change_target, {("C205", "error")}),
    (drop_target, {("C206", "warning")}),
    (unanswer, {("C206", "warning")}),
    (report_another_figure, {("C134", "warning")}),
    (report_no_figures, {("C133", "warning"), ("C131", "warning")}),
    (swap_dates, {("C211", "warning")}),
    (run_too_long, {("C212", "warning")}),
    (leave_open, {("C213", "error")}),
    (close_without_date, {("C214", "error")}),
    (close_too_early, {("C210", "error")}),
    (fail_without_plan, {("C215", "error")}),
    (appoint_two, {("C216", "error")}),
    (sign_without_one, {("C217", "error")}),
    (claim_smaller, {("C218", "error")}),
    (grow, {("C219", "error")}),
    (hide_staff, {("C220", "warning")}),
    (move_away, {("C222", "error")}),
    (have_an_accident, {("C224", "error")}),
    (choose_unwilling, {("C225", "error")}),
]


def judge(change: Callable[[Data], None] | None, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[Data]:
    """What the rules find in the sample after a change, its evidence aside."""
    data = yaml.load(COMPLETE.read_text("utf-8"), yaml.BaseLoader)
    if change is not None:
        change(data)
    path = folder / "record.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    found: list[Data] = CommandLine(capsys).json("check", path).document["diagnostics"]
    return [item for item in found if item["code"].startswith(RULED) and item["code"] not in ("C201", "C203")]


def test_the_sample_itself_has_no_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(None, tmp_path, capsys) == []


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_one_change_is_seen(
    change: Callable[[Data], None],
    expected: set[tuple[str, str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = judge(change, tmp_path, capsys)
    seen = {(item["code"], item["severity"]) for item in found}
    assert expected <= seen, found
    wanted = [item for item in found if (item["code"], item["severity"]) in expected]
    assert all(item["location"]["line"] and item["clause"] for item in wanted)
