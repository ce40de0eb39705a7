"""Steps in order, the time between, closing what was found."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from support.checks_support import make_record, run, show

from docgen.checks.shared.dates import add_months, count_months
from docgen.diagnostics import Severity, Term

STEPS = {
    "per": "enterprises[]",
    "steps": [
        {"label": "报名", "dates": ["forms.entry[].date"]},
        {"label": "看", "dates": ["forms.look[].date"]},
        {"label": "做", "dates": ["trainings[].date", "forms.lesson[].date"]},
        {"label": "审", "dates": ["forms.audit[].held"]},
    ],
}
TWO = [{"key": "clock", "name": "钟厂"}, {"key": "watch", "name": "表厂"}]


def order(**parts: Any) -> list[tuple[str, str | None]]:
    return show(run("steps_in_order", STEPS, make_record(enterprises=TWO, **parts)))


def test_in_order_same_day_and_missing_steps() -> None:
    forms = {"entry": [{"date": "2030-01-01"}], "look": [{"of": "clock", "date": "2030-01-01"}]}
    assert order(forms=forms | {"audit": [{"of": "clock", "held": "2030-05-01"}]}) == []
    assert order() == []


def test_a_date_before_an_earlier_step_is_told_with_both_places() -> None:
    forms = {"look": [{"of": "clock", "date": "2030-02-01"}], "audit": [{"of": "clock", "held": "2030-01-31"}]}
    (diagnostic,) = run("steps_in_order", STEPS, make_record(enterprises=TWO, forms=forms), level="宜")
    assert (diagnostic.code, diagnostic.location.path, diagnostic.severity) == (
        "C211",
        "forms.audit[0].held",
        Severity.WARNING,
    )
    assert diagnostic.params["other"] == f"record.yaml:{len('forms.look[0].date')}"
    assert (diagnostic.params["step"], diagnostic.params["earlier_step"]) == ("审", "看")


def test_a_step_is_held_against_the_latest_beginning_before_it() -> None:
    forms = {
        "entry": [{"date": "2030-03-01"}],
        "look": [{"of": "clock", "date": "2030-02-01"}],
        "audit": [{"of": "clock", "held": "2030-02-15"}],
    }
    assert order(forms=forms) == [("C211", "forms.look[0].date"), ("C211", "forms.audit[0].held")]


def test_enterprises_do_not_wait_for_each_other() -> None:
    forms = {
        "look": [{"of": "clock", "date": "2030-01-01"}, {"of": "watch", "date": "2030-06-01"}],
        "audit": [{"of": "clock", "held": "2030-05-01"}, {"of": "watch", "held": "2030-07-01"}],
    }
    assert order(forms=forms) == []


def test_a_training_belongs_to_those_who_came() -> None:
    trainings = [
        {"key": "t1", "date": "2030-01-01", "enterprises": ["clock"]},
        {"key": "t2", "date": "2030-06-01", "enterprises": ["watch"]},
    ]
    looks = [{"of": "clock", "date": "2030-01-01"}, {"of": "watch", "date": "2030-02-01"}]
    assert order(trainings=trainings, forms={"look": looks}) == []
    late = [{"of": "clock", "date": "2030-03-01"}]
    assert order(trainings=trainings, forms={"look": late}) == [("C211", "trainings[0].date")]


def test_a_form_belongs_to_whom_its_training_was_for() -> None:
    trainings = [{"key": "t1", "enterprises": ["watch"]}, {"key": "t2"}]
    looks = [{"of": "clock", "date": "2030-03-01"}]
    forms = {"look": looks, "lesson": [{"of": "t1", "date": "2030-01-01"}]}
    assert order(trainings=trainings, forms=forms) == []
    forms["lesson"] = [{"of": "t2", "date": "2030-01-01"}]
    assert order(trainings=trainings, forms=forms) == [("C211", "forms.lesson[0].date")]


def test_a_fault_of_the_project_is_told_once() -> None:
    params = {"per": "enterprises[]", "steps": [STEPS["steps"][0], {"label": "课", "dates": ["trainings[].date"]}]}  # type: ignore[index]
    trainings = [{"key": "t1", "date": "2029-01-01"}]
    record = make_record(enterprises=TWO, trainings=trainings, forms={"entry": [{"date": "2030-01-01"}]})
    assert show(run("steps_in_order", params, record)) == [("C211", "trainings[0].date")]


def test_a_step_that_goes_on_may_overlap_the_next() -> None:
    trainings = [{"key": "t1", "date": "2030-02-01"}, {"key": "t2", "date": "2030-09-01"}]
    assert order(trainings=trainings, forms={"audit": [{"of": "clock", "held": "2030-06-01"}]}) == []


BETWEEN = {
    "per": "enterprises[]",
    "start": "forms.audit[].started",
    "ends": ["forms.audit[].held"],
    "min": "3",
    "max": "6",
}


@pytest.mark.parametrize(
    ("started", "held", "length"),
    [
        ("2030-01-31", "2030-04-29", (2, 29)),
        ("2030-01-31", "2030-04-30", None),  # three months by the calendar
        ("2030-01-15", "2030-04-15", None),
        ("2030-01-15", "2030-04-14", (2, 30)),
        ("2030-01-15", "2030-07-15", None),
        ("2030-01-15", "2030-07-16", (6, 1)),
        ("2030-08-31", "2031-02-28", None),
        ("2030-08-31", "2031-03-01", (6, 1)),
        ("2030-01-15", "2029-01-15", None),  # the wrong order is another check's matter
    ],
)
def test_months_between(started: str, held: str, length: tuple[int, int] | None) -> None:
    record = make_record(forms={"audit": [{"of": "clock", "started": started, "held": held}]})
    diagnostics = run("months_between", BETWEEN, record, level="宜")
    assert [item.code for item in diagnostics] == ([] if length is None else ["C212"])
    for item in diagnostics:
        assert item.params["length"] == Term("checks.months", {"months": length[0], "days": length[1]})  # type: ignore[index]
        assert item.location.path == "forms.audit[0].held"


def test_months_need_both_dates() -> None:
    record = make_record(forms={"audit": [{"of": "clock", "held": "2030-01-01"}]})
    assert run("months_between", BETWEEN, record) == []


def test_calendar_months() -> None:
    day = dt.date(2024, 2, 29)
    assert add_months(day, 12) == dt.date(2025, 2, 28)
    assert add_months(day, -24) == dt.date(2022, 2, 28)
    assert add_months(dt.date(2023, 12, 31), 2) == day
    assert count_months(dt.date(2023, 12, 31), day) == (2, 0)


CLOSED = {
    "rows": "forms.audit[].findings[]",
    "text": "text",
    "closed": "closed",
    "needs": ["measure", "closed_on"],
    "closed_on": "closed_on",
    "opened_on": "held",
}
DONE = {"text": "漏检", "measure": "补检", "closed": "是", "closed_on": "2030-02-01"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"closed": "否"}, [("C213", "closed")]),
        ({"closed": None}, [("C213", "closed")]),
        ({"measure": " "}, [("C214", None)]),
        ({"closed_on": None}, [("C214", None)]),
        ({"closed_on": "2029-12-31"}, [("C210", "closed_on")]),
    ],
)
def test_every_finding_is_closed(changes: dict[str, Any], expected: list[tuple[str, str | None]]) -> None:
    forms = {"audit": [{"of": "clock", "held": "2030-01-01", "findings": [DONE | changes]}]}
    row = "forms.audit[0].findings[0]"
    wanted = [(code, f"{row}.{name}" if name else row) for code, name in expected]
    assert show(run("rows_closed", CLOSED, make_record(forms=forms))) == wanted


def test_what_failed_validation_is_not_called_open() -> None:
    forms = {"audit": [{"of": "clock", "findings": [DONE | {"closed": None, "measure": None}]}]}
    assert run("rows_closed", CLOSED, make_record(forms=forms), silenced=lambda place: True) == []


CLEAR = {
    "per": "enterprises[]",
    "since": "forms.entry[].candidates[].clear_since",
    "until": "enterprises[].applied_on",
    "months": "24",
}


@pytest.mark.parametrize(("since", "codes"), [("2028-03-01", []), ("2028-03-02", ["C224"]), ("2020-01-01", [])])
def test_two_years_before_the_application(since: str, codes: list[str]) -> None:
    record = make_record(
        enterprises=[
            {"key": "clock", "name": "钟厂", "applied_on": "2030-03-01"},
            {"key": "watch", "applied_on": "2028-03-01"},
        ],
        forms={"entry": [{"candidates": [{"enterprise": "clock", "clear_since": since}]}]},
    )
    diagnostics = run("clear_since", CLEAR, record)
    assert [item.code for item in diagnostics] == codes
    assert all(item.params["name"] == "钟厂" for item in diagnostics)


def test_two_years_need_a_day_of_application() -> None:
    record = make_record(forms={"entry": [{"candidates": [{"enterprise": "clock", "clear_since": "2030-01-01"}]}]})
    assert run("clear_since", CLEAR, record) == []
