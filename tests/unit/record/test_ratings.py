"""Ratings: stars and solved problems, entry by entry and in groups."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from docgen.record.ratings import RatingRules, Ratings, rate_entries

RULES = RatingRules.model_validate(
    {
        "of": "forms.visit[]",
        "clause": "4.3",
        "sets": [{"key": "shop", "fields": ["a", "b"]}, {"key": "maker", "fields": ["c"]}],
        "solved": "done",
        "yes": "成",
        "no": "不成",
        "groups": [
            {"key": "kinds", "label": "种类", "by": "kinds", "stars": ["shop", "maker"], "values": ["修", "换"]},
            {"key": "makers", "label": "厂家", "by": "maker", "stars": ["maker"], "none": "自修"},
        ],
    }
)


def entry(key: str, kinds: tuple[str, ...], maker: str | None, *answers: str | None) -> Any:
    a, b, c, done = answers
    return SimpleNamespace(key=key, kinds=kinds, maker=maker, a=a, b=b, c=c, done=done)


def rate(*entries: Any) -> Ratings:
    def name(item: Any, field: str) -> tuple[str, ...]:
        value = getattr(item, field)
        return value if isinstance(value, tuple) else (value,) if value else ()

    return rate_entries(entries, RULES, name)


def test_an_entry_counts_in_each_of_its_kinds_and_once_in_all() -> None:
    rated = rate(
        entry("v1", ("修", "换"), "甲厂", "5", "4", "3", "成"),
        entry("v2", ("修",), "甲厂", "2", "2", "1", "不成"),
    )
    kinds, makers = rated.groups
    assert [(line.name, line.count, line.stars, line.answers) for line in kinds.lines] == [
        ("修", 2, 17, 6),
        ("换", 1, 12, 3),
    ]
    assert [line.mean for line in kinds.lines] == [Decimal("2.83"), Decimal("4.00")]
    assert (kinds.total.count, kinds.total.stars, kinds.total.share) == (2, 17, Decimal("50.0"))
    # what is asked of the shop isn't the maker's
    assert [(line.name, line.stars, line.mean) for line in makers.lines] == [("甲厂", 4, Decimal("2.00"))]
    assert [item.mean for item in rated.entries] == [Decimal("4.00"), Decimal("1.67")]


def test_what_is_not_applicable_or_not_answered_counts_nowhere() -> None:
    rated = rate(entry("v1", ("修",), None, "5", None, "不适用", None))
    kinds, makers = rated.groups
    assert [(item.stars, item.answers) for item in rated.entries[0].sets] == [(5, 1), (0, 0)]
    assert (kinds.lines[0].mean, kinds.lines[0].answered, kinds.lines[0].share) == (Decimal("5.00"), 0, None)
    assert [(line.name, line.count, line.mean) for line in makers.lines] == [("自修", 1, None)]
    assert rated.entries[0].solved is None


def test_known_kinds_stand_there_without_entries_and_unknown_ones_are_added() -> None:
    kinds, makers = rate().groups
    assert [(line.name, line.count, line.mean) for line in kinds.lines] == [("修", 0, None), ("换", 0, None)]
    assert makers.lines == ()
    kinds, _ = rate(entry("v1", ("拆",), None, "3", "3", "3", "成")).groups
    assert [line.name for line in kinds.lines] == ["修", "换", "拆"]


def test_halves_are_rounded_away_from_zero() -> None:
    (line, *_) = rate(*(entry(f"v{at}", ("修",), None, "4", "5", None, "成") for at in range(4))).groups[0].lines
    assert line.mean == Decimal("4.50")
    thirds = [entry("v1", ("修",), None, "5", "5", None, "成"), entry("v2", ("修",), None, "5", None, None, "不成")]
    eight = [entry(f"w{at}", ("换",), None, str(2 + at % 2), None, None, "成") for at in range(8)]
    kinds = rate(*thirds, *eight).groups[0]
    assert (kinds.lines[0].share, kinds.lines[1].mean) == (Decimal("50.0"), Decimal("2.50"))
