"""A profile's words for yes and no, compared with yes/no fields: 是 and 否, however YAML writes them."""

from __future__ import annotations

import pytest
from support.damaged_samples import prepare, read_sample

from docgen.profile.condition import Condition
from docgen.record.types import format_record_value

PROFILE = "db3203-t1023-2023"
CHOSEN = "forms.enrolment[].candidates[].chosen"


@pytest.mark.parametrize("word", ["否", "False", "false"])
def test_a_condition_on_a_yes_no_field_can_hold(word: str) -> None:
    data = read_sample(PROFILE)
    condition = Condition.model_validate({"in": {"path": CHOSEN, "values": [word]}})
    for candidate in data["forms"]["enrolment"][0]["candidates"]:
        candidate["chosen"] = "是"
    assert not prepare(PROFILE, data).subject.holds(condition)
    data["forms"]["enrolment"][0]["candidates"][0]["chosen"] = "否"
    assert prepare(PROFILE, data).subject.holds(condition)


def test_a_value_is_told_as_it_is_printed() -> None:
    assert [format_record_value(value) for value in (True, False, "有", 3)] == ["是", "否", "有", "3"]
