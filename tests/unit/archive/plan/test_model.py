"""The machine index, as older and newer versions of docgen write it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError
from support.archive_samples import make_index

from docgen.archive.bag.index import dump_index
from docgen.archive.plan.model import PackageIndex


def dump() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(dump_index(make_index()))
    return loaded


def test_an_index_from_before_pdfs_named_their_converter_is_read() -> None:
    data = dump()
    del data["conversion"], data["archive"]["index_columns"]
    index = PackageIndex.model_validate_json(json.dumps(data))
    assert (index.conversion, index.archive.index_columns) == (None, ())


def test_the_converter_and_its_fonts_are_read() -> None:
    said = {"converter": "LibreOffice 7.4.7.2", "fonts": "0" * 64}
    index = PackageIndex.model_validate_json(json.dumps({**dump(), "conversion": said}))
    assert index.conversion is not None
    assert index.conversion.converter == "LibreOffice 7.4.7.2"


@pytest.mark.parametrize("said", [{"converter": "x"}, {"converter": "x", "fonts": "none"}, "LibreOffice"])
def test_a_converter_that_names_no_fonts_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        PackageIndex.model_validate_json(json.dumps({**dump(), "conversion": said}))
