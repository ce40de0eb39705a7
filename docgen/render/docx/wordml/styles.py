"""Reads the styles of a template: the agreed ones that narratives use, and which styles indent or number paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.content.docx.styles import read_styles
from docgen.render.docx.wordml.measure import W, find_below

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

BODY, LIST_ITEM, TABLE = "DocgenBody", "DocgenListItem", "DocgenTable"
TABLE_TEXT, TABLE_HEADER = "DocgenTableText", "DocgenTableHeader"
CAPTION, PICTURE = "DocgenCaption", "DocgenPicture"
HEADINGS = ("DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4")
_AGREED = (BODY, LIST_ITEM, TABLE, TABLE_TEXT, TABLE_HEADER, CAPTION, PICTURE, *HEADINGS)
_ALIASES = {"正文 公文": BODY}


@dataclass(frozen=True, slots=True)
class TemplateStyles:
    """The agreed styles that a template defines: agreed name → style id."""

    ids: Mapping[str, str] = field(default_factory=dict)

    def find(self, agreed: str) -> str | None:
        """Find the id of a style by its agreed name; None where the template doesn't define it."""
        return self.ids.get(agreed)


class StyleSheet:
    """A template's styles part, for compiling: each style is read once, when a paragraph has it.

    ``agreed`` are the agreed styles, matched by id, name or Chinese name; ``prompts`` those of placeholder text.
    """

    def __init__(self, root: _Element | None) -> None:
        self._styles = read_styles(root)
        ids: dict[str, str] = {}
        prompts = {"PlaceholderText"}
        for style_id, style in self._styles.by_id.items():
            name = find_below(style, "name")
            shown_name = "" if name is None else name.get(f"{W}val", "")
            for candidate in (style_id, shown_name, _ALIASES.get(shown_name)):
                if candidate in _AGREED:
                    ids.setdefault(str(candidate), style_id)
            if shown_name.lower() == "placeholder text":
                prompts.add(style_id)
        self.agreed = TemplateStyles(ids)
        self.prompts = frozenset(prompts)
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        self._indented = read_indent(defaults) or False
        self._answers: dict[tuple[str, Callable[[_Element | None], bool | None]], bool | None] = {}

    def is_indented(self, paragraph: _Element | None) -> bool:
        """Whether the first line of a paragraph with these properties is indented."""
        own = read_indent(paragraph)
        indented = self._read_style(paragraph, read_indent) if own is None else own
        return self._indented if indented is None else indented

    def is_numbered(self, paragraph: _Element | None) -> bool:
        """Whether the style of a paragraph with these properties numbers it, or puts it into the outline."""
        return self._read_style(paragraph, _read_number) or False

    def list_chain(self, style_id: str) -> list[_Element]:
        """List a style and those that it is based on."""
        return list(self._styles.chain(style_id))

    def _read_style(self, paragraph: _Element | None, read: Callable[[_Element | None], bool | None]) -> bool | None:
        """Read a property from the paragraph's style or those it is based on, the first that states it."""
        style_id = self._styles.style_of(paragraph) or ""
        if (style_id, read) not in self._answers:
            answers = (read(style.find(f"{W}pPr")) for style in self._styles.chain(style_id))
            self._answers[style_id, read] = next((answer for answer in answers if answer is not None), None)
        return self._answers[style_id, read]


def read_indent(properties: _Element | None) -> bool | None:
    """Read from a ``w:pPr`` whether the first line is indented; None where it doesn't state it."""
    indent = None if properties is None else properties.find(f"{W}ind")
    if indent is None:
        return None
    widths = [indent.get(f"{W}{name}") for name in ("firstLineChars", "firstLine")]
    if any(indent.get(f"{W}{name}") is not None for name in ("hanging", "hangingChars")):
        return False
    return any(width not in (None, "0") for width in widths) if any(width is not None for width in widths) else None


def _read_number(properties: _Element | None) -> bool | None:
    if properties is None:
        return None
    return True if any(properties.find(W + name) is not None for name in ("numPr", "outlineLvl")) else None
