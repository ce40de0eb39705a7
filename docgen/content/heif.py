"""Reads size, time and orientation of a HEIF picture (HEIC, AVIF) without its codec.

Read from the boxes at the file's head (ISO/IEC 14496-12 and 23008-12); the picture itself is never decoded.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MAX_META = 16 << 20
_MAX_EXIF = 1 << 20
_SIDEWAYS = (1, 3)  # irot counts quarter turns


@dataclass(frozen=True, slots=True)
class HeifFacts:
    """Width and height in pixels as people see the picture, the raw EXIF block (TIFF); each may be missing."""

    width: int | None = None
    height: int | None = None
    exif: bytes | None = None
    turned: bool = False


def read_heif(stream: BinaryIO) -> HeifFacts:
    """The facts of a HEIF file; ValueError when its boxes are cut off or make no sense."""
    size = stream.seek(0, os.SEEK_END)
    meta: bytes | None = None
    at = 0
    while at < size:
        stream.seek(at)
        kind, length, head = _read_head(stream.read(16), size - at)
        if kind == b"meta" and meta is None:
            if length > _MAX_META:
                raise ValueError("meta")
            stream.seek(at + head)
            meta = stream.read(length - head)
        at += length
    if meta is None:
        return HeifFacts()
    try:
        return _read_meta(meta, stream, size)
    except (struct.error, IndexError) as problem:
        raise ValueError("meta") from problem


def _read_head(data: bytes, room: int) -> tuple[bytes, int, int]:
    """A box's kind, its length and that of its head; ValueError when it is longer than the room there is."""
    if len(data) < 8:
        raise ValueError("box")
    length, head = int.from_bytes(data[:4], "big"), 8
    if length == 1:
        length, head = int.from_bytes(data[8:16], "big"), 16
    elif length == 0:
        length = room
    if not head <= length <= room:
        raise ValueError("box")
    return data[4:8], length, head


def _iterate_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        kind, length, head = _read_head(data[at : at + 16], len(data) - at)
        yield kind, data[at + head : at + length]
        at += length


def _read_meta(meta: bytes, stream: BinaryIO, size: int) -> HeifFacts:
    boxes = dict(_iterate_boxes(meta[4:]))
    primary = _read_primary(boxes.get(b"pitm", b""))
    width = height = None
    turns = 0
    for kind, content in _list_properties(boxes.get(b"iprp", b""), primary):
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", content, 4)
        elif kind == b"irot":
            turns = content[0] & 3
    if turns in _SIDEWAYS:
        width, height = height, width
    exif = _read_exif(boxes, stream, size)
    return HeifFacts(width, height, exif, turns != 0)


def _read_primary(content: bytes) -> int:
    if not content:
        return 0
    return int(struct.unpack_from(">H" if content[0] == 0 else ">I", content, 4)[0])


def _list_properties(iprp: bytes, item: int) -> list[tuple[bytes, bytes]]:
    """The properties of an item, as kind and content."""
    boxes = dict(_iterate_boxes(iprp))
    properties = list(_iterate_boxes(boxes.get(b"ipco", b"")))
    indexes = [index for index in _iterate_associations(boxes.get(b"ipma", b""), item) if 0 < index <= len(properties)]
    return [properties[index - 1] for index in indexes]


def _iterate_associations(ipma: bytes, item: int) -> Iterator[int]:
    if not ipma:
        return
    version, wide = ipma[0], ipma[3] & 1
    (count,) = struct.unpack_from(">I", ipma, 4)
    at = 8
    for _ in range(count):
        (owner,) = struct.unpack_from(">H" if version == 0 else ">I", ipma, at)
        at += 2 if version == 0 else 4
        listed = ipma[at]
        at += 1
        for _ in range(listed):
            (value,) = struct.unpack_from(">H" if wide else ">B", ipma, at)
            at += 2 if wide else 1
            if owner == item:
                yield value & (0x7FFF if wide else 0x7F)


def _read_exif(boxes: dict[bytes, bytes], stream: BinaryIO, size: int) -> bytes | None:
    item = _find_exif_item(boxes.get(b"iinf", b""))
    place = _locate_item(boxes.get(b"iloc", b""), item) if item is not None else None
    if place is None or not 4 < place[1] <= _MAX_EXIF or place[0] + place[1] > size:
        return None
    stream.seek(place[0])
    content = stream.read(place[1])
    # the block begins with the distance to its TIFF header
    skipped = 4 + int.from_bytes(content[:4], "big")
    return content[skipped:] or None


def _find_exif_item(iinf: bytes) -> int | None:
    if not iinf:
        return None
    for kind, content in _iterate_boxes(iinf[6:] if iinf[0] == 0 else iinf[8:]):
        if kind != b"infe" or content[0] not in (2, 3):
            continue
        form, at = (">H", 8) if content[0] == 2 else (">I", 10)
        if content[at : at + 4] == b"Exif":
            return int(struct.unpack_from(form, content, 4)[0])
    return None


def _locate_item(iloc: bytes, item: int) -> tuple[int, int] | None:
    """Where an item of one piece lies in the file: offset and length."""
    if not iloc:
        return None
    version, sizes = iloc[0], struct.unpack_from(">H", iloc, 4)[0]
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index_size = index_size if version in (1, 2) else 0
    reader = _Fields(iloc, 6)
    for _ in range(reader.take(4 if version == 2 else 2)):
        number = reader.take(4 if version == 2 else 2)
        method = reader.take(2) & 15 if version in (1, 2) else 0
        reader.take(2)
        base = reader.take(base_size)
        pieces = []
        for _ in range(reader.take(2)):
            reader.take(index_size)
            pieces.append((base + reader.take(offset_size), reader.take(length_size)))
        if number == item:
            return pieces[0] if len(pieces) == 1 and method == 0 else None
    return None


class _Fields:
    """Whole numbers one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def take(self, size: int) -> int:
        if self._at + size > len(self._data):
            raise IndexError(self._at)
        self._at += size
        return int.from_bytes(self._data[self._at - size : self._at], "big")
