"""The extra fields of a zip's headers: numbers that didn't fit (zip64), and a name in Unicode beside the name."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

WIDE, UNICODE_PATH, OWN_MODE = 0x0001, 0x7075, 0x6C78
NAME_ENCODINGS = ("utf-8", "gb18030", "cp437")
"""What names that don't state their encoding may be written in."""

_FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ExtraFields:
    """The extra fields of a header by kind; ``is_sound`` unless one is cut off, or one that counts stands twice."""

    fields: Mapping[int, bytes]
    is_sound: bool

    @property
    def unicode_path(self) -> bytes | None:
        """The field that says the entry's name in UTF-8."""
        return self.fields.get(UNICODE_PATH)


def split_extra(data: bytes) -> ExtraFields:
    """Read a header's extra fields; less than a field's head at the end is padding."""
    found: dict[int, bytes] = {}
    sound = True
    position = 0
    while position + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, position)
        position += 4
        sound = sound and position + length <= len(data) and not (kind in found and kind in {WIDE, UNICODE_PATH})
        found.setdefault(kind, data[position : position + length])
        position += length
    return ExtraFields(found, sound)


class WideNumbers:
    """The zip64 extra field: eight bytes for each number that didn't fit, in the order the numbers are asked for."""

    def __init__(self, extra: ExtraFields) -> None:
        self._extra = extra.fields.get(WIDE, b"")

    def take(self, value: int) -> int:
        """The number itself, or the wide one that stands for it."""
        if value != _FULL32 or len(self._extra) < 8:
            return value
        wide, self._extra = int.from_bytes(self._extra[:8], "little"), self._extra[8:]
        return wide


def says_name(field: bytes, raw_name: bytes, *, is_utf8: bool) -> bool:
    """Whether a Unicode path field (APPNOTE 4.6.9) says the name itself: some programs follow it, others don't."""
    if field[:5] != b"\1" + struct.pack("<I", zlib.crc32(raw_name)):
        return False
    try:
        name = field[5:].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return any(_encode(name, encoding) == raw_name for encoding in (NAME_ENCODINGS[:1] if is_utf8 else NAME_ENCODINGS))


def _encode(name: str, encoding: str) -> bytes | None:
    try:
        return name.encode(encoding)
    except UnicodeEncodeError:
        return None
