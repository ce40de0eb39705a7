"""字数 by a counter of its own: it shares nothing with the program, so that the two can be held against each other.

It goes by the rule as Word's help states it, character by character: each East Asian character is one, each stretch of
others between spaces and East Asian characters is one. The texts of the corpus hold no marks whose count depends on the
font (— … “ ” ±), so one rule is enough.
"""

from __future__ import annotations

import unicodedata

_AMBIGUOUS = set("—…“”‘’·±×÷°‰①②③④⑤→≥≤")


def count_words(text: str) -> int:
    """The 字数 of a text; a mark that counts by its font is refused, since then no single number is right."""
    total, inside = 0, False
    for character in text:
        if character in _AMBIGUOUS:
            raise ValueError(character)
        if character.isspace():
            inside = False
        elif unicodedata.east_asian_width(character) in ("W", "F"):
            total, inside = total + 1, False
        elif not inside:
            total, inside = total + 1, True
    return total
