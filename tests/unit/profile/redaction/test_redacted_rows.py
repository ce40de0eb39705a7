"""What is about a closed enterprise is closed with it: rows, attendance, amounts; what others say openly is not."""

from __future__ import annotations

from typing import Any

import pytest
from support.redaction_support import PROFILE, RECORD, make_subject, plan, redact

from docgen.profile.redaction.record import redact_subject
from docgen.render.context.build import build_context

MARK = "〔不公开〕"
NEEDS: dict[str, Any] = {
    "id": "needs",
    "title": "需求登记",
    "shape": "register",
    "rows": "forms.needs[].rows[]",
    "fields": [
        {
            "key": "rows",
            "label": "需求",
            "type": "rows",
            "fields": [
                {"key": "who", "label": "企业"},
                {"key": "what", "label": "需求"},
                {"key": "then", "label": "安排"},
                {"key": "cost", "label": "费用", "type": "money", "unit": "元"},
            ],
        },
        {"key": "note", "label": "说明"},
    ],
    "columns": [{"key": "what", "label": "需求", "source": "forms.needs[].rows[].what"}],
}
ROWS: list[dict[str, Any]] = [
    {"who": "徐州鸣钟机械有限公司", "what": "校准摆轮", "then": "列入明年计划", "cost": "1200.00"},
    {"who": "铃铛厂", "what": "调音", "then": "列入明年计划", "cost": "640.00"},
]


def redact_needs(note: str, *closed: dict[str, Any], **more: Any) -> Any:
    forms = {**RECORD["forms"], "needs": [{"rows": ROWS, "note": note}]}
    record = {"disclosure": {"confidential": [*closed]}, "forms": forms, **more}
    whole = make_subject(record, {"documents": [*PROFILE["documents"], NEEDS]})
    record: Any = redact_subject(whole).subject.record
    return record.forms.needs[0]


def test_a_row_that_names_an_enterprise_is_closed_with_it_and_says_whose_it_is() -> None:
    done = redact_needs("校准摆轮，调音", {"enterprises": ["clock"]})
    rows = [(row.who, row.what, row.then, row.cost) for row in done.rows]
    assert rows[0] == ("企业甲", MARK, MARK, MARK)
    assert rows[1][:3] == ("铃铛厂", "调音", "列入明年计划")
    assert done.note == f"{MARK}，调音"


def test_what_open_rows_say_of_the_same_is_no_secret_unless_it_is_named() -> None:
    done = redact_needs("列入明年计划", {"enterprises": ["clock"]})
    assert done.note == "列入明年计划"
    done = redact_needs("列入明年计划", {"paths": ["forms.needs[].rows[].then"], "enterprises": ["clock"]})
    assert (done.note, done.rows[1].then) == (MARK, MARK)


def test_the_sum_of_a_closed_column_is_masked_where_it_was_typed() -> None:
    closed = {"paths": ["forms.needs[].rows[].cost"]}
    done = redact_needs("共1,840元，其中640元、0.12万元", closed)
    assert done.note == f"共{MARK}元，其中{MARK}元、{MARK}万元"
    one = redact_needs("共1840.00元，其中640元、1200元", {**closed, "enterprises": ["clock"]})
    assert one.note == f"共{MARK}元，其中640元、{MARK}元"


def test_people_who_take_part_are_no_secret_in_a_list_of_them() -> None:
    parties = [{**RECORD["parties"][0], "people": [{"name": "常乐"}]}]
    talk = [{"of": "clock", "guest": "齐云、常乐"}]
    talk_spec = {**PROFILE["documents"][0]}
    talk_spec["fields"] = [{**field, "confidential": False} for field in talk_spec["fields"]]
    documents = [talk_spec, *PROFILE["documents"][1:]]

    def find(*closed: dict[str, Any]) -> list[str]:
        record = {"parties": parties, "forms": {"talk": talk}, "disclosure": {"confidential": [*closed]}}
        done = redact_subject(make_subject(record, {"documents": documents}))
        record: Any = done.subject.record
        assert record.forms.talk[0].guest == MARK
        return [secret.text for secret in done.masker.find("齐云、常乐")]

    assert find({"enterprises": ["clock"]}) == []
    # Named, each of them is masked: nobody puts them together otherwise.
    assert find({"paths": ["forms.talk[].guest"]}) == ["齐云", "常乐"]


def test_a_closed_enterprise_is_counted_nowhere_in_the_attendance() -> None:
    _, done = redact(closed=[{"enterprises": ["clock"]}])
    attendance: dict[str, Any] = done.subject.record.trainings[0].attendance
    assert attendance == {"clock": MARK, "bell": 4}
    facts = done.subject.facts
    assert (facts.project_totals.attendance_count, facts.enterprise_totals[0].attendance_count) == (MARK, MARK)
    assert facts.enterprise_totals[1].attendance_count == 4


def test_a_small_amount_is_masked_with_its_unit() -> None:
    closed = [{"paths": ["enterprises[].benefits[].amount"], "enterprises": ["clock"]}]
    _, done = redact(closed=closed)
    assert done.masker.mask("节约12.5万元、125000元，长12.5米") == f"节约{MARK}万元、{MARK}元，长12.5米"


@pytest.mark.parametrize(
    ("closed", "masked"),
    [({"enterprises": ["clock"]}, False), ({"paths": ["parties[].contact"]}, True), ({"paths": ["parties[]"]}, False)],
)
def test_a_name_that_stands_openly_elsewhere_is_masked_there_if_its_path_is_closed(
    closed: dict[str, Any], masked: bool
) -> None:
    """齐云 is a party's contact and held the training."""
    trainings = [{**RECORD["trainings"][0], "lecturer": "齐云"}]
    whole = make_subject({"trainings": trainings, "disclosure": {"confidential": [closed]}})
    assert (redact_subject(whole).subject.record.trainings[0].lecturer == MARK) is masked


def test_an_enterprises_own_people_are_its_secret_though_they_took_part() -> None:
    activities = [{"key": "a", "people": ["齐云", "魏承屿"], "method": "上门"}]
    whole = make_subject({"activities": activities, "disclosure": {"confidential": [{"enterprises": ["clock"]}]}})
    assert redact_subject(whole).subject.record.activities[0].people == ("齐云", MARK)


def test_several_masked_values_of_a_cell_are_one_mark() -> None:
    """How many there are is told no more than they are."""
    listed = {
        "id": "listed",
        "title": "指标汇总",
        "shape": "register",
        "rows": "enterprises[]",
        "columns": [{"key": "names", "label": "指标", "source": "enterprises[].indicators[].name"}],
    }
    documents = [*PROFILE["documents"], listed]
    whole, done = redact(closed=[{"paths": ["enterprises[].indicators[].name"]}], documents=documents)
    job = done.redact_job(whole, plan(whole)["listed/project"])
    rows = build_context(done.subject, job, "error")["rows"]
    assert [row.cells[0].value for row in rows][:1] == [MARK]


def test_what_was_not_assessed_of_a_closed_enterprise_is_hidden_too() -> None:
    _, done = redact(closed=[{"enterprises": ["bell"]}])
    first, second = done.subject.facts.evaluations
    assert {family.score for family in second.families} == {MARK}
    assert MARK not in {family.score for family in first.families}
