"""Format a project's progress as text: its steps, missing values of its documents, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic, Param
from docgen.messages import Catalogue

if TYPE_CHECKING:
    from docgen.pipeline.services.progress import Advice, DocumentProgress, ProjectProgress, StepProgress

_NAMED = 3


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A line about all copies of a document type in a step: how many are ready or signed, which values are missing."""

    title: str
    state: str
    count: str
    scans: str
    lacking: tuple[str, ...]


def format_counts(words: Catalogue, project: ProjectProgress) -> str:
    """Format how many steps are done, begun, not begun, not applicable, without the zeros."""
    counts = [
        words.text(f"cli.status.count.{state}", number=project.count(state))
        for state in ("done", "begun", "untouched", "not_applicable")
        if project.count(state)
    ]
    return words.text("cli.count.joint").join(counts)


def format_state(words: Catalogue, step: StepProgress) -> str:
    """Format the state of a step; an open one that accompanies the whole project is marked so."""
    state = words.text(f"cli.status.step.{step.state}")
    return state + words.text("cli.status.along") if step.along and step.state in ("begun", "untouched") else state


def list_types(words: Catalogue, step: StepProgress) -> Iterator[TypeLine]:
    """The document types of a step, a line each."""
    types: dict[str, list[DocumentProgress]] = {}
    for document in step.documents:
        types.setdefault(document.type, []).append(document)
    for copies in types.values():
        yield _describe_type(words, copies)


def _describe_type(words: Catalogue, copies: Sequence[DocumentProgress]) -> TypeLine:
    first = copies[0]
    states = [item.state for item in copies]
    worst = next(state for state in ("faulty", "lacking", "untouched", "ready", "excused") if state in states)
    if worst == "untouched" and "ready" in states:
        worst = "lacking"
    wanted = [item for item in copies if item.state != "excused"]
    ready = sum(item.state == "ready" for item in wanted)
    count = words.text("cli.status.copies", ready=ready, number=len(wanted)) if len(wanted) > 1 else ""
    scans = ""
    if first.signed is not None and worst not in ("untouched", "excused"):
        there = sum(bool(item.signed) for item in wanted)
        key = "status.signed" if there == len(wanted) else "status.unsigned" if not there else "status.partly"
        scans = words.text(f"cli.{key}", ready=there, number=len(wanted))
    lacking = [text for item in copies if (text := format_lacking(words, item, named=len(copies) > 1))]
    if len(lacking) > _NAMED:
        lacking = [*lacking[:_NAMED], words.text("cli.status.more", number=len(lacking))]
    level = "" if first.level == "应" or worst != "untouched" else words.text("cli.status.optional")
    return TypeLine(first.title, words.text(f"cli.status.document.{worst}") + level, count, scans, tuple(lacking))


def format_lacking(words: Catalogue, item: DocumentProgress, *, named: bool) -> str:
    """Format a document's missing values and errors; ``named`` adds whom it is for."""
    parts = []
    if item.missing:
        parts.append(words.text("cli.status.missing", labels=format_labels(words, item.missing)))
    if item.faults:
        parts.append(words.text("cli.status.faults", number=item.faults))
    if item.wanted and not parts:
        parts.append(words.text("cli.status.wanted", labels=format_labels(words, item.wanted)))
    whom = words.text("cli.status.whom", whom=item.whom) if named and item.whom and parts else ""
    return whom + words.text("cli.status.joint").join(parts)


def format_labels(words: Catalogue, labels: Sequence[Param]) -> str:
    """Format the first few labels, and how many there are."""
    texts = list(dict.fromkeys(words.format_param(label) for label in labels))
    shown = words.text("cli.group.joint").join(texts[:_NAMED])
    return words.text("cli.gaps.more", names=shown, number=len(texts)) if len(texts) > _NAMED else shown


def format_gap(words: Catalogue, item: Diagnostic) -> str:
    """Format a gap of a step that concerns no document."""
    return words.message(item)


def format_advice(words: Catalogue, project: ProjectProgress) -> Iterator[tuple[str, Advice]]:
    """Format what to do next, each text with its ``Advice``."""
    for item in project.advice:
        names = format_labels(words, (*item.names, *item.labels))
        yield words.text(f"cli.status.advice.{item.key}", names=names, **item.params), item


def format_first(words: Catalogue, project: ProjectProgress) -> str:
    """Format what to do first, without a command."""
    return next((text.rstrip("：: ") for text, _ in format_advice(words, project)), "")


def format_share(share: tuple[int, int] | None) -> str:
    """Format how many of an enterprise's documents in a step are ready."""
    return f"{share[0]}/{share[1]}" if share is not None else "—"
