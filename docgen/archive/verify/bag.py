"""A received bag, read in one pass over the zip: facts of each file, the bag's own texts, and documents opened."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from docgen.archive.bag.index import parse_index
from docgen.archive.bag.openable import Opened, can_open, inspect_document, report_program, report_unopened
from docgen.archive.plan.model import MACHINE_INDEX, PAYLOAD_FOLDER, PackageIndex, Rendition
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.zip.hashing import HashThread, can_hash
from docgen.archive.zip.headers import DEFLATED
from docgen.archive.zip.limits import MIB, Limits, OverLimitError
from docgen.archive.zip.manifest import (
    ALGORITHMS,
    BAG_INFO_NAME,
    DECLARATION_NAME,
    PAYLOAD_MANIFEST,
    TAG_MANIFEST,
    Manifest,
    is_tag_manifest,
    parse_manifest,
    read_manifest_name,
)
from docgen.archive.zip.names import show_name
from docgen.archive.zip.read import Member, MemberError, ReceivedZip, stream_member
from docgen.diagnostics import Diagnostic, Location, Term, error, info

BAG_FILES = (DECLARATION_NAME, BAG_INFO_NAME, PAYLOAD_MANIFEST, TAG_MANIFEST)
"""What makes a folder docgen's bag."""

_TEXTS = (*BAG_FILES, MACHINE_INDEX)
_SMALL_TEXTS = {DECLARATION_NAME: 1 << 16, BAG_INFO_NAME: 1 << 20}
"""Texts that are short in every bag, and their largest size in bytes."""

_LINES_OF_AN_ENTRY, _VALUES_OF_AN_ENTRY, _VALUES_OF_AN_INDEX = 2, 10, 10_000
_REPORTED_ELSEWHERE = frozenset({"encrypted", "method", "bomb"})


@dataclass(frozen=True, slots=True)
class ReceivedBag:
    """What was read of a bag, by path in it.

    ``manifests`` are those whose algorithm this computer has, ``unchecked`` the names of the others.
    ``damaged`` tells of members that can't be read, and of bits behind packed data; ``opened`` are the diagnostics of
    documents that were opened, ``unopened`` those that docgen can't open; a document that isn't as its manifest says is
    in neither. ``over`` is the limit at which the opening of documents ended, None when it didn't.
    """

    top: str
    place: Location
    facts: Mapping[str, MemberFact]
    texts: Mapping[str, bytes]
    manifests: Mapping[str, Manifest]
    unchecked: tuple[str, ...]
    index: PackageIndex | None
    damaged: tuple[Diagnostic, ...]
    opened: Mapping[str, tuple[Diagnostic, ...]]
    unopened: tuple[Diagnostic, ...]
    over: str | None

    def locate(self, path: str) -> Location:
        """The place of a file in the package."""
        return replace(self.place, member=show_name(f"{self.top}/{path}"))

    @property
    def payload(self) -> dict[str, MemberFact]:
        """The files that every payload manifest has to list (RFC 8493, 3)."""
        return {path: fact for path, fact in self.facts.items() if is_payload(path)}

    @property
    def tags(self) -> dict[str, MemberFact]:
        """The files that ``tagmanifest-sha256.txt`` has to list; a further one that is empty is one of them."""
        empty = {name for name, read in self.manifests.items() if name != TAG_MANIFEST and not read.says_anything}
        return {
            path: fact
            for path, fact in self.facts.items()
            if not is_payload(path) and (path in empty or not is_tag_manifest(path))
        }


def is_payload(path: str) -> bool:
    """Whether a path in the bag is a payload file's."""
    return path.startswith(f"{PAYLOAD_FOLDER}/")


def find_top(received: ReceivedZip) -> str:
    """The one top folder; where others lie beside it, the one that holds the bag; "" when none does."""
    tops = {member.name.partition("/")[0] for member in received.members if "/" in member.name}
    holders = {
        member.name.partition("/")[0]
        for member in received.members
        if member.name.count("/") == 1 and member.name.partition("/")[2] in BAG_FILES
    }
    return next((next(iter(found)) for found in (tops, holders) if len(found) == 1), "")


def read_bag(received: ReceivedZip, top: str, place: Location, thread: HashThread) -> ReceivedBag:
    """Read every file below ``top`` once, in the zip's order after the bag's own texts."""
    members = {
        member.name.removeprefix(f"{top}/"): member
        for member in received.members
        if member.name.startswith(f"{top}/") and not member.raw.is_folder
    }
    named = {path: name.algorithm for path in sorted(members) if (name := read_manifest_name(path)) is not None}
    checked = {path: algorithm for path, algorithm in named.items() if algorithm in ALGORITHMS and can_hash(algorithm)}
    reader = _Reader(received, place, top, thread, frozenset(checked.values()) - {"sha256"})
    first = [path for path in dict.fromkeys((*_TEXTS, *checked)) if path in members]
    texts = {path: data for path in first if (data := reader.read_text(path, members[path])) is not None}
    manifests = {path: parse_manifest(data, checked[path]) for path, data in texts.items() if path in checked}
    index = try_index(texts.get(MACHINE_INDEX))
    own = [manifests[name].digests for name in (TAG_MANIFEST, PAYLOAD_MANIFEST) if name in manifests]
    reader.expect({path: digest for digests in own for path, digest in digests.items()})
    stated = _list_renditions(index)
    for path in sorted(members, key=lambda path: members[path].raw.offset):
        if path not in first:
            reader.read_file(path, members[path], stated.get(path))
    return ReceivedBag(
        top,
        place,
        reader.facts,
        texts,
        manifests,
        tuple(path for path in named if path not in checked),
        index,
        (*reader.damaged, *reader.tell_loose_bits()),
        reader.opened,
        tuple(reader.unopened),
        reader.over,
    )


def try_index(data: bytes | None) -> PackageIndex | None:
    """The package's index, or None when there is none that can be read."""
    try:
        return None if data is None else parse_index(data)
    except ValueError:
        # why it can't be read is said where the index is checked
        return None


def _list_renditions(index: PackageIndex | None) -> dict[str, Rendition]:
    documents = index.documents if index else ()
    return {rendition.path: rendition for document in documents for rendition in document.renditions}


def _has_too_much(path: str, data: bytes, limits: Limits) -> bool:
    """Whether a text of the bag has more to take apart than a sound one: lines of a manifest, values of the index."""
    if path == MACHINE_INDEX:
        values = sum(data.count(mark) for mark in (b",", b"[", b"{"))
        return values > _VALUES_OF_AN_ENTRY * limits.entries + _VALUES_OF_AN_INDEX
    return data.count(b"\n") + data.count(b"\r") > _LINES_OF_AN_ENTRY * limits.entries


class _Reader:
    def __init__(
        self, received: ReceivedZip, place: Location, top: str, thread: HashThread, others: frozenset[str]
    ) -> None:
        self._others = others
        self._received = received
        self._place = place
        self._top = top
        self._thread = thread
        self._remarks: list[str] = []
        self._wrong_crc: list[str] = []
        self._expected: Mapping[str, str] = {}
        self._known: frozenset[str] = frozenset()
        self.facts: dict[str, MemberFact] = {}
        self.damaged: list[Diagnostic] = []
        self.opened: dict[str, tuple[Diagnostic, ...]] = {}
        self.unopened: list[Diagnostic] = []
        self.loose: list[str] = []
        self.over: str | None = None

    def read_text(self, path: str, member: Member) -> bytes | None:
        limits = self._received.limits
        most = _SMALL_TEXTS.get(path, limits.text * MIB)
        data = self._read(path, member, keep=True) if member.raw.size <= most else None
        if data is None and path not in self.facts:
            self._note_damage(path, member, "large")
        elif data is not None and _has_too_much(path, data, limits):
            self._note_damage(path, member, "large")
            return None
        return data

    def expect(self, expected: Mapping[str, str]) -> None:
        """Take what the manifests say, by path, once they are read."""
        self._expected, self._known = expected, frozenset(expected.values())
        self._judge_crc()

    def read_file(self, path: str, member: Member, stated: Rendition | None) -> None:
        work = self._received.work
        keep = self.over is None and can_open(member.raw.size, work.limits)
        data = self._read(path, member, keep=keep)
        self._judge_crc()
        digest = self.facts[path].sha256
        # a changed or added file is reported as that; a renamed one (its digest is known) is opened
        if digest is None or (self._expected and digest not in {self._expected.get(path, digest)} & self._known):
            return
        if data is not None:
            try:
                self._note(path, inspect_document(Opened(path, self._locate(path), data, stated, work)))
            except OverLimitError as problem:
                self.over = problem.key
        elif self.over is None:
            place = self._locate(path)
            self._note(path, (*report_program(path, place), report_unopened(path, place)))

    def _note(self, path: str, found: tuple[Diagnostic, ...]) -> None:
        """Keep what opening a file told; a payload file of an unknown kind counts as not opened."""
        if all(item.code != "V165" for item in found):
            self.opened[path] = found
            return
        self.unopened += found if is_payload(path) else (item for item in found if item.code != "V165")

    def _judge_crc(self) -> None:
        # a wrong CRC counts where no manifest tells the same: the file differs from its digest then, too
        for path in self._wrong_crc:
            if self._expected.get(path) in {None, self.facts[path].sha256}:
                self._report_damage(path, "crc")
        self._wrong_crc.clear()

    def _read(self, path: str, member: Member, *, keep: bool) -> bytes | None:
        digest, crc, size = self._thread.start(self._others), 0, 0
        kept = io.BytesIO()
        try:
            for chunk in stream_member(self._received.file, member.raw, self._received.limits, self._remarks):
                digest.update(chunk)
                crc = zlib.crc32(chunk, crc)
                size += len(chunk)
                if keep:
                    kept.write(chunk)
        except MemberError as problem:
            self._note_damage(path, member, problem.key)
            return None
        self.facts[path] = MemberFact(size, digest.hexdigest(), digest.list_others())
        if crc != member.raw.crc:
            self._wrong_crc.append(path)
        if member.raw.method == DEFLATED:
            self._received.work.inflated += size
        if self._remarks:
            self._remarks.clear()
            self.loose.append(path)
        return kept.getvalue() if keep else None

    def _note_damage(self, path: str, member: Member, key: str) -> None:
        self.facts[path] = MemberFact(member.raw.size, None)
        if key not in _REPORTED_ELSEWHERE:
            self._report_damage(path, key)

    def _report_damage(self, path: str, key: str) -> None:
        reason = Term(f"archive.member.{key}")
        self.damaged.append(error("V114", self._locate(path), member=show_name(path), reason=reason))

    def tell_loose_bits(self) -> Iterator[Diagnostic]:
        """V117 when bits are set behind the end of deflated data, where packers leave them clear."""
        if self.loose:
            what, member = Term("archive.remark.loose_bits"), show_name(f"{self._top}/{self.loose[0]}")
            yield info("V117", self._locate(self.loose[0]), what=what, count=len(self.loose), member=member)

    def _locate(self, path: str) -> Location:
        return replace(self._place, member=show_name(f"{self._top}/{path}"))
