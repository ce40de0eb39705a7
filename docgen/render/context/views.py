"""Declares the views that templates see beside the record's own models, each once.

The other modules of the folder make them of a record; those of a package's papers are in ``packages``. ``types`` reads
the annotations, so that a template can be checked without a record. ``Missing`` in an annotation says that the value
can be absent and then leaves its place free; values by a key of the profile are in a mapping.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict, TypeVar, dataclass_transform

from docgen.content.model import Narrative
from docgen.record.enterprise import Enterprise
from docgen.record.month import Month
from docgen.record.scoring import Outcome, Rule
from docgen.render.values.values import ImageValue, Missing

Declared = TypeVar("Declared")
Scalar = str | int | Decimal | dt.date | Month | bool | Missing
"""A value of a field whose type the profile decides."""


@dataclass_transform(frozen_default=True)
def view(declared: type[Declared]) -> type[Declared]:
    """Make a view of a class with annotations: a dataclass without comparison and repr, which is faster to import."""
    return dataclass(slots=True, eq=False, repr=False, match_args=False)(declared)


@view
class ProfileView:
    """``profile``."""

    id: str
    version: str


@view
class DocumentView:
    """``document``: ``note`` says that it or its form is our own, ``basis`` is the standard and its clause.

    ``number`` is its number (编号), where documents of its type are ``numbered``; ``addressed`` says that it has an
    addressee; ``continued`` is its caption on later pages: the table's number and （续）.
    """

    id: str
    title: str
    subtitle: str
    caption: str
    clause: str
    level: str
    number: str | Missing
    numbered: bool
    addressed: bool
    continued: str
    note: str
    basis: str


@view
class SignerView:
    """One of ``signers``."""

    label: str


@view
class LabelledView:
    """One of ``labelled``: an own field of the document with its label.

    ``room`` is how many lines stay free for handwriting, 1 where a value is printed.
    """

    key: str
    label: str
    unit: str
    value: Scalar
    room: int


@view
class SectionView:
    """One of ``sections``: ``number`` is 一、, ``heading`` number and title."""

    key: str
    number: str
    title: str
    heading: str
    clause: str
    level: str
    body: Narrative | Missing


@view
class LineView:
    """A line of a group of a check list."""

    key: str
    number: int
    label: str
    verdict: str | Missing
    remark: str | Missing
    evidence: str | Missing


@view
class GroupView:
    """One of ``groups``: the lines under one subject."""

    key: str
    number: int
    label: str
    lines: tuple[LineView, ...]


@view
class ChecklistView:
    """``checklist``: the words of the header; ``legend`` lists the verdicts that may be written into a blank list."""

    verdicts: tuple[str, ...]
    content: tuple[str, ...]
    label: str
    group_label: str
    verdict_label: str
    remark_label: str
    evidence_label: str
    legend: str


@view
class MarkedLineView:
    """A line of ``marked``: its label and verdict, its points, the marks of up to seven experts."""

    number: int
    key: str
    label: str
    basis: str
    verdict: str | Missing
    remark: str | Missing
    points: Decimal | Missing
    marks: tuple[Decimal | Missing, ...]
    mean: Decimal | Missing
    spread: Decimal | Missing


@view
class MarkedGroupView:
    """One of the groups of ``marked``: the lines under one subject; ``label`` is empty where there is none."""

    number: int
    label: str
    lines: tuple[MarkedLineView, ...]


@view
class MarkedGradeView:
    """A grade of a rubric, and the least total that has it."""

    grade: str
    least: Decimal


@view
class MarkedView:
    """``marked``: the lines that experts mark; ``by_rubric`` says whether there is a rubric."""

    by_rubric: bool
    source: str
    rule_text: str
    experts: tuple[str | Missing, ...]
    expert_totals: tuple[Decimal | Missing, ...]
    groups: tuple[MarkedGroupView, ...]
    full: Decimal | Missing
    total: Decimal | Missing
    spread: Decimal | Missing
    grade: str
    grades: tuple[MarkedGradeView, ...]


@view
class CellView:
    """A cell of a register's row."""

    value: Scalar
    align: str
    width: int


@view
class RowView:
    """One of ``rows``."""

    number: int | Missing
    cells: tuple[CellView, ...]


@view
class IndicatorView:
    """An indicator of an evaluation."""

    key: str
    name: str | Missing
    unit: str
    direction: str
    direction_text: str
    before: Decimal | str | Missing
    target: Decimal | str | Missing
    after: Decimal | str | Missing
    outcome: str | Missing
    stated: str
    maintain: bool


@view
class FamilyView:
    """An evaluated family; ``score_text`` says where it wasn't assessed, ``by_rule`` has the score by each rule."""

    number: int
    key: str
    label: str
    indicators: tuple[IndicatorView, ...]
    score: Decimal | Missing
    score_text: str | Missing
    assessed: bool
    by_rule: Mapping[Rule, Decimal | Missing]


@view
class OtherRuleView:
    """The result of a rule that wasn't chosen."""

    rule: str
    text: str
    total: Decimal | Missing
    grade: str


BandView = TypedDict("BandView", {"grade": str, "from": Decimal})
"""A grade and the least total that has it; a mapping, since ``from`` is a word of Python."""


@view
class EvaluationView:
    """``evaluation`` of one enterprise."""

    families: tuple[FamilyView, ...]
    total: Decimal | Missing
    grade: str
    grade_note: str
    maximum: Decimal
    points: Decimal
    rule: str
    rule_text: str
    bands: tuple[BandView, ...]
    outcomes: Mapping[Outcome, str]
    other_rules: tuple[OtherRuleView, ...]
    notes: tuple[str, ...]


@view
class OwnedEvaluationView(EvaluationView):
    """One of ``evaluations``, in a document of the project: with its enterprise and number."""

    enterprise: Enterprise
    number: int


@view
class GradeCountView:
    """How many enterprises have a grade; ``least`` is the least total that has it."""

    grade: str
    least: Decimal
    count: int | Missing


@view
class GradesView:
    """``grades``: how many enterprises have each grade; ``scored`` have a total, with a grade or without."""

    counts: tuple[GradeCountView, ...]
    ungraded: int | Missing
    scored: int | Missing
    enterprises: int | Missing


@view
class TallyView:
    """``tally``: each option with its count by column, and the number of answers by column."""

    options: tuple[Mapping[str, str | int | Missing], ...]
    answered: Mapping[str, int | Missing]


@view
class StarsView:
    """The stars of an entry in one star set, and the number of answers."""

    stars: int | Missing
    answers: int | Missing


@view
class RatedEntryView:
    """One of ``ratings.entries``: ``by`` has its value for each group, ``sets`` its stars, by the profile's keys."""

    number: int | Missing
    document_number: str | Missing
    enterprise: str | Missing
    by: Mapping[str, str | Missing]
    sets: Mapping[str, StarsView]
    mean: Decimal | Missing
    solved: str | Missing


@view
class RatingLineView:
    """One of the ``lines`` of a group: numbers of entries, stars and answers, mean, number of solved problems."""

    name: str
    count: int | Missing
    stars: int | Missing
    answers: int | Missing
    mean: Decimal | Missing
    answered: int | Missing
    solved: int | Missing
    share: Decimal | Missing


@view
class RatingGroupView:
    """One of ``ratings.groups``."""

    label: str
    lines: tuple[RatingLineView, ...]
    total: RatingLineView


@view
class RatingsView:
    """``ratings``: the entries, and the groups by the profile's keys."""

    entries: tuple[RatedEntryView, ...]
    groups: Mapping[str, RatingGroupView]


@view
class AttendanceRowView:
    """The number of people from one enterprise."""

    enterprise: Enterprise
    count: int | Missing


@view
class AttendanceView:
    """``attendance`` of the training that a document is made for."""

    rows: tuple[AttendanceRowView, ...]
    total: int | Missing


@view
class PhotographView:
    """One of ``photographs``: ``occasion`` is the activity or training, ``note`` says why there is no picture."""

    number: int | Missing
    title: str | Missing
    place: str | Missing
    date: dt.date | Missing
    occasion: str | Missing
    enterprises: tuple[str, ...]
    picture: ImageValue | Missing
    note: str
