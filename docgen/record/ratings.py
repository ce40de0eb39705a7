"""Counts ratings: stars and solved problems, by kind and by who did the work. Counted once, here.

Which entries and fields hold the answers is data of a profile (``RatingRules``). An answer that is no number of stars
(not applicable) and one that wasn't given count nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from docgen.record.types import Key, Number, Part, Text, Whole

_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


class StarSet(Part):
    """Questions that are answered with stars, under one name."""

    key: Key
    fields: tuple[Text, ...]


class RatingGroupRules(Part):
    """A way to group entries: ``by`` is a field, ``stars`` the star sets that are averaged.

    ``values`` stand in the table even where no entry has them; ``none`` is what entries without a value are called.
    """

    key: Key
    label: Text
    by: Text
    stars: tuple[Key, ...]
    values: tuple[Text, ...] = ()
    none: Text | None = None


class RatingRules(Part):
    """How entries are rated: their path ``of``, the star sets, and the field ``solved`` with the answers yes and no."""

    of: Text
    clause: Text
    sets: tuple[StarSet, ...]
    solved: Text
    yes: Text
    no: Text
    groups: tuple[RatingGroupRules, ...]


class Stars(Part):
    """The stars of a set that an entry was given (``stars``), by how many answers (``answers``)."""

    key: Text
    stars: Whole
    answers: Whole


class RatedEntry(Part):
    """An entry's own figures: ``mean`` of all its stars, ``solved``; each None where nobody answered."""

    of: Text
    sets: tuple[Stars, ...]
    mean: Number | None = None
    solved: bool | None = None


class RatingLine(Part):
    """The figures of one group: entries, stars and their mean (two decimals), answers, solved, and their share in %.

    Mean and share are None where nobody answered; all entries together have no name.
    """

    name: Text | None = None
    count: Whole
    stars: Whole
    answers: Whole
    mean: Number | None = None
    answered: Whole
    solved: Whole
    share: Number | None = None


class RatingGroup(Part):
    """The lines of one way to group, and all entries together."""

    key: Text
    label: Text
    lines: tuple[RatingLine, ...]
    total: RatingLine


class Ratings(Part):
    """How all entries were rated, one by one and in groups."""

    entries: tuple[RatedEntry, ...]
    groups: tuple[RatingGroup, ...]


def rate_entries(
    entries: Sequence[Any], rules: RatingRules, name_values: Callable[[Any, str], Sequence[str]]
) -> Ratings:
    """The ratings of the entries; ``name_values`` gives the names of an entry's values of a field."""
    rated = tuple(_rate(entry, rules) for entry in entries)
    groups = []
    for group in rules.groups:
        values = [tuple(name_values(entry, group.by)) for entry in entries]
        groups.append(_group(group, rated, values))
    return Ratings(entries=rated, groups=tuple(groups))


def _rate(entry: Any, rules: RatingRules) -> RatedEntry:
    sets = []
    for item in rules.sets:
        given = [int(value) for name in item.fields if (value := str(getattr(entry, name) or "")).isdigit()]
        sets.append(Stars(key=item.key, stars=sum(given), answers=len(given)))
    solved = {rules.yes: True, rules.no: False}.get(str(getattr(entry, rules.solved)))
    stars, answers = sum(item.stars for item in sets), sum(item.answers for item in sets)
    return RatedEntry(of=entry.key, sets=tuple(sets), mean=_average(stars, answers), solved=solved)


def _average(stars: int, answers: int) -> Decimal | None:
    return (Decimal(stars) / answers).quantize(_CENT, ROUND_HALF_UP) if answers else None


def _group(group: RatingGroupRules, rated: Sequence[RatedEntry], values: Sequence[tuple[str, ...]]) -> RatingGroup:
    named = [value or ((group.none,) if group.none is not None else ()) for value in values]
    names = dict.fromkeys((*group.values, *(name for item in named for name in item if name != group.none)))
    if group.none is not None and any(group.none in item for item in named):
        names[group.none] = None
    lines = tuple(
        _count(name, group.stars, [entry for entry, item in zip(rated, named, strict=True) if name in item])
        for name in names
    )
    return RatingGroup(key=group.key, label=group.label, lines=lines, total=_count(None, group.stars, rated))


def _count(name: str | None, sets: Sequence[str], entries: Sequence[RatedEntry]) -> RatingLine:
    chosen = [item for entry in entries for item in entry.sets if item.key in sets]
    stars, answers = sum(item.stars for item in chosen), sum(item.answers for item in chosen)
    answered = sum(entry.solved is not None for entry in entries)
    solved = sum(entry.solved is True for entry in entries)
    return RatingLine(
        name=name,
        count=len(entries),
        stars=stars,
        answers=answers,
        mean=_average(stars, answers),
        answered=answered,
        solved=solved,
        share=(Decimal(solved * 100) / answered).quantize(_TENTH, ROUND_HALF_UP) if answered else None,
    )
