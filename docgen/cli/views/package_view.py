"""Formats the matching of a folder's files: where each is filed, by which signs, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from docgen.cli.layout import clean_line, find_columns, wrap_text
from docgen.cli.session import Session

if TYPE_CHECKING:
    from docgen.pipeline.handwritten import FiledFile, PackagingOutcome

_FILED = ("document", "item")
_OPEN = ("unmatched", "rival", "unreadable")
_ASIDE = ("duplicate", "left_out")


def format_matching(session: Session, outcome: PackagingOutcome) -> list[str]:
    """The matching item by item: files that are filed, files that aren't, generated documents, missing ones."""
    lines = _indent(format_counts(session, outcome), 0)
    for key, label in outcome.items.items():
        files = [file for file in outcome.files if file.fate in _FILED and file.item == key]
        if files:
            lines += ["", clean_line(f"{key}  {label}")]
            lines += _format_item(session, files)
    for heading, fates in (("open", _OPEN), ("aside", _ASIDE)):
        files = [file for file in outcome.files if file.fate in fates]
        if files:
            lines += ["", session.text(f"package.{heading}", number=len(files))]
            for file in files:
                lines += [*_indent(str(file.path), 2), *_indent(_format_fate(session, file), 4)]
    if outcome.generated:
        lines += ["", session.text("package.generated", number=len(outcome.generated))]
        lines += _indent(session.text("package.joint").join(outcome.generated), 2)
    if outcome.lacking:
        lines += ["", session.text("package.lacking", number=len(outcome.lacking))]
        for missing in outcome.lacking:
            clause = session.text("clause", clause=missing.clause) if missing.clause else ""
            lines += _indent(f"{missing.item}  {missing.title}{clause}", 2)
    return lines


def format_counts(session: Session, outcome: PackagingOutcome) -> str:
    """The number of files and of those filed, in a sentence."""
    return session.text(
        "package.counts",
        files=len(outcome.files),
        documents=sum(file.fate == "document" for file in outcome.files),
        attached=sum(file.fate == "item" for file in outcome.files),
        open=sum(file.fate in _OPEN for file in outcome.files),
        generated=len(outcome.generated),
        lacking=len(outcome.lacking),
    )


def _format_item(session: Session, files: Sequence[FiledFile]) -> Iterator[str]:
    documents = [file for file in files if file.fate == "document"]
    for title in dict.fromkeys(file.title for file in documents):
        yield from _indent(title, 2)
        for file in documents:
            if file.title == title:
                yield from _indent(str(file.path), 4)
                yield from _indent(_format_match(session, file), 6)
    attached = [file for file in files if file.fate == "item"]
    if attached:
        yield from _indent(session.text("package.attached"), 2)
        for file in attached:
            yield from _indent(str(file.path), 4)


def _format_match(session: Session, file: FiledFile) -> str:
    """The role, score and signs of a match: ``原件，88 分（文件名 60、企业 15…）；已查标题、字数和数据``."""
    role = session.words.text(f"archive.role.{file.role}")
    points = session.text("package.joint").join(
        session.text(f"package.by.{key}", points=points) for key, points in file.points.items()
    )
    content = session.text(f"package.looked.{file.looked}")
    return session.text("package.match", role=role, score=file.score, points=points, looked=content)


def _format_fate(session: Session, file: FiledFile) -> str:
    if file.fate == "duplicate":
        return session.text("package.fate.duplicate", other=file.why)
    if file.fate == "left_out":
        return session.text("package.fate.left_out")
    if file.fate == "unreadable":
        return session.text("package.fate.unreadable")
    if file.fate == "rival":
        return session.text("package.fate.rival", title=file.title)
    why = session.words.text(f"handwritten.why.{file.why}")
    if not file.title:
        return why
    return session.text("package.fate.guess", why=why, title=file.title, score=file.score)


def _indent(text: str, indent: int) -> list[str]:
    margin = " " * indent
    return [margin + line for line in wrap_text(clean_line(text), min(80, find_columns()) - indent)]


def describe_matching(outcome: PackagingOutcome) -> dict[str, Any]:
    """The same matching for JSON."""
    return {
        "files": [
            {
                "path": str(file.path),
                "fate": file.fate,
                "item": file.item or None,
                "document": file.document or None,
                "title": file.title or None,
                "role": file.role,
                "score": file.score,
                "points": dict(file.points),
                "why": file.why or None,
                "looked": file.looked,
            }
            for file in outcome.files
        ],
        "generated": list(outcome.generated),
        "lacking": [
            {
                "document": missing.document,
                "title": missing.title,
                "item": missing.item,
                "clause": missing.clause or None,
                "level": missing.level,
            }
            for missing in outcome.lacking
        ],
    }
