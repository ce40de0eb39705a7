"""A received bag, read in one pass: facts of each file, the bag's own texts, and documents opened."""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from docgen.archive.bag.digest import OFFICE_SUFFIXES
from docgen.archive.bag.index import parse_index
from docgen.archive.bag.openable import Opened, can_open, inspect_document, is_left, report_program, report_unopened
from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, PAYLOAD_FOLDER, RECORD_COPY, PackageIndex, Rendition
from docgen.archive.verify.files import BagFile
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace, find_roots, is_litter, is_litter_name
from docgen.archive.zip.hashing import HashThread, StreamDigest, add_crc, can_hash
from docgen.archive.zip.limits import MIB, Limits, OverLimitError, ReadingCost
from docgen.archive.zip.manifest import (
    ALGORITHMS,
    BAG_INFO_NAME,
    DECLARATION_NAME,
    FETCH_NAME,
    PAYLOAD_MANIFEST,
    TAG_MANIFEST,
    Declaration,
    Manifest,
    is_tag_manifest,
    match_paths,
    parse_manifest,
    read_declaration,
    read_manifest_name,
)
from docgen.archive.zip.names import escape_name
from docgen.archive.zip.read import MemberError, ReceivedZip
from docgen.diagnostics import Diagnostic, Location, Term, error, has_errors, info

BAG_FILES = (DECLARATION_NAME, BAG_INFO_NAME, PAYLOAD_MANIFEST, TAG_MANIFEST)
"""What makes a folder docgen's bag."""

_TEXTS = (*BAG_FILES, FETCH_NAME, MACHINE_INDEX)
_SMALL_TEXTS = {DECLARATION_NAME: 1 << 16, BAG_INFO_NAME: 1 << 20}
"""Texts that are short in every bag, and their largest size in bytes."""

_AGENT = b"bag-software-agent: docgen"
_MOST_KEPT = 32 * MIB
_MOST_WAITING, _MOST_KEPT_WAITING = 64, 64 * MIB
"""So many files are read before they are judged, and so much is kept of them."""
_LONG, _LONGEST, _MOST_KEPT_APART = 2 * MIB, 256 * MIB, 32 * MIB
"""Files of these sizes are read as a whole by the thread, unless more than the most would be kept of one; whoever stops
waits for those that are under way."""
_TOPS = (".html", *OFFICE_SUFFIXES)
_LINES_OF_AN_ENTRY, _VALUES_OF_AN_ENTRY, _VALUES_OF_AN_INDEX = 2, 10, 10_000
_REPORTED_ELSEWHERE = frozenset({"encrypted", "method", "bomb"})
_START = 8


@dataclass(frozen=True, slots=True)
class ReceivedBag:
    """What was read of a bag, by path in it.

    ``declared`` is what ``bagit.txt`` says, None when there is none that can be read. ``manifests`` are those whose
    algorithm this computer has, ``unchecked`` the names of the others. ``litter`` are files that no manifest lists and
    that systems leave behind unasked. ``tops`` are the page and the papers at the top, ``record`` is the record's copy.
    ``damaged`` tells of members that can't be read, and of bits behind packed data; ``opened`` are the diagnostics of
    documents that were opened, ``unopened`` those that docgen can't open; a document that isn't as its manifest says is
    in neither. ``over`` is the limit at which the opening of documents ended, None when it didn't.
    """

    at: BagPlace
    facts: Mapping[str, MemberFact]
    texts: Mapping[str, bytes]
    declared: Declaration | None
    manifests: Mapping[str, Manifest]
    unchecked: tuple[str, ...]
    index: PackageIndex | None
    litter: frozenset[str]
    tops: Mapping[str, bytes]
    record: bytes | None
    damaged: tuple[Diagnostic, ...]
    opened: Mapping[str, tuple[Diagnostic, ...]]
    unopened: tuple[Diagnostic, ...]
    over: str | None

    @property
    def top(self) -> str:
        """The bag's folder."""
        return self.at.top

    @property
    def place(self) -> Location:
        """The file or folder that was received."""
        return self.at.place

    def locate(self, path: str) -> Location:
        """The place of a file in the package."""
        return self.at.locate(path)

    @property
    def rules(self) -> Declaration:
        """The version and encoding that its texts are read by."""
        return self.declared or Declaration()

    @property
    def is_docgen(self) -> bool:
        """Whether docgen made it, or it was made to look so: by its page, its index or what ``bag-info.txt`` says."""
        named = _AGENT in self.texts.get(BAG_INFO_NAME, b"").lower()
        listed = any(INDEX_PAGE in manifest.digests for manifest in self.manifests.values())
        return named or listed or INDEX_PAGE in self.facts or self._has_index

    @property
    def _has_index(self) -> bool:
        if self.index is not None:
            return True
        try:
            loaded = json.loads(self.texts.get(MACHINE_INDEX, b"null"))
        except (ValueError, RecursionError):
            return False
        return isinstance(loaded, dict) and "package_name" in loaded

    @property
    def payload(self) -> dict[str, MemberFact]:
        """The files that every payload manifest has to list (RFC 8493, 3)."""
        return {path: fact for path, fact in self.facts.items() if is_payload(path) and path not in self.litter}

    @property
    def tags(self) -> dict[str, MemberFact]:
        """The files that ``tagmanifest-sha256.txt`` has to list; a further one that is empty is one of them."""
        empty = {name for name, read in self.manifests.items() if name != TAG_MANIFEST and not read.says_anything}
        return {
            path: fact
            for path, fact in self.facts.items()
            if not is_payload(path) and path not in self.litter and (path in empty or not is_tag_manifest(path))
        }


def is_payload(path: str) -> bool:
    """Whether a path in the bag is a payload file's."""
    return path.startswith(f"{PAYLOAD_FOLDER}/")


def find_top(received: ReceivedZip) -> str:
    """The folder in a zip that holds the bag; "" when none does, or more than one."""
    roots = find_roots(member.name for member in received.members)
    return roots[0].path if len(roots) == 1 else ""


def read_bag(files: Mapping[str, BagFile], at: BagPlace, work: ReadingCost, thread: HashThread) -> ReceivedBag:
    """Read every file of a bag once, in the best order after the bag's own texts."""
    named = {path: name.algorithm for path in sorted(files) if (name := read_manifest_name(path)) is not None}
    checked = {path: algorithm for path, algorithm in named.items() if algorithm in ALGORITHMS and can_hash(algorithm)}
    reader = _Reader(at, work, thread, frozenset(checked.values()) - {"sha256"})
    first = [path for path in dict.fromkeys((*_TEXTS, *checked)) if path in files]
    texts = {path: data for path in first if (data := reader.read_text(path, files[path])) is not None}
    declared = read_declaration(texts[DECLARATION_NAME]) if DECLARATION_NAME in texts else None
    rules = declared or Declaration()
    manifests = {
        path: match_paths(parse_manifest(data, checked[path], rules), files)
        for path, data in texts.items()
        if path in checked
    }
    index = try_index(texts.get(MACHINE_INDEX))
    reader.expect(manifests)
    stated = _list_renditions(index)
    for path in sorted(files, key=lambda path: files[path].order):
        if path not in first:
            reader.read_file(path, files[path], stated.get(path))
    reader.finish()
    return ReceivedBag(
        at,
        reader.facts,
        texts,
        declared,
        manifests,
        tuple(path for path in named if path not in checked),
        index,
        frozenset(reader.litter),
        reader.tops,
        reader.record,
        (*reader.damaged, *reader.report_loose_bits()),
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
    stated = {rendition.path: rendition for document in documents for rendition in document.renditions}
    if index is not None and index.volume is not None:
        stated[index.volume.file.path] = index.volume.file
    return stated


def _has_too_much(path: str, data: bytes, limits: Limits) -> bool:
    """Whether a text of the bag has more to take apart than a sound one: lines of a manifest, values of the index."""
    if path == MACHINE_INDEX:
        values = sum(data.count(mark) for mark in (b",", b"[", b"{"))
        return values > _VALUES_OF_AN_ENTRY * limits.entries + _VALUES_OF_AN_INDEX
    return data.count(b"\n") + data.count(b"\r") > _LINES_OF_AN_ENTRY * limits.entries


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read and isn't judged: ``kept`` are its bytes where they are asked for, ``fault`` what broke."""

    path: str
    file: BagFile
    size: int
    crc: int
    digest: StreamDigest
    kept: bytes | None
    fault: str | None = None
    is_loose: bool = False


class _Reader:
    def __init__(self, at: BagPlace, work: ReadingCost, thread: HashThread, others: frozenset[str]) -> None:
        self._others = others
        self._at = at
        self._work = work
        self._thread = thread
        self._waiting: deque[tuple[Callable[[], _Read], int, Rendition | None]] = deque()
        self._waiting_size = 0
        self._wrong_crc: list[str] = []
        self._manifests: Mapping[str, Manifest] = {}
        self._known: frozenset[str] = frozenset()
        self.facts: dict[str, MemberFact] = {}
        self.litter: list[str] = []
        self.tops: dict[str, bytes] = {}
        self.record: bytes | None = None
        self.damaged: list[Diagnostic] = []
        self.opened: dict[str, tuple[Diagnostic, ...]] = {}
        self.unopened: list[Diagnostic] = []
        self.loose: list[str] = []
        self.over: str | None = None

    def read_text(self, path: str, file: BagFile) -> bytes | None:
        limits = self._work.limits
        most = _SMALL_TEXTS.get(path, limits.text * MIB)
        data = self._take(self._read(path, file, keep=True)) if file.size <= most else None
        if data is None and path not in self.facts:
            self._note_damage(path, file, "large")
        elif data is not None and _has_too_much(path, data, limits):
            self._note_damage(path, file, "large")
            return None
        return data

    def expect(self, manifests: Mapping[str, Manifest]) -> None:
        """Take the manifests, once they are read."""
        self._manifests = manifests
        self._known = frozenset(digest for manifest in manifests.values() for digest in manifest.digests.values())
        self._judge_crc()

    def read_file(self, path: str, file: BagFile, stated: Rendition | None) -> None:
        """Read a file, or have the thread read it; it is judged when those before it are."""
        if is_litter_name(path) and not any(path in manifest.digests for manifest in self._manifests.values()):
            self.finish()
            self._read_litter(path, file)
            return
        is_kept = self.over is None and can_open(file.size, self._work.limits)
        kept_size = file.size if is_kept else 0
        is_apart = _LONG <= file.size <= _LONGEST and kept_size <= _MOST_KEPT_APART and self._thread.has_room
        read = self._start if is_apart else self._read_here
        self._waiting.append((read(path, file, keep=is_kept), kept_size, stated))
        self._waiting_size += kept_size
        while len(self._waiting) > 1 and (
            len(self._waiting) > _MOST_WAITING or self._waiting_size > _MOST_KEPT_WAITING
        ):
            self._judge_first()

    def finish(self) -> None:
        """Judge the files that were read and aren't judged yet."""
        while self._waiting:
            self._judge_first()

    def _judge_first(self) -> None:
        wait, kept_size, stated = self._waiting.popleft()
        self._waiting_size -= kept_size
        read = wait()
        path, data = read.path, self._take(read)
        self._judge_crc()
        # a changed or added file is reported as that; a renamed one (its digest is known) is opened
        if self.facts[path].sha256 is None or not self._is_as_listed(path) or self.over is not None:
            return
        if data is not None:
            try:
                self._note(path, inspect_document(Opened(path, self._at.locate(path), data, stated, self._work)))
            except OverLimitError as problem:
                self.over = problem.key
            else:
                self._keep(path, data)
        else:
            place = self._at.locate(path)
            self._note(path, (*report_program(path, place), report_unopened(path, place)))

    def _note(self, path: str, found: tuple[Diagnostic, ...]) -> None:
        """Keep what opening a file told; a payload file of an unknown kind counts as not opened."""
        if all(item.code != "V165" for item in found):
            self.opened[path] = found
            return
        self.unopened += found if is_payload(path) else (item for item in found if item.code != "V165")

    def _keep(self, path: str, data: bytes) -> None:
        """Keep what is compared with the index, unless it doesn't open."""
        if path == RECORD_COPY and len(data) <= _MOST_KEPT:
            self.record = data
        elif path.lower().endswith(_TOPS) and "/" not in path and not has_errors(self.opened.get(path, ())):
            room = _MOST_KEPT - sum(map(len, self.tops.values()))
            self.tops |= {path: data} if len(data) <= room else {}

    def _read_litter(self, path: str, file: BagFile) -> None:
        data = self._take(self._read(path, file, keep=file.size <= MIB))
        self._judge_crc()
        if data is None and self.facts[path].sha256 is not None:
            data = next(file.stream([]))[:_START]
        if data is not None and is_litter(path, data[:_START], file.size):
            self.litter.append(path)

    def _list_expected(self, path: str) -> Iterator[tuple[str, str | None]]:
        """What the manifests say of a file, and what was found."""
        for manifest in self._manifests.values():
            if path in manifest.digests:
                yield manifest.digests[path], self.facts[path].find_digest(manifest.algorithm)

    def _is_as_listed(self, path: str) -> bool:
        stated = list(self._list_expected(path))
        if stated:
            return all(digest == found for digest, found in stated)
        fact = self.facts[path]
        return not self._known or not self._known.isdisjoint({fact.sha256, *fact.others.values()})

    def _judge_crc(self) -> None:
        # a wrong CRC counts where no manifest tells the same: the file differs from its digest then, too
        for path in self._wrong_crc:
            if all(digest == found for digest, found in self._list_expected(path)):
                self._report_damage(path, "crc")
        self._wrong_crc.clear()

    def _read_here(self, path: str, file: BagFile, *, keep: bool) -> Callable[[], _Read]:
        read = self._read(path, file, keep=keep)
        return lambda: read

    def _start(self, path: str, file: BagFile, *, keep: bool) -> Callable[[], _Read]:
        """Have the thread read a file as a whole, while the next ones are read here; the result waits for it."""
        finished: list[_Read] = []

        def read() -> None:
            finished.append(self._read(path, file, StreamDigest(None, self._others), keep=keep))

        number = self._thread.submit(read, is_long=True)

        def wait() -> _Read:
            self._thread.wait(number)
            return finished[0]

        return wait

    def _read(self, path: str, file: BagFile, digest: StreamDigest | None = None, *, keep: bool) -> _Read:
        digest, crc, size = digest or self._thread.start(self._others), 0, 0
        only, pieces = b"", io.BytesIO()  # of most files one chunk is all there is to keep, which needs no copy
        remarks: list[str] = []
        has_crc, is_wanted = file.crc is not None, keep
        try:
            for chunk in file.stream(remarks):
                digest.update(chunk)
                crc = add_crc(chunk, crc) if has_crc else 0
                size += len(chunk)
                if is_wanted:
                    if pieces.tell() == 0 and (size >= file.size or is_left(path, chunk)):
                        only, is_wanted = chunk, False
                    else:
                        pieces.write(chunk)
        except MemberError as problem:
            return _Read(path, file, size, crc, digest, None, fault=problem.key)
        kept = (only or pieces.getvalue()) if keep else None
        return _Read(path, file, size, crc, digest, kept, is_loose=bool(remarks))

    def _take(self, read: _Read) -> bytes | None:
        """Note what was found of a file when it was read; its bytes where they were kept."""
        path, file = read.path, read.file
        if read.fault is not None:
            self._note_damage(path, file, read.fault)
            return None
        self.facts[path] = MemberFact(read.size, read.digest.hexdigest(), read.digest.list_others())
        if file.crc is not None and read.crc != file.crc:
            self._wrong_crc.append(path)
        if file.inflates:
            self._work.inflated += read.size
        if read.is_loose:
            self.loose.append(path)
        return read.kept

    def _note_damage(self, path: str, file: BagFile, key: str) -> None:
        self.facts[path] = MemberFact(file.size, None)
        if key not in _REPORTED_ELSEWHERE:
            self._report_damage(path, key)

    def _report_damage(self, path: str, key: str) -> None:
        reason = Term(f"archive.member.{key}")
        self.damaged.append(error("V114", self._at.locate(path), member=escape_name(path), reason=reason))

    def report_loose_bits(self) -> Iterator[Diagnostic]:
        """V117 when bits are set behind the end of deflated data, where packers leave them clear."""
        if self.loose:
            what, where = Term("archive.remark.loose_bits"), self._at.locate(self.loose[0])
            yield info("V117", where, what=what, count=len(self.loose), member=where.member or "")
