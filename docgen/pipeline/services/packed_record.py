"""Unpack the record of a package into a folder, so that it can be read as it was when the package was made.

The evidence in the package is written to the paths that the record names. A received record may name any file of this
computer: names that lead out of the folder, and every file of prose, are replaced, so that nothing else is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from docgen.archive.plan.model import RECORD_COPY, FiledDocument, PackageIndex
from docgen.archive.verify.members import Members
from docgen.archive.zip.names import escape_name, inspect_member_name
from docgen.diagnostics import Location, Param
from docgen.errors import SourceError
from docgen.sources.evidence_folder import names_folder
from docgen.sources.record_file import PlacedTree, RawSource
from docgen.trees import RawPath, RawValue, parse_tree

_EVIDENCE = "evidence"
_NO_FILE = "not-in-the-package"
_WILD = re.compile(r"[*?\[\]]")
_OF_A_FOLDER = re.compile(r"[0-9a-f]{10}")
"""The end of the key of a file from a folder of evidence."""


@dataclass(frozen=True, slots=True)
class PackedRecord:
    """A record whose folder holds the evidence that is in the package.

    ``absent`` are the entries of its evidence, by number, with a file that isn't in the package; ``prose`` the places
    of texts that were in files of their own, which a package doesn't hold.
    """

    source: RawSource
    package: Path
    absent: frozenset[int]
    prose: tuple[RawPath, ...]


@dataclass(frozen=True, slots=True)
class _RenamedTree:
    """A tree whose data name other files; its locations stay those of the record's copy in the package."""

    data: RawValue
    tree: PlacedTree
    package: Path
    member: str

    def locate(self, path: RawPath, key: bool = False) -> Location:
        at = self.tree.locate(path, key)
        member = f"{self.member}:{at.line}" if at.line is not None else self.member
        return Location("archive", file=str(self.package), member=member, path=at.path)

    def name_place(self, path: RawPath) -> Param:
        return self.tree.name_place(path)


@dataclass(slots=True)
class _Layout:
    members: Members
    index: PackageIndex
    folder: Path
    absent: set[int] = field(default_factory=set)
    prose: list[RawPath] = field(default_factory=list)
    scans: dict[str, int] = field(default_factory=dict)

    def rename(self, value: RawValue, path: RawPath = ()) -> RawValue:
        """Copy the data with names of files in the folder only."""
        if isinstance(value, Mapping):
            if path != () and len(value) == 1 and isinstance(value.get("file"), str):
                self.prose.append(path)
                return {"file": _NO_FILE}
            return {
                key: self._place_evidence(item) if not path and key == _EVIDENCE else self.rename(item, (*path, key))
                for key, item in value.items()
            }
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self.rename(item, (*path, number)) for number, item in enumerate(value)]
        return value

    def _place_evidence(self, entries: RawValue) -> RawValue:
        if isinstance(entries, str) or not isinstance(entries, Sequence):
            return entries
        placed: list[RawValue] = []
        for number, entry in enumerate(entries):
            name = entry.get("file") if isinstance(entry, Mapping) else None
            if isinstance(entry, Mapping) and isinstance(name, str):
                placed.append({**entry, "file": self._place_entry(number, entry, name)})
            else:
                placed.append(entry)
        return placed

    def _place_entry(self, number: int, entry: Mapping[str, Any], name: str) -> str:
        """Write the files of an entry; returns its name in the folder."""
        name = name.replace("\\", "/")
        if not _is_inside(name):
            last = name.rstrip("/").rpartition("/")[2]
            last = last if _is_inside(last) else _NO_FILE
            name = f"{_EVIDENCE}-{number}/{last}" + ("/" if name.endswith("/") else "")
        is_folder = names_folder(self.folder, name)
        parent = name[: name.rfind("/") + 1]
        filed = list(self._find(entry, is_folder=is_folder))
        written = [
            self._write(f"{parent}{document.original_name}" if is_folder else name, path)
            for document, path in filed
            if not is_folder or _is_plain(document.original_name)
        ]
        if not written or len(written) < len(filed) or not all(written):
            self.absent.add(number)
        # a folder without any file stays one piece of evidence, as a missing file does
        return f"{parent}{_NO_FILE}" if is_folder and not any(written) else name

    def _find(self, entry: Mapping[str, Any], *, is_folder: bool) -> Iterator[tuple[FiledDocument, str]]:
        """The filed documents of an entry, each with the path of its file: its own, or scans of a signed document."""
        key, signed = entry.get("key"), entry.get("document")
        of_scan = [item for item in self.index.documents if isinstance(signed, str) and _is_of(item, signed)]
        scans = [(item, one.path) for item in of_scan for one in item.renditions if one.role == "signed"]
        if scans:
            start = self.scans.get(str(signed), 0)
            taken = scans[start:] if is_folder else scans[start : start + 1]
            self.scans[str(signed)] = start + len(taken)
            yield from taken
            return
        for item in self.index.documents:
            head, dash, digits = item.id.rpartition("-")
            of_folder = is_folder and head == f"{_EVIDENCE}/{key}" and dash and _OF_A_FOLDER.fullmatch(digits)
            own = item.id == f"{_EVIDENCE}/{key}" or of_folder
            first = next((one for one in item.renditions if one.role != "pdf"), None)
            if own and first is not None:
                yield item, first.path

    def _write(self, name: str, path: str) -> bool:
        data = self.members.read(path)
        if data is None or inspect_member_name(name) is not None:
            return False
        target = self.folder / name
        if target.exists():
            return target.is_file() and target.read_bytes() == data
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return True


def _is_of(document: FiledDocument, signed: str) -> bool:
    """Whether a filed document is the signed one; a document of the project may be named without ``/project``."""
    return document.id == signed or ("/" not in signed and document.id == f"{signed}/project")


def _is_inside(name: str) -> bool:
    """Whether a file name in a record, perhaps a pattern, leads into the record's own folder."""
    return inspect_member_name(_WILD.sub("x", name)) is None


def _is_plain(name: str) -> bool:
    return bool(name) and PurePosixPath(name).name == name and inspect_member_name(name) is None


def unpack_record(record: bytes, index: PackageIndex, package: Path, members: Members, folder: Path) -> PackedRecord:
    """Unpack the record of a package into an empty folder; SourceError when it can't be read.

    OSError when the folder can't be written.
    """
    member = escape_name(f"{members.top}/{RECORD_COPY}" if members.top else RECORD_COPY)
    try:
        tree = parse_tree(record.decode(), member).enter("record")
    except (UnicodeDecodeError, KeyError):
        raise SourceError() from None
    layout = _Layout(members, index, folder)
    data = layout.rename(tree.data)
    named = _RenamedTree(data, tree, package, member)
    source = RawSource(folder / Path(RECORD_COPY).name, named)
    return PackedRecord(source, package, frozenset(layout.absent), tuple(layout.prose))
