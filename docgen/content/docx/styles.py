"""Reads a Word file's styles: heading level, fonts and weight of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.ooxml.xml import (
    find_child,
    read_attribute,
    read_switch,
    read_value,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_TITLE_NAMES = frozenset({"title", "标题"})
_SUBTITLE_NAMES = frozenset({"subtitle", "副标题"})
_CAPTION_NAMES = frozenset({"caption", "题注"})
_CHINESE_FONT = re.compile(
    r"[\u2e80-\U0003ffff]|simsun|simhei|fangsong|kaiti|dengxian|yahei|stxihei|^st(song|kaiti|fangsong|zhongsong)"
    r"|mingliu|jhenghei|^fz|noto \w+ cjk|source han|^ar pl|wenquanyi",
    re.IGNORECASE,
)
_MAX_CHAIN = 20


@dataclass(frozen=True, slots=True)
class TextStyles:
    """The styles of a document by id, and the one that paragraphs have that name none."""

    by_id: dict[str, _Element] = field(default_factory=dict)
    default: str | None = None
    defaults: _Element | None = None

    def chain(self, style_id: str | None) -> Iterator[_Element]:
        """A style and those it is based on, the nearest first."""
        for _ in range(_MAX_CHAIN):
            style = self.by_id.get(style_id or "")
            if style is None:
                return
            yield style
            style_id = read_value(style, "basedOn")

    def find_level(self, properties: _Element | None) -> int | None:
        """The heading level from 1 that a paragraph has by itself or by its style, or None."""
        own = read_value(properties, "outlineLvl")
        if own is not None:
            return _read_outline(own)
        for style in self.chain(self.style_of(properties)):
            named = _HEADING_NAME.fullmatch(self.name_of(style))
            if named:
                return int(named[1])
            outline = read_value(style, "pPr", "outlineLvl")
            if outline is not None:
                return _read_outline(outline)
        return None

    def style_of(self, properties: _Element | None) -> str | None:
        """The id of a paragraph's style."""
        return read_value(properties, "pStyle") or self.default

    def name_of(self, style: _Element) -> str:
        """A style's name as people see it."""
        return (read_value(style, "name") or "").strip()

    def has_name(self, properties: _Element | None, names: frozenset[str]) -> bool:
        """Whether a paragraph's style, or one that it is based on, has one of these names."""
        return any(self.name_of(style).lower() in names for style in self.chain(self.style_of(properties)))

    def is_title(self, properties: _Element | None) -> bool:
        """Whether a paragraph is the document's title by its style."""
        return self.has_name(properties, _TITLE_NAMES)

    def is_subtitle(self, properties: _Element | None) -> bool:
        """Whether a paragraph is the document's subtitle by its style."""
        return self.has_name(properties, _SUBTITLE_NAMES)

    def is_caption(self, properties: _Element | None) -> bool:
        """Whether a paragraph is a caption by its style."""
        return self.has_name(properties, _CAPTION_NAMES)

    def is_contents(self, properties: _Element | None) -> bool:
        """Whether a paragraph is a line of a table of contents."""
        names = (self.name_of(style).lower() for style in self.chain(self.style_of(properties)))
        return any(name.startswith(("toc", "目录")) for name in names)

    def find_in_paragraph(self, properties: _Element | None, name: str) -> _Element | None:
        """A paragraph property by itself or from its style."""
        own = find_child(properties, name)
        if own is not None:
            return own
        chain = (find_child(style, "pPr", name) for style in self.chain(self.style_of(properties)))
        return next((element for element in chain if element is not None), None)

    def run_formats(self, run: _Element | None, paragraph: _Element | None) -> Iterator[_Element]:
        """The run properties that apply to a run, the nearest first."""
        ids = (read_value(run, "rStyle"), self.style_of(paragraph))
        if run is not None:
            yield run
        for style_id in ids:
            for style in self.chain(style_id):
                formats = find_child(style, "rPr")
                if formats is not None:
                    yield formats
        if self.defaults is not None:
            yield self.defaults

    def is_switched(self, name: str, run: _Element | None, paragraph: _Element | None) -> bool:
        """Whether a run is bold, hidden, … by itself or from a style."""
        states = (read_switch(formats, name) for formats in self.run_formats(run, paragraph))
        return next((state for state in states if state is not None), False)

    def find_size(self, run: _Element | None, paragraph: _Element | None) -> int | None:
        """A run's size in half points."""
        sizes = (read_value(formats, "sz") for formats in self.run_formats(run, paragraph))
        return next((int(size) for size in sizes if size is not None and size.isdigit()), None)

    def is_east_asian(self, run: _Element | None, paragraph: _Element | None) -> bool | None:
        """Whether a run's marks take the Chinese font: yes with the hint, no with a Latin font alone, else unknown."""
        latin: str | None = None
        themed = False
        for formats in self.run_formats(run, paragraph):
            fonts = find_child(formats, "rFonts")
            if fonts is None:
                continue
            if read_attribute(fonts, "hint") == "eastAsia":
                return True
            if latin is None and not themed:
                latin = read_attribute(fonts, "hAnsi")
                themed = read_attribute(fonts, "hAnsiTheme") is not None
        if themed or latin is None or _CHINESE_FONT.search(latin):
            return None
        return False


def _read_outline(value: str) -> int | None:
    """Outline level 0–8 is heading 1–9; 9 is running text."""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def read_styles(root: _Element | None) -> TextStyles:
    """The styles of ``styles.xml``; none at all where there is no such part."""
    if root is None:
        return TextStyles()
    by_id: dict[str, _Element] = {}
    default = None
    w = str(root.tag).removesuffix("styles")
    for style in root.iterchildren(f"{w}style"):
        key = style.get(f"{w}styleId")
        if key is None:
            continue
        by_id[key] = style
        if style.get(f"{w}default") in ("1", "true", "on") and style.get(f"{w}type") == "paragraph":
            default = key
    return TextStyles(by_id, default, find_child(root, "docDefaults", "rPrDefault", "rPr"))
