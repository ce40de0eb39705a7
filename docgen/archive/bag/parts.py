"""Reads single parts of an Office document: content types, relationships, instructions; pure.

Small parts are remembered, since documents of the same template share most of theirs byte for byte.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from docgen.archive.bag.active import ActiveContent, ActiveKind, classify_name
from docgen.archive.bag.instructions import InstructionMarks, InstructionReader
from docgen.archive.zip.headers import STORED
from docgen.content.formats import OLE_MAGIC, sniff_head
from docgen.content.programs import holds_program
from docgen.ooxml.names import CONTENT_TYPES, PACKAGE_TYPES
from docgen.ooxml.package import PartRelation, fold_part, read_relations
from docgen.ooxml.xml import XmlError, XmlProof, count_elements, parse_xml

SMALL = 1 << 17
"""The size in bytes up to which a part of XML is remembered."""
_MOST_REMEMBERED = 256
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_DEFAULT, _OVERRIDE = f"{{{PACKAGE_TYPES}}}Default", f"{{{PACKAGE_TYPES}}}Override"


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """The content types that a document states: of single parts, by their folded names, and of suffixes."""

    parts: Mapping[str, str]
    suffixes: Mapping[str, str]

    def find(self, part: str) -> str:
        """The content type of a part: the one stated for its name, else the one of its suffix."""
        return self.parts.get(fold_part(part)) or self.suffixes.get(part.rpartition(".")[2].lower(), "")


@dataclass(frozen=True, slots=True)
class SmallPart:
    """A sound part: its CRC and sha256, and the bytes and elements of each of its pieces.

    ``instructions`` is the active content of its instructions, None where it holds no mark of any. Only a part of
    relationships has ``relations``, each beside its target as written; only ``[Content_Types].xml`` has ``types``.
    """

    pieces: tuple[tuple[int, int], ...]
    crc: int
    digest: str
    instructions: tuple[ActiveContent, ...] | None = None
    relations: tuple[tuple[PartRelation, str], ...] = ()
    types: ContentTypes | None = None

    @property
    def elements(self) -> int:
        """The number of elements in it."""
        return sum(elements for _, elements in self.pieces)


def holds_xml(name: str) -> bool:
    """Whether a part's name requires XML."""
    return name.lower().endswith(_XML_SUFFIXES) or name == CONTENT_TYPES


def holds_relations(name: str) -> bool:
    """Whether a part's name is that of a part of relationships."""
    return name.lower().endswith(".rels")


@lru_cache(maxsize=_MOST_REMEMBERED)
def read_small_part(name: str, method: int, size: int, packed: bytes) -> SmallPart | None:
    """Read a part of XML from its packed bytes; None where it isn't sound, which a reading by pieces then explains."""
    pieces = _inflate_pieces(method, size, packed)
    if pieces is None:
        return None
    marks, states_relations = InstructionMarks(), holds_relations(name)
    for piece in () if states_relations else pieces:
        marks.look_at(piece)
    reader = InstructionReader() if marks.has_marks else None
    if not _is_xml(pieces, reader):
        return None
    data = b"".join(pieces)
    return SmallPart(
        tuple((len(piece), count_elements(piece)) for piece in pieces),
        zlib.crc32(data),
        hashlib.sha256(data).hexdigest(),
        tuple(reader.contents) if reader is not None else None,
        tuple(list_relations(data, name)) if states_relations else (),
        read_content_types(data) if fold_part(name) == fold_part(CONTENT_TYPES) else None,
    )


def _inflate_pieces(method: int, size: int, packed: bytes) -> list[bytes] | None:
    """The pieces of a part as ``stream_member`` gives them: the last packed byte gives a piece of its own."""
    if method == STORED:
        return [packed] if len(packed) == size > 0 else None
    inflater = zlib.decompressobj(-15)
    try:
        pieces = [inflater.decompress(packed[:-1], size + 1)]
        if inflater.unconsumed_tail:
            return None
        pieces.append(inflater.decompress(packed[-1:], size + 1))
    except zlib.error:
        return None
    is_whole = inflater.eof and not inflater.unused_data and sum(map(len, pieces)) == size
    return [piece for piece in pieces if piece] if is_whole else None


def _is_xml(pieces: Iterable[bytes], reader: InstructionReader | None) -> bool:
    try:
        XmlProof(pieces, lambda _number: None, reader).prove()
    except XmlError:
        return False
    return True


def list_relations(data: bytes, name: str) -> list[tuple[PartRelation, str]]:
    """The relationships that a part states, each with its target as written."""
    targets = [item.get("Target", "") for item in parse_xml(data)]
    return list(zip(read_relations(data, find_source(name)), targets, strict=True))


def find_source(relations: str) -> str:
    """The part that a part of relationships belongs to; "" for the package itself."""
    folder, _, name = relations.rpartition("_rels/")
    return f"{folder}{name.removesuffix('.rels')}"


def read_content_types(data: bytes) -> ContentTypes:
    """The content types that ``[Content_Types].xml`` states."""
    root = parse_xml(data)
    return ContentTypes(
        {fold_part(item.get("PartName", "")): item.get("ContentType", "") for item in root.iter(_OVERRIDE)},
        {item.get("Extension", "").lower(): item.get("ContentType", "") for item in root.iter(_DEFAULT)},
    )


def classify_head(head: bytes, name: str) -> ActiveKind | None:
    """The kind of active content by a part's first bytes, whatever its content type says; None for any other."""
    if head.startswith(OLE_MAGIC):
        return "object" if classify_name(name) is None else None
    if holds_program(head):
        return "program"
    return "chunk" if sniff_head(head).name in ("html", "rtf") else None
