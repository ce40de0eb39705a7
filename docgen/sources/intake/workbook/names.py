"""Names of rows: makes keys for rows, and finds the rows that names in other sheets mean.

A key is made from the number in the first column when somebody gave one, else from the row's name, so that it stays
the same wherever the row stands; only a row without either is known by its place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from docgen.profile.faults import find_nearest
from docgen.profile.labels import simplify_word

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_UNFIT = re.compile(r"[^a-z0-9]+")
UNNAMED = "row-"
"""The prefix of the key of an item without number and name; its row follows."""


def make_key(list_name: str, number: str | None, name: str | None, row: int) -> str:
    """The key of an item, made from its number, else its name, else its row."""
    if number:
        plain = _UNFIT.sub("-", simplify_word(number)).strip("-")
        if _KEY.fullmatch(plain) and _is_kept(number, plain):
            return plain
        return f"{list_name[0]}-{_digest(number)}"
    return f"{list_name[0]}-{_digest(name)}" if name else f"{UNNAMED}{row}"


def _is_kept(number: str, plain: str) -> bool:
    """Whether a number remains unique as a key."""
    return len(plain) >= len(re.sub(r"[\s\W_]+", "", number))


def _digest(text: str) -> str:
    return hashlib.sha256(simplify_word(text).encode()).hexdigest()[:10]


@dataclass(slots=True)
class NameIndex:
    """The items of one list by all of their names; ``shown`` are the names to choose from."""

    keys: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)

    def add(self, key: str, words: Iterable[str]) -> None:
        """Add names of an item; a name that several items share identifies none of them."""
        for number, word in enumerate(words):
            if number == 0:
                self.shown.append(word)
            plain = simplify_word(word)
            if self.keys.setdefault(plain, key) != key:
                self.shared.add(plain)
        self.keys.setdefault(simplify_word(key), key)

    def find(self, word: str) -> str | None:
        """The key of the item with this name; None if no item or several have it."""
        plain = simplify_word(word)
        return None if plain in self.shared else self.keys.get(plain)

    def is_shared(self, word: str) -> bool:
        """Whether several items have this name."""
        return simplify_word(word) in self.shared

    def suggest(self, word: str) -> str:
        """Names similar to a word, for a message."""
        return find_nearest(word, self.shown) or "、".join(self.shown[:5])
