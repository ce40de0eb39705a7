from __future__ import annotations

import io
import random
import zipfile

import pytest
from support.archive_samples import make_office, make_pdf, make_picture

from docgen.archive.bag.digest import content_digest
from docgen.archive.bag.office import OfficeError, inspect_office
from docgen.archive.bag.openable import (
    MAX_OPENED,
    OpenableFile,
    can_open,
    inspect_document,
)
from docgen.archive.plan.model import PageCount, Rendition
from docgen.archive.zip.limits import ReadingCost
from docgen.content.pdf import PdfError, read_pdf
from docgen.diagnostics import NOWHERE

RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://x/relationships/{kind}" Target="http://example.org/" TargetMode="External"/>'
    "</Relationships>"
)


def reason_of(data: bytes) -> str:
    with pytest.raises(OfficeError) as caught:
        inspect_office(data)
    return caught.value.key


def test_what_word_and_excel_libraries_write_opens() -> None:
    import docx
    import openpyxl

    buffer = io.BytesIO()
    document = docx.Document()
    document.add_picture(io.BytesIO(make_picture()))
    document.save(buffer)
    assert inspect_office(buffer.getvalue()).active == ()
    assert inspect_office(buffer.getvalue()).content_digest == content_digest(buffer.getvalue())
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    assert inspect_office(buffer.getvalue()).active == ()


def test_what_does_not_open_says_why() -> None:
    assert reason_of(b"") == "whole"
    assert reason_of(make_office(body="<w>")) == "xml"
    assert reason_of(make_office(body="<!DOCTYPE w><w/>")) == "dtd"
    assert reason_of(make_office(**{"../evil.xml": "<w/>"})) == "name"
    # a second list of content types, which would hide those of the first
    assert reason_of(make_office(**{"[content_types].xml": "<Types/>"})) == "whole"
    assert reason_of(make_office(**{"word/bomb.xml": "\n" * (4 << 20)})) == "bomb"
    sound = make_office()
    assert reason_of(sound.replace(b"word/document.xml", b"word/dokument.xml")) == "main"
    assert reason_of(sound.replace(b"_rels/.rels", b"_rels/.relx")) == "part"


def test_entities_are_not_expanded() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE w [<!ENTITY l0 "lol">{lol}]><w>&l11;</w>'
    assert reason_of(make_office(body=bomb)) in {"xml", "dtd"}


@pytest.mark.parametrize(("kind", "active"), [("hyperlink", False), ("attachedTemplate", True), ("oleObject", True)])
def test_relationships_that_reach_outside_are_told(kind: str, active: bool) -> None:
    data = make_office(**{"word/_rels/document.xml.rels": RELATION.format(kind=kind)})
    assert bool(inspect_office(data).active) is active


def test_pdf_pages_are_counted() -> None:
    assert read_pdf(io.BytesIO(make_pdf(3))).pages == 3
    with pytest.raises(PdfError, match="damaged"):
        read_pdf(io.BytesIO(b"nonsense"))


def test_a_pdf_with_a_password_does_not_open() -> None:
    from pypdf import PdfReader, PdfWriter

    writer, buffer = PdfWriter(PdfReader(io.BytesIO(make_pdf()))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(buffer)
    with pytest.raises(PdfError, match="encrypted"):
        read_pdf(buffer)


def test_large_and_unknown_files_are_not_opened() -> None:
    assert can_open(10)
    assert not can_open(MAX_OPENED + 1)
    assert [item.code for item in inspect_document(OpenableFile("data/a.mp4", NOWHERE, b"\0\1\2", None))] == ["V165"]


@pytest.mark.parametrize(
    ("data", "code"),
    [("中文".encode(), None), ("中文".encode("gb18030"), None), (b"\xff\xff\xff", "V169")],
)
def test_texts_are_decoded(data: bytes, code: str | None) -> None:
    diagnostics = inspect_document(OpenableFile("a.txt", NOWHERE, data, None))
    assert [item.code for item in diagnostics] == ([code] if code else [])


def test_stated_pages_are_compared() -> None:
    stated = Rendition(
        role="pdf",
        path="a.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        pages=PageCount(value=5, source="stated"),
    )
    diagnostics = inspect_document(OpenableFile("a.pdf", NOWHERE, make_pdf(2), stated))
    assert [(item.code, item.params["stated"], item.params["counted"]) for item in diagnostics] == [("V163", 5, 2)]


def test_a_picture_beyond_measure_is_not_decoded() -> None:
    bomb = bytearray(make_picture("BMP"))
    bomb[18:26] = (60_000).to_bytes(4, "little") * 2
    diagnostics = inspect_document(OpenableFile("a.bmp", NOWHERE, bytes(bomb), None))
    assert [item.code for item in diagnostics] in (["V164"], ["V165"])


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.jpg", "a.png", "a.tif", "a.gif"])
def test_spoiled_documents_never_raise(name: str) -> None:
    kinds = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "gif": "GIF"}
    suffix = name[2:]
    sound = make_office() if suffix == "docx" else make_pdf() if suffix == "pdf" else make_picture(kinds[suffix])
    chance = random.Random(5)
    for _ in range(60):
        spoiled = bytearray(sound)
        for _ in range(chance.randrange(1, 8)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        inspect_document(OpenableFile(name, NOWHERE, bytes(spoiled), None))


def test_the_content_digest_refuses_what_is_no_zip() -> None:
    with pytest.raises(zipfile.BadZipFile):
        content_digest(b"nothing")


@pytest.mark.parametrize("name", ["a.docx", "a.bin"])
def test_an_archive_in_a_document_is_told_and_not_unpacked(name: str) -> None:
    inner = zip_up({"zeros": b"\0" * (8 << 20)})
    for _ in range(4):
        inner = zip_up({f"{number}.zip": inner for number in range(8)})
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/embeddings/a.zip", inner)
        archive.writestr("word/media/b.png", make_picture())
    work = ReadingCost()
    diagnostics = inspect_document(OpenableFile(f"data/{name}", NOWHERE, buffer.getvalue(), None, work))
    assert [(item.code, item.params["parts"]) for item in diagnostics] == [("V200", "word/embeddings/a.zip")]
    assert work.inflated < 2 * len(inner)
    assert work.entries == 5


def zip_up(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
