"""Makes the views of ratings: each rated entry with its values by group, and the groups with their figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from docgen.profile.references import find_owner, name_values
from docgen.profile.subject import Subject
from docgen.record.ratings import RatedEntry, RatingLine, RatingRules
from docgen.render.context.records import replace_none
from docgen.render.context.source import ContextPlan, ContextSource
from docgen.render.context.types import Shape, list_of, read_view
from docgen.render.context.views import RatedEntryView, RatingGroupView, RatingLineView, RatingsView, StarsView
from docgen.render.values.values import Missing

_ABSENT = Missing("facts.ratings", "", "blank")


def view_ratings(source: ContextSource) -> RatingsView:
    """Make the view of the ratings; with mode ``blank`` only the names of the profile's groups, or empty lines."""
    subject, is_free = source.subject, source.is_blank
    rules, ratings = subject.profile.ratings, subject.facts.ratings
    assert rules is not None
    assert ratings is not None
    pairs = zip(ratings.entries, subject.find(rules.of), strict=True)
    entries = [_view_entry(subject, rules, at, entry, item.value) for at, (entry, item) in enumerate(pairs, 1)]
    names = {group.key: group.values for group in rules.groups}
    groups = {
        group.key: RatingGroupView(
            label=group.label,
            lines=tuple(
                _view_line(line, is_free) for line in group.lines if not is_free or line.name in names[group.key]
            )
            or (_view_line(group.total.model_copy(update={"name": ""}), is_free),)
            * (source.document.blank_rows if is_free else 0),
            total=_view_line(group.total, is_free),
        )
        for group in ratings.groups
    }
    blank = tuple(_view_nothing(rules) for _ in range(source.document.blank_rows))
    return RatingsView(entries=blank if is_free else tuple(entries), groups=groups)


def describe_ratings(plan: ContextPlan) -> Shape:
    """Describe the view's type, with the profile's keys as the names in its mappings."""
    rules = plan.loaded.profile.ratings
    assert rules is not None
    entry = read_view(RatedEntryView)
    by = {group.key: Shape("text", "free") for group in rules.groups}
    sets = {item.key: read_view(StarsView) for item in rules.sets}
    inner = {"by": Shape("fields", names=by), "sets": Shape("fields", names=sets)}
    groups = {group.key: read_view(RatingGroupView) for group in rules.groups}
    entries = list_of(replace(entry, names={**entry.names, **inner}))
    return Shape("fields", names={"entries": entries, "groups": Shape("fields", names=groups)})


def _view_entry(subject: Subject, rules: RatingRules, at: int, rated: RatedEntry, entry: BaseModel) -> RatedEntryView:
    record = subject.record
    owner = find_owner(record, entry, "enterprises[]")
    names = [item.name or item.key for item in record.enterprises if item.key == owner]
    by = {}
    for group in rules.groups:
        values = name_values(record, entry, group.by)
        by[group.key] = "、".join(values) if values else _replace_none(group.none)
    answers = {True: rules.yes, False: rules.no, None: None}
    return RatedEntryView(
        number=at,
        document_number=_replace_none(subject.numbers.get(f"{rules.of.split('.')[1].removesuffix('[]')}/{rated.of}")),
        enterprise=_replace_none(names[0] if names else None),
        by=by,
        sets={item.key: StarsView(stars=item.stars, answers=item.answers) for item in rated.sets},
        mean=_replace_none(rated.mean),
        # a masked answer is printed as it is
        solved=_replace_none(answers.get(rated.solved, rated.solved)),
    )


def _view_nothing(rules: RatingRules) -> RatedEntryView:
    return RatedEntryView(
        number=_ABSENT,
        document_number=_ABSENT,
        enterprise=_ABSENT,
        by={group.key: _ABSENT for group in rules.groups},
        sets={item.key: StarsView(stars=_ABSENT, answers=_ABSENT) for item in rules.sets},
        mean=_ABSENT,
        solved=_ABSENT,
    )


def _view_line(line: RatingLine, is_free: bool) -> RatingLineView:
    figures = {name: getattr(line, name) for name in type(line).model_fields if name != "name"}
    shown = {key: _ABSENT if is_free else _replace_none(value) for key, value in figures.items()}
    return RatingLineView(name=line.name or "", **shown)


def _replace_none(value: Any) -> Any:
    return replace_none(value, _ABSENT)
