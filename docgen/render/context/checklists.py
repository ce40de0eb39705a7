"""A check list as templates see it: groups of lines, each with its verdict, remark and evidence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from docgen.profile.document import LineSpec
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject
from docgen.render.context.evaluation import label_family
from docgen.render.context.records import View, may_stay_free
from docgen.render.values.values import Missing, MissingMode
from docgen.trees import format_path


def view_checklist(subject: Subject, job: DocumentJob, mode: MissingMode) -> dict[str, Any]:
    """``groups`` of lines with their answers, and ``checklist``: the words that the document uses for them."""
    document, entry = job.document, None if mode == "blank" else job.entry
    assert document.checklist is not None
    lines = View(entry.lines, (*job.place, "lines"), mode) if entry is not None else None
    groups = []
    for number, group in enumerate(document.lines, 1):
        shown = [
            SimpleNamespace(key=spec.key, number=at, label=spec.label, **_answer(job, mode, lines, spec))
            for at, spec in enumerate(group.lines, 1)
        ]
        label = group.group.label or label_family(subject.profile, group.group.key, document.id)
        groups.append(SimpleNamespace(key=group.group.key, number=number, label=label, lines=tuple(shown)))
    words = document.checklist.model_dump()
    words["evidence_label"] = words["evidence_label"] or ""
    return {"groups": tuple(groups), "checklist": SimpleNamespace(**words)}


def _answer(job: DocumentJob, mode: MissingMode, lines: View | None, spec: LineSpec) -> dict[str, Any]:
    names = ("verdict", "remark", "evidence")
    if lines is None:
        return {name: Missing(f"{format_path(job.place)}.lines.{spec.key}", "", "blank") for name in names}
    line = getattr(lines, spec.key)
    # A remark or a piece of evidence is given where there is something to say, an optional verdict, too.
    wanted = () if may_stay_free(spec.level, mode) else ("verdict",)
    answers = {name: getattr(line, name) for name in names}
    return {
        name: value if name in wanted or value else Missing(value.path, value.label, "blank")
        for name, value in answers.items()
    }
