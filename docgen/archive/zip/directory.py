"""A zip's directory as it stands in the file: read by hand, because what a hostile zip says twice must be compared.

Nothing here trusts a number of the file: every place is checked against the file's size before it is read.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from docgen.archive.zip.extra_fields import OWN_MODE, ExtraFields, WideNumbers, says_name, split_extra

STORED, DEFLATED = 0, 8
FLAG_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800
_FLAG_PATCH = 0x0020

_END = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_END_MARK = b"PK\5\6"
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_DOS_FOLDER = 0x10
_DOS_VOLUME = 0x08
_NEWEST = 46
"""The version (4.6) up to which every common program unpacks; some leave out a member that asks for a newer one."""
_EMPTY_DEFLATED = 2
_MAX_COMMENT = 0xFFFF
_MAX_ENTRIES = 200_000
_MAX_DIRECTORY = 256 << 20


class DirectoryError(ValueError):
    """The file is no zip, or its directory can't be read: ``key`` names the reason (``archive.zip.*``)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class RawEntry:
    """A member as the central directory and its own header state it; ``start``–``end`` is its packed data.

    ``last`` is where the member ends with its data descriptor. ``disagreement`` names the first thing of which the
    member says one thing here and another there (``archive.header.*``), None when all agree.
    """

    raw_name: bytes
    unicode_extra: bytes | None
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    start: int
    last: int
    mode: int
    disagreement: str | None

    @property
    def end(self) -> int:
        """Where the packed data ends."""
        return self.start + self.packed

    @property
    def is_folder(self) -> bool:
        """Whether the entry is a folder's."""
        return self.raw_name.endswith(b"/")

    @property
    def is_special(self) -> bool:
        """Whether it would unpack to a link, a device or a pipe."""
        return stat.S_IFMT(self.mode) not in {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(frozen=True, slots=True)
class Directory:
    """All members in the directory's order, and what lies in the file beside them.

    ``overlapping`` are members whose data lie in another's; ``stray`` says that bytes belong to no member.
    """

    entries: tuple[RawEntry, ...]
    overlapping: tuple[RawEntry, ...]
    stray: bool


def read_directory(file: BinaryIO) -> Directory:
    """Read the directory of a zip; raises DirectoryError when there is none that can be read, never another error."""
    size = file.seek(0, os.SEEK_END)
    end = _find_end(file, size)
    if end.count > _MAX_ENTRIES or end.size > _MAX_DIRECTORY:
        raise DirectoryError("too_many")
    data = _read_at(file, end.offset, end.size)
    entries = tuple(_read_entries(file, data, end.count, end.offset))
    overlapping: list[RawEntry] = []
    stray = end.trailing
    reached = 0
    for entry in sorted(entries, key=lambda item: item.offset):
        if entry.offset < reached:
            overlapping.append(entry)
        elif entry.offset > reached:
            stray = True
        reached = max(reached, entry.last)
    return Directory(entries, tuple(overlapping), stray or reached != end.offset)


@dataclass(frozen=True, slots=True)
class _End:
    count: int
    size: int
    offset: int
    trailing: bool


def _find_end(file: BinaryIO, size: int) -> _End:
    base = max(0, size - _MAX_COMMENT - _END.size)
    tail = _read_at(file, base, size - base)
    marks = [found.start() for found in re.finditer(re.escape(_END_MARK), tail)]
    reaches = {at: at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") for at in marks}
    whole = [at for at in marks if reaches[at] == len(tail)]
    # some programs take the last mark, others the first whose comment reaches the end: both must be the same
    if whole and whole != marks[-1:]:
        raise DirectoryError("ends")
    if not marks or marks[-1] + _END.size > len(tail) or reaches[marks[-1]] > len(tail):
        raise DirectoryError("cut" if size >= 4 and _read_at(file, 0, 4) == b"PK\3\4" else "no_zip")
    position = marks[-1]
    # bsdtar fills what it writes into a pipe up with zeros: they say nothing to anyone
    trailing = any(tail[reaches[position] :])
    _, disk, directory_disk, here, count, length, offset, _ = _END.unpack_from(tail, position)
    place = base + position
    wide = _find_wide_end(file, place)
    if wide is not None:
        if not {disk, directory_disk} <= {0, _FULL16} or here not in {count, _FULL16}:
            raise DirectoryError("wide")
        narrow, place = (count, length, offset), wide[0]
        count, length, offset = wide[1:]
        for small, large, full in zip(narrow, wide[1:], (_FULL16, _FULL32, _FULL32), strict=True):
            if small not in {large, full}:
                raise DirectoryError("wide")
    elif disk or directory_disk or here != count:
        raise DirectoryError("volumes")
    if offset + length != place:
        raise DirectoryError("misplaced")
    return _End(count, length, offset, trailing)


def _find_wide_end(file: BinaryIO, place: int) -> tuple[int, int, int, int] | None:
    if place < _LOCATOR.size:
        return None
    signature, disk, offset, disks = _LOCATOR.unpack(_read_at(file, place - _LOCATOR.size, _LOCATOR.size))
    if signature != b"PK\6\7":
        return None
    # some programs follow the locator, others take what lies right before it: both must be the same record
    if disk or disks != 1 or offset + _END64.size != place - _LOCATOR.size:
        raise DirectoryError("wide")
    fields = _END64.unpack(_read_at(file, offset, _END64.size))
    signature, length, *disks_here, here, count = fields[0], fields[1], *fields[4:8]
    if signature != b"PK\6\6" or here != count or any(disks_here) or 12 + length != _END64.size:
        raise DirectoryError("wide")
    return offset, count, fields[8], fields[9]


def _read_entries(file: BinaryIO, data: bytes, count: int, limit: int) -> Iterator[RawEntry]:
    position = 0
    for _ in range(count):
        if position + _CENTRAL.size > len(data):
            raise DirectoryError("directory")
        fields = _CENTRAL.unpack_from(data, position)
        signature, needed, flags, method, crc = fields[0], *fields[2:5], fields[7]
        packed, size, name_length, extra_length, comment_length = fields[8:13]
        disk, attributes, offset = fields[13], *fields[15:17]
        name_end = position + _CENTRAL.size + name_length
        following = name_end + extra_length + comment_length
        if signature != b"PK\1\2" or following > len(data):
            raise DirectoryError("directory")
        name = data[position + _CENTRAL.size : name_end]
        extra = split_extra(data[name_end : name_end + extra_length])
        wide = WideNumbers(extra)
        size, packed, offset = (wide.take(value) for value in (size, packed, offset))
        is_usual = not disk and needed & 0xFF <= _NEWEST
        stated = _Stated(name, flags, method, crc, packed, size, attributes, extra, is_usual)
        own = _read_local(file, stated, offset, limit)
        path, mode, differs = extra.unicode_path or own.extra.unicode_path, attributes >> 16, own.disagreement
        yield RawEntry(name, path, flags, method, crc, packed, size, offset, own.start, own.last, mode, differs)
        position = following
    if position != len(data):
        raise DirectoryError("directory")


@dataclass(frozen=True, slots=True)
class _Stated:
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    extra: ExtraFields
    is_usual: bool


@dataclass(frozen=True, slots=True)
class _Local:
    """Where the data start, where the member ends, its own header's extra fields, and what differs."""

    start: int
    last: int
    extra: ExtraFields
    disagreement: str | None


def _read_local(file: BinaryIO, stated: _Stated, offset: int, limit: int) -> _Local:
    if offset + _LOCAL.size > limit:
        raise DirectoryError("member")
    fields = _LOCAL.unpack(_read_at(file, offset, _LOCAL.size))
    signature, flags, method, crc, packed, size, name_length, extra_length = (
        fields[0],
        fields[2],
        fields[3],
        *fields[6:],
    )
    start = offset + _LOCAL.size + name_length + extra_length
    if signature != b"PK\3\4" or start + stated.packed > limit:
        raise DirectoryError("member")
    rest = _read_at(file, offset + _LOCAL.size, name_length + extra_length)
    extra = split_extra(rest[name_length:])
    wide = WideNumbers(extra)
    size, packed = wide.take(size), wide.take(packed)
    described = bool(flags & FLAG_DESCRIPTOR)
    last = start + stated.packed
    described_length = _descriptor_length(file, last, stated, limit) if described else 0
    compared = (
        ("name", rest[:name_length] == stated.name),
        ("flags", flags == stated.flags),
        ("method", method == stated.method),
        ("crc", crc == stated.crc or (described and crc == 0)),
        ("packed", packed == stated.packed or (described and packed == 0)),
        ("size", size == stated.size or (described and size == 0)),
        ("extra", extra.is_sound and stated.extra.is_sound),
        ("unicode", _says_one_name(stated, extra)),
        ("descriptor", bool(described_length) == described),
        ("folder", _is_one_kind(stated)),
        ("unusual", fields[1] & 0xFF <= _NEWEST and _is_usual(stated, extra)),
    )
    differs = next((field for field, same in compared if not same), None)
    return _Local(start, last + described_length, extra, differs)


def _says_one_name(stated: _Stated, own: ExtraFields) -> bool:
    said = {field for extra in (stated.extra, own) if (field := extra.unicode_path) is not None}
    is_utf8 = bool(stated.flags & FLAG_UTF8)
    return len(said) < 2 and all(says_name(field, stated.name, is_utf8=is_utf8) for field in said)


def _is_one_kind(stated: _Stated) -> bool:
    """Whether a folder's entry holds nothing, and one that isn't named as a folder isn't marked as one."""
    if stated.name.endswith(b"/"):
        return stated.size == 0 and stated.packed <= (_EMPTY_DEFLATED if stated.method == DEFLATED else 0)
    return not stated.attributes & _DOS_FOLDER and stat.S_IFMT(stated.attributes >> 16) != stat.S_IFDIR


def _is_usual(stated: _Stated, own: ExtraFields) -> bool:
    """Whether nothing is stated that no common program writes, and that one follows and another passes over.

    Another volume, a newer version, a patch, a disk's label, or libarchive's field of trial that says a mode.
    """
    odd = bool(stated.flags & _FLAG_PATCH or stated.attributes & _DOS_VOLUME)
    return stated.is_usual and not odd and not any(OWN_MODE in extra.fields for extra in (stated.extra, own))


def _descriptor_length(file: BinaryIO, place: int, stated: _Stated, limit: int) -> int:
    data = _read_at(file, place, min(24, limit - place))
    for form in ("<III", "<IQQ"):
        body = struct.pack(form, stated.crc, stated.packed, stated.size) if _fits(form, stated) else None
        for mark in (b"PK\7\10", b""):
            if body is not None and data.startswith(mark + body):
                return len(mark + body)
    return 0


def _fits(form: str, stated: _Stated) -> bool:
    return "Q" in form or max(stated.packed, stated.size) <= _FULL32


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    if length < 0 or offset < 0:
        raise DirectoryError("directory")
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise DirectoryError("cut")
    return data
