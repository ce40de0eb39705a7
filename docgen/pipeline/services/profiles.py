"""Checks profiles, and names their documents."""

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
    """The profile in a folder and everything that is wrong with it, rules and templates included."""
    from docgen.checks.base import check_rules
    from docgen.profile.load import load_profile

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


_ID = re.compile("[a-z0-9-]+")


def name_chosen(only: Sequence[str], find: Callable[[], Resources], profile_id: str | None) -> tuple[str, ...]:
    """The ids of document types chosen by id or title, each once, before it is known of which record.

    A title that the profile (without one: every profile that has it) gives another id, or none, stays as it is:
    whoever reads the record says what is wrong with it.
    """
    if all(map(_ID.fullmatch, only)):
        return tuple(dict.fromkeys(only))
    # a batch with nothing to do loads no profile
    from docgen.profile.labels import choose_document
    from docgen.profile.load import find_profile

    resources = find()
    ids = [profile_id] if profile_id is not None else [folder.name for folder in resources.profile_folders()]
    named: dict[str, set[str]] = {name: set() for name in only}
    for found in ids:
        try:
            documents = find_profile(resources, found).profile.documents
            chosen = ((name, choose_document(documents, name)) for name in named)
            for name, document in chosen:
                named[name].update({document.id} if document is not None else ())
        except DocgenError:
            continue  # told with the records that need it
    return tuple(dict.fromkeys(meant.pop() if len(meant) == 1 else name for name, meant in named.items()))
