"""The parts of a workbook file while it is patched: read whole, changed one by one, written in their old order."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from docgen.diagnostics import Location, Term, error
from docgen.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LIMIT = 512 * 1024 * 1024
_TIME = (1980, 1, 1, 0, 0, 0)


def name_tag(name: str) -> str:
    """The full name of an element of SpreadsheetML."""
    return f"{{{MAIN}}}{name}"


def fold_part(name: str) -> str:
    """A part's name as it is compared: capitals don't count (ECMA-376-2, 6.2.2.3), nor which way a slash leans."""
    return name.replace("\\", "/").lstrip("/").lower()


class PackageParts:
    """The parts of one file by name. Parsed parts are written back as they then are; the others byte for byte."""

    def __init__(self, path: Path | IO[bytes]) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                infos = [info for info in archive.infolist() if not info.is_dir()]
                if sum(info.file_size for info in infos) > _LIMIT:
                    raise SourceError(error("W102", Location(file=str(path)), path=str(path), limit=_LIMIT >> 20))
                self._data = {info.filename: archive.read(info) for info in infos}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            reason = Term("workbook.broken.zip")
            raise SourceError(error("W101", Location(file=str(path)), path=str(path), reason=reason)) from None
        self._trees: dict[str, _Element] = {}
        self._names = {fold_part(name): name for name in self._data}

    def __contains__(self, name: str) -> bool:
        return fold_part(name) in self._names

    def _spell(self, name: str) -> str:
        """A part's name as the file spells it."""
        return self._names.get(fold_part(name), name)

    def parse(self, name: str) -> _Element:
        """The root of a part, to be changed in place."""
        from lxml import etree

        name = self._spell(name)
        if name not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
            # Excel's drawings of notes aren't always well-formed
            parser = etree.XMLParser(recover=True, no_network=True) if name.endswith(".vml") else parser
            self._trees[name] = etree.fromstring(self._data[name], parser)
        return self._trees[name]

    def put(self, name: str, data: bytes) -> None:
        """Add a part, or replace one."""
        name = self._spell(name)
        self._names[fold_part(name)] = name
        self._trees.pop(name, None)
        self._data[name] = data

    def drop(self, name: str) -> None:
        """Take a part out, with its content type."""
        name = self._names.pop(fold_part(name), name)
        self._trees.pop(name, None)
        self._data.pop(name, None)
        types = self.parse("[Content_Types].xml")
        for item in types.findall(f"{{{CONTENT_TYPES}}}Override"):
            if fold_part(str(item.get("PartName"))) == fold_part(name):
                types.remove(item)

    def find_free(self, pattern: str) -> str:
        """A name that no part has: ``pattern`` with a number."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def declare(self, name: str, media_type: str) -> None:
        """Give a part its content type."""
        types = self.parse("[Content_Types].xml")
        for item in types.findall(f"{{{CONTENT_TYPES}}}Override"):
            if fold_part(str(item.get("PartName"))) == fold_part(name):
                item.set("ContentType", media_type)
                return
        _add(types, f"{{{CONTENT_TYPES}}}Override", PartName=f"/{name}", ContentType=media_type)

    def declare_suffix(self, suffix: str, media_type: str) -> None:
        """Give all parts of a suffix their content type."""
        types = self.parse("[Content_Types].xml")
        known = {str(item.get("Extension")).lower() for item in types.findall(f"{{{CONTENT_TYPES}}}Default")}
        if suffix not in known:
            from lxml import etree

            item = etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension=suffix, ContentType=media_type)
            types.insert(0, item)

    def find_related(self, part: str, kind: str) -> dict[str, str]:
        """The parts that a part refers to with relationships of a kind (the end of their type), by id."""
        relations = _name_relations(part)
        if relations not in self:
            return {}
        folder = posixpath.dirname(part)
        found: dict[str, str] = {}
        for item in self.parse(relations):
            if str(item.get("Type", "")).endswith(kind) and item.get("TargetMode") != "External":
                target = str(item.get("Target"))
                whole = target if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                found[str(item.get("Id"))] = self._spell(whole.lstrip("/"))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; the relationship's id."""
        relations = _name_relations(part)
        if relations not in self:
            empty = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="{PACKAGE_RELATIONS}"/>'
            )
            self.put(relations, empty.encode())
        root = self.parse(relations)
        taken = {str(item.get("Id")) for item in root}
        number = 1
        while f"rIdDocgen{number}" in taken:
            number += 1
        where = posixpath.relpath(target, posixpath.dirname(part) or ".")
        kind = f"{RELATIONS}/{kind}"
        _add(root, f"{{{PACKAGE_RELATIONS}}}Relationship", Id=f"rIdDocgen{number}", Type=kind, Target=where)
        return f"rIdDocgen{number}"

    def unrelate(self, part: str, kind: str) -> None:
        """Take out the parts that a part refers to with relationships of a kind, and these relationships."""
        for rid, target in self.find_related(part, kind).items():
            root = self.parse(_name_relations(part))
            for item in list(root):
                if item.get("Id") == rid:
                    root.remove(item)
            self.drop(target)

    def forget_relations(self, part: str) -> None:
        """Let a part refer to nothing: its content is new."""
        relations = _name_relations(part)
        if relations in self:
            self.drop(relations)

    def save(self) -> bytes:
        """The file with all changes; the same changes give the same bytes."""
        from lxml import etree

        for name, root in self._trees.items():
            # Excel takes its old drawings without an XML declaration only
            plain = name.endswith(".vml")
            self._data[name] = (
                etree.tostring(root) if plain else etree.tostring(root, encoding="UTF-8", standalone=True)
            )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self._data.items():
                info = zipfile.ZipInfo(name, _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
        return buffer.getvalue()


def _name_relations(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _add(parent: _Element, tag: str, **given: Any) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, tag, given)
