"""A finished package is searched through and through: names, texts, parts of documents, what is split, PDF."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject
from support.archive_samples import make_office, make_picture

from docgen.archive.leaks.search import can_search, extract_texts, find_leaks, find_secrets
from docgen.record.masking import Masker
from docgen.record.secret import Secret

PHONE = Secret("13900000301", ("phone",), "×")
NAME = Secret("魏承屿", ("name",), "×")
FIGURE = Secret("2386.40", ("revenue",), "×", True)
WHOLE = Secret("9356", ("staff",), "×", True)
MASKER = Masker([PHONE, NAME, FIGURE, WHOLE])
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def find(name: str, data: bytes | str) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    return [secret.text for secret in find_secrets(extract_texts(name, raw), MASKER)]


def make_pdf(text: str) -> bytes:
    stream = f"BT /F1 12 Tf 50 50 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 5 0 R "
        "/Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{item}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            f"<w:p {W}><w:r><w:t>电话13900</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>000301</w:t></w:r></w:p>",
            ["13900000301"],
        ),
        (f"<w:body {W}><w:p><w:r><w:t>魏</w:t></w:r></w:p><w:p><w:r><w:t>承屿</w:t></w:r></w:p></w:body>", []),
        (f'<w:p {W}><w:r><w:drawing descr="魏承屿在讲话"/></w:r></w:p>', ["魏承屿"]),
        (f'<w:p {W}><w:pPr><w:ind w:left="9356"/></w:pPr></w:p>', []),
        (f"<w:p {W}><w:r><w:t>9356 人</w:t></w:r></w:p>", ["9356"]),
        ("<worksheet><row><c><v>2386.4</v></c><c><v>93</v></c><c><v>56</v></c></row></worksheet>", ["2386.40"]),
        ("<a>&#39759;承屿</a>", ["魏承屿"]),
    ],
)
def test_parts_of_a_document_are_searched(body: str, found: list[str]) -> None:
    assert find("一.docx", make_office(body=body)) == found


def test_properties_charts_and_inner_documents_are_searched() -> None:
    core = "<cp><dc:title>收入</dc:title><dc:creator>魏承屿</dc:creator></cp>"
    assert find("a.xlsx", make_office("xl/workbook.xml", **{"docProps/core.xml": core})) == ["魏承屿"]
    chart = "<c:v>2386.4</c:v>"
    assert find("a.xlsx", make_office("xl/workbook.xml", **{"xl/charts/chart1.xml": chart})) == ["2386.40"]
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/embeddings/魏承屿.docx", make_office(body="<w:p>13900000301</w:p>"))
    assert find("a.docx", buffer.getvalue()) == ["魏承屿", "13900000301"]


def test_pages_and_texts_are_searched() -> None:
    assert find("i.html", '<p>魏<b>承</b>屿</p><a href="data/%E9%AD%8F%E6%89%BF%E5%B1%BF.docx">x</a>') == ["魏承屿"]
    assert find("i.html", "<td>魏</td><td>承屿</td>") == []
    assert find("package.json", '{"documents": [{"title": "\\u9b4f承屿", "size": 9356}]}') == ["魏承屿"]
    assert find("n.txt", "魏承屿".encode("gb18030")) == ["魏承屿"]
    assert find("n.json", '{"staff": 9356}') == ["9356"]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("order.xml", "<order><style>9356</style></order>", ["9356"]),
        ("i.html", "<head><style/></head><body><p>9356人</p></body><style>p{}</style>", ["9356"]),
        ("i.html", "<!-- <style> --><p>9356人</p><style>p{}</style>", ["9356"]),
        ("i.html", "<style>p {width: 9356px} h1 {content: '魏承屿'}</style><p>在</p>", ["魏承屿"]),
        ("i.html", "<STYLE type='text/css'>p {width: 9356.00}</STYLE ><p>在</p>", []),
    ],
)
def test_the_style_of_a_page_hides_nothing_else(name: str, text: str, found: list[str]) -> None:
    assert find(name, text) == found


def test_the_digits_of_a_digest_are_no_figure() -> None:
    digest = "a9356b" + "0" * 58
    assert find("manifest-sha256.txt", f"{digest}  data/x.docx\n") == []


def test_the_text_of_a_pdf_is_searched() -> None:
    assert find("s.pdf", make_pdf("Tel 139-0000-0301")) == ["13900000301"]
    assert find("s.pdf", make_pdf("Tel 139-0000-0302")) == []
    assert find("s.pdf", b"%PDF-1.4 broken") == []


def save_pdf(writer: PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_what_lies_beside_the_pages_of_a_pdf_is_searched() -> None:
    page = PdfReader(io.BytesIO(make_pdf("open")))
    attached = PdfWriter(clone_from=page)
    attached.add_attachment("名单.docx", make_office(body="<w:p>13900000301</w:p>"))
    assert find("a.pdf", save_pdf(attached)) == ["13900000301"]
    named = PdfWriter(clone_from=page)
    named.add_attachment("魏承屿.bin", b"x")
    assert find("a.pdf", save_pdf(named)) == ["魏承屿"]
    commented = PdfWriter(clone_from=page)
    commented.add_annotation(0, FreeText(text="找魏承屿", rect=(0, 0, 9, 9)))
    assert find("a.pdf", save_pdf(commented)) == ["魏承屿"]
    outlined = PdfWriter(clone_from=page)
    outlined.add_outline_item(title="9356 人", page_number=0)
    assert find("a.pdf", save_pdf(outlined)) == ["9356"]
    outer = PdfWriter(clone_from=page)
    outer.add_attachment("内.pdf", save_pdf(attached))
    assert find("a.pdf", save_pdf(outer)) == ["13900000301"]


def test_what_is_written_beside_a_picture_is_searched() -> None:
    def save(kind: str, **said: Any) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (6, 8), "white").save(buffer, kind, **said)
        return buffer.getvalue()

    exif = Image.Exif()
    exif[0x010E] = "魏承屿在检验室".encode()
    assert find("a.jpg", save("JPEG", exif=exif)) == ["魏承屿"]
    windows = Image.Exif()
    windows[0x9C9B] = "魏承屿\0".encode("utf-16-le")
    assert find("a.JPEG", save("JPEG", exif=windows)) == ["魏承屿"]
    comment = Image.Exif()
    comment.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "魏承屿".encode("utf-16-le")
    assert find("a.jpg", save("JPEG", exif=comment)) == ["魏承屿"]
    assert find("a.jpg", save("JPEG", comment="电话13900000301".encode("gbk"))) == ["13900000301"]
    told = PngInfo()
    told.add_itxt("Title", "魏承屿")
    assert find("a.png", save("PNG", pnginfo=told)) == ["魏承屿"]
    assert find("a.jfif", save("JPEG", exif=exif)) == ["魏承屿"]
    assert find("a.jpe", save("JPEG", exif=exif)) == ["魏承屿"]
    assert find("a.jpg", b"\xff\xd8\xff broken") == []
    inner = io.BytesIO(make_office())
    with zipfile.ZipFile(inner, "a") as archive:
        archive.writestr("word/media/image1.jpg", save("JPEG", exif=exif))
    assert find("a.docx", inner.getvalue()) == ["魏承屿"]


def add_resource(number: int, said: bytes, **more: Any) -> bytes:
    """A JPEG with a resource of Photoshop's kind in it."""
    buffer = io.BytesIO()
    Image.new("RGB", (6, 8), "white").save(buffer, "JPEG", **more)
    picture = buffer.getvalue()
    held = b"Photoshop 3.0\x008BIM" + struct.pack(">HHI", number, 0, len(said)) + said + b"\0" * (len(said) % 2)
    return picture[:2] + b"\xff\xed" + struct.pack(">H", len(held) + 2) + held + picture[2:]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_captions_of_a_photograph_are_searched(encoding: str) -> None:
    def tell(*said: str) -> bytes:
        texts = [(text.encode(encoding)) for text in said]
        return b"".join(b"\x1c\x02\x19" + struct.pack(">H", len(text)) + text for text in texts)

    assert find("a.jpg", add_resource(0x0404, tell("魏承屿在检验室"))) == ["魏承屿"]
    assert find("a.jpg", add_resource(0x0404, tell("检验室" * 60, "电话13900000301"))) == ["13900000301"]
    assert find("a.jpg", add_resource(0x0424, "<title>魏承屿</title>".encode(encoding))) == ["魏承屿"]


def test_a_broken_caption_hides_no_other_text() -> None:
    exif = Image.Exif()
    exif[0x010E] = "魏承屿".encode()
    assert find("a.jpg", add_resource(0x0404, b"\x1c\x02\x19\x84\x01", exif=exif)) == ["魏承屿"]


def test_what_can_not_be_searched_is_said(tmp_path: Path) -> None:
    scan = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(scan, "PDF")
    files = {
        "a.DOCX": make_office(),
        "broken.docx": b"",
        "ole.docx": make_office(**{"word/embeddings/oleObject1.bin": "x"}),
        "book.docx": make_office(**{"word/embeddings/a.xlsx": "x"}),
        "a.pdf": make_pdf("text"),
        "a.txt": b"",
        "a.jpg": make_picture(),
        "a.doc": b"",
        "a": b"",
        "scan.pdf": scan.getvalue(),
        "broken.pdf": b"%PDF-1.4 broken",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert find("p.png", make_picture()) == []
    assert [name for name in files if can_search(tmp_path / name)] == ["a.DOCX", "book.docx", "a.pdf", "a.txt"]


PARTS: dict[str, str | bytes] = {
    "word/afchunk.htm": f"<html><p>{PHONE.text}</p></html>",
    "word/afchunk.rtf": rf"{{\rtf1 {PHONE.text}}}",
    "word/extra": f"<a>{PHONE.text}</a>",
    "word/embeddings/oleObject1.bin": f"\0\0\0电话{PHONE.text}\0".encode("utf-16-le"),
    "word/embeddings/oleObject2.bin": b"\0" + PHONE.text.encode("utf-16-le"),
    "word/embeddings/book.bin": make_office("xl/workbook.xml", f"<c>{PHONE.text}</c>"),
    "word/media/image1.emf": PHONE.text.encode("utf-16-be"),
    "customXml/item1.xml": f'<?xml version="1.0" encoding="UTF-16"?><a>{PHONE.text}</a>'.encode("utf-16-be"),
    "customXml/item2.xml": f"<a><![CDATA[{PHONE.text}]]></a>",
}


@pytest.mark.parametrize("name", PARTS)
def test_every_part_of_an_office_file_is_searched_whatever_its_format(name: str) -> None:
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, PARTS[name])
    assert find("a.docx", buffer.getvalue()) == [PHONE.text]


def test_characters_that_nobody_sees_hide_no_value() -> None:
    assert find("a.txt", "电话 139\u202d0000\u202c0301\u2066，魏\u2063承屿") == [PHONE.text, NAME.text]


def test_the_comments_of_a_zip_are_searched() -> None:
    buffer = io.BytesIO(make_office())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = NAME.text.encode()
    assert find("a.docx", buffer.getvalue()) == [NAME.text]


def test_figures_in_bytes_that_are_not_read_mean_nothing() -> None:
    assert find("a.bin", f"\0{WHOLE.text}\0{NAME.text}\0".encode()) == [NAME.text]


def test_a_text_without_a_mark_is_known_as_utf_16() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert find("a.txt", f"电话{PHONE.text}\n{NAME.text}".encode(encoding)) == [PHONE.text, NAME.text]


@pytest.mark.parametrize("key", ["/JS", "/XFA"])
def test_scripts_and_forms_of_a_pdf_in_streams(key: str) -> None:
    stream = DecodedStreamObject()
    stream.set_data(f"<a>{PHONE.text}</a>".encode())
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    held = ArrayObject([TextStringObject("form"), writer._add_object(stream)])
    action = DictionaryObject({NameObject(key): held if key == "/XFA" else held[1]})
    writer.root_object[NameObject("/OpenAction")] = action
    buffer = io.BytesIO()
    writer.write(buffer)
    assert find("a.pdf", buffer.getvalue()) == [PHONE.text]


def test_what_a_pdf_said_before_it_was_changed_is_searched() -> None:
    writer = PdfWriter(io.BytesIO(make_pdf(PHONE.text)), incremental=True)
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 12 Tf 50 50 Td (withheld) Tj ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert PHONE.text not in PdfReader(io.BytesIO(buffer.getvalue())).pages[0].extract_text()
    assert find("a.pdf", buffer.getvalue()) == [PHONE.text]


def test_a_leak_names_member_and_value(tmp_path: Path) -> None:
    package = tmp_path / "p.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("top/data/0001_魏承屿.docx", make_office(body="<w:p>9356，139 0000 0301，139 0000 0301</w:p>"))
        archive.writestr("top/bagit.txt", "BagIt-Version: 1.0\n")
    assert [(leak.member, leak.secret) for leak in find_leaks(package, MASKER)] == [
        ("data/0001_魏承屿.docx", NAME),
        ("data/0001_魏承屿.docx", WHOLE),
        ("data/0001_魏承屿.docx", PHONE),
    ]


def test_the_volume_is_read_however_large_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.archive.leaks.search.MAX_OPENED", 10)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("04_整卷.pdf", "data/a/0001_报告.pdf"):
            archive.writestr(f"包/{name}", make_pdf(PHONE.text))
    assert [leak.member for leak in find_leaks(path, MASKER)] == ["04_整卷.pdf"]
