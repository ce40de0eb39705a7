"""Whether a filed Word or Excel document opens: its zip, each XML part, the part it starts with; bounded."""

from __future__ import annotations

import hashlib
import io
import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.archive.bag.digest import digest_parts
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.names import inspect_member_name
from docgen.archive.zip.read import MemberError, ReceivedZip, open_zip, read_member

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_PART = 128 << 20
_MAX_TOTAL = 512 << 20
_MAX_PARTS = 20_000
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_MAIN_TYPE = "/officeDocument"
_HARMLESS_EXTERNAL = "/hyperlink"
_ACTIVE_NAMES = ("vbaproject", "/activex/", "/embeddings/", "/externallinks/")


class OfficeError(ValueError):
    """A document that doesn't open: ``key`` names the reason (``archive.office.*``), ``part`` the part."""

    def __init__(self, key: str, part: str = "") -> None:
        super().__init__(key, part)
        self.key = key
        self.part = part


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What was seen of a document that opens: its content digest, and parts that act or reach outside."""

    content_digest: str
    active: tuple[str, ...]


def inspect_office(data: bytes) -> OfficeFacts:
    """Open a docx or xlsx; raises OfficeError when a program of the trade couldn't, or mustn't."""
    received = _open(data)
    digests: dict[str, str] = {}
    active: list[str] = []
    main: str | None = None
    for name, part in _read_parts(received):
        digests[name] = hashlib.sha256(part).hexdigest()
        if any(mark in f"/{name}".lower() for mark in _ACTIVE_NAMES):
            active.append(name)
        if name.lower().endswith(_XML_SUFFIXES) or name == "[Content_Types].xml":
            root = _parse(part, name)
            if name.lower().endswith(".rels"):
                active += [name] if _reaches_outside(root) else []
                main = _find_main(root) if name == "_rels/.rels" else main
    for required in ("[Content_Types].xml", "_rels/.rels"):
        if required not in digests:
            raise OfficeError("part", required)
    if main is None or main not in digests:
        raise OfficeError("main", main or "_rels/.rels")
    return OfficeFacts(digest_parts(digests), tuple(dict.fromkeys(active)))


def _open(data: bytes) -> ReceivedZip:
    try:
        received = open_zip(io.BytesIO(data))
    except DirectoryError as problem:
        raise OfficeError("whole") from problem
    if len(received.members) > _MAX_PARTS or sum(item.raw.size for item in received.members) > _MAX_TOTAL:
        raise OfficeError("large")
    names = [member.name for member in received.members]
    if len(set(names)) != len(names) or received.overlapping:
        raise OfficeError("whole")
    return received


def _read_parts(received: ReceivedZip) -> Iterator[tuple[str, bytes]]:
    for member in received.members:
        if member.raw.is_folder:
            continue
        if member.raw.disagreement or not member.is_decodable:
            raise OfficeError("zip", member.name)
        if inspect_member_name(member.name) not in {None, "long"}:
            raise OfficeError("name", member.name)
        try:
            yield member.name, read_member(received.file, member.raw, _MAX_PART)
        except MemberError as problem:
            raise OfficeError("bomb" if problem.key == "bomb" else "damaged", member.name) from problem
        except zlib.error as problem:
            raise OfficeError("damaged", member.name) from problem


def _parse(part: bytes, name: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError as problem:
        raise OfficeError("xml", name) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise OfficeError("dtd", name)
    return root


def _find_main(relationships: _Element) -> str | None:
    for relation in relationships:
        if str(relation.get("Type", "")).endswith(_MAIN_TYPE):
            return posixpath.normpath(str(relation.get("Target", ""))).lstrip("/")
    return None


def _reaches_outside(relationships: _Element) -> bool:
    external = (relation for relation in relationships if relation.get("TargetMode") == "External")
    return any(not str(relation.get("Type", "")).endswith(_HARMLESS_EXTERNAL) for relation in external)
