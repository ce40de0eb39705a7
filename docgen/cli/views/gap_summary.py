"""Summarizes a record's missing values by the steps of its filing list: a new record lacks hundreds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.groups import group_diagnostics
from docgen.cli.layout import clean_line, format_table
from docgen.cli.report import GapSummary
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic, Severity
from docgen.messages.shell import format_command, format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline import RecordSummary

_SHOWN = 10
"""Up to so many missing values are shown one by one; of more, the number in each step."""
_NAMED = 2
_ONE_COLUMN = 12


def summarize_gaps(
    session: Session, path: Path, summary: RecordSummary | None, diagnostics: Iterable[Diagnostic]
) -> GapSummary | None:
    """The missing values of a record by step; None where they are few enough to be shown one by one."""
    items = list(diagnostics)
    gaps = [item for item in items if item.gap is not None]
    if summary is None or len(group_diagnostics(gaps, session.words)) <= _SHOWN:
        return None
    by_step: dict[str, list[Diagnostic]] = {"": [], **{key: [] for key, _ in summary.items}}
    for item in gaps:
        by_step.setdefault(item.gap or "", []).append(item)
    labels = {"": session.text("gaps.basic"), **{key: f"{key} {label}" for key, label in summary.items}}
    open_steps = {key: missing for key, missing in by_step.items() if missing}
    faults = sum(item.gap is None and item.severity is not Severity.INFO for item in items)
    head = session.text("gaps.head", path=format_typed_path(path), number=len(gaps))
    head += session.text("gaps.faults" if faults else "gaps.sound", number=faults)
    command = format_command("docgen", "check", format_typed_path(path), "--all")
    rows = list(_format_rows(session, open_steps, labels, summary.titles))
    lines = (clean_line(head), *rows, session.text("gaps.all", command=command))
    return GapSummary(frozenset({str(path)}), lines)


def _format_rows(
    session: Session, steps: Mapping[str, Sequence[Diagnostic]], labels: Mapping[str, str], titles: Sequence[str]
) -> Iterator[str]:
    """A line for each step with its missing values; many steps are set in two columns."""
    counts = {key: session.text("gaps.count", number=len(items)) for key, items in steps.items()}
    if len(steps) <= _ONE_COLUMN:
        rows = [(labels[key], counts[key], _format_names(session, items, titles)) for key, items in steps.items()]
        yield from format_table(rows, indent=2)
        return
    cells = [(labels[key], count) for key, count in counts.items()]
    cells += [("", "")] * (len(cells) % 2)
    half = len(cells) // 2
    yield from format_table(
        [(*first, *second) for first, second in zip(cells[:half], cells[half:], strict=True)], indent=2
    )


def _format_names(session: Session, items: Sequence[Diagnostic], titles: Sequence[str]) -> str:
    """The documents with missing values, or the values; required ones before recommended ones."""
    ranked = sorted(items, key=lambda item: item.severity is not Severity.ERROR)
    names = list(dict.fromkeys(filter(None, (_find_name(session, item, titles) for item in ranked))))
    shown = session.text("group.joint").join(names[:_NAMED])
    return session.text("gaps.more", names=shown, number=len(names)) if len(names) > _NAMED else shown


def _find_name(session: Session, item: Diagnostic, titles: Sequence[str]) -> str:
    """The document in which a value is missing; else the missing value of the record as a whole."""
    document, label = item.params.get("document"), item.params.get("label", "")
    if document:
        name = str(document)
        return max((title for title in titles if name == title or name.startswith(f"{title}（")), key=len, default=name)
    if "path" not in item.params:
        return ""
    return session.words.format_param(label)
