"""Finds active content in files that are no packages of parts: the old Office formats, rich text (RTF), HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.archive.bag.active import ActiveContent, leaves_package, reaches_file
from docgen.archive.bag.instructions import search_field
from docgen.content.files import decode_markup
from docgen.content.formats import sniff_head

_VBA_STREAM = "_VBA_PROJECT".encode("utf-16-le")
_OBJECT_STREAMS = tuple(name.encode("utf-16-le") for name in ("\x01Ole10Native", "ObjectPool", "\x01CompObjStream"))
_RTF_OBJECT = re.compile(rb"\\obj(?:data|ocx|emb|autlink|link|sub|pub|update|class)\b")
_RTF_TEMPLATE = re.compile(rb"\\\*\s*\\template\b\s*([^}]{0,300})")
_RTF_FIELD = re.compile(rb"\\fldinst\b([^\\{}]*(?:\\[^f][^\\{}]*|[{}][^\\{}]*){0,60})")
_RTF_MARK = re.compile(rb"\\[a-z]+-?\d*\s?|[{}]|\\\*")
_SCRIPT = re.compile(
    r"<\s{0,9}(?:[\w-]{1,30}:)?(script|iframe|object|embed|applet|frame)\b|\son[a-z]{3,30}\s{0,9}=\s{0,9}[\"']?[^\s>]|(?:java|vb)script\s{0,9}:",
    re.I,
)
_LINK = re.compile(r"\b(src|href|background|data)\s{0,9}=\s{0,9}[\"']?([^\"'>\s]{1,2000})", re.I)
_OUTSIDE = re.compile(r"(?:[a-z][\w+.-]{0,40}[:|]|[/\\]{2})", re.I)
_MOST_SEARCHED = 200


def search_ole(data: bytes) -> Iterator[ActiveContent]:
    """A macro project or embedded objects in a .doc, .xls or .ppt, by the names of their streams."""
    if _VBA_STREAM in data:
        yield ActiveContent("macro", detail="VBA")
    if any(name in data for name in _OBJECT_STREAMS):
        yield ActiveContent("object", detail="OLE")


def search_text(data: bytes, *, is_page: bool = False) -> Iterator[ActiveContent]:
    """The active content of rich text or a web page; plain text has none."""
    kind = sniff_head(data).name
    if kind == "rtf":
        yield from _search_rtf(data)
    elif is_page or kind == "html":
        yield from _search_page(data)


def _search_rtf(data: bytes) -> Iterator[ActiveContent]:
    """Objects, a template at another place, and fields of rich text."""
    if _RTF_OBJECT.search(data):
        yield ActiveContent("object", detail="RTF")
    template = _RTF_TEMPLATE.search(data)
    if template is not None:
        yield ActiveContent("remote", detail=template[1].decode("gb18030", "replace").strip())
    for number, match in enumerate(_RTF_FIELD.finditer(data)):
        if number >= _MOST_SEARCHED:
            return
        bare = _RTF_MARK.sub(b"", match[1].replace(rb"\\", b"\0")).replace(b"\0", b"\\")
        yield from search_field(bare.decode("gb18030", "replace"))


def _search_page(data: bytes) -> Iterator[ActiveContent]:
    """Scripts, frames and objects of a web page or SVG, and what it loads from elsewhere."""
    text = decode_markup(data).replace("\0", "")
    match = _SCRIPT.search(text)
    if match is not None:
        yield ActiveContent("script", detail=match[0].strip())
    for number, (name, target) in enumerate(_LINK.findall(text)):
        if number >= _MOST_SEARCHED:
            return
        if _OUTSIDE.match(target) is None or target.lower().startswith("data:image/"):
            continue  # a file beside the page is inspected by itself
        if reaches_file(target):
            yield ActiveContent("file_link", detail=target)
        elif name.lower() != "href" and leaves_package(target):
            yield ActiveContent("remote", detail=target)
