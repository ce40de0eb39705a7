"""Reads a package's page ``00_打开我_目录.html``: its texts, its links, its active content; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

_SHOWN_MARKUP = 20
_DOCTYPE = re.compile(r"\s*<!DOCTYPE html>", re.IGNORECASE)
_PIECE = re.compile(
    r"(?P<text>[^<]+)"
    r"|<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*)"
    r"(?P<attributes>(?:\s+[A-Za-z][A-Za-z0-9:_-]*(?:=\"[^\"<>]*\")?)*)\s*/?>"
)
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9:_-]*)(?:=\"([^\"]*)\")?")
_STATIC_TAGS = (
    " html head meta title style body h1 h2 h3 h4 h5 h6 p ul ol li a dl dt dd table thead tbody tfoot tr th td caption"
    " colgroup col b strong i em u span div section header footer nav main article aside small br hr code pre details"
    " summary sup sub wbr time abbr figure figcaption "
)
_STATIC_ATTRIBUTES = (
    " class id lang charset name content title colspan rowspan scope open dir datetime span start value data-label "
)
_SHOWN_ATTRIBUTES = ("title", "data-label")
_INLINE_TAGS = frozenset({"b", "strong", "i", "em", "u", "span", "small", "code", "sup", "sub", "wbr", "time", "abbr"})
_HARMLESS_META = frozenset({"content-security-policy", "content-type", "x-ua-compatible", "content-language"})
_ACTIVE_STYLE = re.compile(r"url\s*\(|@import|expression\s*\(|javascript:|behavior\s*:|-moz-binding|\\", re.IGNORECASE)
_STYLE_CONTENT = re.compile(r"content\s*:([^;}]*)", re.IGNORECASE)
_LEADS_OUT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\s*:|[/\\]")
_QUOTED_WORD = re.compile(r"\"[^\"]*\w[^\"]*\"|'[^']*\w[^']*'")


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its texts and links in document order, and its active content, by kind, with a count.

    A link is the text "→ " and its address. ``rows`` are the texts of each row of a table, links among them; ``broken``
    are links to files that aren't there.
    """

    texts: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    broken: tuple[str, ...]
    active: Mapping[str, int]


def read_page(data: bytes, files: Collection[str]) -> Page:
    """Read a page; ``files`` are the paths that it may link to.

    Only the plain markup that docgen's template writes is read. Browsers differ in how they read other markup, so that
    a comment, a single quote and the like count as active content and end the reading.
    """
    reader = _PageReader(files)
    reader.read(data)
    rows = tuple(tuple(row) for row in reader.rows if row)
    return Page(tuple(reader.texts), rows, tuple(reader.broken), dict(reader.active))


class _PageReader:
    def __init__(self, files: Collection[str]) -> None:
        self._files = files
        self._text_pieces: list[str] = []
        self._raw_element = ""  # "style" or "script" while the reader is inside of one
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.broken: list[str] = []
        self.active: Counter[str] = Counter()

    def read(self, data: bytes) -> None:
        """Read the page up to its end, or to the first markup that isn't plain."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.active["?"] += 1
            return
        start = _DOCTYPE.match(text)
        place = start.end() if start else 0
        while place < len(text):
            match = _PIECE.match(text, place)
            if match is None:
                self.active[text[place : place + _SHOWN_MARKUP]] += 1
                break
            self._read_piece(match)
            place = match.end()
        self._end_text()

    def _read_piece(self, piece: re.Match[str]) -> None:
        if piece["text"] is not None:
            if self._raw_element == "style":
                self._check_style(piece["text"])
            elif not self._raw_element:
                self._text_pieces.append(unescape(piece["text"]))
            return
        tag = piece["tag"].lower()
        if tag not in _INLINE_TAGS:
            self._end_text()
        if tag == "tr":
            self.rows.append([])
        self._raw_element = tag if tag in {"style", "script"} and not piece["close"] else ""
        if f" {tag} " not in _STATIC_TAGS and not piece["close"]:
            self.active[f"<{tag[:_SHOWN_MARKUP]}>"] += 1
        for name, value in _ATTRIBUTE.findall(piece["attributes"] or ""):
            self._read_attribute(tag, name.lower(), unescape(value))

    def _end_text(self) -> None:
        text = " ".join("".join(self._text_pieces).split())
        self._text_pieces.clear()
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        self.texts.append(text)
        if self.rows:
            self.rows[-1].append(text)

    def _read_attribute(self, tag: str, name: str, value: str) -> None:
        if name == "href" and tag == "a":
            self._read_link(value)
        elif name == "style":
            self._check_style(value)
        elif name == "http-equiv" and tag == "meta":
            if value.lower() not in _HARMLESS_META:
                self.active[f"meta {value[:20]}"] += 1
        elif f" {name} " not in _STATIC_ATTRIBUTES:
            self.active[f"{name[:20]}="] += 1
        elif name in _SHOWN_ATTRIBUTES:
            self._add(" ".join(value.split()))

    def _read_link(self, value: str) -> None:
        self._add(f"→ {value}")
        if _LEADS_OUT.match(value.strip()) or ".." in unquote(value).split("/"):
            self.active[f"→ {value[:40]}"] += 1
        elif not value.startswith("#") and unquote(value) not in self._files:
            self.broken.append(value)

    def _check_style(self, text: str) -> None:
        # "content" of a style shows words that aren't among the page's texts
        if _ACTIVE_STYLE.search(text) or any(map(_QUOTED_WORD.search, _STYLE_CONTENT.findall(text))):
            self.active["style"] += 1
