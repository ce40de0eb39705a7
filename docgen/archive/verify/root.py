"""Finds the folder of the bag in a received zip or folder, the files beside it, and operating systems' litter; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from docgen.archive.plan.model import INDEX_PAGE
from docgen.archive.zip.manifest import BAG_INFO_NAME, DECLARATION_NAME, read_manifest_name
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Location

_DEEPEST = 2
_LITTER_FILE = re.compile(
    r"\.DS_Store|\._.+|Thumbs\.db|ehthumbs\.db|desktop\.ini|~\$.+\.(?:doc|xls|ppt)[xm]?", re.IGNORECASE
)
_LITTER_FOLDER = "__macosx"  # its folders are litter by their name; of its files those that macOS writes there: ._name
_OTHER_MAGIC = (
    b"MZ",
    b"\x7fELF",
    b"PK",
    b"%PDF",
    b"#!",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
)
MAX_LITTER = 16 << 20
"""The largest litter, in bytes; a larger file is none."""


def is_litter_name(path: str) -> bool:
    """Whether a path is that of a file that macOS, Windows, Office or a storage device writes unasked."""
    *folders, name = path.split("/")
    if not name:
        return any(folder.lower() == _LITTER_FOLDER for folder in folders)
    return _LITTER_FILE.fullmatch(name) is not None


def is_litter(path: str, start: bytes, size: int) -> bool:
    """Whether a file is litter by its name, and small, and doesn't begin as a program, an archive or a document."""
    return is_litter_name(path) and size <= MAX_LITTER and not start.startswith(_OTHER_MAGIC)


@dataclass(frozen=True, slots=True)
class BagRoot:
    """The folder that holds a bag ("" for the top of the zip), and the names beside that folder.

    ``litter`` are those of them that operating systems wrote. Of several bags neither is listed.
    """

    path: str
    beside: tuple[str, ...] = ()
    litter: tuple[str, ...] = ()

    @property
    def is_deep(self) -> bool:
        """Whether the bag lies deeper than in a folder at the top."""
        return "/" in self.path


@dataclass(frozen=True, slots=True)
class BagPlace:
    """The place of a bag: its folder in the zip ("" for the zip's top), and the zip or folder that was received.

    ``folders`` are the folders in the bag, None for a zip, where folders needn't be listed.
    """

    top: str
    place: Location
    folders: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """The name of the bag's folder."""
        return self.top.rpartition("/")[2]

    def locate(self, path: str) -> Location:
        """The place of a file in the package."""
        return replace(self.place, member=escape_name(f"{self.top}/{path}" if self.top else path))


def find_roots(names: Iterable[str]) -> tuple[BagRoot, ...]:
    """The bags at the top of these names, in a folder there, or in a folder of that; () when there is none.

    A bag's folder is known by its ``bagit.txt``; where no folder has one, by another file that only bags have.
    """
    paths = list(names)
    for is_mark in (_is_declaration, _is_bag_file):
        folders = {path.rpartition("/")[0] for path in paths if is_mark(path) and path.count("/") <= _DEEPEST}
        outer = sorted(folder for folder in folders if not _is_within(folder, folders))
        if outer:
            return (_make_root(outer[0], paths),) if len(outer) == 1 else tuple(map(BagRoot, outer))
    return ()


def _is_declaration(name: str) -> bool:
    return name.rpartition("/")[2] == DECLARATION_NAME


def _is_bag_file(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last in {BAG_INFO_NAME, INDEX_PAGE} or read_manifest_name(last) is not None


def _is_within(path: str, folders: Collection[str]) -> bool:
    """Whether a folder lies within one of these."""
    steps = path.split("/")
    return path != "" and any("/".join(steps[:depth]) in folders for depth in range(len(steps)))


def _make_root(path: str, names: Iterable[str]) -> BagRoot:
    outside = [name for name in names if path and not name.startswith(f"{path}/") and not f"{path}/".startswith(name)]
    litter = tuple(name for name in outside if is_litter_name(name))
    return BagRoot(path, tuple(name for name in outside if not is_litter_name(name)), litter)
