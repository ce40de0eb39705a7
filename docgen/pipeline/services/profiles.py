"""What can be said of profiles themselves: which there are, whether one is sound, its schema, a first record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docgen.checks.base import check_rules
from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.profile.draft import draft_record
from docgen.profile.load import LoadedProfile, load_profile
from docgen.profile.model import Profile
from docgen.profile.schema import dump_schema
from docgen.profile.schema import write_schema as _write_schema
from docgen.resources import Resources


def list_profiles(resources: Resources) -> list[Profile]:
    """Every profile that can be found, the user's own first; ProfileError when one isn't sound."""
    return [load_profile(folder, resources).profile for folder in resources.profile_folders()]


def check_profile_folder(folder: Path, resources: Resources) -> tuple[LoadedProfile | None, tuple[Diagnostic, ...]]:
    """The profile in a folder and everything that is wrong with it, rules and templates included."""
    try:
        loaded = load_profile(folder, resources)
    except DocgenError as fault:
        return None, tuple(fault.diagnostics)
    found = [*check_rules(loaded)]
    from docgen.render.store import TemplateStore

    store = TemplateStore(resources)
    for name in dict.fromkeys(name for item in loaded.profile.documents for name in item.template_names):
        try:
            store.compile(name)
        except DocgenError as fault:
            found += fault.diagnostics
    return loaded, tuple(found)


def draft_workbook(loaded: LoadedProfile) -> bytes:
    """The intake workbook of a profile, to be filled in instead of a record file."""
    from docgen.sources.intake.workbook.sheets import build_layout
    from docgen.sources.intake.workbook.write import write_workbook

    return write_workbook(build_layout(loaded))


def write_schema(loaded: LoadedProfile) -> dict[str, Any]:
    """The JSON Schema of a record under a profile."""
    return _write_schema(loaded)


__all__ = ["check_profile_folder", "draft_record", "draft_workbook", "dump_schema", "list_profiles", "write_schema"]
