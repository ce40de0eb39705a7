"""What the page ``00_打开我_目录.html`` says and links to, and what of it acts or reaches out; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

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
    """Read a page; ``files`` are the paths that it may link to. What isn't UTF-8 counts as something active."""
    reader = _PageReader(files)
    try:
        reader.feed(data.decode("utf-8-sig"))
        reader.close()
    except (UnicodeDecodeError, AssertionError):
        reader.active["unreadable"] += 1
    reader.end()
    rows = tuple(tuple(row) for row in reader.rows if row)
    return Page(tuple(reader.texts), rows, tuple(reader.broken), dict(reader.active))


class _PageReader(HTMLParser):
    def __init__(self, files: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._files = files
        self._run: list[str] = []
        self._within = ""
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self.broken: list[str] = []
        self.active: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _IN_LINE:
            self.end()
        if f" {tag} " not in _STILL:
            self.active[f"<{tag[:20]}>"] += 1
        if tag == "tr":
            self.rows.append([])
        self._within = tag if tag in {"style", "script"} else ""
        for name, value in attrs:
            self._judge(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _IN_LINE:
            self.end()
        if tag == "tr":
            self.rows.append([])
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "style":
            self._judge_style(data)
        elif not self._within:
            self._run.append(data)

    def handle_comment(self, data: str) -> None:
        if "[if" in data.lower():
            self.active["<!--[if]>"] += 1

    def unknown_decl(self, data: str) -> None:
        self.active[f"<![{data[:10]}"] += 1

    def handle_pi(self, data: str) -> None:
        self.active[f"<?{data[:10]}"] += 1

    def end(self) -> None:
        """End the text that is being read."""
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
