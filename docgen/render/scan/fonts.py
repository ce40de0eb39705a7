"""The Chinese font of a Word template's text: named where Word looks for it, and by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docgen.content.docx.styles import TextStyles, read_styles
from docgen.diagnostics import Diagnostic, warning
from docgen.render.docx.joining import read_own_text
from docgen.render.docx.measure import W
from docgen.render.scan.docx import DocxSource, iterate_paragraphs, locate_paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

_WIDE = re.compile(r"[⺀-鿿豈-﫿︰-﹏＀-￯]|\{[{%]")
_CHINESE_FONT = re.compile(r"[⺀-鿿]|SimSun|SimHei|FangSong|KaiTi|YaHei|Songti|Heiti|Kaiti|Fangsong", re.IGNORECASE)
_DEFAULTS = "docDefaults"


def find_font_faults(source: DocxSource) -> Iterator[Diagnostic]:
    """A warning for each style and each format of its own that leaves the Chinese font open, at its first paragraph.

    Tags print Chinese, so they count as Chinese text.
    """
    styles = read_styles(source.styles)
    told: set[tuple[str, str]] = set()
    for part in source.parts:
        for number, paragraph in iterate_paragraphs(part):
            if not _WIDE.search(read_own_text(paragraph)):
                continue
            place = locate_paragraph(source, part, number, read_own_text(paragraph))
            for run in _iterate_runs(paragraph):
                for code, where, font in _judge_run(run, paragraph, styles):
                    key = (code, where or f"{part.name}#{number}")
                    if key not in told:
                        told.add(key)
                        yield _report(code, place, where, font, styles)


def _report(code: str, place: object, where: str, font: str, styles: TextStyles) -> Diagnostic:
    from docgen.diagnostics import Location, Term

    assert isinstance(place, Location)
    if where == _DEFAULTS:
        owner: Term = Term("scan.font.defaults")
    elif where:
        owner = Term("scan.font.style", {"style": styles.name_of(styles.by_id[where]) or where})
    else:
        owner = Term("scan.font.own")
    return warning(code, place, owner=owner, font=font)


def _iterate_runs(paragraph: _Element) -> Iterator[_Element]:
    for run in paragraph.iter(f"{W}r"):
        text = "".join(item.text or "" for item in run.iterfind(f"{W}t"))
        # A tag may be scattered over runs, so that a run shows but a part of it.
        if next(run.iterancestors(f"{W}p")) is paragraph and (_WIDE.search(text) or re.search(r"[{}%]", text)):
            yield run


def _judge_run(run: _Element, paragraph: _Element, styles: TextStyles) -> Iterator[tuple[str, str, str]]:
    """Code, owner (a style's id, the defaults, or empty for the run itself) and font of each fault."""
    chain = [("", run.find(f"{W}rPr"))]
    for properties, tag in ((run.find(f"{W}rPr"), "rStyle"), (paragraph.find(f"{W}pPr"), "pStyle")):
        style = None if properties is None else properties.find(W + tag)
        name = styles.default if style is None and tag == "pStyle" else None if style is None else style.get(f"{W}val")
        chain += [(style.get(f"{W}styleId", ""), style.find(f"{W}rPr")) for style in styles.chain(name)]
    chain.append((_DEFAULTS, styles.defaults))
    named = False
    for where, properties in chain:
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        if fonts is None:
            continue
        theme = next((key for key in ("eastAsiaTheme", "asciiTheme", "hAnsiTheme") if fonts.get(W + key)), None)
        if theme is not None and not named:
            yield "T322", where, str(fonts.get(W + theme))
        if fonts.get(f"{W}eastAsia"):
            named = True
        elif not named:
            latin = next((fonts.get(W + key) for key in ("ascii", "hAnsi") if fonts.get(W + key)), None)
            if latin is not None and _CHINESE_FONT.search(latin):
                yield "T323", where, str(latin)
                named = True
            elif theme == "eastAsiaTheme":
                named = True
    if not named:
        yield "T328", chain[1][0] if len(chain) > 1 else _DEFAULTS, ""
