"""Reads the number formats of the cells in an ``.xls``, which python-calamine doesn't give ([MS-CFB], [MS-XLS]).

It reads only the formats, and the format of each cell with a number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence

from docgen.sources.intake.reading.number_formats import PLAIN, ShownFormat, judge_format

CellStyles = Mapping[tuple[int, int], ShownFormat]
"""The number formats of a sheet's cells, by row and column from 1; cells in the plain format are left out."""

_LAST_SECTOR = 0xFFFFFFFA
_IN_HEADER = 109
_ENTRY, _START = 128, 116
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _SHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_NUMBERS = frozenset((0x0203, 0x027E, 0x0006))
"""NUMBER, RK and FORMULA: row, column, format, value."""
_SEVERAL = 0x00BD
"""MULRK: a row, its first column, a format and a value for each."""
_BIFF8 = 0x0600


def read_xls_formats(content: bytes) -> list[CellStyles] | None:
    """The formats of each sheet in the order of the sheets; None if the file has an unexpected structure."""
    try:
        stream = _CompoundFile(content).read_stream(_STREAMS)
        return _read_sheets(stream) if stream is not None else None
    except (struct.error, IndexError, ValueError):
        return None


class _CompoundFile:
    """A compound file: sectors in chains, and small streams in the sectors of a stream of their own."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._small_size = 1 << struct.unpack_from("<H", content, 32)[0]
        first_entry, _, self._cutoff, first_small = struct.unpack_from("<IIII", content, 48)
        self._following = self._read_table()
        self._entries = self._read_chain(first_entry)
        self._small_following = self._read_numbers(self._read_chain(first_small))
        self._small = self._read_chain(struct.unpack_from("<I", self._entries, _START)[0])

    def read_stream(self, names: Sequence[str]) -> bytes | None:
        """The content of the first stream with one of these names; None without any."""
        for at in range(0, len(self._entries) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", self._entries, at + 64)[0]
            name = self._entries[at : at + max(length - 2, 0)].decode("utf-16-le")
            start, extent = struct.unpack_from("<II", self._entries, at + _START)
            if name in names:
                return (self._read_chain(start) if extent >= self._cutoff else self._read_small(start))[:extent]
        return None

    def _read_table(self) -> list[int]:
        """The allocation table: the next sector of each, from the sectors that the header and the DIFAT chain list."""
        tables = list(struct.unpack_from(f"<{_IN_HEADER}I", self._content, 76))
        sector = struct.unpack_from("<I", self._content, 68)[0]
        visited: set[int] = set()
        while sector < _LAST_SECTOR and sector not in visited:
            visited.add(sector)
            *numbers, sector = self._read_numbers(self._read_sector(sector))
            tables += numbers
        return self._read_numbers(b"".join(self._read_sector(table) for table in tables if table < _LAST_SECTOR))

    @staticmethod
    def _read_numbers(content: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))

    def _read_sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _read_chain(self, number: int) -> bytes:
        return b"".join(map(self._read_sector, _follow(number, self._following)))

    def _read_small(self, number: int) -> bytes:
        size = self._small_size
        return b"".join(self._small[at * size : (at + 1) * size] for at in _follow(number, self._small_following))


def _follow(number: int, following: Sequence[int]) -> Iterable[int]:
    chain: dict[int, None] = {}
    while number < _LAST_SECTOR and number not in chain:
        chain[number] = None
        number = following[number]
    return chain


def _read_sheets(stream: bytes) -> list[CellStyles]:
    codes: dict[int, str] = {}
    formats: list[int] = []
    starts: list[int] = []
    is_wide = False
    for kind, body in _iterate_records(stream, 0):
        if kind == _BOF:
            is_wide = struct.unpack_from("<H", body)[0] == _BIFF8
        elif kind == _SHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _read_code(body, is_wide)
        elif kind == _XF:
            formats.append(struct.unpack_from("<H", body, 2)[0])
    styles = [judge_format(number, codes.get(number, "")) for number in formats]
    return [_read_cells(stream, start, styles) for start in starts]


def _read_code(body: bytes, is_wide: bool) -> str:
    """A format's code: in BIFF8 in characters of one byte or of two, before that in one-byte characters."""
    if not is_wide:
        return body[3:].decode("latin-1")
    return body[5:].decode("utf-16-le" if body[4] & 1 else "latin-1")


def _read_cells(stream: bytes, start: int, styles: list[ShownFormat]) -> CellStyles:
    cells: dict[tuple[int, int], ShownFormat] = {}
    for kind, body in _iterate_records(stream, start):
        if kind in _NUMBERS:
            row, column, form = struct.unpack_from("<HHH", body)
            if styles[form] != PLAIN:
                cells[(row + 1, column + 1)] = styles[form]
        elif kind == _SEVERAL:
            row, first = struct.unpack_from("<HH", body)
            for number, at in enumerate(range(4, len(body) - 2, 6)):
                style = styles[struct.unpack_from("<H", body, at)[0]]
                if style != PLAIN:
                    cells[(row + 1, first + number + 1)] = style
    return cells


def _iterate_records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a substream, without those of nested substreams (charts)."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
