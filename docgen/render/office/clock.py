"""A PDF of LibreOffice without the clock: the record's day in its place, an identifier that comes of the document.

Nor does it tell how many were made before it in the same run: LibreOffice counts the Type 1 fonts that it embeds.

LibreOffice writes its objects one behind the other, with one table of their places at the end. So the few objects that
hold a time are changed as bytes and the places behind them moved, in a fraction of what reading and writing the whole
takes. A PDF of another build (packed objects, packed metadata) goes through pypdf.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import zlib
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from docgen.content.pdf import PdfError, count_pages

if TYPE_CHECKING:
    from pypdf import PdfWriter

_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s*\n((?:\d{10} \d{5} [nf](?: \n|\r\n| \r))+)trailer\s*<<(.*)>>\s*\Z", re.S)
_ENTRY = 20
_OTHER = re.compile(rb"/(?:Prev|XRefStm|Encrypt)\b")
_XMP_DATE = re.compile(rb"(<(xmp:(?:Create|Modify|Metadata)Date)>)[^<]*(</\2>)")
_INFO_DATE = re.compile(rb"(/(?:Creation|Mod)Date\s*)\(D:\d{14}[^)]*\)")
_ANY_DATE = re.compile(rb"/(?:Creation|Mod)Date")
_ID = re.compile(rb"/ID\s*\[[^\]]*\]")
_CHECKSUM = re.compile(rb"/DocChecksum\s*/[0-9A-F]{32}\s*")
_LENGTH = re.compile(rb"/Length (\d+)( 0 R)?")
_STREAM = re.compile(rb"stream\r?\n")
_PROFILE_TIME = slice(24, 36)  # of an ICC profile's head: twelve bytes, year to second
_TAIL = 2048
_TYPE1 = re.compile(rb"/Length1\s+(\d+)\s*/Length2\s+(\d+)\s*/Length3\s+\d+")
_FONT_NUMBER = re.compile(rb"(/UniqueID )\d{7}\b")
_FIRST_FONT = 4100000
"""The first of the numbers for private use."""
_EEXEC, _FACTOR, _SUMMAND = 55665, 52845, 22719
"""How the second part of a Type 1 font is encrypted (Adobe Type 1 Font Format, 7.1)."""


class _UnusualError(Exception):
    """The PDF isn't laid out as LibreOffice lays it out."""


def fix_moment(data: bytes, moment: dt.date, seed: bytes) -> bytes:
    """The PDF with this day wherever LibreOffice wrote the clock's, and an identifier that comes of ``seed``.

    Raises PdfError when it isn't whole: a run that is ended leaves one half written.
    """
    end = _END.search(data, max(len(data) - _TAIL, 0))
    if end is None or not data.startswith(b"%PDF-"):
        raise PdfError("damaged")
    identifier = hashlib.sha256(seed).digest()[:16]
    try:
        fixed = _Layout(data, int(end[1])).fix(moment, identifier)
    except _UnusualError:
        fixed = _rewrite(data, moment, identifier)
    count_pages(io.BytesIO(fixed))
    return fixed


class _Layout:
    def __init__(self, data: bytes, at: int) -> None:
        table = _TABLE.match(data[at : data.rindex(b"startxref")])
        if table is None or len(table[2]) != int(table[1]) * _ENTRY or _OTHER.search(table[3]):
            raise _UnusualError
        self._data = data
        self._trailer = table[3]
        self._entries = [table[2][start : start + _ENTRY] for start in range(0, len(table[2]), _ENTRY)]
        places = {int(entry[:10]): number for number, entry in enumerate(self._entries) if entry[17:18] == b"n"}
        starts = sorted(places)
        if not starts or len(starts) != sum(entry[17:18] == b"n" for entry in self._entries):
            raise _UnusualError
        self._head = data[: starts[0]]
        self._objects: dict[int, bytes] = {}
        for start, stop in zip(starts, [*starts[1:], at], strict=True):
            number = places[start]
            if not data.startswith(b"%d 0 obj" % number, start) or b"endobj" not in data[max(start, stop - 12) : stop]:
                raise _UnusualError
            self._objects[number] = data[start:stop]

    def fix(self, moment: dt.date, identifier: bytes) -> bytes:
        root = self._follow(self._trailer, b"/Root")
        if root is None:
            raise _UnusualError
        info = self._follow(self._trailer, b"/Info")
        if info is not None:
            date = rb"\g<1>(D:" + f"{moment:%Y%m%d}".encode() + b"000000Z)"
            self._objects[info], count = _INFO_DATE.subn(date, self._objects[info])
            if count != len(_ANY_DATE.findall(self._objects[info])):
                raise _UnusualError  # spelled in another way
        metadata = self._follow(self._objects[root], b"/Metadata")
        if metadata is not None:
            date = rb"\g<1>" + f"{moment:%Y-%m-%d}T00:00:00Z".encode() + rb"\g<3>"
            self._change(metadata, lambda stream: _XMP_DATE.sub(date, stream))
        found = ((number, _TYPE1.search(written)) for number, written in self._objects.items())
        fonts = [(number, int(sizes[1]), int(sizes[2])) for number, sizes in found if sizes is not None]
        for place, (number, clear, hidden) in enumerate(fonts, _FIRST_FONT):
            self._change(number, partial(_number_font, place, clear, clear + hidden))
        for intent in self._list(self._objects[root], b"/OutputIntents"):
            profile = self._follow(self._objects[intent], b"/DestOutputProfile")
            if profile is not None:
                self._change(profile, lambda stream: _date_profile(stream, moment))
        return self._join(identifier)

    def _follow(self, source: bytes, key: bytes) -> int | None:
        found = re.search(key + rb"\s+(\d+) 0 R", source)
        if found is None:
            if key in source:
                raise _UnusualError
            return None
        if int(found[1]) not in self._objects:
            raise _UnusualError
        return int(found[1])

    def _list(self, source: bytes, key: bytes) -> list[int]:
        found = re.search(key + rb"\s*\[([^\]]*)\]", source)
        if found is None:
            if key in source:
                raise _UnusualError
            return []
        numbers = [int(number) for number in re.findall(rb"(\d+) 0 R", found[1])]
        if not all(number in self._objects for number in numbers):
            raise _UnusualError
        return numbers

    def _change(self, number: int, change: Any) -> None:
        """Change the content of a stream, and its length where that is written."""
        written = self._objects[number]
        begin = _STREAM.search(written)
        end = written.rfind(b"endstream")
        if begin is None or end < begin.end():
            raise _UnusualError
        head, length = written[: begin.start()], _LENGTH.search(written[: begin.start()])
        if length is None:
            raise _UnusualError
        size = self._read_number(int(length[1])) if length[2] else int(length[1])
        stream, rest = written[begin.end() : begin.end() + size], written[begin.end() + size :]
        if rest.strip() and not rest.lstrip().startswith(b"endstream"):
            raise _UnusualError
        packed = b"/FlateDecode" in head
        if b"/Filter" in head and not packed:
            raise _UnusualError
        changed = _pack(change(_unpack(stream))) if packed else change(stream)
        if length[2]:
            self._objects[int(length[1])] = b"%d 0 obj\n%d\nendobj\n\n" % (int(length[1]), len(changed))
        else:
            head = head[: length.start()] + b"/Length %d" % len(changed) + head[length.end() :]
        self._objects[number] = head + begin[0] + changed + rest

    def _read_number(self, number: int) -> int:
        found = re.match(rb"\d+ 0 obj\s+(\d+)\s+endobj", self._objects.get(number, b""))
        if found is None:
            raise _UnusualError
        return int(found[1])

    def _join(self, identifier: bytes) -> bytes:
        trailer = _CHECKSUM.sub(b"", self._trailer)  # it was that of the bytes with the clock
        spelled = b"/ID [<%s> <%s>]" % ((identifier.hex().encode(),) * 2)
        trailer = _ID.sub(spelled, trailer) if b"/ID" in trailer else trailer.rstrip() + b" " + spelled
        pieces, at = [self._head], len(self._head)
        entries = list(self._entries)
        for number, written in self._objects.items():
            entries[number] = b"%010d" % at + entries[number][10:]
            pieces.append(written)
            at += len(written)
        pieces += [
            b"xref\n0 %d\n" % len(entries),
            *entries,
            b"trailer\n<<",
            trailer,
            b">>\nstartxref\n%d\n%%%%EOF\n" % at,
        ]
        return b"".join(pieces)


def _number_font(number: int, hidden: int, end: int, font: bytes) -> bytes:
    """A Type 1 font with its number in the document; a part of it, from ``hidden`` to ``end``, is encrypted."""
    said = rb"\g<1>%d" % number
    head = _FONT_NUMBER.sub(said, font[:hidden])
    return head + _encrypt(_FONT_NUMBER.sub(said, _decrypt(font[hidden:end]))) + font[end:]


def _decrypt(data: bytes) -> bytes:
    key, clear = _EEXEC, bytearray()
    for byte in data:
        clear.append(byte ^ (key >> 8))
        key = ((byte + key) * _FACTOR + _SUMMAND) & 0xFFFF
    return bytes(clear)


def _encrypt(data: bytes) -> bytes:
    key, hidden = _EEXEC, bytearray()
    for byte in data:
        hidden.append(byte ^ (key >> 8))
        key = ((hidden[-1] + key) * _FACTOR + _SUMMAND) & 0xFFFF
    return bytes(hidden)


def _date_profile(profile: bytes, moment: dt.date) -> bytes:
    head = bytearray(profile)
    numbers = (moment.year, moment.month, moment.day, 0, 0, 0)
    head[_PROFILE_TIME] = b"".join(number.to_bytes(2, "big") for number in numbers)
    return bytes(head)


@lru_cache(maxsize=8)
def _pack(data: bytes) -> bytes:
    """All PDFs of a run have the same colour profile, and its packing takes longer than all else."""
    return zlib.compress(data)


def _unpack(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        raise _UnusualError from None


def _rewrite(data: bytes, moment: dt.date, identifier: bytes) -> bytes:
    """The same through pypdf, which reads every layout; what it can't read is damaged."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    count_pages(io.BytesIO(data))
    try:
        reader = PdfReader(io.BytesIO(data), strict=True)  # what it would guess of a broken one, nobody sees missing
        writer = PdfWriter(clone_from=reader)
        writer.pdf_header = reader.pdf_header
        writer.add_metadata({"/CreationDate": f"D:{moment:%Y%m%d}000000Z"})
        _fix_streams(writer, moment)
        writer._ID = ArrayObject([ByteStringObject(identifier)] * 2)  # pypdf itself makes only random ones
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception as problem:  # what pypdf raises on damaged bytes is no closed set
        raise PdfError("damaged") from problem
    return buffer.getvalue()


def _fix_streams(writer: PdfWriter, moment: dt.date) -> None:
    root: Any = writer.root_object
    if "/Metadata" in root:
        stream = root["/Metadata"].get_object()
        date = rb"\g<1>" + f"{moment:%Y-%m-%d}T00:00:00Z".encode() + rb"\g<3>"
        stream.set_data(_XMP_DATE.sub(date, stream.get_data()))
    for intent in root.get("/OutputIntents", ()):
        profile = intent.get_object().get("/DestOutputProfile")
        if profile is not None:
            stream = profile.get_object()
            stream.set_data(_date_profile(stream.get_data(), moment))
