"""The form of a record: every field of every sample, given back as it was shown, changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import SourceError
from docgen.messages import catalogue
from docgen.pipeline.services.record_form import FormField, RecordForm, read_name
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.record_file import read_source
from docgen.trees.yaml_patch import Edit

SAMPLES = sorted((Path(__file__).parents[4] / "samples").glob("*/*/record.yaml"))
COMPLETE = next(path for path in SAMPLES if path.parent.name == "complete")


def open_form(path: Path) -> RecordForm:
    data = read_source(path).data
    assert isinstance(data, dict)
    return RecordForm(find_profile(Resources(), str(data["profile"])), data, catalogue("zh"))


def list_fields(path: Path) -> list[FormField]:
    form = open_form(path)
    loaded = find_profile(Resources(), str(read_source(path).data["profile"]))  # type: ignore[index,call-overload]
    places = [place for place, _, _ in form.list_sections()]
    places += [("forms", item.id) for item in loaded.profile.documents if item.own_form]
    return [field for place in places for field in form.find_group(place).iterate_fields()]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_what_is_given_back_as_shown_changes_nothing(path: Path) -> None:
    given = {}
    for field in list_fields(path):
        if field.input == "choices":  # a browser sends the ticks in the order of the words
            given[field.name] = ["", *(value for value, _ in field.words if value in field.value)]
        elif field.input == "lines":
            given[field.name] = ["\r\n".join(field.value)]
        elif field.input != "fixed":
            given[field.name] = [str(field.value).replace("\n", "\r\n")]
    assert len(given) > 100
    assert open_form(path).read_edits(given) == []
    assert all(not set(name) & set("\"'\r\n ") for name in given), "no browser changes a name"
    assert len(set(given)) == len(given)


def find(path: Path, name: str) -> FormField:
    return next(field for field in list_fields(path) if field.name == name)


def test_a_field_has_its_name_what_is_asked_and_its_words() -> None:
    date = find(COMPLETE, "e:forms/survey-record/:0/date")
    assert (date.label, date.input) == ("调研日期", "line")
    assert "6.5，应" in date.hint
    assert "2024-09-06" in date.hint
    methods = find(COMPLETE, "l:forms/survey-record/:0/methods")
    assert (methods.input, "问卷调查") == ("choices", methods.words[0][0])
    role = find(COMPLETE, "e:parties/:1/role")
    assert ("certification_body", "认证机构") in role.words
    owner = find(COMPLETE, "e:forms/survey-record/:0/of")
    assert ("chengli", "徐州澄砺消防器材有限公司") in owner.words


def test_what_is_filled_in_by_pen_says_so() -> None:
    by_hand = [field for path in SAMPLES for field in list_fields(path) if "用笔填" in field.hint]
    assert by_hand


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("e:project/name", ["新名称 "], "新名称"),
        ("e:project/name", [""], None),
        ("e:forms/work-plan/:0/goals", ["一\r\n二"], "一\n二\n"),
        ("l:forms/survey-record/:0/methods", ["", "问卷调查"], ["问卷调查"]),
        ("l:forms/survey-record/:0/methods", [""], []),
        ("e:trainings/:0/attendance/chengli", ["99"], "99"),
    ],
)
def test_what_was_typed_becomes_an_edit(name: str, typed: list[str], value: object) -> None:
    place = read_name(name)
    assert place is not None
    assert open_form(COMPLETE).read_edits({name: typed}) == [Edit(place, value)]


@pytest.mark.parametrize(
    "name", ["e:", "e:nothing", "e:project", "e:project/name/x", "e:forms/survey-record/:0/lines/zz/verdict", "e::0"]
)
def test_a_field_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_form(COMPLETE).read_edits({name: ["x"]})
    assert caught.value.diagnostics[0].code == "N205"


def test_a_new_item_has_a_key_of_its_own_and_what_it_needs() -> None:
    form = open_form(COMPLETE)
    assert form.draft_item(("enterprises",)) == {"key": "q1"}
    assert form.draft_item(("evidence",)).keys() == {"key", "file", "kind"}
    assert "of" in form.draft_item(("forms", "survey-record"))
