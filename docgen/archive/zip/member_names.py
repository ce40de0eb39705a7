"""Decodes the names of a received zip's members: many Chinese tools write GBK without declaring it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from docgen.archive.zip.directory import RawEntry
from docgen.archive.zip.extra_fields import NAME_ENCODINGS, says_name
from docgen.archive.zip.headers import FLAG_UTF8

_CLEAR = 0.3
"""The lead in rating that the best encoding needs over the next one to be clear."""


@dataclass(frozen=True, slots=True)
class NameGuess:
    """The encoding guessed for all members (``names``, their indexes) that don't declare theirs, and its confidence.

    ``confidence``: ``listed`` if the manifest lists the decoded names, ``clear`` if no other encoding rates nearly as
    high, otherwise ``likely`` (``archive.confidence.*``).
    """

    encoding: str
    confidence: str
    names: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DecodedNames:
    """The decoded names of the members, in order; ``undecodable`` are the indexes of names that are no text.

    ``mixed`` are the indexes of names that no single encoding decodes; ``guess`` is None if all names declare theirs.
    """

    names: tuple[str, ...]
    undecodable: frozenset[int]
    mixed: frozenset[int]
    guess: NameGuess | None


def decode_names(entries: Sequence[RawEntry], list_names: Callable[[], Collection[str]]) -> DecodedNames:
    """Decode names by the UTF-8 flag, else by the Unicode extra field, else by one guess for all the others together.

    The guess is the encoding in which most names, without their top folder, are in ``list_names`` (of the manifest);
    among equals it is the one with the highest rating (``_rate_names``).
    """
    names: list[str | None] = [_stated_name(entry) for entry in entries]
    silent = [index for index, entry in enumerate(entries) if names[index] is None and not entry.flags & FLAG_UTF8]
    guess = _guess_encoding([entries[index].raw_name for index in silent], list_names()) if silent else None
    mixed: frozenset[int] = frozenset()
    if guess is None:
        mixed = frozenset(silent)
    else:
        for index in silent:
            names[index] = entries[index].raw_name.decode(guess[0])
    failed = frozenset(index for index, name in enumerate(names) if name is None) - mixed
    shown = (_format_raw_name(entry) if name is None else name for name, entry in zip(names, entries, strict=True))
    made = NameGuess(*guess, tuple(silent)) if guess else None
    return DecodedNames(tuple(shown), failed, mixed, made)


def _format_raw_name(entry: RawEntry) -> str:
    return entry.raw_name.decode("utf-8", "backslashreplace")


def _stated_name(entry: RawEntry) -> str | None:
    try:
        if entry.flags & FLAG_UTF8 or entry.raw_name.isascii():
            return entry.raw_name.decode("utf-8")
        extra = entry.unicode_extra
        if extra is not None and says_name(extra, entry.raw_name, is_utf8=False):
            return extra[5:].decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None


def _guess_encoding(raw: Sequence[bytes], listed: Collection[str]) -> tuple[str, str] | None:
    """The guessed encoding and its confidence; None if no encoding decodes all names."""
    rated: list[tuple[int, float, str]] = []
    for encoding in NAME_ENCODINGS:
        try:
            names = [name.decode(encoding) for name in raw]
        except UnicodeDecodeError:
            continue
        listed_count = sum(name.partition("/")[2] in listed for name in names)
        rated.append((listed_count, _rate_names(names, encoding), encoding))
    rated.sort(key=lambda item: item[:2], reverse=True)
    (listed_count, score, encoding), *others = rated
    if listed_count > max((item[0] for item in others), default=0):
        return encoding, "listed"
    if encoding == "cp437" and score < 0:
        return None
    return encoding, "clear" if score - max((item[1] for item in others), default=-1.0) >= _CLEAR else "likely"


def _rate_names(names: Sequence[str], encoding: str) -> float:
    """Rates how much the non-ASCII letters look like Chinese, or like an alphabet with accents: -1 to 1.5.

    Text that is valid UTF-8 with characters of three bytes is hardly ever in another encoding.
    """
    total, count, long = 0.0, 0, 0
    for name in names:
        for place, char in enumerate(name):
            if char >= "\x80":
                beside = name[max(0, place - 1) : place + 2 : 2]
                if "\xc0" <= char <= "\u024f" and _is_word(beside):
                    total += 1.0
                else:
                    total += _rate_char(char) if encoding != "cp437" else -1.0
                count += 1
                long += char >= "\u0800"
    bonus = 0.5 if encoding == "utf-8" and long * 2 > count else 0.0
    return total / count + bonus if count else 0.0


def _is_word(beside: str) -> bool:
    return any(char.isascii() and char.isalpha() for char in beside)


@lru_cache(maxsize=4096)
def _rate_char(char: str) -> float:
    """Rates a character: the first level of GB 2312 (rows 16-55) is the most common, then the second."""
    lead = char.encode("gb2312", "ignore")[:1]
    if lead:
        row = lead[0] - 0xA0
        return 1.0 if 16 <= row <= 55 else 0.6 if row > 55 else 0.8 if row in {1, 3} else -0.5
    if "\u4e00" <= char <= "\u9fff":
        return 0.1
    if "\u3400" <= char <= "\u4dbf" or char >= "\U00020000":
        return 0.0
    return -0.5 if "\xc0" <= char <= "\u024f" else -1.0
