"""Every list of a record whose items are groups of fields, with an item that isn't right: told, and nothing breaks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from docgen.diagnostics import Diagnostic
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import prepare_record
from docgen.profile.load import find_profile
from docgen.profile.paths import item_type
from docgen.resources import Resources
from docgen.sources.record_file import parse_source, read_source

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDS = (
    "chengdu-sme-guide-2024/service",
    "db3203-t1023-2023/complete",
    "db4201-t629-2020/station",
    "db4201-t665-2022/park",
    "t-hebqia-draft/scored",
)
_KEYS = ("key", "of")


@cache
def read_short(name: str) -> Any:
    """A sample's data with two items in each list, so that there is one of everything and little of it."""

    def shorten(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shorten(item) for key, item in value.items()}
        return [shorten(item) for item in value[:2]] if isinstance(value, list) else value

    return shorten(read_source(SAMPLES / name / "record.yaml").data)


@dataclass(frozen=True)
class ModelList:
    """A list of models that a record may hold: the names that lead there, and by which field its items are known."""

    steps: tuple[str, ...]
    key: str | None
    key_required: bool


def list_lists(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[ModelList]:
    for attribute, field in model.model_fields.items():
        kind, several = item_type(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            steps = (*above, (field.alias or attribute) + ("[]" if several else ""))
            if several:
                key = next((name for name in _KEYS if name in kind.model_fields), None)
                yield ModelList(steps, key, key is not None and kind.model_fields[key].is_required())
            yield from list_lists(kind, steps)


def list_lists_of(name: str) -> list[ModelList]:
    found = list(list_lists(find_profile(Resources(), name.partition("/")[0]).record_model))
    assert ("evidence[]",) in [item.steps for item in found]
    return found


def reach_items(data: dict[str, Any], steps: tuple[str, ...]) -> list[Any]:
    """The list in the data, of the first item where a list is above it; made where there is none."""
    node: Any = data
    for step in steps:
        node = node[0] if isinstance(node, list) else node
        name = step.removesuffix("[]")
        if not node.get(name):
            node[name] = [{}] if step.endswith("[]") else {}
        node = node[name]
    assert isinstance(node, list)
    return node


def prepare(name: str, data: Any) -> tuple[Diagnostic, ...]:
    path = SAMPLES / name / "record.json"
    prepared = prepare_record(parse_source(json.dumps(data, ensure_ascii=False, indent=1), str(path)), Options())
    return prepared if isinstance(prepared, tuple) else prepared.diagnostics


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_no_group_of_fields_is_told(name: str) -> None:
    for listed in list_lists_of(name):
        data = copy.deepcopy(read_short(name))
        items = reach_items(data, listed.steps)
        items += ["甲", None, [copy.deepcopy(items[-1])]]
        told = [item for item in prepare(name, data) if item.code == "R122"]
        assert len({item.location.line for item in told}) == 3, listed


@pytest.mark.parametrize("name", RECORDS)
def test_an_item_without_a_sound_key_is_told(name: str) -> None:
    for listed in list_lists_of(name):
        data = copy.deepcopy(read_short(name))
        items = reach_items(data, listed.steps)
        key = listed.key
        if key is None:
            continue
        items[-1].pop(key, None)
        items += [{**items[-1], key: typed} for typed in (None, 5, ["a"], {"a": "b"})]
        found = prepare(name, data)
        assert len({item.location.line for item in found if item.code == "R103"} - {None}) == 2, listed
        missing = {item.location.line for item in found if item.code == "R102" and item.params["key"] == key}
        assert not listed.key_required or len(missing - {None}) >= 2, listed


def test_a_forgotten_key_is_told_once() -> None:
    name = "db4201-t665-2022/single-enterprise"
    data = read_source(SAMPLES / name / "record.yaml").data
    assert isinstance(data, dict)
    before = {item.code for item in prepare(name, data)}
    enterprise = copy.deepcopy(data)
    del enterprise["enterprises"][0]["key"]
    assert [item.code for item in prepare(name, enterprise) if item.code == "R102"] == ["R102"]
    assert not [item for item in prepare(name, enterprise) if item.code == "R115"]
    twice = copy.deepcopy(enterprise)
    twice["activities"][0]["enterprises"] = ["nobody"]
    assert {item.params["key"] for item in prepare(name, twice) if item.code == "R115"} == {"lingdu", "nobody"}
    goal = copy.deepcopy(data)
    del goal["forms"]["implementation-plan"][0]["goals"][3]["key"]
    found = [item for item in prepare(name, goal) if item.code not in before]
    assert [item.code for item in found] == ["R115", "R202"]
    assert found[0].params["key"] == "g4"
    assert found[1].location.line
