"""Checks that hold one place against another: conclusions, lists, grades, results, people, days."""

from __future__ import annotations

from typing import Any

import pytest
from support.checks_support import make_indicator, make_record, run, show

from docgen.checks.rules.figures.indicator_results import is_contradicted
from docgen.checks.rules.presence.given_with import Params as GivenWith
from docgen.checks.shared.units import is_same_unit, read_bare_unit
from docgen.record.enterprise import Indicator
from docgen.record.record import Record

CLOCK = {"key": "clock", "name": "钟厂"}
WATCH = {"key": "watch", "name": "表厂"}


def entered(*candidates: dict[str, Any], **parts: Any) -> Record:
    return make_record(forms={"entry": [{"date": "2024-03-01", "candidates": list(candidates)}]}, **parts)


STOP = {
    "conclusion": "forms.call[].done",
    "values": ["不成"],
    "work": ["forms.entry[].date", "forms.mended[].on"],
}


@pytest.mark.parametrize(("done", "is_reported"), [("不成", True), ("成", False), (None, False)])
def test_work_doesnt_go_on_from_what_stops_it(done: str | None, is_reported: bool) -> None:
    forms = {"call": [{"key": "c", "done": done}], "entry": [{"date": "2024-03-01"}]}
    diagnostics = run("went_on", STOP, make_record(forms=forms))
    assert show(diagnostics) == ([("C333", "forms.call[0].done")] if is_reported else [])
    if diagnostics:
        assert (diagnostics[0].params["work_value"], diagnostics[0].params["count"]) == ("2024-03-01", 1)


@pytest.mark.parametrize(("on", "is_reported"), [("2024-04-30", False), ("2024-05-01", True), ("2024-05-02", True)])
def test_work_before_the_conclusion_didnt_go_on_from_it(on: str, is_reported: bool) -> None:
    forms = {
        "audit": [{"of": "clock", "held": on}],
        "entry": [{"date": "2024-05-01", "candidates": [{"name": "不予通过"}]}],
    }
    params = {"conclusion": "forms.entry[].candidates[].name", "refusal": "是", "work": ["forms.audit[].held"]}
    assert len(run("went_on", params, make_record(forms=forms))) == 1
    dated = {"conclusion": "forms.lesson[].note", "refusal": "是", "date": "date", "work": ["forms.audit[].held"]}
    forms = {"audit": forms["audit"], "lesson": [{"of": "t", "date": "2024-05-01", "note": "经评审，未通过"}]}
    record = make_record(trainings=[{"key": "t"}], forms=forms)
    assert show(run("went_on", dated, record)) == ([("C333", "forms.lesson[0].note")] if is_reported else [])


@pytest.mark.parametrize(
    ("first", "second", "held", "is_reported"),
    [
        ("不通过", "通过", "2024-05-20", False),
        ("不通过", "通过", "2024-05-12", True),
        ("不通过", "请补充", "2024-05-20", True),
        ("通过", "不通过", "2024-05-20", True),
        ("通过", "不通过", "2024-05-12", False),
    ],
)
def test_work_rests_on_the_last_conclusion(first: str, second: str, held: str, is_reported: bool) -> None:
    lessons = [{"of": "t", "date": "2024-05-10", "note": first}, {"of": "t", "date": "2024-05-15", "note": second}]
    params = {"conclusion": "forms.lesson[].note", "refusal": "是", "date": "date", "work": ["forms.audit[].held"]}
    forms = {"lesson": lessons, "audit": [{"of": "clock", "held": held}]}
    assert bool(run("went_on", params, make_record(trainings=[{"key": "t"}], forms=forms))) == is_reported


def test_another_that_was_chosen_carries_the_work_whenever_that_was() -> None:
    lessons = [{"of": "u", "date": "2024-05-01", "note": "通过"}, {"of": "t", "date": "2024-05-10", "note": "不通过"}]
    params = {"conclusion": "forms.lesson[].note", "values": ["不通过"], "date": "date", "work": ["forms.audit[].held"]}
    forms = {"lesson": lessons, "audit": [{"of": "clock", "held": "2024-05-20"}]}
    record = make_record(trainings=[{"key": "t"}, {"key": "u"}], forms=forms)
    assert not run("went_on", params, record)
    alone = make_record(trainings=[{"key": "t"}], forms={**forms, "lesson": lessons[1:]})
    assert len(run("went_on", params, alone)) == 1


GRANTED = {
    "items": "forms.entry[].candidates[]",
    "when": [{"field": "chosen", "values": ["是"]}],
    "given": ["clean"],
    "absent": ["clear_since"],
    "name": "name",
}


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"chosen": "是", "clean": "否"}, []),
        ({"chosen": "是"}, ["C334"]),
        ({"chosen": "是", "clear_since": "2024-01-01"}, ["C334", "C335"]),
        ({"chosen": "否", "clear_since": "2024-01-01"}, []),
        ({"clear_since": "2024-01-01"}, []),
    ],
)
def test_an_answer_calls_for_some_and_rules_out_others(row: dict[str, Any], codes: list[str]) -> None:
    diagnostics = run("given_with", GRANTED, entered({"name": "甲", **row}))
    assert [item.code for item in diagnostics] == codes
    assert all(item.params["answer"] == "是" and item.params["name"] == "甲" for item in diagnostics)


@pytest.mark.parametrize(("date", "is_reported"), [("2024-03-01", True), (None, False)])
def test_nothing_is_asked_before_it_is_dated(date: str | None, is_reported: bool) -> None:
    record = make_record(
        enterprises=[{**CLOCK, "indicators": [make_indicator(after=None)]}, {**WATCH, "indicators": []}],
        forms={"plan": [{"of": "clock", "date": date}, {"of": "watch", "date": "2024-03-01"}]},
    )
    params = {
        "items": "enterprises[].indicators[]",
        "given": ["after"],
        "once": "forms.plan[].date",
        "per": "enterprises[]",
    }
    diagnostics = run("given_with", params, record)
    assert show(diagnostics) == ([("C334", "enterprises[0].indicators[0]")] if is_reported else [])


def test_a_rule_without_a_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="C255"):
        GivenWith.model_validate({"items": "x", "given": ["y"]})


APART = {
    "names": "forms.look[].people",
    "people": "是",
    "groups": [{"rows": "forms.crew[].people[]", "field": "name", "what": "修钟的人"}],
}


@pytest.mark.parametrize(
    ("people", "reported"), [("甲山、乙水", ["乙水"]), ("甲山（组长）", []), ("乙 水", ["乙水"]), (None, [])]
)
def test_nobody_judges_the_own_work(people: str | None, reported: list[str]) -> None:
    forms = {"look": [{"of": "clock", "people": people}], "crew": [{"people": [{"name": "乙水"}, {}]}]}
    assert [item.params["name"] for item in run("kept_apart", APART, make_record(forms=forms))] == reported


@pytest.mark.parametrize(
    ("unit", "is_reported"),
    [("武汉甲质量公司", True), ("武汉甲质量公司检验部", True), ("武汉甲质量协会", False), ("钟厂", False)],
)
def test_a_part_of_an_organisation_is_the_organisations(unit: str, is_reported: bool) -> None:
    group = {"rows": "parties[]", "field": "name", "what": "机构", "when": [{"field": "role", "values": ["agency"]}]}
    record = make_record(
        parties=[
            {"key": "a", "role": "agency", "name": "武汉甲质量公司"},
            {"key": "o", "role": "other", "name": "钟厂"},
        ],
        forms={"mend": [], "call": [{"key": "c", "maker": unit}]},
    )
    diagnostics = run("kept_apart", {"names": "forms.call[].maker", "groups": [group]}, record)
    assert [item.code for item in diagnostics] == (["C338"] if is_reported else [])


CHOSEN = {
    "items": "enterprises[]",
    "rows": "forms.entry[].candidates[]",
    "by": [{"item": "key", "row": "enterprise"}, {"item": "name", "row": "name"}],
    "when": [{"field": "chosen", "values": ["是"]}],
    "what": "遴选表",
}


@pytest.mark.parametrize(
    ("rows", "reported"),
    [
        ([{"enterprise": "clock", "name": "钟表厂", "chosen": "是"}], []),
        ([{"name": "钟 厂", "chosen": "是"}], []),
        ([{"enterprise": "clock", "chosen": "否"}], ["C340"]),
        ([{"enterprise": "clock"}], ["C340"]),
        ([{"name": "别家", "chosen": "是"}], ["C339"]),
        ([{"enterprise": "clock", "chosen": "否"}, {"enterprise": "clock", "chosen": "是"}], []),
        ([], []),
    ],
)
def test_who_takes_part_was_chosen(rows: list[dict[str, Any]], reported: list[str]) -> None:
    record = entered(*rows, enterprises=[{**CLOCK, "indicators": []}])
    assert [item.code for item in run("backed_by", CHOSEN, record)] == reported


def test_what_is_named_agrees_with_what_stands_there() -> None:
    params = {
        "items": "forms.entry[].candidates[]",
        "rows": "forms.story[]",
        "by": [{"item": "enterprise", "row": "of"}],
        "values": [{"item": "name", "row": "title"}],
        "what": "故事",
    }
    story = {"story": [{"of": "clock", "title": "修一只钟"}]}
    for name, codes in (("修一只钟", []), ("修一只表", ["C205"])):
        forms = {**story, "entry": [{"candidates": [{"enterprise": "clock", "name": name}]}]}
        assert [item.code for item in run("backed_by", params, make_record(forms=forms))] == codes
    forms = {**story, "entry": [{"candidates": [{"enterprise": "watch", "name": "修一只表"}]}]}
    (diagnostic,) = run("backed_by", params, make_record(enterprises=[CLOCK, WATCH], forms=forms))
    assert (diagnostic.code, diagnostic.params["name"]) == ("C339", "表厂")


def test_one_of_several_is_enough_where_one_is_asked() -> None:
    rows = [{"name": "表厂"}]
    params = {**CHOSEN, "when": [], "any": "是"}
    assert not run("backed_by", params, entered(*rows, enterprises=[CLOCK, WATCH]))
    assert run("backed_by", params, entered({"name": "别家"}, enterprises=[CLOCK, WATCH]))


GRADE = {
    "stated": "forms.plan[].targets[]",
    "field": "measure",
    "computed": "facts.evaluations[]",
    "per": "enterprises[]",
}


@pytest.mark.parametrize(("grade", "is_reported"), [("准", False), ("不准", True), (" 准", False), (None, False)])
def test_a_stated_grade_is_the_computed_one(grade: str | None, is_reported: bool) -> None:
    forms = {"plan": [{"of": "clock", "targets": [{"measure": grade}]}]}
    diagnostics = run("grade_stated", GRADE, make_record(forms=forms))
    assert show(diagnostics) == ([("C341", "forms.plan[0].targets[0].measure")] if is_reported else [])


@pytest.mark.parametrize(
    ("text", "is_reported"),
    [
        ("评价等级为准，同意通过。", False),
        ("评价等级为不准。", True),
        ("走得准不准要看保养。", False),
        ("等级由准降为不准。", False),
        ("同意通过验收。", False),
        ("不同意通过验收。", True),
        (None, False),
    ],
)
def test_a_text_may_name_the_grade(text: str | None, is_reported: bool) -> None:
    params = {**GRADE, "prose": "是", "failing": ["不准"], "refusal": "是"}
    forms = {"plan": [{"of": "clock", "targets": [{"measure": text}]}]}
    assert bool(run("grade_stated", params, make_record(forms=forms))) == is_reported


@pytest.mark.parametrize(
    ("text", "is_reported"), [("同意通过验收。", True), ("不予通过。", False), ("等级为不准。", False)]
)
def test_what_failed_isnt_passed(text: str, is_reported: bool) -> None:
    params = {**GRADE, "prose": "是", "failing": ["不准"]}
    missed = [{**CLOCK, "indicators": [make_indicator(after="80")]}]
    forms = {"plan": [{"of": "clock", "targets": [{"measure": text}]}]}
    assert bool(run("grade_stated", params, make_record(enterprises=missed, forms=forms))) == is_reported


def test_only_the_row_of_this_project_is_held_against_its_grade() -> None:
    params = {**GRADE, "subject": "target", "named": "project.name"}
    rows = [{"target": "别的项目", "measure": "不准"}, {"target": "修钟", "measure": "准"}]
    record = make_record(project={"name": "修钟"}, forms={"plan": [{"of": "clock", "targets": rows}]})
    assert not run("grade_stated", params, record)


@pytest.mark.parametrize(
    ("values", "contradicted"),
    [
        ({"reached": None}, False),
        ({"reached": True}, False),
        ({"reached": False}, True),
        ({"reached": True, "after": "89"}, True),
        ({"reached": False, "after": "89"}, False),
        ({"reached": True, "direction": "down", "target": "90", "after": "92"}, True),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "有", "reached": True}, False),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "有（运行三个月）", "reached": True}, False),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "有", "reached": False}, True),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "无", "reached": True}, True),
        ({"direction": "yes_no", "before": "有", "target": "有", "after": "有", "reached": True}, False),
        (
            {"direction": "text", "before": "查不到", "target": "查到班组", "after": "查到班组和日期", "reached": True},
            False,
        ),
        ({"direction": "text", "before": "查不到", "target": "查到班组", "after": "查不到", "reached": True}, True),
        (
            {"direction": "text", "before": "查不到", "target": "查到班组", "after": "只查到日期", "reached": False},
            False,
        ),
    ],
)
def test_a_result_is_held_against_its_values(values: dict[str, Any], contradicted: bool) -> None:
    assert is_contradicted(Indicator.model_validate({**make_indicator(), **values})) == contradicted


@pytest.mark.parametrize(
    ("before", "target", "after", "reported"),
    [
        ("3天", "1天", "1天", None),
        ("平均3天", "24小时以内", "20小时", "target"),
        ("3天", "2日内", "1天", None),
        ("3起/月", "1起", "0起", None),
        ("出厂后3天查不到", "24小时内查到", "查到", None),
        ("约12人", "10名以下", "8人", None),
        ("85%", "90分", "92分", "target"),
        ("0.6", "0.3%", "0.2%", None),
        ("1.5万元", "1000元", None, "target"),
        ("没有", "1项", "2项", None),
    ],
)
def test_values_in_words_have_one_unit(before: str, target: str, after: str | None, reported: str | None) -> None:
    indicator = make_indicator(direction="text", unit=None, before=before, target=target, after=after)
    record = make_record(enterprises=[{**CLOCK, "indicators": [indicator]}])
    diagnostics = run("indicator_results", {"indicators": "enterprises[].indicators[]"}, record)
    assert show(diagnostics) == ([("C337", f"enterprises[0].indicators[0].{reported}")] if reported else [])


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("95%", "%"),
        ("≥95 ％", "%"),
        ("不超过3天", "天"),
        ("3", ""),
        ("14起", "起"),
        ("3天查不到", ""),
        ("GB/T 19001", ""),
    ],
)
def test_a_bare_figure_has_its_unit(text: str, unit: str) -> None:
    assert read_bare_unit(text) == unit


def test_units_that_mean_the_same_are_the_same() -> None:
    assert is_same_unit("％", "百分比")
    assert is_same_unit("件", "起")
    assert not is_same_unit("天", "小时")


@pytest.mark.parametrize(("target", "codes"), [("90", []), ("90%", []), ("90分", ["C337"]), ("91", ["C205"])])
def test_a_repeated_value_keeps_its_unit(target: str, codes: list[str]) -> None:
    params = {
        "per": "enterprises[]",
        "rows": "forms.plan[].targets[]",
        "by": "indicator",
        "items": "enterprises[].indicators[]",
        "values": [{"row": "target", "item": "target", "unit": "unit"}],
    }
    forms = {"plan": [{"of": "clock", "targets": [{"indicator": "rate", "target": target}]}]}
    assert [item.code for item in run("linked_value", params, make_record(forms=forms))] == codes


@pytest.mark.parametrize(("held", "is_reported"), [("2024-02-01", True), ("2024-03-01", False), (None, False)])
def test_days_of_an_entry_follow_each_other(held: str | None, is_reported: bool) -> None:
    forms = {"audit": [{"of": "clock", "started": "2024-03-01", "held": held}]}
    diagnostics = run(
        "times_in_order", {"entries": "forms.audit[]", "times": ["started", "held"]}, make_record(forms=forms)
    )
    assert show(diagnostics) == ([("C342", "forms.audit[0].held")] if is_reported else [])


@pytest.mark.parametrize(
    ("founded", "applied_on", "told"),
    [
        ("2024-03", "2024-02-29", True),
        ("2024-03", "2024-03-01", False),
        ("2024-03-31", "2024-03-01", True),
        ("2024-02", "2024-03-01", False),
    ],
)
def test_a_month_is_before_another_day_only_as_a_whole(founded: str, applied_on: str, told: bool) -> None:
    record = make_record(enterprises=[{"key": "clock", "name": "钟", "founded": founded, "applied_on": applied_on}])
    found = run("times_in_order", {"entries": "enterprises[]", "times": ["founded", "applied_on"]}, record)
    assert [item.code for item in found] == (["C342"] if told else [])


@pytest.mark.parametrize(("name", "told"), [("安平钟表厂", False), ("钟表", False), ("安平表厂", True)])
def test_a_name_beside_its_key_is_that_name_or_a_part_of_it(name: str, told: bool) -> None:
    params = {
        "rows": "forms.entry[].candidates[]",
        "by": "enterprise",
        "items": "enterprises[]",
        "values": [{"row": "name", "item": "name", "part": "是"}],
    }
    forms = {"entry": [{"date": "2024-05-01", "candidates": [{"enterprise": "clock", "name": name}]}]}
    record = make_record(enterprises=[{"key": "clock", "name": "安平钟表厂"}], forms=forms)
    assert [item.code for item in run("linked_value", params, record)] == (["C205"] if told else [])


LOOKED = {"document": "look", "conclusion": "people", "verdicts": ["坏"]}


@pytest.mark.parametrize(
    ("conclusion", "verdict", "is_reported"),
    [
        ("通过", "坏", True),
        ("通过", "好", False),
        ("不通过", "坏", False),
        ("整改后通过", "坏", False),
        (None, "坏", False),
    ],
)
def test_a_conclusion_in_words_agrees_with_its_lines(conclusion: str | None, verdict: str, is_reported: bool) -> None:
    params = {**LOOKED, "approval": "是"}
    look = {"of": "clock", "people": conclusion, "lines": {"a1": {"verdict": verdict}, "a2": {"verdict": "好"}}}
    diagnostics = run("conclusion_agrees", params, make_record(forms={"look": [look]}))
    assert show(diagnostics) == ([("C329", "forms.look[0].people")] if is_reported else [])
    assert not run("conclusion_agrees", {**params, "except": ["a1"]}, make_record(forms={"look": [look]}))


@pytest.mark.parametrize(
    ("conclusion", "opinion", "is_reported"),
    [
        ("成", "资料不全，不予通过。", True),
        ("成", "有一处未通过复核，已改正，同意通过。", False),
        ("不成", "同意通过。", True),
        ("不成", "不同意通过。", False),
        ("成", None, False),
        (None, "同意通过。", False),
    ],
)
def test_a_conclusion_agrees_with_the_words_beside_it(
    conclusion: str | None, opinion: str | None, is_reported: bool
) -> None:
    params = {**LOOKED, "conclusion": "found", "favourable": ["成"], "adverse": ["不成"], "opinion": "people"}
    look = {"of": "clock", "found": conclusion, "people": opinion, "lines": {}}
    diagnostics = run("conclusion_agrees", params, make_record(forms={"look": [look]}))
    assert show(diagnostics) == ([("C290", "forms.look[0].found")] if is_reported else [])


@pytest.mark.parametrize(
    ("tiers", "size", "is_reported"),
    [
        (["班组长"], "小型", False),
        (["领导层", "一线班组"], "小型", False),
        (["领导层"], "小型", True),
        (["领导层"], "家庭作坊", False),
        ([], "小型", False),
    ],
)
def test_each_kind_is_there(tiers: list[str], size: str, is_reported: bool) -> None:
    params = {
        "per": "enterprises[]",
        "path": "facts.enterprise_totals[].trainings[].tier",
        "label": "班组长的培训",
        "patterns": ["班组"],
        "unless": [{"field": "size_class", "values": ["家庭作坊"]}],
    }
    trainings = [{"key": f"t{at}", "tier": tier} for at, tier in enumerate(tiers)]
    record = make_record(enterprises=[{**CLOCK, "size_class": size}], trainings=trainings)
    assert [item.code for item in run("each_has", params, record)] == (["C227"] if is_reported else [])
