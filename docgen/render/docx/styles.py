"""The styles of a template that a narrative asks for, by their agreed names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from docgen.ooxml.names import WORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

BODY, LIST_ITEM, TABLE = "DocgenBody", "DocgenListItem", "DocgenTable"
TABLE_TEXT, TABLE_HEADER = "DocgenTableText", "DocgenTableHeader"
CAPTION, PICTURE = "DocgenCaption", "DocgenPicture"
HEADINGS = ("DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4")
_AGREED = (BODY, LIST_ITEM, TABLE, TABLE_TEXT, TABLE_HEADER, CAPTION, PICTURE, *HEADINGS)
_ALIASES = {"正文 公文": BODY}
_W = f"{{{WORD}}}"


@dataclass(frozen=True, slots=True)
class Styles:
    """Which of the agreed styles a template defines: agreed name → style id; and what breaking a line needs to know.

    ``indents`` says of each paragraph style whether its first line is indented; ``""`` is the default style.
    ``numbered`` styles number each paragraph, or put it into the outline; ``prompts`` are of text that prompts.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    indents: Mapping[str, bool] = field(default_factory=dict)
    numbered: frozenset[str] = frozenset()
    prompts: frozenset[str] = frozenset({"PlaceholderText"})

    def find(self, agreed: str) -> str | None:
        """Find the id of a style by its agreed name; None where the template doesn't define it."""
        return self.ids.get(agreed)


def read_styles(root: _Element | None) -> Styles:
    """Read a template's styles part; a style is found by its id, its name or its Chinese name."""
    if root is None:
        return Styles()
    found: dict[str, str] = {}
    paragraphs: dict[str, _Own] = {}
    prompts = {"PlaceholderText"}
    default = ""
    for style in root.iter(f"{_W}style"):
        style_id, name = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
        called = "" if name is None else name.get(f"{_W}val", "")
        for candidate in (style_id, called, _ALIASES.get(called)):
            if candidate in _AGREED:
                found.setdefault(str(candidate), style_id)
        if called.lower() == "placeholder text":
            prompts.add(style_id)
        if style.get(f"{_W}type") == "paragraph":
            paragraphs[style_id] = _read_own(style)
            if style.get(f"{_W}default") in ("1", "true", "on"):
                default = style_id
    base = read_indent(root.find(f"{_W}docDefaults/{_W}pPrDefault/{_W}pPr")) or False
    indents = {style_id: _inherit(style_id, paragraphs, "indented", base) for style_id in paragraphs}
    numbered = {style_id for style_id in paragraphs if _inherit(style_id, paragraphs, "numbered", False)}
    indents[""] = indents.get(default, base)
    return Styles(found, indents, frozenset(numbered), frozenset(prompts))


class _Own(NamedTuple):
    """What a paragraph style says itself, None where it doesn't, and the style that it is based on."""

    indented: bool | None
    numbered: bool | None
    parent: str


def _read_own(style: _Element) -> _Own:
    properties, parent = style.find(f"{_W}pPr"), style.find(f"{_W}basedOn")
    based_on = "" if parent is None else parent.get(f"{_W}val", "")
    return _Own(read_indent(properties), _read_number(properties), based_on)


def _inherit(style_id: str, styles: Mapping[str, _Own], what: Literal["indented", "numbered"], base: bool) -> bool:
    """Ask a style, then those it is based on; ``base`` where none of them says."""
    seen: set[str] = set()
    while style_id in styles and style_id not in seen:
        seen.add(style_id)
        own = styles[style_id]
        told: bool | None = getattr(own, what)
        if told is not None:
            return told
        style_id = own.parent
    return base


def read_indent(properties: _Element | None) -> bool | None:
    """Read from a ``w:pPr`` whether the first line is indented; None where it doesn't say."""
    indent = None if properties is None else properties.find(f"{_W}ind")
    if indent is None:
        return None
    told = [indent.get(f"{_W}{name}") for name in ("firstLineChars", "firstLine")]
    if any(indent.get(f"{_W}{name}") is not None for name in ("hanging", "hangingChars")):
        return False
    return any(value not in (None, "0") for value in told) if any(value is not None for value in told) else None


def _read_number(properties: _Element | None) -> bool | None:
    if properties is None:
        return None
    return True if any(properties.find(_W + name) is not None for name in ("numPr", "outlineLvl")) else None
