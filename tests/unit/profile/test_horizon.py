"""How far a project has come: what a step asks for, what comes later, what runs along."""

from __future__ import annotations

import pytest

from docgen.errors import ProfileError
from docgen.profile.horizon import find_horizon, list_later
from docgen.profile.load import find_profile
from docgen.profile.model import FilingSpec, Profile
from docgen.resources import Resources


def load(profile_id: str) -> Profile:
    return find_profile(Resources(), profile_id).profile


def join(keys: frozenset[str]) -> str:
    return "".join(sorted(keys))


@pytest.mark.parametrize(
    ("profile_id", "step", "later", "along"),
    [
        ("db3203-t1023-2023", "d", "efghij", ""),
        ("db3203-t1023-2023", "总结", "", ""),
        ("db4201-t665-2022", "b 项目实施方案", "cdefg", "hi"),
        ("db4201-t665-2022", "h", "", "i"),
        ("db4201-t629-2020", "c", "defghlmnop", "q"),
        ("db4201-t629-2020", "服务记录", "efgh", "q"),
        ("chengdu-sme-guide-2024", "a", "bcdefg", "h"),
    ],
)
def test_what_comes_later_goes_by_the_course_not_by_the_list(
    profile_id: str, step: str, later: str, along: str
) -> None:
    horizon = find_horizon(load(profile_id), step)
    assert (join(horizon.later), join(horizon.along)) == (later, along)
    assert not any(key in horizon.later for key in horizon.along)


def test_its_documents_are_those_of_no_later_item() -> None:
    horizon = find_horizon(load("db3203-t1023-2023"), "b")
    assert set(horizon.documents) == {"body-selection", "enrolment", "work-plan", "expert-group", "management-rules"}


def test_what_runs_along_makes_nothing_late() -> None:
    assert list_later(load("db4201-t665-2022"), ["i"]) == frozenset()
    assert join(list_later(load("db4201-t665-2022"), ["i", "e"])) == "fg"


def test_a_step_that_is_none_or_several() -> None:
    profile = load("db3203-t1023-2023")
    with pytest.raises(ProfileError) as unknown:
        find_horizon(profile, "四月")
    assert [item.code for item in unknown.value.diagnostics] == ["P150"]
    first, *rest = profile.filing.items
    twins = (first, *(item.model_copy(update={"label": first.label}) for item in rest))
    twice = profile.model_copy(update={"filing": profile.filing.model_copy(update={"items": twins})})
    with pytest.raises(ProfileError) as several:
        find_horizon(twice, first.label)
    assert [item.code for item in several.value.diagnostics] == ["P151"]
    assert find_horizon(twice, "b").step.key == "b"


@pytest.mark.parametrize("course", [[["a"], ["z"]], [["a"], ["b", "a"]]])
def test_a_course_names_filing_items_once(course: list[list[str]]) -> None:
    items = [{"key": key, "label": key} for key in "ab"]
    with pytest.raises(ValueError, match="P152"):
        FilingSpec.model_validate({"basis": "5", "items": items, "course": course})
