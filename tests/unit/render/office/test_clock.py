"""A PDF without the clock: as bytes where it is laid out as LibreOffice does it, else through pypdf."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdf
import pytest
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject
from support.archive_samples import make_pdf

from docgen.content.pdf import PdfError
from docgen.render.office.clock import fix_moment

MOMENT = dt.date(2024, 10, 25)


def make_dated_pdf(clock: str, *, packed: bool = False, zone: str = "Z", escaped: bool = False) -> bytes:
    """A PDF with the clock's time wherever LibreOffice writes it."""
    writer = pypdf.PdfWriter(io.BytesIO(make_pdf(2)), clone_from=io.BytesIO(make_pdf(2)))
    writer.add_metadata({"/CreationDate": f"D:2026112421{clock}{zone}", "/Producer": "LibreOffice"})
    xmp, profile = DecodedStreamObject(), DecodedStreamObject()
    xmp.set_data(f"<xmp:CreateDate>2026-11-24T21:{clock[:2]}:{clock[2:]}{zone}</xmp:CreateDate>".encode())
    profile.set_data(b"\0" * 24 + f"{clock:>12}".encode() + b"\1" * 100)
    streams: list[StreamObject] = [xmp, profile]
    if packed:
        streams = [stream.flate_encode() for stream in streams]
    writer.root_object[NameObject("/Metadata")] = writer._add_object(streams[0])
    intent = DictionaryObject({NameObject("/DestOutputProfile"): writer._add_object(streams[1])})
    writer.root_object[NameObject("/OutputIntents")] = ArrayObject([writer._add_object(intent)])
    buffer = io.BytesIO()
    writer.write(buffer)
    # pypdf spells the colon as a number
    return (
        buffer.getvalue() if escaped else buffer.getvalue().replace(rb"(D\072", b"(D:   ").replace(b"(D:   ", b"   (D:")
    )


def look(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("zone", ["Z", "Z'", "+08'00'"])
def test_the_clock_leaves_no_trace(packed: bool, escaped: bool, zone: str) -> None:
    made = (make_dated_pdf(clock, packed=packed, zone=zone, escaped=escaped) for clock in ("3644", "3702"))
    one, two = (fix_moment(data, MOMENT, b"seed") for data in made)
    assert one == two
    reader = look(one)
    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"] == "D:20241025000000Z"
    assert reader.metadata["/Producer"] == "LibreOffice"
    root = reader.trailer["/Root"]
    assert root["/Metadata"].get_data() == b"<xmp:CreateDate>2024-10-25T00:00:00Z</xmp:CreateDate>"
    profile = root["/OutputIntents"][0]["/DestOutputProfile"].get_data()
    assert profile == b"\0" * 24 + bytes.fromhex("07e8 000a 0019 0000 0000 0000") + b"\1" * 100
    assert len(reader.pages) == 2


def test_the_quick_way_is_taken_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_dated_pdf("3644", packed=True)
    quick = fix_moment(data, MOMENT, b"seed")
    monkeypatch.setattr("docgen.render.office.clock._TABLE", re.compile(b"never"))
    slow = fix_moment(data, MOMENT, b"seed")
    assert quick != slow
    assert look(quick).metadata == look(slow).metadata
    assert [page.extract_text() for page in look(quick).pages] == [page.extract_text() for page in look(slow).pages]
    assert look(quick).trailer["/ID"] == look(slow).trailer["/ID"]


def encrypt(data: bytes) -> bytes:
    """The second part of a Type 1 font, as Adobe's book has it in C."""
    key, out = 55665, []
    for plain in data:
        cipher = plain ^ (key >> 8)
        key = ((cipher + key) * 52845 + 22719) % 65536
        out.append(cipher)
    return bytes(out)


def add_font(data: bytes, number: int) -> bytes:
    """The PDF with a Type 1 font that is the one of that number in a run."""
    clear, hidden = b"%%!PS /UniqueID %d def eexec\n" % number, encrypt(b"dup/Private /UniqueID %d def" % number)
    font = DecodedStreamObject()
    font.set_data(clear + hidden + b"0" * 64)
    sizes = {"/Length1": len(clear), "/Length2": len(hidden), "/Length3": 64}
    font.update({NameObject(name): NumberObject(size) for name, size in sizes.items()})
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.root_object[NameObject("/Font")] = writer._add_object(font.flate_encode())
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue().replace(rb"(D\072", b"(D:   ").replace(b"(D:   ", b"   (D:")


def test_how_many_fonts_were_made_before_leaves_no_trace() -> None:
    data = make_dated_pdf("3644", packed=True)
    first, later = (fix_moment(add_font(data, number), MOMENT, b"seed") for number in (4100002, 4100117))
    assert first == later
    font = look(first).trailer["/Root"]["/Font"].get_data()
    assert font[:34] == b"%!PS /UniqueID 4100000 def eexec\n" + encrypt(b"du")[:1]
    assert font[33:-64] == encrypt(b"dup/Private /UniqueID 4100000 def")


def test_the_identifier_comes_of_the_document() -> None:
    data = make_dated_pdf("3644")
    assert fix_moment(data, MOMENT, b"one") != fix_moment(data, MOMENT, b"two")


def test_what_is_not_whole_is_refused() -> None:
    data = make_dated_pdf("3644")
    broken = [data[: len(data) * part // 10] for part in range(10)]
    broken += [data.replace(b"startxref\n", b"startxref\n9")]
    broken += [data[: len(data) // 2] + data[-60:], b"%PDF-1.6\nstartxref\n0\n%%EOF\n", data[9:], b"junk"]
    for cut in broken:
        with pytest.raises(PdfError):
            fix_moment(cut, MOMENT, b"seed")
