"""A record's few figures as lines of text and as data."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.cli.layout import clean_line, set_table
from docgen.cli.report import show_path
from docgen.cli.session import Session

if TYPE_CHECKING:
    from docgen.pipeline import RecordSummary


def spell_number(value: Decimal) -> str:
    """A number without needless zeros."""
    return f"{value.normalize():f}"


def spell_summary(session: Session, path: Path, summary: RecordSummary) -> tuple[str, ...]:
    """What a record is about; the scores below, if there are any."""
    rows = [
        (session.text("record.file"), show_path(path)),
        (session.text("record.project"), " ".join(filter(None, (summary.project_number, summary.project_name)))),
        (session.text("record.profile"), summary.profile_id),
        (
            session.text("record.contents"),
            session.text(
                "record.counts",
                enterprises=summary.enterprises,
                documents=summary.documents,
                evidence=summary.evidence,
            ),
        ),
    ]
    lines = set_table(rows)
    if summary.scores:
        unknown = session.text("record.no-score")
        scores = [
            (
                score.name,
                unknown if score.total is None else f"{spell_number(score.total)}/{spell_number(score.maximum)}",
                score.grade or "",
            )
            for score in summary.scores
        ]
        lines += [clean_line(session.text("record.scores")), *set_table(scores, indent=2)]
    return tuple(lines)


def describe_summary(path: Path, summary: RecordSummary | None) -> dict[str, Any]:
    """The same for JSON; only the path when the record could not be used."""
    if summary is None:
        return {"path": str(path)}
    return {
        "path": str(path),
        "profile": summary.profile_id,
        "project": {"number": summary.project_number, "name": summary.project_name},
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
