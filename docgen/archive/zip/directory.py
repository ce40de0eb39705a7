"""The central directory of a zip, parsed here, so that it can be compared with the local headers of a hostile zip.

No number of the file is trusted: every offset is checked against the file's size before it is used.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from docgen.archive.zip.extra_fields import WIDE
from docgen.archive.zip.headers import (
    FLAG_DESCRIPTOR,
    LOCAL,
    LONGEST_DESCRIPTOR,
    WIDE_VERSION,
    CentralHeader,
    LocalHeader,
    find_disagreement,
    list_remarks,
    read_central,
    read_local,
)
from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits

_END = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_END_MARK = b"PK\5\6"
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_MAX_COMMENT = 0xFFFF
_ENTRY_ROOM = 512
"""The directory's maximum size in bytes per allowed member; ``names`` limits the length of names."""


class DirectoryError(ValueError):
    """Error: the file is no zip, or its directory can't be read; ``key`` names the reason (``archive.zip.*``)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class RawEntry:
    """A member of a zip by its two headers, central and local; ``start``–``end`` is its packed data.

    ``last`` is the end of the member including its data descriptor. ``made`` is the packing program's system and
    version; ``internal`` and ``attributes`` are fields of the central header alone, which ``is_wide`` if it uses zip64.
    ``disagreement`` names the first field in which the headers differ (``archive.header.*``), None if they agree;
    ``remarks`` name irregularities that don't change the content (``archive.remark.*``).
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
    made: int
    internal: int
    attributes: int
    is_wide: bool
    disagreement: str | None
    remarks: tuple[str, ...]

    @property
    def end(self) -> int:
        """The offset at which the packed data ends."""
        return self.start + self.packed

    @property
    def is_folder(self) -> bool:
        """Whether the entry is a folder."""
        return self.raw_name.endswith(b"/")

    @property
    def is_special(self) -> bool:
        """Whether the entry unpacks to a link, a device or a pipe."""
        return stat.S_IFMT(self.attributes >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}


@dataclass(frozen=True, slots=True)
class Directory:
    """The members of a zip in the directory's order, and the other bytes of the file.

    ``overlapping`` are members whose data overlap another's; ``stray`` is true if bytes belong to no member;
    ``remarks`` name irregularities of the whole zip that don't change the content (``archive.remark.*``).
    """

    entries: tuple[RawEntry, ...]
    overlapping: tuple[RawEntry, ...]
    stray: bool
    remarks: tuple[str, ...]


def read_directory(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Directory:
    """Read the directory of a zip; raises DirectoryError, and no other error, if that is impossible."""
    size = file.seek(0, os.SEEK_END)
    end = _find_end(file, size)
    if end.count > limits.entries or end.size > limits.entries * _ENTRY_ROOM:
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
    return Directory(entries, tuple(overlapping), stray or reached != end.offset, end.remarks)


@dataclass(frozen=True, slots=True)
class _End:
    count: int
    size: int
    offset: int
    trailing: bool
    remarks: tuple[str, ...]


def _find_end(file: BinaryIO, size: int) -> _End:
    base = max(0, size - _MAX_COMMENT - _END.size)
    tail = _read_at(file, base, size - base)
    marks = [match.start() for match in re.finditer(re.escape(_END_MARK), tail)]
    reaches = {at: at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") for at in marks}
    whole = [at for at in marks if reaches[at] == len(tail)]
    # some programs use the last end record, others the first whose comment reaches the end: both must be the same
    if whole and whole != marks[-1:]:
        raise DirectoryError("ends")
    if not marks or marks[-1] + _END.size > len(tail) or reaches[marks[-1]] > len(tail):
        raise DirectoryError("cut" if size >= 4 and _read_at(file, 0, 4) == b"PK\3\4" else "no_zip")
    position = marks[-1]
    behind = tail[reaches[position] :]
    _, disk, directory_disk, here, count, length, offset, comment_length = _END.unpack_from(tail, position)
    place = base + position
    remarks = ["comment"] if comment_length else []
    # bsdtar pads its output to a pipe with zeros, which mean nothing
    remarks += ["filling"] if behind and not any(behind) else []
    wide = _find_wide_end(file, place)
    if wide is not None:
        if not {disk, directory_disk} <= {0, _FULL16} or here not in {count, _FULL16}:
            raise DirectoryError("wide")
        narrow, place = (count, length, offset), wide[0]
        count, length, offset = wide[1:4]
        remarks += wide[4]
        for small, large, full in zip(narrow, wide[1:4], (_FULL16, _FULL32, _FULL32), strict=True):
            if small not in {large, full}:
                raise DirectoryError("wide")
    elif disk or directory_disk or here != count:
        raise DirectoryError("volumes")
    if offset + length != place:
        raise DirectoryError("misplaced")
    return _End(count, length, offset, any(behind), tuple(remarks))


def _find_wide_end(file: BinaryIO, place: int) -> tuple[int, int, int, int, list[str]] | None:
    if place < _LOCATOR.size:
        return None
    signature, disk, offset, disks = _LOCATOR.unpack(_read_at(file, place - _LOCATOR.size, _LOCATOR.size))
    if signature != b"PK\6\7":
        return None
    # some programs follow the locator, others read the record right before it: they must be the same
    if disk or disks != 1 or offset + _END64.size != place - _LOCATOR.size:
        raise DirectoryError("wide")
    fields = _END64.unpack(_read_at(file, offset, _END64.size))
    signature, length, made, needed, *disks_here, here, count = fields[:8]
    if signature != b"PK\6\6" or here != count or any(disks_here) or 12 + length != _END64.size:
        raise DirectoryError("wide")
    remarks = ["wide_version"] if {made & 0xFF, needed} != {WIDE_VERSION} or made > 0xFF else []
    return offset, count, fields[8], fields[9], remarks


def _read_entries(file: BinaryIO, data: bytes, count: int, limit: int) -> Iterator[RawEntry]:
    position = 0
    for _ in range(count):
        header = read_central(data, position)
        if header is None:
            raise DirectoryError("directory")
        central, position = header
        start, local = _read_local(file, central, limit)
        yield RawEntry(
            central.name,
            central.extra.unicode_path or local.extra.unicode_path,
            central.flags,
            central.method,
            central.crc,
            central.packed,
            central.size,
            central.offset,
            start,
            start + central.packed + local.descriptor,
            central.made,
            central.internal,
            central.attributes,
            WIDE in central.extra.fields,
            find_disagreement(central, local),
            list_remarks(central, local),
        )
    if position != len(data):
        raise DirectoryError("directory")


def _read_local(file: BinaryIO, central: CentralHeader, limit: int) -> tuple[int, LocalHeader]:
    """The offset of a member's data, and the local header before them."""
    if central.offset + LOCAL.size > limit:
        raise DirectoryError("member")
    head = _read_at(file, central.offset, LOCAL.size)
    lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    start = central.offset + LOCAL.size + lengths
    end = start + central.packed
    if head[:4] != b"PK\3\4" or end > limit:
        raise DirectoryError("member")
    rest = _read_at(file, central.offset + LOCAL.size, lengths)
    behind = b""
    if int.from_bytes(head[6:8], "little") & FLAG_DESCRIPTOR:
        behind = _read_at(file, end, min(LONGEST_DESCRIPTOR, limit - end))
    return start, read_local(head, rest, behind, central)


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    if length < 0 or offset < 0:
        raise DirectoryError("directory")
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise DirectoryError("cut")
    return data
