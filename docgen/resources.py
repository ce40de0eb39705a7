"""Where profiles, templates and schemas lie: inside the wheel, or beside the package in a checkout; what else a run may
use: the folders of evidence, LibreOffice, the cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: str) -> Path:
    """The folder ``name`` (``profiles``, ``templates``, ``schemas``) that came with docgen."""
    installed = _PACKAGE / "_resources" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Converting:
    """How documents become PDF; ``docgen.toml`` says otherwise under ``[pdf]``.

    ``seconds`` are what one document may take, ``cache`` says whether PDFs are kept for the next time, in so many MiB.
    """

    seconds: int = 240
    cache: bool = True
    cache_megabytes: int = 500


@dataclass(frozen=True, slots=True)
class Packing:
    """How packages are written; ``docgen.toml`` says otherwise under ``[package]``.

    ``sm3``: manifests by SM3 lie beside those by SHA-256.
    """

    sm3: bool = False


@dataclass(frozen=True, slots=True)
class Resources:
    """The folders to look in: the user's own first, then what came with docgen.

    ``outside`` are folders besides the record's own from which its evidence may come; ``converting`` is for PDF,
    ``packing`` for packages.
    """

    own_profiles: tuple[Path, ...] = ()
    own_templates: tuple[Path, ...] = ()
    outside: tuple[Path, ...] = ()
    converting: Converting = Converting()
    packing: Packing = Packing()

    def profile_folders(self) -> Iterator[Path]:
        """Every folder that holds a ``profile.yaml``, one per profile id, the user's own first."""
        ids: set[str] = set()
        for root in (*self.own_profiles, shipped_folder("profiles")):
            candidates = [root] if (root / "profile.yaml").is_file() else sorted(root.glob("*/"))
            for folder in candidates:
                if (folder / "profile.yaml").is_file() and folder.name not in ids:
                    ids.add(folder.name)
                    yield folder

    def find_profile(self, profile_id: str) -> Path | None:
        """The folder of one profile, or None."""
        for root in (*self.own_profiles, shipped_folder("profiles")):
            candidates = [root] if (root / "profile.yaml").is_file() else root.glob("*")
            for folder in candidates:
                if folder.name == profile_id and (folder / "profile.yaml").is_file():
                    return folder
        return None

    def find_template(self, name: str) -> Path | None:
        """A template by its path below ``templates/`` (``docx/report.docx``), or None."""
        for root in (*self.own_templates, shipped_folder("templates")):
            path = root / name
            if path.is_file():
                return path
        return None
