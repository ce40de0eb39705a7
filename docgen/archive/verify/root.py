"""Finds the bag in a received zip or folder, files beside it, and litter of operating systems; pure."""

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
_LITTER_FOLDER = "__macosx"  # of it the folders are litter, and what macOS puts there: ._ files
_BELIED = (b"MZ", b"\x7fELF", b"PK", b"%PDF", b"#!", b"Rar!", b"7z\xbc\xaf", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_MOST_LITTER = 16 << 20


def is_litter_name(path: str) -> bool:
    """Whether a path is one of those files that macOS, Windows, Office or a disk station put beside people's files."""
    *folders, name = path.split("/")
    if not name:
        return any(folder.lower() == _LITTER_FOLDER for folder in folders)
    return _LITTER_FILE.fullmatch(name) is not None


def is_litter(path: str, start: bytes, size: int) -> bool:
    """Whether a file is litter by its name and doesn't begin as a program, an archive or a document does."""
    return is_litter_name(path) and size <= _MOST_LITTER and not start.startswith(_BELIED)


@dataclass(frozen=True, slots=True)
class BagRoot:
    """The folder that holds a bag ("" when the zip's own top does), and names that lie beside it.

    ``litter`` are those beside it that systems leave behind; of several bags neither is looked for.
    """

    path: str
    beside: tuple[str, ...] = ()
    litter: tuple[str, ...] = ()

    @property
    def is_deep(self) -> bool:
        """Whether the bag lies in a folder within the one it should be."""
        return "/" in self.path


@dataclass(frozen=True, slots=True)
class BagPlace:
    """Where a bag is: its folder's name or path in the zip ("" at the zip's own top), and the file or folder it is in.

    ``folders`` are those in it, None for a zip, which needn't name any.
    """

    top: str
    place: Location
    folders: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """The bag's own folder."""
        return self.top.rpartition("/")[2]

    def locate(self, path: str) -> Location:
        """The place of a file in the package."""
        return replace(self.place, member=escape_name(f"{self.top}/{path}" if self.top else path))


def find_roots(names: Iterable[str]) -> tuple[BagRoot, ...]:
    """The bags that lie at the top of these names, in a folder there, or in one within; () when there is none.

    A folder is a bag's by its ``bagit.txt``; where none has that, by another file that only bags have.
    """
    listed = list(names)
    for is_mark in (_is_declaration, _is_bag_file):
        holders = {name.rpartition("/")[0] for name in listed if is_mark(name) and name.count("/") <= _DEEPEST}
        outer = sorted(path for path in holders if not _is_within(path, holders))
        if outer:
            return (_describe(outer[0], listed),) if len(outer) == 1 else tuple(BagRoot(path) for path in outer)
    return ()


def _is_declaration(name: str) -> bool:
    return name.rpartition("/")[2] == DECLARATION_NAME


def _is_bag_file(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last in {BAG_INFO_NAME, INDEX_PAGE} or read_manifest_name(last) is not None


def _is_within(path: str, holders: Collection[str]) -> bool:
    steps = path.split("/")
    return path != "" and any("/".join(steps[:depth]) in holders for depth in range(len(steps)))


def _describe(path: str, names: Iterable[str]) -> BagRoot:
    outside = [name for name in names if path and not name.startswith(f"{path}/") and not f"{path}/".startswith(name)]
    litter = tuple(name for name in outside if is_litter_name(name))
    return BagRoot(path, tuple(name for name in outside if not is_litter_name(name)), litter)
