"""Marks that several experts give by a rubric: the mean and the spread of each line, the total, the grade.

The rubric is the project's own: which lines there are, how many points each is worth, where a grade begins. Without
one, what experts check is a check list and has no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, cast

from docgen.record.masking import Masked
from docgen.record.scoring import Band
from docgen.record.types import Key, Number, Part, Text

MarkRule = Literal["mean", "trimmed"]
_CENT = Decimal("0.01")
_LEAST_TO_TRIM = 3


class RubricLine(Part):
    """A line of a rubric: ``points`` is its highest mark; ``label``, ``group`` where the document has no own lines."""

    key: Key
    points: Number
    label: Text | None = None
    group: Text | None = None
    basis: Text | None = None


class Rubric(Part):
    """How a document is marked, as the project lays it down; ``source`` is where that stands.

    ``rule`` says what the mark of a line is: the mean of all experts' marks, or of those that are left without one
    highest and one lowest, from three marks on.
    """

    key: Key
    source: Text | None = None
    rule: MarkRule = "mean"
    lines: tuple[RubricLine, ...]
    grades: tuple[Band, ...] = ()

    @property
    def full(self) -> Decimal:
        """The highest total that can be reached."""
        return sum((line.points for line in self.lines), Decimal(0))


class MarkSheet(Part):
    """What one expert gave, by the line's key."""

    expert: Text
    marks: dict[str, Number] = {}


class MarkedLine(Part):
    """A line with the marks of each expert in their order; None where nobody marked, or that expert didn't."""

    key: Text
    points: Number
    marks: tuple[Number | None, ...] = ()
    mean: Number | None = None
    spread: Number | None = None


class Marking(Part):
    """A marked document (``document``, its id; ``of``, for whom it was made).

    ``total`` is the sum of the lines' means; None while a line has no mark. ``spread`` is the highest less the lowest
    total that single experts gave; only those who marked every line count.
    """

    document: Text
    of: Text | None = None
    experts: tuple[Text, ...] = ()
    lines: tuple[MarkedLine, ...] = ()
    full: Number
    rule: MarkRule = "mean"
    expert_totals: tuple[Number | None, ...] = ()
    total: Number | None = None
    spread: Number | None = None
    grade: Text | None = None


def mark_document(document: str, of: str | None, rubric: Rubric, sheets: Sequence[MarkSheet]) -> Marking:
    """The marks of a document by a rubric; means have two decimals, halves away from zero."""
    lines = tuple(_mark_line(line.key, line.points, sheets, rubric.rule) for line in rubric.lines)
    means = [line.mean for line in lines]
    total = _add(means)
    totals = tuple(_add([sheet.marks.get(line.key) for line in rubric.lines]) for sheet in sheets)
    complete = [value for value in totals if value is not None]
    return Marking(
        document=document,
        of=of,
        experts=tuple(sheet.expert for sheet in sheets),
        lines=lines,
        full=rubric.full,
        rule=rubric.rule,
        expert_totals=totals,
        total=total,
        spread=max(complete) - min(complete) if complete else None,
        grade=find_grade(total, rubric.grades) if total is not None else None,
    )


def find_grade(total: Decimal, grades: Iterable[Band]) -> str | None:
    """The grade whose band holds a total; None below the lowest, or where no grades are given."""
    reached = [band for band in grades if band.from_ <= total]
    return max(reached, key=lambda band: band.from_).grade if reached else None


def _mark_line(key: str, points: Decimal, sheets: Sequence[MarkSheet], rule: MarkRule) -> MarkedLine:
    marks = tuple(sheet.marks.get(key) for sheet in sheets)
    given = sorted(mark for mark in marks if mark is not None)
    spread = given[-1] - given[0] if given else None
    counted = given[1:-1] if rule == "trimmed" and len(given) >= _LEAST_TO_TRIM else given
    mean = (sum(counted, Decimal(0)) / len(counted)).quantize(_CENT, ROUND_HALF_UP) if counted else None
    return MarkedLine(key=key, points=points, marks=marks, mean=mean, spread=spread)


def _add(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if values and len(known) == len(values) else None


def sum_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, Decimal]:
    """The sum of each column of numbers; a column without a number has none, that of a masked one is masked."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        for key, value in row.items():
            if isinstance(value, int | Decimal | Masked) and not isinstance(value, bool):
                sums[key] = sums.get(key, Decimal(0)) + cast("Decimal", value)
    return sums
