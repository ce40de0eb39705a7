"""Checks over services one by one: their times, who served, what was left open, what is overdue."""

from __future__ import annotations

from typing import Any

import pytest
from support.checks_support import make_record, run, show

from docgen.record.record import Record


def call(key: str = "c1", **fields: Any) -> dict[str, Any]:
    return {"key": key, **fields}


def calls(*items: dict[str, Any], **others: Any) -> Record:
    return make_record(project={"dated": "2030-06-30"}, forms={"call": list(items), **others})


TIMES = {"entries": "forms.call[]", "times": ["asked", "came", "left"]}


def test_a_time_before_an_earlier_one_is_told_with_both() -> None:
    record = calls(call(asked="2030-01-02 9:00", came="2030-01-02 8:59", left="2030-01-02 9:00"))
    (diagnostic,) = run("times_in_order", TIMES, record, "宜")
    assert show([diagnostic]) == [("C314", "forms.call[0].came")]
    assert (diagnostic.params["time"], diagnostic.params["earlier"]) == ("2030-01-02 08:59", "2030-01-02 09:00")


def test_each_late_time_is_held_against_the_latest_before_it() -> None:
    record = calls(call(asked="2030-01-03 9:00", came="2030-01-02 9:00", left="2030-01-02 10:00"))
    assert [item.location.path for item in run("times_in_order", TIMES, record)] == [
        "forms.call[0].came",
        "forms.call[0].left",
    ]


@pytest.mark.parametrize("came", [None, "2030-01-02 9:00"])
def test_the_same_minute_and_a_time_not_given_are_in_order(came: str | None) -> None:
    record = calls(call(asked="2030-01-02 9:00", came=came, left="2030-01-02 9:00"), call("c2"))
    assert run("times_in_order", TIMES, record) == []


@pytest.mark.parametrize(
    ("kinds", "is_reported"), [(["无"], False), (["修", "换"], False), (["修", "无"], True), ([], False)]
)
def test_none_is_chosen_alone(kinds: list[str], is_reported: bool) -> None:
    record = calls(call(kinds=kinds))
    diagnostics = run("exclusive_choice", {"choices": "forms.call[].kinds", "value": "无"}, record)
    assert [(item.code, item.params["others"]) for item in diagnostics] == ([("C313", "修")] if is_reported else [])


@pytest.mark.parametrize(
    ("maker", "stars", "is_reported"),
    [("甲厂", "不适用", True), (None, "不适用", False), ("甲厂", "5", False), ("甲厂", None, False)],
)
def test_not_applicable_is_said_only_where_nobody_took_part(
    maker: str | None, stars: str | None, is_reported: bool
) -> None:
    params = {"entries": "forms.call[]", "fields": ["stars"], "value": "不适用", "unless": "maker"}
    assert show(run("not_applicable", params, calls(call(maker=maker, stars=stars)))) == (
        [("C318", "forms.call[0].stars")] if is_reported else []
    )


FOLLOWED = {
    "items": "forms.call[]",
    "signs": [{"field": "done", "values": ["不成"]}, {"field": "stars", "values": ["1"]}],
    "followed": [{"rows": "forms.mend[]", "by": "call"}],
    "what": "补修",
}


def test_what_was_left_open_needs_a_follow_up() -> None:
    record = calls(
        call("c1", done="不成", stars="1"), call("c2", stars="1"), call("c3", done="成", stars="5"), call("c4")
    )
    assert show(run("followed_up", FOLLOWED, record)) == [
        ("C315", "forms.call[0].done"),
        ("C315", "forms.call[1].stars"),
    ]


def test_a_follow_up_that_names_it_is_enough() -> None:
    items = (call("c1", done="不成"), call("c2", done="不成"))
    record = calls(*items, mend=[{"key": "m1", "call": "c2"}])
    (diagnostic,) = run("followed_up", FOLLOWED, record)
    assert diagnostic.params["key"] == "c1"


def test_where_a_follow_up_failed_validation_nobody_can_tell() -> None:
    record = calls(call("c1", done="不成"))
    assert run("followed_up", FOLLOWED, record, silenced=lambda place: place == ("forms", "mend")) == []


OVERDUE = {
    "items": "forms.mend[]",
    "due": "due",
    "done": {"rows": "forms.mended[]", "by": "of", "date": "on"},
    "until": "project.dated",
    "followed": [{"rows": "forms.urge[]", "by": "mend"}],
    "what": "催办",
}


@pytest.mark.parametrize(
    ("due", "on", "urged", "ended"),
    [
        ("2030-06-30", None, False, None),
        ("2030-06-29", None, False, "2030-06-30"),
        ("2030-05-31", "2030-05-31", False, None),
        ("2030-05-31", "2030-06-01", False, "2030-06-01"),
        ("2030-05-31", "2030-06-01", True, None),
        ("2030-08-01", None, False, None),
    ],
)
def test_what_is_overdue_is_told_unless_it_was_urged(due: str, on: str | None, urged: bool, ended: str | None) -> None:
    forms: dict[str, Any] = {"mend": [{"key": "m1", "due": due}]}
    forms |= {"mended": [{"of": "m1", "on": on}]} if on else {}
    forms |= {"urge": [{"key": "u1", "mend": "m1"}]} if urged else {}
    diagnostics = run("done_in_time", OVERDUE, calls(call(), **forms), "宜")
    assert [item.params["ended"] for item in diagnostics] == ([ended] if ended else [])
    assert show(diagnostics) == ([("C316", "forms.mend[0].due")] if ended else [])


TRAINED = {
    "entries": "forms.call[]",
    "people": "staff",
    "since": "asked",
    "roster": "forms.crew[].people[]",
    "name": "name",
    "trained": "trained",
}


def serve(staff: str | None, *people: dict[str, str]) -> Record:
    return calls(call(staff=staff, asked="2030-03-01 9:00"), crew=[{"people": list(people)}])


def test_who_served_before_the_training_ended_is_told_and_who_is_not_on_the_roster() -> None:
    record = serve(
        "甲山、乙水、丙石", {"name": "甲山", "trained": "2030-03-01"}, {"name": "乙水", "trained": "2030-03-02"}
    )
    diagnostics = run("trained_before", TRAINED, record)
    assert [(item.code, item.params["name"]) for item in diagnostics] == [("C317", "乙水"), ("C319", "丙石")]
    assert show(diagnostics)[0] == ("C317", "forms.call[0].staff")


def test_without_a_roster_or_names_or_dates_nothing_is_said() -> None:
    assert run("trained_before", TRAINED, serve("甲山")) == []
    assert run("trained_before", TRAINED, serve(None, {"name": "甲山", "trained": "2030-04-01"})) == []
    assert run("trained_before", TRAINED, serve("甲山", {"name": "甲山"})) == []
