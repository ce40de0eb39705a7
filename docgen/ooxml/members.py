"""Office files as zips of parts, written from members that are deflated already.

``zipfile`` can't store bytes that were deflated before, and a template's untouched parts are most of a document; so the
writer here is our own. It writes what Office, WPS and every unzipper read: no data descriptors, no extra fields,
fixed times.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

QUICK, SMALL = 3, 6
"""Levels of deflating: for what is made anew in each document, and for what is packed once with its template."""
_STORED_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_DOS_TIME, _DOS_DATE = 0, (1980 - 1980) << 9 | 1 << 5 | 1
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_NAME_SIZES = struct.Struct("<2H")  # in a local header: of the name, of the extra fields
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A part of an Office file, ready to be written: its name, its (deflated or stored) bytes, CRC and true size."""

    name: str
    payload: bytes
    crc: int
    size: int
    method: int


def pack_member(name: str, data: bytes, level: int = QUICK) -> PackedMember:
    """Pack a part: deflate its bytes, unless it is a picture, which is compressed already."""
    crc = zlib.crc32(data)
    if name.lower().endswith(_STORED_SUFFIXES):
        return PackedMember(name, data, crc, len(data), zipfile.ZIP_STORED)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return PackedMember(name, deflate.compress(data) + deflate.flush(), crc, len(data), zipfile.ZIP_DEFLATED)


def unpack_member(source: bytes, entry: zipfile.ZipInfo) -> tuple[PackedMember, bytes] | None:
    """A part with its deflated bytes from a file, and its inflated bytes; None if only ``zipfile`` can read it.

    The deflated bytes can be written again without another deflation.
    """
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & _ENCRYPTED_FLAG:
        return None
    at = entry.header_offset
    if source[at : at + 4] != b"PK\3\4":
        return None
    of_name, of_extra = _NAME_SIZES.unpack_from(source, at + 26)
    at += 30
    name = source[at : at + of_name].decode("utf-8" if entry.flag_bits & _UTF8_FLAG else "cp437", "replace")
    begin = at + of_name + of_extra
    payload = source[begin : begin + entry.compress_size]
    inflate = zlib.decompressobj(-15)
    try:
        data = inflate.decompress(payload, entry.file_size + 1)
    except zlib.error:
        return None
    is_whole = inflate.eof and not inflate.unused_data and len(data) == entry.file_size
    if not is_whole or name != entry.orig_filename or zlib.crc32(data) != entry.CRC:
        return None
    return PackedMember(entry.filename, payload, entry.CRC, entry.file_size, entry.compress_type), data


def write_parts(members: Iterable[PackedMember]) -> bytes:
    """The Office file with these parts, in this order."""
    chunks: list[bytes] = []
    central: list[bytes] = []
    offset = count = 0
    for member in members:
        name = member.name.encode()
        flags = 0 if member.name.isascii() else _UTF8_FLAG
        sizes = (member.crc, len(member.payload), member.size, len(name))
        local = _LOCAL.pack(b"PK\3\4", 20, flags, member.method, _DOS_TIME, _DOS_DATE, *sizes, 0)
        chunks += (local, name, member.payload)
        fields = (20, 20, flags, member.method, _DOS_TIME, _DOS_DATE, *sizes, 0, 0, 0, 0, 0, offset)
        central += (_CENTRAL.pack(b"PK\1\2", *fields), name)
        offset += len(local) + len(name) + len(member.payload)
        count += 1
    directory = b"".join(central)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), offset, 0)
    return b"".join((*chunks, directory, end))
