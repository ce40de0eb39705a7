"""The record that ``docgen new`` writes: what every field wants, and examples that can be used as they stand."""

from __future__ import annotations

import re

import pytest

from docgen.profile.draft import draft_record
from docgen.profile.load import find_profile
from docgen.profile.validate import validate_record
from docgen.resources import Resources
from docgen.trees import parse_tree

PROFILES = sorted(folder.name for folder in Resources().profile_folders())
_BARE = {"project", "period", "archive", "contact", "forms"}
"""Groups of fields: what they want stands with each of these."""


def draft(profile_id: str) -> str:
    return draft_record(find_profile(Resources(), profile_id))


def uncomment(text: str) -> str:
    """The record with everything that stands as a comment, as its head says that it is done."""
    head, body = re.split(r"(?m)^(?=profile: )", text, maxsplit=1)
    while re.search(r"(?m)^ *# ", body):
        body = re.sub(r"(?m)^( *)# ", r"\1", body)
    return head + body


@pytest.mark.parametrize("profile_id", PROFILES)
def test_the_examples_lack_values_and_have_no_faults(profile_id: str) -> None:
    loaded = find_profile(Resources(), profile_id)
    for text, gaps in ((draft(profile_id), set[str]()), (uncomment(draft(profile_id)), {"R102"})):
        tree = parse_tree(text, "record.yaml")
        validation = validate_record(loaded, tree.data, tree.locate)
        assert validation.record is not None
        assert {item.code for item in validation.diagnostics} == gaps


@pytest.mark.parametrize("profile_id", PROFILES)
def test_every_field_says_what_it_wants(profile_id: str) -> None:
    body = uncomment(draft(profile_id)).partition("profile: ")[2]
    silent: list[str] = []
    for line in body.splitlines():
        field = re.fullmatch(r" *(?:- )?([a-z_]+): ?(?:\S+ )? *# (.*)", line)
        if field is not None and field[1] not in _BARE and not field[2].endswith("）"):
            silent.append(line)
    assert silent == []


def test_choices_stand_there_in_chinese() -> None:
    text = draft("db3203-t1023-2023")
    assert "角色（选一项：市场监督管理部门 / 认证机构 / 技术服务机构" in text
    assert "评价项目（选一项：合规与诚信经营 / 战略及风险管理 /" in text
    assert "enterprises: []  # 参加企业（列表，写键或名称，见 enterprises）" in text
    assert "market_regulator" not in text
