"""Reads clues from a file's path: the folder of a filing item, and whom the file is about."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from docgen.content.file_names import read_name
from docgen.content.folding import fold_text, keep_letters
from docgen.content.title_likeness import liken_titles

_LABEL_LIKENESS = 0.8
_LABEL_MARGIN = 0.08
_SHORTEST_PART = 2
_LONGEST_PART = 30
_PAPERS = re.compile(r"(?:(?:相关|有关)?(?:资料|材料|文件夹?|文档|档案)|阶段)$")
_PLACES = ("省", "市", "县", "区")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PathClues:
    """A filing item, which a folder may be named after: its key and its label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A holder: whom or what documents are made for, an entry of the list ``per`` with key, names and date."""

    per: str
    key: str
    names: tuple[str, ...]
    date: dt.date | None = None


def find_item(folders: Sequence[str], places: Sequence[PathClues]) -> tuple[str | None, int | None]:
    """The filing item that a folder of the path names, and the folder's index; the innermost folder goes first.

    The item d 现场调研 is named by ``d_现场调研``, ``d 现场调研``, ``d``, ``04现场调研`` and ``现场调研资料`` alike.
    """
    for at in range(len(folders) - 1, -1, -1):
        key = _name_item(folders[at], places)
        if key is not None:
            return key, at
    return None, None


def _name_item(folder: str, places: Sequence[PathClues]) -> str | None:
    text = fold_text(folder)
    labels = {place.key: keep_letters(place.label) for place in places}
    for place in places:
        key = re.escape(place.key.casefold())
        with_separator = re.fullmatch(rf"[(\[]?{key}(?:[)\]]?[\s_\-.、:)\]]+(?P<rest>.*)|[)\]])?", text)
        if with_separator is not None:
            return place.key
        without_separator = re.fullmatch(rf"{key}(?P<rest>[\u4e00-\u9fff].*)", text)
        if (
            without_separator is not None
            and liken_titles((keep_letters(without_separator["rest"]),), (labels[place.key],)) >= _LABEL_LIKENESS
        ):
            return place.key
    spoken = _PAPERS.sub("", keep_letters(read_name(folder).text))
    ranked = sorted(((liken_titles((spoken,), (label,)), key) for key, label in labels.items()), reverse=True)
    if ranked and ranked[0][0] >= _LABEL_LIKENESS:
        next_best = ranked[1][0] if len(ranked) > 1 else 0.0
        return ranked[0][1] if ranked[0][0] - next_best >= _LABEL_MARGIN else None
    return None


@dataclass(frozen=True, slots=True)
class Named:
    """The holders that texts name: their keys, and the words that name them."""

    keys: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HolderNames:
    """The names of all holders, prepared for searches in many texts.

    ``general`` are titles of documents and names of the project: a part of a name that they contain, too, names no
    holder. Nor does the place that a name begins with (徐州市).
    """

    holders: tuple[Holder, ...]
    general: frozenset[str] = frozenset()

    @cached_property
    def _spelled(self) -> tuple[tuple[Holder, tuple[str, ...]], ...]:
        """Each holder with its normalised names that are long enough to identify it."""
        return tuple(
            (holder, tuple(name for name in map(keep_letters, holder.names) if len(name) >= _SHORTEST_PART))
            for holder in self.holders
        )

    @cached_property
    def _parts(self) -> dict[str, str]:
        """Parts of names that only one holder has and no title contains, with the holder's key."""
        owners: dict[str, str | None] = {}
        for holder, names in self._spelled:
            for part in {part for name in names for part in _list_parts(name)}:
                owners[part] = None if part in owners and owners[part] != holder.key else holder.key
        titles = {part for title in self.general for part in _list_parts(title)}
        return {part: key for part, key in owners.items() if key and part not in titles and part[-1] not in _PLACES}

    def find(self, texts: Iterable[str], *, only_whole: bool = False) -> Named:
        """The holders that texts name by a whole name or the key, else by a part of a name that only one holder has.

        ``only_whole`` ignores keys and parts, which don't identify a holder in the text of a document.
        """
        folded = [fold_text(text) for text in texts]
        letters = [keep_letters(text) for text in folded]
        tokens = {token for text in folded for token in (*_TOKEN.findall(text), *re.split(r"[\s_]+", text))}
        keys: set[str] = set()
        words: set[str] = set()
        for holder, names in self._spelled:
            matched = [name for name in names if any(name in text for text in letters)]
            matched += [holder.key.casefold()] if not only_whole and holder.key.casefold() in tokens else []
            if matched:
                keys.add(holder.key)
                words.update(matched, map(fold_text, holder.names))
        if keys or only_whole:
            return Named(frozenset(keys), frozenset(words))
        matched_parts = {
            part: self._parts[part]
            for text in letters
            for part in _list_parts(text)
            if part in self._parts and not any(part + place in text for place in _PLACES)
        }
        most = max(map(len, matched_parts), default=0)
        longest = {part: key for part, key in matched_parts.items() if len(part) == most}
        return Named(frozenset(longest.values()), frozenset(longest))


def _list_parts(text: str) -> Iterator[str]:
    """Substrings of a text that are long enough to identify a holder and aren't ASCII alone."""
    for start in range(len(text)):
        for end in range(start + _SHORTEST_PART, min(len(text), start + _LONGEST_PART) + 1):
            if not text[start:end].isascii():
                yield text[start:end]


def find_dated(date: dt.date | None, holders: Sequence[Holder]) -> frozenset[str]:
    """The key of the holder with this date; empty unless exactly one has it."""
    keys = [holder.key for holder in holders if date is not None and holder.date == date]
    return frozenset(keys) if len(keys) == 1 else frozenset()


def remove_names(text: str, names: Iterable[str]) -> str:
    """A folded text with the names removed, the longest first."""
    for name in sorted(map(fold_text, names), key=len, reverse=True):
        if len(name) >= _SHORTEST_PART:
            text = text.replace(name, " ")
    return text
