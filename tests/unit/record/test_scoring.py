"""Scores, totals and grades (X1–X6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError
from support.scoring_support import RULES, make_indicator, reach

from docgen.record.scoring import ScoringChoice, UncoveredRange, evaluate, judge_indicator, score_family


class TestGoldenCaseOfTableC1:
    """The note of table C.1: 85 % before, target 90 %; 92 % after gives ten points, 87 % none."""

    def test_reached_gives_full_points(self) -> None:
        result = evaluate("e", [make_indicator(before="85", target="90", after="92")], RULES)
        assert result.families[0].score == Decimal(10)
        assert result.total == Decimal(10)

    def test_missed_gives_no_points(self) -> None:
        result = evaluate("e", [make_indicator(before="85", target="90", after="87")], RULES)
        assert result.families[0].score == Decimal(0)
        assert result.total == Decimal(0)
        assert result.grade == "D"


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"before": "85", "target": "90", "after": "90"}, "reached"),
        ({"before": "85", "target": "90", "after": "89.99"}, "missed"),
        ({"direction": "down", "before": "18", "target": "12", "after": "9"}, "reached"),
        ({"direction": "down", "before": "18", "target": "12", "after": "12"}, "reached"),
        ({"direction": "down", "before": "18", "target": "12", "after": "12.1"}, "missed"),
        ({"before": "85", "target": "90"}, "unassessed"),
        ({"before": "85", "after": "90"}, "unassessed"),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "有", "reached": "是"}, "reached"),
        ({"direction": "yes_no", "before": "无", "target": "有", "after": "无", "reached": "否"}, "missed"),
        ({"direction": "text", "target": "建立", "after": "建立"}, "unassessed"),
        ({"direction": "text", "target": "建立", "reached": "是"}, "unassessed"),
    ],
)
def test_indicator_is_judged_in_its_own_direction(values: dict[str, str], outcome: str) -> None:
    assert judge_indicator(make_indicator(**values)) == outcome


@pytest.mark.parametrize(
    ("outcomes", "scores"),
    [
        (["reached", "missed"], (10, 0, 5)),
        (["reached", "reached", "missed"], (10, 0, Decimal("6.7"))),
        (["reached", "unassessed"], (10, 10, 10)),
        (["missed", "missed"], (0, 0, 0)),
        (["unassessed"], (None, None, None)),
        ([], (None, None, None)),
    ],
)
def test_several_indicators_of_a_family(outcomes: list[str], scores: tuple[object, ...]) -> None:
    scores = tuple(score_family(outcomes, Decimal(10), rule) for rule in ("any", "all", "ratio"))  # type: ignore[arg-type]
    assert scores == scores


def test_nine_reached_families_give_ninety_and_no_more() -> None:
    result = evaluate("e", reach(*(f"f{number}" for number in range(9))), RULES)
    assert (result.total, result.maximum, result.grade) == (Decimal(90), Decimal(90), "A")


def test_twenty_points_are_graded_and_marked_as_uncovered() -> None:
    # The standard prints 10 分-20分(含 10 分): 20 itself is in no row of its table.
    result = evaluate("e", reach("f0", "f1"), RULES)
    assert (result.total, result.grade, result.uncovered) == (Decimal(20), "C", True)


def test_a_total_that_the_table_leaves_open_is_marked() -> None:
    ratio = RULES.choose(ScoringChoice.model_validate({"rule": "ratio"}))
    mixed = [*reach("f0", "f1"), make_indicator("f2", "x", before="1", target="2", after="2")]
    mixed.append(make_indicator("f2", "y", before="1", target="2", after="1"))
    result = evaluate("e", mixed, ratio)
    assert (result.total, result.grade, result.uncovered) == (Decimal(25), "C", True)
    assert result.totals == {"any": Decimal(30), "all": Decimal(20), "ratio": Decimal(25)}


def test_a_family_without_indicators_is_unassessed_and_not_zero() -> None:
    result = evaluate("e", reach("f0"), RULES)
    assert result.families[1].score is None
    assert not result.families[1].planned


def test_no_grade_while_a_planned_family_is_blank() -> None:
    result = evaluate("e", [*reach("f0"), make_indicator("f1", "b", before="1", target="2")], RULES)
    assert result.blank == ("f1",)
    assert result.total == Decimal(10)
    assert result.grade is None


def test_nothing_assessed_has_no_total() -> None:
    result = evaluate("e", [], RULES)
    assert result.total is None
    assert result.grade is None


def test_a_record_may_choose_its_own_bands() -> None:
    chosen = RULES.choose(ScoringChoice.model_validate({"bands": [{"grade": "好", "from": "5"}]}))
    assert evaluate("e", reach("f0"), chosen).grade == "好"


def test_the_ends_of_a_gap() -> None:
    open_start, closed_start = (
        UncoveredRange.model_validate(gap) for gap in ({"above": "0", "below": "10"}, {"from": "20", "below": "30"})
    )
    assert [open_start.holds(Decimal(total)) for total in (0, 1, 10)] == [False, True, False]
    assert [closed_start.holds(Decimal(total)) for total in (19, 20, 29, 30)] == [False, True, True, False]
    with pytest.raises(ValidationError):
        UncoveredRange.model_validate({"below": "10"})
