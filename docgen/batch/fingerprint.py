"""Whether something changed since it was used: a file by its size and time, by its digest where these differ."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from docgen.errors import DocgenError
from docgen.profile.load import LoadedProfile, find_profile
from docgen.resources import Resources

_CHUNK = 1 << 20
_TICK = 2_000_000_000
ABSENT, FOLDER = -1, -2


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file as it was: ``size`` in bytes (``ABSENT``: there was none), ``mtime_ns``, sha256 of its bytes.

    ``mtime_ns`` is 0 where the time can't be trusted: a file saved twice within a tick of the clock has one time. An
    empty ``sha256`` equals nothing: the file changed while it was used. Of a folder (size ``FOLDER``) it is that of the
    names in it.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str


def mark_file(path: Path, since_ns: int | None = None) -> FileMark:
    """The mark of a file that was just used by work which began at ``since_ns`` (time of the system's clock)."""
    try:
        before = path.stat()
        if stat.S_ISDIR(before.st_mode):
            return FileMark(str(path), FOLDER, 0, hash_names(path))
        digest = hash_file(path)
        after = path.stat()
    except (OSError, ValueError):
        return FileMark(str(path), ABSENT, 0, "")
    moved = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if moved or (since_ns is not None and after.st_mtime_ns >= since_ns):
        digest = ""
    fresh = abs(time.time_ns() - after.st_mtime_ns) < _TICK
    return FileMark(str(path), after.st_size, 0 if fresh else after.st_mtime_ns, digest)


def mark_folder(path: Path) -> FileMark:
    """The mark of a folder: the names of everything below it; what they hold is marked for itself."""
    names = sorted(found.relative_to(path).as_posix() for found in path.rglob("*"))
    return FileMark(f"{path}/", len(names) if path.is_dir() else ABSENT, 0, digest_data(names))


def compare_file(mark: FileMark, path: Path, *, trust_time: bool = True) -> FileMark | None:
    """The mark with the file's present time when its content is what it was, None when it isn't.

    The content is read only where size and time don't settle it.
    """
    if mark.path.endswith("/"):
        now_there = mark_folder(path)
        return mark if (now_there.size, now_there.sha256) == (mark.size, mark.sha256) else None
    try:
        now = path.stat()
    except (OSError, ValueError):
        return mark if mark.size == ABSENT else None
    if stat.S_ISDIR(now.st_mode):
        names = mark_file(path)
        return mark if (names.size, names.sha256) == (mark.size, mark.sha256) else None
    if mark.size != now.st_size or not mark.sha256:
        return None
    if trust_time and mark.mtime_ns == now.st_mtime_ns:
        return mark
    found = mark_file(path)
    return replace(found, path=mark.path) if found.sha256 == mark.sha256 else None


def hash_names(folder: Path) -> str:
    """The sha256 of the names of all files below a folder."""
    names = sorted(os.path.relpath(Path(at) / name, folder) for at, _, files in os.walk(folder) for name in files)
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def hash_file(path: Path) -> str:
    """The sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def digest_data(data: Any) -> str:
    """The sha256 of plain data."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def digest_profile(loaded: LoadedProfile) -> str:
    """What a profile says, what it extends included; comments and the order of its files don't count."""
    return digest_data(loaded.tree.data)


class Standing:
    """What profiles and templates say now; each is looked at once."""

    def __init__(self) -> None:
        self.find_profile = lru_cache(maxsize=64)(_find_profile_digest)
        self.find_template = lru_cache(maxsize=4096)(_find_template_digest)

    def keeps(self, resources: Resources, profile_id: str, profile: str, templates: Mapping[str, str]) -> bool:
        """Whether a profile and the templates that were used are still what they were."""
        if self.find_profile(resources, profile_id) != profile:
            return False
        return all(self.find_template(resources, name) == digest for name, digest in templates.items())


def _find_profile_digest(resources: Resources, profile_id: str) -> str:
    try:
        return digest_profile(find_profile(resources, profile_id))
    except DocgenError:
        return ""  # the run that needs it says why


def _find_template_digest(resources: Resources, name: str) -> str:
    path = resources.find_template(name)
    try:
        return hash_file(path) if path is not None else ""
    except OSError:
        return ""


def list_settings() -> str:
    """The environment that decides what is made: the day of a record that has none."""
    return os.environ.get("SOURCE_DATE_EPOCH", "")
