"""What a condition demands, how many rows carry a value, who signs, which answers must be yes."""

from __future__ import annotations

from typing import Any

import pytest
from support.checks_support import make_indicator, make_record, run, show

from docgen.checks.shared.people import list_people
from docgen.messages import catalogue

WHEN_BAD = {
    "per": "enterprises[]",
    "when": {"equals": {"path": "facts.evaluations[].grade", "value": "不准"}},
    "demands": "forms.remedy[].actions[]",
    "reason": "等级为不准",
    "label": "改进计划",
}


def two(after: str) -> list[dict[str, Any]]:
    return [
        {"key": "clock", "name": "钟厂", "indicators": [make_indicator(after=after)]},
        {"key": "watch", "name": "表厂", "indicators": [make_indicator()]},
    ]


def test_a_bad_grade_demands_a_plan() -> None:
    diagnostics = run("required_when", WHEN_BAD, make_record(enterprises=two("80")))
    assert show(diagnostics) == [("C215", "forms.remedy")]
    assert diagnostics[0].params["name"] == "钟厂"


def test_a_plan_without_rows_is_none() -> None:
    forms = {"remedy": [{"of": "watch", "actions": [{"item": "甲"}]}, {"of": "clock"}]}
    assert show(run("required_when", WHEN_BAD, make_record(enterprises=two("80"), forms=forms))) == [
        ("C215", "forms.remedy[1]")
    ]


@pytest.mark.parametrize("actions", [[], [{"item": "甲"}]])
def test_nothing_is_demanded_where_the_condition_fails(actions: list[Any]) -> None:
    record = make_record(enterprises=two("92"), forms={"remedy": [{"of": "clock", "actions": actions}]})
    assert run("required_when", WHEN_BAD, record) == []


def test_a_plan_that_is_there_or_failed_validation() -> None:
    record = make_record(enterprises=two("80"), forms={"remedy": [{"of": "clock", "actions": [{"item": "甲"}]}]})
    assert run("required_when", WHEN_BAD, record) == []
    assert run("required_when", WHEN_BAD, make_record(enterprises=two("80")), silenced=lambda place: True) == []


HEAD = {"rows": "forms.plan[].members[]", "label": "小组", "field": "role", "value": "长", "min": "1", "max": "1"}


@pytest.mark.parametrize(
    ("roles", "where"),
    [
        (["长", "员"], None),
        (["员", "员"], "forms.plan[0].members"),
        (["长", "员", "长"], "forms.plan[0].members[2]"),
        ([], None),
    ],
)
def test_exactly_one_head(roles: list[str], where: str | None) -> None:
    record = make_record(forms={"plan": [{"of": "clock", "members": [{"role": role} for role in roles]}]})
    assert show(run("value_count", HEAD, record)) == ([] if where is None else [("C216", where)])


def test_a_role_that_failed_validation_is_not_missed() -> None:
    record = make_record(forms={"plan": [{"of": "clock", "members": [{"name": "甲"}]}]})
    assert run("value_count", HEAD, record, silenced=lambda place: place[-1] == "role") == []


def test_each_group_has_its_own_head_and_a_maximum_may_be_open() -> None:
    record = make_record(
        enterprises=[{"key": "clock"}, {"key": "watch"}],
        forms={
            "plan": [{"of": "clock", "members": [{"role": "长"}] * 2}, {"of": "watch", "members": [{"role": "员"}]}]
        },
    )
    params = {name: value for name, value in HEAD.items() if name != "max"}
    assert show(run("value_count", params, record)) == [("C216", "forms.plan[1].members")]


SIGN = {"per": "enterprises[]", "names": "forms.look[].people", "among": "forms.advice[].signed"}


@pytest.mark.parametrize(
    ("people", "signed", "wanting"),
    [
        ("甲乙丙、丁戊", "丁戊，甲乙丙", None),
        ("甲乙丙（组长）、丁戊", "甲乙丙 丁戊", None),
        ("组长：甲乙丙；丁 戊", "甲乙丙、丁戊", None),
        ("甲乙丙、丁戊", "甲乙丙", "丁戊"),
        ("甲乙丙、丁戊、己庚", "丁戊", "甲乙丙、己庚"),
        ("甲乙丙", None, None),  # signed by hand on paper
        (None, "甲乙丙", None),
    ],
)
def test_all_who_looked_sign(people: str | None, signed: str | None, wanting: str | None) -> None:
    forms = {"look": [{"of": "clock", "people": people}], "advice": [{"of": "clock", "signed": signed}]}
    diagnostics = run("names_repeated", SIGN, make_record(forms=forms))
    assert [item.params["names"] for item in diagnostics] == ([] if wanting is None else [wanting])
    assert all(item.location.path == "forms.advice[0].signed" for item in diagnostics)


def test_list_people() -> None:
    assert list_people("顾 秋、闵思齐(高工)和沈知禾/李 四") == ("顾秋", "闵思齐", "沈知禾", "李四")


YES = {"rows": "forms.entry[].candidates[]", "fields": ["clean"], "name": "name", "when": "chosen"}


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"clean": "是", "chosen": "是"}, []),
        ({"clean": "否", "chosen": "是"}, ["C225"]),
        ({"clean": "否", "chosen": "否"}, []),
        ({"clean": "否"}, []),
        ({"chosen": "是"}, []),
    ],
)
def test_whoever_is_chosen_meets_the_conditions(row: dict[str, str], codes: list[str]) -> None:
    diagnostics = run("stated_yes", YES, make_record(forms={"entry": [{"candidates": [{"name": "甲厂"} | row]}]}))
    assert [item.code for item in diagnostics] == codes
    assert all(item.params["name"] == "甲厂" for item in diagnostics)
    every = run("stated_yes", YES | {"when": None}, make_record(forms={"entry": [{"candidates": [row]}]}))
    assert len(every) == (row.get("clean") == "否")


@pytest.mark.parametrize(
    ("code", "skip", "codes"), [("320312", 0, []), ("420100", 0, ["C222"]), ("XX3203YY", 2, []), ("32", 0, ["C222"])]
)
def test_the_digits_of_a_region(code: str, skip: int, codes: list[str]) -> None:
    params = {"code": "enterprises[].region", "prefix": "3203", "meaning": "某市", "skip": str(skip)}
    diagnostics = run(
        "code_prefix", params, make_record(enterprises=[{"key": "clock", "region": code}, {"key": "watch"}])
    )
    assert [item.code for item in diagnostics] == codes
    assert all((item.params["first"], item.params["last"]) == (skip + 1, skip + 4) for item in diagnostics)


@pytest.mark.parametrize(
    ("limits", "ending"),
    [
        ({"min": "1"}, "应为 1 个以上（含）。"),
        ({"min": "1", "max": "1"}, "应为 1 个。"),
        ({"min": "3", "max": "5"}, "应为 3～5 个。"),
    ],
)
def test_how_many_there_should_be_is_said_in_words(limits: dict[str, str], ending: str) -> None:
    record = make_record(forms={"plan": [{"of": "clock", "members": [{"role": "员"}]}]})
    params = {name: value for name, value in HEAD.items() if name not in ("min", "max")}
    (diagnostic,) = run("value_count", {**params, **limits}, record)
    assert catalogue("zh").message(diagnostic).endswith(ending)
