"""Reads, changes and writes an Office file as a package: its parts, relationships and content types.

Names of parts ignore case (ECMA-376-2, 6.2.2.3); docgen also accepts backslashes.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docgen.ooxml.members import SMALL, PackedMember, pack_member, unpack_member, write_parts
from docgen.ooxml.names import CONTENT_TYPES, PACKAGE_RELATIONS, PACKAGE_TYPES
from docgen.ooxml.xml import (
    DECLARATION,
    MAX_BYTES,
    MAX_SHEET_ELEMENTS,
    PackageError,
    parse_xml,
    quote_attribute,
    write_markup,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_TOTAL = 512 << 20
"""The limit on the total size of all inflated parts."""
# zipfile raises RuntimeError for a member with a password and NotImplementedError for an unknown method.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError),
)
_OVERRIDE, _DEFAULT = f"{{{PACKAGE_TYPES}}}Override", f"{{{PACKAGE_TYPES}}}Default"
_RELATIONSHIP = f"{{{PACKAGE_RELATIONS}}}Relationship"
_NO_RELATIONS = f'{DECLARATION}<Relationships xmlns="{PACKAGE_RELATIONS}"/>'.encode()


@contextmanager
def open_zip(source: bytes | Path | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip that may be damaged: any error of zipfile or its codecs, also while reading, becomes PackageError."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            yield archive
    except _BROKEN as fault:
        raise PackageError("zip", str(fault)) from fault


def read_part(archive: zipfile.ZipFile, name: str, limit: int = MAX_BYTES) -> bytes | None:
    """A part's bytes, None without a part of that name; PackageError if it is larger than ``limit``."""
    try:
        with archive.open(name) as stream:
            data = stream.read(limit + 1)
    except KeyError:
        return None
    except ValueError as fault:  # a place before the file's beginning
        raise PackageError("zip", str(fault)) from fault
    if len(data) > limit:
        raise PackageError("large", name)
    return data


def read_parts(source: bytes | Path | IO[bytes]) -> dict[str, bytes]:
    """The parts of an Office file by name, in the file's order; PackageError if it is no such file or too large."""
    with open_zip(source) as archive:
        return {entry.filename: _read_entry(archive, entry) for entry in _list_entries(archive)}


def read_packed(source: bytes) -> tuple[dict[str, bytes], dict[str, PackedMember]]:
    """The parts of an Office file as from ``read_parts``, and those whose packed bytes can be written unchanged."""
    parts: dict[str, bytes] = {}
    packed: dict[str, PackedMember] = {}
    with open_zip(source) as archive:
        for entry in _list_entries(archive):
            unpacked = unpack_member(source, entry)
            if unpacked is None:
                parts[entry.filename] = _read_entry(archive, entry)
            else:
                packed[entry.filename], parts[entry.filename] = unpacked
    return parts, packed


def _list_entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise PackageError("large")
    return entries


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except ValueError as fault:  # a place before the file's beginning
        raise PackageError("zip", str(fault)) from fault


def fold_part(name: str) -> str:
    """A part's name normalised for comparison."""
    return name.replace("\\", "/").lstrip("/").lower()


def name_relations(part: str) -> str:
    """The part that holds a part's relationships; those of the package itself for an empty name."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolve_target(part: str, target: str) -> str:
    """The name of the part that a relationship of ``part`` leads to."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


@dataclass(frozen=True, slots=True)
class PartRelation:
    """A relationship of a part; ``target`` is the name of the other part, or an external address as written."""

    id: str
    type: str
    target: str
    is_external: bool = False

    @property
    def kind(self) -> str:
        """The last word of its type, which the strict and the transitional edition share: ``styles``."""
        return self.type.rpartition("/")[2]


def read_relations(data: bytes | None, part: str) -> list[PartRelation]:
    """The relationships of a part, parsed from the part that holds them; empty without one."""
    relations = []
    for element in parse_xml(data) if data is not None else ():
        target, is_external = element.get("Target", ""), element.get("TargetMode", "").lower() == "external"
        target = target if is_external else resolve_target(part, target)
        relations.append(PartRelation(element.get("Id", ""), element.get("Type", ""), target, is_external))
    return relations


def write_relations(relations: Iterable[PartRelation], part: str) -> bytes:
    """The part that holds these relationships of ``part``."""
    folder, lines = posixpath.dirname(part) or ".", []
    for entry in relations:
        target = quote_attribute(entry.target if entry.is_external else posixpath.relpath(entry.target, folder))
        mode = ' TargetMode="External"' if entry.is_external else ""
        lines.append(
            f"<Relationship Id={quote_attribute(entry.id)} Type={quote_attribute(entry.type)} Target={target}{mode}/>"
        )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE_RELATIONS}">{"".join(lines)}</Relationships>'.encode()


def read_types(data: bytes) -> dict[str, str]:
    """The media types that the content types state for single parts, by the part's name."""
    items = parse_xml(data).iterchildren(_OVERRIDE)
    return {item.get("PartName", "").lstrip("/"): item.get("ContentType", "") for item in items}


class OfficePackage:
    """The parts of a file by name, in order; unchanged parts are written with their original bytes."""

    def __init__(self, source: bytes | Path | IO[bytes]) -> None:
        self.parts = read_parts(source)
        self._trees: dict[str, _Element] = {}
        self._names = {fold_part(name): name for name in self.parts}

    def __contains__(self, name: str) -> bool:
        return fold_part(name) in self._names

    def canonical(self, name: str) -> str:
        """A part's name as the file spells it."""
        return self._names.get(fold_part(name), name)

    def read(self, name: str) -> bytes:
        """A part's bytes; PackageError if it doesn't exist."""
        if name not in self:
            raise PackageError("part", name)
        return self.parts[self.canonical(name)]

    def parse(self, name: str) -> _Element:
        """The root of a part, to be changed in place; ``save`` writes it."""
        name = self.canonical(name)
        if name not in self._trees:
            # Excel's drawings of notes aren't always well-formed
            self._trees[name] = parse_xml(self.read(name), elements=MAX_SHEET_ELEMENTS, recover=name.endswith(".vml"))
        return self._trees[name]

    def put(self, name: str, data: bytes) -> None:
        """Add a part, or replace one."""
        name = self.canonical(name)
        self._names[fold_part(name)] = name
        self._trees.pop(name, None)
        self.parts[name] = data

    def drop(self, name: str) -> None:
        """Remove a part, its relationships, and the content types of missing parts."""
        for gone in (name, name_relations(name)):
            spelled = self._names.pop(fold_part(gone), gone)
            self._trees.pop(spelled, None)
            self.parts.pop(spelled, None)
        with self._change(CONTENT_TYPES) as types:
            for item in types.findall(_OVERRIDE):
                if item.get("PartName", "") not in self:
                    types.remove(item)

    def find_free(self, pattern: str) -> str:
        """An unused part name: ``pattern`` with a number."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def declare(self, name: str, media_type: str) -> None:
        """Give a part its content type."""
        with self._change(CONTENT_TYPES) as types:
            stated = types.iterchildren(_OVERRIDE)
            item = next((item for item in stated if fold_part(item.get("PartName", "")) == fold_part(name)), None)
            if item is None:
                item = types.makeelement(_OVERRIDE, {"PartName": f"/{name}"})
                types.append(item)
            item.set("ContentType", media_type)

    def declare_suffix(self, suffix: str, media_type: str) -> None:
        """Give all parts of a suffix their content type."""
        with self._change(CONTENT_TYPES) as types:
            if suffix not in {item.get("Extension", "").lower() for item in types.iterchildren(_DEFAULT)}:
                types.insert(0, types.makeelement(_DEFAULT, {"Extension": suffix, "ContentType": media_type}))

    def list_relations(self, part: str, kind: str | None = None) -> list[PartRelation]:
        """The relationships of a part ('' for the package's own), those of one kind alone if it is given."""
        data = self.parts.get(self.canonical(name_relations(part)))
        relations = [item for item in read_relations(data, part) if kind is None or item.kind == kind]
        return [
            item if item.is_external else PartRelation(item.id, item.type, self.canonical(item.target))
            for item in relations
        ]

    def find_related(self, part: str, kind: str) -> str | None:
        """The first existing part that a part refers to by a relationship of a kind, or None."""
        related = (item.target for item in self.list_relations(part, kind) if not item.is_external)
        return next((name for name in related if name in self), None)

    def relate(self, part: str, relation: str, target: str) -> str:
        """Add a relationship of a type from a part to another; returns the relationship's id."""
        name = name_relations(part)
        if name not in self:
            self.put(name, _NO_RELATIONS)
        with self._change(name) as root:
            taken = {item.get("Id") for item in root}
            number = 1
            while f"rIdDocgen{number}" in taken:
                number += 1
            where = posixpath.relpath(target, posixpath.dirname(part) or ".")
            attributes = {"Id": f"rIdDocgen{number}", "Type": relation, "Target": where}
            root.append(root.makeelement(_RELATIONSHIP, attributes))
        return f"rIdDocgen{number}"

    def unrelate(self, part: str, kind: str, target: str | None = None) -> None:
        """Remove a part's relationships of a kind, and their parts; only that to ``target``, if given."""
        relations = [relation for relation in self.list_relations(part, kind) if target in (None, relation.target)]
        gone, name = {relation.id for relation in relations}, name_relations(part)
        if not gone:
            return
        with self._change(name) as root:
            for entry in list(root):
                if entry.get("Id") in gone:
                    root.remove(entry)
        if not len(root):
            self.drop(name)
        for relation in relations:
            self.drop(relation.target)

    def forget_relations(self, part: str) -> None:
        """Remove all relationships of a part whose content is replaced."""
        if name_relations(part) in self:
            self.drop(name_relations(part))

    @contextmanager
    def _change(self, name: str) -> Iterator[_Element]:
        root = parse_xml(self.read(name))
        yield root
        self.put(name, write_markup(root).encode())

    def save(self) -> bytes:
        """The file with all changes; the same changes give the same bytes."""
        from lxml import etree

        for name, root in self._trees.items():
            # Excel takes its old drawings without an XML declaration only
            self.parts[name] = etree.tostring(root) if name.endswith(".vml") else write_markup(root).encode()
        return write_parts(pack_member(name, data, SMALL) for name, data in self.parts.items())
