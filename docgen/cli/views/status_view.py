"""Formats the progress of projects as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.layout import clean_line, find_columns, format_table, wrap_text
from docgen.cli.session import Session
from docgen.messages.shell import format_typed_path
from docgen.pipeline.services.progress_description import format_commands
from docgen.pipeline.services.progress_words import (
    format_counts,
    format_first,
    format_gap,
    format_share,
    format_state,
    list_types,
)

if TYPE_CHECKING:
    from docgen.pipeline.services.progress import ProjectProgress, StepProgress

_NAMED = 3
_WIDTH = 90
_ENTERPRISES = 20
"""Up to so many enterprises have a row each in a console; the page shows all of them."""


def format_project(session: Session, project: ProjectProgress) -> list[str]:
    """One project: its steps with their documents, its enterprises, what to do next."""
    rows = [
        (session.text("record.file"), format_typed_path(project.path)),
        (session.text("record.project"), " ".join(filter(None, (project.number, project.name)))),
        (session.words.text("verify.standard"), project.standard),
        (session.text("status.progress"), format_counts(session.words, project)),
    ]
    lines = format_table(rows)
    for step in project.steps:
        lines += ["", clean_line(f"{step.key} {step.label}  {format_state(session.words, step)}")]
        lines += _format_step(session, step)
    if len(project.enterprises) > 1:
        lines += ["", *_format_enterprises(session, project)]
    lines += ["", session.text("status.next")]
    for number, (text, command) in enumerate(format_commands(session.words, project), 1):
        first, *rest = _indent(text, 5)
        lines += [f"  {number}. {first.lstrip()}", *rest]
        lines += [f"     {command}"] if command else []
    return lines


def format_projects(session: Session, projects: Sequence[ProjectProgress], unread: Sequence[Path] = ()) -> list[str]:
    """Many projects, a row each: progress, number of errors, what to do first; then records that can't be read."""
    if not projects and not unread:
        return []
    head = tuple(
        session.text(f"status.column.{name}") for name in ("file", "number", "name", "progress", "faults", "first")
    )
    rows = [head]
    for project in projects:
        counts = format_counts(session.words, project)
        first = format_first(session.words, project)
        rows.append((format_typed_path(project.path), project.number, project.name, counts, str(project.faults), first))
    rows += [(format_typed_path(path), "", "", session.text("status.unusable"), "", "") for path in unread]
    return format_table(rows)


def _format_step(session: Session, step: StepProgress) -> Iterator[str]:
    types = list(list_types(session.words, step))
    if step.state in ("untouched", "not_applicable"):
        if types:
            titles = session.text("group.joint").join(item.title for item in types)
            yield from _indent(session.text("status.documents", titles=titles), 4)
        elif step.state == "untouched":
            yield from _format_gaps(session, step)
        return
    if types:
        rows = [(item.state, item.title, item.count, item.scans) for item in types]
        for item, line in zip(types, format_table(rows, indent=4), strict=True):
            yield line
            for text in item.lacking:
                yield from _indent(text, 10)
    if step.evidence:
        yield "    " + session.text("status.evidence", number=step.evidence)
    yield from _format_gaps(session, step)


def _format_gaps(session: Session, step: StepProgress) -> Iterator[str]:
    for gap in step.gaps[:_NAMED]:
        yield from _indent(format_gap(session.words, gap), 4)


def _format_enterprises(session: Session, project: ProjectProgress) -> list[str]:
    keys = [step.key for step in project.steps if any(step.key in item.steps for item in project.enterprises)]
    if not keys:
        return []
    rows = [(session.text("status.enterprise"), *keys)]
    for item in project.enterprises[:_ENTERPRISES]:
        rows.append((item.name, *(format_share(item.steps.get(key)) for key in keys)))
    lines = [session.text("status.enterprises"), *format_table(rows, indent=2)]
    more = len(project.enterprises) - _ENTERPRISES
    return [*lines, "  " + session.text("status.left", number=more)] if more > 0 else lines


def _indent(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return [margin + line for line in wrap_text(clean_line(text), min(_WIDTH, find_columns()) - indent)]
