"""Sums of parts, stages that follow one another, names that stand on a list."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.checks.base import CheckSubject, compile_rule, run_rule
from docgen.checks.rules.agreement import listed_among
from docgen.checks.rules.dates import stages_in_order
from docgen.checks.rules.figures import sum_of_parts
from docgen.diagnostics import Diagnostic, Location
from docgen.profile.forms import build_record_model
from docgen.profile.model import Profile, RuleSpec
from docgen.profile.subject import Subject
from docgen.record.facts import Facts
from docgen.trees import format_path

RULE = RuleSpec.model_validate({"id": "r", "clause": "1", "level": "应", "check": "x", "with": {}})


def _rows(key: str, **kinds: str) -> dict[str, Any]:
    fields = [{"key": name, "label": f"<{name}>", "type": kind} for name, kind in kinds.items()]
    return {"key": key, "label": f"<{key}>", "type": "rows", "fields": fields}


PROFILE = Profile.model_validate(
    {
        "id": "made-up",
        "version": "1",
        "standard": {"number": "XX", "title": "x"},
        "documents": [
            {
                "id": "tally",
                "title": "tally",
                "shape": "form",
                "fields": [
                    *({"key": key, "label": f"<{key}>", "type": "int"} for key in ("all", "yes", "no")),
                    _rows("units", name="text"),
                    _rows("people", unit="text"),
                    _rows("stages", title="text", start="month", end="month"),
                ],
            }
        ],
        "filing": {"basis": "x", "items": [{"key": "a", "label": "a", "takes": ["tally"]}]},
    }
)


def run(module: Any, params: dict[str, Any], form: dict[str, Any]) -> list[Diagnostic]:
    record = build_record_model(PROFILE).model_validate({"profile": "made-up", "forms": {"tally": [form]}})

    def locate(place: tuple[str | int, ...], _key: bool) -> Location:
        return Location("yaml", "r.yaml", 1, 1, format_path(place))

    subject = Subject(PROFILE, record, Facts())
    checked = CheckSubject(subject, (), locate, lambda _place: False)
    return list(run_rule(checked, compile_rule(RULE, module, module.Params.model_validate(params))))


SUM = {"total": "forms.tally[].all", "parts": ["forms.tally[].yes", "forms.tally[].no"]}


@pytest.mark.parametrize(
    "form", [{"all": "5", "yes": "3", "no": "2"}, {"all": "5", "yes": "3"}, {"yes": "3", "no": "2"}]
)
def test_a_sum_that_holds_or_cannot_be_told_is_not_reported(form: dict[str, str]) -> None:
    assert run(sum_of_parts, SUM, form) == []


def test_a_sum_that_does_not_hold_is_told_with_its_parts() -> None:
    (diagnostic,) = run(sum_of_parts, SUM, {"all": "6", "yes": "3", "no": "2"})
    assert (diagnostic.code, diagnostic.params["stated"], diagnostic.params["parts"], diagnostic.params["total"]) == (
        "C330",
        "6",
        "3 + 2",
        "5",
    )
    assert diagnostic.location.path == "forms.tally[0].all"


STAGES = {"stages": "forms.tally[].stages[]", "title": "title", "start": "start", "end": "end"}


def stages(*spans: tuple[str, str]) -> dict[str, Any]:
    return {"stages": [{"title": f"第{at}步", "start": a, "end": b} for at, (a, b) in enumerate(spans, 1)]}


def test_stages_may_touch_in_a_month() -> None:
    assert (
        run(stages_in_order, STAGES, stages(("2023-06", "2023-06"), ("2023-06", "2023-07"), ("2023-08", "2023-09")))
        == []
    )


def test_a_stage_that_begins_too_early_is_told_with_the_one_it_overlaps() -> None:
    (diagnostic,) = run(
        stages_in_order, STAGES, stages(("2023-06", "2023-11"), ("2023-12", "2023-12"), ("2023-08", "2024-01"))
    )
    assert (diagnostic.code, diagnostic.params["title"], diagnostic.params["earlier"]) == ("C331", "第3步", "第2步")
    assert diagnostic.location.path == "forms.tally[0].stages[2].start"


LISTED = {"values": "forms.tally[].people[].unit", "among": "forms.tally[].units[].name"}


def test_who_is_listed_is_not_reported_and_no_list_asks_nothing() -> None:
    people = [{"unit": "甲所"}, {}]
    assert run(listed_among, LISTED, {"units": [{"name": "甲所"}], "people": people}) == []
    assert run(listed_among, LISTED, {"people": people}) == []


def test_who_is_not_listed_is_told_with_the_list() -> None:
    (diagnostic,) = run(
        listed_among, LISTED, {"units": [{"name": "甲所"}], "people": [{"unit": "甲"}, {"unit": "甲所"}]}
    )
    assert (diagnostic.code, diagnostic.params["value"], diagnostic.params["list_label"]) == ("C332", "甲", "<units>")
    assert diagnostic.location.path == "forms.tally[0].people[0].unit"
    assert isinstance(diagnostic.params["other"], str)


def test_each_check_names_its_paths() -> None:
    for module, params in ((sum_of_parts, SUM), (stages_in_order, STAGES), (listed_among, LISTED)):
        paths = list(module.list_paths(module.Params.model_validate(params)))  # type: ignore[attr-defined]
        assert all(path.startswith("forms.tally[].") for path in paths)
        assert len(paths) >= 2
