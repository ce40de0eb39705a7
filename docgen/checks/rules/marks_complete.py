"""Do the marks that experts gave fit the rubric: each line known, each mark within its points, nothing left out?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Says
from docgen.diagnostics import Diagnostic
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import find_nearest
from docgen.profile.forms import attribute_name
from docgen.profile.levels import report_gap, report_level
from docgen.profile.model import RuleSpec
from docgen.profile.paths import Place
from docgen.record.marking import MarkSheet, Rubric
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``document`` is the document that experts mark; ``most`` is how many of them its form has room for."""

    document: Annotated[Text, Says("the document that experts mark", "document")]
    most: Annotated[Whole, Says("for how many experts its form has room", "number")] = 7


def list_paths(params: Params) -> Iterable[str]:
    """The path of the experts' sheets."""
    return (f"forms.{params.document}[].marks[].expert",)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C320–C326: marks without a rubric, lines and marks that don't fit it, experts named twice, what was left out."""
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    rubric = next((item for item in checked.subject.record.rubrics if item.key == document.marking), None)
    if rubric is not None:
        yield from _compare_lines(checked, rule, document, rubric)
    entries = getattr(getattr(checked.subject.record, "forms", None), attribute_name(document.id), ())
    for index, entry in enumerate(entries):
        place: Place = ("forms", document.id, index, "marks")
        if not entry.marks:
            continue
        if rubric is None:
            yield report_gap(
                "宜",
                "C320",
                checked.locate(place, False),
                gap=checked.find_waiting("rubrics"),
                clause=rule.clause,
                key=document.marking or "",
            )
            continue
        if len(entry.marks) > params.most:
            where = checked.locate((*place, params.most), False)
            yield report_level(rule.level, "C326", where, clause=rule.clause, most=params.most, count=len(entry.marks))
        yield from _check_sheets(checked, rule, rubric, entry.marks, place)


def _compare_lines(
    checked: CheckSubject, rule: RuleSpec, document: DocumentSpec, rubric: Rubric
) -> Iterator[Diagnostic]:
    """C321 for lines that the document has and the rubric doesn't, or the other way round."""
    own = [line.key for line in document.iterate_lines()]
    listed = [line.key for line in rubric.lines]
    different = [*(key for key in own if key not in listed), *(key for key in listed if own and key not in own)]
    if different:
        at = checked.subject.record.rubrics.index(rubric)
        where = checked.locate(("rubrics", at, "lines"), False)
        yield report_level(
            rule.level, "C321", where, clause=rule.clause, keys="、".join(different), document=document.title
        )


def _check_sheets(
    checked: CheckSubject, rule: RuleSpec, rubric: Rubric, sheets: Sequence[MarkSheet], place: Place
) -> Iterator[Diagnostic]:
    points = {line.key: line.points for line in rubric.lines}
    seen: set[str] = set()
    for at, sheet in enumerate(sheets):
        here = (*place, at)
        if sheet.expert in seen:
            where = checked.locate((*here, "expert"), False)
            yield report_level(rule.level, "C324", where, clause=rule.clause, expert=sheet.expert)
        seen.add(sheet.expert)
        for key, mark in sheet.marks.items():
            where = checked.locate((*here, "marks", key), False)
            if key not in points:
                nearest = find_nearest(key, points)
                yield report_level(rule.level, "C322", where, clause=rule.clause, key=key, nearest=nearest)
            elif not Decimal(0) <= mark <= points[key]:
                params = {"key": key, "mark": str(mark), "points": str(points[key]), "expert": sheet.expert}
                yield report_level(rule.level, "C323", where, clause=rule.clause, **params)
        left = [key for key in points if key not in sheet.marks]
        if left:
            where = checked.locate((*here, "marks"), False)
            keys = "、".join(left)
            yield report_gap(
                "宜",
                "C325",
                where,
                gap=checked.find_waiting(f"forms.{place[1]}"),
                clause=rule.clause,
                expert=sheet.expert,
                keys=keys,
            )
