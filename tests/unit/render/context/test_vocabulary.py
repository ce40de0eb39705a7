"""The names of templates are declared once: what is built, described and looked for is declared there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints

import pytest

from docgen.render.context.views import SignerView
from docgen.render.context.vocabulary import NAMES
from docgen.render.scan import labels


def test_each_name_is_declared_once() -> None:
    names = [item.name for item in NAMES]
    assert sorted(set(names)) == sorted(names)


def test_what_no_one_describes_says_its_type() -> None:
    told: Mapping[str, Any] = {item.name: get_type_hints(item.make)["return"] for item in NAMES if not item.describe}
    assert told["signers"] == tuple[SignerView, ...]
    assert [name for name, hint in told.items() if hint is Any] == []


def test_a_view_holds_what_it_declares_and_nothing_else() -> None:
    assert SignerView(label="审核").label == "审核"
    for values in ({}, {"label": "审核", "role": "auditor"}):
        with pytest.raises(TypeError):
            SignerView(**values)
    with pytest.raises(AttributeError):
        SignerView(label="审核").role = "auditor"  # type: ignore[attr-defined]


def test_labels_are_looked_for_under_declared_names() -> None:
    assert {*labels._PREFERRED, *labels._SKIPPED} <= {item.name for item in NAMES}
