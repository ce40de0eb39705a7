"""A value that the survey found is where an indicator begins."""

from __future__ import annotations

from decimal import Decimal

import pytest

from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.measures import read_exactly
from docgen.profile.validate import Validation, validate_record
from docgen.resources import Resources
from docgen.trees import parse_tree

RECORD = """\
profile: db3203-t1023-2023
enterprises:
  - key: one
    indicators:
      - {{key: rate, family: customers, name: 满意率, unit: "%", {own}}}
      - {{key: trace, family: features, name: 追溯, direction: text}}
  - key: two
    indicators: [{{key: rate, family: customers, name: 满意率, before: 70}}]
forms:
  survey-record:
    - of: one
      lines:
        g1: {{verdict: 符合, {line}}}
        g3: {{verdict: 符合, value: 99%, indicator: rate}}
        i3: {{verdict: 符合, value: 查不到, indicator: trace}}
    - of: two
      lines: {{g1: {{verdict: 符合, value: 60%, indicator: rate}}}}
"""


@pytest.fixture(scope="module")
def loaded() -> LoadedProfile:
    return find_profile(Resources(), "db3203-t1023-2023")


def validate(loaded: LoadedProfile, line: str, own: str = "target: 90") -> Validation:
    tree = parse_tree(RECORD.format(line=line, own=own), "record.yaml")
    return validate_record(loaded, tree.data, tree.locate)


@pytest.mark.parametrize(
    ("line", "own", "before"),
    [
        ("value: 82.50%, indicator: rate", "target: 90", Decimal("82.50")),
        ("value: 82, indicator: rate", "before: 80", Decimal(80)),
        ("remark: 无", "target: 90", Decimal(99)),
        ("value: 82", "target: 90", Decimal(99)),
        ("value: 约八成, indicator: rate", "target: 90", None),
        ("value: ≥82%, indicator: rate", "target: 90", None),
        ("value: 82分, indicator: rate", "direction: text", "82分"),
    ],
)
def test_the_first_line_that_measures_it_says_where_it_begins(
    loaded: LoadedProfile, line: str, own: str, before: object
) -> None:
    record = validate(loaded, line, own).record
    assert record is not None
    one, two = record.enterprises
    assert one.indicators[0].before == before
    assert one.indicators[1].before == "查不到"
    assert two.indicators[0].before == Decimal(70)


def test_an_indicator_that_isnt_there_is_told(loaded: LoadedProfile) -> None:
    diagnostics = validate(loaded, "value: 82, indicator: speed").diagnostics
    assert [(item.code, item.location.line) for item in diagnostics if item.code == "R115"] == [("R115", 13)]


@pytest.mark.parametrize(
    ("text", "figure"), [("3.50起", "3.50"), ("１２％", "12"), ("<3", None), ("约3", None), ("无", None)]
)
def test_a_bound_is_no_figure(text: str, figure: str | None) -> None:
    assert read_exactly(text) == (Decimal(figure) if figure else None)
