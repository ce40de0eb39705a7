"""Describe a project's progress for JSON, and format the command for each thing to do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.messages import Catalogue
from docgen.messages.shell import format_command, format_typed_path
from docgen.pipeline.services.progress_words import format_advice, format_gap

if TYPE_CHECKING:
    from docgen.pipeline.services.progress import Advice, ProjectProgress, StepProgress


def describe_project(words: Catalogue, project: ProjectProgress) -> dict[str, Any]:
    """A project's progress for JSON, document by document."""
    return {
        "path": str(project.path),
        "profile": project.profile,
        "project": {"number": project.number, "name": project.name},
        "faults": project.faults,
        "counts": {state: project.count(state) for state in ("done", "begun", "untouched", "not_applicable")},
        "missing": [words.message(item) for item in project.basics],
        "steps": [_describe_step(words, step) for step in project.steps],
        "enterprises": [
            {
                "key": item.key,
                "name": item.name,
                "steps": {key: {"ready": ready, "documents": number} for key, (ready, number) in item.steps.items()},
            }
            for item in project.enterprises
        ],
        "next": [{"text": text, "command": command or None} for text, command in format_commands(words, project)],
    }


def _describe_step(words: Catalogue, step: StepProgress) -> dict[str, Any]:
    return {
        "item": step.key,
        "label": step.label,
        "clause": step.clause or None,
        "level": step.level,
        "state": step.state,
        "along": step.along,
        "evidence": step.evidence,
        "missing": [format_gap(words, item) for item in step.gaps],
        "documents": [
            {
                "id": item.id,
                "document": item.type,
                "title": item.title,
                "for": item.whom or None,
                "state": item.state,
                "missing": [words.format_param(label) for label in item.missing],
                "recommended": [words.format_param(label) for label in item.wanted],
                "faults": item.faults,
                "signed_scan": item.signed,
            }
            for item in step.documents
        ],
    }


def format_commands(words: Catalogue, project: ProjectProgress) -> Iterator[tuple[str, str]]:
    """The advice on what to do next, each with the command for it, or ""."""
    for text, item in format_advice(words, project):
        yield text, _format_command(item, project.path)


def _format_command(item: Advice, path: Path) -> str:
    return format_command(*(format_typed_path(path) if word == str(path) else word for word in item.command))
