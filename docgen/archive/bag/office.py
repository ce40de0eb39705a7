"""Whether a filed Word or Excel document opens: its zip, each XML part, the part it starts with; bounded."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docgen.archive.bag.digest import digest_parts
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.names import inspect_member_name
from docgen.archive.zip.read import MemberError, ReceivedZip, open_zip, read_member
from docgen.ooxml.names import CONTENT_TYPES, RELATIONS
from docgen.ooxml.package import Relation, read_relations
from docgen.ooxml.xml import MAX_SHEET_ELEMENTS, XmlError, parse_xml

_MAX_PART = 128 << 20
_MAX_TOTAL = 512 << 20
_MAX_PARTS = 20_000
_XML_SUFFIXES = (".xml", ".rels", ".vml")
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
        if name.lower().endswith(_XML_SUFFIXES) or name == CONTENT_TYPES:
            _prove_xml(part, name)
            if name.lower().endswith(".rels"):
                relations = read_relations(part, "")
                active += [name] if _reaches_outside(relations) else []
                main = _find_main(relations) if name == RELATIONS else main
    for required in (CONTENT_TYPES, RELATIONS):
        if required not in digests:
            raise OfficeError("part", required)
    if main is None or main not in digests:
        raise OfficeError("main", main or RELATIONS)
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


def _prove_xml(part: bytes, name: str) -> None:
    try:
        parse_xml(part, elements=MAX_SHEET_ELEMENTS)
    except XmlError as problem:
        raise OfficeError(problem.key, name) from problem


def _find_main(relations: Iterable[Relation]) -> str | None:
    return next((item.target for item in relations if item.kind == "officeDocument"), None)


def _reaches_outside(relations: Iterable[Relation]) -> bool:
    return any(item.is_external and item.kind != "hyperlink" for item in relations)
