"""Checks the Chinese fonts of a Word template: each text names one, as East Asian font and not through a theme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.content.docx.styles import TextStyles, read_styles
from docgen.diagnostics import Diagnostic, Location, Term, warning
from docgen.render.docx.tree.joining import read_own_text
from docgen.render.docx.wordml.measure import W
from docgen.render.scan.docx import DocxSource, iterate_paragraphs, locate_paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

_WIDE = re.compile(r"[⺀-鿿豈-﫿︰-﹏＀-￯]|\{[{%]")
_CHINESE_FONT = re.compile(r"[⺀-鿿]|SimSun|SimHei|FangSong|KaiTi|YaHei|Songti|Heiti|Kaiti|Fangsong", re.IGNORECASE)
_DEFAULTS = "docDefaults"


def find_font_faults(source: DocxSource) -> Iterator[Diagnostic]:
    """Find each style and run format without a certain Chinese font; gives a warning at its first paragraph.

    Tags print Chinese, so they count as Chinese text.
    """
    styles = read_styles(source.styles)
    reported: set[tuple[str, str]] = set()
    for part in source.parts:
        for number, paragraph in iterate_paragraphs(part):
            if not _WIDE.search(read_own_text(paragraph)):
                continue
            place = locate_paragraph(source, part, number, read_own_text(paragraph))
            for run in _iterate_runs(paragraph):
                for code, owner, font in _check_run(run, paragraph, styles):
                    key = (code, owner or f"{part.name}#{number}")
                    if key not in reported:
                        reported.add(key)
                        yield _make_warning(code, place, owner, font, styles)


def _make_warning(code: str, place: Location, owner: str, font: str, styles: TextStyles) -> Diagnostic:
    if owner == _DEFAULTS:
        term = Term("scan.font.defaults")
    elif owner:
        term = Term("scan.font.style", {"style": styles.name_of(styles.by_id[owner]) or owner})
    else:
        term = Term("scan.font.own")
    return warning(code, place, owner=term, font=font)


def _iterate_runs(paragraph: _Element) -> Iterator[_Element]:
    for run in paragraph.iter(f"{W}r"):
        text = "".join(item.text or "" for item in run.iterfind(f"{W}t"))
        # A tag may be scattered over runs, so that a run holds only a part of it.
        if next(run.iterancestors(f"{W}p")) is paragraph and (_WIDE.search(text) or re.search(r"[{}%]", text)):
            yield run


def _check_run(run: _Element, paragraph: _Element, styles: TextStyles) -> Iterator[tuple[str, str, str]]:
    """Check the font of a run; gives code, owner (a style's id, the defaults, '' for the run), font of each fault."""
    chain = [("", run.find(f"{W}rPr"))]
    for properties, tag in ((run.find(f"{W}rPr"), "rStyle"), (paragraph.find(f"{W}pPr"), "pStyle")):
        style = None if properties is None else properties.find(W + tag)
        name = styles.default if style is None and tag == "pStyle" else None if style is None else style.get(f"{W}val")
        chain += [(style.get(f"{W}styleId", ""), style.find(f"{W}rPr")) for style in styles.chain(name)]
    chain.append((_DEFAULTS, styles.defaults))
    named = False
    for owner, properties in chain:
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        if fonts is None:
            continue
        theme = next((key for key in ("eastAsiaTheme", "asciiTheme", "hAnsiTheme") if fonts.get(W + key)), None)
        if theme is not None and not named:
            yield "T322", owner, str(fonts.get(W + theme))
        if fonts.get(f"{W}eastAsia"):
            named = True
        elif not named:
            latin = next((fonts.get(W + key) for key in ("ascii", "hAnsi") if fonts.get(W + key)), None)
            if latin is not None and _CHINESE_FONT.search(latin):
                yield "T323", owner, str(latin)
                named = True
            elif theme == "eastAsiaTheme":
                named = True
    if not named:
        yield "T328", chain[1][0] if len(chain) > 1 else _DEFAULTS, ""
