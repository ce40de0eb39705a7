"""A project's record file (YAML or JSON) → raw data with places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from docgen.diagnostics import Diagnostic, Location, Param, Term, error
from docgen.errors import SourceError
from docgen.trees import RawPath, RawValue, parse_tree, read_tree

_SUFFIXES = (".yaml", ".yml", ".json")
_USUAL_NAMES = ("record.yaml", "record.yml", "record.json")
# suffix → the text that says what such a file is
_OTHER_FILES = {
    ".xlsx": "sources.workbook",
    ".xls": "sources.workbook",
    ".et": "sources.workbook",
    ".docx": "sources.document",
    ".doc": "sources.document",
    ".wps": "sources.document",
    ".pdf": "sources.document",
    ".zip": "sources.archive",
}


class PlacedTree(Protocol):
    """Raw data, and where in the user's file each value of it stands."""

    @property
    def data(self) -> RawValue: ...
    def locate(self, path: RawPath, key: bool = False) -> Location: ...
    def name_place(self, path: RawPath) -> Param: ...


@dataclass(frozen=True, slots=True)
class RawSource:
    """A record as it was typed: its file, its data, and the place of everything in it.

    ``diagnostics`` are those of reading it, before any of it meant anything; ``failed`` are the places of
    values that were there and couldn't be taken into the data. ``doubts`` are those of a larger whole about
    this part of it; None where they are yet to be looked for.
    """

    path: Path
    tree: PlacedTree
    diagnostics: tuple[Diagnostic, ...] = ()
    failed: frozenset[RawPath] = frozenset()
    doubts: tuple[Diagnostic, ...] | None = None

    @property
    def data(self) -> RawValue:
        """Lists, mappings and the texts that were typed; nothing is converted yet."""
        return self.tree.data

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The place of the value at ``path``, or of its key; of the nearest thing above it if there is none."""
        return self.tree.locate(path, key)

    def name_place(self, path: RawPath) -> Param:
        """A place in the words of the file's user: a path, or a sheet and a header."""
        return self.tree.name_place(path)


def read_source(path: Path) -> RawSource:
    """The raw record in a file; SourceError with every reason why there is none."""
    if path.is_dir():
        inside = _find_record(path)
        hint = Term("sources.record_inside", {"path": str(inside)}) if inside else Term("sources.name_record")
        raise SourceError(error("S121", Location(file=str(path)), path=str(path), hint=hint))
    other = _OTHER_FILES.get(path.suffix.lower())
    if other is not None and path.exists():
        raise SourceError(error("S122", Location(file=str(path)), path=str(path), what=Term(other)))
    tree = read_tree(path, with_repeats=True)
    return RawSource(path, tree, tree.repeats, tree.repeated)


def parse_source(text: str, name: str = "record.yaml") -> RawSource:
    """The raw record in a text, as if it stood in the file ``name``."""
    tree = parse_tree(text, name, with_repeats=True)
    return RawSource(Path(name), tree, tree.repeats, tree.repeated)


def _find_record(folder: Path) -> Path | None:
    """The record that a folder most likely holds: under its usual name, or the only file that can be one."""
    for name in _USUAL_NAMES:
        if (folder / name).is_file():
            return folder / name
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file())
    except OSError:
        return None
    return files[0] if len(files) == 1 else None
