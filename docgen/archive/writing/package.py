"""Write a package: a zip that holds one BagIt bag; each file is read once and hashed while it is written."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from docgen.archive.bag.digest import OFFICE_SUFFIXES, content_digest
from docgen.archive.bag.index import dump_index, list_bag_info, render_page
from docgen.archive.plan.model import (
    INDEX_PAGE,
    MACHINE_INDEX,
    PAYLOAD_FOLDER,
    RECORD_COPY,
    VOLUME,
    FiledDocument,
    PackageIndex,
    PageCount,
    Rendition,
    Volume,
)
from docgen.archive.plan.plan import BoundVolume, PackagePlan, PlannedDocument, PlannedRendition
from docgen.archive.writing.target import open_target
from docgen.archive.zip import manifest
from docgen.archive.zip.hashing import CHUNK, SM3, HashThread, StreamDigest, can_hash, open_hash_thread
from docgen.archive.zip.names import MAX_PATH, fold_name, inspect_member_name
from docgen.diagnostics import Location, error
from docgen.errors import ArchiveError

Finish = Callable[[PackageIndex], Mapping[str, bytes]]
"""Renders tag files (cover, lists) from the completed index; returns them by their name at the package's top."""

_STORED_OFFICE = (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".odt", ".ods", ".ofd", ".pdf")
_STORED_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".avif")
_STORED_SOUND = (".mp3", ".m4a", ".aac", ".amr", ".wma", ".ogg")
_STORED_FILMS = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".wmv", ".flv", ".mpg", ".mpeg", ".3gp", ".webm")
_STORED_ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar")
STORED_SUFFIXES = frozenset((*_STORED_OFFICE, *_STORED_PICTURES, *_STORED_SOUND, *_STORED_FILMS, *_STORED_ARCHIVES))
"""The suffixes of files that are compressed already; deflating them takes long and saves nothing."""

_LEVEL = 3  # of deflate: nearly as small as with the usual 6, in half of the time
_MODE = (stat.S_IFREG | 0o644) << 16
_OWN_NAMES = (
    INDEX_PAGE,
    MACHINE_INDEX,
    RECORD_COPY,
    manifest.DECLARATION_NAME,
    manifest.BAG_INFO_NAME,
    manifest.PAYLOAD_MANIFEST,
    manifest.TAG_MANIFEST,
    manifest.PAYLOAD_MANIFEST_SM3,
    manifest.TAG_MANIFEST_SM3,
    PAYLOAD_FOLDER,
    VOLUME,
)


@dataclass(frozen=True, slots=True)
class PackingProgress:
    """The files and bytes of a package's payload that are written so far, and those of the whole payload."""

    package: str
    files: int
    all_files: int
    bytes: int
    all_bytes: int


WatchPacking = Callable[[PackingProgress], None]
"""Is called after every chunk that is written; it should be quick."""


@dataclass(frozen=True, slots=True)
class WrittenPackage:
    """A written package: ``identity`` is the sha256 of its tag manifest, ``size`` the zip's bytes."""

    path: Path
    index: PackageIndex
    identity: str
    files: int
    size: int


def write_package(
    plan: PackagePlan,
    target: Path,
    *,
    finish: Finish,
    force: bool = False,
    staging: Path | None = None,
    watch: WatchPacking | None = None,
) -> WrittenPackage:
    """Write the package that ``plan`` describes to ``target``.

    ``finish`` gets the completed index when the payload is written. The same arguments give the same bytes. An older
    package stays until the new one is complete, and nothing half-written stays behind. ``staging`` as for
    ``open_target``.

    Raises OutputError when the target can't be written (A101–A107), ArchiveError when a source vanished or changed
    meanwhile (A111, A112) or this computer has no SM3 and the plan asks for it (V268), ValueError when a name is unsafe
    or repeated, or a document's filing item isn't in the index.
    """
    if plan.sm3 and not can_hash(SM3):
        raise ArchiveError(error("V268"))
    _check_plan(plan)
    renditions = [rendition for document in plan.documents for rendition in document.renditions]
    counter = _PackingCounter(plan.index.package_name, renditions, watch)
    with open_target(target, force=force, staging=staging) as file:
        with open_hash_thread() as thread, zipfile.ZipFile(file, "w") as archive:
            payload = _MemberWriter(archive, plan, thread, counter)
            for rendition in renditions:
                payload.add_rendition(rendition)
            index = plan.index.complete(payload.complete(document) for document in plan.documents)
            others = finish(index)
            _check_names(plan.index.package_name, [*_OWN_NAMES, *others])
            if any("/" in name for name in others):
                raise ValueError("a tag file of others lies at the top of the package")
            tags = _MemberWriter(archive, plan, thread)
            if plan.bind is not None:
                index = index.model_copy(update={"volume": tags.add_volume(plan.bind(index))})
            tag_manifest = _write_tag_files(tags, payload, plan, index, others)
        size = file.tell()
    identity = hashlib.sha256(tag_manifest).hexdigest()
    return WrittenPackage(target, index, identity, len(renditions) + len(tags.list_digests()), size)


def _write_tag_files(
    tags: _MemberWriter, payload: _MemberWriter, plan: PackagePlan, index: PackageIndex, others: Mapping[str, bytes]
) -> bytes:
    """Add docgen's tag files and ``others`` to those that ``tags`` has; the bytes of the tag manifest."""
    linked = [*others, *tags.list_digests()]
    files = {
        **others,
        INDEX_PAGE: render_page(index, linked, with_record=plan.record is not None),
        MACHINE_INDEX: dump_index(index),
        manifest.DECLARATION_NAME: manifest.write_declaration(),
        manifest.BAG_INFO_NAME: manifest.write_bag_info(list_bag_info(index)),
        manifest.PAYLOAD_MANIFEST: manifest.write_manifest(payload.list_digests()),
    }
    if plan.record is not None:
        files[RECORD_COPY] = plan.record
    if plan.sm3:
        files[manifest.PAYLOAD_MANIFEST_SM3] = manifest.write_manifest(payload.list_sm3())
    for name in sorted(files):
        tags.add_bytes(name, files[name])
    tag_manifest = manifest.write_manifest(tags.list_digests())
    tag_manifest_sm3 = manifest.write_manifest(tags.list_sm3()) if plan.sm3 else b""
    tags.add_bytes(manifest.TAG_MANIFEST, tag_manifest)
    if plan.sm3:
        tags.add_bytes(manifest.TAG_MANIFEST_SM3, tag_manifest_sm3)
    return tag_manifest


def _check_plan(plan: PackagePlan) -> None:
    """Raise ValueError for documents of filing items that the index doesn't list, and for unsafe or repeated names."""
    paths = [rendition.path for document in plan.documents for rendition in document.renditions]
    _check_names(plan.index.package_name, paths)
    items = {item.key for item in plan.index.items}
    if unlisted := {planned.document.item for planned in plan.documents} - items:
        raise ValueError(f"documents of unknown filing items: {sorted(unlisted)}")


class _PackingCounter:
    """Counts the files and bytes that are written, and reports them to ``watch``.

    Raises ArchiveError (A111) at once when a source isn't there.
    """

    def __init__(self, package: str, renditions: Sequence[PlannedRendition], watch: WatchPacking | None) -> None:
        self._watch = watch
        self._package = package
        self._files, self._all_files = 0, len(renditions)
        self._bytes, self._all_bytes = 0, sum(map(_measure_source, renditions))

    def count(self, size: int, files: int = 0) -> None:
        self._files += files
        self._bytes += size
        if self._watch is not None:
            self._watch(PackingProgress(self._package, self._files, self._all_files, self._bytes, self._all_bytes))


class _MemberWriter:
    """Adds members to the zip and keeps their sizes and digests: one writer for the payload, one for the tag files."""

    def __init__(
        self, archive: zipfile.ZipFile, plan: PackagePlan, thread: HashThread, counter: _PackingCounter | None = None
    ) -> None:
        self._archive = archive
        self._top = plan.index.package_name
        self._thread = thread
        self._algorithms = (SM3,) if plan.sm3 else ()
        self._counter = counter
        # a zip can state the years 1980–2107
        moment = plan.moment.replace(year=min(max(plan.moment.year, 1980), 2107))
        self._time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        self._written: dict[str, tuple[int, StreamDigest]] = {}

    def list_digests(self) -> dict[str, str]:
        """The sha256 of the members added so far, by path."""
        return {path: digest.hexdigest() for path, (_, digest) in self._written.items()}

    def list_sm3(self) -> dict[str, str]:
        """The sm3 of the members added so far, by path."""
        return {path: digest.list_others()[SM3] for path, (_, digest) in self._written.items()}

    def complete(self, planned: PlannedDocument) -> FiledDocument:
        """The index's entry of a document whose files were added."""
        renditions = tuple(self._complete_rendition(rendition) for rendition in planned.renditions)
        return planned.document.model_copy(update={"renditions": renditions})

    def _complete_rendition(self, planned: PlannedRendition) -> Rendition:
        size, digest = self._written[planned.path]
        content = None
        if isinstance(planned.source, bytes) and planned.path.lower().endswith(OFFICE_SUFFIXES):
            content = content_digest(planned.source)
        return Rendition(
            role=planned.role,
            path=planned.path,
            media_type=planned.media_type,
            size=size,
            sha256=digest.hexdigest(),
            content_digest=content,
            signed_digest=planned.signed_digest,
            pages=planned.pages,
        )

    def add_rendition(self, planned: PlannedRendition) -> None:
        if isinstance(planned.source, bytes):
            self.add_bytes(planned.path, planned.source)
        else:
            self._add_file(planned.path, planned.source, planned.stamp)

    def add_volume(self, bound: BoundVolume) -> Volume:
        """Add the PDF of the whole package; the index's entry of it."""
        pages = PageCount(value=bound.pages, source="counted")
        planned = PlannedRendition("pdf", VOLUME, "application/pdf", bound.path, pages)
        self.add_rendition(planned)
        return Volume(
            file=self._complete_rendition(planned),
            numbered=bound.numbered,
            numbering=bound.numbering,
            pdfa=bound.pdfa,
            unclaimed=bound.unclaimed,
        )

    def add_bytes(self, path: str, data: bytes) -> None:
        digest = self._thread.start(self._algorithms)
        digest.update(data)
        self._archive.writestr(self._entry(path, len(data)), data, compresslevel=_LEVEL)
        self._written[path] = len(data), digest
        self._count(len(data), files=1)

    def _add_file(self, path: str, source: Path, stamp: tuple[int, int] | None) -> None:
        with _open_source(source) as file:
            before = os.fstat(file.fileno())
            if stamp is not None and _stamp(before) != stamp:
                raise _make_source_error("A112", source)
            digest = self._thread.start(self._algorithms)
            size = self._copy_source(file, source, self._entry(path, before.st_size), digest)
            after = os.fstat(file.fileno())
        if size != before.st_size or _stamp(after) != _stamp(before):
            raise _make_source_error("A112", source)
        self._written[path] = size, digest
        self._count(0, files=1)

    def _copy_source(self, file: FileIO, source: Path, entry: zipfile.ZipInfo, digest: StreamDigest) -> int:
        """Copy a source into the zip; the bytes read. A source that is longer than ``entry`` states isn't read on."""
        size = 0
        with self._archive.open(entry, "w") as member:
            while chunk := _read_source(file, source):
                size += len(chunk)
                if size > entry.file_size:
                    break
                digest.update(chunk)
                member.write(chunk)
                self._count(len(chunk))
        return size

    def _count(self, size: int, files: int = 0) -> None:
        if self._counter is not None:
            self._counter.count(size, files)

    def _entry(self, path: str, size: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(f"{self._top}/{path}", self._time)
        stored = Path(path).suffix.lower() in STORED_SUFFIXES
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.create_system = 3  # Unix, on Windows, too: the bytes are the same
        entry.external_attr = _MODE
        entry.file_size = size
        return entry


def _measure_source(planned: PlannedRendition) -> int:
    if isinstance(planned.source, bytes):
        return len(planned.source)
    try:
        return planned.source.stat().st_size
    except OSError as problem:
        raise _make_source_error("A111", planned.source, problem.strerror or str(problem)) from problem


def _open_source(source: Path) -> FileIO:
    try:
        return source.open("rb", buffering=0)
    except OSError as problem:
        raise _make_source_error("A111", source, problem.strerror or str(problem)) from problem


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _read_source(file: FileIO, source: Path) -> bytes:
    try:
        return file.read(CHUNK)
    except OSError as problem:
        raise _make_source_error("A111", source, problem.strerror or str(problem)) from problem


def _make_source_error(code: str, source: Path, reason: str | None = None) -> ArchiveError:
    params = {"path": str(source)} | ({"reason": reason} if reason else {})
    return ArchiveError(error(code, Location("archive", file=str(source)), **params))


def _check_names(top: str, paths: Sequence[str]) -> None:
    """Raise ValueError for member names that are unsafe, too long or repeated."""
    seen: set[str] = set()
    for path in paths:
        problem = inspect_member_name(path) or ("percent" if "%" in path else None) or inspect_member_name(top)
        if problem or "/" in top or len(f"{top}/{path}") > MAX_PATH or fold_name(path) in seen:
            raise ValueError(f"unsafe or repeated member name {path!r} in {top!r}: {problem}")
        seen.add(fold_name(path))
