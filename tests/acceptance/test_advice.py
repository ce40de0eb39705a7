"""Advice is followed to the letter: what the record is told to say makes the message go, and brings no other.

Each form of each complete sample is taken away, whole and by one copy; then the record says of what is missing that it
doesn't apply: by its id, by its Chinese title, in an intake workbook by what the message there proposes.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from support.damaged_samples import COMPLETE, Data, drop_form, load, prepare, read_sample
from support.intake_support import fill_workbook, open_empty

from docgen.diagnostics import Diagnostic
from docgen.pipeline.stages.filing import list_notes
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.workbook.sheets import build_layout

ADVISED = ("R201", "A151", "C233")
"""What is told with the advice to say that it doesn't apply."""
GONE = (*ADVISED, "C201")


def damage(profile_id: str) -> Iterator[tuple[str, Data]]:
    whole = read_sample(profile_id)
    whole["evidence"] = []  # the scan of what doesn't apply would contradict it
    for name, entries in whole["forms"].items():
        data = deepcopy(whole)
        drop_form(load(profile_id), data, name)
        yield name, data
        if len(entries) > 1 and "of" in entries[0]:
            data = deepcopy(whole)
            data["forms"][name] = entries[1:]
            yield f"{name}/{entries[0]['of']}", data
    yield "all", {**whole, "forms": {}}


def list_advised(found: tuple[Diagnostic, ...], said: str) -> dict[str, None]:
    """What the messages say should be declared; several in one message are parted by a comma."""
    named: dict[str, None] = {}
    for item in found:
        name = str(item.params.get(said) or item.params.get("item"))
        if item.code in ADVISED:
            named |= dict.fromkeys(name.split("、") if item.code == "C233" else [name])
    return named


def tell(found: tuple[Diagnostic, ...]) -> set[tuple[str, str]]:
    return {(item.code, str(sorted((key, str(value)) for key, value in item.params.items()))) for item in found}


@pytest.mark.heavy
@pytest.mark.parametrize("profile_id", COMPLETE)
@pytest.mark.parametrize("said", ["item", "called"])
def test_what_is_declared_as_advised_is_told_no_more_and_nothing_else_is(profile_id: str, said: str) -> None:
    for name, data in damage(profile_id):
        before = prepare(profile_id, data).diagnostics
        reasons = [{"item": item, "reason": "本期没有"} for item in list_advised(before, said)]
        after = prepare(profile_id, {**data, "not_applicable": [*data.get("not_applicable", []), *reasons]})
        assert not [item for item in after.diagnostics if item.code in GONE], name
        assert tell(after.diagnostics) <= tell(before), name
        noted = {note.reason for package in after.packages for note in list_notes(after.subject.record, package)}
        assert noted >= {reason["reason"] for reason in reasons}, name


@pytest.mark.heavy
@pytest.mark.parametrize("profile_id", COMPLETE)
def test_a_clerk_writes_what_the_message_proposes_into_the_workbook(profile_id: str, tmp_path: Path) -> None:
    loaded = find_profile(Resources(), profile_id)
    layout = build_layout(loaded)

    def check(data: Data) -> tuple[Diagnostic, ...]:
        book = open_empty(loaded)
        fill_workbook(book, layout, data)
        path = tmp_path / "填报.xlsx"
        book.save(path)
        prepared = prepare_record(path, Options())
        assert isinstance(prepared, PreparedRecord)
        return prepared.diagnostics

    data = {**read_sample(profile_id), "forms": {}, "evidence": [], "not_applicable": []}
    before = check(data)
    advised = list_advised(before, "called")
    assert advised
    after = check({**data, "not_applicable": [{"item": item, "reason": "本期没有"} for item in advised]})
    assert not [item for item in after if item.code in GONE or item.code.startswith("W")]


def test_a_form_that_was_sent_out_and_never_came_back() -> None:
    """C233's advice, with the form that was sent out still in the record."""
    profile_id = "db4201-t665-2022"
    data = read_sample(profile_id)
    told = [item for item in prepare(profile_id, data).diagnostics if item.code == "C233"]
    assert [item.params["item"] for item in told] == ["satisfaction/muhe"]
    for item in (told[0].params["item"], told[0].params["called"]):
        after = prepare(profile_id, {**data, "not_applicable": [{"item": item, "reason": "企业搬迁，表未收回"}]})
        assert not after.diagnostics
        notes = [note for package in after.packages for note in list_notes(after.subject.record, package)]
        assert [note.name for note in notes] == ["satisfaction/muhe"]
