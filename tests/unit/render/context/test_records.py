"""What templates see of models: names that are worked out only when they are asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from docgen.render.context.records import Deferred


def test_deferred_names_are_worked_out_once_and_not_before() -> None:
    made: list[int] = []

    def make() -> SimpleNamespace:
        made.append(1)
        return SimpleNamespace(total=90, grade="优秀")

    deferred = Deferred(make)
    assert not made
    assert (deferred.total, deferred.grade, deferred.total) == (90, "优秀", 90)
    assert made == [1]


def test_deferred_has_no_other_names_and_asks_once_for_them() -> None:
    made: list[int] = []

    def make() -> SimpleNamespace:
        made.append(1)
        return SimpleNamespace(total=90)

    deferred = Deferred(make)
    for _ in range(2):
        with pytest.raises(AttributeError, match="marks"):
            _ = deferred.marks
    assert not hasattr(deferred, "_secret")
    assert deferred.total == 90
    assert made == [1]


def test_a_fault_of_what_is_deferred_is_no_unknown_name() -> None:
    deferred = Deferred(lambda: SimpleNamespace(total=SimpleNamespace().grade))
    with pytest.raises(RuntimeError, match="grade"):
        _ = deferred.total
