"""Whether a filed Word or Excel document opens: its zip, each XML part, the part it starts with; bounded."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from docgen.archive.bag.active import Active, ActiveKind, judge_name, judge_relation, judge_type
from docgen.archive.bag.digest import digest_parts
from docgen.archive.bag.instructions import InstructionMarks, InstructionReader
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
from docgen.content.formats import OLE_MAGIC, sniff_head
from docgen.content.programs import runs
from docgen.ooxml.names import CONTENT_TYPES, PACKAGE_TYPES, RELATIONS
from docgen.ooxml.package import Relation, fold_part, read_relations
from docgen.ooxml.xml import XmlError, XmlProof, parse_xml

_MAX_RELATIONS = 4 << 20
_MAX_INNER = 16 << 20
_MAX_SEARCHED = 1_000_000
"""How many elements of a package, or of a document by itself, are searched for instructions."""
_HEAD = 4096
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_CHART = "drawingml.chart"
_DEFAULT, _OVERRIDE = f"{{{PACKAGE_TYPES}}}Default", f"{{{PACKAGE_TYPES}}}Override"


class OfficeError(ValueError):
    """A document that doesn't open: ``key`` names the reason (``archive.office.*``), ``part`` the part."""

    def __init__(self, key: str, part: str = "") -> None:
        super().__init__(key, part)
        self.key = key
        self.part = part


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What was seen of a document that opens: its content digest, and what in it acts or reaches outside."""

    content_digest: str
    active: tuple[Active, ...]


def inspect_office(data: bytes, work: Work | None = None, *, is_inner: bool = False) -> OfficeFacts:
    """Open a docx, xlsx or pptx; raises OfficeError when a program of the trade couldn't, or mustn't.

    What it costs is counted in ``work``, whose OverLimitError goes through. The workbook that holds a chart's figures
    is looked into as well, but not (``is_inner``) what lies in that one.
    """
    work = work or Work(size=len(data))
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


def _list_parts(received: ReceivedZip) -> Iterator[Member]:
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

    def __init__(self, received: ReceivedZip, work: Work, is_inner: bool) -> None:
        self._received = received
        self._work = work
        self._is_inner = is_inner
        self._members: dict[str, Member] = {}
        self._digests: dict[str, str] = {}
        self._active: list[Active] = []
        self._relations: dict[str, list[tuple[Relation, str]]] = {}

    def look_through(self, member: Member) -> None:
        """Prove that a part is sound, and note what it holds."""
        name, marks, head = member.name, InstructionMarks(), b""
        is_xml = name.lower().endswith(_XML_SUFFIXES) or name == CONTENT_TYPES
        crc, digest = 0, hashlib.sha256()

        def stream() -> Iterator[bytes]:
            nonlocal crc, head
            for piece in stream_member(self._received.file, member.raw, self._received.limits):
                self._work.inflate(len(piece))
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
        if crc != member.raw.crc:
            raise OfficeError("damaged", name)
        self._members[fold_part(name)] = member
        self._digests[name] = digest.hexdigest()
        self._note(judge_name(name), name)
        if not is_xml:
            self._judge_head(head, name)
        elif name.lower().endswith(".rels"):
            self._relations[name] = self._read_relations(member)
        elif marks.found:
            self._read_instructions(member)

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
            self._note(judge_type(types(part)), part)
        for name, relations in self._relations.items():
            is_chart = _CHART in types(_find_source(name)).lower()
            for relation, stated in relations:
                self._judge_relation(name, relation, stated, is_chart=is_chart)
        return OfficeFacts(digest_parts(self._digests), tuple(dict.fromkeys(self._active)))

    def _note(self, kind: ActiveKind | None, part: str, detail: str = "") -> None:
        if kind is not None:
            self._active.append(Active(kind, part, detail))

    def _judge_head(self, head: bytes, name: str) -> None:
        """What begins as an object, a program or a web page is that, whatever its type says."""
        if head.startswith(OLE_MAGIC):
            self._note("object" if judge_name(name) is None else None, name)
        elif runs(head):
            self._note("program", name)
        elif sniff_head(head).name in ("html", "rtf"):
            self._note("chunk", name)

    def _judge_relation(self, name: str, relation: Relation, stated: str, *, is_chart: bool) -> None:
        if is_chart and relation.kind == "package" and not relation.is_external:
            member = self._members.get(fold_part(relation.target))
            if member is not None and member.raw.size <= _MAX_INNER and not self._is_inner:
                self._look_into(member)
                return
        found = judge_relation(relation, stated)
        if found is not None:
            self._note(found.kind, name, found.detail)

    def _look_into(self, member: Member) -> None:
        """Look into the workbook that holds the figures of a chart."""
        try:
            data = read_member(self._received.file, member.raw, _MAX_INNER)
            inner = inspect_office(data, self._work, is_inner=True)
        except (MemberError, OfficeError):
            self._note("object", member.name)
            return
        for item in inner.active:
            self._note(item.kind, f"{member.name}/{item.part}", item.detail)

    def _read_instructions(self, member: Member) -> None:
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

    def _stream(self, member: Member) -> Iterator[bytes]:
        for piece in stream_member(self._received.file, member.raw, self._received.limits):
            self._work.inflate(len(piece))
            yield piece

    def _read_relations(self, member: Member) -> list[tuple[Relation, str]]:
        """The relationships with their targets as they are written."""
        try:
            data = read_member(self._received.file, member.raw, _MAX_RELATIONS)
        except MemberError as problem:
            raise OfficeError(problem.key, member.name) from problem
        stated = [item.get("Target", "") for item in parse_xml(data)]
        return list(zip(read_relations(data, _find_source(member.name)), stated, strict=True))

    def _read_types(self) -> Callable[[str], str]:
        """What content type a part has by its name: its own, else that of its suffix."""
        member = self._members[fold_part(CONTENT_TYPES)]
        try:
            root = parse_xml(read_member(self._received.file, member.raw, _MAX_RELATIONS))
        except MemberError as problem:
            raise OfficeError(problem.key, member.name) from problem
        own = {fold_part(item.get("PartName", "")): item.get("ContentType", "") for item in root.iter(_OVERRIDE)}
        suffixes = {item.get("Extension", "").lower(): item.get("ContentType", "") for item in root.iter(_DEFAULT)}

        def find(part: str) -> str:
            return own.get(fold_part(part)) or suffixes.get(part.rpartition(".")[2].lower(), "")

        return find


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


def _find_source(relations: str) -> str:
    """The part whose relationships a part holds; "" for those of the package."""
    folder, _, name = relations.rpartition("_rels/")
    return f"{folder}{name.removesuffix('.rels')}"
