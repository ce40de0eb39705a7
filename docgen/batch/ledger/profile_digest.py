"""Find the digest of a profile; it is cached, so that an unchanged profile needn't be loaded for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docgen.batch.ledger.fingerprint import digest_data
from docgen.content.files import hash_file
from docgen.errors import DocgenError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile


class NoteStore(Protocol):
    """A store of notes for the next run."""

    def read_note(self, name: str) -> str:
        """The note of a name, "" where there is none."""

    def write_note(self, name: str, text: str) -> None:
        """Write the note of a name."""


def list_profile_files(folder: Path) -> list[Path]:
    """The files that a profile is read from."""
    return sorted(folder.glob("*.yaml"))


def digest_profiles(resources: Resources) -> dict[str, str]:
    """The digest of each available profile's files, by its id; "" where they can't be read."""
    return {folder.name: _digest_files(folder) for folder in resources.profile_folders()}


@lru_cache(maxsize=32)
def _list_extended(loaded: LoadedProfile, resources: Resources) -> list[str]:
    """The ids of a profile and of those that it extends, in turn."""
    from docgen.trees import read_tree

    ids = [loaded.profile.id]
    while (folder := resources.find_profile(ids[-1])) is not None:
        data = read_tree(folder / "profile.yaml").data
        wanted = data.get("extends") if isinstance(data, dict) else None
        if wanted is None or str(wanted) in ids:
            break
        ids.append(str(wanted))
    return ids


def describe_origin(loaded: LoadedProfile, resources: Resources, seen: Mapping[str, str]) -> str:
    """The cache entry of a profile: the digests of its files, and its own; "" if they changed while it was loaded.

    ``seen`` is what ``digest_profiles`` gave before it was loaded.
    """
    try:
        ids = _list_extended(loaded, resources)
    except DocgenError:
        return ""  # saved meanwhile
    files = [seen.get(profile_id, "") for profile_id in ids]
    if not all(files) or files != _digest_current(resources, ids):
        return ""
    return json.dumps({"ids": ids, "files": files, "digest": loaded.digest})


def name_note(profile_id: str) -> str:
    """The name of the note that holds the cache entry of a profile."""
    return f"profile {profile_id}"


def find_profile_digest(resources: Resources, profile_id: str, notes: NoteStore) -> str:
    """Find the present digest of a profile; "" for one that can't be loaded (the run that needs it reports why).

    The cache entry is in ``notes``; the profile is loaded if a file of it, or of one that it extends, has changed.
    """
    cached = json.loads(notes.read_note(name_note(profile_id)) or "{}")
    if cached and cached["files"] == _digest_current(resources, cached["ids"]):
        return str(cached["digest"])
    from docgen.profile.load import find_profile, forget_profiles

    seen = digest_profiles(resources)
    forget_profiles()
    try:
        loaded = find_profile(resources, profile_id)
    except DocgenError:
        return ""
    origin = describe_origin(loaded, resources, seen)
    if origin:
        notes.write_note(name_note(profile_id), origin)
    return loaded.digest


def _digest_current(resources: Resources, ids: Sequence[str]) -> list[str]:
    """The present digests of the files of profiles; "" for a profile that is absent."""
    folders = {folder.name: folder for folder in resources.profile_folders()}
    return [_digest_files(folders[name]) if name in folders else "" for name in ids]


def _digest_files(folder: Path) -> str:
    try:
        return digest_data([(path.name, hash_file(path)) for path in list_profile_files(folder)])
    except OSError:
        return ""
