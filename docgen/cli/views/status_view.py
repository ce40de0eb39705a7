"""Spells the progress of projects as lines of text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.cli.layout import clean_line, find_columns, set_table, spell_command, wrap_text
from docgen.cli.report import show_path
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic, Param, Term

if TYPE_CHECKING:
    from docgen.pipeline.services.progress import Advice, DocumentProgress, ProjectProgress, StepProgress

_NAMED = 3
_WIDTH = 90
_ENTERPRISES = 20
"""So many enterprises have a row each in a console; the page shows all of them."""


@dataclass(frozen=True, slots=True)
class TypeLine:
    """All copies of one document type in a step: how many are ready, whether their scans are there, what they lack."""

    title: str
    state: str
    count: str
    scans: str
    lacking: tuple[str, ...]


def spell_project(session: Session, project: ProjectProgress) -> list[str]:
    """One project: its steps with their documents, its enterprises, what to do next."""
    rows = [
        (session.text("record.file"), show_path(project.path)),
        (session.text("record.project"), " ".join(filter(None, (project.number, project.name)))),
        (session.words.text("verify.standard"), project.standard),
        (session.text("status.progress"), spell_counts(session, project)),
    ]
    lines = set_table(rows)
    for step in project.steps:
        lines += ["", clean_line(f"{step.key} {step.label}  {spell_state(session, step)}")]
        lines += _spell_step(session, step)
    if len(project.enterprises) > 1:
        lines += ["", *_spell_enterprises(session, project)]
    lines += ["", session.text("status.next")]
    for number, (text, command) in enumerate(spell_advice(session, project), 1):
        first, *rest = _indent(text, 5)
        lines += [f"  {number}. {first.lstrip()}", *rest]
        lines += [f"     {command}"] if command else []
    return lines


def spell_projects(session: Session, projects: Sequence[ProjectProgress], unread: Sequence[Path] = ()) -> list[str]:
    """Many projects, a row each: what is done, how many errors, what to do first; then those that can't be used."""
    if not projects and not unread:
        return []
    head = tuple(
        session.text(f"status.column.{name}") for name in ("file", "number", "name", "progress", "faults", "first")
    )
    rows = [head]
    for project in projects:
        told = (project.number, project.name, spell_counts(session, project), str(project.faults))
        rows.append((show_path(project.path), *told, spell_first(session, project)))
    rows += [(show_path(path), "", "", session.text("status.unusable"), "", "") for path in unread]
    return set_table(rows)


def spell_counts(session: Session, project: ProjectProgress) -> str:
    """How many steps are done, begun, not begun, not applicable; those of which there are none aren't named."""
    counts = [
        session.text(f"status.count.{state}", number=project.count(state))
        for state in ("done", "begun", "untouched", "not_applicable")
        if project.count(state)
    ]
    return session.text("count.joint").join(counts)


def spell_state(session: Session, step: StepProgress) -> str:
    """How far a step is; that it runs along is said of one that isn't done."""
    said = session.text(f"status.step.{step.state}")
    return said + session.text("status.along") if step.along and step.state in ("begun", "untouched") else said


def list_types(session: Session, step: StepProgress) -> Iterator[TypeLine]:
    """The document types of a step, a line each."""
    types: dict[str, list[DocumentProgress]] = {}
    for document in step.documents:
        types.setdefault(document.type, []).append(document)
    for copies in types.values():
        yield _describe_type(session, copies)


def _describe_type(session: Session, copies: Sequence[DocumentProgress]) -> TypeLine:
    first = copies[0]
    states = [item.state for item in copies]
    worst = next(state for state in ("faulty", "lacking", "untouched", "ready", "excused") if state in states)
    if worst == "untouched" and "ready" in states:
        worst = "lacking"
    wanted = [item for item in copies if item.state != "excused"]
    ready = sum(item.state == "ready" for item in wanted)
    count = session.text("status.copies", ready=ready, number=len(wanted)) if len(wanted) > 1 else ""
    scans = ""
    if first.signed is not None and worst not in ("untouched", "excused"):
        there = sum(bool(item.signed) for item in wanted)
        key = "status.signed" if there == len(wanted) else "status.unsigned" if not there else "status.partly"
        scans = session.text(key, ready=there, number=len(wanted))
    lacking = [text for item in copies if (text := spell_lacking(session, item, named=len(copies) > 1))]
    if len(lacking) > _NAMED:
        lacking = [*lacking[:_NAMED], session.text("status.more", number=len(lacking))]
    level = "" if first.level == "应" or worst != "untouched" else session.text("status.optional")
    return TypeLine(first.title, session.text(f"status.document.{worst}") + level, count, scans, tuple(lacking))


def spell_lacking(session: Session, item: DocumentProgress, *, named: bool) -> str:
    """What a document lacks or has wrong, in words; ``named`` says whom it is for."""
    parts = []
    if item.missing:
        parts.append(session.text("status.missing", labels=spell_labels(session, item.missing)))
    if item.faults:
        parts.append(session.text("status.faults", number=item.faults))
    if item.wanted and not parts:
        parts.append(session.text("status.wanted", labels=spell_labels(session, item.wanted)))
    whom = session.text("status.whom", whom=item.whom) if named and item.whom and parts else ""
    return whom + session.text("status.joint").join(parts)


def spell_labels(session: Session, labels: Sequence[Param]) -> str:
    """Some labels, and how many there are."""
    spoken = list(dict.fromkeys(_speak(session, label) for label in labels))
    shown = session.text("group.joint").join(spoken[:_NAMED])
    return session.text("gaps.more", names=shown, number=len(spoken)) if len(spoken) > _NAMED else shown


def spell_gap(session: Session, item: Diagnostic) -> str:
    """What a step lacks beside its documents."""
    return session.words.message(item)


def _speak(session: Session, label: Param) -> str:
    return session.words.text(label.key, **label.params) if isinstance(label, Term) else str(label)


def _spell_step(session: Session, step: StepProgress) -> Iterator[str]:
    types = list(list_types(session, step))
    if step.state in ("untouched", "not_applicable"):
        if types:
            titles = session.text("group.joint").join(item.title for item in types)
            yield from _indent(session.text("status.documents", titles=titles), 4)
        elif step.state == "untouched":
            yield from _spell_gaps(session, step)
        return
    if types:
        rows = [(item.state, item.title, item.count, item.scans) for item in types]
        for item, line in zip(types, set_table(rows, indent=4), strict=True):
            yield line
            for text in item.lacking:
                yield from _indent(text, 10)
    if step.evidence:
        yield "    " + session.text("status.evidence", number=step.evidence)
    yield from _spell_gaps(session, step)


def _spell_gaps(session: Session, step: StepProgress) -> Iterator[str]:
    for gap in step.gaps[:_NAMED]:
        yield from _indent(spell_gap(session, gap), 4)


def _spell_enterprises(session: Session, project: ProjectProgress) -> list[str]:
    keys = [step.key for step in project.steps if any(step.key in item.steps for item in project.enterprises)]
    if not keys:
        return []
    rows = [(session.text("status.enterprise"), *keys)]
    for item in project.enterprises[:_ENTERPRISES]:
        rows.append((item.name, *(spell_share(item.steps.get(key)) for key in keys)))
    lines = [session.text("status.enterprises"), *set_table(rows, indent=2)]
    left = len(project.enterprises) - _ENTERPRISES
    return [*lines, "  " + session.text("status.left", number=left)] if left > 0 else lines


def spell_share(share: tuple[int, int] | None) -> str:
    """How many of an enterprise's documents in a step are ready."""
    return f"{share[0]}/{share[1]}" if share is not None else "—"


def spell_advice(session: Session, project: ProjectProgress) -> Iterator[tuple[str, str]]:
    """What to do next, in words, each with the command that helps, or ""."""
    for item in project.advice:
        names = spell_labels(session, (*item.names, *item.labels))
        text = session.text(f"status.advice.{item.key}", names=names, **item.params)
        yield text, _spell_command(item, project.path)


def spell_first(session: Session, project: ProjectProgress) -> str:
    """What to do first, where no command stands behind it."""
    return next((text.rstrip("：: ") for text, _ in spell_advice(session, project)), "")


def _spell_command(item: Advice, path: Path) -> str:
    return spell_command(*(show_path(path) if word == str(path) else word for word in item.command))


def _indent(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return [margin + line for line in wrap_text(clean_line(text), min(_WIDTH, find_columns()) - indent)]


def describe_project(session: Session, project: ProjectProgress) -> dict[str, Any]:
    """The same for JSON: every document by itself."""
    return {
        "path": str(project.path),
        "profile": project.profile,
        "project": {"number": project.number, "name": project.name},
        "faults": project.faults,
        "counts": {state: project.count(state) for state in ("done", "begun", "untouched", "not_applicable")},
        "missing": [session.words.message(item) for item in project.basics],
        "steps": [_describe_step(session, step) for step in project.steps],
        "enterprises": [
            {
                "key": item.key,
                "name": item.name,
                "steps": {key: {"ready": ready, "documents": number} for key, (ready, number) in item.steps.items()},
            }
            for item in project.enterprises
        ],
        "next": [{"text": text, "command": command or None} for text, command in spell_advice(session, project)],
    }


def _describe_step(session: Session, step: StepProgress) -> dict[str, Any]:
    return {
        "item": step.key,
        "label": step.label,
        "clause": step.clause or None,
        "level": step.level,
        "state": step.state,
        "along": step.along,
        "evidence": step.evidence,
        "missing": [spell_gap(session, item) for item in step.gaps],
        "documents": [
            {
                "id": item.id,
                "document": item.type,
                "title": item.title,
                "for": item.whom or None,
                "state": item.state,
                "missing": [_speak(session, label) for label in item.missing],
                "recommended": [_speak(session, label) for label in item.wanted],
                "faults": item.faults,
                "signed_scan": item.signed,
            }
            for item in step.documents
        ],
    }
