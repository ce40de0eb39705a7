"""Reads the index and the record's copy of a package from its zip, without verifying the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from docgen.archive.bag.index import parse_index, peek_schema_version
from docgen.archive.plan.model import MACHINE_INDEX, RECORD_COPY, PackageIndex
from docgen.archive.verify.bag import find_top
from docgen.archive.zip.directory import DirectoryError
from docgen.archive.zip.read import MemberError, ReceivedZip, open_zip, read_member
from docgen.diagnostics import Location, Term, error
from docgen.errors import ArchiveError

_MAX_INDEX = 64 << 20
_MAX_RECORD = 32 << 20


@dataclass(frozen=True, slots=True)
class PeekedPackage:
    """A package's index, and the bytes of its record's copy, None where it has none that can be read.

    ``record_fault`` is the reason (``archive.member.*``) why a record that is there can't be read.
    """

    path: Path
    index: PackageIndex
    record: bytes | None
    record_fault: str | None = None


def peek_package(path: Path) -> PeekedPackage:
    """Read the index and the record of the package at ``path``.

    Raises ArchiveError: V101 when the file can't be read, V102 when it is no zip, V121 when there is no package in it,
    V105 when its index stands there twice, V114 when its index is damaged, B131 when it isn't docgen's.
    """
    place = Location("archive", file=str(path))
    try:
        with path.open("rb") as file:
            return _peek(path, place, open_zip(file))
    except OSError as problem:
        raise ArchiveError(error("V101", place, path=str(path), reason=problem.strerror or str(problem))) from problem
    except DirectoryError as problem:
        raise ArchiveError(error("V102", place, path=str(path), reason=Term(f"archive.zip.{problem.key}"))) from problem


def _peek(path: Path, place: Location, received: ReceivedZip) -> PeekedPackage:
    top = find_top(received)
    data = _read(received, f"{top}/{MACHINE_INDEX}", _MAX_INDEX, place)
    try:
        index = parse_index(data)
    except ValueError:
        version = peek_schema_version(data)
        raise ArchiveError(error("B131", place, version=str(version) if version is not None else "—")) from None
    record_name = f"{top}/{RECORD_COPY}"
    if not any(member.name == record_name for member in received.members):
        return PeekedPackage(path, index, None)
    try:
        return PeekedPackage(path, index, _read(received, record_name, _MAX_RECORD, place))
    except ArchiveError as fault:
        reason = fault.diagnostics[0].params.get("reason")
        return PeekedPackage(path, index, None, reason.key if isinstance(reason, Term) else "archive.member.crc")


def _read(received: ReceivedZip, name: str, limit: int, place: Location) -> bytes:
    """The bytes of the member of that name; of two with the same name neither is read (V105)."""
    members = [member for member in received.members if member.name == name]
    shown = name.rpartition("/")[2]
    if not members:
        raise ArchiveError(error("V121", place, member=shown))
    if len(members) > 1 or members[0] in received.overlapping:
        raise ArchiveError(error("V105", place, member=shown))
    try:
        return read_member(received.file, members[0].raw, limit)
    except MemberError as problem:
        reason = Term(f"archive.member.{problem.key}")
        raise ArchiveError(error("V114", place, member=shown, reason=reason)) from None


def read_earlier_index(path: Path) -> PackageIndex | None:
    """The index of the package at ``path``; None where there is no file, or none that can be read as a package."""
    try:
        return peek_package(path).index
    except ArchiveError:
        return None
