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
_ENTRY = b"PK\1\2\x14\0"  # how an entry of the directory begins; it goes on as the part's header does
_NO_EXTRAS = bytes(10)  # no comment, the first disk, no attributes
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A part of an Office file, ready to be written: its name, its local header, its (deflated or stored) bytes."""

    name: str
    header: bytes
    payload: bytes


def pack_member(name: str, data: bytes, level: int = QUICK) -> PackedMember:
    """Pack a part: deflate its bytes, unless it is a picture, which is compressed already."""
    crc = zlib.crc32(data)
    if name.lower().endswith(_STORED_SUFFIXES):
        return _add_header(name, data, crc, len(data), zipfile.ZIP_STORED)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    return _add_header(name, deflate.compress(data) + deflate.flush(), crc, len(data), zipfile.ZIP_DEFLATED)


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
    return _add_header(entry.filename, payload, entry.CRC, entry.file_size, entry.compress_type), data


def _add_header(name: str, payload: bytes, crc: int, size: int, method: int) -> PackedMember:
    raw = name.encode()
    flags = 0 if name.isascii() else _UTF8_FLAG
    sizes = (crc, len(payload), size, len(raw))
    header = _LOCAL.pack(b"PK\3\4", 20, flags, method, _DOS_TIME, _DOS_DATE, *sizes, 0)
    return PackedMember(name, header + raw, payload)


def write_parts(members: Iterable[PackedMember]) -> bytes:
    """The Office file with these parts, in this order."""
    chunks: list[bytes] = []
    directory: list[bytes] = []
    fields, name = slice(4, _LOCAL.size), slice(_LOCAL.size, None)
    offset = count = 0
    for member in members:
        header, payload = member.header, member.payload
        chunks += (header, payload)
        directory += (_ENTRY, header[fields], _NO_EXTRAS, offset.to_bytes(4, "little"), header[name])
        offset += len(header) + len(payload)
        count += 1
    entries = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(entries), offset, 0)
    return b"".join((*chunks, entries, end))
