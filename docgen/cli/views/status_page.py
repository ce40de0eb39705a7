"""Writes the progress of projects as one HTML page that prints on A4: no script, no external file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.session import Session
from docgen.messages.shell import format_typed_path
from docgen.pipeline.services.progress_description import format_commands
from docgen.pipeline.services.progress_words import (
    TypeLine,
    format_counts,
    format_first,
    format_gap,
    format_share,
    format_state,
    list_types,
)

if TYPE_CHECKING:
    from docgen.pipeline.services.progress import ProjectProgress

_TEMPLATE = "html/status.html"
_DETAILED = 30
"""Up to so many projects are shown step by step below the table of all."""


@dataclass(frozen=True, slots=True)
class StepBlock:
    """A step on the page."""

    key: str
    label: str
    clause: str
    state: str
    words: str
    types: tuple[TypeLine, ...]
    evidence: str
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectBlock:
    """A project on the page; ``enterprises`` are rows of a name and a share for each step in ``keys``."""

    number: str
    name: str
    file: str
    standard: str
    counts: str
    faults: int
    steps: tuple[StepBlock, ...]
    keys: tuple[str, ...]
    enterprises: tuple[tuple[str, tuple[str, ...]], ...]
    advice: tuple[tuple[str, str], ...]
    first: str


def write_page(
    session: Session, projects: Sequence[ProjectProgress], unread: Sequence[Path], out: Path, *, force: bool
) -> None:
    """Write the page of one project, or of many with a row each; OutputError (A101–A107) when that can't be done.

    ``unread`` are the records that can't be read.
    """
    from docgen.archive.writing.target import write_target

    write_target(render_page(session, projects, unread), out, force=force)


def render_page(session: Session, projects: Sequence[ProjectProgress], unread: Sequence[Path] = ()) -> bytes:
    """The page as bytes: many projects as a table, then each by itself unless there are very many."""
    from jinja2 import Environment, StrictUndefined

    from docgen.resources import Resources

    path = Resources().find_template(_TEMPLATE)
    if path is None:
        raise FileNotFoundError(_TEMPLATE)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(path.read_text("utf-8"))
    blocks = tuple(_describe(session, project) for project in projects)
    details = blocks if len(blocks) <= _DETAILED else ()
    return template.render(
        projects=blocks,
        unread=[format_typed_path(path) for path in unread],
        details=details,
        lang="zh-CN" if session.lang == "zh" else "en",
        text=session.text,
    ).encode()


def _describe(session: Session, project: ProjectProgress) -> ProjectBlock:
    keys = [step.key for step in project.steps if any(step.key in item.steps for item in project.enterprises)]
    rows = [(item.name, tuple(format_share(item.steps.get(key)) for key in keys)) for item in project.enterprises]
    return ProjectBlock(
        number=project.number,
        name=project.name or project.path.stem,
        file=format_typed_path(project.path),
        standard=project.standard,
        counts=format_counts(session.words, project),
        faults=project.faults,
        steps=tuple(_describe_steps(session, project)),
        keys=tuple(keys),
        enterprises=tuple(rows) if len(rows) > 1 and keys else (),
        advice=tuple(format_commands(session.words, project)),
        first=format_first(session.words, project),
    )


def _describe_steps(session: Session, project: ProjectProgress) -> Iterator[StepBlock]:
    for step in project.steps:
        yield StepBlock(
            step.key,
            step.label,
            step.clause,
            step.state,
            format_state(session.words, step),
            tuple(list_types(session.words, step)),
            session.text("status.evidence", number=step.evidence) if step.evidence else "",
            tuple(format_gap(session.words, item) for item in step.gaps),
        )
