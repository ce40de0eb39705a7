"""The parts of a Word file as XML trees, whatever namespace edition they are in; SourceError when there are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.content.files import read_bytes
from docgen.content.formats import OLE_MAGIC, sniff_ole
from docgen.diagnostics import Location, error
from docgen.errors import SourceError
from docgen.ooxml.names import RELATIONS
from docgen.ooxml.package import name_relations, open_zip, read_part, read_relations
from docgen.ooxml.xml import PackageError, count_elements, find_child, local_name, parse_xml, read_attribute

if TYPE_CHECKING:
    from zipfile import ZipFile

    from lxml.etree import _Element

_MANY, _FAR_TOO_MANY = 100_000, 1_000_000
"""Elements: so many that their density is asked for; so many that they are refused whatever they are."""
_DENSE = 8
"""Elements for each byte that is stored: what people write has less than one, the same row a thousand times two."""
_LARGE, _TIGHT = 20_000_000, 200
"""Bytes: a part that is so large may not be packed this many times smaller."""
_EMPTY = re.compile(rb"<(?:\w+:)?p ?/>")


@dataclass(frozen=True, slots=True)
class WordParts:
    """What is read of a Word file: its body, styles, numbering, where pictures lie by relationship id, its notes.

    ``notes`` are the texts of foot and end notes by their kind and id.
    """

    body: _Element
    styles: _Element | None
    numbering: _Element | None
    targets: dict[str, str]
    notes: dict[tuple[str, str], str] = field(default_factory=dict)


def read_word_parts(path: Path) -> WordParts:
    """The parts of a ``.docx``; SourceError C121–C123, C125–C128, T453 (no Word file, old, locked, damaged, a bomb)."""
    raw = read_bytes(path)
    name = str(path)
    place = Location("docx", name)
    if raw.startswith(OLE_MAGIC):
        raise SourceError(error("C127" if sniff_ole(raw) == "encrypted" else "C126", place, path=name))
    try:
        with open_zip(raw) as archive:
            parts = _read_parts(archive)
    except PackageError as fault:
        if fault.key == "unfolds":
            size, _, elements = str(fault).partition(", ")
            diagnostic = error("T453", place, path=name, packed=len(raw), size=size, elements=elements)
            raise SourceError(diagnostic) from None
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
        _read_notes(_parse_member(archive, by_kind.get("footnotes", "")), "footnote")
        | _read_notes(_parse_member(archive, by_kind.get("endnotes", "")), "endnote"),
    )


def _read_notes(root: _Element | None, kind: str) -> dict[tuple[str, str], str]:
    """The text of each note by its id; the lines that part notes from the text are none."""
    notes: dict[tuple[str, str], str] = {}
    for note in root if root is not None else ():
        key = read_attribute(note, "id")
        if local_name(note) == kind and key is not None and read_attribute(note, "type") in (None, "normal"):
            paragraphs = [inner for inner in note.iter() if local_name(inner) == "p"]
            texts = (
                "".join(leaf.text or "" for leaf in inner.iter() if local_name(leaf) == "t") for inner in paragraphs
            )
            notes[kind, key] = "\n".join(texts).strip()
    return notes


def _parse_member(archive: ZipFile, name: str) -> _Element | None:
    data = read_part(archive, name)
    if data is None:
        return None
    _refuse_unfolding(data, archive.getinfo(name).compress_size)
    return parse_xml(data)


def _refuse_unfolding(data: bytes, packed: int) -> None:
    """Refuse a small part that unfolds to more than anybody writes; empty paragraphs cost little and count little."""
    elements = count_elements(data)
    is_blown_up = len(data) > _LARGE and len(data) > _TIGHT * packed
    if elements > _MANY and elements > _DENSE * packed:
        written = elements - len(_EMPTY.findall(data))
        is_blown_up |= elements > _FAR_TOO_MANY or (written > _MANY and written > _DENSE * packed)
    if is_blown_up:
        raise PackageError("unfolds", f"{len(data) / 1e6:.1f} MB, {elements}")
