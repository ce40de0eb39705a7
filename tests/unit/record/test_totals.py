"""What a project did, in figures: what counts once, what is summed, what is known of each enterprise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from support.checks_support import make_record, make_subject

from docgen.record.totals import total_enterprises, total_project

PARK = ("a", "b", "c", "d", "e")


def make_park(**parts: Any) -> Any:
    return make_record(enterprises=[{"key": key, "name": key} for key in PARK], **parts)


def visit(key: str, *enterprises: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "method": "一对一指导", "enterprises": list(enterprises), **more}


def test_a_joint_training_of_five_counts_once() -> None:
    record = make_park(
        trainings=[
            {
                "key": "joint",
                "enterprises": list(PARK),
                "attendance": {key: str(at) for at, key in enumerate(PARK, 1)},
                "person_days": "1.5",
            }
        ]
    )
    total = total_project(record)
    assert (total.training_count, total.trained_count, total.attendance_count) == (1, 5, 15)
    assert (total.visit_count, total.enterprise_count, total.person_days) == (0, 0, Decimal("1.5"))
    assert [item.training_count for item in total_enterprises(record)] == [1] * 5
    assert [item.attendance_count for item in total_enterprises(record)] == [1, 2, 3, 4, 5]
    assert [item.person_days for item in total_enterprises(record)] == [Decimal("1.5")] * 5


def test_visits_and_trainings_are_counted_apart_and_their_days_together() -> None:
    record = make_park(
        activities=[
            visit("one", "a", person_days="1.5", problems_solved=["量具超期", "无首检"]),
            visit("two", "a", "b", person_days="2", problems_solved=["批号不清"]),
            {"key": "launch", "kind": "启动会", "person_days": "9", "problems_solved": ["不算"]},
        ],
        trainings=[{"key": "t", "enterprises": ["b"], "attendance": {"b": "12"}, "person_days": "0.5"}],
    )
    total = total_project(record)
    assert (total.visit_count, total.training_count, total.enterprise_count, total.trained_count) == (2, 1, 2, 1)
    assert (total.person_days, total.problem_count) == (Decimal("4.0"), 3)
    a, b, c, *_ = total_enterprises(record)
    assert (a.visit_count, a.training_count, a.person_days, a.problem_count) == (2, 0, Decimal("3.5"), 3)
    assert (b.visit_count, b.training_count, b.person_days, b.problem_count) == (1, 1, Decimal("2.5"), 1)
    assert (c.visit_count, c.training_count, c.person_days, c.problem_count) == (0, 0, None, 0)


def test_whoever_names_no_enterprise_means_all_of_them() -> None:
    record = make_park(activities=[visit("all", person_days="1")], trainings=[{"key": "t"}])
    total = total_project(record)
    assert (total.enterprise_count, total.trained_count) == (5, 5)
    assert {item.visit_count for item in total_enterprises(record)} == {1}


def test_an_enterprise_of_which_nobody_came_was_not_trained() -> None:
    record = make_park(trainings=[{"key": "t", "enterprises": ["a", "b"], "attendance": {"a": "3", "b": "0"}}])
    assert total_project(record).trained_count == 1
    assert [item.training_count for item in total_enterprises(record)] == [1, 0, 0, 0, 0]


def test_benefit_is_summed_to_the_cent() -> None:
    lines = [[{"key": "scrap", "name": "废品损失", "amount": "12.5"}], [{"key": "x", "name": "返工", "amount": "3.05"}]]
    record = make_record(
        enterprises=[{"key": key, "benefits": line} for key, line in zip("ab", lines, strict=True)]
        + [{"key": "c", "benefits": [{"key": "y", "name": "待测算"}]}]
    )
    assert str(total_project(record).benefit) == "15.55"
    assert [item.benefit and str(item.benefit) for item in total_enterprises(record)] == ["12.50", "3.05", None]


def test_nothing_recorded_is_not_known_rather_than_nought() -> None:
    total = total_project(make_park())
    assert {total.visit_count, total.training_count, total.person_days, total.benefit, total.enterprise_count} == {None}


@pytest.mark.parametrize("value", ["-0.5", "两天"])
def test_days_are_a_number_that_is_not_negative(value: str) -> None:
    with pytest.raises(ValueError, match=r"R116|R104"):
        make_park(activities=[visit("one", "a", person_days=value)])


def test_what_a_fact_hands_on_is_told_where_the_record_holds_it() -> None:
    record = make_park(
        activities=[{"key": "launch"}, visit("one", "b", date="2024-03-01")],
        trainings=[{"key": "t", "enterprises": ["b"], "date": "2024-03-02"}],
    )
    subject = make_subject(record).subject
    bound = subject.bind("enterprises[]", record.enterprises[1])
    (value,) = subject.find("facts.enterprise_totals[].visits[].date", bound)
    assert value.place == ("activities", 1, "date")
    (value,) = subject.find("facts.project_totals.trainings[].date")
    assert value.place == ("trainings", 0, "date")
    assert subject.find("facts.project_totals.visit_count")[0].place == ("project_totals", "visit_count")
