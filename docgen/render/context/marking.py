"""Makes the views of marks by a rubric: the lines, a place for each of seven experts, mean, spread and total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, groupby
from typing import Any, TypeVar

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.subject import list_marked_entries
from docgen.record.marking import MarkedLine, Marking, Rubric
from docgen.record.masking import Masked
from docgen.render.context.evaluation import label_family
from docgen.render.context.records import replace_none
from docgen.render.context.source import ContextSource
from docgen.render.context.views import MarkedGradeView, MarkedGroupView, MarkedLineView, MarkedView
from docgen.render.values.values import Missing

PLACES = 7
"""How many experts a form has room for; panels have an odd number of members and are seldom larger."""
Value = TypeVar("Value")


def view_marking(source: ContextSource) -> MarkedView:
    """Make the view of a document's lines with their marks; with mode ``blank`` every mark is free."""
    rubric = next((item for item in source.subject.record.rubrics if item.key == source.document.marking), None)
    marking = None if source.is_blank else _find_marking(source)
    free = Missing(f"marks.{source.job.id}", "", "blank")
    return MarkedView(
        by_rubric=rubric is not None,
        source=(rubric.source or "") if rubric is not None else "",
        rule_text=_format_rule(rubric) if rubric is not None else "",
        experts=_fill_places(marking.experts if marking is not None else (), free),
        expert_totals=_fill_places(marking.expert_totals if marking is not None else (), free),
        groups=tuple(_view_groups(source, rubric, marking, free)),
        full=rubric.full if rubric is not None else free,
        total=replace_none(marking.total if marking is not None else None, free),
        spread=replace_none(marking.spread if marking is not None else None, free),
        grade=(marking.grade if marking is not None else None) or "",
        grades=tuple(
            MarkedGradeView(band.grade, band.from_)
            for band in sorted(rubric.grades if rubric is not None else (), key=lambda band: -band.from_)
        ),
    )


def _format_rule(rubric: Rubric) -> str:
    if isinstance(rubric.rule, Masked):
        return rubric.rule  # the catalogue has no text for it: it is printed as it is
    return catalogue(DOCUMENT_LANGUAGE).text(f"marking.rule.{rubric.rule}")


def _find_marking(source: ContextSource) -> Marking | None:
    subject = source.subject
    marked = zip(list_marked_entries(subject.profile, subject.record), subject.facts.markings, strict=True)
    return next((marking for item, marking in marked if item.entry is source.entry), None)


def _view_groups(
    source: ContextSource, rubric: Rubric | None, marking: Marking | None, free: Missing
) -> Iterator[MarkedGroupView]:
    points = {line.key: line for line in rubric.lines} if rubric is not None else {}
    marked = {line.key: line for line in marking.lines} if marking is not None else {}
    answers = getattr(source.entry, "lines", None)
    numbers = count(1)
    for at, (label, lines) in enumerate(_list_groups(source, rubric), 1):
        views = []
        for key, text in lines:
            answer, line = getattr(answers, key, None), points.get(key)
            views.append(
                MarkedLineView(
                    number=next(numbers),
                    key=key,
                    label=text,
                    basis=(line.basis or "") if line is not None else "",
                    verdict=replace_none(getattr(answer, "verdict", None), free),
                    remark=replace_none(getattr(answer, "remark", None), free),
                    points=line.points if line is not None else free,
                    **_view_marks(marked.get(key), free),
                )
            )
        yield MarkedGroupView(at, label, tuple(views))


def _list_groups(source: ContextSource, rubric: Rubric | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """List the label of each group, and key and label of its lines: the document's own, else the rubric's."""
    document = source.document
    if not document.lines:
        for label, lines in groupby(rubric.lines if rubric is not None else (), lambda line: line.group or ""):
            yield label, [(line.key, line.label or line.key) for line in lines]
    for group in document.lines:
        label = group.group.label or label_family(source.subject.profile, group.group.key, document.id)
        yield label, [(line.key, line.label) for line in group.lines]


def _view_marks(line: MarkedLine | None, free: Missing) -> Mapping[str, Any]:
    if line is None:
        return {"marks": _fill_places((), free), "mean": free, "spread": free}
    return {
        "marks": _fill_places(line.marks, free),
        "mean": replace_none(line.mean, free),
        "spread": replace_none(line.spread, free),
    }


def _fill_places(values: tuple[Value | None, ...], free: Missing) -> tuple[Value | Missing, ...]:
    filled = [replace_none(value, free) for value in values[:PLACES]]
    return (*filled, *((free,) * (PLACES - len(filled))))
