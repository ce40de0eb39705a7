"""Marks by a rubric: means, spreads, totals, grades; and what doesn't fit the rubric."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from docgen.checks.base import CheckSubject, compile_rule, run_rule
from docgen.checks.rules.figures import product_of_factors, sum_within
from docgen.checks.rules.presence import rubric_given
from docgen.checks.rules.verdicts import marks_complete
from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.profile.forms import build_record_model
from docgen.profile.model import Profile, RuleSpec
from docgen.profile.plan import plan_documents
from docgen.profile.subject import Subject, derive_facts
from docgen.record.marking import Marking, MarkSheet, Rubric, mark_document, sum_rows
from docgen.record.masking import Masked
from docgen.render.values.filters import FILTERS
from docgen.trees import format_path

RULE = RuleSpec.model_validate({"id": "r", "clause": "1", "level": "应", "check": "x", "with": {}})
GRADES = [{"grade": "好", "from": "8"}, {"grade": "差", "from": "2"}]


def rubric(rule: str = "mean", **more: Any) -> Rubric:
    lines = [{"key": "a", "points": "6"}, {"key": "b", "points": "4"}]
    return Rubric.model_validate({"key": "k", "rule": rule, "lines": lines, "grades": GRADES, **more})


def sheets(*marks: dict[str, str]) -> list[MarkSheet]:
    return [MarkSheet.model_validate({"expert": f"专家{at}", "marks": given}) for at, given in enumerate(marks, 1)]


def mark(*marks: dict[str, str], rule: str = "mean") -> Marking:
    return mark_document("d", None, rubric(rule), sheets(*marks))


def test_a_line_has_the_mean_of_all_and_their_spread() -> None:
    marking = mark({"a": "5", "b": "4"}, {"a": "4.5", "b": "3"}, {"a": "6", "b": "3"})
    assert [(line.mean, line.spread) for line in marking.lines] == [
        (Decimal("5.17"), Decimal("1.5")),
        (Decimal("3.33"), Decimal("1")),
    ]
    assert (marking.total, marking.full, marking.grade) == (Decimal("8.50"), Decimal(10), "好")
    assert marking.expert_totals == (Decimal(9), Decimal("7.5"), Decimal(9))
    assert marking.spread == Decimal("1.5")


def test_trimming_leaves_out_one_highest_and_one_lowest_from_three_marks_on() -> None:
    marks = [{"a": value, "b": "4"} for value in ("2", "5", "6", "6")]
    assert mark(*marks, rule="trimmed").lines[0].mean == Decimal("5.50")
    assert mark(*marks[:2], rule="trimmed").lines[0].mean == Decimal("3.50")


def test_no_total_while_a_line_has_no_mark() -> None:
    marking = mark({"a": "5"}, {"a": "6"})
    assert (marking.lines[1].mean, marking.total, marking.grade) == (None, None, None)
    assert marking.expert_totals == (None, None)
    assert marking.spread is None


def test_an_expert_who_left_a_line_counts_where_he_marked() -> None:
    marking = mark({"a": "5", "b": "4"}, {"a": "6"})
    assert (marking.lines[0].mean, marking.total) == (Decimal("5.50"), Decimal("9.50"))
    assert marking.expert_totals == (Decimal(9), None)


@pytest.mark.parametrize(("given", "grade"), [("4", "好"), ("2", "差"), ("1", "差")])
def test_a_grade_begins_at_its_least_total(given: str, grade: str) -> None:
    assert mark({"a": "4", "b": given}).grade == ("好" if Decimal(given) == 4 else grade)


def test_below_the_lowest_band_there_is_no_grade() -> None:
    assert mark({"a": "1", "b": "0.5"}).grade is None


def test_columns_of_numbers_are_summed_and_yes_is_no_number() -> None:
    rows = [{"n": Decimal("1.50"), "text": "x", "yes": True}, {"n": Decimal("2.25"), "m": 3}]
    assert sum_rows(rows) == {"n": Decimal("3.75"), "m": Decimal(3)}


def test_the_sum_of_a_column_with_a_masked_figure_is_masked() -> None:
    masked = Masked("×")
    rows = [{"n": Decimal("1.50"), "m": 1}, {"n": masked, "m": 2}, {"n": Decimal("2.25")}]
    assert sum_rows(rows) == {"n": masked, "m": Decimal(3)}


@pytest.mark.parametrize(
    ("amount", "spoken"),
    [
        ("95360.00", "玖万伍仟叁佰陆拾元整"),
        ("1050000.30", "壹佰零伍万元叁角"),
        ("0.05", "伍分"),
        ("100", "壹佰元整"),
        ("10.005", "壹拾元零壹分"),
    ],
)
def test_sums_are_spelled_in_capitals(amount: str, spoken: str) -> None:
    assert FILTERS["capitals"](Decimal(amount)) == spoken


PROFILE = Profile.model_validate(
    {
        "id": "made-up",
        "version": "1",
        "standard": {"number": "XX", "title": "x"},
        "documents": [
            {
                "id": "sheet",
                "title": "评分表",
                "shape": "checklist",
                "marking": "k",
                "checklist": {
                    "verdicts": ["好"],
                    "label": "l",
                    "group_label": "g",
                    "verdict_label": "v",
                    "remark_label": "r",
                },
                "lines": [
                    {
                        "group": {"key": "g", "label": "g"},
                        "lines": [{"key": "a", "label": "a"}, {"key": "b", "label": "b"}],
                    }
                ],
                "fields": [
                    {"key": "limit", "label": "<limit>", "type": "money"},
                    {
                        "key": "costs",
                        "label": "<costs>",
                        "type": "rows",
                        "fields": [
                            {"key": "n", "label": "<n>", "type": "decimal"},
                            {"key": "price", "label": "<price>", "type": "money"},
                            {"key": "amount", "label": "<amount>", "type": "money"},
                        ],
                    },
                ],
            }
        ],
        "filing": {"basis": "x", "items": [{"key": "a", "label": "a", "takes": ["sheet"]}]},
    }
)


def run(
    module: Any, params: dict[str, Any], form: dict[str, Any], rubrics: list[dict[str, Any]] | None = None
) -> list[Diagnostic]:
    data = {"profile": "made-up", "rubrics": rubrics or [], "forms": {"sheet": [form]}}
    record = build_record_model(PROFILE).model_validate(data)

    def locate(place: tuple[str | int, ...], _key: bool) -> Location:
        return Location("yaml", "r.yaml", 1, 1, format_path(place))

    subject = Subject(PROFILE, record, derive_facts(PROFILE, record))
    checked = CheckSubject(subject, plan_documents(subject), locate, lambda _place: False)
    return list(run_rule(checked, compile_rule(RULE, module, module.Params.model_validate(params))))


MARKS = {"document": "sheet"}
WHOLE = {"key": "k", "lines": [{"key": "a", "points": "6"}, {"key": "b", "points": "4"}]}


def one(marks: dict[str, str], expert: str = "甲") -> dict[str, Any]:
    return {"expert": expert, "marks": marks}


def test_marks_that_fit_are_not_reported() -> None:
    assert run(marks_complete, MARKS, {"marks": [one({"a": "6", "b": "0"})]}, [WHOLE]) == []


def test_marks_without_a_rubric_are_a_warning() -> None:
    (diagnostic,) = run(marks_complete, MARKS, {"marks": [one({"a": "6"})]})
    assert (diagnostic.code, diagnostic.severity, diagnostic.location.path) == (
        "C320",
        Severity.WARNING,
        "forms.sheet[0].marks",
    )


@pytest.mark.parametrize(
    ("form", "rubrics", "codes"),
    [
        ({"limit": "5"}, [], ["C272"]),
        ({"limit": "5"}, [{**WHOLE, "key": "other"}], ["C272"]),
        ({"limit": "5"}, [WHOLE], []),
        ({}, [], []),
    ],
)
def test_a_document_that_was_filled_needs_its_rubric(
    form: dict[str, Any], rubrics: list[dict[str, Any]], codes: list[str]
) -> None:
    diagnostics = run(rubric_given, MARKS, form, rubrics)
    assert [item.code for item in diagnostics] == codes
    assert all((item.params["document"], item.location.path) == ("评分表", "rubrics") for item in diagnostics)


def test_a_rubric_with_other_lines_than_the_document_is_told_once() -> None:
    other = {"key": "k", "lines": [{"key": "a", "points": "6"}, {"key": "c", "points": "4"}]}
    (diagnostic,) = run(marks_complete, MARKS, {}, [other])
    assert (diagnostic.code, diagnostic.params["keys"], diagnostic.location.path) == (
        "C321",
        "b、c",
        "rubrics[0].lines",
    )


@pytest.mark.parametrize(
    ("marks", "code", "path"),
    [
        ({"a": "6", "b": "4", "aa": "1"}, "C322", "forms.sheet[0].marks[0].marks.aa"),
        ({"a": "6.5", "b": "4"}, "C323", "forms.sheet[0].marks[0].marks.a"),
        ({"a": "-1", "b": "4"}, "C323", "forms.sheet[0].marks[0].marks.a"),
        ({"a": "6"}, "C325", "forms.sheet[0].marks[0].marks"),
    ],
)
def test_a_mark_that_does_not_fit_is_told_at_its_place(marks: dict[str, str], code: str, path: str) -> None:
    (diagnostic,) = run(marks_complete, MARKS, {"marks": [one(marks)]}, [WHOLE])
    assert (diagnostic.code, diagnostic.location.path) == (code, path)


def test_an_expert_counts_once_and_the_form_has_room_for_seven() -> None:
    full = {"a": "1", "b": "1"}
    codes = [item.code for item in run(marks_complete, MARKS, {"marks": [one(full), one(full)]}, [WHOLE])]
    assert codes == ["C324"]
    many = [one(full, f"专家{at}") for at in range(8)]
    assert [item.code for item in run(marks_complete, MARKS, {"marks": many}, [WHOLE])] == ["C326"]


PRODUCT = {"rows": "forms.sheet[].costs[]", "factors": ["n", "price"], "product": "amount"}


def test_an_amount_is_quantity_times_price() -> None:
    good = {"n": "1.5", "price": "10.33", "amount": "15.50"}
    assert run(product_of_factors, PRODUCT, {"costs": [good, {"n": "1"}, {"amount": "3"}]}) == []
    (diagnostic,) = run(product_of_factors, PRODUCT, {"costs": [{"n": "2", "price": "10", "amount": "21"}]})
    assert (diagnostic.code, diagnostic.params["product"], diagnostic.location.path) == (
        "C327",
        "20.00",
        "forms.sheet[0].costs[0].amount",
    )


def test_a_sum_stays_within_its_limit() -> None:
    params = {"amounts": "forms.sheet[].costs[].amount", "limit": "forms.sheet[].limit"}
    costs = [{"amount": "60"}, {"amount": "40.01"}]
    assert run(sum_within, params, {"limit": "100.01", "costs": costs}) == []
    (diagnostic,) = run(sum_within, params, {"limit": "100", "costs": costs})
    assert (diagnostic.code, diagnostic.params["total"], diagnostic.location.path) == (
        "C328",
        "100.01",
        "forms.sheet[0].costs",
    )
