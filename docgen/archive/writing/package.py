"""Writing a package: one zip, one BagIt bag, each file read once and hashed while it is written."""

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
"""Given the completed index: the tag files that others render, by their name at the top of the package."""

_STORED_OFFICE = (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".odt", ".ods", ".ofd", ".pdf")
_STORED_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".avif")
_STORED_SOUND = (".mp3", ".m4a", ".aac", ".amr", ".wma", ".ogg")
_STORED_FILMS = (".mp4", ".m4v", ".mov", ".avi", ".mkv", ".wmv", ".flv", ".mpg", ".mpeg", ".3gp", ".webm")
_STORED_ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar")
STORED_SUFFIXES = frozenset((*_STORED_OFFICE, *_STORED_PICTURES, *_STORED_SOUND, *_STORED_FILMS, *_STORED_ARCHIVES))
"""Compressed already: deflating them again costs much and saves nothing."""

_LEVEL = 3  # of deflating: nearly as small as the usual 6, in half of the time
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
    """How far a package is: files and bytes of the payload that are written, and all of them."""

    package: str
    files: int
    all_files: int
    bytes: int
    all_bytes: int


WatchPacking = Callable[[PackingProgress], None]
"""Told of every piece that is written; it shouldn't take long."""


@dataclass(frozen=True, slots=True)
class WrittenPackage:
    """A package that lies in its place: ``identity`` is the sha256 of its tag manifest, ``size`` the zip's in bytes."""

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

    ``finish`` gets the completed index once the payload is written and returns the tag files of others. The same
    arguments give the same bytes. Whatever happens, nothing half-written stays behind, and an older package stays until
    the new one is complete; ``staging`` as for ``open_target``.

    Raises OutputError when the target can't be written (A101–A107), ArchiveError when a source vanished or changed
    meanwhile (A111, A112) or the SM3 that is asked for isn't here (V268), ValueError when a planned name is unsafe or
    stands twice.
    """
    if plan.sm3 and not can_hash(SM3):
        raise ArchiveError(error("V268"))
    top = plan.index.package_name
    renditions = [rendition for document in plan.documents for rendition in document.renditions]
    _refuse_names(top, [item.path for item in renditions])
    if strange := {planned.document.item for planned in plan.documents} - {item.key for item in plan.index.items}:
        raise ValueError(f"documents of unknown filing items: {sorted(strange)}")
    counter = _Counter(top, renditions, watch)
    with open_target(target, force=force, staging=staging) as file:
        with open_hash_thread() as thread, zipfile.ZipFile(file, "w") as archive:
            payload = _BagWriter(archive, plan, thread, counter)
            for rendition in renditions:
                payload.add_rendition(rendition)
            index = plan.index.complete(payload.describe(document) for document in plan.documents)
            finished = finish(index)
            _refuse_names(top, [*_OWN_NAMES, *finished])
            bag = _BagWriter(archive, plan, thread)
            if plan.bind is not None:
                index = index.model_copy(update={"volume": bag.add_volume(plan.bind(index))})
            if any("/" in name for name in finished):
                raise ValueError("a tag file of others lies at the top of the package")
            tags = {
                **finished,
                INDEX_PAGE: render_page(index, [*finished, *bag.list_digests()], with_record=plan.record is not None),
                MACHINE_INDEX: dump_index(index),
                manifest.DECLARATION_NAME: manifest.write_declaration(),
                manifest.BAG_INFO_NAME: manifest.write_bag_info(list_bag_info(index)),
                manifest.PAYLOAD_MANIFEST: manifest.write_manifest(payload.list_digests()),
            }
            if plan.record is not None:
                tags[RECORD_COPY] = plan.record
            if plan.sm3:
                tags[manifest.PAYLOAD_MANIFEST_SM3] = manifest.write_manifest(payload.list_sm3())
            for name in sorted(tags):
                bag.add_bytes(name, tags[name])
            listing = manifest.write_manifest(bag.list_digests())
            listing_sm3 = manifest.write_manifest(bag.list_sm3()) if plan.sm3 else b""
            bag.add_bytes(manifest.TAG_MANIFEST, listing)
            if plan.sm3:
                bag.add_bytes(manifest.TAG_MANIFEST_SM3, listing_sm3)
        size = file.tell()
    identity = hashlib.sha256(listing).hexdigest()
    return WrittenPackage(target, index, identity, len(renditions) + len(bag.list_digests()), size)


class _Counter:
    """Counts what is written and tells whoever watches; a source that isn't there is found before anything is."""

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


class _BagWriter:
    """Adds files to the zip; their digests are there when all are read."""

    def __init__(
        self, archive: zipfile.ZipFile, plan: PackagePlan, thread: HashThread, counter: _Counter | None = None
    ) -> None:
        self._archive = archive
        self._top = plan.index.package_name
        self._thread = thread
        self._others = (SM3,) if plan.sm3 else ()
        self._counter = counter
        # a zip holds the years 1980–2107
        moment = plan.moment.replace(year=min(max(plan.moment.year, 1980), 2107))
        self._time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        self._written: dict[str, tuple[int, StreamDigest]] = {}

    def list_digests(self) -> dict[str, str]:
        """The sha256 of everything added so far, by path."""
        return {path: digest.hexdigest() for path, (_, digest) in self._written.items()}

    def list_sm3(self) -> dict[str, str]:
        """The sm3 of everything added so far, by path."""
        return {path: digest.list_others()[SM3] for path, (_, digest) in self._written.items()}

    def describe(self, planned: PlannedDocument) -> FiledDocument:
        """The index's line of a document whose files were added."""
        renditions = tuple(self._describe(rendition) for rendition in planned.renditions)
        return planned.document.model_copy(update={"renditions": renditions})

    def _describe(self, planned: PlannedRendition) -> Rendition:
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
        """Add the one PDF of everything; what the index says of it."""
        pages = PageCount(value=bound.pages, source="counted")
        planned = PlannedRendition("pdf", VOLUME, "application/pdf", bound.path, pages)
        self.add_rendition(planned)
        return Volume(
            file=self._describe(planned),
            numbered=bound.numbered,
            numbering=bound.numbering,
            pdfa=bound.pdfa,
            unclaimed=bound.unclaimed,
        )

    def add_bytes(self, path: str, data: bytes) -> None:
        digest = self._thread.start(self._others)
        digest.update(data)
        self._archive.writestr(self._entry(path, len(data)), data, compresslevel=_LEVEL)
        self._written[path] = len(data), digest
        self._count(len(data), files=1)

    def _add_file(self, path: str, source: Path, stamp: tuple[int, int] | None) -> None:
        try:
            file = source.open("rb", buffering=0)
        except OSError as problem:
            raise _explain_source("A111", source, problem.strerror or str(problem)) from problem
        with file:
            before = os.fstat(file.fileno())
            if stamp is not None and _stamp(before) != stamp:
                raise _explain_source("A112", source)
            digest = self._thread.start(self._others)
            done = 0
            with self._archive.open(self._entry(path, before.st_size), "w") as member:
                while chunk := _read_source(file, source):
                    done += len(chunk)
                    if done > before.st_size:
                        break
                    digest.update(chunk)
                    member.write(chunk)
                    self._count(len(chunk))
            after = os.fstat(file.fileno())
        if done != before.st_size or _stamp(after) != _stamp(before):
            raise _explain_source("A112", source)
        self._written[path] = done, digest
        self._count(0, files=1)

    def _count(self, size: int, files: int = 0) -> None:
        if self._counter is not None:
            self._counter.count(size, files)

    def _entry(self, path: str, size: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(f"{self._top}/{path}", self._time)
        stored = Path(path).suffix.lower() in STORED_SUFFIXES
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.create_system = 3  # the same bytes on Windows
        entry.external_attr = _MODE
        entry.file_size = size
        return entry


def _measure_source(planned: PlannedRendition) -> int:
    if isinstance(planned.source, bytes):
        return len(planned.source)
    try:
        return planned.source.stat().st_size
    except OSError as problem:
        raise _explain_source("A111", planned.source, problem.strerror or str(problem)) from problem


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _read_source(file: FileIO, source: Path) -> bytes:
    try:
        return file.read(CHUNK)
    except OSError as problem:
        raise _explain_source("A111", source, problem.strerror or str(problem)) from problem


def _explain_source(code: str, source: Path, reason: str | None = None) -> ArchiveError:
    params = {"path": str(source)} | ({"reason": reason} if reason else {})
    return ArchiveError(error(code, Location("archive", file=str(source)), **params))


def _refuse_names(top: str, paths: list[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        problem = inspect_member_name(path) or ("percent" if "%" in path else None) or inspect_member_name(top)
        if problem or "/" in top or len(f"{top}/{path}") > MAX_PATH or fold_name(path) in seen:
            raise ValueError(f"unsafe or repeated member name {path!r} in {top!r}: {problem}")
        seen.add(fold_name(path))
