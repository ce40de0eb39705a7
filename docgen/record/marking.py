"""Marks that several experts give by a rubric: the mean and the spread of each line, the total, the grade.

The project defines the rubric: its lines, their points, and where each grade begins. Without a rubric the experts'
check list has no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, cast

from docgen.record.masking import Masked
from docgen.record.scoring import GradeBand
from docgen.record.types import Key, Number, Part, Text

MarkRule = Literal["mean", "trimmed"]
_CENT = Decimal("0.01")
_LEAST_TO_TRIM = 3


class RubricLine(Part):
    """A line of a rubric: ``points`` is its highest mark; ``label``, ``group`` if the document defines no lines."""

    key: Key
    points: Number
    label: Text | None = None
    group: Text | None = None
    basis: Text | None = None


class Rubric(Part):
    """The project's rubric for marking a document; ``source`` is the paper that lays it down.

    ``rule`` gives the mark of a line: the mean of all experts' marks, or from three marks on the mean without one
    highest and one lowest mark.
    """

    key: Key
    source: Text | None = None
    rule: MarkRule = "mean"
    lines: tuple[RubricLine, ...]
    grades: tuple[GradeBand, ...] = ()

    @property
    def full(self) -> Decimal:
        """The highest total that can be reached."""
        return sum((line.points for line in self.lines), Decimal(0))


class MarkSheet(Part):
    """The marks of one expert, by the line's key."""

    expert: Text
    marks: dict[str, Number] = {}


class MarkedLine(Part):
    """A line with its mean and each expert's mark in their order; None for a mark that wasn't given."""

    key: Text
    points: Number
    marks: tuple[Number | None, ...] = ()
    mean: Number | None = None
    spread: Number | None = None


class Marking(Part):
    """The marks of a document (``document`` is its id, ``of`` the key of whom it was made for).

    ``total`` is the sum of the lines' means; None while a line has no mark. ``spread`` is the difference of the highest
    and lowest total of a single expert; only experts who marked every line count.
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


def find_grade(total: Decimal, grades: Iterable[GradeBand]) -> str | None:
    """The grade whose band holds a total; None below the lowest band, or without grades."""
    reached = [band for band in grades if band.from_ <= total]
    return max(reached, key=lambda band: band.from_).grade if reached else None


def _mark_line(key: str, points: Decimal, sheets: Sequence[MarkSheet], rule: MarkRule) -> MarkedLine:
    marks = tuple(sheet.marks.get(key) for sheet in sheets)
    ordered = sorted(mark for mark in marks if mark is not None)
    spread = ordered[-1] - ordered[0] if ordered else None
    counted = ordered[1:-1] if rule == "trimmed" and len(ordered) >= _LEAST_TO_TRIM else ordered
    mean = (sum(counted, Decimal(0)) / len(counted)).quantize(_CENT, ROUND_HALF_UP) if counted else None
    return MarkedLine(key=key, points=points, marks=marks, mean=mean, spread=spread)


def _add(values: Sequence[Decimal | None]) -> Decimal | None:
    numbers = [value for value in values if value is not None]
    return sum(numbers, Decimal(0)) if values and len(numbers) == len(values) else None


def sum_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, Decimal]:
    """The sum of each column of numbers; a column without numbers has none; the sum of masked numbers is masked."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        for key, value in row.items():
            if isinstance(value, int | Decimal | Masked) and not isinstance(value, bool):
                sums[key] = sums.get(key, Decimal(0)) + cast("Decimal", value)
    return sums
