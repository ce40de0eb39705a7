"""What a path says besides a title: the folder of a filing item, and whom a file is about."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docgen.content.file_names import fold_text, keep_letters, read_name
from docgen.content.title_likeness import liken_titles

_LABEL_LIKENESS = 0.8
_LABEL_MARGIN = 0.08
_SHORTEST_PART = 2
_PAPERS = re.compile(r"(?:(?:相关|有关)?(?:资料|材料|文件夹?|文档|档案)|阶段)$")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """A filing item as a folder: its key and its label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody or something that documents are made for, an item of the list ``per``: its key, names and date."""

    per: str
    key: str
    names: tuple[str, ...]
    date: dt.date | None = None


def find_item(folders: Sequence[str], places: Sequence[Place]) -> tuple[str | None, int | None]:
    """The filing item that a folder on the way names, the innermost first, and which folder that is.

    The item d 现场调研 is named by ``d_现场调研``, ``d 现场调研``, ``d``, ``04现场调研`` and ``现场调研资料`` alike.
    """
    for at in range(len(folders) - 1, -1, -1):
        found = _name_item(folders[at], places)
        if found is not None:
            return found, at
    return None, None


def _name_item(folder: str, places: Sequence[Place]) -> str | None:
    text = fold_text(folder)
    labels = {place.key: keep_letters(place.label) for place in places}
    for place in places:
        key = re.escape(place.key.casefold())
        behind = re.fullmatch(rf"[(\[]?{key}(?:[)\]]?[\s_\-.、:)\]]+(?P<rest>.*)|[)\]])?", text)
        if behind is not None:
            return place.key
        glued = re.fullmatch(rf"{key}(?P<rest>[\u4e00-\u9fff].*)", text)
        if glued is not None and liken_titles((keep_letters(glued["rest"]),), (labels[place.key],)) >= _LABEL_LIKENESS:
            return place.key
    spoken = _PAPERS.sub("", keep_letters(read_name(folder).text))
    ranked = sorted(((liken_titles((spoken,), (label,)), key) for key, label in labels.items()), reverse=True)
    if ranked and ranked[0][0] >= _LABEL_LIKENESS:
        next_best = ranked[1][0] if len(ranked) > 1 else 0.0
        return ranked[0][1] if ranked[0][0] - next_best >= _LABEL_MARGIN else None
    return None


@dataclass(frozen=True, slots=True)
class Named:
    """Whom texts name: the keys, and the words of the texts that name them."""

    keys: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


NOBODY = Named()


def find_holders(
    texts: Iterable[str], holders: Sequence[Holder], general: Iterable[str] = (), *, only_whole: bool = False
) -> Named:
    """Those whom texts name: by a whole name or the key, else by a part of a name that only one has.

    ``general`` are titles of documents: what they say, too, names nobody.
    """
    folded = [fold_text(text) for text in texts]
    letters = [keep_letters(text) for text in folded]
    tokens = {token for text in folded for token in (*_TOKEN.findall(text), *re.split(r"[\s_]+", text))}
    keys: set[str] = set()
    words: set[str] = set()
    for holder in holders:
        spelled = [name for name in map(keep_letters, holder.names) if len(name) >= _SHORTEST_PART]
        said = [name for name in spelled if any(name in text for text in letters)]
        said += [holder.key.casefold()] if holder.key.casefold() in tokens else []
        if said:
            keys.add(holder.key)
            words.update(said, map(fold_text, holder.names))
    if keys or only_whole:
        return Named(frozenset(keys), frozenset(words))
    titles, best = tuple(general), dict[str, str]()
    for holder in holders:
        others = [keep_letters(name) for other in holders if other.key != holder.key for name in other.names]
        parts = (_find_part(keep_letters(name), text, (*others, *titles)) for name in holder.names for text in letters)
        best[holder.key] = max(parts, key=len, default="")
    most = max(map(len, best.values()), default=0)
    found = {key: part for key, part in best.items() if part and len(part) == most}
    return Named(frozenset(found), frozenset(found.values()))


def find_dated(date: dt.date | None, holders: Sequence[Holder]) -> frozenset[str]:
    """The key of the only one that has this date; nobody when several have."""
    keys = [holder.key for holder in holders if date is not None and holder.date == date]
    return frozenset(keys) if len(keys) == 1 else frozenset()


def _find_part(name: str, text: str, others: Sequence[str]) -> str:
    """The longest part of a name in a text that stands in none of the others; empty without one."""
    for length in range(min(len(name), len(text)), _SHORTEST_PART - 1, -1):
        for start in range(len(name) - length + 1):
            part = name[start : start + length]
            if part in text and not part.isascii() and not any(part in other for other in others):
                return part
    return ""


def remove_names(text: str, names: Iterable[str]) -> str:
    """A folded text without the names in it, the longest first."""
    for name in sorted(map(fold_text, names), key=len, reverse=True):
        if len(name) >= _SHORTEST_PART:
            text = text.replace(name, " ")
    return text
