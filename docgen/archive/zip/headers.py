"""The two headers of a zip's member, central and local: reads them and finds disagreements between them."""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from typing import NamedTuple

from docgen.archive.zip.extra_fields import KINDS, WIDE, ExtraFields, WideNumbers, says_name, split_extra

STORED, DEFLATED = 0, 8
FLAG_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800
_FLAG_PATCH = 0x0020
_FLAG_LEVEL = 0x0006
_KNOWN_FLAGS = FLAG_ENCRYPTED | FLAG_DESCRIPTOR | FLAG_UTF8 | _FLAG_PATCH | _FLAG_LEVEL

CENTRAL = struct.Struct("<4s6H3I5H2I")
LOCAL = struct.Struct("<4s5H3I2H")
LONGEST_DESCRIPTOR = 24
_FULL32 = 0xFFFFFFFF
_DOS_FOLDER, _DOS_VOLUME = 0x10, 0x08
WIDE_VERSION = 45
"""The version (4.5) that introduced zip64."""
_NEWEST = 46
"""The newest version (4.6) that all common programs unpack; some skip a member that needs a newer one."""
_NOTHING_DEFLATED = 2
"""The length of empty data when deflated."""


class CentralHeader(NamedTuple):
    """A member's header in the central directory; overflowing numbers are replaced with those of the zip64 field."""

    name: bytes
    made: int
    needed: int
    flags: int
    method: int
    moment: int
    crc: int
    packed: int
    size: int
    disk: int
    internal: int
    attributes: int
    offset: int
    extra: ExtraFields
    comment_length: int
    is_exact: bool

    @property
    def mode(self) -> int:
        """The Unix mode (type and permissions) of the unpacked file, 0 if not stated."""
        return self.attributes >> 16


@dataclass(frozen=True, slots=True)
class LocalHeader:
    """A member's local header; ``descriptor`` is the length of the data descriptor after the data."""

    name: bytes
    needed: int
    flags: int
    method: int
    moment: int
    crc: int
    packed: int
    size: int
    extra: ExtraFields
    is_exact: bool
    descriptor: int


def read_central(data: bytes, position: int) -> tuple[CentralHeader, int] | None:
    """The central header at a position, and the position of the next one; None if there is no header."""
    if position + CENTRAL.size > len(data):
        return None
    mark, made, needed, flags, method, time, date, crc, packed, size, *rest = CENTRAL.unpack_from(data, position)
    name_length, extra_length, comment_length, disk, internal, attributes, offset = rest
    name_end = position + CENTRAL.size + name_length
    following = name_end + extra_length + comment_length
    if mark != b"PK\1\2" or following > len(data):
        return None
    extra = split_extra(data[name_end : name_end + extra_length])
    wide = WideNumbers(extra)
    size, packed, offset = (wide.take(value) for value in (size, packed, offset))
    header = CentralHeader(
        data[position + CENTRAL.size : name_end],
        made,
        needed,
        flags,
        method,
        date << 16 | time,
        crc,
        packed,
        size,
        disk,
        internal,
        attributes,
        offset,
        extra,
        comment_length,
        wide.is_used_up(),
    )
    return header, following


def read_local(head: bytes, rest: bytes, behind: bytes, central: CentralHeader) -> LocalHeader:
    """The local header from its fixed part (``head``), name and extra fields (``rest``), and bytes after the data."""
    _, needed, flags, method, time, date, crc, packed, size, name_length, _ = LOCAL.unpack(head)
    extra = split_extra(rest[name_length:])
    wide = WideNumbers(extra)
    size, packed = wide.take(size), wide.take(packed)
    return LocalHeader(
        rest[:name_length],
        needed,
        flags,
        method,
        date << 16 | time,
        crc,
        packed,
        size,
        extra,
        wide.is_used_up(),
        _measure_descriptor(behind, central) if flags & FLAG_DESCRIPTOR else 0,
    )


def find_disagreement(central: CentralHeader, local: LocalHeader) -> str | None:
    """The first field in which the two headers disagree (``archive.header.*``), or None."""
    described = bool(local.flags & FLAG_DESCRIPTOR)
    compared = (
        ("name", local.name == central.name),
        ("flags", local.flags == central.flags),
        ("method", local.method == central.method),
        ("crc", local.crc == central.crc or (described and local.crc == 0)),
        ("packed", local.packed == central.packed or (described and local.packed == 0)),
        ("size", local.size == central.size or (described and local.size == 0)),
        ("extra", all(header.extra.is_sound and header.is_exact for header in (central, local))),
        ("unicode", _says_one_name(central, local)),
        ("descriptor", bool(local.descriptor) == described),
        ("folder", _is_one_kind(central)),
        ("unusual", _is_usual(central, local)),
    )
    return next((field for field, same in compared if not same), None)


def list_remarks(central: CentralHeader, local: LocalHeader) -> tuple[str, ...]:
    """Irregularities of the headers (``archive.remark.*``) that don't change what programs unpack."""
    remarks: list[str] = []
    if local.moment != central.moment:
        remarks.append("moment")
    if local.needed != central.needed and not _is_wider(central, local):
        remarks.append("needed")
    elif central.needed > 0xFF:
        remarks.append("needed_high")
    if central.flags & ~_KNOWN_FLAGS:
        remarks.append("odd_flags")
    if central.comment_length:
        remarks.append("member_comment")
    if central.extra.fields or local.extra.fields or central.extra.padding or local.extra.padding:
        # the numbers of a sound zip64 field were compared above
        remarks += sorted({_name_kind(kind) for kind in (*central.extra.fields, *local.extra.fields)} - {"wide"})
        remarks += ["padding"] if central.extra.padding or local.extra.padding else []
    return tuple(remarks)


def _is_wider(central: CentralHeader, local: LocalHeader) -> bool:
    """Whether only one header uses zip64, as its version states."""
    wide, narrow = (local, central) if WIDE in local.extra.fields else (central, local)
    return wide.needed == WIDE_VERSION and WIDE in wide.extra.fields and WIDE not in narrow.extra.fields


def _name_kind(kind: int) -> str:
    return KINDS.get(kind) or f"field:{kind:04x}"


def _says_one_name(central: CentralHeader, local: LocalHeader) -> bool:
    unicode_names = {field for extra in (central.extra, local.extra) if (field := extra.unicode_path) is not None}
    is_utf8 = bool(central.flags & FLAG_UTF8)
    return len(unicode_names) < 2 and all(says_name(field, central.name, is_utf8=is_utf8) for field in unicode_names)


def _is_one_kind(central: CentralHeader) -> bool:
    """Whether the entry is consistent as a folder or a file: folders are empty, and the mode agrees with the name."""
    kind = stat.S_IFMT(central.mode)
    if central.name.endswith(b"/"):
        nothing = _NOTHING_DEFLATED if central.method == DEFLATED else 0
        return central.size == central.crc == 0 and central.packed in {0, nothing} and kind != stat.S_IFREG
    return not central.attributes & _DOS_FOLDER and kind != stat.S_IFDIR


def _is_usual(central: CentralHeader, local: LocalHeader) -> bool:
    """Whether the headers lack features that no common program writes and only some programs obey.

    Such are another volume, a newer version, a patch, a disk's label, and extra fields with a type, a name or a link.
    """
    odd = bool(central.flags & _FLAG_PATCH or central.attributes & _DOS_VOLUME or central.disk)
    newest = max(central.needed & 0xFF, local.needed & 0xFF)
    return newest <= _NEWEST and not odd and not any(header.extra.is_followed for header in (central, local))


def _measure_descriptor(behind: bytes, central: CentralHeader) -> int:
    fits = max(central.packed, central.size) <= _FULL32
    for form in ("<III", "<IQQ") if fits else ("<IQQ",):
        body = struct.pack(form, central.crc, central.packed, central.size)
        for mark in (b"PK\7\10", b""):
            if behind.startswith(mark + body):
                return len(mark + body)
    return 0
