"""The styles of a template that a narrative asks for, by their agreed names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.render.docx_package import W_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY, LIST_ITEM, TABLE = "DocgenBody", "DocgenListItem", "DocgenTable"
TABLE_TEXT, TABLE_HEADER = "DocgenTableText", "DocgenTableHeader"
CAPTION, PICTURE = "DocgenCaption", "DocgenPicture"
HEADINGS = ("DocgenHeading1", "DocgenHeading2", "DocgenHeading3", "DocgenHeading4")
_AGREED = (BODY, LIST_ITEM, TABLE, TABLE_TEXT, TABLE_HEADER, CAPTION, PICTURE, *HEADINGS)
_ALIASES = {"正文 公文": BODY}
_W = f"{{{W_NAMESPACE}}}"


@dataclass(frozen=True, slots=True)
class Styles:
    """Which of the agreed styles a template defines: agreed name → style id."""

    ids: Mapping[str, str] = field(default_factory=dict)

    def find(self, agreed: str) -> str | None:
        """Find the id of a style by its agreed name; None where the template doesn't define it."""
        return self.ids.get(agreed)


def read_styles(data: bytes | None) -> Styles:
    """Read a template's styles part; a style is found by its id, its name or its Chinese name."""
    from docgen.render.docx_prepare import parse_part

    if data is None or (b"Docgen" not in data and not any(alias.encode() in data for alias in _ALIASES)):
        return Styles()
    found: dict[str, str] = {}
    for style in parse_part(data).iter(f"{_W}style"):
        style_id, name = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
        called = "" if name is None else name.get(f"{_W}val", "")
        for candidate in (style_id, called, _ALIASES.get(called)):
            if candidate in _AGREED:
                found.setdefault(str(candidate), style_id)
    return Styles(found)
