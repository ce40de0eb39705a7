"""Renumbers the ids that a loop repeated, or removes them from later turns, so that each is unique in a document.

Bookmarks and permission ranges get their own id (and name) in each turn. A comment's range stays in the first turn
only, as its text exists once. Content controls and paragraphs of later turns lose their id; Word gives them a new one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_OWN_RANGES, _REVISIONS = ("bookmark", "perm"), "del|moveFrom|cellIns|cellDel|cellMerge"
_TOKEN = re.compile(
    r"<v:shapetype\b[^>]*>.*?</v:shapetype>"
    r"|<w:(?P<range>bookmark|perm|commentRange)(?P<half>Start|End)\b[^>]*>"
    rf"|<w:(?P<revision>{_REVISIONS})\s[^>]*>|<w:commentReference\b[^>]*>|<w:id\s[^>]*>"
    r'|\sw14:(?:paraId|textId)="[^"]*"|<(?:v|o):(?P<drawn>\w+)\s[^>]*>',
    re.DOTALL,
)
COPIED = _TOKEN
"""Matches any markup whose repetition is renumbered here."""
_ID = re.compile(r'(\sw:id=")([^"]*)(")')
_NAME = re.compile(r'(\sw:name=")([^"]*)(")')
_SHAPE_ID = re.compile(r'(\s(id|o:spid)=")([^"]*)(")')
_SHAPE_REFERENCE = re.compile(r'(\s(?:ShapeID|idref)="#?)([^"]*)(")')
_WORD_SHAPE = re.compile(r"_x0000_([si])\d+")


@dataclass(slots=True)
class _Renumberer:
    count: Callable[[], int]
    seen: set[tuple[str, str]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    current: dict[tuple[str, str], str] = field(default_factory=dict)  # kind, id in the template → id of the last copy

    def is_first(self, kind: str, value: str) -> bool:
        if (kind, value) in self.seen:
            return False
        self.seen.add((kind, value))
        return True

    def replace(self, token: re.Match[str]) -> str:
        text = token[0]
        if token["range"] in _OWN_RANGES:
            return self.renumber_range(token["range"], text, begins=token["half"] == "Start")
        if token["revision"]:
            return _ID.sub(lambda match: match[1] + self.renumber("revision", match[2]) + match[3], text)
        if text.startswith("<v:shapetype"):
            return text if self.is_first("shapetype", text.partition(">")[0]) else ""
        if token["drawn"]:
            text = _SHAPE_ID.sub(lambda match: match[1] + self.renumber_shape(match[2], match[3]) + match[4], text)
            return _SHAPE_REFERENCE.sub(
                lambda match: match[1] + self.current.get(("shape", match[2]), match[2]) + match[3], text
            )
        number = _ID.search(text)  # comment ranges and references
        kind = text[: number.start()].strip() if number else "once"
        return text if self.is_first(kind, number[2] if number else text) else ""

    def renumber(self, kind: str, value: str) -> str:
        """Give the id of a copy; the first copy keeps the template's id."""
        self.current[kind, value] = value if self.is_first(kind, value) else str(self.count())
        return self.current[kind, value]

    def renumber_shape(self, attribute: str, value: str) -> str:
        if self.is_first(attribute, value):
            return value
        number, word_shape = self.count(), _WORD_SHAPE.fullmatch(value)
        self.current["shape", value] = f"_x0000_{word_shape[1]}{10_000 + number}" if word_shape else f"{value}_{number}"
        return self.current["shape", value]

    def renumber_range(self, kind: str, text: str, *, begins: bool) -> str:
        number = _ID.search(text)
        if number is None:
            return text
        new = self.renumber(kind, number[2]) if begins else self.current.get((kind, number[2]), number[2])
        text = _ID.sub(lambda match: match[1] + new + match[3], text, count=1)
        return _NAME.sub(lambda match: match[1] + self.rename(match[2], new) + match[3], text) if begins else text

    def rename(self, name: str, number: str) -> str:
        new = name if name not in self.names else f"{name[:32]}_{number}"
        self.names.add(new)
        return new


def renumber_copies(text: str, count: Callable[[], int]) -> str:
    """Renumber the repeated ids of a rendered part; ``count`` gives the next free number of the document."""
    return _TOKEN.sub(_Renumberer(count).replace, text)
