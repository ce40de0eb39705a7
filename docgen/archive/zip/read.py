"""Reads a received package from its zip without unpacking it; limits sizes and ratios while streaming."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, BinaryIO

from docgen.archive.zip.directory import RawEntry, read_directory
from docgen.archive.zip.hashing import CHUNK
from docgen.archive.zip.headers import DEFLATED, FLAG_ENCRYPTED, STORED
from docgen.archive.zip.limits import DEFAULT_LIMITS, MIB, Limits, ReadingCost
from docgen.archive.zip.manifest import ALGORITHMS, parse_manifest, read_manifest_name
from docgen.archive.zip.member_names import NameGuess, decode_names

_FREE_SIZE = MIB
_PLACE = Lock()  # two threads read one file, each at its own place


class MemberError(ValueError):
    """Error: a member can't be read; ``key`` names the reason (``archive.member.*``)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A member with its decoded name; ``unread`` is the reason why its name can't be decoded (``archive.name.*``)."""

    name: str
    raw: RawEntry
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedZip:
    """An opened zip: its members, those that overlap, stray bytes, and the guessed encoding of names.

    ``remarks`` name irregularities of the whole zip that don't change the content; ``work`` counts the work of reading.
    """

    file: BinaryIO
    members: tuple[ZipMember, ...]
    overlapping: tuple[ZipMember, ...]
    stray: bool
    remarks: tuple[str, ...]
    guess: NameGuess | None
    work: ReadingCost

    @property
    def limits(self) -> Limits:
        """The limits of reading the zip."""
        return self.work.limits


def open_zip(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> ReceivedZip:
    """Read a zip's directory and names; raises DirectoryError if the file is no zip."""
    directory = read_directory(file, limits)
    work = ReadingCost(limits, file.seek(0, os.SEEK_END))
    work.entries = len(directory.entries)
    names = decode_names(directory.entries, lambda: _peek_listing(file, directory.entries, limits))
    members = tuple(
        ZipMember(
            name, entry, "mixed" if index in names.mixed else "undecodable" if index in names.undecodable else None
        )
        for index, (name, entry) in enumerate(zip(names.names, directory.entries, strict=True))
    )
    laid_over = {id(entry) for entry in directory.overlapping}
    overlapping = tuple(member for member in members if id(member.raw) in laid_over)
    return ReceivedZip(file, members, overlapping, directory.stray, directory.remarks, names.guess, work)


def refuse_member(entry: RawEntry, limits: Limits = DEFAULT_LIMITS) -> str | None:
    """The reason why a member must not be read (``archive.member.*``), or None."""
    if entry.flags & FLAG_ENCRYPTED:
        return "encrypted"
    if entry.method not in {STORED, DEFLATED}:
        return "method"
    if entry.method == STORED and entry.packed != entry.size:
        return "size"
    return "bomb" if is_bomb(entry, limits) else None


def is_bomb(entry: RawEntry, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a deflated member is a zip bomb: beyond its first MiB its stated size exceeds the limit's ratio."""
    return entry.method == DEFLATED and entry.size > max(_FREE_SIZE, entry.packed * limits.ratio)


def exceeds_total(received: ReceivedZip) -> bool:
    """Whether the stated sizes of the deflated members together exceed the limit."""
    stated = sum(item.raw.size for item in received.members if item.raw.method == DEFLATED)
    return stated > received.work.most_inflated


def stream_member(
    file: BinaryIO, entry: RawEntry, limits: Limits = DEFAULT_LIMITS, remarks: list[str] | None = None
) -> Iterator[bytes]:
    """The member's bytes in chunks, at most its stated size; raises MemberError. The caller checks the CRC.

    ``remarks`` collects irregularities of the packed data that don't change the bytes (``archive.remark.*``).
    """
    reason = refuse_member(entry, limits)
    if reason is not None:
        raise MemberError(reason)
    return _read_stored(file, entry) if entry.method == STORED else _inflate(file, entry, remarks)


def read_member(file: BinaryIO, entry: RawEntry, limit: int = DEFAULT_LIMITS.text * MIB) -> bytes:
    """All bytes of a member of at most ``limit`` bytes, with its CRC checked; raises MemberError."""
    if entry.size > limit:
        raise MemberError("large")
    data = b"".join(stream_member(file, entry))
    if zlib.crc32(data) != entry.crc:
        raise MemberError("crc")
    return data


def read_packed(file: BinaryIO, entry: RawEntry) -> bytes:
    """A member's packed bytes, not inflated; raises MemberError."""
    return b"".join(_read_stored(file, entry))


def _read_stored(file: BinaryIO, entry: RawEntry) -> Iterator[bytes]:
    position = entry.start
    while position < entry.end:
        with _PLACE:
            file.seek(position)
            chunk = file.read(min(CHUNK, entry.end - position))
        if not chunk:
            raise MemberError("cut")
        position += len(chunk)
        yield chunk


def _split_last(pieces: Iterator[bytes], end: int) -> Iterator[bytes]:
    """The same bytes (``end`` in total) with the last byte as a piece of its own."""
    for piece in pieces:
        end -= len(piece)
        yield from (piece,) if end else (piece[:-1], piece[-1:])


def _has_loose_bits(before: Any, last: int, output: bytes) -> bool:
    """Whether a bit after the end of deflated data is set: clearing the last byte's highest bit changes nothing.

    ``before`` is the inflater before that byte, ``output`` the data that the byte produced.
    """
    try:
        same: bool = before.decompress(bytes([last ^ 1 << last.bit_length() - 1])) == output
    except zlib.error:
        return False
    return same and before.eof


def _inflate(file: BinaryIO, entry: RawEntry, remarks: list[str] | None) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    done, place = 0, entry.start
    for packed in _split_last(_read_stored(file, entry), entry.packed):
        place += len(packed)
        feed, chunk = packed, b""
        before = inflater.copy() if remarks is not None and place == entry.end and any(packed) else None
        # an empty feed fetches the data that a full output buffer held back
        while not inflater.eof and (feed or chunk):
            try:
                chunk = inflater.decompress(feed, CHUNK)
            except zlib.error as problem:
                raise MemberError("deflate") from problem
            feed = inflater.unconsumed_tail
            done += len(chunk)
            if done > entry.size:
                raise MemberError("size")
            if chunk:
                yield chunk
        if feed:
            raise MemberError("deflate")
        if before is not None and remarks is not None and inflater.eof and _has_loose_bits(before, packed[0], chunk):
            remarks.append("loose_bits")
    if not inflater.eof or inflater.unused_data:
        raise MemberError("deflate")
    if done != entry.size:
        raise MemberError("size")


def _peek_listing(file: BinaryIO, entries: tuple[RawEntry, ...], limits: Limits) -> frozenset[str]:
    for entry in entries:
        name = read_manifest_name(entry.raw_name.rpartition(b"/")[2].decode("latin-1"))
        if name is None or name.is_tag or name.algorithm not in ALGORITHMS:
            continue
        if entry.raw_name.count(b"/") == 1:
            try:
                data = read_member(file, entry, limits.text * MIB)
                return frozenset(parse_manifest(data, name.algorithm).digests)
            except MemberError:
                # the check of the manifest reports it
                return frozenset()
    return frozenset()
