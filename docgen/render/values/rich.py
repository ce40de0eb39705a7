r"""Parses rich text in a value: the narratives' subset of Markdown, with marks for format, highlight and page breaks.

``**bold**``, ``*italic*`` (between Chinese characters, too), ``[text](https://…)`` and ``<https://…>`` are as in
narratives, except that links lead to their address; ``==text==`` is highlighted;
``[text]{colour=C00000 size=16 highlight=green}`` sets colour, size (points, or 小四) and highlight; ``\newpage`` or
``\分页`` begins a page. Line ends stay line ends. Whatever is no such mark stays as typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from docgen.render.values.values import RichRun, RichText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline.state_inline import StateInline
    from markdown_it.token import Token

_NAMES = {"colour": "colour", "color": "colour", "颜色": "colour", "size": "size", "字号": "size"}
_NAMES |= {"highlight": "highlight", "底色": "highlight"}
_COLOURS = {
    **{"red": "FF0000", "红": "FF0000", "blue": "0000FF", "蓝": "0000FF", "green": "008000", "绿": "008000"},
    **{"orange": "ED7D31", "橙": "ED7D31", "purple": "7030A0", "紫": "7030A0", "yellow": "FFFF00", "黄": "FFFF00"},
    **{"grey": "7F7F7F", "gray": "7F7F7F", "灰": "7F7F7F", "black": "000000", "黑": "000000"},
    **{"white": "FFFFFF", "白": "FFFFFF"},
}
_SIZES = {
    **{"初号": 42, "小初": 36, "一号": 26, "小一": 24, "二号": 22, "小二": 18, "三号": 16, "小三": 15, "四号": 14},
    **{"小四": 12, "五号": 10.5, "小五": 9, "六号": 7.5, "小六": 6.5, "七号": 5.5, "八号": 5},
}
# The sixteen of ST_HighlightColor.
_HIGHLIGHTS = {
    name.lower(): name
    for name in (
        *("black", "blue", "cyan", "green", "magenta", "red", "yellow", "white", "darkBlue", "darkCyan", "darkGreen"),
        *("darkMagenta", "darkRed", "darkYellow", "darkGray", "lightGray"),
    )
}
_HIGHLIGHTS |= {"黄": "yellow", "绿": "green", "青": "cyan", "红": "red", "蓝": "blue", "粉": "magenta"}
_HIGHLIGHTS |= {"灰": "lightGray"}
_SETTINGS = re.compile(r"\{([^{}\n]*)\}")
_SETTING = re.compile(r"\s*(\w+)\s*[=＝:：]\s*([^\s,，、;；=＝:：]+)\s*[,，、;；]?")
_HIGHLIGHT = re.compile(r"==(?=\S)([^\n]+?)(?<=\S)==(?!=)")
_NEW_PAGE = re.compile(r"\\(?:newpage\b|分页)")
_MAY_LINK = re.compile(r"(?:https?://|mailto:)\S+$", re.IGNORECASE)
_MARKS = re.compile(r"[*_\[<\\`&=]")


@dataclass(frozen=True, slots=True)
class RichFault:
    """A mark that isn't supported: its text, and its kind (``settings`` or ``link``)."""

    kind: str
    text: str


@dataclass(slots=True)
class _RunBuilder:
    """Builds runs of the parser's tokens; keeps the formats that are open."""

    runs: list[RichRun] = field(default_factory=list)
    faults: list[RichFault] = field(default_factory=list)
    bold: int = 0
    italic: int = 0
    settings: list[Mapping[str, Any]] = field(default_factory=list)
    links: list[str | None] = field(default_factory=list)

    def add_token(self, token: Token) -> None:
        kind, text = token.type, token.content
        if kind in ("strong_open", "strong_close"):
            self.bold += token.nesting
        elif kind in ("em_open", "em_close"):
            self.italic += token.nesting
        elif kind == "span_open":
            self.settings.append(token.meta)
        elif kind == "span_close":
            self.settings.pop()
        elif kind == "link_open":
            self.open_link(token)
        elif kind == "link_close":
            self.settings.pop()
            if (address := self.links.pop()) is not None:
                self.add(address)
        elif kind == "newpage":
            self.break_page()
        elif kind == "span_fault":
            self.faults.append(RichFault("settings", text))
            self.add(text)
        elif kind == "image":
            self.add(f"![{text}]({unquote(str(token.attrs.get('src', '')))})")
        else:
            self.add("\n" if kind in ("softbreak", "hardbreak") else text)

    def open_link(self, token: Token) -> None:
        """Open a link; one that a document may not have stays text, with its address."""
        address = str(token.attrs.get("href", ""))
        if _MAY_LINK.match(address):
            self.settings.append({"link": address})
            self.links.append(None)
        else:
            self.faults.append(RichFault("link", unquote(address)))
            self.settings.append({})
            self.add("[")
            self.links.append(f"]({unquote(address)})")

    def break_page(self) -> None:
        """Begin a page; the line ends around the mark belong to the mark and are dropped."""
        if self.runs and self.runs[-1].text.endswith("\n"):
            self.runs[-1] = replace(self.runs[-1], text=self.runs[-1].text[:-1])
        self.runs.append(RichRun("", breaks_page=True))

    def add(self, text: str) -> None:
        if text == "\n" and self.runs and self.runs[-1].breaks_page:
            return
        formats: dict[str, Any] = {}
        for settings in self.settings:
            formats.update(settings)
        run = RichRun(text, self.bold > 0, self.italic > 0, **formats)
        if self.runs and replace(self.runs[-1], text="") == replace(run, text=""):
            run = replace(run, text=self.runs.pop().text + text)
        if text:
            self.runs.append(run)


def parse_rich_text(text: str) -> tuple[RichText, list[RichFault]]:
    """Parse a value as rich text; returns it with the marks that aren't supported."""
    if _MARKS.search(text) is None:
        return RichText((RichRun(text),)), []
    builder = _RunBuilder()
    for block in _make_parser().parseInline(text):
        for token in block.children or ():
            builder.add_token(token)
    return RichText(tuple(builder.runs)), builder.faults


@cache
def _make_parser() -> MarkdownIt:
    from docgen.content.markdown_rules import build_parser

    parser = build_parser(between_chinese=True)
    parser.inline.ruler.before("escape", "newpage", _parse_new_page)
    parser.inline.ruler.before("link", "span", _parse_span)
    parser.inline.ruler.before("link", "mark", _parse_highlight)
    # open_link judges addresses and reports the ones that it refuses.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _parse_new_page(state: StateInline, silent: bool) -> bool:
    mark = _NEW_PAGE.match(state.src, state.pos, state.posMax)
    if mark is None:
        return False
    if not silent:
        state.push("newpage", "", 0)
    state.pos = mark.end()
    return True


def _parse_highlight(state: StateInline, silent: bool) -> bool:
    mark = _HIGHLIGHT.match(state.src, state.pos, state.posMax)
    if mark is None:
        return False
    return _enclose(state, silent, mark.span(1), mark.end(), {"highlight": "yellow"})


def _parse_span(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos)
    braces = _SETTINGS.match(state.src, end + 1, state.posMax) if end >= 0 else None
    settings = None if braces is None else _parse_settings(braces[1])
    if braces is None or settings is None:
        return False
    if settings:
        return _enclose(state, silent, (state.pos + 1, end), braces.end(), settings)
    if not silent:
        state.push("span_fault", "", 0).content = state.src[state.pos : braces.end()]
    state.pos = braces.end()
    return True


def _enclose(state: StateInline, silent: bool, inner: tuple[int, int], end: int, settings: Mapping[str, Any]) -> bool:
    """Parse what a mark encloses, between two tokens of its own."""
    if not silent:
        last = state.posMax
        state.pos, state.posMax = inner
        state.push("span_open", "", 1).meta = dict(settings)
        state.md.inline.tokenize(state)
        state.push("span_close", "", -1)
        state.posMax = last
    state.pos = end
    return True


def _parse_settings(text: str) -> dict[str, Any] | None:
    """Parse the settings in braces; empty where one isn't supported, None where the braces hold no settings."""
    pairs = [(setting[1].lower(), setting[2]) for setting in _SETTING.finditer(text)]
    if not any(name in _NAMES for name, _ in pairs):
        return None
    if _SETTING.sub("", text).strip() or any(name not in _NAMES for name, _ in pairs):
        return {}
    settings = {_NAMES[name]: _SETTING_PARSERS[_NAMES[name]](value) for name, value in pairs}
    return {} if None in settings.values() else settings


def _parse_colour(value: str) -> str | None:
    return _parse_hex_colour(value) or _COLOURS.get(value.removesuffix("色").lower())


def _parse_hex_colour(value: str) -> str | None:
    digits = re.fullmatch("#?([0-9A-Fa-f]{6})", value)
    return digits[1].upper() if digits else None


def _parse_size(value: str) -> float | None:
    if value in _SIZES:
        return _SIZES[value]
    points = re.fullmatch(r"(\d{1,4}(?:\.[05])?)(?:pt|磅)?", value)
    size = float(points[1]) if points else 0.0
    return size if 1 <= size <= 1638 else None


def _parse_highlight_name(value: str) -> str | None:
    return _HIGHLIGHTS.get(value.removesuffix("色").lower()) or _parse_hex_colour(value)


_SETTING_PARSERS: Mapping[str, Callable[[str], str | float | None]] = {
    "colour": _parse_colour,
    "size": _parse_size,
    "highlight": _parse_highlight_name,
}
