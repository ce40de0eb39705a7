"""Parses tags as people type them: their bounds, the element that they replace, their expression and keyword."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = re.compile(r"\{(?<!\{_\{)(?:\{.*?\}\}|%.*?%\}|#.*?#\})", re.DOTALL)
"""A tag, from its opening braces to the closing ones; the brace of an escaped one (``{_{``) begins none."""
OPENERS, MIDDLES = frozenset({"if", "for", "with"}), frozenset({"else", "elif"})
"""The keywords that open a block, and those between its parts; ``end…`` closes it."""
STRAIGHT_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
"""Straightens the quotes that Word curls while somebody types a tag."""
_KINDS: dict[str, Literal["print", "statement", "remark"]] = {"{": "print", "%": "statement", "#": "remark"}
_PARTS = re.compile(
    r"\{(?P<kind>[{%#])(?P<before>-?)(?:(?P<level>tr|tc|p|r)(?=\s))?\s*(?P<inner>.*?)\s*(?P<behind>-?)[}%#]\}",
    re.DOTALL,
)
_WORD = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class TypedTag:
    """A parsed tag; ``inner`` is its expression or statement with straight quotes.

    ``level`` names the element that the tag replaces: p, tr, tc or r, '' for none. ``trims_before`` and
    ``trims_behind`` are its dashes, which remove white space.
    """

    kind: Literal["print", "statement", "remark"]
    level: str
    inner: str
    trims_before: bool
    trims_behind: bool

    @property
    def keyword(self) -> str:
        """The word that a statement begins with; '' of any other tag."""
        word = _WORD.match(self.inner) if self.kind == "statement" else None
        return word[0] if word is not None else ""


@lru_cache(maxsize=4096)
def read_tag(tag: str) -> TypedTag:
    """Parse a tag that ``TAG`` matches."""
    parts = _PARTS.fullmatch(tag)
    assert parts is not None
    kind, before, level, inner, behind = parts.group("kind", "before", "level", "inner", "behind")
    return TypedTag(_KINDS[kind], level or "", inner.translate(STRAIGHT_QUOTES), bool(before), bool(behind))


def read_only_tag(text: str) -> TypedTag | None:
    """Parse a text that is one tag and white space; None where it is anything else."""
    tags = TAG.findall(text)
    return read_tag(tags[0]) if len(tags) == 1 and tags[0] == text.strip() else None


def read_tags(text: str) -> Iterator[TypedTag]:
    """Parse the tags of a text, in order."""
    if "{" in text:
        yield from map(read_tag, TAG.findall(text))
