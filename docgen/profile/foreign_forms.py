"""Forms of the other standards that docgen has: one of them under the wrong standard is told as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from docgen.resources import Resources
from docgen.trees import read_tree


@dataclass(frozen=True, slots=True)
class FormOwner:
    """The standard that has a form: the profile's id, its number, and the form's title."""

    profile: str
    standard: str
    title: str


def find_form_owner(document_id: str) -> FormOwner | None:
    """The first of docgen's own standards that has a document of this id."""
    return _list_owners().get(document_id)


@cache
def _list_owners() -> Mapping[str, FormOwner]:
    """The documents of docgen's own standards; read only when a form is unknown."""
    found: dict[str, FormOwner] = {}
    for folder in Resources().profile_folders():
        data: Any = read_tree(folder / "profile.yaml").data
        for document in data["documents"]:
            owner = FormOwner(str(data["id"]), str(data["standard"]["number"]), str(document["title"]))
            found.setdefault(str(document["id"]), owner)
    return found
