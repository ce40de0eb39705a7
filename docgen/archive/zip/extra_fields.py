"""The extra fields of a zip's headers: numbers that didn't fit (zip64), and a name in Unicode beside the name."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

WIDE, UNICODE_PATH = 0x0001, 0x7075
NAME_ENCODINGS = ("utf-8", "gb18030", "cp437")
"""What names that don't state their encoding may be written in."""

KINDS = {
    WIDE: "wide",
    0x000A: "times",
    0x5455: "times",
    0x5855: "times",
    0x7855: "owners",
    0x7875: "owners",
    UNICODE_PATH: "unicode",
    0x6375: "unicode",
}
"""What the fields say that common programs write (``archive.remark.*``)."""

_FOLLOWED = frozenset({0x6C78, 0x756E, 0x000D, 0x2605, 0x2705, 0x2805, 0x9901, 0x0014, 0x0015, 0x0016, 0x0017, 0x0019})
"""Fields that say another type, name, link or encryption: some programs follow them, others pass over them."""

_SMALLEST = {0x000A: 4, 0x5455: 1, 0x5855: 8, 0x6375: 5}
_FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ExtraFields:
    """The extra fields of a header by kind; ``is_sound`` unless one is cut off, too short or stands twice.

    ``padding`` says that nothing but zeros follows the last one.
    """

    fields: Mapping[int, bytes]
    is_sound: bool
    padding: bool = False

    @property
    def unicode_path(self) -> bytes | None:
        """The field that says the entry's name in UTF-8."""
        return self.fields.get(UNICODE_PATH)

    @property
    def is_followed(self) -> bool:
        """Whether a field says what only some programs follow."""
        return not _FOLLOWED.isdisjoint(self.fields)


NO_FIELDS = ExtraFields({}, True)


def split_extra(data: bytes) -> ExtraFields:
    """Read a header's extra fields; zeros at the end are padding."""
    if not data:
        return NO_FIELDS
    found: dict[int, bytes] = {}
    sound = True
    position = 0
    while position + 4 <= len(data) and any(data[position:]):
        kind, length = struct.unpack_from("<HH", data, position)
        position += 4
        body = data[position : position + length]
        sound = sound and len(body) == length and kind not in found and length >= _SMALLEST.get(kind, 0)
        found.setdefault(kind, body)
        position += length
    rest = data[position:]
    return ExtraFields(found, sound and not any(rest), bool(rest))


class WideNumbers:
    """The zip64 extra field: eight bytes for each number that didn't fit, in the order the numbers are asked for."""

    def __init__(self, extra: ExtraFields) -> None:
        self._extra = extra.fields.get(WIDE, b"")
        self._short = False

    def take(self, value: int) -> int:
        """The number itself, or the wide one that stands for it."""
        if value != _FULL32:
            return value
        if len(self._extra) < 8:
            # without any field the number is what it is: four bytes that are full
            self._short = self._short or bool(self._extra)
            return value
        wide, self._extra = int.from_bytes(self._extra[:8], "little"), self._extra[8:]
        return wide

    def is_used_up(self) -> bool:
        """Whether the field says what didn't fit and nothing more: programs take the rest for different numbers."""
        return not self._extra and not self._short


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
