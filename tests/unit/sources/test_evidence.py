"""docgen.sources.evidence: what files of evidence are, and what is wrong with them."""

from __future__ import annotations

import datetime as dt
import io
import logging
import unicodedata
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from docgen.content.formats import FORMATS
from docgen.diagnostics import Severity
from docgen.messages import LANGUAGES, catalogue
from docgen.sources.evidence import EvidenceFile, Inspection, inspect_evidence, inspect_named_evidence

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def picture(form: str, size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    stream = io.BytesIO()
    noise = Image.effect_noise(size, 90).convert("RGB")  # nothing compresses to a few bytes, so that cutting cuts
    noise.save(stream, form, **options)
    return stream.getvalue()


def photograph(orientation: int, taken: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x9003] = taken
    return picture("JPEG", exif=exif)


def pdf(pages: int = 1, password: str | None = None, owner: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None:
        writer.encrypt(password, owner, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "<x>内容</x>" * 40)
    return stream.getvalue()


def look(folder: Path, name: str, content: bytes) -> tuple[EvidenceFile, list[str]]:
    (folder / name).write_bytes(content)
    inspected = inspect_evidence(folder / name)
    assert inspected.file is not None
    return inspected.file, say(inspected)


def say(inspected: Inspection) -> list[str]:
    """The codes; every message is spoken on the way, so that none lacks a parameter."""
    for item in inspected.diagnostics:
        for lang in LANGUAGES:
            assert "{" not in catalogue(lang).message(item) + catalogue(lang).mend(item)
    return [item.code for item in inspected.diagnostics]


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
DOCX = package("[Content_Types].xml", "word/document.xml")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "media_type", "kind", "pages"),
    [
        ("a.jpg", picture("JPEG"), "image/jpeg", "picture", 1),
        ("a.JPEG", picture("JPEG"), "image/jpeg", "picture", 1),
        ("a.png", picture("PNG"), "image/png", "picture", 1),
        ("a.gif", picture("GIF"), "image/gif", "picture", 1),
        ("a.bmp", picture("BMP"), "image/bmp", "picture", 1),
        ("a.webp", picture("WEBP"), "image/webp", "picture", 1),
        ("a.tif", picture("TIFF"), "image/tiff", "picture", 1),
        ("a.heic", HEIC, "image/heic", "picture", 1),
        ("a.heif", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic", "picture", 1),
        ("a.avif", picture("AVIF"), "image/avif", "picture", 1),
        ("a.rtf", b"{\\rtf1 }", "application/rtf", "office", None),
        ("a.pdf", pdf(3), "application/pdf", "pdf", 3),
        ("a.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "office", None),
        ("a.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "office", None),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "application/msword", "office", None),
        ("a.wps", OLE + "WordDocument".encode("utf-16-le"), "application/msword", "office", None),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel", "office", None),
        ("a.et", OLE, "application/x-ole-storage", "office", None),
        ("a.ofd", package("OFD.xml", "Doc_0/Document.xml"), "application/ofd", "other", None),
        ("a.zip", package("x.txt"), "application/zip", "other", None),
        ("a.txt", "说明".encode(), "text/plain", "text", None),
        ("a.txt", ("说明" * 4000).encode("gb18030"), "text/plain", "text", None),
        ("a.md", b"# x", "text/markdown", "text", None),
        ("a.csv", ("甲," * 3000).encode(), "text/csv", "text", None),
        ("a.mp4", b"\0\0\0\x18ftypisom", "video/mp4", "other", None),
        ("a.mov", b"\0\0\0\x08wide\0\0", "application/octet-stream", "other", None),
        ("a.mp3", b"ID3\4\0\0", "audio/mpeg", "other", None),
        ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", "other", None),
        ("a.dwg", b"AC1032\0\0", "image/vnd.dwg", "other", None),
        ("没有扩展名", pdf(1), "application/pdf", "pdf", 1),
    ],
)
def test_what_a_file_is(
    tmp_path: Path, name: str, content: bytes, media_type: str, kind: str, pages: int | None
) -> None:
    file, codes = look(tmp_path, name, content)
    assert codes == []
    assert (file.media_type, file.kind, file.pages) == (media_type, kind, pages)
    assert file.size == len(content)
    assert file.path == tmp_path / name


def test_the_pages_of_a_scan(tmp_path: Path) -> None:
    pages = [Image.new("1", (20, 30)) for _ in range(3)]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    assert look(tmp_path, "扫描.tif", stream.getvalue())[0].pages == 3


@pytest.mark.parametrize(
    ("orientation", "turned", "size"), [(1, False, (40, 30)), (3, True, (40, 30)), (6, True, (30, 40))]
)
def test_when_a_photograph_was_taken_and_how_it_is_turned(
    tmp_path: Path, orientation: int, turned: bool, size: tuple[int, int]
) -> None:
    file, codes = look(tmp_path, "a.jpg", photograph(orientation, "2023:10:12 09:41:00"))
    assert codes == []
    assert file.taken == dt.datetime(2023, 10, 12, 9, 41)
    assert file.turned is turned
    assert (file.width, file.height) == size


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "", "昨天", "2023-10-12"])
def test_a_camera_without_a_clock(tmp_path: Path, taken: str) -> None:
    file, codes = look(tmp_path, "a.jpg", photograph(1, taken))
    assert codes == []
    assert file.taken is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", picture("PNG"), "E108"),
        ("a.png", HEIC, "E108"),
        ("a.doc", "<html><p>导出的表</p></html>".encode(), "E108"),
        ("a.heic", HEIC[:20], "E110"),
        ("a.doc", DOCX, "E108"),
        ("a.doc", b"{\\rtf1 }", "E108"),
        ("a.docx", XLSX, "E108"),
        ("a.jpg", pdf(), "E109"),
        ("a.pdf", picture("JPEG"), "E109"),
        ("a.pdf", "<!DOCTYPE html><p>登录</p>".encode(), "E109"),
        ("a.jpg", b"MZ\x90\0\x03", "E109"),
        ("a.docx", b"hello", "E109"),
        ("a.txt", b"\0\1\2", "E109"),
        ("a.jpg", picture("JPEG", (300, 300))[:9000], "E110"),
        ("a.png", picture("PNG", (300, 300))[:9000], "E110"),
        ("a.jpg", b"\xff\xd8\xff\xe0nothing", "E110"),
        ("a.pdf", pdf(2)[:200], "E111"),
        ("a.pdf", b"%PDF-1.4 nothing", "E111"),
        ("a.pdf", pdf(1, "geheim"), "E114"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "E115"),
        ("a.docx", DOCX[:200], "E118"),
        ("a.xlsx", XLSX.replace(XLSX[60:70], b"\xff" * 10), "E118"),
        ("a?.txt", b"x", "E112"),
        ("nul.txt", b"x", "E112"),
        ("a. ", b"x", "E112"),
        ("~$报告.docx", DOCX, "E113"),
        ("Thumbs.db", OLE, "E113"),
        (".DS_Store", b"\0\0\0\1Bud1", "E113"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert look(tmp_path, name, content)[1] == [code]


def test_how_grave_it_is(tmp_path: Path) -> None:
    graveness = {}
    for name, content in (("a.jpg", picture("PNG")), ("b.jpg", pdf()), (".DS_Store", b"x")):
        (tmp_path / name).write_bytes(content)
        (item,) = inspect_evidence(tmp_path / name).diagnostics
        graveness[item.code] = item.severity
    assert graveness == {"E108": Severity.WARNING, "E109": Severity.ERROR, "E113": Severity.INFO}


def test_a_pdf_with_restrictions_alone_opens(tmp_path: Path) -> None:
    file, codes = look(tmp_path, "a.pdf", pdf(2, "", "owner"))
    assert codes == []
    assert file.pages == 2


def test_what_pypdf_logs_stays_inside(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("pypdf"), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    broken = pdf(2).replace(b"startxref\n", b"startxref\n9")
    assert look(tmp_path, "a.pdf", broken)[0].pages == 2
    look(tmp_path, "b.pdf", broken[:250])
    assert capfd.readouterr() == ("", "")


def test_a_picture_too_large_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.content.pictures.MAX_PIXELS", 1000)
    file, codes = look(tmp_path, "a.png", picture("PNG"))
    assert codes == ["E117"]
    assert (file.width, file.height) == (40, 30)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert look(tmp_path, "a.png", picture("PNG"))[1] == ["E117"]


def refuse(path: Path) -> tuple[str, str]:
    inspected = inspect_evidence(path)
    assert inspected.file is None
    (code,) = say(inspected)
    return code, catalogue("zh").message(inspected.diagnostics[0])


def test_a_missing_file(tmp_path: Path) -> None:
    assert refuse(tmp_path / "a.jpg") == ("E101", "找不到佐证材料“a.jpg”；请检查路径是否写对")
    assert refuse(tmp_path / "佐证" / "a.jpg")[1].endswith("连它所在的文件夹“佐证”也没有")
    (tmp_path / "现场照片_灌装工位.jpg").write_bytes(b"x")
    assert "有“现场照片_灌装工位.jpg”" in refuse(tmp_path / "现场照片_罐装工位.jpg")[1]
    assert refuse(tmp_path / "a\0b.jpg")[0] == "E101"
    assert refuse(tmp_path / "现场照片_灌装工位.jpg" / "x")[0] == "E101"


def test_a_name_in_another_case_or_composition(tmp_path: Path) -> None:
    (tmp_path / "IMG_01.JPG").write_bytes(b"x")
    if not (tmp_path / "img_01.jpg").exists():  # a file system that tells them apart
        code, message = refuse(tmp_path / "img_01.jpg")
        assert code == "E102"
        assert "IMG_01.JPG" in message
    (tmp_path / unicodedata.normalize("NFD", "Café.jpg")).write_bytes(b"x")
    if not (tmp_path / "Café.jpg").exists():
        assert refuse(tmp_path / "Café.jpg")[0] == "E103"


def test_what_is_no_file_to_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refuse(tmp_path)[0] == "E104"
    (tmp_path / "a.jpg").write_bytes(b"")
    assert refuse(tmp_path / "a.jpg")[0] == "E105"
    assert refuse(Path("/dev/null"))[0] == "E106"
    assert refuse(tmp_path / ("长" * 200))[0] == "E106"

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "b.jpg").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", deny)
    assert refuse(tmp_path / "b.jpg") == ("E106", "读不出“b.jpg”：没有读取权限")


def test_symbolic_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    (tmp_path / "b.pdf").symlink_to("a.pdf")
    (tmp_path / "c.pdf").symlink_to("nowhere.pdf")
    (tmp_path / "d.pdf").symlink_to("d.pdf")
    assert inspect_evidence(tmp_path / "b.pdf").diagnostics == ()
    assert refuse(tmp_path / "c.pdf")[0] == "E101"
    assert refuse(tmp_path / "d.pdf")[0] == "E106"


@pytest.mark.parametrize("name", ["/etc/hosts", "C:\\照片\\a.jpg", "c:a.jpg", "\\\\server\\share\\a.jpg", "\\a.jpg"])
def test_an_absolute_name_is_refused(tmp_path: Path, name: str) -> None:
    inspected = inspect_named_evidence(tmp_path, name)
    assert inspected.file is None
    assert say(inspected) == ["E107"]


def test_names_are_looked_for_from_the_records_folder(tmp_path: Path) -> None:
    (tmp_path / "项目" / "佐证材料").mkdir(parents=True)
    (tmp_path / "项目" / "佐证材料" / "a.pdf").write_bytes(pdf())
    (tmp_path / "b.pdf").write_bytes(pdf())
    folder = tmp_path / "项目"
    for name in ("佐证材料/a.pdf", "佐证材料\\a.pdf", "./佐证材料/a.pdf", "佐证材料/../../项目/佐证材料/a.pdf"):
        assert inspect_named_evidence(folder, name).diagnostics == (), name


def test_outside_of_the_records_folder_only_what_is_allowed_is_taken(tmp_path: Path) -> None:
    folder, shared = tmp_path / "项目", tmp_path / "共用"
    for place in (folder, shared / "照片", tmp_path / "项目2"):
        place.mkdir(parents=True)
    for place in (shared / "a.pdf", tmp_path / "b.pdf", tmp_path / "项目2" / "c.pdf"):
        place.write_bytes(pdf())
    (folder / "链接.pdf").symlink_to(tmp_path / "b.pdf")
    (folder / "文件夹").symlink_to(shared)
    (folder / "内.pdf").symlink_to("文件夹/../b.pdf")
    names = ["../共用/a.pdf", "..\\共用\\a.pdf", "../b.pdf", "../项目2/c.pdf", "链接.pdf", "内.pdf", "文件夹/a.pdf"]
    names += ["../没有.pdf"]
    for name in names:
        (diagnostic,) = inspect_named_evidence(folder, name).diagnostics
        assert (diagnostic.code, diagnostic.severity) == ("E150", Severity.ERROR), name
        assert "--allow-outside" in catalogue("zh").mend(diagnostic)
    assert catalogue("zh").message(inspect_named_evidence(folder, "链接.pdf").diagnostics[0]).count(str(tmp_path)) == 1
    allowed = [name for name in names if not inspect_named_evidence(folder, name, allowed=[shared]).diagnostics]
    assert allowed == ["../共用/a.pdf", "..\\共用\\a.pdf", "文件夹/a.pdf"]
    assert say(inspect_named_evidence(folder, "../共用/none.pdf", allowed=[shared])) == ["E101"]
    linked = tmp_path / "经链接"
    linked.symlink_to(folder)
    (folder / "d.pdf").write_bytes(pdf())
    assert inspect_named_evidence(linked, "d.pdf").diagnostics == ()


def test_every_format_has_a_name_in_both_languages() -> None:
    for lang in LANGUAGES:
        known = {key.removeprefix("format.") for key in catalogue(lang).texts if key.startswith("format.")}
        assert known == set(FORMATS)
