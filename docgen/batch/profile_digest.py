"""The digest of a profile, and its cache: while the profile's files don't change, the profile isn't loaded for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docgen.batch.fingerprint import digest_data
from docgen.content.files import hash_file
from docgen.errors import DocgenError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile


class NotedDigest(Protocol):
    """Where something is written down for the next run."""

    def read_note(self, name: str) -> str:
        """What was written down under a name, "" for nothing."""

    def write_note(self, name: str, text: str) -> None:
        """Write it down."""


def list_profile_files(folder: Path) -> list[Path]:
    """Every file that a profile may be read from."""
    return sorted(folder.glob("*.yaml"))


def see_profiles(resources: Resources) -> dict[str, str]:
    """The digest of the files of every profile that can be found, by its id; "" where they can't be read."""
    return {folder.name: _digest_files(folder) for folder in resources.profile_folders()}


@lru_cache(maxsize=32)
def _list_extended(loaded: LoadedProfile, resources: Resources) -> list[str]:
    """A profile and what it extends, one after the other."""
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
    """The cache entry of a profile: the digests of its files, and its own; "" if the files changed while it was loaded.

    ``seen`` is what ``see_profiles`` gave before it was loaded.
    """
    try:
        ids = _list_extended(loaded, resources)
    except DocgenError:
        return ""  # saved meanwhile
    files = [seen.get(profile_id, "") for profile_id in ids]
    if not all(files) or files != _digest_found(resources, ids):
        return ""
    return json.dumps({"ids": ids, "files": files, "digest": loaded.digest})


def name_note(profile_id: str) -> str:
    """The name of the note that holds the cache entry of a profile."""
    return f"profile {profile_id}"


def find_profile_digest(resources: Resources, profile_id: str, notes: NotedDigest) -> str:
    """The present digest of a profile, "" for one that can't be loaded: the run that needs it says why.

    The cache entry is in ``notes``; the profile is loaded if a file of it, or of one that it extends, has changed.
    """
    known = json.loads(notes.read_note(name_note(profile_id)) or "{}")
    if known and known["files"] == _digest_found(resources, known["ids"]):
        return str(known["digest"])
    from docgen.profile.load import find_profile, forget_profiles

    seen = see_profiles(resources)
    forget_profiles()
    try:
        loaded = find_profile(resources, profile_id)
    except DocgenError:
        return ""
    origin = describe_origin(loaded, resources, seen)
    if origin:
        notes.write_note(name_note(profile_id), origin)
    return loaded.digest


def _digest_found(resources: Resources, ids: Sequence[str]) -> list[str]:
    """The digests of the files of profiles, wherever these are found now; "" for one that isn't there."""
    folders = {folder.name: folder for folder in resources.profile_folders()}
    return [_digest_files(folders[name]) if name in folders else "" for name in ids]


def _digest_files(folder: Path) -> str:
    try:
        return digest_data([(path.name, hash_file(path)) for path in list_profile_files(folder)])
    except OSError:
        return ""
