"""Reads titles of standards from the beginning of their profiles, without taking all of them apart."""

from __future__ import annotations

from typing import Any

from docgen.errors import DocgenError
from docgen.resources import Resources
from docgen.trees import read_tree


def list_titles(resources: Resources) -> list[dict[str, str]]:
    """The id, number and title of every standard whose profile can be read; whether it is sound is seen when chosen."""
    found = []
    for folder in resources.profile_folders():
        named = _read_standard(resources, folder.name, ())
        if isinstance(named.get("number"), str) and isinstance(named.get("title"), str):
            found.append({"id": folder.name, "number": named["number"], "title": named["title"]})
    return found


def _read_standard(resources: Resources, profile_id: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """What a profile says of its standard, completed by the one that it extends."""
    folder = resources.find_profile(profile_id)
    if folder is None or profile_id in seen:
        return {}
    try:
        data: Any = read_tree(folder / "profile.yaml").data
    except DocgenError:  # one that can't be read can't be chosen; `docgen profile check` says why
        return {}
    if not isinstance(data, dict):
        return {}
    base = data.get("extends")
    named = _read_standard(resources, base, (*seen, profile_id)) if isinstance(base, str) else {}
    own = data.get("standard")
    return named | (own if isinstance(own, dict) else {})
