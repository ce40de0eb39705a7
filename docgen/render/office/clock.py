"""Makes a PDF of LibreOffice reproducible: the record's date instead of the clock's, an identifier from the document.

The numbers of embedded Type 1 fonts are replaced, too, since LibreOffice counts them over all files of a run.

LibreOffice writes its objects one after another, with one cross-reference table at the end. So the few objects that
hold a time are changed as bytes and the offsets behind them adjusted, which is many times faster than parsing and
writing the whole file. A PDF with another layout (packed objects, packed metadata) is rewritten by pypdf.
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
_OTHER_STRUCTURE = re.compile(rb"/(?:Prev|XRefStm|Encrypt)\b")
_XMP_DATE = re.compile(rb"(<(xmp:(?:Create|Modify|Metadata)Date)>)[^<]*(</\2>)")
_INFO_DATE = re.compile(rb"(/(?:Creation|Mod)Date\s*)\(D:\d{14}[^)]*\)")
_ANY_DATE = re.compile(rb"/(?:Creation|Mod)Date")
_ID = re.compile(rb"/ID\s*\[[^\]]*\]")
_CHECKSUM = re.compile(rb"/DocChecksum\s*/[0-9A-F]{32}\s*")
_LENGTH = re.compile(rb"/Length (\d+)( 0 R)?")
_STREAM = re.compile(rb"stream\r?\n")
_PROFILE_TIME = slice(24, 36)  # in an ICC profile's header: twelve bytes, year to second
_TAIL = 2048
_TYPE1 = re.compile(rb"/Length1\s+(\d+)\s*/Length2\s+(\d+)\s*/Length3\s+\d+")
_FONT_NUMBER = re.compile(rb"(/UniqueID )\d{7}\b")
_FIRST_FONT = 4100000
"""The first font number of the private range."""
_EEXEC, _FACTOR, _SUMMAND = 55665, 52845, 22719
"""The constants of Type 1 font encryption (Adobe Type 1 Font Format, 7.1)."""


class _OtherLayoutError(Exception):
    """The PDF doesn't have LibreOffice's usual layout."""


def fix_moment(data: bytes, moment: dt.date, seed: bytes) -> bytes:
    """Set this date wherever LibreOffice wrote the clock's, and an identifier made from ``seed``.

    PdfError for an incomplete PDF, which a stopped run leaves.
    """
    end = _END.search(data, max(len(data) - _TAIL, 0))
    if end is None or not data.startswith(b"%PDF-"):
        raise PdfError("damaged")
    identifier = hashlib.sha256(seed).digest()[:16]
    try:
        fixed = _PdfFile(data, int(end[1])).fix(moment, identifier)
    except _OtherLayoutError:
        fixed = _rewrite(data, moment, identifier)
    count_pages(io.BytesIO(fixed))
    return fixed


class _PdfFile:
    """A PDF with LibreOffice's layout, split into its objects."""

    def __init__(self, data: bytes, at: int) -> None:
        table = _TABLE.match(data[at : data.rindex(b"startxref")])
        if table is None or len(table[2]) != int(table[1]) * _ENTRY or _OTHER_STRUCTURE.search(table[3]):
            raise _OtherLayoutError
        self._data = data
        self._trailer = table[3]
        self._entries = [table[2][start : start + _ENTRY] for start in range(0, len(table[2]), _ENTRY)]
        places = {int(entry[:10]): number for number, entry in enumerate(self._entries) if entry[17:18] == b"n"}
        starts = sorted(places)
        if not starts or len(starts) != sum(entry[17:18] == b"n" for entry in self._entries):
            raise _OtherLayoutError
        self._head = data[: starts[0]]
        self._objects: dict[int, bytes] = {}
        for start, stop in zip(starts, [*starts[1:], at], strict=True):
            number = places[start]
            if not data.startswith(b"%d 0 obj" % number, start) or b"endobj" not in data[max(start, stop - 12) : stop]:
                raise _OtherLayoutError
            self._objects[number] = data[start:stop]

    def fix(self, moment: dt.date, identifier: bytes) -> bytes:
        root = self._find_object(self._trailer, b"/Root")
        if root is None:
            raise _OtherLayoutError
        info = self._find_object(self._trailer, b"/Info")
        if info is not None:
            date = rb"\g<1>(D:" + f"{moment:%Y%m%d}".encode() + b"000000Z)"
            self._objects[info], count = _INFO_DATE.subn(date, self._objects[info])
            if count != len(_ANY_DATE.findall(self._objects[info])):
                raise _OtherLayoutError  # a date in another format
        metadata = self._find_object(self._objects[root], b"/Metadata")
        if metadata is not None:
            date = rb"\g<1>" + f"{moment:%Y-%m-%d}T00:00:00Z".encode() + rb"\g<3>"
            self._change_stream(metadata, lambda stream: _XMP_DATE.sub(date, stream))
        matches = ((number, _TYPE1.search(source)) for number, source in self._objects.items())
        fonts = [(number, int(sizes[1]), int(sizes[2])) for number, sizes in matches if sizes is not None]
        for font_number, (number, clear, encrypted) in enumerate(fonts, _FIRST_FONT):
            self._change_stream(number, partial(_number_font, font_number, clear, clear + encrypted))
        for intent in self._list_objects(self._objects[root], b"/OutputIntents"):
            profile = self._find_object(self._objects[intent], b"/DestOutputProfile")
            if profile is not None:
                self._change_stream(profile, lambda stream: _set_profile_date(stream, moment))
        return self._join_objects(identifier)

    def _find_object(self, source: bytes, key: bytes) -> int | None:
        """Find the number of the object that a key of a dictionary refers to; None where the key isn't there."""
        reference = re.search(key + rb"\s+(\d+) 0 R", source)
        if reference is None:
            if key in source:
                raise _OtherLayoutError
            return None
        if int(reference[1]) not in self._objects:
            raise _OtherLayoutError
        return int(reference[1])

    def _list_objects(self, source: bytes, key: bytes) -> list[int]:
        """List the numbers of the objects in the array of a key; none where the key isn't there."""
        array = re.search(key + rb"\s*\[([^\]]*)\]", source)
        if array is None:
            if key in source:
                raise _OtherLayoutError
            return []
        numbers = [int(number) for number in re.findall(rb"(\d+) 0 R", array[1])]
        if not all(number in self._objects for number in numbers):
            raise _OtherLayoutError
        return numbers

    def _change_stream(self, number: int, change: Any) -> None:
        """Change the content of a stream, and its stated length."""
        source = self._objects[number]
        begin = _STREAM.search(source)
        end = source.rfind(b"endstream")
        if begin is None or end < begin.end():
            raise _OtherLayoutError
        head, length = source[: begin.start()], _LENGTH.search(source[: begin.start()])
        if length is None:
            raise _OtherLayoutError
        size = self._read_number(int(length[1])) if length[2] else int(length[1])
        stream, rest = source[begin.end() : begin.end() + size], source[begin.end() + size :]
        if rest.strip() and not rest.lstrip().startswith(b"endstream"):
            raise _OtherLayoutError
        packed = b"/FlateDecode" in head
        if b"/Filter" in head and not packed:
            raise _OtherLayoutError
        changed = _deflate(change(_inflate(stream))) if packed else change(stream)
        if length[2]:
            self._objects[int(length[1])] = b"%d 0 obj\n%d\nendobj\n\n" % (int(length[1]), len(changed))
        else:
            head = head[: length.start()] + b"/Length %d" % len(changed) + head[length.end() :]
        self._objects[number] = head + begin[0] + changed + rest

    def _read_number(self, number: int) -> int:
        match = re.match(rb"\d+ 0 obj\s+(\d+)\s+endobj", self._objects.get(number, b""))
        if match is None:
            raise _OtherLayoutError
        return int(match[1])

    def _join_objects(self, identifier: bytes) -> bytes:
        trailer = _CHECKSUM.sub(b"", self._trailer)  # it no longer matches
        id_entry = b"/ID [<%s> <%s>]" % ((identifier.hex().encode(),) * 2)
        trailer = _ID.sub(id_entry, trailer) if b"/ID" in trailer else trailer.rstrip() + b" " + id_entry
        pieces, at = [self._head], len(self._head)
        entries = list(self._entries)
        for number, source in self._objects.items():
            entries[number] = b"%010d" % at + entries[number][10:]
            pieces.append(source)
            at += len(source)
        pieces += [
            b"xref\n0 %d\n" % len(entries),
            *entries,
            b"trailer\n<<",
            trailer,
            b">>\nstartxref\n%d\n%%%%EOF\n" % at,
        ]
        return b"".join(pieces)


def _number_font(number: int, begin: int, end: int, font: bytes) -> bytes:
    """Set the number of a Type 1 font, whose bytes from ``begin`` to ``end`` are encrypted."""
    replacement = rb"\g<1>%d" % number
    head = _FONT_NUMBER.sub(replacement, font[:begin])
    return head + _encrypt(_FONT_NUMBER.sub(replacement, _decrypt(font[begin:end]))) + font[end:]


def _decrypt(data: bytes) -> bytes:
    key, clear = _EEXEC, bytearray()
    for byte in data:
        clear.append(byte ^ (key >> 8))
        key = ((byte + key) * _FACTOR + _SUMMAND) & 0xFFFF
    return bytes(clear)


def _encrypt(data: bytes) -> bytes:
    key, encrypted = _EEXEC, bytearray()
    for byte in data:
        encrypted.append(byte ^ (key >> 8))
        key = ((encrypted[-1] + key) * _FACTOR + _SUMMAND) & 0xFFFF
    return bytes(encrypted)


def _set_profile_date(profile: bytes, moment: dt.date) -> bytes:
    head = bytearray(profile)
    numbers = (moment.year, moment.month, moment.day, 0, 0, 0)
    head[_PROFILE_TIME] = b"".join(number.to_bytes(2, "big") for number in numbers)
    return bytes(head)


@lru_cache(maxsize=8)
def _deflate(data: bytes) -> bytes:
    """Deflate a stream; cached, since all PDFs have the same colour profile and deflating it takes most of the time."""
    return zlib.compress(data)


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        raise _OtherLayoutError from None


def _rewrite(data: bytes, moment: dt.date, identifier: bytes) -> bytes:
    """Set date and identifier with pypdf, which reads every layout; a PDF that it can't read is damaged."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    count_pages(io.BytesIO(data))
    try:
        reader = PdfReader(io.BytesIO(data), strict=True)  # else it repairs a broken file by silent guesses
        writer = PdfWriter(clone_from=reader)
        writer.pdf_header = reader.pdf_header
        writer.add_metadata({"/CreationDate": f"D:{moment:%Y%m%d}000000Z"})
        _set_stream_dates(writer, moment)
        writer._ID = ArrayObject([ByteStringObject(identifier)] * 2)  # pypdf's own identifiers are random
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception as problem:  # pypdf raises many kinds of errors on damaged bytes
        raise PdfError("damaged") from problem
    return buffer.getvalue()


def _set_stream_dates(writer: PdfWriter, moment: dt.date) -> None:
    root: Any = writer.root_object
    if "/Metadata" in root:
        stream = root["/Metadata"].get_object()
        date = rb"\g<1>" + f"{moment:%Y-%m-%d}T00:00:00Z".encode() + rb"\g<3>"
        stream.set_data(_XMP_DATE.sub(date, stream.get_data()))
    for intent in root.get("/OutputIntents", ()):
        profile = intent.get_object().get("/DestOutputProfile")
        if profile is not None:
            stream = profile.get_object()
            stream.set_data(_set_profile_date(stream.get_data(), moment))
