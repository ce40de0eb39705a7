"""What an earlier package at the same place says of itself: its machine index, nothing else of it is looked at."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from docgen.archive.bag.index import parse_index
from docgen.archive.plan.model import MACHINE_INDEX, PackageIndex

_MAX_INDEX = 64 << 20


def read_earlier_index(path: Path) -> PackageIndex | None:
    """The index of the package at ``path``; None where there is no such file, or it is no package that can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [entry for entry in archive.infolist() if entry.filename.partition("/")[2] == MACHINE_INDEX]
            if len(inside) != 1 or inside[0].file_size > _MAX_INDEX:
                return None
            with archive.open(inside[0]) as member:
                return parse_index(member.read(_MAX_INDEX))
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return None
