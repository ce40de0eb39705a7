"""Finds active content in files without parts: the old Office formats, rich text, HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.archive.bag.active import Active, leaves_package, reaches_file
from docgen.archive.bag.instructions import judge_field
from docgen.content.files import decode_markup
from docgen.content.formats import sniff_head

_VBA = "_VBA_PROJECT".encode("utf-16-le")
_OBJECTS = tuple(name.encode("utf-16-le") for name in ("\x01Ole10Native", "ObjectPool", "\x01CompObjStream"))
_RTF_OBJECT = re.compile(rb"\\obj(?:data|ocx|emb|autlink|link|sub|pub|update|class)\b")
_RTF_TEMPLATE = re.compile(rb"\\\*\s*\\template\b\s*([^}]{0,300})")
_RTF_FIELD = re.compile(rb"\\fldinst\b([^\\{}]*(?:\\[^f][^\\{}]*|[{}][^\\{}]*){0,60})")
_RTF_MARK = re.compile(rb"\\[a-z]+-?\d*\s?|[{}]|\\\*")
_SCRIPT = re.compile(
    r"<\s{0,9}(?:[\w-]{1,30}:)?(script|iframe|object|embed|applet|frame)\b|\son[a-z]{3,30}\s{0,9}=\s{0,9}[\"']?[^\s>]|(?:java|vb)script\s{0,9}:",
    re.I,
)
_LINK = re.compile(r"\b(src|href|background|data)\s{0,9}=\s{0,9}[\"']?([^\"'>\s]{1,2000})", re.I)
_ELSEWHERE = re.compile(r"(?:[a-z][\w+.-]{0,40}[:|]|[/\\]{2})", re.I)
_MOST = 200


def search_ole(data: bytes) -> Iterator[Active]:
    """A macro project or embedded objects in a .doc, .xls or .ppt, by the names of their streams."""
    if _VBA in data:
        yield Active("macro", detail="VBA")
    if any(name in data for name in _OBJECTS):
        yield Active("object", detail="OLE")


def search_text(data: bytes, *, is_page: bool = False) -> Iterator[Active]:
    """What acts in rich text or in a web page; nothing in plain text."""
    kind = sniff_head(data).name
    if kind == "rtf":
        yield from _search_rtf(data)
    elif is_page or kind == "html":
        yield from _search_page(data)


def _search_rtf(data: bytes) -> Iterator[Active]:
    """Objects, a template elsewhere and fields in rich text."""
    if _RTF_OBJECT.search(data):
        yield Active("object", detail="RTF")
    template = _RTF_TEMPLATE.search(data)
    if template is not None:
        yield Active("remote", detail=template[1].decode("gb18030", "replace").strip())
    for number, match in enumerate(_RTF_FIELD.finditer(data)):
        if number >= _MOST:
            return
        bare = _RTF_MARK.sub(b"", match[1].replace(rb"\\", b"\0")).replace(b"\0", b"\\")
        yield from judge_field(bare.decode("gb18030", "replace"))


def _search_page(data: bytes) -> Iterator[Active]:
    """Scripts, frames and objects of a web page or SVG, and what it loads from elsewhere."""
    text = decode_markup(data).replace("\0", "")
    match = _SCRIPT.search(text)
    if match is not None:
        yield Active("script", detail=match[0].strip())
    for number, (name, target) in enumerate(_LINK.findall(text)):
        if number >= _MOST:
            return
        if _ELSEWHERE.match(target) is None or target.lower().startswith("data:image/"):
            continue  # what lies beside a page is looked at by itself
        if reaches_file(target):
            yield Active("file_link", detail=target)
        elif name.lower() != "href" and leaves_package(target):
            yield Active("remote", detail=target)
