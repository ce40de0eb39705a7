"""The same values all along a chain, and an answer for everything that asks for one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from support.checks_support import make_indicator, make_record, run, show

from docgen.checks.rules.presence.answered import Params as AnsweredParams
from docgen.checks.shared.agreement import is_same
from docgen.diagnostics import Severity

TWO = [
    {"key": "clock", "name": "钟厂", "indicators": [make_indicator(), make_indicator("quick", name="快慢", unit="秒")]},
    {"key": "watch", "name": "表厂", "indicators": [make_indicator(target="95"), make_indicator("tick", name="响")]},
]
SAME = {
    "per": "enterprises[]",
    "rows": "forms.plan[].targets[]",
    "by": "indicator",
    "items": "enterprises[].indicators[]",
    "values": [{"row": "target", "item": "target"}],
}


def plan(*targets: dict[str, Any], of: str = "clock") -> dict[str, Any]:
    return {"of": of, "targets": list(targets)}


def with_forms(**forms: Any) -> Any:
    return make_record(enterprises=TWO, forms=forms)


@pytest.mark.parametrize("target", ["90", "90%", "90.0 %", "９０％", "≥90%", "90％以上"])
def test_equal_values_in_other_spelling(target: str) -> None:
    assert run("linked_value", SAME, with_forms(plan=[plan({"indicator": "rate", "target": target})])) == []


def test_a_value_that_changed_on_the_way_is_told_with_both_places() -> None:
    (diagnostic,) = run("linked_value", SAME, with_forms(plan=[plan({"indicator": "rate", "target": "95%"})]))
    assert (diagnostic.code, diagnostic.severity, diagnostic.clause) == ("C205", Severity.ERROR, "9.9")
    assert diagnostic.location.path == "forms.plan[0].targets[0].target"
    other = "enterprises[0].indicators[0].target"
    assert diagnostic.params["other"] == f"record.yaml:{len(other)}"
    assert (diagnostic.params["value"], diagnostic.params["other_value"], diagnostic.params["name"]) == (
        "95%",
        "90",
        "走时合格率",
    )


def test_each_enterprise_is_compared_with_its_own() -> None:
    record = with_forms(
        plan=[plan({"indicator": "rate", "target": "90"}), plan({"indicator": "rate", "target": "90"}, of="watch")]
    )
    assert show(run("linked_value", SAME, record)) == [("C205", "forms.plan[1].targets[0].target")]


def test_a_row_may_not_lead_to_another_enterprise() -> None:
    diagnostics = run("linked_value", SAME, with_forms(plan=[plan({"indicator": "tick", "target": "90"})]))
    assert show(diagnostics) == [("C208", "forms.plan[0].targets[0].indicator")]
    assert diagnostics[0].params["name"] == "钟厂"


def test_what_is_absent_or_failed_is_not_compared() -> None:
    record = with_forms(plan=[plan({"indicator": "rate"}, {"target": "1"})])
    assert run("linked_value", SAME, record) == []
    lost = with_forms(plan=[plan({"indicator": "tick", "target": "90"})])
    assert run("linked_value", SAME, lost, silenced=lambda place: place[-1] == "indicator") == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Decimal("92"), "92.00", True),
        ("1,200起", Decimal(1200), True),
        ("有", "有 ", True),
        ("建立台账。", "建立台账", True),
        ("有", "无", False),
        (Decimal("0.9"), "90%", False),
        ("-3", Decimal(3), False),
        ("92", "九十二", False),
    ],
)
def test_is_same(first: object, second: object, same: bool) -> None:
    assert is_same(first, second) is same


LINES = {
    "per": "enterprises[]",
    "items": "forms.look[].lines",
    "verdicts": ["坏"],
    "answers": "forms.advice[].opinions[]",
    "by": "line",
    "what": "问题",
    "answer": "意见",
}


def test_every_bad_line_is_answered() -> None:
    lines = {"a1": {"verdict": "坏"}, "a2": {"verdict": "坏"}}
    record = with_forms(
        look=[{"of": "clock", "lines": lines}, {"of": "watch", "lines": {"a1": {"verdict": "好"}}}],
        advice=[{"of": "clock", "opinions": [{"text": "换游丝", "line": ["a2"]}]}],
    )
    diagnostics = run("answered", LINES, record, level="宜")
    assert show(diagnostics) == [("C206", "forms.look[0].lines.a1")]
    assert (diagnostics[0].severity, diagnostics[0].params["label"]) == (Severity.WARNING, "摆轮是否灵活")


def test_an_answer_of_another_enterprise_is_none() -> None:
    bad = {"a2": {"verdict": "坏"}}
    record = with_forms(
        look=[{"of": "clock", "lines": bad}],
        advice=[
            {"of": "watch", "opinions": [{"text": "甲", "line": ["a2"]}]},
            {"of": "clock", "opinions": [{"text": "乙", "line": ["a1"]}]},
        ],
    )
    assert show(run("answered", LINES, record)) == [("C206", "forms.look[0].lines.a2")]


def test_an_answer_may_quote_the_line_instead_of_naming_it() -> None:
    record = with_forms(
        look=[{"of": "clock", "lines": {"a1": {"verdict": "坏"}}}],
        advice=[{"of": "clock", "opinions": [{"text": "关于“摆轮是否灵活”：清洗"}]}],
    )
    assert run("answered", LINES, record) == []


def test_without_any_answer_the_missing_document_is_told_elsewhere() -> None:
    record = with_forms(look=[{"of": "clock", "lines": {"a1": {"verdict": "坏"}}}])
    assert run("answered", LINES, record) == []


ROWS = {
    "per": "enterprises[]",
    "items": "forms.advice[].opinions[]",
    "key": "indicator",
    "answers": "forms.plan[].targets[]",
    "by": "indicator",
    "what": "意见",
    "answer": "目标",
}


def test_every_opinion_has_a_target() -> None:
    opinions = [{"text": "甲", "indicator": "rate"}, {"text": "乙", "indicator": "quick"}, {"text": "丙"}]
    record = with_forms(advice=[{"of": "clock", "opinions": opinions}], plan=[plan({"indicator": "rate"})])
    assert show(run("answered", ROWS, record)) == [("C206", "forms.advice[0].opinions[1].indicator")]
    diagnostics = run("answered", ROWS | {"unlinked": "可"}, record)
    assert [(item.code, item.severity) for item in diagnostics] == [("C206", Severity.ERROR), ("C207", Severity.INFO)]
    assert diagnostics[1].params["label"] == "丙"


def test_every_indicator_has_a_target() -> None:
    params = ROWS | {"items": "enterprises[].indicators[]", "key": "key"}
    record = with_forms(plan=[plan({"indicator": "rate"})])
    diagnostics = run("answered", params, record)
    assert show(diagnostics) == [("C206", "enterprises[0].indicators[1].key")]
    assert diagnostics[0].params["label"] == "快慢"


@pytest.mark.parametrize("changes", [{"verdicts": ["坏"]}, {"key": None}])
def test_rows_or_lines(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="C249"):
        AnsweredParams.model_validate(ROWS | changes)


def test_an_answer_may_name_several() -> None:
    lines = {"a1": {"verdict": "坏"}, "a2": {"verdict": "坏"}}
    opinions = [{"text": "都修", "line": ["a1", "a2"]}]
    record = with_forms(look=[{"of": "clock", "lines": lines}], advice=[{"of": "clock", "opinions": opinions}])
    assert run("answered", LINES, record) == []
