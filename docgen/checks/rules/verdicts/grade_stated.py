"""Checks that the grade that a paper states is the one that the marks or scores give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.agreement import is_same
from docgen.checks.shared.judgments import find_approval, find_refusal, read_words
from docgen.checks.shared.rows import RowCondition, meets_conditions
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, YesNo

_AHEAD = r"(?:等级|级别|评定|评为|定为|结果|判定|属于|达到)(?:结果|等级)?(?:为|是|达到)?\s*[：:]?\s*[“‘「\"]?"

_LONGEST_SHOWN = 30


class Params(Part):
    """``stated`` are rows that state a grade in ``field``; ``computed`` are facts that have one in ``grade``.

    Only facts count that meet ``when``, and only rows whose ``subject`` equals the value at ``named`` (the notice's row
    of this project). With ``prose`` the field is a text that may name a grade; else it is the grade. A text that
    approves contradicts a computed grade that is one of ``failing``; with ``refusal``, one that refuses contradicts
    every other.
    """

    stated: Annotated[Text, Parameter("the rows that state a grade", "path")]
    field: Annotated[Text, Parameter("their field with it", "field", of="stated")]
    computed: Annotated[Text, Parameter("the computed ones, each with its grade")]
    when: tuple[RowCondition, ...] = ()
    subject: Annotated[Text | None, Parameter("their field that says what is graded", "field", of="stated")] = None
    named: Annotated[Text | None, Parameter("the value that it must say to count", "path")] = None
    prose: Annotated[YesNo, Parameter("whether the field is a text that may name a grade")] = False
    failing: Annotated[tuple[Text, ...], Parameter("computed grades that a favourable text contradicts")] = ()
    refusal: Annotated[YesNo, Parameter("whether a text that refuses contradicts every other grade")] = False
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the stated grade, of its subject, and of the fields that select facts."""
    yield f"{params.stated}.{params.field}"
    yield from (f"{params.computed}.{name}" for name in ("grade", *(item.field for item in params.when)))
    if params.subject is not None and params.named is not None:
        yield f"{params.stated}.{params.subject}"
        yield params.named


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C341 for each stated grade that isn't the computed one."""
    grades = _list_grades(checked)
    facts = [item for item in scope.find(params.computed) if meets_conditions(item.value, params.when)]
    if len(facts) != 1 or facts[0].value.grade is None:
        return
    fact = facts[0].value
    for row in scope.find(params.stated):
        value = getattr(row.value, params.field)
        stated = _read_grade(value, grades, params.prose)
        if stated is None and fact.grade in params.failing:
            stated = find_approval(value)
        elif stated is None and params.refusal:
            stated = find_refusal(value)
        if stated is None or is_same(stated, fact.grade) or not _is_about_project(checked, row.value, params):
            continue
        place = (*row.place, params.field)
        source = _find_source(checked, fact)
        yield report(
            "C341",
            place,
            stated=shorten(stated, _LONGEST_SHOWN),
            grade=fact.grade,
            total=f"{fact.total:f}" if fact.total is not None else "—",
            other=source,
        )


def _find_source(checked: CheckSubject, fact: object) -> tuple[str | int, ...]:
    """Find the place of the grade's source: the marks of a document, or the enterprise's indicators."""
    document, of = getattr(fact, "document", None), getattr(fact, "of", None)
    if document is not None:
        return ("forms", document, 0, "marks")
    at = next((at for at, item in enumerate(checked.subject.record.enterprises) if item.key == of), 0)
    return ("enterprises", at, "indicators")


def _is_about_project(checked: CheckSubject, row: object, params: Params) -> bool:
    if params.subject is None or params.named is None:
        return True
    subject, named = getattr(row, params.subject), checked.subject.find_one(params.named)
    return not is_present(subject) or named is None or is_same(subject, named)


def _list_grades(checked: CheckSubject) -> tuple[str, ...]:
    """List the grades that this record can have, the longest first, since 不合格 contains 合格."""
    record, scoring = checked.subject.record, checked.subject.profile.scoring
    bands = [band for rubric in record.rubrics for band in rubric.grades]
    bands += scoring.choose(record.scoring).bands if scoring is not None else ()
    return tuple(sorted({band.grade for band in bands}, key=len, reverse=True))


def _read_grade(value: object, grades: Sequence[str], prose: bool) -> str | None:
    if not is_present(value):
        return None
    if not prose:
        return str(value)
    named = re.findall(_AHEAD + "(" + "|".join(map(re.escape, grades)) + ")", read_words(value)) if grades else []
    return named[0] if len(set(named)) == 1 else None
