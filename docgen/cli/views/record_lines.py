"""Formats a record's key figures as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.layout import clean_line, format_table
from docgen.cli.session import Session
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline import RecordSummary
    from docgen.pipeline.stages.outcome import Score

_LISTED = 20
"""Up to so many enterprises are listed with their scores; of more, the number with each grade."""


def format_number(value: Decimal) -> str:
    """A number without needless zeros."""
    return f"{value.normalize():f}"


def format_summary(session: Session, path: Path, summary: RecordSummary) -> tuple[str, ...]:
    """A record's project, profile and counts; below them the scores, if there are any."""
    rows = [
        (session.text("record.file"), format_typed_path(path)),
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
    if summary.until:
        rows.append((session.words.text("verify.until"), summary.until))
    lines = format_table(rows)
    if len(summary.scores) > _LISTED:
        lines.append(clean_line(session.text("record.scores") + "  " + _format_grades(session, summary.scores)))
    elif summary.scores:
        unknown = session.text("record.no-score")
        scores = [
            (
                score.name,
                unknown if score.total is None else f"{format_number(score.total)}/{format_number(score.maximum)}",
                score.grade or "",
            )
            for score in summary.scores
        ]
        lines += [clean_line(session.text("record.scores")), *format_table(scores, indent=2)]
    return tuple(lines)


def _format_grades(session: Session, scores: Sequence[Score]) -> str:
    """The number of enterprises with each grade, the better first."""
    unknown = session.text("record.no-score")
    ranked = sorted(scores, key=lambda score: -1 if score.total is None else score.total, reverse=True)
    counts = Counter(unknown if score.total is None else score.grade or "" for score in ranked)
    grades = [session.text("record.scores-many", grade=grade, number=number) for grade, number in counts.items()]
    return session.text("group.joint").join(grades)
