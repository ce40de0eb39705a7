"""``docgen diff``: compares two records, packages or documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.layout import clean_line
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type, profile_option
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.content.shown_names import shorten
from docgen.diagnostics import Location, Param
from docgen.messages.description import describe_diagnostic, describe_location
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline.comparison import Change, Comparison

_LONG = 120


@click.command("diff", cls=LocalizedCommand)
@click.argument("before", metavar="A", type=path_type)
@click.argument("after", metavar="B", type=path_type)
@profile_option
@click.pass_obj
def diff(session: Session, before: Path, after: Path, profile_id: str | None) -> int:
    """Compare two files; the exit code is 0 also where they differ."""
    from docgen.pipeline import Options, compare_files

    comparison = compare_files(before, after, Options(session.enter_folder(after.parent), profile_id))
    return finish(
        session,
        Report(
            lines=tuple(format_comparison(session, before, after, comparison)),
            data={"comparison": describe_comparison(session, before, after, comparison)},
        ),
    )


def format_comparison(session: Session, before: Path, after: Path, comparison: Comparison) -> list[str]:
    """The differences, area by area, a line each; below a text its removed and added lines."""
    if not comparison.changes:
        return [session.text("diff.same", a=format_typed_path(before), b=format_typed_path(after))]
    lines = [session.text("diff.sides", a=format_typed_path(before), b=format_typed_path(after))]
    for area in dict.fromkeys(change.area for change in comparison.changes):
        changes = comparison.select(area)
        lines += ["", session.words.text(f"diff.area.{area}", number=len(changes))]
        for change in changes:
            lines += _format_change(session, change)
    return lines


def _format_change(session: Session, change: Change) -> list[str]:
    mark = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    if change.diagnostic is not None:
        diagnostic = change.diagnostic
        severity = session.text(f"severity.{diagnostic.severity.value}")
        return [f"  {mark} {severity} {diagnostic.code}  {clean_line(session.words.message(diagnostic))}"]
    subject = _join_names(session, change.names)
    paint = {"added": "green", "removed": "red"}
    line = f"  {mark} {subject}"
    values = [
        shorten(session.words.format_param(value), _LONG)
        for value in (change.before, change.after)
        if value is not None
    ]
    if values:
        line = session.text("diff.change", what=line, values=" → ".join(values))
    lines = [clean_line(line)]
    for item in change.lines:
        sign = "+" if item.kind == "added" else "-"
        lines.append(session.console.paint(f"      {sign} {clean_line(item.text)}", fg=paint[item.kind]))
    return lines


def describe_comparison(session: Session, before: Path, after: Path, comparison: Comparison) -> dict[str, Any]:
    """The same differences for JSON, with full values."""
    return {
        "a": str(before),
        "b": str(after),
        "kind": comparison.side,
        "same": not comparison.changes,
        "changes": [_describe_change(session, change) for change in comparison.changes],
    }


def _describe_change(session: Session, change: Change) -> dict[str, Any]:
    return {
        "area": change.area,
        "kind": change.kind,
        "names": [session.words.format_param(name) for name in change.names],
        "before": session.words.format_param(change.before) if change.before is not None else None,
        "after": session.words.format_param(change.after) if change.after is not None else None,
        "lines": [{"kind": item.kind, "text": item.text} for item in change.lines],
        "location_before": _describe_place(change.place_before),
        "location_after": _describe_place(change.place_after),
        "diagnostic": describe_diagnostic(change.diagnostic, session.words) if change.diagnostic is not None else None,
    }


def _describe_place(location: Location) -> dict[str, Any] | None:
    return describe_location(location) if location.file is not None else None


def _join_names(session: Session, names: tuple[Param, ...]) -> str:
    return " › ".join(session.words.format_param(name) for name in names)
