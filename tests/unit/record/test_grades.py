"""How many enterprises have each grade."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.scoring_support import RULES, make_indicator, reach

from docgen.record.scoring import evaluate, summarize_grades


@pytest.mark.parametrize(("families", "total", "grade"), [(9, 90, "A"), (6, 60, "A"), (2, 20, "C"), (0, 0, "D")])
def test_totals_of_the_ends_are_graded(families: int, total: int, grade: str) -> None:
    missed = make_indicator("f8", "missed", before="1", target="2", after="1") if families < 9 else None
    indicators = [*reach(*(f"f{number}" for number in range(families))), *([missed] if missed else [])]
    result = evaluate("e", indicators, RULES)
    assert (result.total, result.grade) == (Decimal(total), grade)


def test_every_grade_is_counted_from_the_best_down() -> None:
    results = [
        evaluate("best", reach(*(f"f{number}" for number in range(9))), RULES),
        evaluate("good", reach("f0", "f1", "f2"), RULES),
        evaluate("open", [make_indicator("f0", before="1", target="2")], RULES),
    ]
    summary = summarize_grades(results, RULES)
    assert [(item.grade, item.least, item.count) for item in summary.counts] == [
        ("A", Decimal(60), 1),
        ("B", Decimal(30), 1),
        ("C", Decimal(10), 0),
        ("D", Decimal(0), 0),
    ]
    assert (summary.ungraded, summary.enterprises) == (1, 3)


def test_nobody_is_no_grade() -> None:
    summary = summarize_grades([], RULES)
    assert ([item.count for item in summary.counts], summary.ungraded, summary.enterprises) == ([0, 0, 0, 0], 0, 0)
