"""Are the names in a document those of the record: the project's, the enterprise's, the agency's?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from docgen.content.folding import keep_letters
from docgen.content.model import DocumentContent
from docgen.content.spoken_texts import SpokenText, iterate_tables, iterate_texts, place_cell, read_cell
from docgen.diagnostics import Diagnostic, Location, error, info, warning

_ALIKE, _ALIKE_FROM_START = 0.78, 0.85
_ENDS, _LENGTHS, _OTHER_LENGTH = 4, 2, 0.05
_SHORTEST = 6
_NAME_EDGE = re.compile(r"[^\w（）()·]+")
_EMPTY = re.compile(r"[\s_＿—\-/xX×*]*")


@dataclass(frozen=True, slots=True)
class NamedParty:
    """Somebody of the record: the full name, and the short one or None."""

    name: str
    short_name: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Both names, as far as there are any."""
        return tuple(filter(None, (self.name, self.short_name)))


@dataclass(frozen=True, slots=True)
class NamedIdentity:
    """What a document must say as the record does.

    ``owner`` is whom it is made for, ``others`` those it isn't made for, ``parties`` everybody else with a name.
    ``values`` are the record's values by the labels that stand before them in a form (企业名称, 项目编号).
    """

    owner: NamedParty | None = None
    others: tuple[NamedParty, ...] = ()
    parties: tuple[NamedParty, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


def check_names(content: DocumentContent, identity: NamedIdentity) -> Iterator[Diagnostic]:
    """F107 the owner isn't named, F108 another one is, F109 a value isn't the record's, F124 a name nearly is."""
    texts = list(iterate_texts(content))
    whole = keep_letters(" ".join(item.text for item in texts))
    owner = identity.owner
    if owner is not None and whole and not any(keep_letters(name) in whole for name in owner.names):
        yield warning("F107", content.location, name=owner.name)
    yield from _find_others(texts, identity)
    differing = list(_compare_values(content, texts, identity))
    yield from differing
    reported = {item.location for item in differing}
    yield from (item for item in _find_misspelled(texts, identity) if item.location not in reported)


def _find_others(texts: list[SpokenText], identity: NamedIdentity) -> Iterator[Diagnostic]:
    """The first place where each of the others is named; rarely beside the owner, it may well be meant (an info).

    Tables list whom a work was done together with: there a name counts only where the owner isn't named at all.
    """
    owner = identity.owner
    if owner is None:
        return
    owner_names = [name for name in map(keep_letters, owner.names) if name]
    spelled = [(item, keep_letters(item.text)) for item in texts]
    owner_count = sum(any(name in text for name in owner_names) for _item, text in spelled)
    for other in identity.others:
        names = [
            name for name in map(keep_letters, other.names) if name and not any(name in own for own in owner_names)
        ]
        mentions = [
            item
            for item, text in spelled
            if (not item.is_cell or not owner_count) and any(name in text for name in names)
        ]
        if mentions:
            report = warning if len(mentions) >= owner_count else info
            yield report("F108", mentions[0].location, other=other.name, name=owner.name)


def _compare_values(content: DocumentContent, texts: list[SpokenText], identity: NamedIdentity) -> Iterator[Diagnostic]:
    """Values behind their labels; what is too short to be one is the next label of a row of headings."""
    by_label = {keep_letters(label): (label, value) for label, value in identity.values.items() if value}
    short = keep_letters(identity.owner.short_name or "") if identity.owner is not None else ""
    for label, typed, place in (*_read_cells(content), *_read_lines(texts)):
        if label not in by_label or _EMPTY.fullmatch(typed):
            continue
        name, value = by_label[label]
        typed_letters, letters = keep_letters(typed), keep_letters(value)
        if letters in typed_letters or typed_letters in (short, *by_label) or len(typed_letters) < len(letters) / 2:
            continue
        report = warning if typed_letters in letters else error
        yield report("F109", place, label=name, typed=typed[:40], value=value)


def _read_cells(content: DocumentContent) -> Iterator[tuple[str, str, Location]]:
    """Each cell with the next one that has text, where that is to its right."""
    for table in iterate_tables(content):
        for row, cells in enumerate(table.rows):
            filled = [column for column in range(len(cells)) if read_cell(table, row, column)]
            for column, behind in pairwise(filled):
                label = keep_letters(read_cell(table, row, column))
                yield label, read_cell(table, row, behind), place_cell(table, row, behind)


def _read_lines(texts: list[SpokenText]) -> Iterator[tuple[str, str, Location]]:
    """Each line that is a label, a colon and a value."""
    for item in texts:
        for line in item.text.splitlines():
            label, colon, typed = line.replace("：", ":").partition(":")
            if colon and typed.strip():
                yield keep_letters(label), re.split(r"\s{2,}", typed.strip())[0], item.location


def _find_misspelled(texts: list[SpokenText], identity: NamedIdentity) -> Iterator[Diagnostic]:
    """Names that are nearly one of the record's: another character, one too few or too many; each reported once."""
    parties = [*([identity.owner] if identity.owner is not None else []), *identity.others, *identity.parties]
    names = {keep_letters(party.name): party.name for party in parties if len(keep_letters(party.name)) >= _SHORTEST}
    reported: set[str] = set()
    for item in texts:
        for letters, name in names.items():
            for typed in _find_similar(item.text, letters, tuple(names)):
                if typed not in reported:
                    reported.add(typed)
                    yield warning("F124", item.location, typed=typed, name=name)


def _find_similar(text: str, name: str, names: tuple[str, ...]) -> Iterator[str]:
    """Stretches of a text that end, or begin, as a name does, are about as long and nearly the same."""
    lengths = range(len(name) - _LENGTHS, len(name) + _LENGTHS + 1)
    for piece in _NAME_EDGE.split(text):
        letters = keep_letters(piece)
        for end in _find_all(letters, name[-_ENDS:]):
            stop = end + _ENDS
            if letters[:stop].endswith(names):
                continue
            typed, likeness = _choose((letters[max(0, stop - length) : stop] for length in lengths), name)
            if likeness >= _ALIKE and typed[0] == name[0]:
                yield typed
        for start in _find_all(letters, name[:_ENDS]):
            if letters[start:].startswith(names):
                continue
            typed, likeness = _choose((letters[start : start + length] for length in lengths), name)
            if likeness >= _ALIKE_FROM_START and not typed.endswith(name[-_ENDS:]):
                yield typed


def _find_all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _choose(candidates: Iterable[str], name: str) -> tuple[str, float]:
    """The candidate that is most like a name, those of its length before others, and how like."""
    rated = {typed: SequenceMatcher(None, typed, name, autojunk=False).ratio() for typed in candidates}
    typed = max(rated, key=lambda text: rated[text] - _OTHER_LENGTH * abs(len(text) - len(name)))
    return typed, rated[typed]
