"""Views of marks by a rubric for forms: the lines, a place for each of seven experts, mean and spread, the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, groupby
from typing import Any, TypeVar

from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject, list_marked_entries
from docgen.record.marking import MarkedLine, Marking, Rubric
from docgen.record.masking import Masked
from docgen.render.context.evaluation import label_family
from docgen.render.context.views import MarkedGradeView, MarkedGroupView, MarkedLineView, MarkedView
from docgen.render.values.values import Missing, MissingMode

PLACES = 7
"""Experts that a form has room for; panels are odd and seldom larger."""
Value = TypeVar("Value")


def view_marking(subject: Subject, job: DocumentJob, mode: MissingMode) -> MarkedView:
    """The lines of a document with their marks; with mode ``blank`` every mark is free."""
    rubric = next((item for item in subject.record.rubrics if item.key == job.document.marking), None)
    marking = None if mode == "blank" else _find_marking(subject, job)
    free = Missing(f"marks.{job.id}", "", "blank")
    return MarkedView(
        by_rubric=rubric is not None,
        source=(rubric.source or "") if rubric is not None else "",
        rule_text=_tell_rule(rubric) if rubric is not None else "",
        experts=_fill(marking.experts if marking is not None else (), free),
        expert_totals=_fill(marking.expert_totals if marking is not None else (), free),
        groups=tuple(_view_groups(subject, job, mode, rubric=rubric, marking=marking)),
        full=rubric.full if rubric is not None else free,
        total=_or(marking.total if marking is not None else None, free),
        spread=_or(marking.spread if marking is not None else None, free),
        grade=(marking.grade if marking is not None else None) or "",
        grades=tuple(
            MarkedGradeView(band.grade, band.from_)
            for band in sorted(rubric.grades if rubric is not None else (), key=lambda band: -band.from_)
        ),
    )


def _tell_rule(rubric: Rubric) -> str:
    if isinstance(rubric.rule, Masked):
        return rubric.rule  # it is no word of the catalogue, and is printed as it is
    return catalogue(DOCUMENT_LANGUAGE).text(f"marking.rule.{rubric.rule}")


def _find_marking(subject: Subject, job: DocumentJob) -> Marking | None:
    marked = zip(list_marked_entries(subject.profile, subject.record), subject.facts.markings, strict=True)
    return next((marking for source, marking in marked if source.entry is job.entry), None)


def _view_groups(
    subject: Subject, job: DocumentJob, mode: MissingMode, *, rubric: Rubric | None, marking: Marking | None
) -> Iterator[MarkedGroupView]:
    free = Missing(f"marks.{job.id}", "", "blank")
    points = {line.key: line for line in rubric.lines} if rubric is not None else {}
    marked = {line.key: line for line in marking.lines} if marking is not None else {}
    answers = getattr(job.entry, "lines", None) if mode != "blank" else None
    numbers = count(1)
    for at, (label, lines) in enumerate(_list_groups(subject, job, rubric), 1):
        views = []
        for key, text in lines:
            answer, line = getattr(answers, key, None), points.get(key)
            views.append(
                MarkedLineView(
                    number=next(numbers),
                    key=key,
                    label=text,
                    basis=(line.basis or "") if line is not None else "",
                    verdict=_or(getattr(answer, "verdict", None), free),
                    remark=_or(getattr(answer, "remark", None), free),
                    points=line.points if line is not None else free,
                    **_view_marks(marked.get(key), free),
                )
            )
        yield MarkedGroupView(at, label, tuple(views))


def _list_groups(
    subject: Subject, job: DocumentJob, rubric: Rubric | None
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The label of each group, and key and label of its lines: the document's own, else those of the rubric."""
    document = job.document
    if not document.lines:
        for label, lines in groupby(rubric.lines if rubric is not None else (), lambda line: line.group or ""):
            yield label, [(line.key, line.label or line.key) for line in lines]
    for group in document.lines:
        label = group.group.label or label_family(subject.profile, group.group.key, document.id)
        yield label, [(line.key, line.label) for line in group.lines]


def _view_marks(line: MarkedLine | None, free: Missing) -> Mapping[str, Any]:
    if line is None:
        return {"marks": _fill((), free), "mean": free, "spread": free}
    return {"marks": _fill(line.marks, free), "mean": _or(line.mean, free), "spread": _or(line.spread, free)}


def _fill(values: tuple[Value | None, ...], free: Missing) -> tuple[Value | Missing, ...]:
    known = [_or(value, free) for value in values[:PLACES]]
    return (*known, *((free,) * (PLACES - len(known))))


def _or(value: Value | None, free: Missing) -> Value | Missing:
    return free if value is None else value
