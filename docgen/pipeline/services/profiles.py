"""Check profiles, and resolve the titles of their documents to ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile


def check_profile_folder(folder: Path, resources: Resources) -> tuple[LoadedProfile | None, tuple[Diagnostic, ...]]:
    """Check the profile in a folder, its rules and templates, too; the profile is None where it can't be loaded."""
    from docgen.checks.base import check_rules
    from docgen.profile.load import load_profile

    try:
        loaded = load_profile(folder, resources)
    except DocgenError as fault:
        return None, tuple(fault.diagnostics)
    diagnostics = [*check_rules(loaded)]
    from docgen.render.store import TemplateStore

    store = TemplateStore(resources)
    for name in dict.fromkeys(name for item in loaded.profile.documents for name in item.template_names):
        try:
            store.compile(name)
        except DocgenError as fault:
            diagnostics += fault.diagnostics
    return loaded, tuple(diagnostics)


_ID = re.compile("[a-z0-9-]+")


def resolve_chosen(only: Sequence[str], find: Callable[[], Resources], profile_id: str | None) -> tuple[str, ...]:
    """The ids of document types chosen by id or title, each once, before the records are known.

    A title that isn't in the profile, or that (without ``profile_id``) stands for several ids in different profiles,
    stays as it is: reading the record reports it.
    """
    if all(map(_ID.fullmatch, only)):
        return tuple(dict.fromkeys(only))
    # a batch with nothing to do loads no profile
    from docgen.profile.labels import choose_document
    from docgen.profile.load import find_profile

    resources = find()
    profiles = [profile_id] if profile_id is not None else [folder.name for folder in resources.profile_folders()]
    ids_by_name: dict[str, set[str]] = {name: set() for name in only}
    for loading_id in profiles:
        try:
            documents = find_profile(resources, loading_id).profile.documents
            chosen = ((name, choose_document(documents, name)) for name in ids_by_name)
            for name, document in chosen:
                ids_by_name[name].update({document.id} if document is not None else ())
        except DocgenError:
            continue  # reported with the records that need the profile
    return tuple(dict.fromkeys(ids.pop() if len(ids) == 1 else name for name, ids in ids_by_name.items()))
