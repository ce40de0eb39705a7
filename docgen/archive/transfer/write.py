"""Write the layout of a transfer from a package: each file is streamed from the zip to its place and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from docgen.archive.plan.model import PackageIndex
from docgen.archive.transfer.model import CHECKSUMS_NAME, TransferFile, place_files, write_checksums
from docgen.archive.writing.occupancy import occupy_folder
from docgen.archive.writing.package import PackingProgress, WatchPacking
from docgen.archive.writing.staging import REPLACED, open_staging
from docgen.archive.zip.directory import DirectoryError, RawEntry
from docgen.archive.zip.hashing import HashThread, open_hash_thread
from docgen.archive.zip.manifest import PAYLOAD_MANIFEST, TAG_MANIFEST, parse_manifest
from docgen.archive.zip.read import MemberError, open_zip, read_member, stream_member
from docgen.diagnostics import Location, error
from docgen.errors import ArchiveError, OutputError


@dataclass(frozen=True, slots=True)
class TransferSource:
    """A package that was verified; ``identity`` is the sha256 of its tag manifest."""

    path: Path
    identity: str
    index: PackageIndex


def write_transfer(
    package: TransferSource,
    papers: Mapping[str, bytes],
    target: Path,
    *,
    force: bool = False,
    watch: WatchPacking | None = None,
) -> None:
    """Write the layout to the folder ``target``: the package's files, ``papers`` by their path, and the checksums.

    With ``force`` a folder that is there is replaced. Nothing half-written stays behind.

    Raises OutputError A114 (the folder is there and ``force`` is off), A115 (it can't be written), B101 (another
    run is at work beside it), ArchiveError V101 (the package can't be opened), A116 (the package is no longer the one
    that was verified).
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(occupy_folder(target.parent))
            staging = stack.enter_context(open_staging(target.parent))
            if target.exists() and not force:
                raise OutputError(error("A114", Location(file=str(target)), path=str(target)))
            layout = staging / target.name
            with _open_package(package.path) as source, open_hash_thread() as thread:
                writer = _LayoutWriter(source, package.index.package_name, layout, thread, watch)
                writer.copy_package(package)
                for path, data in papers.items():
                    writer.write_file(path, data)
            (layout / CHECKSUMS_NAME).write_bytes(write_checksums(writer.digests))
            if target.exists():
                (staging / REPLACED).mkdir()
                target.replace(staging / REPLACED / target.name)
            layout.rename(target)
        except _ChangedError:
            place = Location("archive", file=str(package.path))
            raise ArchiveError(error("A116", place, path=str(package.path))) from None
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise OutputError(error("A115", Location(file=str(target)), path=str(target), reason=reason)) from None


def _open_package(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise ArchiveError(error("V101", Location("archive", file=str(path)), path=str(path), reason=reason)) from fault


class _ChangedError(Exception):
    """The package isn't the one that was verified."""


class _LayoutWriter:
    """Writes files of the package and others below ``folder``; ``digests`` are their sha256 by path."""

    def __init__(
        self, package: BinaryIO, top: str, folder: Path, thread: HashThread, watch: WatchPacking | None
    ) -> None:
        self._package = package
        self._folder = folder
        self._thread = thread
        self._watch = watch
        try:
            members = open_zip(package).members
        except DirectoryError:
            raise _ChangedError from None
        self._entries = {member.name.removeprefix(f"{top}/"): member.raw for member in members}
        self.digests: dict[str, str] = {}

    def copy_package(self, package: TransferSource) -> None:
        """Copy every file that the manifests list; each must have the digest that they state."""
        listed = self._read_manifest(TAG_MANIFEST, package.identity)
        listed |= self._read_manifest(PAYLOAD_MANIFEST, listed.get(PAYLOAD_MANIFEST, ""))
        listed[TAG_MANIFEST] = package.identity
        files = place_files(package.index, sorted(listed))
        total = sum(self._find_entry(file.source).size for file in files)
        done = 0
        for number, file in enumerate(files):
            for size in self._copy_file(file, listed[file.source]):
                done += size
                self._report_progress(number, len(files), done, total)
        self._report_progress(len(files), len(files), done, total)

    def _read_manifest(self, name: str, sha256: str) -> dict[str, str]:
        try:
            data = read_member(self._package, self._find_entry(name))
        except MemberError:
            raise _ChangedError from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _ChangedError
        return dict(parse_manifest(data).digests)

    def _find_entry(self, path: str) -> RawEntry:
        if path not in self._entries:
            raise _ChangedError
        return self._entries[path]

    def _copy_file(self, file: TransferFile, sha256: str) -> Iterator[int]:
        """Copy a file of the package; the size of each piece."""
        digest = self._thread.start()
        with self._open(file.target) as target:
            try:
                for chunk in stream_member(self._package, self._find_entry(file.source)):
                    digest.update(chunk)
                    target.write(chunk)
                    yield len(chunk)
            except MemberError:
                raise _ChangedError from None
        if digest.hexdigest() != sha256:
            raise _ChangedError
        self.digests[file.target] = sha256

    def write_file(self, path: str, data: bytes) -> None:
        """Write a file that isn't one of the package."""
        with self._open(path) as target:
            target.write(data)
        self.digests[path] = hashlib.sha256(data).hexdigest()

    def _open(self, path: str) -> BinaryIO:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("xb")

    def _report_progress(self, files: int, all_files: int, done: int, total: int) -> None:
        if self._watch is not None:
            self._watch(PackingProgress(self._folder.name, files, all_files, done, total))
