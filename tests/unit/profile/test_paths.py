"""Paths are resolved against types, read from records, and bound to one item of a list."""

from __future__ import annotations

import pytest

from docgen.profile.paths import PathError, Scope, find_values, resolve_path, split_path
from docgen.record.record import Record

RECORD = Record.model_validate(
    {
        "profile": "x",
        "project": {"name": "P"},
        "enterprises": [
            {"key": "a", "name": "A", "indicators": [{"key": "i", "family": "f", "name": "n", "after": "1"}]},
            {"key": "b", "indicators": [{"key": "j", "family": "f", "name": "m", "after": "2"}]},
        ],
    }
)


@pytest.mark.parametrize(
    "path",
    [
        "project.name",
        "project.period.start",
        "enterprises[]",
        "enterprises[].indicators[].after",
        "parties[].people[].name",
    ],
)
def test_a_right_path_resolves(path: str) -> None:
    resolve_path(Record, path)


@pytest.mark.parametrize(
    ("path", "reason", "step"),
    [
        ("project.nmae", "unknown", "nmae"),
        ("enterprises.name", "list", "enterprises"),
        ("project[].name", "single", "project"),
        ("project.name.first", "leaf", "first"),
        ("enterprises[0].name", "syntax", "enterprises[0]"),
        ("enterprises[].name|upper", "syntax", "name|upper"),
        ("project.__class__", "syntax", "__class__"),
        ("", "syntax", ""),
    ],
)
def test_a_wrong_path_says_where(path: str, reason: str, step: str) -> None:
    with pytest.raises(PathError) as caught:
        resolve_path(Record, path)
    assert (caught.value.reason, caught.value.step) == (reason, step)


def test_steps_know_lists() -> None:
    assert [(step.name, step.is_list) for step in split_path("forms.good-case[].title")] == [
        ("forms", False),
        ("good-case", True),
        ("title", False),
    ]


def test_lists_are_flattened_with_their_places() -> None:
    values = find_values(RECORD, "enterprises[].indicators[].after")
    assert [str(item.value) for item in values] == ["1", "2"]
    assert values[1].place == ("enterprises", 1, "indicators", 0, "after")


def test_absent_values_are_found_as_none_at_their_place() -> None:
    values = find_values(RECORD, "enterprises[].name")
    assert [(item.value, item.place[1]) for item in values] == [("A", 0), (None, 1)]
    assert find_values(RECORD, "project.period.start")[0].value is None


def test_a_bound_list_stands_for_its_item() -> None:
    scope = Scope({"enterprises[]": RECORD.enterprises[1]})
    assert [str(item.value) for item in find_values(RECORD, "enterprises[].indicators[].after", scope)] == ["2"]
