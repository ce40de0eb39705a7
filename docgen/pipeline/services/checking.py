"""Describes a checked record for a program: its few figures, and each diagnostic with its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic
from docgen.pipeline.stages.outcome import RecordSummary


def place_in_record(diagnostics: Iterable[Diagnostic], path: Path) -> list[Diagnostic]:
    """The diagnostics of a record: what has no place in a file is told with the record that it is about."""
    return [item if item.location.file else item.at(replace(item.location, file=str(path))) for item in diagnostics]


def describe_summary(path: Path, summary: RecordSummary | None) -> dict[str, Any]:
    """A record's few figures for JSON; only the path when the record could not be used."""
    if summary is None:
        return {"path": str(path)}
    return {
        "path": str(path),
        "profile": summary.profile_id,
        "project": {"number": summary.project_number, "name": summary.project_name},
        "until": summary.until or None,
        "enterprises": summary.enterprises,
        "documents": summary.documents,
        "evidence": summary.evidence,
        "scores": [
            {
                "name": score.name,
                "total": None if score.total is None else float(score.total),
                "maximum": float(score.maximum),
                "grade": score.grade,
            }
            for score in summary.scores
        ],
    }
