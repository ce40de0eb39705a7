"""Reads the titles of standards from their profiles' main files, without loading the profiles."""

from __future__ import annotations

from typing import Any

from docgen.errors import DocgenError
from docgen.resources import Resources
from docgen.trees import read_tree


def list_titles(resources: Resources) -> list[dict[str, str]]:
    """The id, number and title of every standard whose profile can be read; it is checked when it is chosen."""
    titles = []
    for folder in resources.profile_folders():
        standard = _read_standard(resources, folder.name, ())
        if isinstance(standard.get("number"), str) and isinstance(standard.get("title"), str):
            titles.append({"id": folder.name, "number": standard["number"], "title": standard["title"]})
    return titles


def _read_standard(resources: Resources, profile_id: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """The section ``standard`` of a profile, completed by the profile that it extends."""
    folder = resources.find_profile(profile_id)
    if folder is None or profile_id in seen:
        return {}
    try:
        data: Any = read_tree(folder / "profile.yaml").data
    except DocgenError:  # an unreadable one isn't offered; `docgen profile check` says why
        return {}
    if not isinstance(data, dict):
        return {}
    base = data.get("extends")
    inherited = _read_standard(resources, base, (*seen, profile_id)) if isinstance(base, str) else {}
    own = data.get("standard")
    return inherited | (own if isinstance(own, dict) else {})
