"""Every document and filing item of every profile whose condition can fail: what is said where it does.

The cases come from the profiles' own data, so that a new condition is tried without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.damaged_samples import COMPLETE, Data, drop_form, load, prepare, read_sample

from docgen.diagnostics import Severity
from docgen.pipeline.stages.filing import list_notes
from docgen.profile.condition import Condition
from docgen.profile.document import DocumentSpec, FieldSpec
from docgen.profile.model import Profile

WITHOUT_ENTERPRISES = {"chengdu-sme-guide-2024": "drafting"}


def list_conditions() -> Iterator[tuple[str, str, str]]:
    for profile_id in COMPLETE:
        profile = load(profile_id)
        yield from ((profile_id, "item", item.key) for item in profile.filing.items if item.when is not None)
        yield from ((profile_id, "document", item.id) for item in profile.documents if item.when is not None)


CONDITIONS = list(list_conditions())


def list_single(condition: Condition) -> list[Condition]:
    return [*condition.all, *condition.any] or [condition]


def find_field(fields: tuple[FieldSpec, ...], key: str) -> FieldSpec:
    return next(field for field in fields if field.key == key)


def break_condition(profile: Profile, data: Data, condition: Condition) -> str | None:
    """Change the record so that the condition fails; another sample where only that can."""
    sample = None
    for single in list_single(condition):
        compared = single.equals or single.in_
        path = single.present or (compared.path if compared is not None else "")
        assert path, "a kind of condition that this test doesn't know"
        if path == "enterprises[]":
            sample = WITHOUT_ENTERPRISES[profile.id]
        elif path == "project.scope":
            assert compared is not None
            data["project"]["scope"] = (
                "enterprise" if "enterprise" not in (compared.value, *compared.values) else "park"
            )
        elif compared is not None:
            form, _, key = path.removeprefix("forms.").partition("[].")
            document = profile.find_document(form)
            assert document is not None
            refused = {compared.value, *compared.values}
            other = next(option for option in find_field(document.fields, key).options if option not in refused)
            for entry in data["forms"][form]:
                entry[key] = other
        else:
            drop_form(profile, data, path.removeprefix("forms.").partition("[]")[0])
    return sample


@pytest.mark.parametrize(("profile_id", "kind", "name"), CONDITIONS)
def test_a_condition_that_fails_asks_for_nothing_and_signs_nothing(profile_id: str, kind: str, name: str) -> None:
    profile, data = load(profile_id), read_sample(profile_id)
    specs = {
        "item": {item.key: item for item in profile.filing.items},
        "document": {d.id: d for d in profile.documents},
    }
    spec = specs[kind][name]
    assert spec.when is not None
    sample = break_condition(profile, data, spec.when)
    data = data if sample is None else read_sample(profile_id, sample)
    prepared = prepare(profile_id, data, sample)
    assert not prepared.subject.holds(spec.when)
    absent = [item for item in prepared.diagnostics if item.code in ("R201", "A151")]
    assert not [note for package in prepared.packages for note in list_notes(prepared.subject.record, package)]
    if isinstance(spec, DocumentSpec):
        assert name not in {job.document.id for job in prepared.jobs}
        assert not [item for item in absent if str(item.params.get("item")).partition("/")[0] == name]
        return
    assert spec.otherwise, "an item whose condition can fail says why"
    states = [item for package in prepared.packages for item in package.items if item.key == name]
    assert states
    assert not [item for item in absent if item.params["item"] == name]
    doubted = [item for item in prepared.diagnostics if item.code in ("C232", "C270", "C315")]
    for state in states:
        if state.status == "unstated":
            assert doubted
            assert "依记录" not in state.reason
        else:
            assert (state.status, state.reason) == ("not_applicable", f"依记录，{spec.otherwise}")


@pytest.mark.parametrize(("profile_id", "kind", "name"), CONDITIONS)
def test_a_reason_that_contradicts_the_record_is_an_error(profile_id: str, kind: str, name: str) -> None:
    data = read_sample(profile_id)
    filled = [
        job.document.id if kind == "document" else job.filing.key
        for job in prepare(profile_id, data).jobs
        if job.filing
    ]
    if name not in filled:
        pytest.skip("the sample holds nothing for it")
    data["not_applicable"] = [{"item": name, "reason": "本期没有"}]
    prepared = prepare(profile_id, data)
    told = [item for item in prepared.diagnostics if item.code in ("R206", "R208")]
    states = {item.status for package in prepared.packages for item in package.items if item.key == name}
    if kind == "item" and states != {"present"}:
        assert not told, "it holds for another package"
    else:
        assert [(item.code, item.severity) for item in told] == [("R208", Severity.ERROR)]


def test_tested_through_an_agency_and_nothing_handed_over() -> None:
    profile_id = "db4201-t629-2020"
    data = read_sample(profile_id)
    data["forms"]["handover-register"] = [
        entry for entry in data["forms"]["handover-register"] if entry["of"] != "tinghe"
    ]
    prepared = prepare(profile_id, data)
    told = [item for item in prepared.diagnostics if item.severity is not Severity.INFO]
    assert [(item.code, item.severity, item.params["name"]) for item in told] == [
        ("C270", Severity.WARNING, "武汉汀禾食品有限公司")
    ]
    states = {
        package.job.item.key: item.status
        for package in prepared.packages
        for item in package.items
        if item.key == "p" and package.job.item is not None
    }
    assert states == {"chuhong": "present", "tinghe": "unstated", "qilan": "present"}
