"""Tags as people type them: where one begins and ends, what gives way to it, and the word that it begins with."""

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
"""The words that begin a block, and those that go on with it; ``end…`` ends it."""
STRAIGHT_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
"""The quotes that Word curls as somebody types a tag."""
_KINDS: dict[str, Literal["print", "statement", "remark"]] = {"{": "print", "%": "statement", "#": "remark"}
_PARTS = re.compile(
    r"\{(?P<kind>[{%#])(?P<before>-?)(?:(?P<level>tr|tc|p|r)(?=\s))?\s*(?P<inner>.*?)\s*(?P<behind>-?)[}%#]\}",
    re.DOTALL,
)
_WORD = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class TypedTag:
    """A tag, taken apart; ``inner`` is what it says, its quotes as they were meant.

    ``level`` is what gives way to it: p, tr, tc or r, '' for nothing. ``trims_before`` and ``trims_behind`` are its
    dashes, which take out white space.
    """

    kind: Literal["print", "statement", "remark"]
    level: str
    inner: str
    trims_before: bool
    trims_behind: bool

    @property
    def keyword(self) -> str:
        """The word that a statement begins with; '' of any other tag."""
        found = _WORD.match(self.inner) if self.kind == "statement" else None
        return found[0] if found is not None else ""


@lru_cache(maxsize=4096)
def read_tag(tag: str) -> TypedTag:
    """Take a tag apart, which ``TAG`` has found."""
    found = _PARTS.fullmatch(tag)
    assert found is not None
    kind, before, level, inner, behind = found.group("kind", "before", "level", "inner", "behind")
    return TypedTag(_KINDS[kind], level or "", inner.translate(STRAIGHT_QUOTES), bool(before), bool(behind))


def read_only_tag(text: str) -> TypedTag | None:
    """The tag that a text consists of, white space left out; None where it is anything else."""
    found = TAG.findall(text)
    return read_tag(found[0]) if len(found) == 1 and found[0] == text.strip() else None


def read_tags(text: str) -> Iterator[TypedTag]:
    """The tags of a text, in order."""
    if "{" in text:
        yield from map(read_tag, TAG.findall(text))
