"""Makes the views of a check list: groups of lines, each with its verdict, remark and evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

from docgen.content.figures import read_number
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.document import ChecklistSpec, LineSpec
from docgen.record.parts import MeasuredLine
from docgen.render.context.evaluation import label_family
from docgen.render.context.records import ModelView, may_stay_free
from docgen.render.context.source import ContextSource
from docgen.render.context.views import ChecklistView, GroupView, LineView
from docgen.render.values.values import Missing
from docgen.trees import format_path

_Line = TypeVar("_Line")
_MOST_TOGETHER = 6
"""Lines of a group that stay on one page; a longer group repeats its label, so that no page is without it."""


def view_groups(source: ContextSource) -> tuple[GroupView, ...]:
    """Make the groups of lines with their answers; a long group becomes several with the same label."""
    entry, place = source.entry, (*source.job.place, "lines")
    lines = ModelView(entry.lines, place, source.mode) if entry is not None else None
    return tuple(
        GroupView(
            key=group.group.key,
            number=number,
            label=group.group.label or label_family(source.subject.profile, group.group.key, source.document.id),
            lines=tuple(
                LineView(key=spec.key, number=at, label=spec.label, **_read_answers(source, lines, spec))
                for at, spec in part
            ),
        )
        for number, group in enumerate(source.document.lines, 1)
        for part in divide_evenly(list(enumerate(group.lines, 1)))
    )


def view_checklist(source: ContextSource) -> ChecklistView:
    """Make the view of the words that the document uses for its lines."""
    assert source.document.checklist is not None
    words = source.document.checklist.model_dump(exclude={"measures"})
    words["evidence_label"] = words["evidence_label"] or ""
    words["legend"] = format_legend(source.document.checklist) if source.is_blank else ""
    return ChecklistView(**words)


def format_legend(words: ChecklistSpec) -> str:
    """Format the legend of a blank list: the verdicts that may be written."""
    texts = catalogue(DOCUMENT_LANGUAGE)
    return texts.text("document.verdicts", label=words.verdict_label, verdicts="、".join(words.verdicts))


def divide_evenly(lines: Sequence[_Line]) -> list[Sequence[_Line]]:
    """Divide a long group into parts that a page holds; each is kept together and has the group's label."""
    size = math.ceil(len(lines) / max(1, math.ceil(len(lines) / _MOST_TOGETHER)))
    return [lines[start : start + size] for start in range(0, len(lines), size)] if lines else [lines]


def _read_answers(source: ContextSource, lines: ModelView | None, spec: LineSpec) -> dict[str, Any]:
    names = ("verdict", "remark", "evidence")
    if lines is None:
        return {name: Missing(f"{format_path(source.job.place)}.lines.{spec.key}", "", "blank") for name in names}
    line = getattr(lines, spec.key)
    # Remarks, evidence and optional verdicts are only given where there is something to say.
    wanted = () if may_stay_free(spec.level, source.mode) else ("verdict",)
    answers = {name: getattr(line, name) for name in names}
    shown = {
        name: value if name in wanted or value else Missing(value.path, value.label, "blank")
        for name, value in answers.items()
    }
    measured = _format_measurement(source, spec)
    remark = str(shown["remark"]) if shown["remark"] else ""
    if measured and measured not in remark:
        shown["remark"] = f"{measured}；{remark}" if remark else measured
    return shown


def _format_measurement(source: ContextSource, spec: LineSpec) -> str:
    """Format the measurement at a line: the indicator's name and the value with its unit; empty without one."""
    subject, entry = source.subject, source.job.entry
    line = getattr(entry.lines, spec.key) if entry is not None else None
    if not isinstance(line, MeasuredLine) or line.value is None:
        return ""
    owners = [item for item in subject.record.enterprises if item.key == getattr(entry, "of", None)]
    indicator = next((item for owner in owners for item in owner.indicators if item.key == line.indicator), None)
    if indicator is None:
        return line.value
    unit = indicator.unit if indicator.unit and read_number(line.value) is not None else ""
    return f"{indicator.name}{line.value}" + ("" if not unit or line.value.endswith(unit) else unit)
