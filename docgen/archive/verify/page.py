"""Reads the page ``00_打开我_目录.html``: its texts, its links, its active content; pure."""

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
_STILL = (
    " html head meta title style body h1 h2 h3 h4 h5 h6 p ul ol li a dl dt dd table thead tbody tfoot tr th td caption"
    " colgroup col b strong i em u span div section header footer nav main article aside small br hr code pre details"
    " summary sup sub wbr time abbr figure figcaption "
)
_PLAIN = (
    " class id lang charset name content title colspan rowspan scope open dir datetime span start value data-label "
)
_SHOWN = ("title", "data-label")
_IN_LINE = frozenset({"b", "strong", "i", "em", "u", "span", "small", "code", "sup", "sub", "wbr", "time", "abbr"})
_HARMLESS_META = frozenset({"content-security-policy", "content-type", "x-ua-compatible", "content-language"})
_ACTIVE_STYLE = re.compile(r"url\s*\(|@import|expression\s*\(|javascript:|behavior\s*:|-moz-binding|\\", re.IGNORECASE)
_STYLE_TEXT = re.compile(r"content\s*:([^;}]*)", re.IGNORECASE)
_LEADS_OUT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\s*:|[/\\]")
_QUOTED = re.compile(r"\"[^\"]*\w[^\"]*\"|'[^']*\w[^']*'")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is read: its texts and links in their order, and what it must not hold, by kind, with a count.

    A link stands as "→ " and its address. ``rows`` are the texts of each row of a table, links among them; ``broken``
    are links to files that aren't there.
    """

    texts: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    broken: tuple[str, ...]
    active: Mapping[str, int]


def read_page(data: bytes, files: Collection[str]) -> Page:
    """Read a page; ``files`` are the paths that it may link to.

    Only the plain markup that docgen's template writes is read: what browsers would make of anything else nobody knows,
    so that comments, single quotes and the like count as something active, and end the reading.
    """
    reader = _PageReader(files)
    reader.read(data)
    rows = tuple(tuple(row) for row in reader.rows if row)
    return Page(tuple(reader.texts), rows, tuple(reader.broken), dict(reader.active))


class _PageReader:
    def __init__(self, files: Collection[str]) -> None:
        self._files = files
        self._run: list[str] = []
        self._within = ""
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.broken: list[str] = []
        self.active: Counter[str] = Counter()

    def read(self, data: bytes) -> None:
        """Read all of the page, or up to what can't be read."""
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
            self._take(match)
            place = match.end()
        self._end()

    def _take(self, piece: re.Match[str]) -> None:
        if piece["text"] is not None:
            if self._within == "style":
                self._judge_style(piece["text"])
            elif not self._within:
                self._run.append(unescape(piece["text"]))
            return
        tag = piece["tag"].lower()
        if tag not in _IN_LINE:
            self._end()
        if tag == "tr":
            self.rows.append([])
        self._within = tag if tag in {"style", "script"} and not piece["close"] else ""
        if f" {tag} " not in _STILL and not piece["close"]:
            self.active[f"<{tag[:_SHOWN_MARKUP]}>"] += 1
        for name, value in _ATTRIBUTE.findall(piece["attributes"] or ""):
            self._judge(tag, name.lower(), unescape(value))

    def _end(self) -> None:
        text = " ".join("".join(self._run).split())
        self._run.clear()
        if text:
            self._add(text)

    def _add(self, text: str) -> None:
        self.texts.append(text)
        if self.rows:
            self.rows[-1].append(text)

    def _judge(self, tag: str, name: str, value: str) -> None:
        if name == "href" and tag == "a":
            self._judge_link(value)
        elif name == "style":
            self._judge_style(value)
        elif name == "http-equiv" and tag == "meta":
            if value.lower() not in _HARMLESS_META:
                self.active[f"meta {value[:20]}"] += 1
        elif f" {name} " not in _PLAIN:
            self.active[f"{name[:20]}="] += 1
        elif name in _SHOWN:
            self._add(" ".join(value.split()))

    def _judge_link(self, value: str) -> None:
        self._add(f"→ {value}")
        if _LEADS_OUT.match(value.strip()) or ".." in unquote(value).split("/"):
            self.active[f"→ {value[:40]}"] += 1
        elif not value.startswith("#") and unquote(value) not in self._files:
            self.broken.append(value)

    def _judge_style(self, text: str) -> None:
        # a style that writes text says what isn't in the page's own
        if _ACTIVE_STYLE.search(text) or any(_QUOTED.search(said) for said in _STYLE_TEXT.findall(text)):
            self.active["style"] += 1
