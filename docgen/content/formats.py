"""Recognises a file's format from its bytes rather than its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from docgen.ooxml.package import open_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FileKind = Literal["picture", "pdf", "office", "text", "other"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a file of the old Office formats, an embedded object or a macro project begins with."""
HEAD_BYTES = 4096
"""So much of a file's beginning is looked at."""
_OLE_SCAN_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its short name, its kind, its media type, and its usual suffixes."""

    name: str
    kind: FileKind
    media_type: str
    suffixes: tuple[str, ...] = ()


_WORD = "application/vnd.openxmlformats-officedocument."
FORMATS = {
    item.name: item
    for item in (
        Format("jpg", "picture", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
        Format("png", "picture", "image/png", (".png",)),
        Format("gif", "picture", "image/gif", (".gif",)),
        Format("bmp", "picture", "image/bmp", (".bmp",)),
        Format("webp", "picture", "image/webp", (".webp",)),
        Format("tiff", "picture", "image/tiff", (".tif", ".tiff")),
        Format("heic", "picture", "image/heic", (".heic", ".heif")),
        Format("avif", "picture", "image/avif", (".avif",)),
        Format("pdf", "pdf", "application/pdf", (".pdf",)),
        Format("docx", "office", f"{_WORD}wordprocessingml.document", (".docx",)),
        Format("xlsx", "office", f"{_WORD}spreadsheetml.sheet", (".xlsx",)),
        Format("pptx", "office", f"{_WORD}presentationml.presentation", (".pptx",)),
        Format("doc", "office", "application/msword", (".doc", ".wps")),
        Format("xls", "office", "application/vnd.ms-excel", (".xls", ".et")),
        Format("ppt", "office", "application/vnd.ms-powerpoint", (".ppt", ".dps")),
        Format("ole", "office", "application/x-ole-storage", (".doc", ".xls", ".ppt", ".wps", ".et", ".dps")),
        Format("encrypted", "office", "application/x-ole-storage"),
        Format("rtf", "office", "application/rtf", (".rtf",)),
        Format("odf", "office", "application/vnd.oasis.opendocument", (".odt", ".ods", ".odp")),
        Format("ofd", "other", "application/ofd", (".ofd",)),
        Format("zip", "other", "application/zip", (".zip",)),
        Format("rar", "other", "application/vnd.rar", (".rar",)),
        Format("7z", "other", "application/x-7z-compressed", (".7z",)),
        Format("mp4", "other", "video/mp4", (".mp4", ".m4v", ".mov", ".m4a", ".3gp")),
        Format("avi", "other", "video/x-msvideo", (".avi",)),
        Format("webm", "other", "video/x-matroska", (".mkv", ".webm")),
        Format("wmv", "other", "video/x-ms-wmv", (".wmv", ".asf", ".wma")),
        Format("wav", "other", "audio/wav", (".wav",)),
        Format("mp3", "other", "audio/mpeg", (".mp3",)),
        Format("amr", "other", "audio/amr", (".amr",)),
        Format("dwg", "other", "image/vnd.dwg", (".dwg",)),
        Format("program", "other", "application/vnd.microsoft.portable-executable", (".exe", ".dll", ".scr")),
        Format("html", "text", "text/html", (".html", ".htm")),
        Format("text", "text", "text/plain", (".txt", ".md", ".csv", ".log", ".json", ".yaml", ".yml", ".xml")),
        Format("unknown", "other", "application/octet-stream"),
    )
}
_TEXT_TYPES = {
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".json": "application/json",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_MAGIC = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1a\x45\xdf\xa3", "webm"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),
    (b"ID3", "mp3"),
    (b"#!AMR", "amr"),
    (b"AC10", "dwg"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    *(
        (magic, "program")
        for magic in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce")
    ),
    (b"L\0\0\0\x01\x14\x02\0", "program"),  # a Windows link (.lnk)
    (b"ITSF\3\0", "program"),  # compiled help (.chm), which runs scripts
)
_ANY_MAGIC = tuple(magic for magic, _ in _MAGIC)
_MP3_FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_RIFF = {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_PART_NAMES = re.compile(
    rb"PK\x01\x02.{42}(\[Content_Types\]\.xml|OFD\.xml|mimetype|content\.xml|word/|xl/|ppt/)", re.S
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIF_BRANDS = frozenset((b"mif1", b"mif2", b"msf1", b"miaf"))
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)


def find_name(path: str) -> str:
    """The last name of a path with slashes: that of ``PurePosixPath``, in a tenth of the time."""
    name = path.rpartition("/")[2]
    return name if name not in {"", "."} else PurePosixPath(path).name


def find_suffix(path: str) -> str:
    """The suffix of a path's last name, with its dot; "" when it has none."""
    name = find_name(path)
    place = name.rfind(".")
    return name[place:] if 0 < place < len(name) - 1 else ""


@cache
def _list_by_suffix() -> dict[str, tuple[Format, ...]]:
    suffixes = {suffix for item in FORMATS.values() for suffix in item.suffixes}
    return {suffix: tuple(item for item in FORMATS.values() if suffix in item.suffixes) for suffix in suffixes}


def expect_formats(suffix: str) -> tuple[Format, ...]:
    """What a file with this suffix (with its dot) can be; nothing when docgen doesn't know the suffix."""
    return _list_by_suffix().get(suffix.lower(), ())


def sniff_format(path: Path) -> Format:
    """The format of a file by its content; raises OSError when it can't be read."""
    with path.open("rb") as stream:
        head_format = sniff_head(stream.read(HEAD_BYTES))
    if head_format.name == "zip":
        return FORMATS[_sniff_zip(path)]
    return FORMATS[_sniff_ole(path)] if head_format.name == "ole" else head_format


def sniff_head(data: bytes) -> Format:
    """The format of a file by its beginning; what a zip or an OLE file holds isn't looked for."""
    head = data[:HEAD_BYTES]
    if head[:2] in _MP3_FRAMES:
        return FORMATS["mp3"]
    for magic, name in _MAGIC if head.startswith(_ANY_MAGIC) else ():
        if head.startswith(magic) and (name != "program" or b"\0" in head):
            return FORMATS[name]
    for sniff in (_sniff_container, _sniff_page):
        content_name = sniff(head)
        if content_name is not None:
            return FORMATS[content_name]
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return FORMATS["zip"]
    if head.startswith(OLE_MAGIC):
        return FORMATS["ole"]
    return FORMATS[_sniff_text(head)]


def sniff_data(data: bytes) -> Format:
    """The format of a whole file that is in memory; a zip goes by the names in its directory."""
    head_format = sniff_head(data)
    if head_format.name == "zip":
        return FORMATS[_name_zip(set(_PART_NAMES.findall(data)))]
    return FORMATS[sniff_ole(data)] if head_format.name == "ole" else head_format


def _name_zip(names: set[bytes]) -> str:
    if b"OFD.xml" in names:
        return "ofd"
    if b"[Content_Types].xml" in names:
        return next((kind for top, kind in _OFFICE_FOLDERS if f"{top}/".encode() in names), "zip")
    return "odf" if {b"mimetype", b"content.xml"} <= names else "zip"


def name_media_type(content_format: Format, suffix: str) -> str:
    """The media type of a file: by its content; for plain text, which content can't tell apart, by its suffix."""
    by_suffix = _TEXT_TYPES.get(suffix.lower()) if content_format.name == "text" else None
    return by_suffix or content_format.media_type


def _sniff_container(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] != b"ftyp":
        return None
    # the brand, then those that the file is compatible with; a general HEIF brand leaves it to them
    end = min(int.from_bytes(head[:4], "big"), len(head))
    compatible = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    brands = compatible if compatible[0] in _HEIF_BRANDS else compatible[:1]
    if not _AVIF_BRANDS.isdisjoint(brands):
        return "avif"
    return "heic" if not (_HEIC_BRANDS | _HEIF_BRANDS).isdisjoint(brands) else "mp4"


def _sniff_page(head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "bmp"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    return "html" if start.startswith((b"<!doctype html", b"<html")) else None


def _sniff_zip(path: Path) -> str:
    try:
        with open_zip(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError):
        # a zip that lost its end: what it was shows in the part names at its head
        return _sniff_part_names(path)
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" in names:
        folders = {name.split("/", 1)[0] for name in names}
        return next((kind for top, kind in _OFFICE_FOLDERS if top in folders), "zip")
    return "odf" if names[:1] == ["mimetype"] and "content.xml" in names else "zip"


_OFFICE_FOLDERS = (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx"))


def _sniff_part_names(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES * 16)
    return next((kind for top, kind in _OFFICE_FOLDERS if f"{top}/".encode() in head), "zip")


def _sniff_ole(path: Path) -> str:
    with path.open("rb") as stream:
        return sniff_ole(stream.read(_OLE_SCAN_BYTES))


def sniff_ole(content: bytes) -> str:
    """Which of the old office formats it is, by the names of its streams, which stand there as UTF-16."""
    return next((name for stream_name, name in _OLE_STREAMS if stream_name.encode("utf-16-le") in content), "ole")


def _sniff_text(head: bytes) -> str:
    """Plain text, if the head of the file reads as one; a character may be cut at its end."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\0" in head:
        return "unknown"
    tries: tuple[Callable[[bytes], str], ...] = (
        lambda part: part.decode("utf-8"),
        lambda part: part.decode("gb18030"),
    )
    for cut in range(4):
        for decode in tries:
            try:
                decode(head[: len(head) - cut])
            except UnicodeDecodeError:
                continue
            return "text"
        if len(head) < HEAD_BYTES:
            break
    return "unknown"
