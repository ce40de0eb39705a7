"""Checks over a whole project: the same thing said alike, typed figures against counted ones, unrecorded changes."""

from __future__ import annotations

from typing import Any

import pytest
from support.checks_support import make_record, run, show

CLOCK = {"key": "clock", "name": "钟厂"}
WATCH = {"key": "watch", "name": "表厂"}


def plan(**fields: Any) -> dict[str, Any]:
    return {"plan": [{"of": "clock", **fields}]}


@pytest.mark.parametrize(
    ("start", "date", "differs"),
    [
        ("2024-03", "2024-03-31", False),
        ("2024-03", "2024-04-01", True),
        ("2024-03-01", "2024-03-01", False),
        ("2024-03-01", "2024-03-02", True),
    ],
)
def test_a_day_agrees_with_its_month(start: str, date: str, differs: bool) -> None:
    record = make_record(project={"period": {"start": start}}, forms=plan(date=date))
    diagnostics = run(
        "same_value", {"what": "周期", "paths": ["project.period.start", "forms.plan[].date"]}, record, "宜"
    )
    assert show(diagnostics) == ([("C228", "forms.plan[0].date")] if differs else [])
    if diagnostics:
        assert (diagnostics[0].params["value"], diagnostics[0].params["other_value"]) == (date, start)


def test_of_one_value_alone_nothing_is_said() -> None:
    record = make_record(forms=plan(date="2024-03-01"))
    assert not run("same_value", {"what": "周期", "paths": ["project.period.start", "forms.plan[].date"]}, record)


VISITS = [
    {"key": "v1", "method": "研讨", "enterprises": ["clock"], "people": ["甲山", "乙水"]},
    {"key": "v2", "method": "研讨", "enterprises": ["watch"], "people": ["丙石"]},
]
EACH = {"per": "enterprises[]", "path": "facts.enterprise_totals[].visits[]", "label": "服务"}


def test_who_was_never_visited_is_named() -> None:
    record = make_record(enterprises=[CLOCK, WATCH], activities=VISITS[:1])
    (diagnostic,) = run("each_has", EACH, record)
    assert (diagnostic.code, diagnostic.params["name"]) == ("C227", "表厂")
    assert not run("each_has", EACH, make_record(enterprises=[CLOCK, WATCH], activities=VISITS))


def test_what_failed_validation_is_not_wanting() -> None:
    record = make_record(enterprises=[CLOCK])
    assert not run("each_has", EACH, record, silenced=lambda place: place[:1] == ("enterprises",))


READINGS = {"combined": [["a1", "a2"]], "literal": [["a1"], ["a2"]]}


@pytest.mark.parametrize(
    ("reading", "a1", "a2", "met"),
    [
        ("combined", "好", "好", True),
        ("combined", "好", "坏", False),
        ("literal", "好", "坏", True),
        ("literal", "坏", "不看", False),
        ("combined", "坏", None, True),
    ],
)
def test_one_set_of_conditions_is_met_whole(reading: str, a1: str, a2: str | None, met: bool) -> None:
    lines = {"a1": {"verdict": a1}, "a2": {"verdict": a2}}
    record = make_record(forms={"look": [{"of": "clock", "lines": lines}]})
    params = {"lines": "forms.look[].lines", "verdicts": ["好"], "readings": READINGS, "reading": reading}
    assert [item.code for item in run("verdicts_met", params, record)] == ([] if met else ["C229"])


def test_an_unknown_reading_is_a_fault_of_the_rule() -> None:
    from docgen.checks.rules.verdicts.verdicts_met import Params

    with pytest.raises(ValueError, match="C248"):
        Params.model_validate({"lines": "x", "verdicts": ["好"], "readings": READINGS, "reading": "strict"})


TOTAL = {
    "totals": [
        {
            "stated": "forms.plan[].members[].name",
            "counted": "facts.enterprise_totals[].visit_count",
            "of": "facts.enterprise_totals[].visits[]",
        }
    ],
    "per": "enterprises[]",
}


@pytest.mark.parametrize(("stated", "differs"), [("1", False), ("1.0", False), ("2", True)])
def test_a_typed_figure_is_held_against_the_records_of_its_enterprise(stated: str, differs: bool) -> None:
    record = make_record(
        enterprises=[CLOCK, WATCH], activities=[{"key": "x"}, *VISITS], forms=plan(members=[{"name": stated}])
    )
    diagnostics = run("stated_total", TOTAL, record, "宜")
    assert show(diagnostics) == ([("C230", "forms.plan[0].members[0].name")] if differs else [])
    if diagnostics:
        params = {key: diagnostics[0].params[key] for key in ("value", "counted", "number", "name")}
        assert params == {"value": "2", "counted": "1", "number": 1, "name": "钟厂"}
        assert diagnostics[0].params["other"] == "record.yaml:13"  # activities[1], the visit that was counted


def test_where_nothing_is_recorded_a_figure_may_be_typed() -> None:
    assert not run("stated_total", TOTAL, make_record(forms=plan(members=[{"name": "7"}])))


@pytest.mark.parametrize(("days", "fits"), [("0.5", True), ("3", True), ("2.50", True), ("0.3", False), (None, True)])
def test_days_come_in_halves(days: str | None, fits: bool) -> None:
    record = make_record(activities=[{"key": "v", "person_days": days}])
    diagnostics = run("value_step", {"paths": ["activities[].person_days"], "step": "0.5"}, record, "宜")
    assert show(diagnostics) == ([] if fits else [("C231", "activities[0].person_days")])


SIGNS = {
    "changes": "forms.change[]",
    "about": "about",
    "texts": ["title", "agreed"],
    "kinds": [
        {"name": "人", "patterns": ["换人|组员"]},
        {"name": "时间", "patterns": ["推迟|改期"]},
    ],
    "denied": ["[^，。；]{0,4}不变"],
    "signs": [
        {"path": "forms.audit[].started", "label": "改过时间", "kind": "时间"},
        {"path": "forms.plan[].members[].role", "label": "换过人", "values": ["长"], "kind": "人", "person": "name"},
    ],
    "strangers": [
        {"names": "activities[].people[]", "among": "forms.plan[].members[].name", "label": "来了别人"},
    ],
}
CHANGED = {
    **plan(members=[{"role": "长", "name": "甲山"}, {"role": "员", "name": "乙水"}]),
    "audit": [{"of": "clock", "started": "2024-03-01"}],
}
DATE, PERSON = ("C232", "forms.audit[0].started"), ("C232", "forms.plan[0].members[0].role")


def test_signs_of_a_change_are_told_until_it_is_recorded() -> None:
    record = make_record(enterprises=[CLOCK, WATCH], activities=VISITS, forms=CHANGED)
    diagnostics = run("unrecorded_change", SIGNS, record, "宜")
    assert show(diagnostics) == [DATE, PERSON, ("C232", "activities[1].people[0]")]


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ([{"title": "换人"}], [DATE]),
        ([{"title": "换人", "agreed": "时间不变"}], [DATE]),
        ([{"title": "甲山调走"}], [DATE]),
        ([{"title": "推迟"}], [PERSON]),
        ([{"title": "改到3月1日"}], [PERSON]),
        ([{"title": "推迟，组员不变"}], [PERSON]),
        ([{"title": "其他事", "about": ["时间"]}], [PERSON]),
        ([{"title": "推迟和换人", "about": ["人"]}], [DATE]),
        ([{"title": "推迟后换人"}], []),
        ([{"title": "推迟"}, {"title": "甲山由乙水接替"}], []),
        ([{"title": "无关"}], [DATE, PERSON]),
    ],
)
def test_a_change_explains_what_it_is_about_and_no_more(
    changes: list[dict[str, Any]], reported: list[tuple[str, str]]
) -> None:
    forms = {**CHANGED, "change": [{"key": f"c{at}", **item} for at, item in enumerate(changes)]}
    assert show(run("unrecorded_change", SIGNS, make_record(activities=VISITS[:1], forms=forms))) == reported


def test_a_change_about_one_who_left_explains_no_other() -> None:
    members = [{"role": "长", "name": "甲山"}, {"role": "长", "name": "乙水"}]
    forms = {**plan(members=members), "change": [{"key": "c", "title": "换人：甲山调走"}]}
    assert show(run("unrecorded_change", SIGNS, make_record(forms=forms))) == [
        ("C232", "forms.plan[0].members[1].role")
    ]


def test_without_a_list_nobody_is_a_stranger() -> None:
    record = make_record(enterprises=[CLOCK, WATCH], activities=VISITS)
    assert not run("unrecorded_change", SIGNS, record)


RETURNED = {"per": "enterprises[]", "forms": "forms.plan[]", "answers": ["measure"], "label": "评价表"}


def test_the_share_that_came_back_is_told_unless_it_is_all() -> None:
    params = {**RETURNED, "answers": ["date"]}
    record = make_record(enterprises=[CLOCK, WATCH], forms=plan(date="2024-03-01"))
    (diagnostic,) = run("share_returned", params, record, "可")
    stated = {key: diagnostic.params[key] for key in ("count", "total", "share", "wanting")}
    assert stated == {"count": 1, "total": 2, "share": "50", "wanting": "表厂"}
    assert not run("share_returned", params, make_record(forms=plan(date="2024-03-01")))


def test_a_name_is_one_that_is_known() -> None:
    record = make_record(
        parties=[{"key": "p", "role": "agency", "name": "武汉甲机构"}], forms=plan(members=[{"name": "武汉乙机构"}])
    )
    params = {"names": "forms.plan[].members[].name", "among": "parties[].name", "what": "参与方"}
    (diagnostic,) = run("known_name", params, record)
    assert (diagnostic.code, diagnostic.params["nearest"]) == ("C235", "武汉甲机构")
    people = {**params, "names": "forms.look[].people", "among": "forms.plan[].members[].name", "people": "是"}
    forms = {**plan(members=[{"name": "甲山"}]), "look": [{"of": "clock", "people": "甲山、乙水"}]}
    assert [item.params["name"] for item in run("known_name", people, make_record(forms=forms))] == ["乙水"]


STEPS = {
    "per": "enterprises[]",
    "steps": [
        {"label": "服务", "dates": ["trainings[].date"], "over": "是"},
        {"label": "评价", "dates": ["forms.plan[].date"]},
    ],
}


@pytest.mark.parametrize(("date", "early"), [("2024-03-05", True), ("2024-03-09", False)])
def test_a_step_that_is_over_ends_before_the_next_begins(date: str, early: bool) -> None:
    trainings = [{"key": "a", "date": "2024-03-01"}, {"key": "b", "date": "2024-03-08"}]
    record = make_record(trainings=trainings, forms=plan(date=date))
    assert [item.code for item in run("steps_in_order", STEPS, record)] == (["C211"] if early else [])


def test_an_example_of_the_filing_list_is_a_document_or_evidence() -> None:
    params = {"item": "d", "examples": [{"label": "照片", "documents": ["story"], "evidence": ["photograph"]}]}
    assert [item.code for item in run("filed_examples", params, make_record(), "宜")] == ["C234"]
    photo = {"key": "p", "file": "a.jpg", "kind": "photograph"}
    assert not run("filed_examples", params, make_record(evidence=[photo]))
    assert not run("filed_examples", params, make_record(forms={"story": [{"of": "clock", "title": "x"}]}))
    assert not run("filed_examples", params, make_record(), silenced=lambda place: place == ("forms", "story"))


def test_nothing_is_said_of_what_no_document_prints_now() -> None:
    """Whoever makes one kind of form from a list of enterprises isn't asked for all that the project did."""
    record = make_record(enterprises=[CLOCK, WATCH])
    assert run("each_has", {**EACH, "documents": ["story"]}, record)
    assert not run("each_has", {**EACH, "documents": ["nowhere"]}, record)


def test_each_item_tells_its_fields() -> None:
    lines = [
        {"key": "a", "name": "少返工", "amount": "3"},
        {"key": "b", "name": "少报废", "amount": "4", "basis": "台账"},
    ]
    record = make_record(enterprises=[{**CLOCK, "benefits": lines}])
    params = {"items": "enterprises[].benefits[]", "fields": ["amount", "basis"]}
    assert show(run("fields_given", params, record, "宜")) == [("C236", "enterprises[0].benefits[0]")]
    assert not run("fields_given", {**params, "documents": ["nowhere"]}, record)


def test_a_value_is_called_as_people_call_it() -> None:
    record = make_record(parties=[{"key": "p", "role": "other", "name": "某局"}])
    params = {"rows": "parties[]", "label": "参与方", "field": "role", "value": "agency", "min": 1}
    (diagnostic,) = run("value_count", {**params, "value_label": "机构"}, record)
    assert diagnostic.params["value"] == "机构"


REFUSED = {"documents": ["refusal", "plan"], "reason": "园区项目"}


@pytest.mark.parametrize(
    ("scope", "note", "is_reported"),
    [("enterprise", "不去", True), ("park", "不去", False), ("enterprise", None, False)],
)
def test_a_document_is_filled_only_where_it_is_made(scope: str, note: str | None, is_reported: bool) -> None:
    entry = {"note": note} if note is not None else {}
    record = make_record(project={"scope": scope}, forms={"refusal": [entry], **plan(date="2024-03-01")})
    diagnostics = run("form_used", REFUSED, record)
    assert show(diagnostics) == ([("C226", "forms.refusal[0]")] if is_reported else [])
    if diagnostics:
        assert (diagnostics[0].params["document"], diagnostics[0].params["reason"]) == ("refusal", "园区项目")


STOPPED = {
    "entries": "forms.call[]",
    "signs": [{"field": "done", "values": ["不成"]}, {"field": "maker", "words": ["停产", "退出"]}],
    "recorded": ["forms.change[].title"],
    "what": "变更",
    "per": "enterprises[]",
}


@pytest.mark.parametrize(
    ("done", "maker", "is_reported"),
    [
        ("不成", "已经停产", True),
        ("成", "已经停产", False),
        ("不成", "照常生产", False),
        ("不成", "没有停产", False),
        ("不成", None, False),
    ],
)
def test_an_entry_with_all_signs_calls_for_a_record(done: str, maker: str | None, is_reported: bool) -> None:
    call = {"key": "c1", "done": done} | ({"maker": maker} if maker is not None else {})
    diagnostics = run("signs_recorded", STOPPED, make_record(forms={"call": [call]}))
    assert show(diagnostics) == ([("C270", "forms.call[0].done")] if is_reported else [])


def test_what_is_recorded_answers_the_signs_unless_nobody_could_read_it() -> None:
    call = {"key": "c1", "done": "不成", "maker": "退出"}
    recorded = {"change": [{"key": "g1", "title": "退出"}]}
    assert run("signs_recorded", STOPPED, make_record(forms={"call": [call], **recorded})) == []
    silent = run("signs_recorded", STOPPED, make_record(forms={"call": [call]}), silenced=lambda place: True)
    assert silent == []
