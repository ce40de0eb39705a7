"""Describe a checked record for JSON: its summary, and each diagnostic with its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from docgen.diagnostics import Diagnostic
from docgen.pipeline.stages.outcome import RecordSummary


def place_in_record(diagnostics: Iterable[Diagnostic], path: Path) -> list[Diagnostic]:
    """Give each diagnostic of a record that has no file the record's own path."""
    return [item if item.location.file else item.at(replace(item.location, file=str(path))) for item in diagnostics]


def describe_summary(path: Path, summary: RecordSummary | None) -> dict[str, Any]:
    """A record's summary for JSON; only the path when the record could not be used."""
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
