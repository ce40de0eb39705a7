"""Reads a received bag in one pass: the bag's own texts, the facts of each file, and the documents it holds."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from docgen.archive.bag.digest import OFFICE_SUFFIXES
from docgen.archive.bag.index import parse_index
from docgen.archive.bag.openable import (
    OpenableFile,
    can_open,
    inspect_document,
    is_unopenable,
    report_program,
    report_unopened,
)
from docgen.archive.plan.model import MACHINE_INDEX, RECORD_COPY, PackageIndex, Rendition
from docgen.archive.verify.bag import BAG_FILES, ReceivedBag, is_payload
from docgen.archive.verify.files import BagFile
from docgen.archive.verify.fixity import MemberFact
from docgen.archive.verify.root import BagPlace, is_litter, is_litter_name
from docgen.archive.zip.hashing import HashThread, StreamDigest, add_crc, can_hash
from docgen.archive.zip.limits import MIB, Limits, OverLimitError, ReadingCost
from docgen.archive.zip.manifest import (
    ALGORITHMS,
    BAG_INFO_NAME,
    DECLARATION_NAME,
    FETCH_NAME,
    Declaration,
    Manifest,
    match_paths,
    parse_manifest,
    read_declaration,
    read_manifest_name,
)
from docgen.archive.zip.names import escape_name
from docgen.archive.zip.read import MemberError
from docgen.diagnostics import Diagnostic, Term, error, has_errors, info

_TEXTS = (*BAG_FILES, FETCH_NAME, MACHINE_INDEX)
_SMALL_TEXTS = {DECLARATION_NAME: 1 << 16, BAG_INFO_NAME: 1 << 20}
"""Texts that are short in every bag, and their largest size in bytes."""
_LINES_OF_AN_ENTRY, _VALUES_OF_AN_ENTRY, _VALUES_OF_AN_INDEX = 2, 10, 10_000

_MOST_MANIFESTS = 4 * len(ALGORITHMS)
"""Manifests that are checked; a sound bag has one of the payload and one of the tag files by each algorithm."""

_MOST_COMPARED = 32 * MIB
"""Bytes kept of the record's copy, and of all pages and papers together, to be compared with the index."""
_TOPS = (".html", *OFFICE_SUFFIXES)
_MOST_PENDING, _MOST_KEPT_PENDING = 64, 64 * MIB
"""Files that are read before the first of them is judged, and the bytes kept of them."""
_LONG, _LONGEST, _MOST_KEPT_APART = 2 * MIB, 256 * MIB, 32 * MIB
"""The thread reads files of these sizes as a whole, unless more of one would be kept: who cancels waits for them."""
_REPORTED_ELSEWHERE = frozenset({"encrypted", "method", "bomb"})
_LITTER_HEAD = 8


def read_bag(files: Mapping[str, BagFile], at: BagPlace, work: ReadingCost, thread: HashThread) -> ReceivedBag:
    """Read each file of a bag once: the bag's own texts first, the others by ``BagFile.order``."""
    algorithms = {path: name.algorithm for path in sorted(files) if (name := read_manifest_name(path)) is not None}
    supported = {path: name for path, name in algorithms.items() if name in ALGORITHMS and can_hash(name)}
    checked = dict(islice(supported.items(), _MOST_MANIFESTS))
    reader = _BagReader(at, work, _FileReader(thread, frozenset(checked.values()) - {"sha256"}))
    first = [path for path in dict.fromkeys((*_TEXTS, *checked)) if path in files]
    texts = {path: data for path in first if (data := reader.read_text(path, files[path])) is not None}
    declared = read_declaration(texts[DECLARATION_NAME]) if DECLARATION_NAME in texts else None
    rules = declared or Declaration()
    manifests = {
        path: match_paths(parse_manifest(data, checked[path], rules), files)
        for path, data in texts.items()
        if path in checked
    }
    index = _parse_index(texts.get(MACHINE_INDEX))
    reader.use_manifests(manifests)
    renditions = _list_renditions(index)
    for path in sorted(files, key=lambda path: files[path].order):
        if path in supported and path not in checked:
            reader.refuse(path, files[path], "manifests")
        elif path not in first:
            reader.read_file(path, files[path], renditions.get(path))
    reader.judge_pending()
    return ReceivedBag(
        at,
        reader.facts,
        texts,
        declared,
        manifests,
        tuple(path for path in algorithms if path not in supported),
        index,
        frozenset(reader.litter),
        reader.tops,
        reader.record,
        (*reader.damaged, *reader.report_loose_bits()),
        reader.opened,
        tuple(reader.unopened),
        reader.exceeded_limit,
    )


def _parse_index(data: bytes | None) -> PackageIndex | None:
    """The package index, None where there is none or it can't be parsed; the check of the index reports why."""
    try:
        return None if data is None else parse_index(data)
    except ValueError:
        return None


def _list_renditions(index: PackageIndex | None) -> dict[str, Rendition]:
    documents = index.documents if index else ()
    renditions = {rendition.path: rendition for document in documents for rendition in document.renditions}
    if index is not None and index.volume is not None:
        renditions[index.volume.file.path] = index.volume.file
    return renditions


def _has_too_many_parts(path: str, data: bytes, limits: Limits) -> bool:
    """Whether a manifest has more lines, or the index more values, than a bag of the most entries needs."""
    if path == MACHINE_INDEX:
        values = sum(data.count(mark) for mark in (b",", b"[", b"{"))
        return values > _VALUES_OF_AN_ENTRY * limits.entries + _VALUES_OF_AN_INDEX
    return data.count(b"\n") + data.count(b"\r") > _LINES_OF_AN_ENTRY * limits.entries


@dataclass(frozen=True, slots=True)
class _FileContent:
    """What was read of a file: ``data`` are its bytes where they are kept, ``fault`` is why it can't be read."""

    path: str
    file: BagFile
    size: int
    crc: int
    digest: StreamDigest
    data: bytes | None
    fault: str | None = None
    has_loose_bits: bool = False


def _read_content(path: str, file: BagFile, digest: StreamDigest, *, keep: bool) -> _FileContent:
    crc, size = 0, 0
    only, pieces = b"", io.BytesIO()  # of most files one chunk is all there is to keep, which needs no copy
    remarks: list[str] = []
    has_crc, is_wanted = file.crc is not None, keep
    try:
        for chunk in file.stream(remarks):
            digest.update(chunk)
            crc = add_crc(chunk, crc) if has_crc else 0
            size += len(chunk)
            if is_wanted:
                if pieces.tell() == 0 and (size >= file.size or is_unopenable(path, chunk)):
                    only, is_wanted = chunk, False
                else:
                    pieces.write(chunk)
    except MemberError as problem:
        return _FileContent(path, file, size, crc, digest, None, fault=problem.key)
    data = (only or pieces.getvalue()) if keep else None
    return _FileContent(path, file, size, crc, digest, data, has_loose_bits=bool(remarks))


class _FileReader:
    """Reads files and computes their digests: sha256 and those by further ``algorithms``."""

    def __init__(self, thread: HashThread, algorithms: frozenset[str]) -> None:
        self._thread = thread
        self._algorithms = algorithms

    @property
    def has_room(self) -> bool:
        """Whether the thread has room for a file that it reads as a whole."""
        return self._thread.has_room

    def read(self, path: str, file: BagFile, *, keep: bool) -> _FileContent:
        """Read a file now; the thread may still be hashing it when this returns."""
        return _read_content(path, file, self._thread.start(self._algorithms), keep=keep)

    def read_apart(self, path: str, file: BagFile, *, keep: bool) -> Callable[[], _FileContent]:
        """Have the thread read a file as a whole, while others are read here; returns a function that waits for it."""
        contents: list[_FileContent] = []

        def read() -> None:
            contents.append(_read_content(path, file, StreamDigest(None, self._algorithms), keep=keep))

        number = self._thread.submit(read, is_long=True)

        def wait() -> _FileContent:
            self._thread.wait(number)
            return contents[0]

        return wait


@dataclass(frozen=True, slots=True)
class _PendingFile:
    """A file that is read and not yet judged: ``wait`` gives its content, ``rendition`` is its entry in the index."""

    wait: Callable[[], _FileContent]
    kept_size: int
    rendition: Rendition | None


class _BagReader:
    """Reads the files of a bag, judges each by the manifests, and gathers what ``ReceivedBag`` holds of them."""

    def __init__(self, at: BagPlace, work: ReadingCost, reader: _FileReader) -> None:
        self._at = at
        self._work = work
        self._reader = reader
        self._pending: deque[_PendingFile] = deque()
        self._pending_size = 0
        self._wrong_crc: list[str] = []
        self._with_loose_bits: list[str] = []
        self._manifests: Mapping[str, Manifest] = {}
        self._listed_digests: frozenset[str] = frozenset()
        self.facts: dict[str, MemberFact] = {}
        self.litter: list[str] = []
        self.tops: dict[str, bytes] = {}
        self.record: bytes | None = None
        self.damaged: list[Diagnostic] = []
        self.opened: dict[str, tuple[Diagnostic, ...]] = {}
        self.unopened: list[Diagnostic] = []
        self.exceeded_limit: str | None = None

    def read_text(self, path: str, file: BagFile) -> bytes | None:
        """Read one of the bag's own texts; None where it can't be read or is larger than any bag needs."""
        limits = self._work.limits
        most = _SMALL_TEXTS.get(path, limits.text * MIB)
        data = self._take(self._reader.read(path, file, keep=True)) if file.size <= most else None
        if data is None and path not in self.facts:
            self.refuse(path, file, "large")
        elif data is not None and _has_too_many_parts(path, data, limits):
            self.refuse(path, file, "large")
            return None
        return data

    def use_manifests(self, manifests: Mapping[str, Manifest]) -> None:
        """Judge files by these manifests from now on."""
        self._manifests = manifests
        digests = (digest for manifest in manifests.values() for digest in manifest.digests.values())
        self._listed_digests = frozenset(digests)
        self._judge_crc()

    def read_file(self, path: str, file: BagFile, rendition: Rendition | None) -> None:
        """Read a file, or have the thread read it; it is judged after those before it."""
        if is_litter_name(path) and not any(path in manifest.digests for manifest in self._manifests.values()):
            self.judge_pending()
            self._read_litter(path, file)
            return
        is_kept = self.exceeded_limit is None and can_open(file.size, self._work.limits)
        kept_size = file.size if is_kept else 0
        self._pending.append(_PendingFile(self._start(path, file, keep=is_kept), kept_size, rendition))
        self._pending_size += kept_size
        while len(self._pending) > 1 and (
            len(self._pending) > _MOST_PENDING or self._pending_size > _MOST_KEPT_PENDING
        ):
            self._judge_first()

    def refuse(self, path: str, file: BagFile, fault: str) -> None:
        """Note a file as unreadable for a reason (``archive.member.*``)."""
        self.facts[path] = MemberFact(file.size, None)
        if fault not in _REPORTED_ELSEWHERE:
            self._report_damage(path, fault)

    def judge_pending(self) -> None:
        """Judge the files that are read and not yet judged."""
        while self._pending:
            self._judge_first()

    def report_loose_bits(self) -> Iterator[Diagnostic]:
        """V117 when bits are set behind the end of deflated data, where packers leave them clear."""
        if self._with_loose_bits:
            what, where = Term("archive.remark.loose_bits"), self._at.locate(self._with_loose_bits[0])
            yield info("V117", where, what=what, count=len(self._with_loose_bits), member=where.member or "")

    def _start(self, path: str, file: BagFile, *, keep: bool) -> Callable[[], _FileContent]:
        kept_size = file.size if keep else 0
        if _LONG <= file.size <= _LONGEST and kept_size <= _MOST_KEPT_APART and self._reader.has_room:
            return self._reader.read_apart(path, file, keep=keep)
        content = self._reader.read(path, file, keep=keep)
        return lambda: content

    def _judge_first(self) -> None:
        pending = self._pending.popleft()
        self._pending_size -= pending.kept_size
        content = pending.wait()
        path, data = content.path, self._take(content)
        self._judge_crc()
        # a changed or added file is reported as such; a renamed one (a manifest lists its digest) is opened
        if self.facts[path].sha256 is None or not self._is_as_listed(path) or self.exceeded_limit is not None:
            return
        place = self._at.locate(path)
        if data is None:
            self._note_opened(path, (*report_program(path, place), report_unopened(path, place)))
            return
        try:
            diagnostics = inspect_document(OpenableFile(path, place, data, pending.rendition, self._work))
        except OverLimitError as problem:
            self.exceeded_limit = problem.key
            return
        self._note_opened(path, diagnostics)
        self._keep_compared(path, data)

    def _note_opened(self, path: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Note what opening a file found; V165 counts it as unopened and is reported of payload files alone."""
        others = tuple(item for item in diagnostics if item.code != "V165")
        if others == diagnostics:
            self.opened[path] = diagnostics
        else:
            self.unopened += diagnostics if is_payload(path) else others

    def _keep_compared(self, path: str, data: bytes) -> None:
        """Keep the bytes of files that are compared with the index, unless they can't be opened."""
        if path == RECORD_COPY and len(data) <= _MOST_COMPARED:
            self.record = data
        elif path.lower().endswith(_TOPS) and "/" not in path and not has_errors(self.opened.get(path, ())):
            room = _MOST_COMPARED - sum(map(len, self.tops.values()))
            self.tops |= {path: data} if len(data) <= room else {}

    def _read_litter(self, path: str, file: BagFile) -> None:
        data = self._take(self._reader.read(path, file, keep=file.size <= MIB))
        self._judge_crc()
        if data is None and self.facts[path].sha256 is not None:
            data = next(file.stream([]))
        if data is not None and is_litter(path, data[:_LITTER_HEAD], file.size):
            self.litter.append(path)

    def _pair_digests(self, path: str) -> Iterator[tuple[str, str | None]]:
        """The digest that each manifest states of a file, and the one that was computed."""
        for manifest in self._manifests.values():
            if path in manifest.digests:
                yield manifest.digests[path], self.facts[path].find_digest(manifest.algorithm)

    def _is_as_listed(self, path: str) -> bool:
        """Whether a file is as its manifests state; one that none lists: whether its digest is listed at all."""
        pairs = list(self._pair_digests(path))
        if pairs:
            return all(stated == computed for stated, computed in pairs)
        fact = self.facts[path]
        return not self._listed_digests or not self._listed_digests.isdisjoint({fact.sha256, *fact.others.values()})

    def _judge_crc(self) -> None:
        # a file that differs from its manifest is reported as changed, which explains its wrong CRC
        for path in self._wrong_crc:
            if all(stated == computed for stated, computed in self._pair_digests(path)):
                self._report_damage(path, "crc")
        self._wrong_crc.clear()

    def _take(self, content: _FileContent) -> bytes | None:
        """Note the facts of a file that was read; returns its bytes where they are kept."""
        path, file = content.path, content.file
        if content.fault is not None:
            self.refuse(path, file, content.fault)
            return None
        self.facts[path] = MemberFact(content.size, content.digest.hexdigest(), content.digest.list_others())
        if file.crc is not None and content.crc != file.crc:
            self._wrong_crc.append(path)
        if file.inflates:
            self._work.inflated += content.size
        if content.has_loose_bits:
            self._with_loose_bits.append(path)
        return content.data

    def _report_damage(self, path: str, fault: str) -> None:
        reason = Term(f"archive.member.{fault}")
        self.damaged.append(error("V114", self._at.locate(path), member=escape_name(path), reason=reason))
