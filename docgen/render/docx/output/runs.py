"""Writes runs in the template's format with the formats of a value on top, in the order of the schema."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.content.blocks import Run
from docgen.ooxml.names import OFFICE_RELATIONS
from docgen.render.docx.wordml.measure import W
from docgen.render.docx.wordml.text import BREAK, holds_wide
from docgen.render.values.values import RichRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docgen.render.docx.tree.sites import Site

_CHILD = re.compile(r"<w:(\w+)(?:\s[^>]*)?(?:/>|>.*?</w:\1>)", re.DOTALL)
LINK_COLOUR = "0563C1"
OPEN_TEXT = '<w:t xml:space="preserve">'
# CT_RPr is a sequence.
_ORDER = {
    name: at
    for at, name in enumerate(
        (
            *(
                "rStyle",
                "rFonts",
                "b",
                "bCs",
                "i",
                "iCs",
                "caps",
                "smallCaps",
                "strike",
                "dstrike",
                "outline",
                "shadow",
            ),
            *("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
            *("position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs"),
            *("em", "lang", "eastAsianLayout", "specVanish", "oMath"),
        )
    )
}


def rank_property(tag: str) -> int:
    """Rank a child of a ``w:rPr`` by the schema; elements of other namespaces come last."""
    return _ORDER.get(tag.removeprefix(W), len(_ORDER))


@lru_cache(maxsize=512)
def write_run_format(base: str, hint: bool, bold: bool = False, italic: bool = False) -> str:
    """Write the ``w:rPr`` of a run: the template's format ``base`` with the run's own on top; '' for no format."""
    return _write_format(
        base, hint, {**({"b": "", "bCs": ""} if bold else {}), **({"i": "", "iCs": ""} if italic else {})}
    )


@lru_cache(maxsize=64)
def write_size_format(base: str, half_points: int) -> str:
    """Write the inner XML of a ``w:rPr`` with another size (half points)."""
    properties = _write_format(base, False, dict.fromkeys(("sz", "szCs"), f' w:val="{half_points}"'))
    return properties[len("<w:rPr>") : -len("</w:rPr>")]


def _write_format(base: str, hint: bool, wanted: dict[str, str]) -> str:
    children = {child[1]: child[0] for child in _CHILD.finditer(base)}
    if hint and "w:hint=" not in children.get("rFonts", ""):
        children["rFonts"] = children.get("rFonts", "<w:rFonts/>").replace("/>", ' w:hint="eastAsia"/>')
    children.update({name: f"<w:{name}{attributes}/>" for name, attributes in wanted.items()})
    inner = "".join(children[name] for name in sorted(children, key=lambda name: _ORDER.get(name, len(_ORDER))))
    return f"<w:rPr>{inner}</w:rPr>" if inner else ""


def write_rich_runs(
    runs: Iterable[Run | RichRun],
    base: str,
    encode: Callable[[str, str], str],
    relate: Callable[[str], str] | None = None,
) -> str:
    """Write runs on top of the format ``base``; ``encode`` makes the inside of a ``w:t`` from text and ``w:rPr``.

    ``relate`` gives the id of the relationship to an address; None where links aren't allowed.
    """
    pieces: list[str] = []
    for run in runs:
        link = run.link if isinstance(run, RichRun) and relate is not None else None
        if isinstance(run, RichRun) and run.breaks_page:
            pieces.append('<w:r><w:br w:type="page"/></w:r>')
        if not run.text:
            continue
        properties = _write_rich_format(base, run)
        # A paragraph can't end inside of a link.
        text = encode(run.text if link is None else run.text.replace("\n", " "), properties)
        markup = f"<w:r>{properties}{OPEN_TEXT}{text}</w:t></w:r>"
        if link is not None and relate is not None:
            markup = f'<w:hyperlink xmlns:r="{OFFICE_RELATIONS}" r:id="{relate(link)}">{markup}</w:hyperlink>'
        pieces.append(markup)
    return "".join(pieces)


def split_lines(encoded: str, site: Site, run_properties: str) -> str:
    """Split encoded text into paragraphs at its line breaks, where the tag's site allows it."""
    if BREAK not in encoded or not site.splits:
        return encoded
    kept = re.sub(r"<w:pageBreakBefore(?: [^>]*)?/>", "", site.paragraph_format)
    properties = f"<w:pPr>{kept}</w:pPr>" if kept else ""
    return encoded.replace(BREAK, f"</w:t></w:r></w:p><w:p>{properties}<w:r>{run_properties}{OPEN_TEXT}")


def _write_rich_format(base: str, run: Run | RichRun) -> str:
    if isinstance(run, Run):
        return write_run_format(base, holds_wide(run.text), run.bold, run.italic)
    wanted: dict[str, str] = {}
    for name, asked in (("b", run.bold), ("i", run.italic)):
        if asked:
            wanted.update({name: "", f"{name}Cs": ""})
    if run.strike:
        wanted["strike"] = ""
    if run.underline or run.link:
        wanted["u"] = ' w:val="single"'
    if run.colour or run.link:
        wanted["color"] = f' w:val="{run.colour or LINK_COLOUR}"'
    if run.highlight and re.fullmatch("[0-9A-F]{6}", run.highlight):
        wanted["shd"] = f' w:val="clear" w:color="auto" w:fill="{run.highlight}"'
    elif run.highlight:
        wanted["highlight"] = f' w:val="{run.highlight}"'
    if run.size:
        wanted.update(dict.fromkeys(("sz", "szCs"), f' w:val="{round(run.size * 2)}"'))
    if run.position:
        wanted["vertAlign"] = f' w:val="{run.position}"'
    return _write_format(base, holds_wide(run.text), wanted)
