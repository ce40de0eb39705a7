"""What a profile says, as a digest — known again by its files' bytes, so that an unchanged one need not be loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docgen.batch.fingerprint import digest_data, hash_file
from docgen.errors import DocgenError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.profile.load import LoadedProfile


class Notes(Protocol):
    """Where something is written down for the next run."""

    def read_note(self, name: str) -> str:
        """What was written down under a name, "" for nothing."""

    def write_note(self, name: str, text: str) -> None:
        """Write it down."""


@lru_cache(maxsize=32)
def digest_profile(loaded: LoadedProfile) -> str:
    """What a profile says, what it extends included; comments and the order of its files don't count."""
    return digest_data(loaded.tree.data)


def list_profile_files(folder: Path) -> list[Path]:
    """Every file that a profile may be read from."""
    return sorted(folder.glob("*.yaml"))


def find_profile_digest(resources: Resources, profile_id: str, notes: Notes) -> str:
    """The digest of a profile as it is now, "" for one that can't be loaded: the run that needs it says why.

    It is loaded only when a file of it, or of what it extends, isn't what it was when it was loaded for ``notes``.
    """
    name = f"profile {profile_id}"
    known = json.loads(notes.read_note(name) or "{}")
    if known and known["files"] == _digest_files(resources, known["ids"]):
        return str(known["digest"])
    from docgen.profile.load import find_profile, forget_profiles

    try:
        ids = _list_extended(resources, profile_id)
        files = _digest_files(resources, ids)
        forget_profiles()
        digest = digest_profile(find_profile(resources, profile_id))
    except DocgenError:
        return ""
    if files and files == _digest_files(resources, ids):  # else it was saved meanwhile
        notes.write_note(name, json.dumps({"ids": ids, "files": files, "digest": digest}))
    return digest


def _digest_files(resources: Resources, ids: Sequence[str]) -> str:
    """The digest of the files of profiles, wherever these are found now; "" for one that isn't there."""
    told: list[object] = []
    for profile_id in ids:
        folder = resources.find_profile(profile_id)
        if folder is None:
            return ""
        try:
            told += [profile_id, *((path.name, hash_file(path)) for path in list_profile_files(folder))]
        except OSError:
            return ""
    return digest_data(told)


def _list_extended(resources: Resources, profile_id: str) -> list[str]:
    """A profile and what it extends, one after the other."""
    from docgen.trees import read_tree

    ids: list[str] = []
    wanted: object = profile_id
    while wanted is not None and str(wanted) not in ids:
        ids.append(str(wanted))
        folder = resources.find_profile(ids[-1])
        data = read_tree(folder / "profile.yaml").data if folder is not None else None
        wanted = data.get("extends") if isinstance(data, dict) else None
    return ids
