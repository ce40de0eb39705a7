"""Checks that the experts' marks fit the rubric: its lines, marks within their points, no line left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Parameter
from docgen.profile.document import DocumentSpec
from docgen.profile.faults import find_nearest
from docgen.profile.forms import attribute_name
from docgen.profile.paths import Place
from docgen.record.marking import MarkSheet, Rubric
from docgen.record.types import Part, Text, Whole


class Params(Part):
    """``document`` is the document that experts mark; ``most`` is the number of experts that its form has room for."""

    document: Annotated[Text, Parameter("the document that experts mark", "document")]
    most: Annotated[Whole, Parameter("for how many experts its form has room", "number")] = 7


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the experts' sheets."""
    return (f"forms.{params.document}[].marks[].expert",)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report marks without a rubric (C320) or with too many experts (C326), and those that don't fit (C321–C325)."""
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    rubric = next((item for item in checked.subject.record.rubrics if item.key == document.marking), None)
    if rubric is not None:
        yield from _compare_lines(checked, document, rubric)
    entries = getattr(getattr(checked.subject.record, "forms", None), attribute_name(document.id), ())
    for index, entry in enumerate(entries):
        place: Place = ("forms", document.id, index, "marks")
        if not entry.marks:
            continue
        if rubric is None:
            yield report_gap("C320", place, checked.find_waiting("rubrics"), "宜", key=document.marking or "")
            continue
        if len(entry.marks) > params.most:
            yield report("C326", (*place, params.most), most=params.most, count=len(entry.marks))
        yield from _check_sheets(checked, rubric, entry.marks, place)


def _compare_lines(checked: CheckSubject, document: DocumentSpec, rubric: Rubric) -> Iterator[Fault]:
    """Report C321 for lines that only the document or only the rubric has."""
    own = [line.key for line in document.iterate_lines()]
    listed = [line.key for line in rubric.lines]
    different = [*(key for key in own if key not in listed), *(key for key in listed if own and key not in own)]
    if different:
        at = checked.subject.record.rubrics.index(rubric)
        yield report("C321", ("rubrics", at, "lines"), keys="、".join(different), document=document.title)


def _check_sheets(checked: CheckSubject, rubric: Rubric, sheets: Sequence[MarkSheet], place: Place) -> Iterator[Fault]:
    points = {line.key: line.points for line in rubric.lines}
    experts: set[str] = set()
    for at, sheet in enumerate(sheets):
        here = (*place, at)
        if sheet.expert in experts:
            yield report("C324", (*here, "expert"), expert=sheet.expert)
        experts.add(sheet.expert)
        for key, mark in sheet.marks.items():
            where = (*here, "marks", key)
            if key not in points:
                nearest = find_nearest(key, points)
                yield report("C322", where, key=key, nearest=nearest)
            elif not Decimal(0) <= mark <= points[key]:
                params = {"key": key, "mark": str(mark), "points": str(points[key]), "expert": sheet.expert}
                yield report("C323", where, **params)
        unmarked = [key for key in points if key not in sheet.marks]
        if unmarked:
            keys = "、".join(unmarked)
            yield report_gap(
                "C325",
                (*here, "marks"),
                checked.find_waiting(f"forms.{place[1]}"),
                "宜",
                expert=sheet.expert,
                keys=keys,
            )
