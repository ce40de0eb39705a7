"""Whether a profile is sound."""

from __future__ import annotations

from pathlib import Path

from docgen.checks.base import check_rules
from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.profile.load import LoadedProfile, load_profile
from docgen.resources import Resources


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
