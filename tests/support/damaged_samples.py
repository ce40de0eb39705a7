"""The complete samples of all standards, to be damaged form by form: what is missing comes from the profiles' data."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.document import FieldSpec
from docgen.profile.load import find_profile
from docgen.profile.model import Profile
from docgen.resources import Resources
from docgen.sources.record_file import parse_source, read_source

Data = dict[str, Any]
SAMPLES = Path(__file__).parents[2] / "samples"
COMPLETE = {
    "chengdu-sme-guide-2024": "service",
    "db3203-t1023-2023": "complete",
    "db4201-t629-2020": "station",
    "db4201-t665-2022": "park",
    "t-hebqia-draft": "scored",
}


@cache
def load(profile_id: str) -> Profile:
    return find_profile(Resources(), profile_id).profile


def read_sample(profile_id: str, sample: str | None = None) -> Data:
    data = read_source(SAMPLES / profile_id / (sample or COMPLETE[profile_id]) / "record.yaml").data
    assert isinstance(data, dict)
    return deepcopy(data)


def prepare(profile_id: str, data: Data, sample: str | None = None) -> PreparedRecord:
    path = SAMPLES / profile_id / (sample or COMPLETE[profile_id]) / "record.json"
    prepared = prepare_record(parse_source(json.dumps(data, ensure_ascii=False, indent=1), str(path)), Options())
    assert isinstance(prepared, PreparedRecord)
    return prepared


def drop_form(profile: Profile, data: Data, name: str) -> None:
    """The record without a form, without those made for its entries, and without what names them."""
    data["forms"].pop(name, None)
    for document in profile.documents:
        if document.per == f"forms.{name}[]" and document.id != name:
            drop_form(profile, data, document.id)
        for entry in data["forms"].get(document.id, ()):
            forget(document.fields, entry, f"forms.{name}[]")


def forget(fields: tuple[FieldSpec, ...], entry: Data, target: str) -> None:
    for field in fields:
        if field.to == target:
            entry.pop(field.key, None)
        for row in entry.get(field.key, ()) if field.type == "rows" else ():
            forget(field.fields, row, target)
