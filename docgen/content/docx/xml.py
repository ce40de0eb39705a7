"""The parts of a Word file as XML trees, whatever namespace edition they are in; SourceError when there are none."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.content.files import MAX_BYTES, read_bytes
from docgen.diagnostics import Location, error
from docgen.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PACKAGE_RELATIONSHIPS = "_rels/.rels"


@dataclass(frozen=True, slots=True)
class WordParts:
    """What is read of a Word file: its body, styles, numbering, and where pictures lie by relationship id."""

    body: _Element
    styles: _Element | None
    numbering: _Element | None
    targets: dict[str, str]


def read_word_parts(path: Path) -> WordParts:
    """The parts of a ``.docx``; SourceError C121–C123, C125–C128 (no Word file, old, locked, damaged)."""
    raw = read_bytes(path)
    name = str(path)
    place = Location("docx", name)
    if raw.startswith(_OLE):
        raise SourceError(error("C127" if _ENCRYPTED in raw else "C126", place, path=name))
    from lxml.etree import XMLSyntaxError

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = _read_parts(archive)
    except zipfile.BadZipFile:
        code = "C128" if raw.startswith(b"PK") else "C125"
        raise SourceError(error(code, place, path=name)) from None
    except (XMLSyntaxError, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError):
        # zipfile raises RuntimeError for a member with a password and NotImplementedError for an unknown method.
        raise SourceError(error("C128", place, path=name)) from None
    if parts is None:
        raise SourceError(error("C125", place, path=name))
    return parts


def _read_parts(archive: zipfile.ZipFile) -> WordParts | None:
    main = next(
        (target for kind, _, target in _read_relationships(archive, "") if kind == "officeDocument"),
        "word/document.xml",
    )
    document = _parse_member(archive, main)
    body = None if document is None or local_name(document) != "document" else find_child(document, "body")
    if body is None:
        return None
    related = list(_read_relationships(archive, main))
    by_kind = {kind: target for kind, _, target in related}
    return WordParts(
        body,
        _parse_member(archive, by_kind.get("styles", "")),
        _parse_member(archive, by_kind.get("numbering", "")),
        {key: target for _, key, target in related},
    )


def _read_relationships(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """The relationships of a part (of the package itself for an empty name): kind, id, target's name."""
    folder, base = posixpath.split(part)
    root = _parse_member(archive, posixpath.join(folder, "_rels", f"{base}.rels") if part else _PACKAGE_RELATIONSHIPS)
    if root is None:
        return
    for entry in root:
        if entry.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, entry.get("Target", ""))).lstrip("/")
            yield entry.get("Type", "").rpartition("/")[2], entry.get("Id", ""), target


def _parse_member(archive: zipfile.ZipFile, name: str) -> _Element | None:
    from lxml import etree

    try:
        with archive.open(name) as stream:
            data = stream.read(MAX_BYTES + 1)
    except KeyError:
        return None
    if len(data) > MAX_BYTES:
        raise ValueError(name)
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError(name)
    return root


def local_name(element: _Element) -> str:
    """An element's name without its namespace, which differs between the transitional and the strict edition."""
    return str(element.tag).rpartition("}")[2]


def find_child(element: _Element | None, *names: str) -> _Element | None:
    """The element at a path of local names below ``element``, or None."""
    for name in names:
        if element is None:
            return None
        element = next((child for child in element if local_name(child) == name), None)
    return element


def read_attribute(element: _Element | None, name: str) -> str | None:
    """An attribute by its local name, or None."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def read_value(element: _Element | None, *names: str) -> str | None:
    """The ``val`` of the element at a path of local names, or None."""
    return read_attribute(find_child(element, *names), "val")


def read_switch(properties: _Element | None, name: str) -> bool | None:
    """A property that is on or off (bold, hidden), or None where it isn't stated."""
    found = find_child(properties, name)
    return None if found is None else read_attribute(found, "val") not in ("0", "false", "off", "none")
