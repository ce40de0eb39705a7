"""Inspects an Office document (docx, xlsx, pptx) within limits: whether it opens, and what in it is active content."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from docgen.archive.bag.active import ActiveContent, ActiveKind, classify_name, classify_relation, classify_type
from docgen.archive.bag.digest import digest_parts
from docgen.archive.bag.instructions import InstructionMarks, InstructionReader
from docgen.archive.bag.parts import (
    SMALL,
    ContentTypes,
    SmallPart,
    classify_head,
    find_source,
    holds_relations,
    holds_xml,
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
"""The elements of a package, or of a document by itself, that are searched for instructions."""
_HEAD = 4096
_CHART = "drawingml.chart"
_ARCHIVES = frozenset(("zip", "rar", "7z"))


class OfficeError(ValueError):
    """Error: a document doesn't open; ``key`` names the reason (``archive.office.*``), ``part`` the part."""

    def __init__(self, key: str, part: str = "") -> None:
        super().__init__(key, part)
        self.key = key
        self.part = part


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """A document that opens: its content digest and its active content.

    ``archives`` are the parts that are archives by themselves; their members aren't inspected.
    """

    content_digest: str
    active: tuple[ActiveContent, ...]
    archives: tuple[str, ...] = ()


def inspect_office(data: bytes, work: ReadingCost | None = None, *, is_inner: bool = False) -> OfficeFacts:
    """Inspect all parts of a document; raises OfficeError where Office couldn't open it, or shouldn't.

    The cost is counted in ``work``, whose OverLimitError is passed on. The workbook behind a chart is inspected, too,
    but no further one inside of it (``is_inner``).
    """
    work = work or ReadingCost(size=len(data))
    received = _open(data, work.limits)
    work.list_entries(len(received.members))
    inspection = _OfficeInspection(received, work, is_inner)
    for member in _list_parts(received):
        inspection.inspect_part(member)
    return inspection.make_facts()


def _open(data: bytes, limits: Limits) -> ReceivedZip:
    try:
        received = open_zip(io.BytesIO(data), limits)
    except DirectoryError as problem:
        raise OfficeError("large" if problem.key == "too_many" else "whole") from problem
    if exceeds_total(received):
        raise OfficeError("large")
    # names of parts ignore case (ECMA-376-2, 6.2.2.3): which of two equal ones counts would be a guess
    names = [fold_part(member.name) for member in received.members]
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


class _OfficeInspection:
    """The inspection of a document, part by part; types and relationships are classified when all parts are read."""

    def __init__(self, received: ReceivedZip, work: ReadingCost, is_inner: bool) -> None:
        self._received = received
        self._work = work
        self._is_inner = is_inner
        self._members: dict[str, ZipMember] = {}
        self._digests: dict[str, str] = {}
        self._contents: list[ActiveContent] = []
        self._archives: dict[str, str] = {}
        self._relations: dict[str, Sequence[tuple[PartRelation, str]]] = {}

    def inspect_part(self, member: ZipMember) -> None:
        """Check that a part is sound, and add its active content; OfficeError where it isn't."""
        name, small = member.name, self._read_small(member)
        if small is None:
            self._inspect_by_pieces(member)
            return
        self._count(small)
        self._add_part(member, small.crc, small.digest)
        if holds_relations(name):
            self._relations[name] = small.relations
        elif small.instructions is not None:
            self._add_instructions(member, small, small.instructions)

    def _count(self, small: SmallPart) -> None:
        for size, elements in small.pieces:
            self._work.inflate(size)
            self._work.look_at(elements)

    def _read_small(self, member: ZipMember) -> SmallPart | None:
        """A small part of XML that is sound; None for any other part."""
        raw = member.raw
        if max(raw.size, raw.packed) > SMALL or not holds_xml(member.name) or refuse_member(raw, self._received.limits):
            return None
        return read_small_part(member.name, raw.method, raw.size, read_packed(self._received.file, raw))

    def _add_instructions(self, member: ZipMember, small: SmallPart, contents: Iterable[ActiveContent]) -> None:
        if self._work.searched + small.elements > _MAX_SEARCHED:
            self._read_instructions(member)
            return
        # a large part is read once more for its instructions, and a small one costs the same
        self._count(small)
        self._work.searched += small.elements
        for content in contents:
            self._add(content.kind, member.name, content.detail)

    def _inspect_by_pieces(self, member: ZipMember) -> None:
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

        with _translate_errors(name):
            if is_xml:
                XmlProof(stream(), self._work.look_at).prove()
            else:
                for _ in stream():
                    pass
        self._add_part(member, crc, digest.hexdigest())
        if not is_xml:
            self._add(classify_head(head, name), name)
            if sniff_head(head).name in _ARCHIVES:
                self._archives[fold_part(name)] = name
        elif holds_relations(name):
            self._relations[name] = self._read_relations(member)
        elif marks.has_marks:
            self._read_instructions(member)

    def _add_part(self, member: ZipMember, crc: int, digest: str) -> None:
        if crc != member.raw.crc:
            raise OfficeError("damaged", member.name)
        self._members[fold_part(member.name)] = member
        self._digests[member.name] = digest
        self._add(classify_name(member.name), member.name)

    def make_facts(self) -> OfficeFacts:
        """The facts of a document whose parts are all inspected; OfficeError where a required part is missing."""
        for required in (CONTENT_TYPES, RELATIONS):
            if required not in self._digests:
                raise OfficeError("part", required)
        main = next((item.target for item, _ in self._relations[RELATIONS] if item.kind == "officeDocument"), None)
        if main is None or main not in self._digests:
            raise OfficeError("main", main or RELATIONS)
        types = self._read_types()
        for part in self._digests:
            self._add(classify_type(types.find(part)), part)
        for name, relations in self._relations.items():
            is_chart = _CHART in types.find(find_source(name)).lower()
            for relation, stated in relations:
                self._add_relation(name, relation, stated, is_chart=is_chart)
        contents = tuple(dict.fromkeys(self._contents))
        return OfficeFacts(digest_parts(self._digests), contents, tuple(self._archives.values()))

    def _add(self, kind: ActiveKind | None, part: str, detail: str = "") -> None:
        if kind is not None:
            self._contents.append(ActiveContent(kind, part, detail))

    def _add_relation(self, name: str, relation: PartRelation, stated: str, *, is_chart: bool) -> None:
        if is_chart and relation.kind == "package" and not relation.is_external:
            member = self._members.get(fold_part(relation.target))
            if member is not None and member.raw.size <= _MAX_INNER and not self._is_inner:
                self._inspect_inner(member)
                return
        content = classify_relation(relation, stated)
        if content is not None:
            self._add(content.kind, name, content.detail)
            self._archives.pop(fold_part(relation.target), None)

    def _inspect_inner(self, member: ZipMember) -> None:
        """Inspect the workbook behind a chart; one that doesn't open is an object as any other."""
        try:
            data = read_member(self._received.file, member.raw, _MAX_INNER)
            inner = inspect_office(data, self._work, is_inner=True)
        except (MemberError, OfficeError):
            self._add("object", member.name)
            return
        for content in inner.active:
            self._add(content.kind, f"{member.name}/{content.part}", content.detail)
        self._archives.pop(fold_part(member.name), None)
        self._archives |= {f"{member.name}/{part}": f"{member.name}/{part}" for part in inner.archives}

    def _read_instructions(self, member: ZipMember) -> None:
        """Read a part again for its instructions; one with too many elements is reported as not searched."""
        name, reader = member.name, InstructionReader()

        def count(number: int) -> None:
            self._work.look_at(number)
            self._work.searched += number
            if self._work.searched > _MAX_SEARCHED:
                raise _TooManyError

        with _translate_errors(name):
            try:
                XmlProof(self._stream(member), count, reader).prove()
            except _TooManyError:
                self._add("unsearched", name)
        for content in reader.contents:
            self._add(content.kind, name, content.detail)

    def _stream(self, member: ZipMember) -> Iterator[bytes]:
        for piece in stream_member(self._received.file, member.raw, self._received.limits):
            self._work.inflate(len(piece))
            yield piece

    def _read_relations(self, member: ZipMember) -> Sequence[tuple[PartRelation, str]]:
        return list_relations(self._read(member), member.name)

    def _read_types(self) -> ContentTypes:
        member = self._members[fold_part(CONTENT_TYPES)]
        small = self._read_small(member)
        return small.types if small is not None and small.types is not None else read_content_types(self._read(member))

    def _read(self, member: ZipMember) -> bytes:
        try:
            return read_member(self._received.file, member.raw, _MAX_RELATIONS)
        except MemberError as problem:
            raise OfficeError(problem.key, member.name) from problem


class _TooManyError(Exception):
    """Error: a part has more elements than are searched for instructions."""


@contextmanager
def _translate_errors(name: str) -> Iterator[None]:
    """Turn an error of reading a part into the OfficeError of its document."""
    try:
        yield
    except MemberError as problem:
        raise OfficeError("bomb" if problem.key == "bomb" else "damaged", name) from problem
    except XmlError as problem:
        raise OfficeError(problem.key, name) from problem
