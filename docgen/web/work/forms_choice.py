"""The choices for a table: standards, documents, an empty workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.errors import DocgenError
from docgen.pipeline.services.projects import draft_workbook
from docgen.pipeline.stages.outcome import Options
from docgen.profile.load import LoadedProfile, find_profile
from docgen.resources import Resources
from docgen.web.jobs.model import Order

MAPPING = "mapping.yaml"
"""Where the choices for the columns of somebody else's table are written down, in the job's folder."""
_MATCH = "match."
_ENTERPRISES = "enterprises[]"


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices in an order: a standard, documents by id, enterprises that are made with gaps by key.

    ``match`` has what was chosen for the columns of somebody else's table, None before that.
    """

    standard: str = ""
    only: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    match: Mapping[str, str] | None = field(default=None)

    def make_options(self, folder: Path, resources: Resources) -> Options:
        """How a table is read and made with these choices; ``folder`` is the job's."""
        mapping = folder / MAPPING if self.match is not None else None
        return Options(resources, self.standard or None, only=self.only, mapping=mapping)

    def put(self, order: Order) -> Order:
        """The order with these choices."""
        match = {f"{_MATCH}{name}": [value] for name, value in (self.match or {}).items()}
        options = {"standard": [self.standard], "only": list(self.only), "by_hand": list(self.by_hand), **match}
        return replace(order, options=options | ({"matched": ["1"]} if self.match is not None else {}))


def read_choices(order: Order) -> Choices:
    """The choices in an order's options, as a form sends them: lists of texts."""
    options = order.options
    match = {
        name.removeprefix(_MATCH): str(next(iter(values), ""))
        for name, values in options.items()
        if name.startswith(_MATCH)
    }
    is_matched = bool(match) or "matched" in options
    standard = str(next(iter(options.get("standard", ())), ""))
    return Choices(
        standard, tuple(options.get("only", ())), tuple(options.get("by_hand", ())), match if is_matched else None
    )


def find_standard(resources: Resources, standard: str) -> dict[str, Any]:
    """A standard, by its id; ProfileError where there is none, or where it isn't sound."""
    return describe_standard(find_profile(resources, standard))


def list_standards(resources: Resources) -> list[dict[str, Any]]:
    """The standards that there are, each with its documents: those of each enterprise, and the others."""
    return [describe_standard(loaded) for loaded in _load_all(resources)]


def describe_standard(loaded: LoadedProfile) -> dict[str, Any]:
    """A standard by its number and title; ``documents`` are made for each enterprise, ``others`` for the project."""
    profile = loaded.profile
    listed = [(item.per == _ENTERPRISES, {"id": item.id, "title": item.title}) for item in profile.documents]
    return {
        "id": profile.id,
        "number": profile.standard.number,
        "title": profile.standard.title,
        "documents": [item for is_own, item in listed if is_own],
        "others": [item for is_own, item in listed if not is_own],
    }


def write_empty(resources: Resources, standard: str, only: tuple[str, ...]) -> bytes:
    """An empty workbook with the sheets that some documents need."""
    return draft_workbook(standard, resources, only)


def _load_all(resources: Resources) -> list[LoadedProfile]:
    profiles = []
    for folder in resources.profile_folders():
        try:
            profiles.append(find_profile(resources, folder.name))
        except DocgenError:  # one that isn't sound can't be chosen; `docgen profile check` says why
            continue
    return profiles
