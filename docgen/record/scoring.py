"""Computes scores, totals and grades from indicators; templates only print them.

The profile says how a family is scored and graded (``ScoringRules``). It gives defaults for what the standard leaves
open (domain questions X1–X6), and a record may choose otherwise (``ScoringChoice``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from docgen.record.types import Key, Number, Part, Text, refuse

if TYPE_CHECKING:
    from docgen.record.enterprise import Indicator

Rule = Literal["any", "all", "ratio"]
RULES: tuple[Rule, ...] = ("any", "all", "ratio")
Outcome = Literal["reached", "missed", "unassessed"]


class Family(Part):
    """An evaluated subject (评价项目); ``labels`` holds its names in documents that print another."""

    key: Key
    label: Text
    labels: dict[str, Text] = {}


class GradeBand(Part):
    """A grade for totals from ``from`` up to the next band."""

    grade: Text
    from_: Number

    model_config = {**Part.model_config, "alias_generator": lambda name: name.rstrip("_")}


class UncoveredRange(Part):
    """Totals missing from the standard's table: from ``from`` (included) or ``above`` (excluded) up to ``below``."""

    from_: Number | None = None
    above: Number | None = None
    below: Number

    model_config = {**Part.model_config, "alias_generator": lambda name: name.rstrip("_")}

    @model_validator(mode="after")
    def _check_start(self) -> Self:
        if (self.from_ is None) == (self.above is None):
            raise refuse("P125")
        return self

    def holds(self, total: Decimal) -> bool:
        """Whether a total lies in the gap."""
        started = total >= self.from_ if self.from_ is not None else total > (self.above or 0)
        return started and total < self.below


class ScoringChoice(Part):
    """A record's choices where the standard leaves the scoring open."""

    rule: Rule | None = None
    bands: tuple[GradeBand, ...] = ()


class ScoringRules(Part):
    """The rules of scoring: ``points`` for a family, the rule for several indicators, bands from high to low.

    ``indicators`` is the path of the indicators; ``outcomes``, ``directions`` and ``rules`` are the words that forms
    print for them; ``uncovered`` are totals that the printed table leaves open.
    """

    indicators: Text
    clause: Text
    points: Number
    rule: Rule = "any"
    families: tuple[Family, ...]
    bands: tuple[GradeBand, ...]
    uncovered: tuple[UncoveredRange, ...] = ()
    outcomes: dict[Outcome, Text]
    directions: dict[str, Text]
    rules: dict[Rule, Text]

    def choose(self, choice: ScoringChoice | None) -> ScoringRules:
        """The rules with a record's choices applied."""
        if choice is None:
            return self
        return self.model_copy(update={"rule": choice.rule or self.rule, "bands": choice.bands or self.bands})

    @property
    def maximum(self) -> Decimal:
        """The highest possible total; it isn't scaled to 100."""
        return self.points * len(self.families)


class IndicatorResult(Part):
    """The result of an indicator: whether its value meets the target in its direction; equality does."""

    key: Text
    name: Text
    outcome: Outcome
    maintain: bool = False


class FamilyScore(Part):
    """The score of a family, None if it wasn't assessed; ``by_rule`` holds the score under each rule."""

    key: Text
    indicators: tuple[IndicatorResult, ...]
    score: Number | None = None
    by_rule: dict[Rule, Number | None]
    planned: bool


class Evaluation(Part):
    """The evaluation of one enterprise (``of``, its key).

    ``grade`` is None while a planned family is blank. ``uncovered`` is true if the standard's table
    has no grade for the total.
    """

    of: Text
    families: tuple[FamilyScore, ...]
    total: Number | None = None
    grade: Text | None = None
    rule: Rule
    totals: dict[Rule, Number | None]
    grades: dict[Rule, Text | None]
    maximum: Number
    blank: tuple[Text, ...]
    uncovered: bool


def judge_indicator(indicator: Indicator) -> Outcome:
    """Whether *after* meets *target* in the indicator's direction; values in words need ``reached``."""
    if indicator.direction in ("yes_no", "text"):
        if indicator.reached is None or indicator.after is None:
            return "unassessed"
        return "reached" if indicator.reached else "missed"
    after, target = indicator.after, indicator.target
    if not isinstance(after, Decimal) or not isinstance(target, Decimal):
        return "unassessed"
    met = after >= target if indicator.direction == "up" else after <= target
    return "reached" if met else "missed"


def score_family(outcomes: Sequence[Outcome], points: Decimal, rule: Rule) -> Decimal | None:
    """The score of a family from its indicators' outcomes; None when none of them was assessed.

    ``any``: full points for one reached indicator (6.9.8 of the standard that asks so); ``all``: full points when every
    assessed indicator is reached; ``ratio``: points in proportion, to one decimal.
    """
    assessed = [outcome for outcome in outcomes if outcome != "unassessed"]
    if not assessed:
        return None
    reached = sum(outcome == "reached" for outcome in assessed)
    if rule == "any":
        return points if reached else Decimal(0)
    if rule == "all":
        return points if reached == len(assessed) else Decimal(0)
    share = points * reached / len(assessed)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP) if share % 1 else share.quantize(Decimal(1))


def grade_total(total: Decimal, bands: Sequence[GradeBand]) -> str | None:
    """The grade of the highest band whose lower limit the total reaches; None below all of them."""
    reached = [band for band in bands if total >= band.from_]
    return max(reached, key=lambda band: band.from_).grade if reached else None


def evaluate(of: str, indicators: Sequence[Indicator], rules: ScoringRules) -> Evaluation:
    """The evaluation of the enterprise with the key ``of``."""
    families = tuple(_score(family, indicators, rules) for family in rules.families)
    blank = tuple(family.key for family in families if family.planned and family.score is None)
    totals: dict[Rule, Decimal | None] = {rule: _total(families, rule) for rule in RULES}
    total = totals[rules.rule]
    grades: dict[Rule, str | None] = {
        rule: None if value is None or blank else grade_total(value, rules.bands) for rule, value in totals.items()
    }
    return Evaluation(
        of=of,
        families=families,
        total=total,
        grade=grades[rules.rule],
        rule=rules.rule,
        totals=totals,
        grades=grades,
        maximum=rules.maximum,
        blank=blank,
        uncovered=total is not None and any(gap.holds(total) for gap in rules.uncovered),
    )


def _score(family: Family, indicators: Sequence[Indicator], rules: ScoringRules) -> FamilyScore:
    own = [indicator for indicator in indicators if indicator.family == family.key]
    outcomes = [judge_indicator(indicator) for indicator in own]
    by_rule: Mapping[Rule, Decimal | None] = {rule: score_family(outcomes, rules.points, rule) for rule in RULES}
    return FamilyScore(
        key=family.key,
        indicators=tuple(
            IndicatorResult(key=item.key, name=item.name, outcome=outcome, maintain=item.maintain)
            for item, outcome in zip(own, outcomes, strict=True)
        ),
        score=by_rule[rules.rule],
        by_rule=dict(by_rule),
        planned=bool(own),
    )


def _total(families: Sequence[FamilyScore], rule: Rule) -> Decimal | None:
    scores = [score for family in families if (score := family.by_rule[rule]) is not None]
    return sum(scores, Decimal(0)) if scores else None


class GradeCount(Part):
    """The number of enterprises with a grade; ``least`` is the lowest total of that grade."""

    grade: Text
    least: Number
    count: int


class GradeSummary(Part):
    """The enterprises by grade, from the best down; ``ungraded`` is the number without one, since data is missing."""

    counts: tuple[GradeCount, ...]
    ungraded: int
    enterprises: int


def summarize_grades(evaluations: Sequence[Evaluation], rules: ScoringRules) -> GradeSummary:
    """The number of enterprises with each grade, 0 included."""
    bands = sorted(rules.bands, key=lambda band: band.from_, reverse=True)
    grades = [item.grade for item in evaluations]
    return GradeSummary(
        counts=tuple(GradeCount(grade=band.grade, least=band.from_, count=grades.count(band.grade)) for band in bands),
        ungraded=grades.count(None),
        enterprises=len(grades),
    )
