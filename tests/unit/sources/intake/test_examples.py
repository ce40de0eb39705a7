"""The example of every column fits its field: a year is a year, a code has as many digits as such codes have."""

from __future__ import annotations

import pytest

from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.workbook.layout import Column
from docgen.sources.intake.workbook.sheets import build_layout

PROFILES = sorted(folder.name for folder in Resources().profile_folders())


def list_columns(profile_id: str) -> list[Column]:
    layout = build_layout(find_profile(Resources(), profile_id))
    return [column for sheet in layout.sheets for column in sheet.iterate_columns()]


@pytest.mark.parametrize("profile_id", PROFILES)
def test_an_example_is_of_its_columns_kind(profile_id: str) -> None:
    for column in list_columns(profile_id):
        if column.digits and column.kind == "code":
            assert len(column.example) in column.digits, column
        if column.words:
            assert column.example in column.words, column
        if column.kind == "code" and not column.key.endswith(".region"):
            assert column.example != "320300", column


@pytest.mark.parametrize("profile_id", PROFILES)
def test_examples_of_one_row_agree_with_each_other(profile_id: str) -> None:
    shown = {column.key: column.example for column in list_columns(profile_id) if column.key}
    assert shown["Period.start"] < shown["Period.end"]
    assert float(shown["Indicator.before"]) < float(shown["Indicator.target"]) <= float(shown["Indicator.after"])
    assert shown["Enterprise.founded"] < shown["Period.start"]
    assert shown["ArchiveSettings.year"] == "2024"
