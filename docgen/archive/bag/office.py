"""Whether a filed Word or Excel document opens: its zip, each XML part, the part it starts with; bounded."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docgen.archive.bag.digest import digest_parts
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.limits import Limits, Work
from docgen.archive.zip.names import inspect_member_name
from docgen.archive.zip.read import (
    Member,
    MemberError,
    ReceivedZip,
    exceeds_total,
    open_zip,
    read_member,
    stream_member,
)
from docgen.ooxml.names import CONTENT_TYPES, RELATIONS
from docgen.ooxml.package import Relation, read_relations
from docgen.ooxml.xml import XmlError, XmlProof

_MAX_RELATIONS = 4 << 20
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


def inspect_office(data: bytes, work: Work | None = None) -> OfficeFacts:
    """Open a docx or xlsx; raises OfficeError when a program of the trade couldn't, or mustn't.

    What it costs is counted in ``work``, whose OverLimitError goes through.
    """
    work = work or Work(size=len(data))
    received = _open(data, work.limits)
    work.list_entries(len(received.members))
    digests: dict[str, str] = {}
    active: list[str] = []
    main: str | None = None
    for member in _list_parts(received):
        name = member.name
        if any(mark in f"/{name}".lower() for mark in _ACTIVE_NAMES):
            active.append(name)
        digests[name] = _look_through(received, member, work)
        if name.lower().endswith(".rels"):
            relations = _read_relations(received, member)
            active += [name] if _reaches_outside(relations) else []
            main = _find_main(relations) if name == RELATIONS else main
    for required in (CONTENT_TYPES, RELATIONS):
        if required not in digests:
            raise OfficeError("part", required)
    if main is None or main not in digests:
        raise OfficeError("main", main or RELATIONS)
    return OfficeFacts(digest_parts(digests), tuple(dict.fromkeys(active)))


def _open(data: bytes, limits: Limits) -> ReceivedZip:
    try:
        received = open_zip(io.BytesIO(data), limits)
    except DirectoryError as problem:
        raise OfficeError("large" if problem.key == "too_many" else "whole") from problem
    if exceeds_total(received):
        raise OfficeError("large")
    names = [member.name for member in received.members]
    if len(set(names)) != len(names) or received.overlapping:
        raise OfficeError("whole")
    return received


def _list_parts(received: ReceivedZip) -> Iterator[Member]:
    for member in received.members:
        if member.raw.is_folder:
            continue
        if member.raw.disagreement or member.unread:
            raise OfficeError("zip", member.name)
        if inspect_member_name(member.name, received.limits.depth) not in {None, "long"}:
            raise OfficeError("name", member.name)
        yield member


def _look_through(received: ReceivedZip, member: Member, work: Work) -> str:
    """The part's sha256, once it is found sound, and XML where it is to be that; no more of it is kept than a piece."""
    name, crc, digest = member.name, 0, hashlib.sha256()

    def stream() -> Iterator[bytes]:
        nonlocal crc
        for piece in stream_member(received.file, member.raw, received.limits):
            work.inflate(len(piece))
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            yield piece

    try:
        if name.lower().endswith(_XML_SUFFIXES) or name == CONTENT_TYPES:
            XmlProof(stream(), work.look_at).prove()
        else:
            for _ in stream():
                pass
    except MemberError as problem:
        raise OfficeError("bomb" if problem.key == "bomb" else "damaged", name) from problem
    except XmlError as problem:
        raise OfficeError(problem.key, name) from problem
    if crc != member.raw.crc:
        raise OfficeError("damaged", name)
    return digest.hexdigest()


def _read_relations(received: ReceivedZip, member: Member) -> list[Relation]:
    try:
        return read_relations(read_member(received.file, member.raw, _MAX_RELATIONS), "")
    except MemberError as problem:
        raise OfficeError(problem.key, member.name) from problem


def _find_main(relations: Iterable[Relation]) -> str | None:
    return next((item.target for item in relations if item.kind == "officeDocument"), None)


def _reaches_outside(relations: Iterable[Relation]) -> bool:
    return any(item.is_external and item.kind != "hyperlink" for item in relations)
