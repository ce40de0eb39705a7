"""Views of ratings for forms: each rated entry with what it is grouped by, and the groups with their figures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

from docgen.profile.references import find_owner, name_values
from docgen.profile.subject import Subject
from docgen.record.ratings import RatedEntry, RatingLine, RatingRules
from docgen.render.values.values import Missing, MissingMode

_ABSENT = Missing("facts.ratings", "", "blank")


def view_ratings(subject: Subject, rules: RatingRules, mode: MissingMode, blank_rows: int) -> SimpleNamespace:
    """``entries`` and ``groups``; with mode ``blank`` the names of known groups or free lines, and no figure."""
    ratings = subject.facts.ratings
    assert ratings is not None
    free = mode == "blank"
    pairs = zip(ratings.entries, subject.find(rules.of), strict=True)
    entries = [_view_entry(subject, rules, at, entry, found.value) for at, (entry, found) in enumerate(pairs, 1)]
    known = {group.key: group.values for group in rules.groups}
    groups = {
        group.key: SimpleNamespace(
            label=group.label,
            lines=tuple(_view_line(line, free) for line in group.lines if not free or line.name in known[group.key])
            or (_view_line(group.total.model_copy(update={"name": ""}), free),) * (blank_rows if free else 0),
            total=_view_line(group.total, free),
        )
        for group in ratings.groups
    }
    blank = tuple(_view_nothing(rules) for _ in range(blank_rows))
    return SimpleNamespace(entries=blank if free else tuple(entries), groups=SimpleNamespace(**groups))


def _view_entry(subject: Subject, rules: RatingRules, at: int, rated: RatedEntry, entry: BaseModel) -> SimpleNamespace:
    record = subject.record
    owner = find_owner(record, entry, "enterprises[]")
    names = [item.name or item.key for item in record.enterprises if item.key == owner]
    by = {}
    for group in rules.groups:
        values = name_values(record, entry, group.by)
        by[group.key] = "、".join(values) if values else _or(group.none)
    said = {True: rules.yes, False: rules.no, None: None}
    return SimpleNamespace(
        number=at,
        document_number=_or(subject.numbers.get(f"{rules.of.split('.')[1].removesuffix('[]')}/{rated.of}")),
        enterprise=_or(names[0] if names else None),
        by=SimpleNamespace(**by),
        sets=SimpleNamespace(
            **{item.key: SimpleNamespace(stars=item.stars, answers=item.answers) for item in rated.sets}
        ),
        mean=_or(rated.mean),
        # a masked answer is printed as it is
        solved=_or(said.get(rated.solved, rated.solved)),
    )


def _view_nothing(rules: RatingRules) -> SimpleNamespace:
    nothing = SimpleNamespace(stars=_ABSENT, answers=_ABSENT)
    return SimpleNamespace(
        number=_ABSENT,
        document_number=_ABSENT,
        enterprise=_ABSENT,
        by=SimpleNamespace(**{group.key: _ABSENT for group in rules.groups}),
        sets=SimpleNamespace(**{item.key: nothing for item in rules.sets}),
        mean=_ABSENT,
        solved=_ABSENT,
    )


def _view_line(line: RatingLine, free: bool) -> SimpleNamespace:
    figures = {name: getattr(line, name) for name in type(line).model_fields if name != "name"}
    return SimpleNamespace(
        name=line.name or "", **{key: _ABSENT if free else _or(value) for key, value in figures.items()}
    )


def _or(value: Any) -> Any:
    return _ABSENT if value is None else value
