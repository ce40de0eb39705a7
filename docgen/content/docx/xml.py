"""The parts of a Word file as XML trees, whatever namespace edition they are in; SourceError when there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.content.files import read_bytes
from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.ooxml.names import RELATIONS
from docgen.ooxml.package import name_relations, open_zip, read_part, read_relations
from docgen.ooxml.xml import PackageError, find_child, local_name, parse_xml

if TYPE_CHECKING:
    from zipfile import ZipFile

    from lxml.etree import _Element

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


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
    try:
        with open_zip(raw) as archive:
            parts = _read_parts(archive)
    except PackageError as fault:
        is_other = fault.key == "zip" and not raw.startswith(b"PK")
        raise SourceError(error("C125" if is_other else "C128", place, path=name)) from None
    if parts is None:
        raise SourceError(error("C125", place, path=name))
    return parts


def _read_parts(archive: ZipFile) -> WordParts | None:
    package = read_relations(read_part(archive, RELATIONS), "")
    main = next((item.target for item in package if item.kind == "officeDocument"), "word/document.xml")
    document = _parse_member(archive, main)
    body = None if document is None or local_name(document) != "document" else find_child(document, "body")
    if body is None:
        return None
    related = [item for item in read_relations(read_part(archive, name_relations(main)), main) if not item.is_external]
    by_kind = {item.kind: item.target for item in related}
    return WordParts(
        body,
        _parse_member(archive, by_kind.get("styles", "")),
        _parse_member(archive, by_kind.get("numbering", "")),
        {item.id: item.target for item in related},
    )


def _parse_member(archive: ZipFile, name: str) -> _Element | None:
    data = read_part(archive, name)
    return None if data is None else parse_xml(data)
