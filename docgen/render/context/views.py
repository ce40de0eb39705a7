"""The shapes of what a template sees beside the record's own models: each is declared once, here.

``build`` and ``evaluation`` make what looks so; what stands for a package is in ``packages``. ``types`` reads
the annotations, so that a template can be checked before there is a record. A test holds both against each other, name
by name. ``Missing`` in an annotation says that the value may be absent and then leaves its
place free.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from docgen.content.model import Narrative
from docgen.record.enterprise import Enterprise
from docgen.record.month import Month
from docgen.record.scoring import Outcome, Rule
from docgen.render.values.values import ImageValue, Missing

Scalar = str | int | Decimal | dt.date | Month | bool | Missing
"""A value of a field whose type is the profile's matter."""


@dataclass(frozen=True, slots=True)
class ProfileView:
    """``profile``."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """``document``: ``note`` says that it or its form is our own, ``basis`` the standard and its clause.

    ``number`` is its number (编号), where documents of its kind are ``numbered``; ``addressed``: it goes to somebody;
    ``continued`` is what its caption is on a later page: its number and （续）.
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


@dataclass(frozen=True, slots=True)
class SignerView:
    """One of ``signers``."""

    label: str


@dataclass(frozen=True, slots=True)
class LabelledView:
    """One of ``labelled``: an own field of the document with its label.

    ``room`` is how many lines stay free to write by hand, 1 where something is printed.
    """

    key: str
    label: str
    unit: str
    value: Scalar
    room: int


@dataclass(frozen=True, slots=True)
class SectionView:
    """One of ``sections``: ``number`` is 一、, ``heading`` number and title."""

    key: str
    number: str
    title: str
    heading: str
    clause: str
    level: str
    body: Narrative | Missing


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a group of a check list."""

    key: str
    number: int
    label: str
    verdict: str | Missing
    remark: str | Missing
    evidence: str | Missing


@dataclass(frozen=True, slots=True)
class GroupView:
    """One of ``groups``: the lines under one subject."""

    key: str
    number: int
    label: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """``checklist``: the words of the header; ``legend`` says what may be written as a blank list's verdict."""

    verdicts: tuple[str, ...]
    content: tuple[str, ...]
    label: str
    group_label: str
    verdict_label: str
    remark_label: str
    evidence_label: str
    legend: str


@dataclass(frozen=True, slots=True)
class MarkedLineView:
    """A line of ``marked``: what was checked and found, its points, the marks of up to seven experts."""

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


@dataclass(frozen=True, slots=True)
class MarkedGroupView:
    """One of the groups of ``marked``: the lines under one subject; ``label`` is empty where there is none."""

    number: int
    label: str
    lines: tuple[MarkedLineView, ...]


@dataclass(frozen=True, slots=True)
class MarkedGradeView:
    """A grade of a rubric, and the total that it begins at."""

    grade: str
    least: Decimal


@dataclass(frozen=True, slots=True)
class MarkedView:
    """``marked``: the lines of a document that experts mark; ``by_rubric`` says whether there is a rubric."""

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


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of a register's row."""

    value: Scalar
    align: str
    width: int


@dataclass(frozen=True, slots=True)
class RowView:
    """One of ``rows``."""

    number: int | Missing
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """An indicator as an evaluation prints it."""

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


@dataclass(frozen=True, slots=True)
class FamilyView:
    """An evaluated subject; ``score_text`` says so where it wasn't assessed, ``by_rule`` what each rule would give."""

    number: int
    key: str
    label: str
    indicators: tuple[IndicatorView, ...]
    score: Decimal | Missing
    score_text: str | Missing
    assessed: bool
    by_rule: Mapping[Rule, Decimal | Missing]


@dataclass(frozen=True, slots=True)
class OtherRuleView:
    """What a rule that wasn't chosen would give."""

    rule: str
    text: str
    total: Decimal | Missing
    grade: str


BandView = TypedDict("BandView", {"grade": str, "from": Decimal})
"""A grade and the least total that has it; a mapping, since ``from`` is a word of Python."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class OwnedEvaluationView(EvaluationView):
    """One of ``evaluations``, in a document of the project: whose it is, and its number."""

    enterprise: Enterprise
    number: int


@dataclass(frozen=True, slots=True)
class GradeCountView:
    """How many enterprises have a grade; ``least`` is the least total that has it."""

    grade: str
    least: Decimal
    count: int | Missing


@dataclass(frozen=True, slots=True)
class GradesView:
    """``grades``: how the enterprises were graded, all together."""

    counts: tuple[GradeCountView, ...]
    ungraded: int | Missing
    enterprises: int | Missing


@dataclass(frozen=True, slots=True)
class StarsView:
    """The stars of one star set that an entry was given, by how many answers."""

    stars: int | Missing
    answers: int | Missing


@dataclass(frozen=True, slots=True)
class RatedEntryView:
    """One of ``ratings.entries``: ``by`` has what it is grouped by, ``sets`` the stars, under the profile's keys."""

    number: int | Missing
    document_number: str | Missing
    enterprise: str | Missing
    by: Mapping[str, str | Missing]
    sets: Mapping[str, StarsView]
    mean: Decimal | Missing
    solved: str | Missing


@dataclass(frozen=True, slots=True)
class RatingLineView:
    """One of the ``lines`` of a group: entries, stars, answers, their mean, and how many problems were solved."""

    name: str
    count: int | Missing
    stars: int | Missing
    answers: int | Missing
    mean: Decimal | Missing
    answered: int | Missing
    solved: int | Missing
    share: Decimal | Missing


@dataclass(frozen=True, slots=True)
class RatingGroupView:
    """One of ``ratings.groups``."""

    label: str
    lines: tuple[RatingLineView, ...]
    total: RatingLineView


@dataclass(frozen=True, slots=True)
class AttendanceRowView:
    """How many came from one enterprise."""

    enterprise: Enterprise
    count: int | Missing


@dataclass(frozen=True, slots=True)
class AttendanceView:
    """``attendance`` of the training that a document is made for."""

    rows: tuple[AttendanceRowView, ...]
    total: int | Missing


@dataclass(frozen=True, slots=True)
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
