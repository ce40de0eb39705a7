"""Makes the views of an evaluation: families, indicators and scores, in the words of the profile."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.model import Profile
from docgen.profile.paths import PlacedValue
from docgen.record.scoring import RULES, Evaluation, FamilyScore, ScoringRules
from docgen.render.context.records import defer, replace_none, view_model
from docgen.render.context.source import ContextSource
from docgen.render.context.views import (
    EvaluationView,
    FamilyView,
    GradeCountView,
    GradesView,
    IndicatorView,
    OtherRuleView,
    OwnedEvaluationView,
)
from docgen.render.values.values import Missing, format_plain


def label_family(profile: Profile, key: str, document_id: str) -> str:
    """Find the label that a document prints for a scoring family (X7: one key, the form's own label)."""
    families = profile.scoring.families if profile.scoring is not None else ()
    family = next((item for item in families if item.key == key), None)
    return key if family is None else family.labels.get(document_id, family.label)


def view_evaluation(source: ContextSource) -> EvaluationView:
    """Make the view of the document's enterprise's evaluation; with mode ``blank`` one to fill in by hand."""
    job, evaluation = source.job, None
    if not source.is_blank:
        evaluation = next((item for item in source.subject.facts.evaluations if item.of == job.key), None)
    return defer(lambda: EvaluationView(**_make_fields(source, job.item, evaluation, job.key)))


def view_evaluations(source: ContextSource) -> tuple[OwnedEvaluationView, ...]:
    """Make the views of all enterprises' evaluations, each with its ``enterprise``, for a document of the project.

    With mode ``blank`` the names are printed and the scores are free.
    """
    subject = source.subject
    assert subject.profile.scoring is not None
    owners = subject.find(subject.profile.scoring.indicators.rpartition(".")[0])

    def view(number: int, owner: PlacedValue, computed: Evaluation) -> OwnedEvaluationView:
        fields = _make_fields(source, owner.value, None if source.is_blank else computed, computed.of)
        return OwnedEvaluationView(
            enterprise=view_model(owner.value, owner.place, source.mode), number=number, **fields
        )

    pairs = enumerate(zip(owners, subject.facts.evaluations, strict=True), 1)
    return tuple(defer(partial(view, number, *pair)) for number, pair in pairs)


def view_grades(source: ContextSource) -> GradesView:
    """Make the view of how many enterprises have each grade, how many have none, and how many have a total."""
    facts = source.subject.facts
    summary = facts.grades
    assert summary is not None
    absent = Missing("facts.grades", "", "blank")
    is_free = source.is_blank
    return GradesView(
        counts=tuple(
            GradeCountView(grade=item.grade, least=item.least, count=absent if is_free else item.count)
            for item in summary.counts
        ),
        ungraded=absent if is_free else summary.ungraded,
        scored=absent if is_free else sum(item.total is not None for item in facts.evaluations),
        enterprises=absent if is_free else summary.enterprises,
    )


def _make_fields(source: ContextSource, owner: Any, evaluation: Evaluation | None, key: str) -> dict[str, Any]:
    """Make the fields of an ``EvaluationView``."""
    subject, document_id = source.subject, source.document.id
    assert subject.profile.scoring is not None
    rules = subject.profile.scoring.choose(subject.record.scoring)
    notes = list(_format_notes(subject.profile, document_id, evaluation))
    absent = Missing(f"facts.evaluations.{key}", "", "blank")
    return dict(
        families=tuple(_view_families(rules, document_id, owner, evaluation, absent)),
        total=replace_none(evaluation.total if evaluation else None, absent),
        grade=(evaluation.grade if evaluation else None) or "",
        grade_note="" if evaluation is None or evaluation.grade else "".join(notes[-1:]),
        maximum=rules.maximum,
        points=rules.points,
        rule=rules.rule,
        rule_text=rules.rules[rules.rule],
        bands=tuple({"grade": band.grade, "from": band.from_} for band in rules.bands),
        outcomes=rules.outcomes,
        other_rules=tuple(
            OtherRuleView(
                rule=rule,
                text=text,
                total=replace_none(evaluation.totals[rule] if evaluation else None, absent),
                grade=(evaluation.grades[rule] if evaluation else None) or "",
            )
            for rule, text in rules.rules.items()
            if rule != rules.rule
        ),
        notes=tuple(notes),
    )


def _view_families(
    rules: ScoringRules, document_id: str, owner: Any, evaluation: Evaluation | None, absent: Missing
) -> Iterator[FamilyView]:
    for index, family in enumerate(rules.families):
        scored = evaluation.families[index] if evaluation is not None else None
        score = scored.score if scored is not None else None
        text: str | Missing = absent
        if scored is not None:
            text = rules.outcomes["unassessed"] if score is None else format_plain(score)
        yield FamilyView(
            number=index + 1,
            key=family.key,
            label=family.labels.get(document_id, family.label),
            indicators=tuple(
                _view_planned(rules, owner, family.key, absent)
                if scored is None
                else _view_indicators(rules, owner, scored, absent)
            ),
            score=replace_none(score, absent),
            score_text=text,
            assessed=score is not None,
            by_rule={
                rule: replace_none(scored.by_rule[rule] if scored is not None else None, absent) for rule in RULES
            },
        )


def _view_planned(rules: ScoringRules, owner: Any, family: str, absent: Missing) -> Iterator[IndicatorView]:
    """Make the rows of a form that is filled in by hand: the planned indicators with their targets."""
    planned = [item for item in getattr(owner, "indicators", ()) or () if item.family == family]
    for item in planned:
        yield IndicatorView(
            key=item.key,
            name=item.name,
            unit=item.unit or "",
            direction=item.direction,
            direction_text=rules.directions.get(item.direction, ""),
            before=absent,
            target=replace_none(item.target, absent),
            after=absent,
            outcome=absent,
            stated="",
            maintain=item.maintain,
        )
    if not planned:
        yield _view_nothing(absent, absent)


def _view_nothing(outcome: str | Missing, absent: Missing) -> IndicatorView:
    words = dict.fromkeys(("key", "unit", "direction", "direction_text", "stated"), "")
    return IndicatorView(
        name=absent, before=absent, target=absent, after=absent, outcome=outcome, maintain=False, **words
    )


def _view_indicators(rules: ScoringRules, owner: Any, scored: FamilyScore, absent: Missing) -> Iterator[IndicatorView]:
    if not scored.indicators:
        yield _view_nothing(rules.outcomes["unassessed"], absent)
        return
    indicators = {item.key: item for item in owner.indicators}
    for result in scored.indicators:
        indicator = indicators[result.key]
        # A masked outcome isn't among the outcomes of the rules, and is printed as it is.
        outcome = rules.outcomes.get(result.outcome, result.outcome)
        yield IndicatorView(
            key=indicator.key,
            name=indicator.name,
            unit=indicator.unit or "",
            direction=indicator.direction,
            direction_text=rules.directions.get(indicator.direction, ""),
            before=replace_none(indicator.before, absent),
            target=replace_none(indicator.target, absent),
            after=replace_none(indicator.after, absent),
            outcome=outcome,
            stated=outcome if indicator.direction in ("yes_no", "text") else "",
            maintain=indicator.maintain,
        )


def _format_notes(profile: Profile, document_id: str, evaluation: Evaluation | None) -> Iterator[str]:
    texts = catalogue(DOCUMENT_LANGUAGE)
    if evaluation is not None and evaluation.uncovered:
        yield texts.text("evaluation.uncovered", total=format_plain(evaluation.total), grade=evaluation.grade or "")
    if evaluation is not None and evaluation.blank:
        names = "、".join(label_family(profile, key, document_id) for key in evaluation.blank)
        yield texts.text("evaluation.blank", families=names)
