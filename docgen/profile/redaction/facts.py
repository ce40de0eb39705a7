"""Redacts the facts of a record: a figure computed from confidential figures is confidential, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from docgen.profile.paths import Place
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.redaction.markings import redact_markings
from docgen.profile.subject import Subject
from docgen.record.facts import Facts
from docgen.record.masking import Masked
from docgen.record.ratings import RatedEntry, RatingLine, Ratings
from docgen.record.record import Record
from docgen.record.scoring import Evaluation, FamilyScore, GradeSummary
from docgen.record.totals import Totals

_FACTS = "facts"
_Totals = TypeVar("_Totals", bound=Totals)


def redact_facts(whole: Subject, redacted: Record, rules: DisclosureRules, mark: Masked) -> Facts:
    """The facts without confidential figures: those that the rules close, and those computed from closed figures.

    Items copied from the record (visits, trainings, benefits) are replaced by those of the redacted record.
    """
    facts = whole.facts
    evaluations = tuple(
        _redact_evaluation(whole, rules, mark, at, evaluation) for at, evaluation in enumerate(facts.evaluations)
    )
    grades = facts.grades
    if grades is not None and any(isinstance(item.grade, Masked) for item in evaluations):
        grades = _mask_grades(grades, rules, mark)
    totals = _TotalsRedactor(whole.record, redacted, rules, mark)
    return facts.model_copy(
        update={
            "evaluations": evaluations,
            "grades": grades,
            "enterprise_totals": tuple(
                totals.redact(item, (_FACTS, "enterprise_totals", at))
                for at, item in enumerate(facts.enterprise_totals)
            ),
            "ratings": _redact_ratings(whole, rules, mark),
            "markings": tuple(redact_markings(whole, rules, mark)),
            "project_totals": totals.redact(facts.project_totals, (_FACTS, "project_totals")),
        }
    )


def _redact_ratings(whole: Subject, rules: DisclosureRules, mark: Masked) -> Ratings | None:
    """The ratings with each confidential entry masked, and every figure that counts one, too."""
    ratings, spec = whole.facts.ratings, whole.profile.ratings
    if ratings is None or spec is None:
        return ratings
    names = [spec.solved, *(name for item in spec.sets for name in item.fields)]
    closed = [any(rules.closes((*entry.place, name)) for name in names) for entry in whole.find(spec.of)]
    entries = tuple(
        _mask_entry(entry, mark) if hidden else entry for entry, hidden in zip(ratings.entries, closed, strict=True)
    )
    if not any(closed) or rules.decide((_FACTS, "ratings")) is False:
        return ratings.model_copy(update={"entries": entries})
    groups = tuple(
        group.model_copy(
            update={
                "lines": tuple(_mask_line(line, mark) for line in group.lines),
                "total": _mask_line(group.total, mark),
            }
        )
        for group in ratings.groups
    )
    return ratings.model_copy(update={"entries": entries, "groups": groups})


def _mask_entry(entry: RatedEntry, mark: Masked) -> RatedEntry:
    sets = tuple(item.model_copy(update={"stars": mark, "answers": mark}) for item in entry.sets)
    return entry.model_copy(update={"sets": sets, "mean": mark, "solved": mark})


def _mask_line(line: RatingLine, mark: Masked) -> RatingLine:
    return line.model_copy(update={name: mark for name in type(line).model_fields if name != "name"})


class _TotalsRedactor:
    """Masks totals that include a confidential figure, which could be computed from the total and the others."""

    _SOURCES = (
        ("attendance_count", "trainings", "attendance"),
        ("person_days", "visits", "person_days"),
        ("person_days", "trainings", "person_days"),
        ("problem_count", "visits", "problems_solved"),
        ("benefit", "benefits", "amount"),
    )

    def __init__(self, whole: Record, redacted: Record, rules: DisclosureRules, mark: Masked) -> None:
        self._rules = rules
        self._mark = mark
        self._replacements: dict[int, tuple[Any, Place]] = {}
        for name in ("activities", "trainings"):
            self._pair(getattr(whole, name), getattr(redacted, name), (name,))
        for at, (before, after) in enumerate(zip(whole.enterprises, redacted.enterprises, strict=True)):
            self._pair(before.benefits, after.benefits, ("enterprises", at, "benefits"))

    def _pair(self, whole: tuple[Any, ...], redacted: tuple[Any, ...], place: Place) -> None:
        for at, (before, after) in enumerate(zip(whole, redacted, strict=True)):
            self._replacements[id(before)] = after, (*place, at)

    def redact(self, totals: _Totals, here: Place) -> _Totals:
        own = getattr(totals, "of", None)
        closed = {name for name, parts, field in self._SOURCES if self._is_closed(getattr(totals, parts), field, own)}
        changes: dict[str, Any] = {}
        for name in type(totals).model_fields:
            value = getattr(totals, name)
            if isinstance(value, tuple):
                changes[name] = tuple(self._replacements[id(item)][0] for item in value)
            elif name != "of" and value is not None and self._rules.hides((*here, name), name in closed):
                changes[name] = self._mark
        return totals.model_copy(update=changes)

    def _is_closed(self, items: tuple[Any, ...], field: str, own: str | None) -> bool:
        for item in items:
            value = getattr(item, field)
            if value and self._rules.closes((*self._replacements[id(item)][1], field)):
                return True
            # How many of an enterprise came is known of it alone, and counted with the others of the project.
            if field == "attendance" and any(self._rules.closes_enterprise(key) for key in value if own in (None, key)):
                return True
        return False


def _mask_grades(grades: GradeSummary, rules: DisclosureRules, mark: Masked) -> GradeSummary:
    if rules.decide((_FACTS, "grades")) is False:
        return grades
    counts = tuple(item.model_copy(update={"count": mark}) for item in grades.counts)
    return grades.model_copy(update={"counts": counts, "ungraded": mark})


def _redact_evaluation(
    whole: Subject, rules: DisclosureRules, mark: Masked, at: int, evaluation: Evaluation
) -> Evaluation:
    here: Place = (_FACTS, "evaluations", at)

    def hide(name: str, derived: bool) -> bool:
        return rules.hides((*here, name), derived)

    closed = _find_closed_indicators(whole, rules, at)
    changes: dict[str, Any] = {
        "families": tuple(_redact_family(item, closed, hide, mark) for item in evaluation.families)
    }
    if hide("total", bool(closed)):
        changes |= {"total": mark, "totals": dict.fromkeys(evaluation.totals, mark), "uncovered": False}
    if hide("grade", bool(closed)):
        changes |= {"grade": mark, "grades": dict.fromkeys(evaluation.grades, mark), "blank": (), "uncovered": False}
    return evaluation.model_copy(update=changes)


def _redact_family(
    family: FamilyScore, closed: set[str], hide: Callable[[str, bool], bool], mark: Masked
) -> FamilyScore:
    indicators = tuple(
        item.model_copy(update={"outcome": mark}) if hide("families", item.key in closed) else item
        for item in family.indicators
    )
    changes: dict[str, Any] = {"indicators": indicators}
    if hide("families", any(item.key in closed for item in family.indicators)):
        changes |= {"score": mark, "by_rule": dict.fromkeys(family.by_rule, mark)}
    return family.model_copy(update=changes)


def _find_closed_indicators(whole: Subject, rules: DisclosureRules, at: int) -> set[str]:
    """The indicators of which a figure that decides the outcome is confidential, by key."""
    scoring = whole.profile.scoring
    assert scoring is not None
    owners, _, name = scoring.indicators.rpartition(".")
    owner = whole.find(owners)[at]
    name = name.removesuffix("[]")
    return {
        indicator.key
        for index, indicator in enumerate(getattr(owner.value, name))
        if any(rules.closes((*owner.place, name, index, part)) for part in ("target", "after", "reached"))
    }
