"""The text and the numbers of headings: what is compared, how alike two are, 一、 二、 … 九十九、"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

THRESHOLD = 0.6
"""From this likeness on (0 to 1) a heading is taken for the wanted one."""
_SHORTENED = 0.85
"""How alike two headings are at most because the longer one has the letters of the shorter one in their order."""

_CHINESE_DIGITS = "〇零一二三四五六七八九十百"
_NUMBER = re.compile(
    rf"""(?:
      第[{_CHINESE_DIGITS}\d]+(?:部分|[章节条篇])[、:.,]?
    | [{_CHINESE_DIGITS}]+[、.,:]
    | \((?:[{_CHINESE_DIGITS}]+|\d+|[a-z]|[ivx]+)\)[、.]?
    | \d+(?:\.\d+)+\.?(?![\d%])
    | \d+(?:[、.):](?!\d)|\s+(?=\D))
    | (?:[a-z]|[ivx]+)[、.)]
    )\s*""",
    re.VERBOSE,
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】")
_CIRCLED = re.compile("^[①-⓿❶-➓㈠-㈩\\s]+")
_DIGITS = "零一二三四五六七八九"


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def strip_number(title: str) -> str:
    """A heading, in half width and small letters, without the number before it: 一、 （一） 1. 1.2 a) ① 第一部分."""
    text = _fold(_CIRCLED.sub("", title.strip()))
    while (match := _NUMBER.match(text)) and match.end() < len(text):
        text = text[match.end() :]
    return text.strip()


@lru_cache(maxsize=4096)
def normalize_heading(title: str) -> str:
    """What is compared of a heading: no number, no brackets with what they hold, no spaces, no punctuation."""
    text = strip_number(title)
    bare = text
    while _BRACKETS.search(bare):
        bare = _BRACKETS.sub("", bare)
    letters = "".join(character for character in bare if character.isalnum())
    return letters or "".join(character for character in text if character.isalnum())


@lru_cache(maxsize=16384)  # the same headings meet in each report
def compare_headings(first: str, second: str) -> float:
    """How alike two normalized headings are, 0 to 1; one that holds the other whole is at least 0.6.

    A heading that says nearly all of the shorter one among more words counts, too.
    """
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    matcher = SequenceMatcher(None, long, short, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    likeness = max(2 * shared / len(first + second), _SHORTENED * shared / len(short) if len(short) >= 4 else 0)
    if len(short) >= 2 and short in long:
        likeness = max(likeness, THRESHOLD + (1 - THRESHOLD) * len(short) / len(long))
    return likeness


def is_generic(title: str, generic: Iterable[str], names: Iterable[str] = ()) -> bool:
    """Whether nothing is left of a title without generic words and names: one that says nothing of its own."""
    own_words = normalize_heading(title)
    for word in sorted({normalize_heading(word) for word in (*generic, *names)}, key=len, reverse=True):
        own_words = own_words.replace(word, "") if word else own_words
    return len(own_words) <= 1


def has_number(title: str) -> bool:
    """Whether a number stands before a heading."""
    return strip_number(title) != _fold(title)


def format_ordinal(number: int) -> str:
    """1–99 as 一 … 九十九; anything else is a ValueError."""
    if not 1 <= number <= 99:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    text = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return text + (_DIGITS[ones] if ones else "")
