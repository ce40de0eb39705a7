"""Checks that a filed Word or Excel document opens: its zip, each XML part, the part it starts with; bounded."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from docgen.archive.bag.active import Active, ActiveKind, judge_name, judge_relation, judge_type
from docgen.archive.bag.digest import digest_parts
from docgen.archive.bag.instructions import InstructionMarks, InstructionReader
from docgen.archive.bag.parts import (
    SMALL,
    ContentTypes,
    SmallPart,
    find_source,
    holds_relations,
    holds_xml,
    judge_head,
    list_relations,
    read_content_types,
    read_small_part,
)
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.limits import Limits, ReadingCost
from docgen.archive.zip.names import inspect_member_name
from docgen.archive.zip.read import (
    MemberError,
    ReceivedZip,
    ZipMember,
    exceeds_total,
    open_zip,
    read_member,
    read_packed,
    refuse_member,
    stream_member,
)
from docgen.content.formats import sniff_head
from docgen.ooxml.names import CONTENT_TYPES, RELATIONS
from docgen.ooxml.package import PartRelation, fold_part
from docgen.ooxml.xml import XmlError, XmlProof

_MAX_RELATIONS = 4 << 20
_MAX_INNER = 16 << 20
_MAX_SEARCHED = 1_000_000
"""How many elements of a package, or of a document by itself, are searched for instructions."""
_HEAD = 4096
_CHART = "drawingml.chart"
_ARCHIVES = frozenset(("zip", "rar", "7z"))


class OfficeError(ValueError):
    """A document that doesn't open: ``key`` names the reason (``archive.office.*``), ``part`` the part."""

    def __init__(self, key: str, part: str = "") -> None:
        super().__init__(key, part)
        self.key = key
        self.part = part


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What was seen of a document that opens: its content digest, and what in it acts or reaches outside.

    ``archives`` are the parts that are archives of their own and weren't looked into.
    """

    content_digest: str
    active: tuple[Active, ...]
    archives: tuple[str, ...] = ()


def inspect_office(data: bytes, work: ReadingCost | None = None, *, is_inner: bool = False) -> OfficeFacts:
    """Open a docx, xlsx or pptx; raises OfficeError when a program of the trade couldn't, or mustn't.

    What it costs is counted in ``work``, whose OverLimitError goes through. The workbook that holds a chart's figures
    is looked into as well, but not (``is_inner``) what lies in that one.
    """
    work = work or ReadingCost(size=len(data))
    received = _open(data, work.limits)
    work.list_entries(len(received.members))
    inspected = _Inspection(received, work, is_inner)
    for member in _list_parts(received):
        inspected.look_through(member)
    return inspected.conclude()


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


def _list_parts(received: ReceivedZip) -> Iterator[ZipMember]:
    for member in received.members:
        if member.raw.is_folder:
            continue
        if member.raw.disagreement or member.unread:
            raise OfficeError("zip", member.name)
        if inspect_member_name(member.name, received.limits.depth) not in {None, "long"}:
            raise OfficeError("name", member.name)
        yield member


class _Inspection:
    """A document that is looked through part by part; what its parts are for is judged when all have been seen."""

    def __init__(self, received: ReceivedZip, work: ReadingCost, is_inner: bool) -> None:
        self._received = received
        self._work = work
        self._is_inner = is_inner
        self._members: dict[str, ZipMember] = {}
        self._digests: dict[str, str] = {}
        self._active: list[Active] = []
        self._archives: dict[str, str] = {}
        self._relations: dict[str, Sequence[tuple[PartRelation, str]]] = {}

    def look_through(self, member: ZipMember) -> None:
        """Prove that a part is sound, and note what it holds."""
        name, small = member.name, self._find_small(member)
        if small is None:
            self._prove(member)
            return
        for size, elements in small.pieces:
            self._work.inflate(size)
            self._work.look_at(elements)
        self._keep(member, small.crc, small.digest)
        if holds_relations(name):
            self._relations[name] = small.relations
        elif small.instructions is not None:
            self._add_instructions(member, small, small.instructions)

    def _find_small(self, member: ZipMember) -> SmallPart | None:
        """What is known of a small part that is sound; None for any other."""
        raw = member.raw
        if max(raw.size, raw.packed) > SMALL or not holds_xml(member.name) or refuse_member(raw, self._received.limits):
            return None
        return read_small_part(member.name, raw.method, raw.size, read_packed(self._received.file, raw))

    def _add_instructions(self, member: ZipMember, small: SmallPart, found: Iterable[Active]) -> None:
        if self._work.searched + small.elements > _MAX_SEARCHED:
            self._read_instructions(member)
            return
        for size, elements in small.pieces:
            self._work.inflate(size)
            self._work.look_at(elements)
            self._work.searched += elements
        for item in found:
            self._note(item.kind, member.name, item.detail)

    def _prove(self, member: ZipMember) -> None:
        name, marks, head = member.name, InstructionMarks(), b""
        is_xml = holds_xml(name)
        crc, digest = 0, hashlib.sha256()

        def stream() -> Iterator[bytes]:
            nonlocal crc, head
            for piece in self._stream(member):
                digest.update(piece)
                crc = zlib.crc32(piece, crc)
                head = head or piece[:_HEAD]
                if is_xml:
                    marks.look_at(piece)
                yield piece

        with _explain(name):
            if is_xml:
                XmlProof(stream(), self._work.look_at).prove()
            else:
                for _ in stream():
                    pass
        self._keep(member, crc, digest.hexdigest())
        if not is_xml:
            self._note(judge_head(head, name), name)
            if sniff_head(head).name in _ARCHIVES:
                self._archives[fold_part(name)] = name
        elif holds_relations(name):
            self._relations[name] = self._read_relations(member)
        elif marks.found:
            self._read_instructions(member)

    def _keep(self, member: ZipMember, crc: int, digest: str) -> None:
        if crc != member.raw.crc:
            raise OfficeError("damaged", member.name)
        self._members[fold_part(member.name)] = member
        self._digests[member.name] = digest
        self._note(judge_name(member.name), member.name)

    def conclude(self) -> OfficeFacts:
        """The facts; OfficeError where a part that every document has is missing."""
        for required in (CONTENT_TYPES, RELATIONS):
            if required not in self._digests:
                raise OfficeError("part", required)
        main = next((item.target for item, _ in self._relations[RELATIONS] if item.kind == "officeDocument"), None)
        if main is None or main not in self._digests:
            raise OfficeError("main", main or RELATIONS)
        types = self._read_types()
        for part in self._digests:
            self._note(judge_type(types.find(part)), part)
        for name, relations in self._relations.items():
            is_chart = _CHART in types.find(find_source(name)).lower()
            for relation, stated in relations:
                self._judge_relation(name, relation, stated, is_chart=is_chart)
        active = tuple(dict.fromkeys(self._active))
        return OfficeFacts(digest_parts(self._digests), active, tuple(self._archives.values()))

    def _note(self, kind: ActiveKind | None, part: str, detail: str = "") -> None:
        if kind is not None:
            self._active.append(Active(kind, part, detail))

    def _judge_relation(self, name: str, relation: PartRelation, stated: str, *, is_chart: bool) -> None:
        if is_chart and relation.kind == "package" and not relation.is_external:
            member = self._members.get(fold_part(relation.target))
            if member is not None and member.raw.size <= _MAX_INNER and not self._is_inner:
                self._look_into(member)
                return
        found = judge_relation(relation, stated)
        if found is not None:
            self._note(found.kind, name, found.detail)
            self._archives.pop(fold_part(relation.target), None)

    def _look_into(self, member: ZipMember) -> None:
        """Look into the workbook that holds the figures of a chart."""
        try:
            data = read_member(self._received.file, member.raw, _MAX_INNER)
            inner = inspect_office(data, self._work, is_inner=True)
        except (MemberError, OfficeError):
            self._note("object", member.name)
            return
        for item in inner.active:
            self._note(item.kind, f"{member.name}/{item.part}", item.detail)
        self._archives.pop(fold_part(member.name), None)
        self._archives |= {f"{member.name}/{part}": f"{member.name}/{part}" for part in inner.archives}

    def _read_instructions(self, member: ZipMember) -> None:
        """Read a part again that may hold instructions; one with too many elements is told as not searched."""
        name, reader = member.name, InstructionReader()

        def count(number: int) -> None:
            self._work.look_at(number)
            self._work.searched += number
            if self._work.searched > _MAX_SEARCHED:
                raise _TooManyError

        with _explain(name):
            try:
                XmlProof(self._stream(member), count, reader).prove()
            except _TooManyError:
                self._note("unsearched", name)
        for item in reader.found:
            self._note(item.kind, name, item.detail)

    def _stream(self, member: ZipMember) -> Iterator[bytes]:
        for piece in stream_member(self._received.file, member.raw, self._received.limits):
            self._work.inflate(len(piece))
            yield piece

    def _read_relations(self, member: ZipMember) -> Sequence[tuple[PartRelation, str]]:
        return list_relations(self._read(member), member.name)

    def _read_types(self) -> ContentTypes:
        member = self._members[fold_part(CONTENT_TYPES)]
        small = self._find_small(member)
        return small.types if small is not None and small.types is not None else read_content_types(self._read(member))

    def _read(self, member: ZipMember) -> bytes:
        try:
            return read_member(self._received.file, member.raw, _MAX_RELATIONS)
        except MemberError as problem:
            raise OfficeError(problem.key, member.name) from problem


class _TooManyError(Exception):
    """A part has more elements than are searched for instructions."""


@contextmanager
def _explain(name: str) -> Iterator[None]:
    """Turn what is wrong with a part into the reason why its document doesn't open."""
    try:
        yield
    except MemberError as problem:
        raise OfficeError("bomb" if problem.key == "bomb" else "damaged", name) from problem
    except XmlError as problem:
        raise OfficeError(problem.key, name) from problem
