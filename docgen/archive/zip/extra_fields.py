"""The extra fields of a zip's headers: 64-bit numbers (zip64), and the member's name in Unicode."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

WIDE, UNICODE_PATH = 0x0001, 0x7075
NAME_ENCODINGS = ("utf-8", "gb18030", "cp437")
"""The encodings tried for names that don't declare theirs."""

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
"""The known extra fields by id, with the key of their remark (``archive.remark.*``)."""

_FOLLOWED = frozenset({0x6C78, 0x756E, 0x000D, 0x2605, 0x2705, 0x2805, 0x9901, 0x0014, 0x0015, 0x0016, 0x0017, 0x0019})
"""Fields that declare another type, name, link or encryption; some programs obey them, others ignore them."""

_SMALLEST = {0x000A: 4, 0x5455: 1, 0x5855: 8, 0x6375: 5}
_FULL32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ExtraFields:
    """The extra fields of a header by id; ``is_sound`` unless one is truncated, too short or present twice.

    ``padding`` is true if only zeros follow the last field.
    """

    fields: Mapping[int, bytes]
    is_sound: bool
    padding: bool = False

    @property
    def unicode_path(self) -> bytes | None:
        """The field with the member's name in UTF-8."""
        return self.fields.get(UNICODE_PATH)

    @property
    def is_followed(self) -> bool:
        """Whether a field is present that only some programs obey."""
        return not _FOLLOWED.isdisjoint(self.fields)


NO_FIELDS = ExtraFields({}, True)


def split_extra(data: bytes) -> ExtraFields:
    """Read a header's extra fields; zeros at the end are padding."""
    if not data:
        return NO_FIELDS
    fields: dict[int, bytes] = {}
    sound = True
    position = 0
    while position + 4 <= len(data) and any(data[position:]):
        kind, length = struct.unpack_from("<HH", data, position)
        position += 4
        body = data[position : position + length]
        sound = sound and len(body) == length and kind not in fields and length >= _SMALLEST.get(kind, 0)
        fields.setdefault(kind, body)
        position += length
    rest = data[position:]
    return ExtraFields(fields, sound and not any(rest), bool(rest))


class WideNumbers:
    """The zip64 extra field: eight bytes for each number that overflows its header field, in the order of ``take``."""

    def __init__(self, extra: ExtraFields) -> None:
        self._extra = extra.fields.get(WIDE, b"")
        self._short = False

    def take(self, value: int) -> int:
        """The header's number, or its 64-bit value if it overflows."""
        if value != _FULL32:
            return value
        if len(self._extra) < 8:
            # without an extra field the number itself is meant: 0xFFFFFFFF
            self._short = self._short or bool(self._extra)
            return value
        wide, self._extra = int.from_bytes(self._extra[:8], "little"), self._extra[8:]
        return wide

    def is_used_up(self) -> bool:
        """Whether the field holds the overflowing numbers and no more; programs read further bytes differently."""
        return not self._extra and not self._short


def says_name(field: bytes, raw_name: bytes, *, is_utf8: bool) -> bool:
    """Whether a Unicode path field (APPNOTE 4.6.9) holds the header's name; some programs use it, others don't."""
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
