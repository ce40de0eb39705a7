"""Counts ratings: stars and solved problems, by kind and by who did the work.

The profile says which entries and fields hold the answers (``RatingRules``). Answers that are no number of stars (not
applicable) and missing answers don't count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from docgen.record.types import Key, Number, Part, Text, Whole

_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


class StarSet(Part):
    """A named set of questions that are answered with stars."""

    key: Key
    fields: tuple[Text, ...]


class RatingGroupRules(Part):
    """A way to group entries: ``by`` is a field, ``stars`` the star sets that are averaged.

    ``values`` are listed in the table even if no entry has them; ``none`` is the label of entries without a value.
    """

    key: Key
    label: Text
    by: Text
    stars: tuple[Key, ...]
    values: tuple[Text, ...] = ()
    none: Text | None = None


class RatingRules(Part):
    """The rules for ratings: the entries' path ``of``, the star sets, and the field ``solved`` with yes or no."""

    of: Text
    clause: Text
    sets: tuple[StarSet, ...]
    solved: Text
    yes: Text
    no: Text
    groups: tuple[RatingGroupRules, ...]


class Stars(Part):
    """The sum of an entry's stars in a set (``stars``), and the number of answers (``answers``)."""

    key: Text
    stars: Whole
    answers: Whole


class RatedEntry(Part):
    """The figures of one entry: ``mean`` of all its stars, ``solved``; each None without answers."""

    of: Text
    sets: tuple[Stars, ...]
    mean: Number | None = None
    solved: bool | None = None


class RatingLine(Part):
    """The figures of one group: entries, stars and their mean (two decimals), answers, solved, and their share in %.

    Mean and share are None without answers; the line of all entries together has no name.
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
    """The ratings of all entries, one by one and in groups."""

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
        star_counts = [int(value) for name in item.fields if (value := str(getattr(entry, name) or "")).isdigit()]
        sets.append(Stars(key=item.key, stars=sum(star_counts), answers=len(star_counts)))
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
